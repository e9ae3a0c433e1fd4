"""What the app of a tool is opened with: the call it belongs to, and the server's whole answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from jupyter_connectors.errors import ToolFailed
from jupyter_connectors.models import Json, Tool, ToolCall

State = Literal["running", "done", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """The app of one call. It is live in the kernel that made the call, and in no saved result."""

    tool: Tool
    arguments: Mapping[str, Json] = field(hash=False)
    """What the tool was called with, and the values its schema gives for what was left out."""

    state: State
    wire: Mapping[str, Json] | None = field(default=None, hash=False)
    """The server's `CallToolResult` as JSON; None where there is none."""

    reason: str = ""
    """Why there is none."""

    entry: str
    """The id, in the directory, of the service that was called; the tool has the name the person gave it."""

    account: str = ""


def interface_of(
    tool: Tool, call: ToolCall, wire: Mapping[str, Json] | None, *, entry: str, reason: str = ""
) -> Interface | None:
    """The app of a call that ended; None for a tool without one, and where the answer itself was not kept."""
    if not tool.app or wire is None:
        return None
    stopped = reason == "cancelled"
    return Interface(
        tool=tool,
        arguments=with_defaults(tool, call.arguments),
        state="cancelled" if stopped else "done",
        wire=None if stopped else wire,
        reason="stopped by the person" if stopped else "",
        entry=entry,
        account=call.account,
    )


def begun(tool: Tool, call: ToolCall, *, entry: str) -> Interface:
    """The app of a call that has just gone out."""
    arguments = with_defaults(tool, call.arguments)
    return Interface(tool=tool, arguments=arguments, state="running", entry=entry, account=call.account)


def cancelled(interface: Interface, reason: str) -> Interface:
    """The app of a call that came to nothing."""
    return replace(interface, state="cancelled", wire=None, reason=reason)


def failed(error: BaseException | None) -> Interface | None:
    """The app of a tool that answered with an error, which is a result as any other to it; None for other errors.

    Source: MCP Apps 2026-01-26, "ui/notifications/tool-result", whose parameters are a `CallToolResult`, `isError` and all.
    """
    found = error.interface if isinstance(error, ToolFailed) else None
    return found if isinstance(found, Interface) else None


def with_defaults(tool: Tool, arguments: Mapping[str, Json]) -> dict[str, Json]:
    """The arguments as the server takes them, since an app is told all of them ("ui/notifications/tool-input")."""
    known = tool.input_schema.get("properties")
    known = known if isinstance(known, Mapping) else {}
    given = {name: each["default"] for name, each in known.items() if isinstance(each, Mapping) and "default" in each}
    return {**given, **arguments}
