"""A column while its values arrive, and what it turns out to be: declared, hinted, else from every value it ever had."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from jupyter_connectors.frames.types import JSON, TEXT, Hint, Kind, checks_for, epoch_unit
from jupyter_connectors.models import Json

INT64 = 2**63 - 1
_EXACT = 2**53
"""Above it a float64 no longer holds every whole number."""

_NUMBERS = frozenset({int, float})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A finished column of one table."""

    name: str
    key: str
    """Its name in the spool file."""

    kind: Kind
    source: str
    """The DuckDB type its values are read from the spool as."""

    nulls: bool
    """Whether it may hold nulls; decides between int64 and Int64."""

    meaning: str = ""
    plain: bool = False
    """Its values are texts, and the column is those texts."""

    beside: str = ""
    """Name of the column it accompanies, as the minor units accompany an amount."""

    currency: str = ""
    """Spool key of the currency of a money column."""

    fallback: str = ""
    """Spool key of a column to read where this one is null."""


class Slot:
    """One column of a table that is still growing: what was seen in it, over all pages."""

    def __init__(self, path: tuple[str, ...], key: str, *, kind: Kind | None = None, hint: Hint | None = None) -> None:
        self.path = path
        self.key = key
        self.declared = kind is not None
        self.kind = kind if kind is not None or hint is None else hint.kind
        self.required = hint is not None and hint.required
        self.types: set[type] = set()
        """The types of its values but None; `dict` stands for JSON text made of an object or list."""
        self.filled = 0
        self.low = self.high = 0
        """Of its whole numbers."""
        self.reach = 0.0
        """The largest size of its fractions."""
        self.whole = True
        """No float in it has digits after the point."""
        self.checks = checks_for(self.kind)
        self._blank_is_null = self.kind is not None and bool(self.checks)
        """Many APIs write "" for null; a declared number or time is never "", whatever else the column holds."""
        self.notes: set[str] = set()

    @property
    def dotted(self) -> str:
        return ".".join(self.path)

    def see(self, values: list[Json], types: set[type]) -> list[Json]:
        """Takes note of one page of scalars and gives them back as they are to be spooled."""
        if str in types:
            values = self._see_texts(values)
        if int in types:
            values = self._see_ints(values, types)
        if float in types:
            values = self._see_floats(values)
        self.types |= types
        self.filled += len(values) - values.count(None) if types else 0
        return values

    def _see_texts(self, values: list[Json]) -> list[Json]:
        if self._blank_is_null and "" in values:
            values = [None if value == "" else value for value in values]
        for name, check in list(self.checks.items()):
            if not all(check(value) for value in values if type(value) is str):
                del self.checks[name]
        return values

    def _see_ints(self, values: list[Json], types: set[type]) -> list[Json]:
        alone = types == {int} and None not in values
        ints = values if alone else [value for value in values if type(value) is int]
        low, high = min(ints), max(ints)
        if low < -INT64 - 1 or high > INT64:
            types.add(str)
            self.checks.clear()
            self.notes.add("whole numbers past 64 bits: kept exactly, as text")
            return [str(value) if type(value) is int else value for value in values]
        if int in self.types:
            low, high = min(low, self.low), max(high, self.high)
        self.low, self.high = low, high
        return values

    def _see_floats(self, values: list[Json]) -> list[Json]:
        if not all(math.isfinite(value) for value in values if type(value) is float):
            self.notes.add("infinite numbers or NaN are null")
            values = [None if type(value) is float and not math.isfinite(value) else value for value in values]
        floats = [value for value in values if type(value) is float]
        self.whole = self.whole and all(map(float.is_integer, floats))
        self.reach = max(self.reach, *map(abs, floats), 0.0)
        return values

    @property
    def passes(self) -> bool:
        """Whether every value fits the declared kind."""
        kind, types = self.kind, self.types
        if kind is None:
            return False
        if not types or kind in (TEXT, JSON):
            return True
        if str in types:  # texts may stand for numbers where that is declared, not together with other things
            return bool(self.checks) and (types == {str} or (types <= _NUMBERS | {str} and kind.name == "float"))
        return _fits(self, kind)


def _fits(slot: Slot, kind: Kind) -> bool:
    types = slot.types
    if kind.name in ("int", "money"):
        return (
            types <= _NUMBERS and slot.whole and (float not in types or max(slot.reach, slot.high, -slot.low) <= _EXACT)
        )
    if kind.name == "float":
        return types <= _NUMBERS
    if kind.name == "bool":
        return types == {bool}
    if kind.name == "instant" and kind.unit not in ("iso", "mixed"):
        # Years 1 to 9999, which every library can hold.
        first, last = (
            (-62_135_596_800, 253_402_300_800) if kind.unit == "s" else (-62_135_596_800_000, 253_402_300_800_000)
        )
        return types <= _NUMBERS and slot.low >= first and slot.high < last and slot.reach < -first
    return False


def settle(slot: Slot, name: str, rows: int) -> tuple[Column, str]:
    """What a column is, and a note if that was guessed or is not what was declared."""
    if slot.passes and slot.kind is not None:
        return _column(slot, name, slot.kind, required=slot.required, rows=rows), ""
    kind, guess = _infer(slot, name)
    column = _column(slot, name, kind, required=False, rows=rows)
    if slot.kind is None:
        return column, guess
    said = slot.kind.name + (f" ({slot.kind.unit})" if slot.kind.unit else "")
    who = "declared as" if slot.declared else "the output schema says"
    return column, f"{name}: {who} {said}, but not every value is one; the column is {kind.name}"


def _column(slot: Slot, name: str, kind: Kind, *, required: bool, rows: int) -> Column:
    return Column(
        name=name,
        key=slot.key,
        kind=kind,
        source=_source(slot.types, kind),
        nulls=not required or slot.filled < rows,
        plain=kind in (TEXT, JSON) and slot.types <= {str, dict},
        meaning=_meaning(kind),
    )


def _infer(slot: Slot, name: str) -> tuple[Kind, str]:
    """The narrowest kind that holds every value. A text never becomes a number, a flag never a number."""
    types = slot.types
    if types == {bool}:
        return Kind(name="bool"), ""
    if types and types <= _NUMBERS:
        return _infer_number(slot, name)
    if types == {str} and "instant" in slot.checks:
        return Kind(name="instant", unit="iso"), f"{name}: every value is an ISO 8601 instant, so it is one"
    if types == {str} and "date" in slot.checks:
        return Kind(name="date"), f"{name}: every value is a date, so it is one"
    if len(types) > 1:
        mixed = ", ".join(sorted(_WORDS.get(each, each.__name__) for each in types))
        return TEXT, f"{name}: mixed values ({mixed}); kept as text"
    return (JSON, "") if types == {dict} else (TEXT, "")


def _infer_number(slot: Slot, name: str) -> tuple[Kind, str]:
    if float in slot.types:
        if int in slot.types and max(slot.high, -slot.low) > _EXACT:
            return TEXT, f"{name}: large whole numbers among fractions; kept exactly, as text"
        return Kind(name="float"), ""
    unit = epoch_unit(name, slot.low, slot.high)
    if unit:
        long = "seconds" if unit == "s" else "milliseconds"
        return Kind(name="instant", unit=unit), f"{name}: taken for epoch {long} by its name and values"
    return Kind(name="int"), ""


_WORDS: Mapping[type, str] = {str: "text", int: "int", float: "float", bool: "bool", dict: "JSON"}


def _source(types: set[type], kind: Kind) -> str:
    if kind in (TEXT, JSON) or str in types:
        return "VARCHAR"
    if kind.name == "bool":
        return "BOOLEAN"
    if types == {int} or (kind.name in ("int", "money") and not types):
        return "DOUBLE" if kind.name == "float" else "BIGINT"
    if types:
        return "DOUBLE"
    return "DOUBLE" if kind.name == "float" else "BIGINT" if kind.unit in ("s", "ms") else "VARCHAR"


def _meaning(kind: Kind) -> str:
    return {
        "instant": "instant, UTC",
        "date": "calendar day",
        "json": "JSON text",
        "money": "major units of its currency",
    }.get(kind.name, "")
