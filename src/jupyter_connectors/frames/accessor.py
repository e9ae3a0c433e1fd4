"""`df.connector`: where a frame comes from, whether it is whole, and what can be done with it.

What is in `attrs` travels with a frame through pandas, into pickles and Parquet. The rows' own lists and the way back to
the server are held by the frame as long as it lives in this kernel.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from jupyter_connectors.errors import UsageProblem, nearest
from jupyter_connectors.frames.backends import polars_from
from jupyter_connectors.frames.expand import expand
from jupyter_connectors.frames.parts import Link
from jupyter_connectors.frames.result import Result
from jupyter_connectors.models import Json

if TYPE_CHECKING:
    import polars as pl

_CENTS = 6
"""Digits kept of a sum, below any currency's smallest unit: 0.1 + 0.2 is 0.3."""


@pd.api.extensions.register_dataframe_accessor("connector")
class ConnectorAccessor:
    """What is known of a frame that came from a connector."""

    def __init__(self, frame: pd.DataFrame) -> None:
        if not isinstance(frame.attrs.get("connector"), dict):
            problem = "this frame did not come from a connector, or lost its provenance in a merge"
            raise AttributeError(problem)  # noqa: TRY004 - pandas turns it into "there is no such attribute"
        self._frame = frame

    @property
    def provenance(self) -> dict[str, Json]:
        """Connector, tool, call, time, rows, completeness: of the rows as they were fetched, before any filter."""
        told = dict(self._frame.attrs["connector"])
        if isinstance(told.get("call"), Link):
            told["call"] = str(told["call"])
        return told

    @property
    def complete(self) -> bool | None:
        """True if the server proved that no row was missing, False if rows were, None if nobody knows."""
        told: bool | None = self.provenance.get("complete")
        return told

    @property
    def completeness(self) -> str:
        """One line: `complete: 40,000 rows in 400 pages`."""
        return str(self.provenance.get("completeness", ""))

    @property
    def children(self) -> Mapping[str, pd.DataFrame]:
        """The lists inside the rows as frames, with `parent_id` and `pos`.

        Raises:
            UsageProblem: the frame was saved and loaded, so they are gone.
        """
        return self._result.children

    def refresh(self) -> pd.DataFrame:
        """The same call once more, now: all its rows, without what was done to this frame since.

        Raises:
            UsageProblem: the frame was saved and loaded, or the call may change something.
            ConnectorError: as for any call.
        """
        return self._result.refresh().df

    def expand(self, column: str) -> pd.DataFrame:
        """The frame with the objects in a column of JSON text as columns of their own: `metadata_order_id`.

        Raises:
            UsageProblem: there is no such column, or it holds no objects.
        """
        return expand(self._frame, column)

    def money(self, by: str | Sequence[str] = "currency") -> pd.DataFrame:
        """The sums of all amounts, never of two currencies together, and the exact sums in minor units beside them.

        Args:
            by: What to sum by; the currency is added where it is not among it.

        Raises:
            UsageProblem: there is no such column, no amount, or no currency.
        """
        frame = self._frame
        keys = [by] if isinstance(by, str) else list(by)
        for key in keys:
            if key not in frame.columns:
                raise UsageProblem(f"there is no column {key!r}", hint=nearest(key, map(str, frame.columns)))
        amounts = [name for name in map(str, frame.columns) if f"{name}_minor" in frame.columns]
        if not amounts:
            raise UsageProblem("the frame has no amounts", hint="an amount is two columns, `total` and `total_minor`")
        if not any("currency" in key for key in keys):
            keys.append(_currency(frame))
        groups = frame.groupby(keys, dropna=False)
        sums = {}
        for name in amounts:
            sums[name] = groups[name].agg(_sum)
            sums[f"{name}_minor"] = groups[f"{name}_minor"].sum()
        made = pd.DataFrame(sums)
        made.attrs = frame.attrs
        return made

    def to_polars(self) -> pl.DataFrame:
        """The frame as it is now, as a Polars frame; pyarrow is not needed.

        Raises:
            UsageProblem: Polars is not installed.
        """
        with duckdb.connect(config={"python_enable_replacements": "false"}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.register("frame", self._frame)
            return polars_from(_Stream(connection.sql("SELECT * FROM frame")))

    def to_csv(self, path: str | Path, *, raw: bool = False, **options: Any) -> Path:
        """Writes the frame as it is now to a CSV file, in which no text becomes a formula when a spreadsheet opens it.

        A text, or a name of a column, that begins as a formula does gets an apostrophe before it; numbers stay as they
        are. How many that were is said in an `ExportNotice`, and so is that rows are missing.

        Args:
            path: The file, which is replaced.
            raw: Write every text as it is.
            options: As `pandas.DataFrame.to_csv` takes them, but for `index`: labels that say something are columns.
        """
        from jupyter_connectors.frames.export import to_csv

        return to_csv(self._frame, Path(path), raw=raw, options=options)

    def to_excel(self, path: str | Path, *, sheet: str = "rows", raw: bool = False) -> Path:
        """Writes the frame as it is now to an Excel workbook of one sheet, as `to_csv` does.

        Excel knows no zones: instants are in UTC, which a note on their column's header says. Whole numbers of more
        than 15 digits are text.

        Raises:
            UsageProblem: openpyxl is not installed, or the frame is larger than a sheet.
        """
        from jupyter_connectors.frames.export import to_excel

        return to_excel(self._frame, Path(path), sheet=sheet, raw=raw)

    @property
    def _result(self) -> Result:
        call = self._frame.attrs["connector"].get("call")
        if isinstance(call, Link):
            return Result(call.parts)
        raise UsageProblem("this frame no longer knows its call", hint="call the tool again, or keep the `Result`")


class _Stream:
    """A relation as its Arrow stream alone: what Polars asks of a whole relation, DuckDB's binding never lets go."""

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        self._relation = relation

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._relation.__arrow_c_stream__(requested_schema)


def _currency(frame: pd.DataFrame) -> str:
    found = [name for name in map(str, frame.columns) if "currency" in name]
    if not found:
        raise UsageProblem("the frame has no column of currencies", hint="keep `currency` in the frame")
    return "currency" if "currency" in found else found[0]


def _sum(amounts: pd.Series[Any]) -> float:
    return round(math.fsum(amounts.dropna()), _CENTS)
