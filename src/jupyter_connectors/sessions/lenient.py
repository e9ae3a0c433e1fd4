"""A shim between a transport and the SDK: one malformed tool does not take the others down.

The SDK validates each reply as a whole, so that a single tool without `inputSchema` makes `list_tools` and every
`call_tool` fail. Here each tool is looked at by itself; what cannot be used is dropped with a reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from jsonschema import Draft202012Validator, SchemaError
from mcp.shared.inbound import find_invalid_x_mcp_header
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCNotification, JSONRPCResponse
from mcp_types import Tool as WireTool
from pydantic import ValidationError

from jupyter_connectors.models import Json
from jupyter_connectors.text import one_line

_NAME = 128
"""How long a tool's name may be (MCP specification 2025-11-25, "Tool Names")."""


@dataclass
class Listing:
    """What the server said of its tools, kept as it came, and what had to be dropped or mended."""

    definitions: dict[str, dict[str, Json]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    outdated: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server says that its tools changed, and until they are listed again."""


@asynccontextmanager
async def lenient(transport: AbstractAsyncContextManager[Any], listing: Listing) -> AsyncIterator[Any]:
    """The same transport, with replies mended before the SDK's strict validation sees them."""
    async with transport as (read, write):
        yield _Mending(read, listing), write


class _Mending:
    """A read stream that passes on mended messages; anything else goes to the stream inside."""

    def __init__(self, inner: Any, listing: Listing) -> None:
        self._inner = inner
        self._listing = listing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def receive(self) -> Any:
        return self._mended(await self._inner.receive())

    def __aiter__(self) -> _Mending:
        return self

    async def __anext__(self) -> Any:
        return self._mended(await self._inner.__anext__())

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        left: bool | None = await self._inner.__aexit__(kind, error, trace)
        return left

    def _mended(self, message: Any) -> Any:
        if isinstance(message, SessionMessage) and isinstance(message.message, JSONRPCResponse):
            result = message.message.result
            if isinstance(result, dict):
                _mend(result, self._listing)
        elif _tells_of_change(message):
            # Looked for here, where it comes in order: a call that is sent after it must know of it.
            self._listing.outdated.set()
        return message


def _tells_of_change(message: Any) -> bool:
    told = message.message if isinstance(message, SessionMessage) else None
    return isinstance(told, JSONRPCNotification) and told.method == "notifications/tools/list_changed"


def _mend(result: dict[str, Any], listing: Listing) -> None:
    # A 2026-07-28 reply must say its resultType; servers that do not mean a finished one.
    result.setdefault("resultType", "complete")
    if isinstance(result.get("tools"), list):
        result["tools"] = [kept for tool in result["tools"] if (kept := _tool(tool, listing)) is not None]
    if "content" not in result and ("structuredContent" in result or "isError" in result):
        result["content"] = []


def _tool(tool: Any, listing: Listing) -> dict[str, Any] | None:
    """The tool as the SDK will accept it, or None with the reason noted."""
    name = tool.get("name") if isinstance(tool, dict) else None
    if not isinstance(name, str) or not name:
        listing.notes.append("a tool without a name was dropped")
        return None
    if len(name) > _NAME or one_line(name, _NAME) != name:
        listing.notes.append(f"{one_line(name, 40)}: dropped, its name is too long or has characters that do not show")
        return None
    if tool.get("inputSchema") in (None, {}):
        listing.notes.append(f"{name}: takes no declared arguments (no inputSchema)")
        tool["inputSchema"] = {"type": "object"}
    problem = _problem(tool)
    if problem is not None:
        listing.notes.append(f"{name}: dropped, {problem}")
        return None
    if name in listing.definitions and listing.definitions[name] != tool:
        listing.notes.append(f"{name}: listed twice with different definitions, the later one counts")
    listing.definitions[name] = dict(tool)
    # The SDK would check every page of rows against this schema in Python, at about 2,000 rows a second; we check
    # the first reply of a call ourselves, and the frames look at the type of every value.
    tool.pop("outputSchema", None)
    return tool  # type: ignore[no-any-return]  # it is the dict that was looked at above


def _problem(tool: dict[str, Any]) -> str | None:
    schema = tool["inputSchema"]
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        return "its inputSchema is not an object schema"
    schema.setdefault("type", "object")
    try:
        Draft202012Validator.check_schema(schema)
        WireTool.model_validate({**tool, "outputSchema": None})
    except SchemaError as error:
        return f"its inputSchema is no valid JSON Schema ({error.message[:80]})"
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    except RecursionError:
        return "its inputSchema is nested too deep"
    # A client MUST leave such a tool out (MCP specification 2026-07-28, "Streamable HTTP"); the SDK does so in silence.
    invalid = find_invalid_x_mcp_header(schema)
    return None if invalid is None else one_line(invalid, 160)
