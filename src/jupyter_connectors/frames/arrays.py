"""Columns of a frame out of blocks in memory: the values DuckDB would make of them, without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_connectors.frames.blocks import Blocks
from jupyter_connectors.frames.columns import Column

_SCALES = {"s": 1_000_000, "ms": 1_000}


@dataclass(frozen=True, slots=True)
class _Rows:
    blocks: Blocks
    exponents: Mapping[str, int]
    count: int


def column_of(
    blocks: Blocks, column: Column, exponents: Mapping[str, int], count: int, dtype: Any
) -> pd.Series[Any] | None:
    """The first `count` values of a column as the frame has them; None where it takes an engine to make them."""
    make = _MAKERS.get(column.kind.name)
    if column.plain and not column.fallback:
        make = _text
    if make is None or column.fallback:
        return None
    made = make(_Rows(blocks, exponents, count), column, dtype)
    return None if made is None else pd.Series(made, dtype=None if hasattr(made, "dtype") else dtype, copy=False)


def _text(rows: _Rows, column: Column, dtype: Any) -> Any:
    found = rows.blocks.column(column.key, str, rows.count)
    return None if found is None else pd.Series(found[0], dtype=dtype)


def _int(rows: _Rows, column: Column, dtype: Any) -> Any:
    found = rows.blocks.column(column.key, int, rows.count)
    if found is None or (isinstance(dtype, np.dtype) and found[1].any()):
        return None
    return found[0] if isinstance(dtype, np.dtype) else pd.arrays.IntegerArray(*found)


def _bool(rows: _Rows, column: Column, dtype: Any) -> Any:
    found = rows.blocks.column(column.key, bool, rows.count)
    if found is None or (isinstance(dtype, np.dtype) and found[1].any()):
        return None
    return found[0] if isinstance(dtype, np.dtype) else pd.arrays.BooleanArray(*found)


def _float(rows: _Rows, column: Column, dtype: Any) -> Any:
    found = rows.blocks.column(column.key, float, rows.count)
    return None if found is None else found[0]


def _instant(rows: _Rows, column: Column, dtype: Any) -> Any:
    found = rows.blocks.column(column.key, int, rows.count) if column.kind.unit in _SCALES else None
    if found is None:
        return None
    numbers, nulls = found
    instants = (numbers * _SCALES[column.kind.unit]).astype("datetime64[us]")
    instants[nulls] = np.datetime64("NaT")
    return pd.Series(instants).dt.tz_localize("UTC")


def _money(rows: _Rows, column: Column, dtype: Any) -> Any:
    """Major units: the amount by its own currency's digits, nothing where that is not known."""
    found = rows.blocks.column(column.key, float, rows.count)
    if found is None or not column.currency:
        return None if found is None else np.full(rows.count, np.nan)
    codes = rows.blocks.column(column.currency, str, rows.count)
    return None if codes is None else found[0] / _units(codes[0], rows.exponents)


def _units(codes: NDArray[Any], exponents: Mapping[str, int]) -> NDArray[np.float64]:
    """Of each currency how many minor units are one major."""
    units = {code: np.nan if code is None else float(10 ** exponents.get(code.lower(), 2)) for code in set(codes)}
    return np.fromiter(map(units.__getitem__, codes), dtype=np.float64, count=len(codes))


_MAKERS: Mapping[str, Callable[[_Rows, Column, Any], Any]] = {
    "int": _int,
    "bool": _bool,
    "float": _float,
    "instant": _instant,
    "money": _money,
}
