"""One window of a listing, in the kernel: whole or an error, cut to its own stretch of time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from jupyter_connectors.errors import Incomplete, ReplyRejected
from jupyter_connectors.frames.parquet import write_parquet
from jupyter_connectors.frames.spans import Listing, Span, allowed, reach
from jupyter_connectors.frames.table import Table, quoted, quoted_text
from jupyter_connectors.text import plural

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from jupyter_connectors.frames.result import Result

_TELL = "nothing of this window is used; try again, or ask the connector's maker why"


def write_window(result: Result, listing: Listing, span: Span, path: Path) -> int:
    """Writes the rows of a span to a Parquet file and says how many there are; where there are no columns, no file.

    Raises:
        Incomplete: not all rows of the span are there.
        ReplyRejected: the server does not keep to the bounds it was given.
        NotTabular: it answered with text.
    """
    inside, _ = checked(result, listing, span)
    table = timed(result, listing)
    if table.plan.columns:
        write_parquet(table, path, result.provenance(), where=_within(listing, span))
    return inside


def frame_of(result: Result, listing: Listing, span: Span) -> pd.DataFrame:
    """The frame of a span. Raises as `write_window`."""
    _, outside = checked(result, listing, span)
    frame = result.df
    if not outside:
        return frame
    times = result.to_pandas(columns=[listing.column])[listing.column]
    if times.dt.tz is None:
        times = times.dt.tz_localize("UTC")
    return frame[(times >= span.start) & (times < span.end)].reset_index(drop=True)


def timed(result: Result, listing: Listing) -> Table:
    """The rows with the columns the listing wants, as far as there are such, and the time among them."""
    table = result.tables.chosen("all" if listing.columns == "all" else None)
    names = [each.name for each in table.plan.columns]
    wanted = names if listing.columns in (None, "all") else list(listing.columns or ())
    if not {*wanted, listing.column}.issubset(names):
        names = [each.name for each in result.tables.whole.plan.columns]
    picked = [each for each in dict.fromkeys([*wanted, listing.column]) if each in names]
    return result.tables.chosen(picked) if picked else result.tables.whole


def checked(result: Result, listing: Listing, span: Span) -> tuple[int, int]:
    """How many rows are in the span, and how many that belong to its neighbours came with them. Raises as above."""
    where = f"{listing.name}, {listing.column} {span}"
    if listing.cap and result.rows >= listing.cap:
        problem = (
            f"{where}: {result.rows:,} rows came, and the server gives no more than {listing.cap:,} for one question"
        )
        raise Incomplete(problem, hint=f"choose smaller windows than {listing.every!r}", partial=result)
    table = timed(result, listing)
    if not result.complete:
        raise Incomplete(f"{where}: {result.completeness.line}", hint=_TELL, partial=result)
    if not result.rows:
        return 0, 0
    if listing.column not in [column.name for column in table.plan.columns]:
        raise ReplyRejected(f"{where}: its rows have no {listing.column!r}", hint=_TELL)
    inside, strange = _counted(table, listing, span)
    if strange:
        problem = (
            f"{where}: {plural(strange, 'row')} of {result.rows:,} came from outside the bounds that were asked for"
        )
        raise ReplyRejected(problem, hint=f"the server does not keep to its own arguments; {_TELL}")
    return inside, result.rows - inside


def _counted(table: Table, listing: Listing, span: Span) -> tuple[int, int]:
    """The rows in the span, and those that no rounding and no closed end explains."""
    low, high = allowed(*reach(span, listing.window), listing.window)
    moment = quoted(listing.column)
    strange = f"{moment} IS NULL OR {moment} >= {_literal(high)}"
    if not listing.window.touching:
        strange += f" OR {moment} < {_literal(low)}"
    query = f"SELECT count(*) FILTER (WHERE {_within(listing, span)}), count(*) FILTER (WHERE {strange}) FROM ({table.query()})"
    with duckdb.connect(config=table.config(spill=str(table.folder))) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(query).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def _within(listing: Listing, span: Span) -> str:
    moment = quoted(listing.column)
    return f"{moment} >= {_literal(span.start)} AND {moment} < {_literal(span.end)}"


def _literal(moment: datetime) -> str:
    return f"TIMESTAMPTZ {quoted_text(moment.isoformat())}"
