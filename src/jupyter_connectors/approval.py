"""The person's consent: what is asked, what they may answer, and what they have allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from jupyter_connectors.models import Tool, ToolCall, ToolClass

Choice = Literal["once", "session", "deny"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to the person. Its id is random: an answer without it is nobody's."""

    id: str
    call: ToolCall
    tool: Tool
    tool_class: ToolClass
    connector_title: str
    why: str
    """The rule that asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the person said. Anything but a clear yes is a no."""

    choice: Choice
    by: str
    """Who or what answered: "you", "nobody is there to ask"."""

    hint: str = "nothing was sent; run the cell again to be asked again"
    arguments_json: str | None = None
    """Edited arguments, where the person changed them: a new call, judged again."""


Approver = Callable[[Request], Awaitable[Answer]]
"""How the edge asks the person. Awaited on the runtime's loop."""


class Grants:
    """What was allowed for this session, bound to connector, account, tool and the hash of its definition.

    Used on the runtime's loop only.
    """

    def __init__(self) -> None:
        self._held: set[tuple[str, str, str, str]] = set()

    def allow(self, call: ToolCall, tool: Tool) -> None:
        """Remembers a yes until the kernel ends or the tool's definition changes."""
        self._held.add(_key(call, tool))

    def covers(self, call: ToolCall, tool: Tool) -> bool:
        """True if a remembered yes covers this call of exactly this definition."""
        return _key(call, tool) in self._held

    def revoke(self, connector: str) -> None:
        """Forgets what was allowed for a connector."""
        self._held = {each for each in self._held if each[0] != connector}


def _key(call: ToolCall, tool: Tool) -> tuple[str, str, str, str]:
    return (call.connector, call.account, call.tool, tool.definition_hash)
