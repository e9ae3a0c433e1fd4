"""The rows of a result in other memory than our default: plain NumPy, Arrow, Polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.extras import missing

if TYPE_CHECKING:
    import polars as pl

    from jupyter_connectors.frames.table import Table

Backend = Literal["nullable", "numpy", "pyarrow"]

_EXACT = 2**53
"""Above it a float64 no longer holds every whole number."""


def frame_in(backend: Backend, table: Table, frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rows of a table, with the dtypes of a backend; `frame` has them already, with our own.

    Raises:
        UsageProblem: there is no such backend, or pyarrow is not installed.
    """
    if backend == "nullable":
        return table.frame() if frame is None else frame
    if backend == "numpy":
        frame = table.frame() if frame is None else frame
        plain = {name: _plain(frame[name]) for name in frame.columns}
        return pd.DataFrame(plain, index=frame.index, copy=False)
    if backend == "pyarrow":
        return _arrow_frame(table)
    known = ", ".join(map(repr, get_args(Backend)))
    raise UsageProblem(f"there is no backend {backend!r}", hint=f"it is one of {known}; for Polars: .to_polars()")


def polars_from(rows: Any) -> pl.DataFrame:
    """A Polars frame of anything with an Arrow stream.

    Raises:
        UsageProblem: Polars is not installed.
    """
    if missing("polars") is not None:
        raise UsageProblem("Polars is not installed", hint="%pip install polars")
    import polars

    return polars.DataFrame(rows)


def _arrow_frame(table: Table) -> pd.DataFrame:
    if missing("pyarrow") is not None:
        raise UsageProblem('backend="pyarrow" needs pyarrow, which is not installed', hint="%pip install pyarrow")
    import pyarrow

    frame: pd.DataFrame = pyarrow.table(table).to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def _plain(series: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(series.dtype, pd.Int64Dtype):
        if not series.hasnans:
            return series.astype("int64")
        if ((series > _EXACT) | (series < -_EXACT)).any():
            return series.astype(object).where(series.notna(), None)
        return series.astype("float64")
    if isinstance(series.dtype, pd.BooleanDtype):
        return series.astype(object).where(series.notna(), None) if series.hasnans else series.astype("bool")
    if isinstance(series.dtype, pd.StringDtype):
        return series.astype(object)
    assert isinstance(series.dtype, np.dtype | pd.DatetimeTZDtype)
    return series
