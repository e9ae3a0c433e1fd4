"""SQL over frames and spooled tables: DuckDB in process, shut off from files, network and Python variables."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

import duckdb
import pandas as pd

from jupyter_connectors.errors import Cancelled, TimedOut, UsageProblem
from jupyter_connectors.frames.table import Table, quoted, quoted_text
from jupyter_connectors.text import one_line

CUT = "cut_at"
"""The key in a frame's `attrs` that says after how many rows it was cut."""

Tables = Mapping[str, "pd.DataFrame | Table"]
"""What a query can read, by name."""

_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",  # else a query could read any variable of the kernel that holds a frame
    "temp_directory": "",
    "memory_limit": "1GB",
    "threads": "2",
}
_MOST_EXACT = 2**53
_GRACE = 2.0


def run_sql(query: str, frames: Tables, *, timeout: float = 10.0, row_limit: int | None = 100_000) -> pd.DataFrame:
    """The rows of one SELECT over `frames`. A frame cut at `row_limit` has `attrs["cut_at"]`.

    Raises:
        UsageProblem: not one SELECT, or DuckDB refuses it.
        TimedOut: it ran longer than `timeout` seconds.
    """
    return _run(query, frames, duckdb.connect(":memory:", config=_LOCKED), timeout, row_limit)


async def run_sql_async(
    query: str, frames: Tables, *, seconds: float = 10.0, row_limit: int | None = 100_000
) -> pd.DataFrame:
    """`run_sql` beside the event loop; cancelling it stops the query.

    Raises:
        UsageProblem, TimedOut: as `run_sql`.
    """
    connection = duckdb.connect(":memory:", config=_LOCKED)
    running = asyncio.get_running_loop().run_in_executor(
        None, partial(_run, query, frames, connection, seconds, row_limit)
    )
    running.add_done_callback(_looked_at)
    try:
        await asyncio.wait([running], timeout=seconds + _GRACE)
    except asyncio.CancelledError:
        await _stopped(running, connection)
        raise
    if not running.done():
        # Some functions, such as repeat, do not look up until they are done.
        raise TimedOut(f"the query took longer than {seconds:g} s", hint="make it smaller: filter or group first")
    return running.result()


async def _stopped(running: asyncio.Future[pd.DataFrame], connection: duckdb.DuckDBPyConnection) -> None:
    """Interrupts again and again, because an interrupt that comes before the query starts is lost."""
    for _ in range(10):
        with suppress(duckdb.Error):
            connection.interrupt()
        if (await asyncio.wait([running], timeout=0.05))[0]:
            return


def _looked_at(running: asyncio.Future[pd.DataFrame]) -> None:
    """Keeps asyncio from reporting the error of a query nobody waits for any more."""
    if not running.cancelled():
        running.exception()


def _run(
    query: str, frames: Tables, connection: duckdb.DuckDBPyConnection, timeout: float, limit: int | None
) -> pd.DataFrame:
    timed_out = threading.Event()

    def stop() -> None:
        timed_out.set()
        connection.interrupt()

    timer = threading.Timer(timeout, stop)
    timer.daemon = True
    problem, hint = "", "write one SELECT over the frames, in DuckDB's SQL"
    try:
        _only_a_select(query)
        _lock(connection, frames)
        timer.start()
        return _rows(connection.sql(query), limit)
    except duckdb.InterruptException:
        problem = "the query was stopped"
    except duckdb.OutOfMemoryException:
        problem, hint = "the query needs more memory than it may have", "select fewer columns or group first"
    except duckdb.Error as error:
        problem = one_line(str(error), 600)
    finally:
        timer.cancel()
        connection.close()
    if timed_out.is_set():
        raise TimedOut(f"the query took longer than {timeout:g} s", hint="make it smaller: filter or group first")
    if problem == "the query was stopped":
        raise Cancelled(problem, hint="run it again when you like")
    raise UsageProblem(problem, hint=hint)


def _lock(connection: duckdb.DuckDBPyConnection, frames: Tables) -> None:
    """Gives the connection what it may read, the files of spooled tables included, and takes away everything else."""
    spools = {name: table for name, table in frames.items() if isinstance(table, Table)}
    paths = ", ".join(quoted_text(str(table.path)) for table in spools.values())
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    for name, frame in frames.items():
        if isinstance(frame, Table):
            # With files shut off a path is taken as it is, `[2024]` included.
            connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS {frame.query(path=str(frame.path))}")
        else:
            connection.register(name, frame)
    connection.execute("SET lock_configuration = true")


def _only_a_select(query: str) -> None:
    statements = duckdb.extract_statements(query)
    kinds = [statement.type for statement in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        told = ", ".join(kind.name for kind in kinds) or "nothing"
        raise UsageProblem(f"only one SELECT can run here, not {told}", hint="the frames cannot be changed, only read")


def _rows(relation: duckdb.DuckDBPyRelation, limit: int | None) -> pd.DataFrame:
    twice = next((name for name in relation.columns if relation.columns.count(name) > 1), None)
    if twice is not None:
        raise UsageProblem(f"two columns of the result are called {twice!r}", hint="name them apart with AS")
    kinds = {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}
    instants = [name for name, kind in kinds.items() if kind == "TIMESTAMP WITH TIME ZONE"]
    if instants:
        # As plain UTC, because DuckDB names the zone Etc/UTC and takes a way that pandas 3.1 warns about.
        plain = ", ".join(f"CAST({quoted} AS TIMESTAMP) AS {quoted}" for quoted in map(quoted, instants))
        relation = relation.project(f"* REPLACE ({plain})")
    frame: pd.DataFrame = relation.df() if limit is None else relation.limit(limit + 1).df()
    cut = limit if limit is not None and len(frame) > limit else None
    if cut is not None:
        frame = frame.head(cut)
    frame = frame.assign(**{name: frame[name].dt.tz_localize("UTC") for name in instants})
    for name in (name for name, kind in kinds.items() if kind == "HUGEINT"):
        frame = _as_whole_numbers(frame, name)
    if cut is not None:
        frame.attrs[CUT] = cut
    return frame


def _as_whole_numbers(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """A sum of whole numbers comes as float; as `Int64` where that loses nothing."""
    column = frame[name]
    if (column.isna() | (column.abs() < _MOST_EXACT)).all():
        return frame.assign(**{name: column.astype("Int64")})
    return frame
