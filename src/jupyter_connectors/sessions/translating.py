"""The SDK's words in ours: a result as a `Reply`, a listed tool as a `Tool`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp_types import CallToolResult, TextContent
from mcp_types import Result as WireResult

from jupyter_connectors.models import EVERYBODY, Annotations, Json, Reply, Tool

_ADDRESS = 2_000
"""Characters of an interface's address; a longer one is none."""


def reply_of(result: CallToolResult, *, keep: bool = False) -> Reply:
    """A result's text blocks and structured content; of other blocks only their types, or with `keep` all of it."""
    texts = tuple(block.text for block in result.content if isinstance(block, TextContent))
    other = tuple(block.type for block in result.content if not isinstance(block, TextContent))
    return Reply(
        texts=texts,
        structured=result.structured_content,
        is_error=bool(result.is_error),
        other=other,
        wire=wire_of(result) if keep else None,
    )


def wire_of(result: WireResult) -> dict[str, Json]:
    """A result as JSON, as it came but for what the SDK adds to it."""
    told: dict[str, Json] = result.model_dump(mode="json", by_alias=True, exclude_none=True)
    told.pop("resultType", None)
    if isinstance(result, CallToolResult) and not result.is_error:
        told.pop("isError", None)
    return told


def tool_of(connector: str, told: Mapping[str, Any]) -> Tool:
    """A tool as its server listed it. A claim that is no truth value is no claim."""
    claims = told.get("annotations")
    claims = claims if isinstance(claims, dict) else {}
    output = told.get("outputSchema")
    app, audience = _interface(told.get("_meta"))

    def claim(name: str) -> bool | None:
        value = claims.get(name)
        return value if isinstance(value, bool) else None

    return Tool(
        connector=connector,
        name=told["name"],
        title=str(told.get("title") or claims.get("title") or ""),
        description=str(told.get("description") or ""),
        input_schema=told["inputSchema"],
        icons=told.get("icons"),
        output_schema=output if isinstance(output, dict) else None,
        annotations=Annotations(
            read_only=claim("readOnlyHint"),
            destructive=claim("destructiveHint"),
            idempotent=claim("idempotentHint"),
            open_world=claim("openWorldHint"),
        ),
        app=app,
        audience=audience,
    )


def _interface(meta: object) -> tuple[str, frozenset[str]]:
    """The address of a tool's interface and who may call the tool (MCP Apps 2026-01-26, "Resource Discovery").

    The flat key is the one of the drafts before, which servers still send beside the other.
    """
    meta = meta if isinstance(meta, Mapping) else {}
    told = meta.get("ui")
    told = told if isinstance(told, Mapping) else {}
    addresses = (told.get("resourceUri"), meta.get("ui/resourceUri"))
    app = next((each for each in addresses if isinstance(each, str) and _is_address(each)), "")
    return app, _audience(told)


def _is_address(text: str) -> bool:
    return text.startswith("ui://") and 5 < len(text) <= _ADDRESS and text.isprintable() and " " not in text


def _audience(told: Mapping[str, Any]) -> frozenset[str]:
    if "visibility" not in told:
        return EVERYBODY
    said = told["visibility"]
    if not isinstance(said, list):
        # It cannot be read, so an app gets nothing by it.
        return EVERYBODY - {"app"}
    return EVERYBODY & {each for each in said if isinstance(each, str)}
