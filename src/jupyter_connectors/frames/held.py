"""The rows of a listing as they are held: every column in one sheet, or few of them now and the rest when asked for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from itertools import islice

from jupyter_connectors.frames.decode import decode
from jupyter_connectors.frames.flatten import Record, Sheet
from jupyter_connectors.frames.parts import Archive
from jupyter_connectors.frames.records import find
from jupyter_connectors.frames.uncollected import no_collector


class Held:
    """The rows of one listing.

    Pages that only their lean columns were read of are read again, from the archive, when somebody asks for the others.
    """

    def __init__(self, sheet: Sheet, archive: Archive, ways: tuple[str, ...], *, shown: tuple[str, ...] = ()) -> None:
        self._sheet = sheet
        self.shown = shown
        """Names of the columns that are shown unless others are asked for; all where none are named."""
        self._archive = archive
        self._ways = ways
        self._pages = 0
        """Pages the sheet has, the first ones."""
        self._put_off: deque[int] = deque()
        """Of each page after those the rows that belong to the result."""
        self._lock = threading.RLock()
        self.lean: Sheet | None = None
        """The lean columns of all rows, where they were read by themselves."""
        self.notes: dict[str, None] = {}
        """What there was to say when pages were read again."""

    @property
    def whole(self) -> bool:
        """Whether the sheet has all pages."""
        return not self._put_off

    @property
    def first(self) -> Sheet:
        """The sheet as it is: of the first page at least."""
        return self._sheet

    def add(self, records: Sequence[Record]) -> None:
        """Adds a page to the sheet, after those that were put off."""
        with self._lock:
            self.sheet.add(records)
            self._pages += 1

    def put_off(self, rows: int) -> None:
        """Counts a page whose lean columns alone were read."""
        with self._lock:
            self._put_off.append(rows)

    @property
    def sheet(self) -> Sheet:
        """Every column of every row; pages that were put off are read now."""
        with self._lock:
            if self._put_off:
                self._catch_up()
            return self._sheet

    def _catch_up(self) -> None:
        for reply in islice(self._archive.replies(), self._pages, self._pages + len(self._put_off)):
            with no_collector():
                decoded = decode(reply)
                self.notes.update(dict.fromkeys(decoded.notes))
                self._sheet.add(find(decoded.payload, self._ways).rows[: self._put_off.popleft()])
                self._pages += 1
