"""A spooled table as typed data: DuckDB reads the spool with declared columns, pandas gets dtypes no value can change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from jupyter_connectors.frames.arrays import column_of
from jupyter_connectors.frames.columns import Column
from jupyter_connectors.frames.flatten import Sheet
from jupyter_connectors.frames.plan import Plan
from jupyter_connectors.frames.storage import ROWS
from jupyter_connectors.frames.texts import texts_in

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_LEAST_BUFFER = 4 * 1024 * 1024
"""DuckDB reads JSON through buffers of at least the largest line, a few for each thread."""
_BATCH = 20_000
"""Rows of a batch of an Arrow stream."""

_MEMORY = "256MB"
"""What DuckDB may hold while rows pass through it; more goes to a folder beside the spool."""


class Table:
    """The rows of one sheet, read from its spool file for as long as somebody holds the table."""

    def __init__(self, sheet: Sheet, plan: Plan, exponents: Mapping[str, int]) -> None:
        self._sheet = sheet
        self._exponents = exponents
        self.plan = plan

    def frame(self, limit: int | None = None) -> pd.DataFrame:
        """The first `limit` rows, or all."""
        names = [column.name for column in self.plan.columns]
        if not names:
            return pd.DataFrame(
                index=pd.RangeIndex(self._sheet.rows if limit is None else min(limit, self._sheet.rows))
            )
        count = self._sheet.rows if limit is None else min(limit, self._sheet.rows)
        raw = self._held(count)
        left = [each for each in self.plan.columns if each.name not in raw]
        texts = {each.key: each for each in left if each.plain and not each.fallback}
        others = [each for each in left if each.key not in texts]
        if others:
            with duckdb.connect(config=_CONFIG) as connection:
                connection.execute("SET TimeZone = 'UTC'")
                # Naive, because DuckDB converts zones with calls that pandas has deprecated.
                typed = connection.sql(self._query(others, limit, zoned=False)).df()
            raw |= {each.name: _enforced(typed[each.name], each) for each in others}
        # The texts without DuckDB, so that equal ones are one object and take the memory of one.
        if texts:
            for key, values in texts_in(self._sheet.storage.spool, list(texts), count).items():
                raw[texts[key].name] = pd.Series(values, dtype=dtype_of(texts[key]))
        # Built at once, because assigning columns one by one fragments a wide frame.
        return pd.DataFrame(raw, columns=names, copy=False)

    def _held(self, count: int) -> dict[str, Any]:
        """The columns that can be made of what is in memory."""
        blocks = self._sheet.storage.blocks
        if blocks is None:
            return {}
        made = {
            each.name: column_of(blocks, each, self._exponents, count, dtype_of(each)) for each in self.plan.columns
        }
        return {name: series for name, series in made.items() if series is not None}

    def relation(
        self, connection: duckdb.DuckDBPyConnection, limit: int | None = None, *, zoned: bool = True
    ) -> duckdb.DuckDBPyRelation:
        """The rows as a relation of `connection`, which must outlive it. Without `zoned`, instants are naive UTC."""
        connection.execute("SET TimeZone = 'UTC'")
        return connection.sql(self.query(limit, zoned=zoned))

    def query(self, limit: int | None = None, *, zoned: bool = True, path: str | None = None) -> str:
        """The SELECT that reads the rows from the spool, or from `path` where DuckDB is to take that as it is."""
        return self._query(self.plan.columns, limit, zoned=zoned, path=path)

    def _query(
        self, columns: Sequence[Column], limit: int | None, *, zoned: bool = True, path: str | None = None
    ) -> str:
        wanted = ", ".join(f"{_expression(each, self._exponents, zoned)} AS {quoted(each.name)}" for each in columns)
        sources = {each.key: each.source for each in columns}
        sources |= {key: "VARCHAR" for each in columns for key in (each.currency, each.fallback) if key not in sources}
        types = ", ".join(f"'{key}': '{source}[]'" for key, source in sources.items() if key)
        rows = ", ".join(f"unnest({key}) AS {key}" for key in sources if key)
        # A column that is not in a line is null in each of its rows, so the number of rows is unnested as well.
        query = (
            f"SELECT {wanted} FROM (SELECT {rows}, unnest(range({ROWS})) FROM read_json("
            f"{quoted_text(path or _plain(self.path))}, format = 'newline_delimited', "
            f"columns = {{{types}, '{ROWS}': 'BIGINT'}}, "
            f"maximum_object_size = {max(_LEAST_BUFFER, self._sheet.storage.spool.longest)}))"
        )
        return query if limit is None else f"{query} LIMIT {limit:d}"

    @property
    def path(self) -> Path:
        """The spool file, with everything in it."""
        self._sheet.storage.spool.flush()
        return self._sheet.storage.spool.path

    @property
    def folder(self) -> Path:
        """Where the spool is."""
        return self.path.parent

    def config(self, *, spill: str) -> dict[str, str | bool | int | float | list[str]]:
        """Settings for a connection through which all rows pass: little memory, the rest in the folder `spill`."""
        return {**_CONFIG, "memory_limit": _MEMORY, "temp_directory": spill, "threads": "2"}

    @property
    def sheet(self) -> Sheet:
        """What the rows are read from."""
        return self._sheet

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.arrow_stream(requested_schema)

    def arrow_stream(self, requested_schema: object | None = None) -> object:
        """The rows as an Arrow C stream capsule."""
        # More threads read ahead of whoever takes the batches.
        connection = duckdb.connect(
            config={**self.config(spill=str(self.folder)), "threads": "1", "memory_limit": "192MB"}
        )
        relation = self.relation(connection)
        # DuckDB's own capsule has batches of a million rows, and no public one has a size.
        submit = getattr(relation, "_submit", None)
        return (
            relation.__arrow_c_stream__(requested_schema)
            if submit is None
            else submit("stream", _BATCH).arrow_capsule()
        )


def dtype_of(column: Column) -> Any:
    """The pandas dtype of a column: decided by what it is, never by the values that happen to be in it."""
    match column.kind.name:
        case "int":
            return pd.Int64Dtype() if column.nulls else np.dtype("int64")
        case "bool":
            return pd.BooleanDtype() if column.nulls else np.dtype("bool")
        case "float" | "money":
            return np.dtype("float64")
        case "instant":
            return pd.DatetimeTZDtype(unit="us", tz="UTC")
        case "date":
            return np.dtype("datetime64[us]")
    return pd.StringDtype(na_value=np.nan) if _PANDAS_HAS_STR else np.dtype("object")


_PANDAS_HAS_STR = int(pd.__version__.partition(".")[0]) >= 3


def _enforced(series: pd.Series[Any], column: Column) -> pd.Series[Any]:
    wanted = dtype_of(column)
    if column.kind.name == "instant":
        return series.astype("datetime64[us]").dt.tz_localize("UTC")
    return series if series.dtype == wanted else series.astype(wanted)


def _expression(column: Column, exponents: Mapping[str, int], zoned: bool) -> str:
    """The SQL that turns a spooled value into the column's. Every value was checked as it came, so none can fail."""
    key, kind = column.key, column.kind
    match kind.name:
        case "instant":
            instant = _instant(key, kind.unit, column.source)
            return instant if zoned else f"{instant} AT TIME ZONE 'UTC'"
        case "date":
            return f"CAST(left({key}, 10) AS DATE)"  # an instant has its day there too
        case "int":
            return f"CAST({key} AS BIGINT)"
        case "bool":
            return f"CAST({key} AS BOOLEAN)"
        case "float":
            return f"CAST({key} AS DOUBLE)"
        case "money":
            return _major(key, column.currency, exponents)
    return f"coalesce({key}, {column.fallback})" if column.fallback else key


def _instant(key: str, unit: str, source: str) -> str:
    if unit == "mixed":  # days and instants; a day has no instant
        return f"CASE WHEN length({key}) > 10 THEN {_instant(key, 'iso', source)} END"
    if unit == "iso":  # DuckDB wants a colon in the offset; Salesforce and Jira send none
        return f"CAST(regexp_replace({key}, '([+-]\\d\\d)(\\d\\d)$', '\\1:\\2') AS TIMESTAMPTZ)"
    micros = 1_000_000 if unit == "s" else 1_000
    if source == "VARCHAR":  # texts keep their six digits, as Slack's ids that are times need
        return f"make_timestamptz(CAST(CAST({key} AS DECIMAL(30, 6)) * {micros} AS BIGINT))"
    return f"make_timestamptz(CAST(round({key} * {micros}) AS BIGINT))"


def _major(key: str, currency: str, exponents: Mapping[str, int]) -> str:
    if not currency:
        return "CAST(NULL AS DOUBLE)"
    cases = " ".join(f"WHEN {quoted_text(code)} THEN {10**digits}" for code, digits in exponents.items())
    unit = f"CASE lower({currency}) {cases} ELSE 100 END" if cases else "100"
    return f"CASE WHEN {currency} IS NULL THEN NULL ELSE CAST({key} AS DOUBLE) / CAST({unit} AS DOUBLE) END"


def _plain(path: Path) -> str:
    """The path with the characters DuckDB would expand, as in a folder named `[2024]`, taken literally."""
    return re.sub(r"([\[*?])", r"[\1]", str(path))


def quoted_text(value: str) -> str:
    """The text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """The name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
