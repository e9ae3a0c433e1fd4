"""What a model gets to see of a result: its schema, five rows, its completeness; never more than a small budget."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from jupyter_connectors.secrets import masked
from jupyter_connectors.text import one_line, visible

if TYPE_CHECKING:
    import pandas as pd

BUDGET = 2_000
"""Tokens, at most, of any preview."""

_ROWS = 5
_WIDTHS = (400, 160, 80, 40, 16)
_NAME_WIDTH = 60
_LOOKED_AT = 4_000
"""Characters of a cell that are looked through for secrets; no more of it is ever shown."""

_SCHEMA_SHARE = 0.45
_NAMES_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Fence:
    """The marks between which a model is told that data stands. Their number is random, so no data can know it."""

    number: str = ""

    @classmethod
    def new(cls) -> Fence:
        """Marks for one conversation."""
        return cls(f"-{token_hex(4)}")

    @property
    def opens(self) -> str:
        return f"<untrusted-data{self.number}>"

    @property
    def closes(self) -> str:
        return f"</untrusted-data{self.number}>"


PLAIN = Fence()
"""Marks without a number, for where no model reads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is said of a frame beside its data."""

    name: str
    completeness: str
    notes: Sequence[str] = ()
    fence: Fence = PLAIN


def tokens(text: str) -> int:
    """Tokens `text` takes, estimated high: 2.8 characters each, and one and a half for each outside ASCII."""
    plain = sum(character < "\x80" for character in text)
    return math.ceil(plain / 2.8 + (len(text) - plain) * 1.5)


def frame_preview(frame: pd.DataFrame, facts: Facts, *, budget: int = BUDGET) -> str:
    """A frame's name, size, columns with dtypes, first rows and completeness, within `budget` tokens.

    Long cells and columns past the budget are left out visibly. What came from the service stands between marks that
    it cannot itself contain, with secrets masked.
    """
    size = f"Frame {facts.name}: {len(frame):,} rows, {frame.shape[1]:,} columns. {one_line(facts.completeness, 240)}"
    left = budget - tokens(size) - tokens(facts.fence.opens + facts.fence.closes) - 40
    notes = _notes(facts.notes, budget // 10)
    left -= tokens(notes)
    schema, shown = _schema(frame, int(left * _SCHEMA_SHARE), int(left * _NAMES_SHARE))
    rows = _sample(frame, shown, left - tokens(schema))
    parts = [size, facts.fence.opens, schema, rows, *([notes] if notes else []), facts.fence.closes]
    if len(frame) > _ROWS:
        parts.append("Only these rows are shown; the frame has all of them. Compute with the sql tool.")
    return "\n".join(part for part in parts if part)


def text_preview(text: str, *, budget: int = BUDGET, fence: Fence = PLAIN) -> str:
    """Prose between the marks for untrusted data, cut visibly to `budget` tokens, with secrets masked."""
    shown = budget * 4
    body = inert(visible(masked(text[:shown]) + text[shown:]))
    allowed = budget - tokens(fence.opens + fence.closes) - 30
    kept = body[: _fitting(body, allowed)]
    more = f"\n… ({len(body) - len(kept):,} more characters left out)" if len(kept) < len(body) else ""
    return f"{fence.opens}\n{kept}{more}\n{fence.closes}"


def _fitting(text: str, allowed: int) -> int:
    """How many characters of `text` fit into `allowed` tokens."""
    low, high = 0, min(len(text), int(allowed * 2.8) + 3)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if tokens(text[:middle]) <= allowed else (low, middle - 1)
    return low


def _notes(notes: Sequence[str], allowed: int) -> str:
    if not notes:
        return ""
    text = "Notes: " + inert(masked("; ".join(one_line(note, 160) for note in notes[:20])))
    kept = text[: _fitting(text, allowed)]
    return kept if len(kept) == len(text) else f"{kept}…"


def _schema(frame: pd.DataFrame, allowed: int, for_names: int) -> tuple[str, int]:
    """The columns that fit with their dtypes, how many these are, and the names of the rest as far as they fit."""
    told = [f"{_name(name)} {kind}" for name, kind in zip(frame.columns[:500], frame.dtypes.iloc[:500], strict=True)]
    shown = _how_many(told, allowed)
    line = "Columns: " + ", ".join(told[:shown])
    rest = frame.shape[1] - shown
    if not rest:
        return line, shown
    names = [_name(name) for name in frame.columns[shown : shown + 200]]
    named = _how_many(names, for_names)
    more = ", …" if named < rest else ""
    return f"{line}\nand {rest:,} more columns: {', '.join(names[:named])}{more}", shown


def _how_many(parts: list[str], allowed: int) -> int:
    used = 0
    for count, part in enumerate(parts):
        used += tokens(part) + 1
        if used > allowed:
            return count
    return len(parts)


def _sample(frame: pd.DataFrame, columns: int, allowed: int) -> str:
    """The first rows as JSON lists, in the order of the columns; cells, then columns, then rows give way."""
    head = frame.iloc[:_ROWS, :columns]
    if head.empty:
        return "No rows." if not len(frame) else ""
    rows = [list(values) for values in zip(*(_cells(head.iloc[:, place]) for place in range(columns)), strict=True)]
    for text in _shrinking(rows, columns):
        if tokens(text) <= allowed:
            return text
    return "No cell is small enough to show."


def _shrinking(rows: list[list[Any]], columns: int) -> Iterator[str]:
    for width in _WIDTHS:
        yield _lines(rows, width, columns)
    while columns > 1:
        columns = columns * 2 // 3
        yield _lines(rows, _WIDTHS[-1], columns)
    while len(rows) > 1:
        rows = rows[:-1]
        yield _lines(rows, _WIDTHS[-1], columns)


def _lines(rows: list[list[Any]], width: int, columns: int) -> str:
    of = f", first {columns} columns" if rows and columns < len(rows[0]) else ""
    lines = [
        json.dumps([_short(cell, width) for cell in row[:columns]], ensure_ascii=False, default=str) for row in rows
    ]
    return inert("\n".join([f"First {len(rows)} rows{of}:", *lines]))


def _cells(column: pd.Series[Any]) -> list[Any]:
    return [_unsecret(_plain(value)) for value in column.astype(object)]


def _unsecret(cell: Any) -> Any:
    return masked(cell[:_LOOKED_AT]) + cell[_LOOKED_AT:] if isinstance(cell, str) else cell


def _plain(value: Any) -> Any:
    """A cell as JSON can say it."""
    if isinstance(value, str | bool | int) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if hasattr(value, "isoformat"):
        text = str(value.isoformat())
        return None if text == "NaT" else text.replace("+00:00", "Z")
    if hasattr(value, "item"):
        return _plain(value.item())
    text = str(value)
    return None if text in ("<NA>", "NaT", "nan") else text


def _short(cell: Any, width: int) -> Any:
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) >= 10**width:
        cell = str(cell)
    if not isinstance(cell, str):
        return cell
    shown = visible(cell[:width])[:width]
    return shown if len(cell) <= width else f"{shown}…(+{len(cell) - width:,} characters)"


def _name(name: object) -> str:
    return inert(one_line(masked(str(name)), _NAME_WIDTH))


def inert(text: str) -> str:
    """Text that cannot close the marks it stands between."""
    return text.replace("</", "<\\/")
