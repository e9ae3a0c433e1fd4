"""Frames as files for a spreadsheet, in which no text of a server's becomes a formula and nothing is lost in silence."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api import types

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.extras import missing
from jupyter_connectors.frames.gridrows import with_labels
from jupyter_connectors.models import Json
from jupyter_connectors.text import one_line, plural, visible

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that a spreadsheet may read as a formula; the last four are full-width forms of the first.

Source: OWASP, CSV Injection, and ASVS 5.0, 1.2.10.
"""

_SHEET_ROWS, _SHEET_COLUMNS, _CELL_LETTERS = 1_048_576, 16_384, 32_767
"""Limits of a sheet. Source: Microsoft, Excel specifications and limits."""

_SHEET_DIGITS = 10**15
"""Excel keeps 15 digits of a number; larger whole numbers are written as text."""

_FIRST_DAY = pd.Timestamp("1900-03-01")
"""Before it Excel's calendar is off by a day, or has no days at all."""

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML, and so a sheet, cannot hold. Source: XML 1.0, section 2.2."""


class ExportNotice(UserWarning):
    """A file that was written differs from the frame, or the frame lacks rows."""


@dataclass(kw_only=True)
class Changes:
    """What was written otherwise than it is in the frame: how many cells, by column."""

    escaped: dict[str, int] = field(default_factory=dict)
    replaced: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    instants: list[int] = field(default_factory=list)
    """Places of the columns whose instants are written without their zone, in UTC."""

    def words(self) -> list[str]:
        """One sentence for each kind of change."""
        said = []
        for counts, what in (
            (
                self.escaped,
                "the text may begin a formula, so an apostrophe stands before it; raw=True writes it as it is",
            ),
            (self.replaced, "the text has characters that no sheet can hold; they are written out, as \\u0007"),
            (self.cut, f"the text has more than the {_CELL_LETTERS:,} letters a cell can hold and is cut"),
        ):
            if counts:
                where = ", ".join(one_line(name, 40) for name in list(counts)[:8])
                more = "" if len(counts) <= 8 else f" and {len(counts) - 8} more"
                said.append(f"{plural(sum(counts.values()), 'cell')} in {where}{more}: {what}")
        if self.texts:
            said.append(f"{', '.join(self.texts[:8])}: written as text, because a sheet would change the values")
        return said


def to_csv(frame: pd.DataFrame, path: Path, *, raw: bool, options: Mapping[str, Any]) -> Path:
    """Writes the frame and gives the file's path; `options` are those of pandas."""
    changes = Changes()
    made = with_labels(frame)
    if not raw:
        made = _escaped(made, changes)
    # With both characters in the line's end the writer quotes a value that holds one of them; it would begin a line,
    # and so a cell, of its own. Source: RFC 4180, sections 2.1 and 2.6.
    made.to_csv(path, index=False, **{"lineterminator": "\r\n", **options})
    _tell(frame, changes)
    return path


def to_excel(frame: pd.DataFrame, path: Path, *, sheet: str, raw: bool) -> Path:
    """Writes the frame as the one sheet of a workbook and gives the file's path."""
    if missing("openpyxl") is not None:  # pandas writes with it
        raise UsageProblem("openpyxl is not installed", hint="%pip install openpyxl, or write .to_csv()")
    made = with_labels(frame)
    if len(made) >= _SHEET_ROWS or made.shape[1] > _SHEET_COLUMNS:
        problem = f"a sheet holds {_SHEET_ROWS - 1:,} rows and {_SHEET_COLUMNS:,} columns; the frame has {made.shape}"
        raise UsageProblem(problem, hint="write .to_csv() or .to_parquet()")
    changes = Changes()
    if not raw:
        made = _escaped(made, changes)
    made = _for_a_sheet(made, changes)
    _write_sheet(made, path, sheet, _notes(frame, changes))
    _tell(frame, changes)
    return path


def _write_sheet(made: pd.DataFrame, path: Path, sheet: str, notes: Mapping[int, str]) -> None:
    from openpyxl.comments import Comment

    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        made.to_excel(writer, sheet_name=sheet, index=False, freeze_panes=(1, 0))
        for at, note in notes.items():
            head = writer.sheets[sheet].cell(row=1, column=at + 1)
            head.comment = Comment(note, "jupyter-connectors")


def _notes(frame: pd.DataFrame, changes: Changes) -> dict[int, str]:
    """The notes on cells of the header: where the rows are from, and which times are in UTC."""
    told = frame.attrs.get("connector") or {}
    line = f"{told.get('connector')} · {told.get('tool')}: {told.get('completeness')}, fetched {told.get('fetched_at')}"
    notes = {0: _for_xml(visible(line))} if told.get("completeness") else {}
    for at in changes.instants:
        notes[at] = "\n".join(each for each in (notes.get(at, ""), "in UTC") if each)
    return notes


def _escaped(frame: pd.DataFrame, changes: Changes) -> pd.DataFrame:
    """The frame with an apostrophe before each text, and each name of a column, that begins as a formula does."""
    columns = []
    for at, name in enumerate(map(str, frame.columns)):
        column = frame.iloc[:, at]
        if _holds_texts(column):
            hits = [isinstance(value, str) and value.startswith(_FORMULA) for value in column]
            if any(hits):
                changes.escaped[name] = sum(hits)
                column = pd.Series(
                    [f"'{value}" if hit else value for value, hit in zip(column, hits, strict=True)],
                    index=column.index,
                    dtype=object,
                )
        columns.append(column)
    names = [f"'{name}" if name.startswith(_FORMULA) else name for name in map(str, frame.columns)]
    changed = sum(name.startswith(_FORMULA) for name in map(str, frame.columns))
    if changed:
        changes.escaped["the header"] = changed
    return _joined(columns, names, frame)


def _for_a_sheet(frame: pd.DataFrame, changes: Changes) -> pd.DataFrame:
    """The frame with what Excel would refuse or change in silence written so that it does neither."""
    columns = [_for_cells(frame.iloc[:, at], at, str(name), changes) for at, name in enumerate(frame.columns)]
    return _joined(columns, [_for_xml(str(name)) for name in frame.columns], frame)


def _for_cells(column: pd.Series[Any], at: int, name: str, changes: Changes) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        changes.instants.append(at)
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    if types.is_datetime64_any_dtype(column.dtype) and (column < _FIRST_DAY).any():
        changes.texts.append(name)
        return pd.Series(column.dt.strftime("%Y-%m-%d %H:%M:%S"), dtype=object)
    if types.is_integer_dtype(column.dtype) and ((column >= _SHEET_DIGITS) | (column <= -_SHEET_DIGITS)).any():
        changes.texts.append(name)
        return pd.Series([None if pd.isna(each) else str(each) for each in column], index=column.index, dtype=object)
    if not _holds_texts(column):
        return column
    values = [_for_cell(value, name, changes) if isinstance(value, str) else value for value in column]
    return pd.Series(values, index=column.index, dtype=object)


def _for_cell(value: str, name: str, changes: Changes) -> str:
    shown = _for_xml(value)
    if shown != value:
        changes.replaced[name] = changes.replaced.get(name, 0) + 1
    if len(shown) < _CELL_LETTERS:  # one is left for an apostrophe
        return shown
    changes.cut[name] = changes.cut.get(name, 0) + 1
    return shown[: _CELL_LETTERS - 1]


def _for_xml(text: str) -> str:
    return _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _holds_texts(column: pd.Series[Any]) -> bool:
    return not (types.is_numeric_dtype(column.dtype) or types.is_datetime64_any_dtype(column.dtype))


def _joined(columns: list[pd.Series[Any]], names: list[str], frame: pd.DataFrame) -> pd.DataFrame:
    """The columns side by side; names may repeat."""
    made = pd.DataFrame(dict(enumerate(columns)), index=frame.index)
    made.columns = pd.Index(names, dtype=object)
    return made


def _tell(frame: pd.DataFrame, changes: Changes) -> None:
    said = changes.words()
    told: Mapping[str, Json] = frame.attrs.get("connector") or {}
    if told.get("complete") is not True:
        said.append(f"rows may be missing from this file: {visible(str(told.get('completeness')))}")
    for each in said:
        # Said of the line that called `to_csv` on the frame or the result.
        warnings.warn(each, ExportNotice, stacklevel=4)
