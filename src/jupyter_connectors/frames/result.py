"""What a call gives back: the rows as a typed frame, as JSON and as text, with a verdict on whether all are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jupyter_connectors.errors import NotTabular, UsageProblem, nearest
from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.decode import decode
from jupyter_connectors.frames.parts import Lazily, Link, Parts
from jupyter_connectors.frames.plan import Plan, plan
from jupyter_connectors.frames.sublists import told_of
from jupyter_connectors.models import Bound, Json, ToolCall
from jupyter_connectors.text import one_line

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    import polars as pl

    from jupyter_connectors.frames.backends import Backend
    from jupyter_connectors.frames.held import Held
    from jupyter_connectors.frames.table import Table
    from jupyter_connectors.frames.windows import Windows

_MOST_NOTES = 40

Columns = Literal["all"] | Sequence[str]
"""Which columns a frame has: every one, or those of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnInfo:
    """A column for a legend: its name, its pandas dtype, its unit or meaning."""

    name: str
    dtype: str
    meaning: str


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
    def tabular(self) -> bool:
        """Whether there are rows; False for prose, whose text is in `.text`."""
        return self._parts.held is not None

    @property
    def text(self) -> str:
        """The text of all replies."""
        return "\n".join(reply.text for reply in self._parts.archive.replies() if reply.texts)

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
        return self._told(self._shown, self._shown.frame())

    def head(self, count: int = 5, *, columns: Columns | None = None) -> pd.DataFrame:
        """The first rows, with the dtypes of the whole, without building it; `columns` as for `.to_pandas`.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such column.
        """
        table = self.chosen(columns)
        return self._told(table, table.frame(limit=max(0, count)))

    @cached_property
    def children(self) -> Mapping[str, pd.DataFrame]:
        """The lists inside the rows as frames of their own, with `parent_id` and `pos`; each is built when looked up."""
        sheets = {} if self._parts.sheet is None else self._parts.sheet.children
        return Lazily({name: partial(self._child, name) for name in sheets})

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was guessed, repaired or left out on the way to the frame."""
        return self._notes(self._shown if self.tabular else None)

    def schema(self, *, columns: Columns | None = None) -> tuple[ColumnInfo, ...]:
        """Name, dtype and meaning of every column of the frame; `columns` as for `.to_pandas`.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such column.
        """
        from jupyter_connectors.frames.table import dtype_of

        return tuple(
            ColumnInfo(name=each.name, dtype=str(dtype_of(each)), meaning=each.meaning)
            for each in self.chosen(columns).plan.columns
        )

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

        table = self.chosen(columns)
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
        told = {**self.provenance(), "notes": list(self._notes(self.table))}
        return write_parquet(self.table, Path(path), told, keys=keys, on=on)

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
        if column not in frame.columns and any(each.name == column for each in self.table.plan.columns):
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
        return self.table.arrow_stream(requested_schema)

    def __repr__(self) -> str:
        return f"<Result {self.call.connector}.{self.call.tool}: {self.completeness.line}>"

    def chosen(self, columns: Columns | None = None) -> Table:
        """The rows with these columns, for DuckDB; `columns` as for `.to_pandas`.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such column.
        """
        from jupyter_connectors.frames.table import Table

        if columns is None:
            return self._shown
        if columns == "all":
            return self.table
        names = [columns] if isinstance(columns, str) else list(columns)
        table = self._shown
        if not {each.name for each in table.plan.columns}.issuperset(names):
            table = self.table
        known = {each.name: each for each in table.plan.columns}
        for name in names:
            if name not in known:
                raise UsageProblem(f"there is no column {name!r}", hint=nearest(name, known))
        picked = Plan(columns=tuple(known[name] for name in dict.fromkeys(names)), told=table.plan.about(set(names)))
        return Table(table.sheet, picked, self._exponents)

    @cached_property
    def _shown(self) -> Table:
        """The rows with the columns that are shown unless others are asked for."""
        from jupyter_connectors.frames.table import Table

        held = self._parts.held
        if held is None or not held.shown:
            return self.table
        sheet, whole = (held.sheet, self._plans[""]) if held.lean is None else (held.lean, plan(held.lean))
        return Table(sheet, whole.only(held.shown), self._exponents)

    def _notes(self, table: Table | None) -> tuple[str, ...]:
        """What there is to say of the way, of the columns of a table and, where it has all, of the child tables."""
        notes, held = list(self._parts.notes), self._parts.held
        if held is not None and table is not None:
            notes += table.plan.notes
            if held.whole and len(table.plan.columns) == len(self._plans[""].columns):
                notes += held.notes
                notes += [f"{name}.{note}" for name, each in self._plans.items() if name for note in each.notes]
            notes += self._left_out(held, len(table.plan.columns))
        more = len(notes) - _MOST_NOTES
        return tuple(notes if more <= 0 else [*notes[:_MOST_NOTES], f"and {more} more notes"])

    def _left_out(self, held: Held, shown: int) -> list[str]:
        """The columns a table does not have; of pages that were not read in full the first ones are counted."""
        there = len(self._plans[""].columns if held.whole else plan(held.first).columns)
        least = "" if held.whole else "at least "
        return [f'{shown} of {least}{there} columns; .to_pandas(columns="all") has the rest'] if shown < there else []

    def _told(self, table: Table, frame: pd.DataFrame) -> pd.DataFrame:
        self.with_provenance(frame).attrs["connector"]["notes"] = list(self._notes(table))
        return frame

    @cached_property
    def _plans(self) -> Mapping[str, Plan]:
        """The plan of the rows under the empty name, and of each child table."""
        sheet = self._parts.sheet
        if sheet is None:
            return {}
        return {"": plan(sheet)} | {name: plan(child) for name, child in sheet.children.items()}

    @cached_property
    def table(self) -> Table:
        """The rows where they are spooled, for DuckDB.

        Raises:
            NotTabular: the reply is prose.
        """
        from jupyter_connectors.frames.table import Table

        if self._parts.sheet is not None:
            return Table(self._parts.sheet, self._plans[""], self._exponents)
        problem = f"{self.call.connector}.{self.call.tool} answered with text, not rows: {one_line(self.text, 120)!r}"
        raise NotTabular(problem, hint="read it with .text")

    def provenance(self) -> dict[str, Json]:
        """Where the rows come from and whether they are all there, as flat JSON."""
        verdict, call = self.completeness, self.call
        return {
            "connector": call.connector,
            "tool": call.tool,
            "call": call.id,
            "fetched_at": self._parts.fetched_at,
            "rows_fetched": verdict.rows,
            "pages": verdict.pages,
            "complete": {"complete": True, "partial": False}.get(verdict.state),
            "completeness": verdict.line,
            "cursor": verdict.cursor,
            "notes": list(self.notes),
        }

    def with_provenance(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame itself, told where its rows come from."""
        import jupyter_connectors.frames.accessor  # noqa: F401 - it gives frames their `.connector`

        # Flat and JSON only: pandas copies attrs with every operation and Parquet writers refuse anything else.
        frame.attrs["connector"] = {**self.provenance(), "call": Link.to(self._parts)}
        return frame

    def child_tables(self) -> Mapping[str, Table]:
        """The lists inside the rows where they are spooled, for DuckDB."""
        return {name: self._child_table(name) for name in self._plans if name}

    def _child(self, name: str) -> pd.DataFrame:
        table = self._child_table(name)
        frame = self._told(self.table, table.frame())
        frame.attrs["connector"] |= {"list": name, **told_of(len(frame), table.sheet.cut)}
        return frame

    def _child_table(self, name: str) -> Table:
        from jupyter_connectors.frames.table import Table

        assert self._parts.sheet is not None
        return Table(self._parts.sheet.children[name], self._plans[name], self._exponents)

    @property
    def _exponents(self) -> Mapping[str, int]:
        shape = self._parts.source.shape
        return shape.exponents if shape is not None else {}
