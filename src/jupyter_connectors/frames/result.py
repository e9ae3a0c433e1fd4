"""What a call gives back: the rows as a typed frame, as JSON and as text, with a verdict on whether all are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.decode import decode
from jupyter_connectors.frames.parts import Lazily, Parts
from jupyter_connectors.frames.provenance import first_notes, provenance_of, with_provenance
from jupyter_connectors.frames.sublists import told_of
from jupyter_connectors.models import Bound, Json, ToolCall

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    import polars as pl

    from jupyter_connectors.frames.backends import Backend
    from jupyter_connectors.frames.interface import Interface
    from jupyter_connectors.frames.table import Table
    from jupyter_connectors.frames.tables import ColumnInfo, Columns, Tables
    from jupyter_connectors.frames.windows import Windows


class Result:
    """The rows of one tool call, typed, with proof that they are all there or a plain word that they are not."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @property
    def call(self) -> ToolCall:
        return self._parts.source.call

    @property
    def completeness(self) -> Completeness:
        return self._parts.completeness

    @property
    def complete(self) -> bool:
        """True only when the server's own words prove that no row is missing."""
        return self.completeness.state == "complete"

    @property
    def rows(self) -> int:
        return self.completeness.rows

    @property
    def pages(self) -> int:
        return self.completeness.pages

    @property
    def fetched_at(self) -> str:
        """When it was fetched, as an ISO instant."""
        return self._parts.fetched_at

    @property
    def tabular(self) -> bool:
        """Whether there are rows; False for prose, whose text is in `.text`."""
        return self._parts.held is not None

    @property
    def text(self) -> str:
        """The text of all replies."""
        return self._parts.text

    @property
    def interface(self) -> Interface | None:
        """The app that the tool brings along, which a notebook shows; None for most tools, and for a loaded result."""
        return self._parts.interface

    @property
    def json(self) -> Json:
        """The records of all pages as the server sent them; for a reply without rows its payload."""
        if self.tabular:
            return list(islice(self._parts.archive.records(self._parts.ways), self.rows))
        return decode(next(self._parts.archive.replies())).payload

    @cached_property
    def df(self) -> pd.DataFrame:
        """All rows as a typed frame. Where it came from and whether it is complete is in `df.attrs["connector"]`.

        Of an object with many fields it has the columns most people want; `.to_pandas(columns="all")` has every one.

        Raises:
            NotTabular: the reply is prose.
        """
        return self._told(self.tables.shown, self.tables.shown.frame())

    def head(self, count: int = 5, *, columns: Columns | None = None) -> pd.DataFrame:
        """The first rows, with the dtypes of the whole, without building it; `columns` as for `.to_pandas`.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such column.
        """
        table = self.tables.chosen(columns)
        return self._told(table, table.frame(limit=max(0, count)))

    @cached_property
    def children(self) -> Mapping[str, pd.DataFrame]:
        """The lists inside the rows as frames of their own, with `parent_id` and `pos`; each is built when looked up."""
        sheets = {} if self._parts.sheet is None else self._parts.sheet.children
        return Lazily({name: partial(self._child, name) for name in sheets})

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was guessed, repaired or left out on the way to the frame."""
        return self.tables.notes(self.tables.shown) if self.tabular else first_notes(self._parts.notes)

    def schema(self, *, columns: Columns | None = None) -> tuple[ColumnInfo, ...]:
        """Name, dtype and meaning of every column of the frame; `columns` as for `.to_pandas`.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such column.
        """
        from jupyter_connectors.frames.tables import described

        return described(self.tables.chosen(columns))

    def to_pandas(self, backend: Backend = "nullable", *, columns: Columns | None = None) -> pd.DataFrame:
        """All rows as a frame whose dtypes are those of `backend`.

        Left out, `columns` are those of `.df`; "all" is every column, a list is those in it, in its order.

        "nullable" is what `.df` has. "numpy" has no missing whole numbers or flags: a column with gaps is float64, or
        object where that would change a value. "pyarrow" keeps every column in Arrow's memory.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such backend or column, or what a backend needs is not installed.
        """
        from jupyter_connectors.frames.backends import frame_in

        table = self.tables.chosen(columns)
        return self._told(
            table, frame_in(backend, table, self.df if backend != "pyarrow" and columns is None else None)
        )

    def to_polars(self) -> pl.DataFrame:
        """All rows as a Polars frame; pandas is not involved.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: Polars is not installed.
        """
        from jupyter_connectors.frames.backends import polars_from

        return polars_from(self)

    def to_parquet(
        self, path: str | Path, *, partition_by: str | Sequence[str] | None = None, on: str | None = None
    ) -> Path:
        """Writes all rows to a Parquet file, or to a folder of them, without holding them in memory.

        Provenance and completeness are in the file's metadata, where `pandas.read_parquet` finds them for `attrs`.

        Args:
            path: The file, which is replaced; with `partition_by` a folder, which must be new or empty.
            partition_by: Columns, or "year", "month" or "day", each of which becomes a level of folders: `month=2024-05`.
            on: The column that year, month and day are of, in UTC; left out, `created` or the first instant or date.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such column, or the folder is not empty.
        """
        from jupyter_connectors.frames.parquet import write_parquet

        keys = (partition_by,) if isinstance(partition_by, str) else tuple(partition_by or ())
        table = self.tables.whole
        told = provenance_of(self._parts, self.tables.notes(table))
        return write_parquet(table, Path(path), told, keys=keys, on=on)

    def windows(
        self, column: str, every: str, *, start: str | datetime | None = None, end: str | datetime | None = None
    ) -> Windows:
        """The whole listing, whatever part of it is here, in windows of time: for `.to_dask()`, `.to_spark()`, `.frames()`.

        Each window is a call of its own; a limit on the rows of this call was for the first look only.

        Args:
            column: The column of the time that the server can be asked for.
            every: How long a window is, as pandas writes it: "MS" for months, "W", "D", "6h".
            start: The first instant; left out, that of the call's arguments, else the listing's first row, which is
                looked for with a few calls of one row where not all rows are here.
            end: The instant after the last; left out, that of the call's arguments, else now.

        Raises:
            UsageProblem: the server cannot be asked for windows of this column, or these bounds make none.
            ConnectorError: as for any call.
        """
        from jupyter_connectors.frames.windows import windows_of

        return windows_of(self, self._parts, (column, every), start=start, end=end)

    def to_csv(self, path: str | Path, *, raw: bool = False, **options: Any) -> Path:
        """Writes the rows of `.df` to a CSV file, as `df.connector.to_csv` does.

        Raises:
            NotTabular: the reply is prose.
        """
        from jupyter_connectors.frames.export import to_csv

        return to_csv(self.df, Path(path), raw=raw, options=options)

    def to_excel(self, path: str | Path, *, sheet: str = "rows", raw: bool = False) -> Path:
        """Writes the rows of `.df` to an Excel workbook, as `df.connector.to_excel` does.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: openpyxl is not installed, or there are more rows than a sheet holds.
        """
        from jupyter_connectors.frames.export import to_excel

        return to_excel(self.df, Path(path), sheet=sheet, raw=raw)

    def expand(self, column: str) -> pd.DataFrame:
        """All rows, with the objects in a column of JSON text as columns of their own: `metadata_order_id`.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such column, or it holds no objects.
        """
        from jupyter_connectors.frames.expand import expand

        frame = self.df
        if column not in frame.columns and any(each.name == column for each in self.tables.whole.plan.columns):
            frame = self.to_pandas(columns=[*map(str, frame.columns), column])
        return expand(frame, column)

    @property
    def resumable(self) -> bool:
        """Whether `.resume()` can go on: rows are missing and it is known where."""
        verdict, bound = self.completeness, self.call.bound
        return verdict.state == "partial" and (verdict.cursor is not None or bound.limit == verdict.rows)

    def resume(self, *, limit: int | None = None, pages: int | None = None) -> Result:
        """The rows held and those after them: a new call, judged and recorded, that begins where this one stopped.

        Args:
            limit: At most so many rows more; left out, to the end.
            pages: At most so many pages more.

        Raises:
            UsageProblem: nothing is missing, or there is no cursor to go on from.
            ConnectorError: as for any call.
        """
        from jupyter_connectors.frames.resume import resume

        return resume(self._parts, Bound(limit=limit, pages=pages))

    def refresh(self) -> Result:
        """The same call once more, from its first page: judged and recorded as any.

        Raises:
            UsageProblem: the call may change something, or there was none.
            ConnectorError: as for any call.
        """
        from jupyter_connectors.frames.resume import refresh

        return refresh(self._parts)

    def save(self, path: str | Path | None = None) -> Path:
        """Keeps the replies, the call and its cursor in a file that only you can read, for `jc.load` in another kernel.

        Left out, `path` is a new file in your Jupyter data folder, `jupyter-connectors/results`.
        """
        from jupyter_connectors.frames.saved import save

        return save(self._parts, None if path is None else Path(path))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Lets Polars, DuckDB and pyarrow read the rows without pandas, batch by batch from the spool."""
        return self.tables.whole.arrow_stream(requested_schema)

    def __repr__(self) -> str:
        return f"<Result {self.call.connector}.{self.call.tool}: {self.completeness.line}>"

    @cached_property
    def tables(self) -> Tables:
        """The rows and the lists inside them where they are held, for DuckDB."""
        from jupyter_connectors.frames.tables import Tables

        return Tables(self._parts)

    def provenance(self) -> dict[str, Json]:
        """Where the rows come from and whether they are all there, as flat JSON."""
        return provenance_of(self._parts, self.notes)

    def _told(self, table: Table, frame: pd.DataFrame) -> pd.DataFrame:
        return with_provenance(frame, self._parts, self.tables.notes(table))

    def _child(self, name: str) -> pd.DataFrame:
        table = self.tables.child(name)
        frame = self._told(self.tables.whole, table.frame())
        frame.attrs["connector"] |= {"list": name, **told_of(len(frame), table.sheet.cut)}
        return frame
