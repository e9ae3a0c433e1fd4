"""A frame as a grid reads it: a few rows at a time, of all rows as sorted and searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from jupyter_connectors.frames.haystack import Haystack
from jupyter_connectors.models import Json
from jupyter_connectors.text import visible

MOST_COLUMNS = 100
MOST_ROWS = 500
LONGEST = 2_000
"""Letters of one text that are sent to be read in full."""

_EXACT = 2**53
"""Above it a number in a browser no longer holds every whole number."""

_WORDS = {
    "int": "int",
    "number": "number",
    "money": "money",
    "flag": "flag",
    "instant": "instant UTC",
    "time": "time",
    "day": "day",
    "json": "JSON",
    "text": "text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn:
    """One column as it is shown."""

    at: int
    """Its place in the frame; names may repeat."""

    name: str
    kind: str
    meaning: str = ""
    currency: int | None = None
    """The place of the column with its currency, of an amount."""

    def told(self) -> dict[str, Json]:
        """The column as the view reads it."""
        return {
            "name": visible(self.name),
            "kind": self.kind,
            "type": _WORDS[self.kind],
            "meaning": visible(self.meaning),
        }


class Window:
    """The rows of one frame. What was sorted or searched once is kept until `forget`."""

    def __init__(
        self, frame: pd.DataFrame, meanings: Mapping[str, str], *, clean: Callable[[str], str] = visible
    ) -> None:
        self._clean = clean
        self.frame = with_labels(frame)
        every = columns_of(self.frame, meanings)
        self.columns = every[:MOST_COLUMNS]
        self.left_out = len(every) - len(self.columns)
        self._orders: dict[tuple[int, bool], np.ndarray[Any, Any]] = {}
        self._haystack = Haystack(self.frame, self.columns)
        self._searched: tuple[str, np.ndarray[Any, Any]] | None = None

    def forget(self) -> None:
        """Frees what was kept to sort and search quickly."""
        self._orders.clear()
        self._haystack.forget()
        self._searched = None

    def page(
        self, start: int, length: int, *, sort: int | None = None, descending: bool = False, search: str = ""
    ) -> dict[str, Json]:
        """Rows `start` to `start + length` of those found, in the order of column `sort`; nulls come last."""
        order = None if sort is None else self._order(self.columns[sort], descending)
        if search.strip():
            found = self._found(search.strip().casefold())
            order = np.flatnonzero(found) if order is None else order[found[order]]
        count = len(self.frame) if order is None else len(order)
        start = max(0, min(start, count))
        stop = min(start + max(0, min(length, MOST_ROWS)), count)
        part = self.frame.iloc[start:stop] if order is None else self.frame.iloc[order[start:stop]]
        return {"rows": cells(part, self.columns, self._clean), "found": count, "total": len(self.frame)}

    def _order(self, column: GridColumn, descending: bool) -> np.ndarray[Any, Any]:
        key = (column.at, descending)
        if key not in self._orders:
            self._orders[key] = _sorted(self.frame.iloc[:, column.at], descending)
        return self._orders[key]

    def _found(self, needle: str) -> np.ndarray[Any, Any]:
        if self._searched is None or self._searched[0] != needle:
            self._searched = (needle, self._haystack.rows_with(needle))
        return self._searched[1]


def with_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its index as columns, where that says more than the number of the row."""
    index = frame.index
    if isinstance(index, pd.MultiIndex):
        levels = {str(name or f"level_{at}"): index.get_level_values(at) for at, name in enumerate(index.names)}
    elif index.name is None and types.is_integer_dtype(index.dtype):
        return frame
    else:
        levels = {str(index.name or "index"): index}
    labels = pd.DataFrame({name: pd.Series(values, index=frame.index) for name, values in levels.items()})
    return pd.concat([labels, frame], axis=1)


def columns_of(frame: pd.DataFrame, meanings: Mapping[str, str]) -> list[GridColumn]:
    """The columns to show, with what each holds. Exact minor units repeat an amount that is there, so they are not."""
    names = [str(name) for name in frame.columns]
    shown = []
    for at, name in enumerate(names):
        base = name.removesuffix("_minor")
        if base != name and base in names:
            continue
        series = frame.iloc[:, at]
        kind = _kind(series, meanings.get(name, ""), f"{name}_minor" in names)
        currency = _currency(name, names) if kind == "money" else None
        shown.append(GridColumn(at=at, name=name, kind=kind, meaning=meanings.get(name, ""), currency=currency))
    return shown


def _kind(series: pd.Series[Any], meaning: str, has_minor: bool) -> str:
    dtype = series.dtype
    if types.is_bool_dtype(dtype):
        return "flag"
    if types.is_integer_dtype(dtype):
        return "int"
    if types.is_float_dtype(dtype):
        return "money" if has_minor or meaning.startswith("major units") else "number"
    if isinstance(dtype, pd.DatetimeTZDtype):
        return "instant"
    if types.is_datetime64_any_dtype(dtype):
        return "day" if _are_days(series) else "time"
    return "json" if meaning == "JSON text" else "text"


def _are_days(series: pd.Series[Any]) -> bool:
    held = series.dropna()
    return bool((held == held.dt.normalize()).all())


def _currency(name: str, names: list[str]) -> int | None:
    """The currency nearest by name: of `price_amount` rather `price_currency` than `currency`."""
    found = [(at, each) for at, each in enumerate(names) if "currency" in each.casefold()]
    if not found:
        return None
    return max(found, key=lambda each: (_shared(each[1], name), -len(each[1]), -each[0]))[0]


def _shared(one: str, other: str) -> int:
    """How many letters two names begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _sorted(series: pd.Series[Any], descending: bool) -> np.ndarray[Any, Any]:
    """The places of the values in order: by value, text without regard to case, equal ones as they came."""
    codes, values = pd.factorize(series)
    ranks = np.empty(len(values) + 1, dtype=np.int64)
    ranks[_ranked(values)] = np.arange(len(values))
    placed = ranks[codes]
    if descending:
        placed = -placed
    placed[codes == -1] = len(values)  # nulls last, both ways
    return np.argsort(placed, kind="stable")


def _ranked(values: Any) -> np.ndarray[Any, Any]:
    """The order of distinct values, none of them null."""
    if types.is_numeric_dtype(values.dtype) or types.is_datetime64_any_dtype(values.dtype):
        return np.asarray(values.argsort())
    texts = [str(value) for value in values]
    folded = [text.casefold() for text in texts]
    return np.array(sorted(range(len(texts)), key=lambda at: (folded[at], texts[at])), dtype=np.int64)


def cells(part: pd.DataFrame, columns: list[GridColumn], clean: Callable[[str], str]) -> list[list[Json]]:
    """The rows as plain JSON: null, flag, number or text; an amount as `[number, currency]`; an instant in ms."""
    made = [_values(part, column, clean) for column in columns]
    return [list(row) for row in zip(*made, strict=True)]


def _values(part: pd.DataFrame, column: GridColumn, clean: Callable[[str], str]) -> list[Json]:
    series = part.iloc[:, column.at]
    missing = series.isna().to_numpy()
    write = _TOLD.get(column.kind)
    told: list[Json] = write(series) if write is not None else [_text(str(value), clean) for value in series]
    if column.currency is not None:
        codes = part.iloc[:, column.currency]
        told = [
            value if pd.isna(code) else [value, visible(str(code))[:12]]
            for value, code in zip(told, codes, strict=True)
        ]
    return [None if gone else value for value, gone in zip(told, missing, strict=True)]


def _text(text: str, clean: Callable[[str], str]) -> str:
    shown = clean(text[: 2 * LONGEST])  # twice, for what is cut must not begin within something to be cleaned
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def _ints(series: pd.Series[Any]) -> list[Json]:
    return [_int(value) for value in series]


def _int(value: Any) -> Json:
    if pd.isna(value):
        return None
    whole = int(value)
    return whole if -_EXACT < whole < _EXACT else str(whole)


def _numbers(series: pd.Series[Any]) -> list[Json]:
    values = series.astype("float64").tolist()
    return [value if np.isfinite(value) else str(value) for value in values]


def _flags(series: pd.Series[Any]) -> list[Json]:
    return [None if pd.isna(value) else bool(value) for value in series]


def _instants(series: pd.Series[Any]) -> list[Json]:
    naive = series.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
    return [value / 1_000 for value in naive.astype("int64").tolist()]


def _days(series: pd.Series[Any]) -> list[Json]:
    written: list[Json] = np.datetime_as_string(series.to_numpy("datetime64[us]"), unit="D").tolist()
    return written


def _times(series: pd.Series[Any]) -> list[Json]:
    written = np.datetime_as_string(series.to_numpy("datetime64[us]"), unit="s").tolist()
    return [text.replace("T", " ") for text in written]


_TOLD: Mapping[str, Callable[[pd.Series[Any]], list[Json]]] = {
    "flag": _flags,
    "int": _ints,
    "number": _numbers,
    "money": _numbers,
    "instant": _instants,
    "time": _times,
    "day": _days,
}
