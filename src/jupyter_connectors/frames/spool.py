"""Files that hold what has arrived, so that a listing is never held in memory as Python objects."""

from __future__ import annotations

import os
import tempfile
import weakref
from pathlib import Path
from typing import BinaryIO


class Spool:
    """A file, private to the user, gone when it is closed or no longer referenced."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="rows-", suffix=".ndjson", dir=folder)
        self.path = Path(name)
        self.longest = 0
        """Bytes of the longest piece written at once; no line is longer."""
        self._file: BinaryIO = os.fdopen(handle, "wb")
        self._end = weakref.finalize(self, _remove, self._file, self.path)

    def write(self, *lines: bytes) -> None:
        """Appends pieces of bytes."""
        for line in lines:
            self.longest = max(self.longest, len(line))
            self._file.write(line)

    def flush(self) -> None:
        """What was written is in the file."""
        if not self._file.closed:
            self._file.flush()

    def rest(self) -> None:
        """Everything written can be read from the file; no more is written."""
        self._file.close()

    def open(self) -> BinaryIO:
        """What was written so far, from the file."""
        self.flush()
        return self.path.open("rb")

    def close(self) -> None:
        """Removes the file."""
        self._end()


def _remove(file: BinaryIO, path: Path) -> None:
    file.close()
    path.unlink(missing_ok=True)
