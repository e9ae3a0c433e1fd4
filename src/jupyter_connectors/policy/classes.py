"""What a tool does to the world: our review, which a server's own claims can only raise."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jupyter_connectors.models import Annotations, Tool, ToolClass

_ORDER = (ToolClass.READ, ToolClass.WRITE, ToolClass.DESTRUCTIVE)

_VERBS = {
    "delete": "deletes",
    "remove": "removes",
    "drop": "drops",
    "erase": "erases",
    "purge": "purges",
    "destroy": "destroys",
    "cancel": "cancels",
    "send": "sends",
    "post": "posts",
    "create": "creates",
    "update": "updates",
    "write": "writes",
    "pay": "pays",
    "refund": "refunds",
}

_READING = {"get", "list", "search", "find", "read", "fetch", "count", "describe", "show", "lookup"}
"""A name that begins so may go on with the word for a thing: `get_post`, `list_update_requests`."""


def classify(tool: Tool, reviewed: Mapping[str, ToolClass]) -> ToolClass:
    """What the tool does: our review if there is one, else write. A server's annotations can only raise it.

    Missing annotations say nothing, so an unreviewed tool without any is a write. A claim that is no truth value
    counts as the worse of the two.
    """
    base = reviewed.get(tool.name, ToolClass.WRITE)
    claimed = _claim(tool.annotations)
    if base is ToolClass.SENDS or claimed is None:
        return base
    return max(base, claimed, key=_ORDER.index)


def contradiction(tool: Tool) -> str | None:
    """How the server's claims about a tool disagree with each other or with its name, for the person; None if not."""
    told = tool.annotations
    if told.read_only is not True:
        return None
    if told.destructive is True:
        return "says in one breath that it only reads and that it destroys"
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", tool.name)]
    if words and words[0] in _READING:
        return None
    verb = next((word for word in words if word in _VERBS), None)
    return verb and f"says it only reads, but its name says it {_VERBS[verb]}"


def _claim(told: Annotations) -> ToolClass | None:
    if told.destructive not in (None, False):  # also where the server claims read-only in the same breath
        return ToolClass.DESTRUCTIVE
    if told.read_only not in (None, True):
        return ToolClass.WRITE
    return None
