"""Stretches of time that together are a listing: where they begin and end, and the arguments that ask for one.

Every span is half-open. What a server counts in is coarser than an instant, so it is asked for the smallest stretch in
its own unit that holds the span; the rows are then cut to the span itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.forms import Rate, Window
from jupyter_connectors.frames.records import dig
from jupyter_connectors.models import Bound, Json, ToolCall, canonical

if TYPE_CHECKING:
    from jupyter_connectors.frames.tables import Columns

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
    "iso": timedelta(microseconds=1),
    "date": timedelta(days=1),
}
_DAY = timedelta(days=1)
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `start`, inclusive, to `end`, exclusive; both in UTC."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{short(self.start)} to {short(self.end)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing in spans: all that may be asked for by whoever may ask for a part of it."""

    call: ToolCall
    """The call without its bounds in time."""

    entry: str
    """The connector's id in the directory; the call has the name the person gave it."""

    window: Window
    column: str
    """The frame's column of the time that the spans are of."""

    every: str
    columns: Columns | None = None
    """The columns wanted, as `Result.to_pandas` takes them."""

    spans: tuple[Span, ...] = ()
    cap: int = 0
    """The most rows the server gives for one question; 0 where none is known."""

    at_once: int = 2
    """How many spans may be asked for at the same time."""

    @property
    def name(self) -> str:
        return f"{self.call.connector}.{self.call.tool}"

    def call_for(self, span: Span) -> ToolCall:
        """The call that asks for one span, under an id of its own."""
        low, high = reach(span, self.window)
        return self._call(with_bounds(self.call.arguments, self.window, low, high), Bound())

    def call_before(self, moment: datetime) -> ToolCall:
        """The call that asks for one row before an instant."""
        _, high = reach(Span(start=moment, end=moment), self.window)
        return self._call(with_bounds(self.call.arguments, self.window, None, high), Bound(limit=1))

    def _call(self, arguments: Mapping[str, Json], bound: Bound) -> ToolCall:
        return replace(self.call, id=uuid4().hex, arguments_json=canonical(dict(arguments)), bound=bound)


def short(moment: datetime) -> str:
    """The instant for a person: a day where it is midnight in UTC."""
    text = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return text.removesuffix("T00:00:00Z")


def edges(start: datetime, end: datetime, every: str) -> tuple[Span, ...]:
    """The spans of a pandas frequency between two instants; the first and the last may be shorter than the others.

    Raises:
        UsageProblem: it is no frequency, the end is not after the start, or there would be more than 10,000.
    """
    import pandas as pd

    if end <= start:
        raise UsageProblem(
            f"the windows would end at {short(end)}, not after their start, {short(start)}", hint="give start= and end="
        )
    problem = ""
    try:
        offset = pd.tseries.frequencies.to_offset(every)
        # Calendar frequencies keep the time of day of where they begin.
        day = pd.Timestamp(start).normalize()
        if offset is None or day + offset <= day:
            raise ValueError(f"{every!r} does not go forward")
        while day + _MOST * offset < pd.Timestamp(start):
            day += _MOST * offset
        if day + _MOST * offset < pd.Timestamp(end):
            raise ValueError(f"it makes more than {_MOST:,} windows")
        points = pd.date_range(day, end, freq=offset)
    except (ValueError, OverflowError, TypeError) as error:
        problem = str(error)
    if problem:
        hint = "it is a pandas frequency: 'MS' for months, 'W' for weeks, 'D' for days, '6h'"
        raise UsageProblem(f"{every!r} cannot cut {short(start)} to {short(end)} into windows: {problem}", hint=hint)
    marks = [start, *(each.to_pydatetime() for each in points if start < each < end), end]
    return tuple(Span(start=low, end=high) for low, high in pairwise(marks))


def reach(span: Span, window: Window) -> tuple[datetime, datetime]:
    """The bounds that are sent for a span: its own, rounded outwards to what the server counts in.

    A vendor's day is one of the account's own time zone, so spans of days reach a day further on both sides.
    """
    unit = _UNITS[window.unit]
    low = _EPOCH + (span.start - _EPOCH) // unit * unit
    high = _EPOCH - (_EPOCH - span.end) // unit * unit
    return (low - _DAY, high + _DAY) if window.unit == "date" else (low, high)


def allowed(low: datetime, high: datetime, window: Window) -> tuple[datetime, datetime]:
    """Between which instants rows may come, where these bounds were sent: a closed end and a vendor's day reach further."""
    closed = max(_UNITS[window.unit], _UNITS["s"]) if window.closed else timedelta(0)
    zone = _DAY if window.unit == "date" else timedelta(0)
    return low - zone, high + zone + closed


def with_bounds(arguments: Mapping[str, Json], window: Window, low: datetime | None, high: datetime) -> dict[str, Json]:
    """The arguments with these bounds in time, and with no other."""
    made = _without(arguments, window.start)
    if low is not None:
        made = _with(made, window.start, _written(low, window))
    return _with(made, window.end, _written(high, window))


def bounds_in(arguments: Mapping[str, Json], window: Window) -> tuple[datetime | None, datetime | None]:
    """The bounds in time that the arguments have already."""
    end = _read(dig(dict(arguments), window.end), window)
    if end is not None and window.closed:
        end += _UNITS["s"] if window.unit == "iso" else _UNITS[window.unit]
    return _read(dig(dict(arguments), window.start), window), end


def at_once(rate: Rate | None) -> int:
    """How many spans to ask for at the same time: 1 to 4, by what the vendor lets one account ask in a second."""
    return 2 if rate is None else max(1, min(4, round(rate.per_second)))


def _written(moment: datetime, window: Window) -> Json:
    if window.unit in ("s", "ms"):
        return (moment - _EPOCH) // _UNITS[window.unit]
    if window.unit == "date":
        return moment.date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")


def _read(value: Json, window: Window) -> datetime | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        if window.unit in ("s", "ms"):
            return _EPOCH + float(value) * _UNITS[window.unit]
        moment = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, TypeError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _with(arguments: Mapping[str, Json], path: str, value: Json) -> dict[str, Json]:
    first, _, rest = path.partition(".")
    held = arguments.get(first)
    return {**arguments, first: _with(held if isinstance(held, Mapping) else {}, rest, value) if rest else value}


def _without(arguments: Mapping[str, Json], path: str) -> dict[str, Json]:
    first, _, rest = path.partition(".")
    held = arguments.get(first)
    if rest and isinstance(held, Mapping):
        return {**arguments, first: _without(held, rest)}
    return {name: value for name, value in arguments.items() if name != first}
