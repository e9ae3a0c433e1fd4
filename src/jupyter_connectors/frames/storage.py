"""Where the rows of one table are while it grows: packed columns in memory, and past a size in a spool file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from jupyter_connectors.frames.blocks import Blocks
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.models import Json

MOST_HELD = 32 * 1024 * 1024
"""Bytes of a table that are held in memory; what is larger goes to the spool."""

ROWS = "n"
"""The key, in a line of the spool file, of the number of its rows."""

_LINE = 500
_ENCODER = msgspec.json.Encoder()


class Storage:
    """The rows of one table, by the keys of its columns."""

    def __init__(self, make_spool: Callable[[], Spool], *, most: int = MOST_HELD) -> None:
        self.blocks: Blocks | None = Blocks()
        """The rows, until they go to the spool."""
        self._make_spool = make_spool
        self._most = most
        self._spool: Spool | None = None

    @property
    def spool(self) -> Spool:
        """The file of all rows; what is in memory goes there now."""
        if self._spool is None:
            self._spool = self._make_spool()
        if self.blocks is not None:
            blocks, self.blocks = self.blocks, None
            for count, page in blocks.pages():
                self._spool.write(*_lines(page, count))
        return self._spool

    def write(self, page: Mapping[str, list[Json]], count: int) -> None:
        """Adds a page of so many rows. A column that is not in it is null in each of them."""
        if self.blocks is None:
            self.spool.write(*_lines(page, count))
            return
        self.blocks.add(page, count)
        if self.blocks.bytes > self._most:
            self.spool.flush()


def _lines(page: Mapping[str, list[Json]], count: int) -> Iterator[bytes]:
    """Some rows a line, each column a list, so that its name stands there once."""
    for start in range(0, count, _LINE):
        part = {key: values[start : start + _LINE] for key, values in page.items()}
        yield _ENCODER.encode({ROWS: min(_LINE, count - start), **part}) + b"\n"
