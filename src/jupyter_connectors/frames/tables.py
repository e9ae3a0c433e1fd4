"""The tables of a result: its rows with the columns that are shown, with all or with some, and the lists inside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from jupyter_connectors.errors import NotTabular, UsageProblem, nearest
from jupyter_connectors.frames.held import Held
from jupyter_connectors.frames.parts import Parts
from jupyter_connectors.frames.plan import Plan, plan
from jupyter_connectors.frames.provenance import first_notes
from jupyter_connectors.frames.table import Table, dtype_of
from jupyter_connectors.text import one_line

Columns = Literal["all"] | Sequence[str]
"""Which columns a frame has: every one, or those of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnInfo:
    """A column for a legend: its name, its pandas dtype, its unit or meaning."""

    name: str
    dtype: str
    meaning: str


class Tables:
    """The tables of one result, each for frames and for DuckDB; what was put off is read when a table needs it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @cached_property
    def whole(self) -> Table:
        """The rows with every column.

        Raises:
            NotTabular: the reply is prose.
        """
        if self._parts.sheet is not None:
            return Table(self._parts.sheet, self._plans[""], self._exponents)
        problem = f"{self._parts.name} answered with text, not rows: {one_line(self._parts.text, 120)!r}"
        raise NotTabular(problem, hint="read it with .text")

    @cached_property
    def shown(self) -> Table:
        """The rows with the columns that are shown unless others are asked for. Raises as `whole`."""
        held = self._parts.held
        if held is None or not held.shown:
            return self.whole
        sheet, every = (held.sheet, self._plans[""]) if held.lean is None else (held.lean, plan(held.lean))
        return Table(sheet, every.only(held.shown), self._exponents)

    def chosen(self, columns: Columns | None = None) -> Table:
        """The rows with these columns; left out, those that are shown.

        Raises:
            NotTabular: the reply is prose.
            UsageProblem: there is no such column.
        """
        if columns is None:
            return self.shown
        if columns == "all":
            return self.whole
        names = [columns] if isinstance(columns, str) else list(columns)
        table = self.shown
        if not {each.name for each in table.plan.columns}.issuperset(names):
            table = self.whole
        known = {each.name: each for each in table.plan.columns}
        for name in names:
            if name not in known:
                raise UsageProblem(f"there is no column {name!r}", hint=nearest(name, known))
        picked = Plan(columns=tuple(known[name] for name in dict.fromkeys(names)), told=table.plan.about(set(names)))
        return Table(table.sheet, picked, self._exponents)

    def child(self, name: str) -> Table:
        """A list inside the rows as a table of its own."""
        assert self._parts.sheet is not None
        return Table(self._parts.sheet.children[name], self._plans[name], self._exponents)

    def children(self) -> Mapping[str, Table]:
        """All lists inside the rows."""
        return {name: self.child(name) for name in self._plans if name}

    def notes(self, table: Table) -> tuple[str, ...]:
        """What there is to say of the way, of the columns of a table and, where it has all, of the child tables."""
        notes, held = list(self._parts.notes), self._parts.held
        if held is not None:
            notes += table.plan.notes
            if held.whole and len(table.plan.columns) == len(self._plans[""].columns):
                notes += held.notes
                notes += [f"{name}.{note}" for name, each in self._plans.items() if name for note in each.notes]
            notes += self._left_out(held, len(table.plan.columns))
        return first_notes(notes)

    def _left_out(self, held: Held, shown: int) -> list[str]:
        """The columns a table does not have; of pages that were not read in full the first ones are counted."""
        there = len(self._plans[""].columns if held.whole else plan(held.first).columns)
        least = "" if held.whole else "at least "
        return [f'{shown} of {least}{there} columns; .to_pandas(columns="all") has the rest'] if shown < there else []

    @cached_property
    def _plans(self) -> Mapping[str, Plan]:
        """The plan of the rows under the empty name, and of each child table."""
        sheet = self._parts.sheet
        if sheet is None:
            return {}
        return {"": plan(sheet)} | {name: plan(child) for name, child in sheet.children.items()}

    @property
    def _exponents(self) -> Mapping[str, int]:
        shape = self._parts.source.shape
        return shape.exponents if shape is not None else {}


def described(table: Table) -> tuple[ColumnInfo, ...]:
    """Name, dtype and meaning of every column of a table."""
    return tuple(
        ColumnInfo(name=each.name, dtype=str(dtype_of(each)), meaning=each.meaning) for each in table.plan.columns
    )
