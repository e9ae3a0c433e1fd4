"""Records to columns: nested objects become `a_b`, lists become child tables or JSON text, pages go to the spool.

The walk goes column by column through a page, so a page costs a few list operations a column. What it does depends
only on values and paths, never on how rows fall into pages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from jupyter_connectors.errors import ReplyRejected
from jupyter_connectors.frames.columns import Slot
from jupyter_connectors.frames.forms import Form
from jupyter_connectors.frames.nodes import Node, Rule
from jupyter_connectors.frames.records import dig
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.frames.types import JSON, TEXT, Hint, Kind
from jupyter_connectors.frames.unions import decoder
from jupyter_connectors.models import Json

Record = Mapping[str, Json]
_T = TypeVar("_T")

MOST_COLUMNS = 20_000
_MOST_FIELDS = 1_000
"""An object with more distinct fields is keyed by data, not described by them."""
_DEPTH = 8

ROW = "@row"
PARENT, POSITION = ("@parent_id",), ("@pos",)
"""The first two columns of a child table; no path in a record is equal to them."""

_SCALARS = frozenset({str, int, float, bool, type(None)})
_NESTED = frozenset({dict, type(None)})


class Sheet:
    """One table that grows page by page: its columns in memory, its rows in a spool file."""

    def __init__(
        self,
        form: Form,
        make_spool: Callable[[], Spool],
        *,
        hints: Mapping[str, Hint] | None = None,
        parent: Kind | None = None,
    ) -> None:
        self.form = form
        self.hints = hints or {}
        self.rows = 0
        self.notes: dict[str, int] = {}
        self.labels: dict[str, str] = {}
        """The names people gave to fields, by the keys that stand for them."""
        self.root = Node((), Rule.WALK)
        if ROW in form.unions:
            self.root.decode = decoder(form.unions[ROW])
        self.spool = make_spool()
        parent_kind = TEXT if form.id else Kind(name="int")
        self.children = {
            name: Sheet(child.form, make_spool, parent=parent_kind) for name, child in form.children.items()
        }
        self._count = 0
        self._money: list[Slot] = []
        self._page: dict[str, list[Json]] = {}
        self._parents: Sequence[Json] = ()
        self._encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
        if parent is not None:
            for path, kind in ((PARENT, parent), (POSITION, Kind(name="int"))):
                self.root.branches[path[0]] = node = Node(path, Rule.TEXT)
                node.slot = self._new_slot(path, kind, required=True)
        for declared in form.columns:  # they are there, in this order, even when no row has them
            if "*" not in declared:
                self._slot(self._reach(declared))
        for child in form.children.values():
            self._reach(child.path)

    def add(self, records: Sequence[Record], *, parents: Sequence[Json] = (), positions: Sequence[int] = ()) -> None:
        """Adds a page of records; of a child table with the parent's id and the place in its list for each."""
        if not records:
            return
        if self.root.decode is not None:
            records = [self.root.decode(record) for record in records]
        self._page = {}
        if parents:
            self._take(self.root.branches[PARENT[0]], list(parents), 0)
            self._take(self.root.branches[POSITION[0]], list(positions), 0)
        self._parents = self._ids(records)
        self._note_cut_lists(records)
        self._walk(self.root, records, _keys(records), _DEPTH)
        self._note_bare_money()
        self.rows += len(records)
        self._write(len(records))

    def learn(self, payload: Json) -> None:
        """Takes the names of fields from a reply that has them beside its rows."""
        found = dig(payload, self.form.names) if self.form.names else None
        if isinstance(found, dict):
            self.labels |= {key: name for key, name in found.items() if isinstance(name, str) and name}

    def _write(self, count: int) -> None:
        encode, keys = self._encode, tuple(self._page)
        if keys:
            rows = zip(*self._page.values(), strict=True)
            self.spool.write("\n".join([encode(dict(zip(keys, row, strict=True))) for row in rows]) + "\n")
        else:
            self.spool.write("{}\n" * count)

    def _ids(self, records: Sequence[Record]) -> list[Json]:
        """What the rows of child tables call their parent: its id, or its row number where there is none."""
        if not self.children:
            return []
        if not self.form.id:
            return list(range(self.rows, self.rows + len(records)))
        return [record.get(self.form.id) for record in records]

    def _note_cut_lists(self, records: Sequence[Record]) -> None:
        for name, child in self.form.children.items():
            cut = sum(dig(record, child.more) is True for record in records) if child.more else 0
            if cut:
                note = f"{name}: the server sent only the first {name} of some rows"
                self.notes[note] = self.notes.get(note, 0) + cut

    def _note_bare_money(self) -> None:
        """Counts amounts of this page that have no currency: their major units cannot be known."""
        for slot in self._money:
            amounts = self._page.get(slot.key)
            if amounts is None:
                continue
            beside = self.root.at(slot.kind.unit) if slot.kind is not None else None
            codes = self._page.get(beside.key if beside is not None else "", [None] * len(amounts))
            bare = sum(amount is not None and code is None for amount, code in zip(amounts, codes, strict=True))
            if bare:
                note = f"{slot.dotted}: amounts without a currency are only in {slot.dotted}_minor"
                self.notes[note] = self.notes.get(note, 0) + bare

    def _walk(self, node: Node, records: Sequence[Record | None], keys: Iterable[str], depth: int) -> None:
        for key in keys:
            branch = node.branches.get(key) or self._grow(node, key)
            if branch.rule is not Rule.DROP:
                self._take(branch, [record.get(key) if record else None for record in records], depth)

    def _take(self, node: Node, values: list[Json], depth: int) -> None:
        if node.decode is not None:
            values = list(map(node.decode, values))
        if node.na:
            values = [
                None if type(value) in _SCALARS and (type(value), value) in node.na else value for value in values
            ]
        types = set(map(type, values))
        if node.rule is Rule.CHILD:
            self._adopt(node.child, values)
            return
        if not types <= _SCALARS:
            if node.rule is Rule.WALK and dict in types and depth:
                values = self._descend(node, values, depth - 1)
                if types <= _NESTED and values.count(None) == len(values) and node.branches:
                    return  # only objects were here, and their fields are columns now
            elif node.rule is Rule.REF:
                values = [value.get("id") if type(value) is dict else value for value in values]
            values, types = self._scalars(values)
        types.discard(type(None))
        slot = node.slot or self._slot(node)
        self._page[slot.key] = slot.see(values, types)

    def _descend(self, node: Node, values: list[Json], depth: int) -> list[Json]:
        """Makes columns of the objects among the values and gives back the rest."""
        objects = [value if type(value) is dict else None for value in values]
        keys = _keys(objects)
        if len(keys.keys() | node.branches.keys()) > _MOST_FIELDS:
            self.notes.setdefault(f"{'.'.join(node.path)}: more than {_MOST_FIELDS:,} fields; kept as JSON text", 0)
            node.rule = Rule.TEXT
            return values
        self._walk(node, objects, keys, depth)
        return [None if type(value) is dict else value for value in values]

    def _scalars(self, values: list[Json]) -> tuple[list[Json], set[type]]:
        """The values with objects and lists as JSON text, and their types, `dict` for such text."""
        types = set(map(type, values))
        if types & {dict, list}:
            encode = self._encode
            values = [encode(value) if type(value) in (dict, list) else value for value in values]
            types = (types - {list}) | {dict}
        return values, types

    def _adopt(self, name: str, values: list[Json]) -> None:
        """Puts lists into their child table; what is no list there is one row of it."""
        parents: list[Json] = []
        positions: list[int] = []
        rows: list[Record] = []
        for parent, value in zip(self._parents, values, strict=True):
            items = value if isinstance(value, list) else [] if value is None else [value]
            parents += [parent] * len(items)
            positions += range(len(items))
            rows += [item if isinstance(item, dict) else {"value": item} for item in items]
        self.children[name].add(rows, parents=parents, positions=positions)

    def _grow(self, node: Node, key: str) -> Node:
        path = (*node.path, key)
        dotted = ".".join(path)
        node.branches[key] = branch = Node(path, self._rule(dotted))
        if branch.rule is Rule.CHILD:
            branch.child = next(name for name, child in self.form.children.items() if child.path == dotted)
        union = _first(dotted, self.form.unions)
        branch.decode = decoder(union) if union is not None else None
        nothing = _first(dotted, self.form.na) or ()
        branch.na = frozenset((type(value), value) for value in nothing)
        return branch

    def _rule(self, dotted: str) -> Rule:
        form = self.form
        lists = {child.path for child in form.children.values()}
        if dotted in lists:
            return Rule.CHILD
        # What stands beside a list in a wrapper of its own is the wrapper's; a lifted one holds the record's fields.
        wrappers = {path.rpartition(".")[0] for path in lists if "." in path} - set(form.lift)
        if dotted.rpartition(".")[0] in wrappers or _matches(dotted, form.drop):
            return Rule.DROP
        if _matches(dotted, form.maps) or self.kind_of(dotted) == JSON:
            return Rule.TEXT
        return Rule.REF if _matches(dotted, form.refs) else Rule.WALK

    def kind_of(self, dotted: str) -> Kind | None:
        """The declared kind of a path: its own, else that of the first pattern it matches."""
        found = _first(dotted, self.form.columns)
        return TEXT if found is None and dotted and dotted == self.form.id else found

    def _reach(self, dotted: str) -> Node:
        node = self.root
        for key in dotted.split("."):
            node = node.branches.get(key) or self._grow(node, key)
        return node

    def _slot(self, node: Node) -> Slot:
        dotted = ".".join(node.path)
        kind = self.kind_of(dotted)
        node.slot = self._new_slot(node.path, kind, required=dotted in self.form.required)
        return node.slot

    def _new_slot(self, path: tuple[str, ...], kind: Kind | None, *, required: bool) -> Slot:
        if self._count >= MOST_COLUMNS:
            problem = f"the reply has more than {MOST_COLUMNS:,} columns"
            raise ReplyRejected(problem, hint="its objects are keyed by data; ask the server for fewer fields")
        self._count += 1
        hint = self.hints.get(".".join(path)) if kind is None else Hint(kind=kind, required=required)
        slot = Slot(path, f"c{self._count}", kind=kind, hint=hint)
        if kind is not None and kind.name == "money":
            self._money.append(slot)
        return slot


def _first(dotted: str, by_path: Mapping[str, _T]) -> _T | None:
    """What stands at a path: its own, else that of the first pattern it matches."""
    if dotted in by_path:
        return by_path[dotted]
    return next((each for path, each in by_path.items() if "*" in path and fnmatchcase(dotted, path)), None)


def _matches(dotted: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(dotted, pattern) for pattern in patterns)


def _keys(records: Sequence[Record | None]) -> dict[str, None]:
    """The fields of all records, in the order they first came."""
    merged: dict[str, Json] = {}
    for record in records:
        if record:
            merged.update(record)
    return dict.fromkeys(merged)
