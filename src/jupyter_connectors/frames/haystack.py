"""The text of a frame's columns, each as one long string, in which a search takes milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

_BETWEEN = "\x1f"
"""Stands between two values; a search holds none."""

_OF_NUMBERS = frozenset("0123456789.,-+: einfatrusly")
"""What a number, a time or a flag is written with."""


class Searched(Protocol):
    """What is to be known of a column."""

    @property
    def at(self) -> int: ...
    @property
    def kind(self) -> str: ...


class Haystack:
    """The columns of a frame as text; each is written when it is first searched."""

    def __init__(self, frame: pd.DataFrame, columns: Sequence[Searched]) -> None:
        self._frame = frame
        self._columns = columns
        self._written: dict[int, tuple[str, np.ndarray[Any, Any]]] = {}

    def forget(self) -> None:
        """Frees the text."""
        self._written.clear()

    def rows_with(self, needle: str) -> np.ndarray[Any, Any]:
        """For each row whether one of its values contains `needle`, which is casefolded."""
        needle = needle.replace(_BETWEEN, "")
        found = np.zeros(len(self._frame), dtype=bool)
        for column in self._columns:
            if column.kind in ("text", "json") or set(needle) <= _OF_NUMBERS:
                found[_rows_with(needle, *self._text(column))] = True
                if found.all():
                    break
        return found

    def _text(self, column: Searched) -> tuple[str, np.ndarray[Any, Any]]:
        """The column's text, and where in it each value ends."""
        if column.at not in self._written:
            values = _folded(_written(self._frame.iloc[:, column.at], column.kind))
            ends = np.fromiter(accumulate(len(each) + 1 for each in values), dtype=np.int64, count=len(values))
            self._written[column.at] = (_BETWEEN.join(values), ends)
        return self._written[column.at]


def _rows_with(needle: str, text: str, ends: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The rows whose value holds the needle; some of them may come twice."""
    if text.count(needle) > len(ends) // 50:
        hits = (needle in value for value in text.split(_BETWEEN))
        return np.flatnonzero(np.fromiter(hits, dtype=bool, count=len(ends)))
    places = []
    place = text.find(needle)
    while place >= 0:
        places.append(place)
        place = text.find(needle, place + 1)
    return np.searchsorted(ends, np.array(places, dtype=np.int64), side="right")


def _folded(values: list[str]) -> list[str]:
    return [each.casefold().replace(_BETWEEN, " ") for each in values]


def _written(series: pd.Series[Any], kind: str) -> list[str]:
    """Every value as it is shown, or close to that; nothing for null."""
    missing = series.isna()
    if kind in ("instant", "time", "day"):
        naive = series.dt.tz_convert("UTC").dt.tz_localize(None) if kind == "instant" else series
        unit: Literal["D", "m"] = "D" if kind == "day" else "m"
        texts = np.datetime_as_string(naive.to_numpy("datetime64[us]"), unit=unit).tolist()
        texts = [text.replace("T", " ") for text in texts]
    elif kind == "money":
        texts = [f"{value:.2f}" for value in series.tolist()]
    elif kind == "number":
        texts = [repr(value) for value in series.astype("float64").tolist()]
    else:
        texts = [str(value) for value in series.tolist()]
    if missing.any():
        texts = ["" if gone else text for text, gone in zip(texts, missing.tolist(), strict=True)]
    return texts
