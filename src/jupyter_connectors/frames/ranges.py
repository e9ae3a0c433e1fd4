"""From a first look at a listing to the listing in windows: how it is asked for, where it begins and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import Incomplete, UsageProblem
from jupyter_connectors.frames.paging import fitted
from jupyter_connectors.frames.shapes import column_name
from jupyter_connectors.frames.spans import Listing, Span, allowed, at_once, bounds_in, edges, reach
from jupyter_connectors.models import Bound, Json, ToolCall, canonical

if TYPE_CHECKING:
    from jupyter_connectors.frames.parts import Parts
    from jupyter_connectors.frames.result import Result

Bounding = str | datetime | None
"""An instant as a person gives it: text that pandas reads, or a datetime; without a zone it is in UTC."""

_YEAR = timedelta(days=365)
_SECOND = timedelta(seconds=1)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def ranged(
    result: Result, parts: Parts, listing: Listing, bounds: tuple[Bounding, Bounding], as_of: datetime
) -> Listing:
    """The listing with its spans: between the bounds that were given, else all of it there is."""
    first, last = bounds_in(parts.source.call.arguments, listing.window)
    held = _held(result, listing)
    high = _moment("end", bounds[1]) or last or max([as_of, *(each + _SECOND for each in held[-1:])])
    low = _moment("start", bounds[0]) or first
    oldest = min([high - _SECOND, *held[:1]])
    if low is None and not result.complete:
        return replace(listing, spans=_from_the_first(_Probe(parts, listing), oldest, high))
    return replace(listing, spans=edges(low or oldest, high, listing.every))


def listing_of(result: Result, parts: Parts, column: str, every: str) -> Listing:
    """The listing without its bounds, checked: it can be asked for by stretches of this column."""
    from jupyter_connectors.frames.partition import timed

    source, name = parts.source, parts.name
    window = None if source.shape is None else source.shape.window
    if source.shape is None or window is None:
        problem = f"{name} cannot be asked for windows of time: it is not known which of its arguments bound one"
        raise UsageProblem(problem, hint="filter it with its own arguments, or keep the whole with .to_parquet()")
    held = column_name(source.shape.form, window.column)
    if column not in (held, window.column):
        raise UsageProblem(
            f"{name} can be asked for windows of {held!r}, not of {column!r}", hint=f"windows({held!r}, {every!r})"
        )
    if not window.end:
        problem = f"{name} has no argument for the end of a window: each would bring all that follows it"
        raise UsageProblem(problem, hint=f"ask once, with {window.start}=, and keep the rows with .to_parquet()")
    rate, paging = source.shape.rate, source.shape.paging
    listing = Listing(
        call=replace(source.call, asked_by="person", arguments_json=canonical(_whole(parts)), bound=Bound()),
        entry=source.entry,
        window=window,
        column=held,
        every=every,
        cap=0 if paging is None else paging.cap,
        at_once=at_once(rate),
    )
    kinds = {each.name: each.kind.name for each in timed(result, listing).plan.columns}
    if result.rows and kinds.get(held) not in ("instant", "date"):
        problem = f"{held!r} of {name} is no column of instants or dates, so rows cannot be told to be in a window"
        raise UsageProblem(problem, hint="keep the whole with .to_parquet()")
    return listing


def _whole(parts: Parts) -> dict[str, Json]:
    """The call's arguments for the whole listing: a limit on its rows was for the first look only."""
    call, shape = parts.source.call, parts.source.shape
    arguments = call.arguments
    known = parts.source.tool.input_schema.get("properties")
    if shape is None or shape.paging is None:
        return arguments
    paging = fitted(shape.paging, known if isinstance(known, Mapping) else {})
    if paging.param and paging.param in arguments:
        problem = f"{parts.name} was called with {paging.param}=, so it starts in the midst of the listing"
        raise UsageProblem(problem, hint=f"call it without {paging.param}, then take the windows")
    limited = call.bound.limit is not None and arguments.get(paging.size) == call.bound.limit
    return {name: value for name, value in arguments.items() if not (limited and name == paging.size)}


def _held(result: Result, listing: Listing) -> list[datetime]:
    """The first and the last time among the rows held; empty without rows."""
    if not result.rows:
        return []
    import duckdb

    from jupyter_connectors.frames.partition import timed
    from jupyter_connectors.frames.table import quoted

    table, moment = timed(result, listing), quoted(listing.column)
    with duckdb.connect(config=table.config(spill=str(table.folder))) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        # As microseconds, because DuckDB gives zoned instants to Python through a package that may not be there.
        query = (
            f"SELECT epoch_us(min(t)), epoch_us(max(t)) FROM (SELECT {moment}::TIMESTAMPTZ AS t FROM ({table.query()}))"
        )
        found = connection.execute(query).fetchone()
    return [_FIRST + timedelta(microseconds=each) for each in found or () if each is not None]


@dataclass(frozen=True, slots=True)
class _Probe:
    """Asks whether a listing has rows before an instant: a call for one row, judged and recorded like any."""

    parts: Parts
    listing: Listing

    def oldest_before(self, moment: datetime) -> datetime | None:
        """A time from which on there may be rows before the instant; None where it is proven that there are none."""
        result = again_of(self.parts)(self.listing.call_before(moment), self.listing.entry, None)
        _, latest = allowed(*reach(Span(start=moment, end=moment), self.listing.window), self.listing.window)
        held = _held(result, self.listing)
        if held and held[0] < latest:
            return min(held[0], moment - _SECOND)
        if held or not result.complete:
            problem = f"{self.listing.name}: where the listing begins cannot be found: {result.completeness.line}"
            raise Incomplete(problem, hint="say from when: windows(..., start='2024-01-01')", partial=result)
        return None


def _from_the_first(probe: _Probe, before: datetime, end: datetime) -> tuple[Span, ...]:
    """The windows from the one that has the first row: further and further back, then by halves."""
    filled, empty, step = before, before, _YEAR
    found = probe.oldest_before(empty)
    while found is not None:
        filled = min(found, filled)
        if filled - _FIRST < step:
            empty = _FIRST
            break
        empty, step = filled - step, step * 2
        found = probe.oldest_before(empty)
    spans = edges(empty, end, probe.listing.every)
    low, high = 0, next(at for at, each in enumerate(spans) if filled < each.end)
    while low < high:  # nothing is before spans[low]; something is in or before spans[high]
        middle = (low + high) // 2
        if probe.oldest_before(spans[middle].end) is None:
            low = middle + 1
        else:
            high = middle
    return spans[low:]


def _moment(name: str, given: Bounding) -> datetime | None:
    if given is None:
        return None
    import pandas as pd

    try:
        moment = pd.Timestamp(given)
        zoned = moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")
        return zoned.to_pydatetime(warn=False)
    except (ValueError, TypeError) as error:
        problem = str(error)
    raise UsageProblem(f"{name}={given!r} is no instant: {problem}", hint=f"{name}='2024-01-01'")


def again_of(parts: Parts) -> Callable[[ToolCall, str, Any], Result]:
    """How the kernel calls a tool for a result."""
    if parts.source.again is None:
        raise UsageProblem(f"{parts.name} was not called from here", hint="connect it and call the tool")
    return parts.source.again
