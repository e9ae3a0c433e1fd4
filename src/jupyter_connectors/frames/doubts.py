"""What speaks against a listing that seems to be at its end: signs in its pages that rows are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jupyter_connectors.frames.forms import Paging
from jupyter_connectors.frames.records import dig
from jupyter_connectors.models import Json
from jupyter_connectors.text import plural


class Doubts:
    """The signs seen so far, over all pages of one listing."""

    def __init__(self, paging: Paging) -> None:
        self._paging = paging
        self._admitted = ""
        self._shrunk = ""
        self._left = 0
        self._largest = self._last = 0

    def see(self, payload: Json, rows: Sequence[Mapping[str, Json]]) -> None:
        """Takes note of one page."""
        paging, held = self._paging, len(rows)
        if paging.lowers and dig(payload, paging.lowers) is True:
            self._admitted = f"{paging.lowers.partition('|')[0]} is true"
        if paging.cursor == "@page" and held and self._last < self._largest:
            # Pages are counted in the server's size: if that changed midway, some rows lie between two pages.
            sizes = f"a page of {self._last:,} rows came after one of {self._largest:,}, and more followed"
            self._shrunk = f"{sizes}, so rows may be missing between pages"
        self._left = counted(payload, paging.remaining) or 0
        self._largest, self._last = max(self._largest, held), held

    def at_end(self, rows: int, *, why: str, counts: bool, flagged: bool) -> str:
        """The reason not to believe in the end after so many rows, or nothing.

        `why` is what the server says of the end; `counts` that its own count fits, `flagged` that a flag says so.
        """
        if self._left:
            said = f"{why}, but " if why else ""
            return f"{said}{self._paging.remaining} is {self._left:,}"
        if self._admitted or counts:
            return self._admitted
        cap = self._paging.cap
        if cap and rows >= cap and not flagged:
            return f"the server stops at {plural(cap, 'row')}; ask a narrower question for the rest"
        return self._shrunk


def counted(payload: Json, path: str) -> int | None:
    """The number at a path; None where there is none, and where it is negative, as in "not known"."""
    count = dig(payload, path) if path else None
    if isinstance(count, str) and count.isascii() and count.isdigit() and len(count) < 16:
        count = int(count)
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None
