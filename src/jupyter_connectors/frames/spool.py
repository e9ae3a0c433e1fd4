"""Files that hold what has arrived, so that a listing is never held in memory as Python objects."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


class Spool:
    """A file of lines, private to the user, gone when it is closed or no longer referenced."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="rows-", suffix=".ndjson", dir=folder)
        self.path = Path(name)
        self.longest = 0
        """Bytes of the longest text written at once; no line is longer."""
        self._file: BinaryIO = os.fdopen(handle, "wb")
        self._end = weakref.finalize(self, _remove, self._file, self.path)

    def write(self, lines: str) -> None:
        """Appends text that ends in a new line.

        Raises:
            UnicodeEncodeError: the text holds lone surrogates; nothing was written.
        """
        encoded = lines.encode()
        self.longest = max(self.longest, len(encoded))
        self._file.write(encoded)

    def rest(self) -> None:
        """Everything written can be read from the file; no more is written."""
        self._file.close()

    def lines(self) -> Iterator[str]:
        """The lines written, from the file."""
        with self.path.open(encoding="utf-8", newline="\n") as lines:
            yield from lines

    def close(self) -> None:
        """Removes the file."""
        self._end()


def _remove(file: BinaryIO, path: Path) -> None:
    file.close()
    path.unlink(missing_ok=True)
