"""From what was seen in a table to its columns: names, order, kinds, notes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from jupyter_connectors.frames.columns import Column, Slot, settle
from jupyter_connectors.frames.flatten import PARENT, POSITION, Sheet
from jupyter_connectors.frames.names import snake, unique
from jupyter_connectors.frames.nodes import Node, Rule
from jupyter_connectors.frames.types import TEXT, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The columns of one table, in order, and what there is to say about them."""

    columns: tuple[Column, ...]
    told: tuple[tuple[str, str], ...]
    """Notes, each after the name of the column it is about; "" is the table as a whole."""

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(note for _, note in self.told)

    def only(self, names: Sequence[str]) -> Plan:
        """The columns of these names in their order, each with what accompanies it; all where none is called so."""
        place = {name: at for at, name in enumerate(names)}
        kept = [each for each in self.columns if each.name in place or each.beside in place]
        if not kept:
            return self
        kept.sort(key=lambda each: place[each.name if each.name in place else each.beside])
        return Plan(columns=tuple(kept), told=self.about({each.name for each in kept}))

    def about(self, names: Collection[str]) -> tuple[tuple[str, str], ...]:
        """What there is to say about these columns and about the table as a whole."""
        return tuple(each for each in self.told if not each[0] or each[0] in names)


_BESIDE = {"money": "_minor", "slack": "_time", "date-or-instant": "_time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """The names of one table's columns, by the keys of their slots."""

    of: dict[str, str]
    beside: dict[str, str]
    """The second column of what is declared to become two."""

    taken: set[str]
    told: list[tuple[str, str]]


def plan(sheet: Sheet) -> Plan:
    """The columns of a sheet as it stands. The same values give the same plan however they fell into pages."""
    found = [(node, slot) for node, slot in sheet.root.slots() if not _only_a_shell(node, slot)]
    first = sheet.form.id or "id"
    found.sort(key=lambda each: each[1].path not in (PARENT, POSITION, (first,)))
    names = _names([slot for _, slot in found], sheet)
    by_key = {slot.key: names.of[slot.key] for _, slot in found}
    told = [
        (by_key.get(key, key), note if not count else f"{note} ({count:,})")
        for (key, note), count in sorted(sheet.notes.items(), key=_by_words)
    ]
    told += names.told
    columns: list[Column] = []
    for node, slot in found:
        name = names.of[slot.key]
        column, note = settle(slot, name, sheet.rows)
        notes = [f"{name}: {each}" for each in sorted(slot.notes)] + ([note] if note else [])
        column = _with_object_ids(node, column, notes)
        columns += _split(sheet, column, names.beside.get(slot.key, ""), notes)
        told += [(name, each) for each in notes]
    return Plan(columns=tuple(columns), told=tuple(told))


def slots_by_name(sheet: Sheet) -> dict[str, tuple[Node, Slot]]:
    """Where the columns of a sheet come from, in the order of its fields, by what they would be called now."""
    found = [(node, slot) for node, slot in sheet.root.slots() if not _only_a_shell(node, slot)]
    names = _names([slot for _, slot in found], sheet)
    return {names.of[slot.key]: (node, slot) for node, slot in found}


def _only_a_shell(node: Node, slot: Slot) -> bool:
    """An object or a list that was null in some rows: its fields or rows are the columns, it is none itself."""
    return not slot.filled and not slot.declared and (bool(node.branches) or node.rule is Rule.CHILD)


def _names(slots: list[Slot], sheet: Sheet) -> _Names:
    """The names of all columns.

    Declared ones come first, what accompanies them included, so that no other field of a reply can change their names.
    Of the others a field of a lifted wrapper yields to one of the record itself.
    """
    labels = sheet.labels
    words = {slot.key: tuple(labels.get(word, word) for word in _words(slot.path, sheet.form.lift)) for slot in slots}
    declared = {slot.key for slot in slots if slot.path in (PARENT, POSITION) or slot.dotted in sheet.form.columns}
    names = _Names(of={}, beside={}, taken=set(), told=[])
    for group in (declared, {slot.key for slot in slots} - declared):
        ordered = [slot for slot in slots if slot.key in group]
        for slot in sorted(ordered, key=lambda each: len(words[each.key]) < len(each.path)):
            wanted = snake(words[slot.key])
            names.of[slot.key] = name = unique(wanted, names.taken)
            if name != wanted:
                names.told.append((name, f"{name}: this is {slot.dotted[:80]!r}, the name {wanted} was taken"))
        for slot in ordered:
            if slot.kind is not None and (ending := _BESIDE.get(slot.kind.name)):
                names.beside[slot.key] = unique(names.of[slot.key] + ending, names.taken)
    return names


def _words(path: tuple[str, ...], lift: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for at, word in enumerate(path) if ".".join(path[: at + 1]) not in lift or at == len(path) - 1)


def _with_object_ids(node: Node, column: Column, notes: list[str]) -> Column:
    """Where some rows hold an id and others the object with that id, the id of both."""
    inner = node.branches.get("id")
    if column.kind != TEXT or inner is None or inner.slot is None or inner.slot.types - {str} or not inner.slot.filled:
        return column
    notes.append(f"{column.name}: an id in some rows and an object in others; the id is taken from both")
    return replace(column, fallback=inner.slot.key)


def _split(sheet: Sheet, column: Column, beside: str, notes: list[str]) -> list[Column]:
    """The one or two columns that a column of this kind is; the second is called `beside`."""
    second = replace(column, name=beside, beside=column.name, nulls=True)
    if column.kind.name == "money":
        minor = replace(second, kind=Kind(name="int"), meaning="exact, in minor units of its currency")
        return [replace(column, currency=_currency(sheet, column, notes)), minor]
    if column.kind.name == "slack":
        timed = replace(second, kind=Kind(name="instant", unit="s"), meaning="instant, UTC")
        return [replace(column, kind=TEXT, meaning="id"), timed]
    if column.kind.name == "date-or-instant":
        timed = replace(second, kind=Kind(name="instant", unit="mixed"), meaning="instant, UTC")
        return [replace(column, kind=Kind(name="date"), meaning="calendar day as written"), timed]
    return [column]


def _currency(sheet: Sheet, column: Column, notes: list[str]) -> str:
    """The key of an amount's currencies, "" where there are none."""
    currency = sheet.root.at(column.kind.unit)
    key = "" if currency is None or currency.types - {str} else currency.key
    if currency is not None and not key:
        notes.append(f"{column.name}: {column.kind.unit} is no text, so only the minor units are known")
    return key


def _by_words(note: tuple[tuple[str, str], int]) -> tuple[bool, str]:
    """An order that does not depend on which page brought what: the table first, then by the words."""
    (key, words), _ = note
    return bool(key), words
