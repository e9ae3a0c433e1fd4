"""From what was seen in a table to its columns: names, order, kinds, notes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jupyter_connectors.frames.columns import Column, Slot, settle
from jupyter_connectors.frames.flatten import PARENT, POSITION, Sheet
from jupyter_connectors.frames.names import snake, unique
from jupyter_connectors.frames.nodes import Node
from jupyter_connectors.frames.types import TEXT, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The columns of one table, in order, and what there is to say about them."""

    columns: tuple[Column, ...]
    notes: tuple[str, ...]


def plan(sheet: Sheet) -> Plan:
    """The columns of a sheet as it stands. The same values give the same plan however they fell into pages."""
    found = [(node, slot) for node, slot in sheet.root.slots() if not _only_a_shell(node, slot)]
    first = sheet.form.id or "id"
    found.sort(key=lambda each: each[1].path not in (PARENT, POSITION, (first,)))
    notes = [note if not count else f"{note} ({count:,})" for note, count in sheet.notes.items()]
    names = _names([slot for _, slot in found], sheet, notes)
    taken = {name.casefold() for name in names.values()}
    columns: list[Column] = []
    for node, slot in found:
        name = names[slot.key]
        column, note = settle(slot, name, sheet.rows)
        notes += [f"{name}: {each}" for each in sorted(slot.notes)] + ([note] if note else [])
        column = _with_object_ids(node, column, notes)
        columns += _split(sheet, column, taken, notes)
    return Plan(columns=tuple(columns), notes=tuple(notes))


def _only_a_shell(node: Node, slot: Slot) -> bool:
    """An object that was null in some rows: its fields are the columns, it is none itself."""
    return not slot.filled and not slot.declared and bool(node.branches)


def _names(slots: list[Slot], sheet: Sheet, notes: list[str]) -> dict[str, str]:
    """The name of every slot by its key; a field of a lifted wrapper yields to one of the record itself."""
    labels = sheet.labels
    words = {slot.key: tuple(labels.get(word, word) for word in _words(slot.path, sheet.form.lift)) for slot in slots}
    taken: set[str] = set()
    names = {}
    for slot in sorted(slots, key=lambda each: len(words[each.key]) < len(each.path)):
        wanted = snake(words[slot.key])
        names[slot.key] = name = unique(wanted, taken)
        if name != wanted:
            notes.append(f"{name}: this is {slot.dotted[:80]!r}, the name {wanted} was taken")
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


def _split(sheet: Sheet, column: Column, taken: set[str], notes: list[str]) -> list[Column]:
    """The one or two columns that a column of this kind is."""
    if column.kind.name == "money":
        return _money(sheet, column, taken, notes)
    if column.kind.name == "slack":
        return [replace(column, kind=TEXT, meaning="id"), _timed(column, Kind(name="instant", unit="s"), taken)]
    if column.kind.name == "date-or-instant":
        day = replace(column, kind=Kind(name="date"), meaning="calendar day as written")
        return [day, _timed(column, Kind(name="instant", unit="mixed"), taken)]
    return [column]


def _timed(column: Column, kind: Kind, taken: set[str]) -> Column:
    name = unique(f"{column.name}_time", taken)
    return replace(column, name=name, kind=kind, nulls=True, meaning="instant, UTC")


def _money(sheet: Sheet, column: Column, taken: set[str], notes: list[str]) -> list[Column]:
    """Major units, and beside them the exact minor units."""
    currency = sheet.root.at(column.kind.unit)
    key = "" if currency is None or currency.types - {str} else currency.key
    if currency is not None and not key:
        notes.append(f"{column.name}: {column.kind.unit} is no text, so only the minor units are known")
    minor = replace(
        column,
        name=unique(f"{column.name}_minor", taken),
        kind=Kind(name="int"),
        nulls=True,
        meaning="exact, in minor units of its currency",
    )
    return [replace(column, currency=key), minor]
