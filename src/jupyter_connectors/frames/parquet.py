"""A spooled table as Parquet, written by DuckDB as it reads: neither side is ever held whole."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from jupyter_connectors.errors import UsageProblem, nearest
from jupyter_connectors.frames.table import Table, quoted, quoted_text
from jupyter_connectors.models import Json

_PERIODS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
_KEY = "PANDAS_ATTRS"
"""Where pandas puts `attrs` in a Parquet file's metadata, and looks for them."""


def write_parquet(
    table: Table,
    path: Path,
    provenance: Mapping[str, Json],
    *,
    keys: Sequence[str] = (),
    on: str | None = None,
    where: str = "",
) -> Path:
    """Writes the table, or its rows for which the SQL condition `where` holds, to a file.

    With keys it is a Hive-partitioned folder of files.

    Raises:
        UsageProblem: a key is no column or period, or the folder is not empty.
    """
    columns = [column.name for column in table.plan.columns]
    if not columns:
        raise UsageProblem("the rows have no columns, which Parquet cannot hold", hint="see .json")
    periods = [key for key in keys if key in _PERIODS and key not in columns]
    for key in keys:
        if key not in periods and key not in columns:
            raise UsageProblem(f"there is no column {key!r}", hint=nearest(key, [*columns, *_PERIODS]))
    query = table.query() if not where else f"SELECT * FROM ({table.query()}) WHERE {where}"
    if periods:
        moment = quoted(_time_column(table, on))
        made = [f"strftime({moment}, {quoted_text(_PERIODS[key])}) AS {key}" for key in periods]
        query = f"SELECT *, {', '.join(made)} FROM ({query})"
    attrs = json.dumps({"connector": provenance}, ensure_ascii=False)
    options = ["FORMAT parquet", "COMPRESSION zstd", f"KV_METADATA {{{_KEY}: {quoted_text(attrs)}}}"]
    if not keys:
        _write_file(table, query, options, path)
        return path
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageProblem(f"{str(path)!r} is there and not empty", hint="name a new folder, or empty it first")
    path.mkdir(parents=True, exist_ok=True)
    options += [f"PARTITION_BY ({', '.join(map(quoted, keys))})", "OVERWRITE_OR_IGNORE"]
    _copy(table, query, options, path)
    return path


def _write_file(table: Table, query: str, options: list[str], path: Path) -> None:
    if path.is_dir():
        raise UsageProblem(f"{str(path)!r} is a folder", hint="name a file, or give partition_by")
    draft = path.with_name(f".{path.name}.part-{os.getpid()}")
    try:
        _copy(table, query, options, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _copy(table: Table, query: str, options: list[str], to: Path) -> None:
    with (
        tempfile.TemporaryDirectory(dir=table.folder, prefix="sorting-") as spill,
        duckdb.connect(config=table.config(spill=spill)) as connection,
    ):
        connection.execute("SET TimeZone = 'UTC'")
        if any(option.startswith("PARTITION_BY") for option in options):
            # Each thread holds the rows of every open partition, and keeping their order holds all of them.
            connection.execute("SET threads = 1")
            connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"COPY ({query}) TO {quoted_text(str(to))} ({', '.join(options)})")


def _time_column(table: Table, on: str | None) -> str:
    times = [column.name for column in table.plan.columns if column.kind.name in ("instant", "date")]
    if on is not None:
        if on not in times:
            raise UsageProblem(f"{on!r} is no column of instants or dates", hint=nearest(on, times))
        return on
    if not times:
        raise UsageProblem(
            "there is no column of instants or dates", hint="partition by a column: partition_by='status'"
        )
    return "created" if "created" in times else times[0]
