"""What a call gives back: the rows as a typed frame, as JSON and as text, with a verdict on whether all are there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import NotTabular
from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.decode import decode
from jupyter_connectors.frames.flatten import Sheet
from jupyter_connectors.frames.plan import Plan, plan
from jupyter_connectors.frames.records import Record, find
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.models import Json, Reply, ToolCall
from jupyter_connectors.text import one_line

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_connectors.frames.table import Table

_MOST_NOTES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnInfo:
    """A column for a legend: its name, its pandas dtype, its unit or meaning."""

    name: str
    dtype: str
    meaning: str


class Archive:
    """The replies of one call as they came, in a spool file."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    @staticmethod
    def line(reply: Reply) -> str:
        """A reply as one line of the file.

        Raises:
            ValueError: it holds lone surrogates, NaN or an infinity.
        """
        line = json.dumps([reply.texts, reply.structured], ensure_ascii=False, allow_nan=False) + "\n"
        line.encode()
        return line

    def add(self, line: str) -> None:
        self._spool.write(line)

    def replies(self) -> Iterator[Reply]:
        self._spool.rest()
        for line in self._spool.lines():
            texts, structured = json.loads(line)
            yield Reply(texts=tuple(texts), structured=structured)

    def records(self, ways: tuple[str, ...]) -> Iterator[Record]:
        """The records of all replies, found as they were when they came."""
        for reply in self.replies():
            yield from find(decode(reply).payload, ways).rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a `Result` is made of."""

    call: ToolCall
    completeness: Completeness
    archive: Archive
    ways: tuple[str, ...]
    """Where in a payload the rows are."""

    sheet: Sheet | None
    """None for a reply without rows."""

    exponents: Mapping[str, int]
    notes: tuple[str, ...]
    fetched_at: str


class Result:
    """The rows of one tool call, typed, with proof that they are all there or a plain word that they are not."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @property
    def call(self) -> ToolCall:
        return self._parts.call

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
        return self._with_provenance(self._table.frame())

    def head(self, count: int = 5) -> pd.DataFrame:
        """The first rows, with the dtypes of the whole, without building it.

        Raises:
            NotTabular: the reply is prose.
        """
        return self._with_provenance(self._table.frame(limit=max(0, count)))

    @cached_property
    def children(self) -> Mapping[str, pd.DataFrame]:
        """The lists inside the rows as frames of their own, with `parent_id` and `pos`; each is built when looked up."""
        sheets = {} if self._parts.sheet is None else self._parts.sheet.children
        return _Lazily({name: partial(self._child, name) for name in sheets})

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
            for each in self._table.plan.columns
        )

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Lets Polars, DuckDB and pyarrow read the rows without pandas."""
        return self._table.arrow_stream(requested_schema)

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
    def _table(self) -> Table:
        from jupyter_connectors.frames.table import Table

        if self._parts.sheet is not None:
            return Table(self._parts.sheet, self._plans[""], self._parts.exponents)
        problem = f"{self.call.connector}.{self.call.tool} answered with text, not rows: {one_line(self.text, 120)!r}"
        raise NotTabular(problem, hint="read it with .text")

    def _child(self, name: str) -> pd.DataFrame:
        from jupyter_connectors.frames.table import Table

        assert self._parts.sheet is not None
        return Table(self._parts.sheet.children[name], self._plans[name], self._parts.exponents).frame()

    def _with_provenance(self, frame: pd.DataFrame) -> pd.DataFrame:
        verdict, call = self.completeness, self.call
        # Flat and JSON only: pandas copies attrs with every operation and Parquet writers refuse anything else.
        frame.attrs["connector"] = {
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
        return frame


class _Lazily(Mapping[str, Any]):
    """A mapping whose values are made when first looked up."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self._made:
            self._made[key] = self._makers[key]()
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __repr__(self) -> str:
        return f"<children: {', '.join(self) or 'none'}>"
