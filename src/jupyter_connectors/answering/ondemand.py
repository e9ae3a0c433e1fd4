"""On demand: a model finds a tool, reads it and calls it by name, instead of being sent them all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jupyter_connectors.answering.definitions import Definition
from jupyter_connectors.answering.preview import Fence, inert
from jupyter_connectors.answering.search import ToolIndex
from jupyter_connectors.answering.sent import CALL, DESCRIBE, FIND
from jupyter_connectors.models import canonical

_FOUND = 10
_LINE = 200


class OnDemand:
    """The tools that are reached by name only, as `find_tools` and `describe_tool` tell of them."""

    def __init__(self, tools: Mapping[str, Definition], fence: Fence) -> None:
        self._tools = tools
        self._fence = fence

    def answer(self, helper: str, given: Mapping[str, Any]) -> str | None:
        """What a model is told where it looks for a tool or names none; None where there is something to call."""
        if not self._tools:
            return None
        if helper == FIND.name:
            return self._find(str(given.get("query", "")))
        if helper == DESCRIBE.name:
            return self._describe(str(given.get("name", "")))
        if helper == CALL.name and (given.get("name") not in self._tools or _arguments(given) is None):
            return self._misread(given)
        return None

    def meant(self, name: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The tool and arguments that a model means: what `call_tool` was told to call, or what was called as it is."""
        if not self._tools or name != CALL.name:
            return name, given
        return given["name"], _arguments(given) or {}

    def _find(self, query: str) -> str:
        names = {each.tool: name for name, each in self._tools.items()}
        index = ToolIndex(names)
        found = [names[each.tool] for each in index.search(query, _FOUND)]
        index.close()
        if not found:
            return f"No tool fits these words. There are {len(self._tools):,}; try others, or a connector's name."
        lines = (f"{name}: {inert(self._tools[name].description)[:_LINE]}" for name in found)
        return self._fenced("\n".join(lines))

    def _describe(self, name: str) -> str:
        found = self._tools.get(name)
        if found is None:
            return f"There is no tool of this name. {FIND.name} lists them."
        return self._fenced(f"{name}\n{inert(found.description)}\n{inert(canonical(found.schema))}")

    def _misread(self, given: Mapping[str, Any]) -> str:
        if given.get("name") not in self._tools:
            return f"Nothing was called: there is no tool of this name. {FIND.name} lists them."
        return "Nothing was called: `arguments` must be an object with the tool's arguments by name."

    def _fenced(self, text: str) -> str:
        return f"{self._fence.opens}\n{text}\n{self._fence.closes}"


def _arguments(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arguments to call with; some models write them as JSON text."""
    told = given.get("arguments", {})
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except ValueError:
            return None
    return told if isinstance(told, dict) else None
