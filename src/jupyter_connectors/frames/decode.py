"""A reply's payload, whichever of the encodings in use its server chose.

MCP has no format for "a list of rows". Structured content is used alone where there is any; else the text blocks are
JSON, rows of JSON, JSON behind a sentence, or CSV. What is none of these is prose and says so.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from jupyter_connectors.errors import ReplyRejected
from jupyter_connectors.frames.types import is_int
from jupyter_connectors.models import Json, Reply

_NAN_NOTE = "NaN or Infinity came where JSON allows none; such values are null"
_DIGITS_NOTE = "a whole number of thousands of digits is kept as text"
_SURROGATE_NOTE = "text with broken Unicode (lone surrogates) has \ufffd in their place"
_AFTER_NOTE = "the server wrote text after the data; it is in .text"

_MAY_BE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LINE_START = re.compile(r"^[ \t]*(?=[\[{])", re.MULTILINE)
_HEADER_CELL = re.compile(r"[^\W\d][\w .:/()%#-]{0,60}")
_META_LINE = re.compile(r"#\s*([\w .-]{1,60}):\s*(.*)")
_META_VALUES: Mapping[str, bool] = {"true": True, "false": False}
_TRIES = 20
"""Places in prose where JSON may start; past that it is prose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What a reply says, as a JSON value."""

    payload: Json
    prose: bool = False
    """No object and no list: a sentence, a number, nothing."""

    csv: bool = False
    notes: tuple[str, ...] = ()


def decode(reply: Reply) -> Decoded:
    """The payload of a reply.

    Raises:
        ReplyRejected: it is nested too deep to be read.
    """
    try:
        return _decode(reply)
    except RecursionError:
        problem = "the reply is nested too deep to be read"
    raise ReplyRejected(problem, hint="the server sent something no table can hold; ask it for less detail")


def whole(reply: Reply) -> tuple[Reply, tuple[str, ...]]:
    """The reply without what no JSON text can hold: lone surrogates, NaN, infinities. And a note."""
    whole = replace(reply, texts=tuple(map(_whole_text, reply.texts)), structured=_whole(reply.structured))
    return whole, ("broken Unicode, NaN or Infinity in the reply was replaced",)


def _decode(reply: Reply) -> Decoded:
    if reply.structured is None:
        return _from_texts(reply.texts)
    value = reply.structured
    if isinstance(value, dict) and set(value) == {"result"}:
        value = value["result"]
    if isinstance(value, str):
        return _from_texts((value,))
    return Decoded(payload=value, prose=not isinstance(value, dict | list))


def _from_texts(texts: tuple[str, ...]) -> Decoded:
    notes: list[str] = []
    values = []
    for text in texts:
        try:
            values.append(_parse(text, notes))
        except json.JSONDecodeError:
            break
    if values and len(values) == len(texts):
        payload = values[0] if len(values) == 1 else _rows(values)
        return Decoded(payload=payload, prose=not isinstance(payload, dict | list), notes=tuple(dict.fromkeys(notes)))
    return _inside("\n".join(texts))


def _rows(values: list[Json]) -> Json:
    """One text block a row; servers that send a list a block mean one list."""
    if all(isinstance(value, list) for value in values):
        return [row for value in values for row in value]
    if any(isinstance(value, dict | list) for value in values):
        return values
    return "\n".join(str(value) for value in values)


def _inside(text: str) -> Decoded:
    """JSON behind a sentence, else CSV, else prose."""
    notes: list[str] = []
    for start in _starts(text):
        try:
            value, end = _parse_at(text, start, notes)
        except json.JSONDecodeError:
            continue
        rest = text[end:].strip(" \t\r\n`")
        starts_line = not text[:start].rpartition("\n")[2].strip()
        if _holds_objects(value) and (starts_line or not rest):
            if rest:
                notes.append(_AFTER_NOTE)
            return Decoded(payload=value, notes=tuple(dict.fromkeys(notes)))
    table = _table(text)
    return Decoded(payload=text, prose=True) if table is None else Decoded(payload=table, csv=True)


def _starts(text: str) -> list[int]:
    starts = [match.end() for _, match in zip(range(_TRIES), _LINE_START.finditer(text), strict=False)]
    first = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=None)
    return starts if first is None or first in starts else [*starts, first]


def _holds_objects(value: Json) -> bool:
    """Whether this is data and not a footnote: `[3]` in a sentence parses as well."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, dict) for each in value)
    return isinstance(value, dict) and bool(value)


def _table(text: str) -> Json:
    """The rows of a CSV text under `rows`, beside its `# key: value` head lines; None when it is no CSV."""
    lines = text.strip().splitlines()
    meta: dict[str, Json] = {}
    while lines and (line := _META_LINE.fullmatch(lines[0].strip())):
        meta[line[1].strip()] = _META_VALUES.get(value := line[2].strip(), int(value) if is_int(value) else value)
        lines.pop(0)
    if len(lines) < 2:
        return None
    delimiter = "\t" if "\t" in lines[0] else ","
    try:
        header, *rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, strict=True)
    except csv.Error:
        return None
    width = len(header)
    if width < 2 or len(set(header)) < width or not all(_HEADER_CELL.fullmatch(cell) for cell in header):
        return None
    if any(len(row) != width for row in rows):
        return None
    return {**meta, "rows": [{key: cell or None for key, cell in zip(header, row, strict=True)} for row in rows]}


def _parse(text: str, notes: list[str]) -> Json:
    value, end = _parse_at(text, len(text) - len(text.lstrip(" \t\r\n\ufeff")), notes)
    if text[end:].strip(" \t\r\n"):
        raise json.JSONDecodeError("Extra data", text, end)
    return value


def _parse_at(text: str, start: int, notes: list[str]) -> tuple[Json, int]:
    """The JSON value that starts at `start`, and where it ends. Standard JSON; what Python adds to it is noted."""

    def constant(_: str) -> None:
        notes.append(_NAN_NOTE)

    def integer(digits: str) -> int | str:
        if len(digits) < 4000:
            return int(digits)
        notes.append(_DIGITS_NOTE)
        return digits

    try:
        value, end = json.JSONDecoder(parse_constant=constant).raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python refuses to read an int of more than 4,300 digits
        value, end = json.JSONDecoder(parse_constant=constant, parse_int=integer).raw_decode(text, start)
    if _MAY_BE_SURROGATE.search(text, start, end):
        clean = _whole(value)
        if clean != value:
            notes.append(_SURROGATE_NOTE)
        value = clean
    return value, end


def _whole(value: Json) -> Json:
    if isinstance(value, str):
        return _whole_text(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {_whole_text(key): _whole(each) for key, each in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _whole_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
