"""Records to columns: nested objects become `a_b`, lists become child tables or JSON text.

The walk goes column by column through a page, so a page costs a few list operations a column. What it does depends
only on values and paths, never on how rows fall into pages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from jupyter_connectors.errors import ReplyRejected
from jupyter_connectors.frames.columns import Slot
from jupyter_connectors.frames.forms import Form
from jupyter_connectors.frames.names import snake
from jupyter_connectors.frames.nodes import Node, Rule
from jupyter_connectors.frames.paths import kind_of, lists_of, node_at, root_of
from jupyter_connectors.frames.records import dig
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.frames.storage import MOST_HELD, Storage
from jupyter_connectors.frames.sublists import are_listings, cut_in, rows_in
from jupyter_connectors.frames.types import TEXT, Hint, Kind
from jupyter_connectors.models import Json

Record = Mapping[str, Json]

MOST_COLUMNS = 20_000
_MOST_FIELDS = 1_000
"""An object with more distinct fields is keyed by data, not described by them."""
DEPTH = 8
"""Levels of objects that become columns."""

_ENCODER = msgspec.json.Encoder()

PARENT, POSITION = ("@parent_id",), ("@pos",)
"""The first two columns of a child table; no path in a record is equal to them."""

_SCALARS = frozenset({str, int, float, bool, type(None)})
_NESTED = frozenset({dict, type(None)})


class Sheet:
    """One table that grows page by page: what was seen of its columns, and their values in `storage`."""

    def __init__(
        self,
        form: Form,
        make_spool: Callable[[], Spool],
        *,
        hints: Mapping[str, Hint] | None = None,
        parent: Kind | None = None,
        most: int = MOST_HELD,
    ) -> None:
        self.form = form
        self.hints = hints or {}
        self.rows = 0
        self.notes: dict[tuple[str, str], int] = {}
        """How many rows each note is about, by the key of the column it is about; "" is the table as a whole."""
        self.labels: dict[str, str] = {}
        """The names people gave to fields, by the keys that stand for them."""
        self.root = root_of(form)
        self.storage = Storage(make_spool, most=most)
        self.cut = 0
        """Of a child table: the lists the server cut."""
        self._make_spool = make_spool
        self._parent_kind = TEXT if form.id else Kind(name="int")
        self._any = form.children.get("*")
        self._within = ""
        self._lists = lists_of(form)
        self.children = {
            name: Sheet(each.form, make_spool, parent=self._parent_kind) for name, each in self._lists.items()
        }
        self._count = 0
        self._money: list[Slot] = []
        self._page: dict[str, list[Json]] = {}
        self._parents: Sequence[Json] = ()
        if parent is not None:
            for path, kind in ((PARENT, parent), (POSITION, Kind(name="int"))):
                self.root.branches[path[0]] = node = Node(path, Rule.TEXT)
                node.slot = self._new_slot(path, kind, required=True)
        for declared in form.columns:  # they are there, in this order, even when no row has them
            if "*" not in declared:
                self._slot(self.reach(declared.split(".")))
        for child in self._lists.values():
            self.reach(child.path.split("."))

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
        self._walk(self.root, records, _keys(records), DEPTH)
        self._note_bare_money()
        self.rows += len(records)
        self.storage.write(self._page, len(records))

    def add_note(self, note: str, rows: int, column: str = "") -> None:
        """Keeps a note on so many rows more."""
        self.notes[column, note] = self.notes.get((column, note), 0) + rows

    def learn(self, payload: Json) -> None:
        """Takes the names of fields from a reply that has them beside its rows."""
        found = dig(payload, self.form.names) if self.form.names else None
        if isinstance(found, dict):
            self.labels |= {key: name for key, name in found.items() if isinstance(name, str) and name}

    def add_columns(self, columns: Iterable[tuple[Node, list[Json], frozenset[type] | None]], count: int) -> None:
        """Adds a page of rows of which these columns were read and no others, with their types where those are sure."""
        self._page = {}
        for node, values, types in columns:
            if types is None:
                self._take(node, values, 0)
            else:
                slot = node.slot or self._slot(node)
                self._page[slot.key] = slot.see(values, set(types) if values.count(None) < len(values) else set())
        self._note_bare_money()
        self.rows += count
        self.storage.write(self._page, count)

    def _ids(self, records: Sequence[Record]) -> list[Json]:
        """What the rows of child tables call their parent: its id, or its row number where there is none."""
        if not self.children and self._any is None:
            return []
        if not self.form.id:
            return list(range(self.rows, self.rows + len(records)))
        return [record.get(self.form.id) for record in records]

    def _note_cut_lists(self, records: Sequence[Record]) -> None:
        for name, child in self._lists.items():
            self._note_cut(name, sum(dig(record, child.more) is True for record in records) if child.more else 0)

    def _note_cut(self, name: str, cut: int) -> None:
        self.note_cut(name, cut)
        self.children[name].cut += cut

    def note_cut(self, name: str, cut: int) -> None:
        """Keeps a note on so many rows whose list of that name the server cut."""
        if cut:
            self.add_note(f"{name}: the server sent only the first {name} of some rows", cut)

    def _note_bare_money(self) -> None:
        """Counts amounts of this page that have no currency: their major units cannot be known."""
        for slot in self._money:
            amounts = self._page.get(slot.key)
            if amounts is None:
                continue
            beside = self.root.at(slot.kind.unit) if slot.kind is not None else None
            codes = self._page.get(beside.key if beside is not None else "", [None] * len(amounts))
            if None not in codes:
                continue
            bare = sum(amount is not None and code is None for amount, code in zip(amounts, codes, strict=True))
            if bare:
                note = f"{slot.dotted}: amounts without a currency are only in {slot.dotted}_minor"
                self.add_note(note, bare, slot.key)

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
        if self._is_child(node, values, types):
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
            slot = node.slot or self._slot(node)
            self.add_note(f"{slot.dotted}: more than {_MOST_FIELDS:,} fields; kept as JSON text", 0, slot.key)
            node.rule = Rule.TEXT
            return values
        self._walk(node, objects, keys, depth)
        return [None if type(value) is dict else value for value in values]

    def _scalars(self, values: list[Json]) -> tuple[list[Json], set[type]]:
        """The values with objects and lists as JSON text, and their types, `dict` for such text."""
        types = set(map(type, values))
        if types & {dict, list}:
            values = [as_text(value) if type(value) in (dict, list) else value for value in values]
            types = (types - {list}) | {dict}
        return values, types

    def _is_child(self, node: Node, values: list[Json], types: set[type]) -> bool:
        """Whether a child table takes the values; it is made where they turn out to be listings of their own."""
        if self._any is None or node.rule is not Rule.WALK or dict not in types or not are_listings(values, self._any):
            return node.rule is Rule.CHILD
        node.rule, node.child = Rule.CHILD, self._within + snake(node.path)
        if node.child not in self.children:
            made = Sheet(self._any.form, self._make_spool, parent=self._parent_kind)
            # Listings inside its rows are tables of the whole, too: there is one level of children for a reader.
            made._any, made._within, made.children = self._any, f"{node.child}_", self.children
            self.children[node.child] = made
        return True

    def _adopt(self, name: str, values: list[Json]) -> None:
        """Puts lists into their child table; what is no list there is one row of it."""
        if self._any is not None and name not in self._lists:
            self._note_cut(name, cut_in(values, self._any))
            values = rows_in(values, self._any)
        parents: list[Json] = []
        positions: list[int] = []
        rows: list[Record] = []
        for parent, value in zip(self._parents, values, strict=True):
            items = value if isinstance(value, list) else [] if value is None else [value]
            parents += [parent] * len(items)
            positions += range(len(items))
            rows += [item if isinstance(item, dict) else {"value": item} for item in items]
        if orphans := parents.count(None):
            note = f"{name}: rows whose parent_id is null, for the record came without its {self.form.id}"
            self.add_note(note, orphans)
        self.children[name].add(rows, parents=parents, positions=positions)

    def _grow(self, node: Node, key: str) -> Node:
        node.branches[key] = branch = node_at(self.form, (*node.path, key))
        return branch

    def reach(self, path: Iterable[str]) -> Node:
        """The place of a path, made where it is not there."""
        node = self.root
        for key in path:
            node = node.branches.get(key) or self._grow(node, key)
        return node

    def _slot(self, node: Node) -> Slot:
        dotted = ".".join(node.path)
        kind = kind_of(self.form, dotted)
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


def as_text(value: Json) -> str:
    """An object or list as compact JSON."""
    try:
        return _ENCODER.encode(value).decode()
    except (OverflowError, ValueError):  # a whole number past 64 bits
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, check_circular=False)


def _keys(records: Sequence[Record | None]) -> dict[str, None]:
    """The fields of all records, in the order they first came."""
    merged: dict[str, Json] = {}
    for record in records:
        if record:
            merged.update(record)
    return dict.fromkeys(merged)
