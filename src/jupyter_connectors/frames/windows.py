"""A listing that is more than one machine should hold: in windows of time, each one a call of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.handles import Reach, Shared
from jupyter_connectors.frames.ranges import Bounding, again_of, listing_of, ranged
from jupyter_connectors.frames.spans import Listing, Span, short
from jupyter_connectors.text import plural

if TYPE_CHECKING:
    import dask.dataframe as dd
    import pandas as pd
    from pyspark.sql import DataFrame as SparkDataFrame
    from pyspark.sql import SparkSession

    from jupyter_connectors.frames.parts import Parts
    from jupyter_connectors.frames.result import Result
    from jupyter_connectors.frames.tables import Columns
    from jupyter_connectors.frames.workers import Load


def windows_of(result: Result, parts: Parts, asked: tuple[str, str], *, start: Bounding, end: Bounding) -> Windows:
    """The windows of the listing a result is the first look at. `asked` is the column and the frequency.

    Raises:
        UsageProblem: the tool cannot be asked for stretches of time of this column, or these make no windows.
        ConnectorError: as for any call, where the beginning of the listing had to be asked for.
    """
    as_of = parts.source.clock().astimezone(UTC).replace(microsecond=0)
    listing = ranged(result, parts, listing_of(result, parts, *asked), (start, end), as_of)
    return Windows(parts, listing, result, as_of)


class Windows:
    """A listing in half-open windows of time, [start, end), the same ones however often they are read."""

    def __init__(self, parts: Parts, listing: Listing, first: Result, as_of: datetime) -> None:
        self._parts = parts
        self._listing = listing
        self._first = first
        self._shared: list[Shared] = []
        self.as_of = as_of
        """When the windows were made; unless you gave an end, rows of later are in none of them."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where each window starts and ends."""
        return self._listing.spans

    def __len__(self) -> int:
        return len(self.spans)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __repr__(self) -> str:
        bounds = f"{short(self.spans[0].start)} to {short(self.spans[-1].end)}"
        listing = self._listing
        return (
            f"<Windows {listing.name}: {plural(len(self), 'window')} of {listing.column} ({listing.every}),"
            f" {bounds}, at most {listing.at_once} asked for at a time>"
        )

    def frames(self) -> Iterator[pd.DataFrame]:
        """The frame of each window in turn, in this kernel: each is a call like any, judged and recorded.

        Raises:
            Incomplete: not all rows of a window are there, or more than the server gives for one question.
            ReplyRejected: the server does not keep to the bounds it was given.
            ConnectorError: as for any call.
        """
        from jupyter_connectors.frames.partition import frame_of

        for span in self.spans:
            yield frame_of(self._call(span), self._listing, span)

    def to_parquet(self, folder: str | Path) -> Path:
        """Writes a Parquet file for each window that has rows, in this kernel, never holding more than one window.

        Raises:
            UsageProblem: the folder is not empty.
            ConnectorError: as for `frames`; the files of the windows before stay.
        """
        from jupyter_connectors.frames.partition import write_window

        folder = Path(folder)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageProblem(f"{str(folder)!r} is there and not empty", hint="name a new folder, or empty it first")
        folder.mkdir(parents=True, exist_ok=True)
        for span in self.spans:
            file = folder / f"{re.sub('[^0-9A-Za-z-]', '', short(span.start))}.parquet"
            if not write_window(self._call(span), self._listing, span, file):
                file.unlink(missing_ok=True)
        return folder

    def to_dask(
        self,
        columns: Columns | None = None,
        *,
        hours: float = 8.0,
        host: str = "127.0.0.1",
        port: int = 0,
        insecure: bool = False,
    ) -> dd.DataFrame:
        """A Dask frame with one partition for each window, read when it is computed, by whichever worker computes it.

        Workers need this package and get no token: they get a handle, good for these windows only, with which they ask this kernel; it makes
        each call as it makes any. So the kernel must run while the frame is computed, and each computation asks the
        server anew: keep what you use twice with `.persist()` or `.to_parquet()`. A window that is not whole is an
        error of the computation, never a shorter frame.

        Args:
            columns: The columns wanted, as for `Result.to_pandas`; left out, those of `.df`.
            hours: How long the handle is good for, unless `close()` or the kernel's end comes before.
            host: For workers on other machines, this machine's address as they reach it; the loopback unless given.
            port: The port to listen at there; any free one unless given.
            insecure: Must be true for any other host than the loopback. The handle's secret never crosses the network,
                and what arrives is proven to be from this kernel; but the rows travel in clear text, so do this only on
                a network whose every user may read them.

        Raises:
            UsageProblem: Dask is not installed, there is no such column, or no worker could come to that address.
            Denied: the tool is not one that was reviewed and only reads.
        """
        from jupyter_connectors.frames.workers import as_dask, need_dask

        need_dask()
        load = self._load(columns, Reach(hours=hours, host=host, port=port, insecure=insecure))
        return as_dask(load, len(self), re.sub(r"\W+", "-", self._listing.name))

    def to_spark(
        self,
        spark: SparkSession,
        columns: Columns | None = None,
        *,
        hours: float = 8.0,
        host: str = "127.0.0.1",
        port: int = 0,
        insecure: bool = False,
    ) -> SparkDataFrame:
        """A Spark frame with one partition for each window, through a data source in Python. All else is as `to_dask`.

        Instants are `timestamp`, whole numbers `long`, both nullable, so that no id is rounded.
        """
        from jupyter_connectors.frames.spark import as_spark, need_spark

        need_spark()
        load = self._load(columns, Reach(hours=hours, host=host, port=port, insecure=insecure))
        return as_spark(spark, load, len(self), self._listing.name)

    def close(self) -> None:
        """Takes back every handle given to workers; frames made with them can no longer be computed."""
        while self._shared:
            self._shared.pop().close()

    def _load(self, columns: Columns | None, reach: Reach) -> Load:
        from jupyter_connectors.frames.workers import Load

        share, name = self._parts.source.share, self._parts.name
        if share is None:
            raise UsageProblem(
                f"{name} was not called from this kernel, so there is no connection that workers could ask through",
                hint=f"connect {self._listing.call.connector!r}, call {self._listing.call.tool} and take its windows",
            )
        like = self._first.head(0, columns=columns)
        shape = self._parts.source.shape
        # A window may have columns the first rows had not. Where nobody chose the columns, none is left out unsaid.
        lean = shape is not None and bool(shape.form.lean)
        strict = columns == "all" or (columns is None and not lean)
        shared = share(
            replace(self._listing, columns=columns if columns in (None, "all") else tuple(like.columns)), reach
        )
        self._shared.append(shared)
        return Load(handle=shared.handle, like=_bare(like), strict=strict)

    def _call(self, span: Span) -> Result:
        return again_of(self._parts)(self._listing.call_for(span), self._listing.entry, None)


def _bare(like: pd.DataFrame) -> pd.DataFrame:
    """The columns alone: what the frame knows of its call stays here."""
    made = like.iloc[:0].copy()
    made.attrs = {}
    return made
