"""What a tool's arguments cannot say and its frame can: conditions on columns, an order and a cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import pandas as pd

Operator = Literal[">", ">=", "<", "<=", "==", "same", "largest", "latest", "first"]


class _Columns(Protocol):
    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One step on a frame: a comparison, or the `largest`, `latest` or `first` so many rows."""

    column: str
    operator: Operator
    value: str | float | int
    """For dates an ISO date. `same` compares texts without regard to case."""


def narrow(frame: pd.DataFrame, filters: tuple[Filter, ...]) -> pd.DataFrame:
    """The rows of `frame` that pass, as `filter_code` would leave them.

    Raises:
        KeyError: the frame lacks a column.
    """
    for each in filters:
        frame = _cut(frame, each) if each.operator in _CUTS else frame[_mask(frame, each)]
    return frame


def filter_code(variable: str, filters: tuple[Filter, ...]) -> list[str]:
    """Lines of Python that narrow the frame called `variable`: one for the conditions, one for each cut."""
    tests = [_test(variable, each) for each in filters if each.operator not in _CUTS]
    lines = []
    if len(tests) == 1:
        lines.append(f"{variable} = {variable}[{tests[0]}]")
    elif tests:
        lines.append(f"{variable} = {variable}[{' & '.join(f'({test})' for test in tests)}]")
    for each in filters:
        if each.operator == "first":
            lines.append(f"{variable} = {variable}.head({int(each.value)})")
        elif each.operator in _CUTS:
            column = f"{literal(each.column)}, ascending=False"
            lines.append(f"{variable} = {variable}.sort_values({column}).head({int(each.value)})")
    return lines


def literal(value: object) -> str:
    """A value as Python source, texts in double quotes where that needs no escape."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    source = repr(value)
    return f'"{source[1:-1]}"' if source[0] == "'" and '"' not in source else source


_CUTS = ("largest", "latest", "first")


def _cut(frame: pd.DataFrame, each: Filter) -> pd.DataFrame:
    ordered = frame if each.operator == "first" else frame.sort_values(each.column, ascending=False)
    return ordered.head(int(each.value))


def _mask(frame: _Columns, each: Filter) -> Any:
    column = frame[each.column]
    match each.operator:
        case ">":
            return column > each.value
        case ">=":
            return column >= each.value
        case "<":
            return column < each.value
        case "<=":
            return column <= each.value
        case "same":
            return column.str.lower() == each.value
        case _:
            return column == each.value


def _test(variable: str, each: Filter) -> str:
    column = f"{variable}[{literal(each.column)}]"
    if each.operator == "same":
        return f"{column}.str.lower() == {literal(each.value)}"
    return f"{column} {each.operator} {literal(each.value)}"
