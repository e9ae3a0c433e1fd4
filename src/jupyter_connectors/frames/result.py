"""What a call gives back: the rows as a typed frame, as JSON and as text, with a verdict on whether all are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_connectors.errors import NotTabular
from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.decode import decode
from jupyter_connectors.frames.parts import Lazily, Link, Parts
from jupyter_connectors.frames.plan import Plan, plan
from jupyter_connectors.models import Bound, Json, ToolCall
from jupyter_connectors.text import one_line

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from jupyter_connectors.frames.backends import Backend
    from jupyter_connectors.frames.table import Table

_MOST_NOTES = 40


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
        return self._parts.sheet is not None

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

        Raises:
            NotTabular: the reply is prose.
        """
        return self.with_provenance(self.table.frame())

    def head(self, count: int = 5) -> pd.DataFrame:
        """The first rows, with the dtypes of the whole, without building it.

        Raises:
            NotTabular: the reply is prose.
        """
        return self.with_provenance(self.table.frame(limit=max(0, count)))

    @cached_property
    def children(self) -> Mapping[str, pd.DataFrame]:
        """The lists inside the rows as frames of their own, with `parent_id` and `pos`; each is built when looked up."""
        sheets = {} if self._parts.sheet is None else self._parts.sheet.children
        return Lazily({name: partial(self._child, name) for name in sheets})

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was guessed, repaired or left out on the way to the frame."""
        notes = list(self._parts.notes)
        for name, each in self._plans.items():
            notes += [f"{name}.{note}" if name else note for note in each.notes]
        more = len(notes) - _MOST_NOTES
        return tuple(notes if more <= 0 else [*notes[:_MOST_NOTES], f"and {more} more notes"])

    def schema(self) -> tuple[ColumnInfo, ...]:
        """Name, dtype and meaning of every column.

        Raises:
            NotTabular: the reply is prose.
        """
        from jupyter_connectors.frames.table import dtype_of

        return tuple(
            ColumnInfo(name=each.name, dtype=str(dtype_of(each)), meaning=each.meaning)
            for each in self.table.plan.columns
        )

    def to_pandas(self, backend: Backend = "nullable") -> pd.DataFrame:
        """All rows as a frame whose dtypes are those of `backend`.

        "nullable" is what `.df` has. "numpy" has no missing whole numbers or flags: a column with gaps is float64, or
        object where that would change a value. "pyarrow" keeps every column in Arrow's memory.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such backend, or what it needs is not installed.
        """
        from jupyter_connectors.frames.backends import frame_in

        return frame_in(backend, self)

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
        return write_parquet(self.table, Path(path), self.provenance(), keys=keys, on=on)

    def expand(self, column: str) -> pd.DataFrame:
        """All rows, with the objects in a column of JSON text as columns of their own: `metadata_order_id`.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such column, or it holds no objects.
        """
        from jupyter_connectors.frames.expand import expand

        return expand(self.df, column)

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
        frame = self.with_provenance(self._child_table(name).frame())
        frame.attrs["connector"]["list"] = name
        return frame

    def _child_table(self, name: str) -> Table:
        from jupyter_connectors.frames.table import Table

        assert self._parts.sheet is not None
        return Table(self._parts.sheet.children[name], self._plans[name], self._exponents)

    @property
    def _exponents(self) -> Mapping[str, int]:
        shape = self._parts.source.shape
        return shape.exponents if shape is not None else {}
