"""Telling a server that goes round in circles: cursors, ids and whole pages seen before in one listing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from jupyter_connectors.models import Json
from jupyter_connectors.text import one_line


class Repeats:
    """What the pages of one listing held so far."""

    def __init__(self, id_field: str) -> None:
        self._id = id_field
        self._cursors: set[str] = set()
        self._ids: set[Json] = set()
        self._digests: set[bytes] = set()
        self.rows = 0
        """Rows whose id an earlier row had."""

    def of_cursor(self, cursor: Json, start: Json) -> str:
        """The reason to stop when this cursor was used before, `start` being where the call began; remembers it else."""
        if cursor is None:
            return ""
        key = json.dumps(cursor)
        if key in self._cursors or cursor == start:
            return f"the cursor {one_line(str(cursor), 40)!r} came twice"
        self._cursors.add(key)
        return ""

    def of_rows(self, rows: Sequence[Mapping[str, Json]], number: int, *, counted: bool) -> str:
        """The reason to stop when page `number` brings nothing new; remembers its rows else.

        Rows without ids are compared as whole pages, and only where pages are counted.
        """
        if not rows:
            return ""
        ids = [row.get(self._id) for row in rows]
        if all(isinstance(each, str | int) for each in ids):
            fresh = set(ids) - self._ids
            if not fresh:
                return f"page {number:,} repeats rows of the pages before"
            self.rows += len(ids) - len(fresh)
            self._ids |= fresh
            return ""
        if not counted:
            return ""  # rows without ids may well be equal; a cursor that moves on is proof enough
        digest = hashlib.blake2b(json.dumps(rows, default=str).encode("utf-8", "replace")).digest()
        if digest in self._digests:
            return f"page {number:,} repeats an earlier page"
        self._digests.add(digest)
        return ""
