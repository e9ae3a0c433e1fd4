"""What a column can be, and which texts are instants, dates and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

KindName = Literal["instant", "date", "int", "float", "bool", "text", "json", "money", "slack", "date-or-instant"]

_UNITS: Mapping[str, frozenset[str]] = {"instant": frozenset({"s", "ms", "iso"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the values of a column mean."""

    name: KindName
    unit: str = ""
    """Of an instant `s`, `ms` or `iso`; of money the path of the column that holds its currency.

    `slack` is an id that is a time as well, `1512085950.000216`; `date-or-instant` a day in some rows and an instant in
    others. Both become two columns, the second of them `<name>_time`.
    """


TEXT = Kind(name="text")
JSON = Kind(name="json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What a tool's output schema says of one column."""

    kind: Kind
    required: bool


def parse_kind(written: str) -> Kind:
    """The kind a shape file writes as `int`, `instant:s` or `money:currency`.

    Raises:
        ValueError: there is no such kind or unit.
    """
    name, _, unit = written.partition(":")
    fitting = unit in _UNITS[name] if name in _UNITS else bool(unit) == (name == "money")
    if name not in get_args(KindName) or not fitting:
        raise ValueError(f"no such kind of column: {written!r}")
    return Kind(name=name, unit=unit)  # type: ignore[arg-type]  # looked up above


_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# 18 digits always fit in 64 bits.
_INT = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
_EPOCH = re.compile(r"\d{1,11}(?:\.\d{1,6})?", re.ASCII)
_EPOCH_MS = re.compile(r"\d{1,14}(?:\.\d{1,3})?", re.ASCII)


def is_instant(value: str) -> bool:
    """Whether `value` is an ISO 8601 instant with a zone (RFC 3339, and `+0000` as Salesforce and Jira write it)."""
    if not _INSTANT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_date(value: str) -> bool:
    """Whether `value` is a day of the calendar, `2024-05-01`."""
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_int(value: str) -> bool:
    return _INT.fullmatch(value) is not None


def is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None


def is_epoch(value: str) -> bool:
    return _EPOCH.fullmatch(value) is not None


def is_epoch_ms(value: str) -> bool:
    return _EPOCH_MS.fullmatch(value) is not None


def is_bool(value: str) -> bool:
    return value in ("true", "false")


Check = Callable[[str], bool]


def checks_for(kind: Kind | None) -> dict[str, Check]:
    """What is asked of every text in a column, by name: of a declared column its kind, else whether it is a time."""
    if kind is None:
        return {"instant": is_instant, "date": is_date}
    if kind.name == "instant":
        epoch = is_epoch_ms if kind.unit == "ms" else is_epoch
        return {"instant": is_instant} if kind.unit == "iso" else {"epoch": epoch}
    one: dict[str, dict[str, Check]] = {
        "date": {"date": is_date},
        "int": {"int": is_int},
        "money": {"int": is_int},
        "float": {"float": is_number},
        "bool": {"bool": is_bool},
        "slack": {"epoch": is_epoch},
        "date-or-instant": {"moment": lambda value: is_date(value) or is_instant(value)},
    }
    return one.get(kind.name, {})


_TIME_WORD = re.compile(r"(?:^|_)(?:created|updated|modified|deleted|expires|timestamp|time|at|ts)(?:_|$)")
# 2000-01-01 and 2100-01-01: a number outside is a count, not a time.
_FIRST, _LAST = 946_684_800, 4_102_444_800


def epoch_unit(name: str, low: int, high: int) -> str | None:
    """`s` or `ms` when a column of whole numbers called `name` looks like times between 2000 and 2100, else None."""
    if not _TIME_WORD.search(name):
        return None
    if low >= _FIRST and high < _LAST:
        return "s"
    return "ms" if low >= _FIRST * 1000 and high < _LAST * 1000 else None
