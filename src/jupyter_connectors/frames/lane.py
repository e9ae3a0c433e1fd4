"""The fast way for pages of a known form: only the lean columns ever become Python objects.

It is taken from the second page of a listing on, when the first has shown where the columns lie. A page it cannot read
exactly as the full way would is refused, and from then on everything goes the full way, from the archive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import msgspec

from jupyter_connectors.frames.flatten import Sheet
from jupyter_connectors.frames.known import Known
from jupyter_connectors.frames.records import Record, told_beside
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.frames.typed import Objects, reply_type, taken_apart, typed
from jupyter_connectors.frames.types import Hint
from jupyter_connectors.models import Json, Reply

_MOST_HELD = 160 * 1024 * 1024
"""Bytes of lean columns that are held in memory: those of some 100,000 wide rows."""

_IDS = frozenset({str, int, bool})
_AT_ONCE = 1_000
"""Rows looked at together: a column costs more by the piece than by its length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as the lane reads it."""

    beside: dict[str, Json]
    """The reply without its rows."""

    ids: list[Record]
    """The rows with nothing but their ids."""

    rows: list[Any]
    """The rows with what is wanted of them."""


class Lane:
    """The lean columns of one listing while it is collected."""

    def __init__(
        self, known: Known, samples: Sequence[Record], hints: Mapping[str, Hint], make_spool: Callable[[], Spool]
    ) -> None:
        self._known = known
        self._row = typed(known.tree, samples)
        self._reader = msgspec.json.Decoder(reply_type(self._row.type, known.way, known.beside))
        self.sheet = Sheet(known.form, make_spool, hints=hints, most=_MOST_HELD)
        self._nodes = {path: self.sheet.reach(path) for path in known.columns}
        self._waiting: list[Any] = []

    def read(self, reply: Reply, text: bytes) -> Page | None:
        """The page, or None where it has to go the full way; `text` is its first text as it is archived."""
        try:
            beside, rows = taken_apart(self._typed(reply, text))
        except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
            return None
        way = self._known.way
        if told_beside(beside, self._known.errors) is not None or (len(way) > 1 and ".".join(way) in beside):
            return None
        key = self._known.form.id
        found = list(map(attrgetter(self._row.attributes[key]), rows))
        if not set(map(type, found)) <= _IDS:
            return None
        return Page(beside=beside, ids=[{key: each} for each in found], rows=rows)

    def _typed(self, reply: Reply, text: bytes) -> Any:
        value = reply.structured
        if isinstance(value, dict) and set(value) == {"result"}:
            value = value["result"]
        if isinstance(value, str):
            return self._reader.decode(value)
        if value is not None:
            return msgspec.convert(value, self._reader.type)
        if len(reply.texts) != 1:
            raise ValueError("not one text")
        return self._reader.decode(text)

    def add(self, page: Page, keep: int) -> bool:
        """Adds the first rows of a page. False where the listing has to go the full way after all."""
        self._waiting += page.rows[:keep]
        return len(self._waiting) < _AT_ONCE or self.flush()

    def flush(self) -> bool:
        """Puts into the sheet what waits to be put there with more. False as `add` says."""
        if not self._waiting:
            return True
        objects = Objects(self._row, self._waiting)
        if any(objects.sprung(path, traps) for path, traps in self._known.traps.items()):
            return False
        for name, path in self._known.cut.items():
            self.sheet.note_cut(name, sum(each is True for each in objects.column(path)))
        columns = ((node, objects.column(path), objects.types(path)) for path, node in self._nodes.items())
        self.sheet.add_columns(columns, len(self._waiting))
        self._waiting = []
        return True
