"""One path in the records: what happens to the value there, its column, the fields below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum

from jupyter_connectors.frames.columns import Slot
from jupyter_connectors.models import Json


class Rule(Enum):
    """What happens to the value at one path."""

    WALK = "walk"
    DROP = "drop"
    TEXT = "text"
    REF = "ref"
    CHILD = "child"


class Node:
    """One path in the records: its rule, its column if it has one, the fields below it in the order they came."""

    __slots__ = ("branches", "child", "decode", "na", "path", "rule", "slot")

    def __init__(self, path: tuple[str, ...], rule: Rule, child: str = "") -> None:
        self.path = path
        self.rule = rule
        self.child = child
        self.decode: Callable[[Json], Json] | None = None
        self.na: frozenset[tuple[type, Json]] = frozenset()
        self.branches: dict[str, Node] = {}
        self.slot: Slot | None = None

    def at(self, dotted: str) -> Slot | None:
        """The column at a path below this one."""
        node: Node | None = self
        for key in dotted.split("."):
            node = node.branches.get(key) if node is not None else None
        return node.slot if node is not None else None

    def slots(self) -> Iterator[tuple[Node, Slot]]:
        """The columns at and below this path, fields in the order the API sends them."""
        if self.slot is not None:
            yield self, self.slot
        for branch in self.branches.values():
            yield from branch.slots()
