"""What runs on a worker of a Dask cluster: it asks the kernel for one window and makes a frame of the answer.

It needs this package and DuckDB, and no connector, no account and no token.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd

from jupyter_connectors.errors import ReplyRejected, UsageProblem
from jupyter_connectors.frames.extras import missing
from jupyter_connectors.frames.handles import Handle, fetch
from jupyter_connectors.frames.table import quoted

if TYPE_CHECKING:
    import dask.dataframe as dd

_EXACT = 2**53
"""Above it a float64 no longer holds every whole number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Gives the frame of a window by its number: all that a Dask graph of ours holds."""

    handle: Handle
    like: pd.DataFrame
    """No rows, and the columns and dtypes that every partition has."""

    strict: bool
    """A column that is not among them is an error, not left out."""

    def __call__(self, window: int) -> pd.DataFrame:
        """The rows of one window.

        Raises:
            ConnectorError: they are not all there, do not fit the columns, or the kernel is out of reach.
        """
        with tempfile.TemporaryDirectory(prefix="jupyter-connectors-") as place:
            file = Path(place) / "window.parquet"
            rows = fetch(self.handle, window, file)
            frame = read_window(file) if file.exists() and file.stat().st_size else self.like
        if len(frame) != rows:
            raise ReplyRejected(f"{len(frame):,} rows came where {rows:,} were announced", hint="compute it again")
        return conform(frame, self.like, strict=self.strict)


def need_dask() -> None:
    """Looks whether Dask is there.

    Raises:
        UsageProblem: it is not.
    """
    if (reason := missing("dask.dataframe")) is not None:
        raise UsageProblem(f"Dask is not installed: {reason}", hint="pip install 'jupyter-connectors[dask]'")


def as_dask(load: Load, windows: int, label: str) -> dd.DataFrame:
    """A Dask frame with one partition for each window."""
    import dask
    import dask.dataframe as dd

    # Dask would give texts another dtype than `.df` has.
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_map(load, range(windows), meta=load.like, label=label, enforce_metadata=True)


def read_window(file: Path) -> pd.DataFrame:
    """The rows of a Parquet file that a kernel wrote, with our dtypes; pyarrow is not involved."""
    source = f"read_parquet('{str(file).replace(chr(39), chr(39) * 2)}')"
    options: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    with duckdb.connect(config=options) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        kinds = {str(name): str(kind) for name, kind, *_ in found}
        # Naive, because DuckDB converts zones with calls that pandas has deprecated.
        wanted = [
            f"{quoted(name)} AT TIME ZONE 'UTC' AS {quoted(name)}" if "ZONE" in kind else quoted(name)
            for name, kind in kinds.items()
        ]
        raw = connection.sql(f"SELECT {', '.join(wanted)} FROM {source}").df()
    return pd.DataFrame({name: _typed(raw[name], kind) for name, kind in kinds.items()}, copy=False)


def conform(frame: pd.DataFrame, like: pd.DataFrame, *, strict: bool) -> pd.DataFrame:
    """The frame with exactly these columns and dtypes, and not one value changed.

    Raises:
        ReplyRejected: a value does not fit, or a column would be lost.
    """
    if strict:
        for name in frame.columns:
            if name not in like.columns and frame[name].notna().any():
                raise ReplyRejected(
                    f"a window has a column {name!r} that the first rows did not have",
                    hint="choose the columns: to_dask(columns=[...]); or make windows() from more rows",
                )
    made = {name: _fitted(frame, name, dtype) for name, dtype in like.dtypes.items()}
    return pd.DataFrame(made, index=frame.index, copy=False)


def _typed(series: Any, kind: str) -> Any:
    if kind == "BIGINT":
        return series.astype("Int64")
    if kind == "BOOLEAN":
        return series.astype("boolean")
    if "ZONE" in kind:
        return series.astype("datetime64[us]").dt.tz_localize("UTC")
    return series.astype("datetime64[us]") if kind == "DATE" else series


def _fitted(frame: pd.DataFrame, name: Any, dtype: Any) -> Any:
    if name not in frame.columns or frame[name].isna().all():
        if len(frame) and isinstance(dtype, np.dtype) and dtype.kind in "iub":
            raise ReplyRejected(f"{name!r} is missing in rows of a window, where it never was", hint=_UNFIT)
        return pd.Series(None, index=frame.index, dtype=dtype, name=str(name))
    series = frame[name]
    if series.dtype == dtype:
        return series
    if _fits(series, dtype):
        return series.astype(dtype)
    problem = f"{name!r} is {series.dtype} in a window and {dtype} in the first rows, and a value would change"
    raise ReplyRejected(problem, hint=_UNFIT)


def _fits(series: pd.Series[Any], dtype: Any) -> bool:
    """Whether every value is the same under the other dtype."""
    held, wanted = str(series.dtype).lower(), str(dtype).lower()
    if held == "int64" and wanted == "float64":
        return bool(series.abs().max() <= _EXACT)
    if wanted in ("int64", "bool", "boolean") and held in ("int64", "bool", "boolean"):
        same = held == wanted or {held, wanted} == {"bool", "boolean"}
        return same and (not isinstance(dtype, np.dtype) or not series.hasnans)
    return wanted in ("str", "object", "string") and held in ("str", "object", "string")


_UNFIT = "make windows() from rows of several windows, or leave the column out: to_dask(columns=[...])"
