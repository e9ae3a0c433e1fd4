"""Where the lean columns of a listing lie in its rows, as the form declares them and the first page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from jupyter_connectors.frames.columns import Slot
from jupyter_connectors.frames.flatten import DEPTH, Sheet
from jupyter_connectors.frames.forms import ErrorRule, Form, Paging
from jupyter_connectors.frames.names import snake
from jupyter_connectors.frames.nodes import Node, Rule
from jupyter_connectors.frames.paths import ROW, kind_of
from jupyter_connectors.frames.plan import slots_by_name
from jupyter_connectors.frames.records import ERROR_KEYS
from jupyter_connectors.frames.typed import TYPES, Tree, Want
from jupyter_connectors.frames.types import TEXT

Path = tuple[str, ...]

_STRICT = {"text": Want.TEXT, "int": Want.WHOLE, "money": Want.WHOLE, "bool": Want.FLAG}
_WANTS = {Rule.WALK: Want.SCALAR, Rule.TEXT: Want.ANY, Rule.REF: Want.ID}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the lean columns of a listing are read by."""

    form: Form
    """The form with those columns alone."""

    way: Path
    """Where in a reply the rows are."""

    beside: tuple[str, ...]
    """Dotted paths, in a reply, of what paging and errors are told by."""

    errors: tuple[ErrorRule, ...]
    tree: Tree
    columns: tuple[Path, ...]
    cut: Mapping[str, Path]
    """By list, the flag that says the server cut it."""

    traps: Mapping[Path, list[str]]
    """Keys, by the path of their object, that would become a lean column the first page did not have."""


def known_of(first: Sheet, way: Path, paging: Paging, errors: tuple[ErrorRule, ...]) -> Known | None:
    """Where the lean columns lie by a sheet that has the first page; None where the fast way may not be taken.

    That is so where the rows themselves are decoded, names are in the reply, or the pages prove more than their ids.
    """
    if not _plain(first.form, way, paging, errors):
        return None
    wanted = _Wanted(first)
    if not wanted.all_found():
        return None
    form = first.form
    columns = {
        path: kind for path, kind in form.columns.items() if "*" in path or tuple(path.split(".")) in wanted.columns
    }
    for unit in wanted.units:
        columns.setdefault(unit, kind_of(form, unit) or TEXT)
    required = tuple(path for path in form.required if path in columns)
    marks = [*ERROR_KEYS, *(rule.path for rule in errors if not rule.path.startswith("@"))]
    marks += [path for path in (paging.more, paging.done, paging.total, paging.remaining, paging.lowers) if path]
    return Known(
        form=replace(form, columns=columns, required=required, children={}),
        way=way,
        beside=(*marks, *([paging.cursor] if paging.cursor and not paging.cursor.startswith("@") else [])),
        errors=errors,
        tree=wanted.tree,
        columns=tuple(wanted.columns),
        cut=wanted.cut,
        traps=wanted.traps,
    )


def _plain(form: Form, way: Path, paging: Paging, errors: tuple[ErrorRule, ...]) -> bool:
    """Whether the rows are as they came and known by their ids."""
    rows = form.lean and form.id and "." not in form.id and ROW not in form.unions
    told = form.names or "*" in form.children or paging.keyset
    by_last = paging.cursor.startswith("@last:") and paging.cursor != f"@last:{form.id}"
    by_rows = not way and any(rule.path.startswith("@rows.") for rule in errors)
    return bool(rows) and not told and not by_last and not by_rows


class _Wanted:
    """The paths to read, found one after the other."""

    def __init__(self, first: Sheet) -> None:
        self._first = first
        self.tree = Tree()
        self.columns: dict[Path, None] = {}
        self.units: list[str] = []
        self.cut: dict[str, Path] = {}
        self.traps: dict[Path, list[str]] = {}

    def all_found(self) -> bool:
        """Whether everything has its place; a lean column the first page did not have gets traps."""
        form, slots = self._first.form, slots_by_name(self._first)
        self.tree.add((form.id,), self._wanted((form.id,)))
        lean = set(form.lean)
        found = {name: each for name, each in slots.items() if lean & _names_of(name, each[1])}
        if not all(self._column(node, slot) for node, slot in found.values()):
            return False
        for name, child in form.children.items():
            if child.more:
                self.cut[name] = path = tuple(child.more.split("."))
                if "|" in child.more or not self.tree.add(path, Want.ANY):
                    return False
        have = {each for name, (_, slot) in found.items() for each in _names_of(name, slot)}
        for name in lean - have:
            self._trap(self._first.root, name)
        return True

    def _column(self, node: Node, slot: Slot) -> bool:
        if not self._reachable(node):
            return False
        self.columns[node.path] = None
        unit = slot.kind.unit if slot.kind is not None and slot.kind.name == "money" else ""
        return self.tree.add(node.path, _want(node, slot)) and (not unit or self._unit(unit))

    def _unit(self, dotted: str) -> bool:
        """The currency of an amount is read with it, lean or not."""
        path = tuple(dotted.split("."))
        node = self._node(path)
        if node is None and len(path) > 1:
            return False
        if node is not None and not self._reachable(node):
            return False
        self.units.append(dotted)
        self.columns[path] = None
        return self.tree.add(path, self._wanted(path))

    def _wanted(self, path: Path) -> Want:
        node = self._node(path)
        return Want.SCALAR if node is None or node.slot is None else _want(node, node.slot)

    def _node(self, path: Path) -> Node | None:
        node: Node | None = self._first.root
        for key in path:
            node = node.branches.get(key) if node is not None else None
        return node

    def _reachable(self, node: Node) -> bool:
        """Whether values at a place become a column as they are."""
        above = [self._node(node.path[:length]) for length in range(1, len(node.path))]
        open_way = all(each is not None and _is_open(each) for each in above)
        return open_way and node.rule in _WANTS and node.decode is None and not node.branches and len(above) <= DEPTH

    def _trap(self, node: Node, rest: str) -> None:
        """Marks every field in or below an object that would make a column of this name."""
        for key in _spellings(rest):
            if key not in node.branches and self.tree.add((*node.path, key), Want.TRAP):
                self.traps.setdefault(node.path, []).append(key)
        for key, branch in node.branches.items():
            begun = snake((key,))
            lifted = ".".join(branch.path) in self._first.form.lift
            if branch.rule is Rule.WALK and (lifted or rest.startswith(f"{begun}_")):
                self._trap(branch, rest if lifted else rest.removeprefix(f"{begun}_"))


def _want(node: Node, slot: Slot) -> Want:
    """What is read at a place: strictly one type where one is declared and the first page has no other."""
    want = _WANTS[node.rule]
    kind = slot.kind if slot.declared else None
    if want is not Want.SCALAR or kind is None or node.na:
        return want
    strict = Want.WHOLE if kind.name == "instant" and kind.unit in ("s", "ms") else _STRICT.get(kind.name, want)
    return strict if slot.types <= {TYPES.get(strict.value)} else want


def _names_of(name: str, slot: Slot) -> set[str]:
    """What a column and those that accompany it are called."""
    return {name, f"{name}_minor", f"{name}_time"} if slot.declared else {name}


def _is_open(node: Node) -> bool:
    return node.rule is Rule.WALK and node.decode is None and not node.na


def _spellings(name: str) -> Iterator[str]:
    """The keys that a column's name can begin with, in the spellings in use: `due_date`, `dueDate`, `DueDate`."""
    words = name.split("_")
    for count in range(1, len(words) + 1):
        yield "_".join(words[:count])
        if count > 1:
            yield words[0] + "".join(word.capitalize() for word in words[1:count])
        yield "".join(word.capitalize() for word in words[:count])
