"""What the definitions of tools take of each request, as they are sent."""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_connectors.answering.definitions import define
from jupyter_connectors.models import Tool


class Costs:
    """The tokens of tools, remembered by what they are: views ask often, and tools seldom change.

    Every list, tab and mode takes its numbers from here, so that they add up.
    """

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, tools: Iterable[Tool]) -> list[int]:
        """The tokens of each."""
        return [self.one(each) for each in tools]

    def one(self, tool: Tool) -> int:
        """The tokens of one, estimated from its definition as a model is sent it."""
        key = f"{tool.connector} {tool.definition_hash}"
        if key not in self._known:
            (made,) = define((tool,)).values()
            self._known[key] = made.cost
        return self._known[key]
