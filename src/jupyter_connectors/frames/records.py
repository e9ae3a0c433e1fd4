"""The rows in a payload: where the shape says, else the one list of objects in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jupyter_connectors.errors import ToolFailed
from jupyter_connectors.frames.forms import ErrorRule
from jupyter_connectors.models import Json, Reply
from jupyter_connectors.text import one_line

Record = dict[str, Json]

_LIST_NAMES = (
    *(
        "data",
        "items",
        "results",
        "records",
        "values",
        "nodes",
        "edges",
        "issues",
        "rows",
        "entries",
        "hits",
        "objects",
    ),
    *("elements", "list", "value", "resources", "messages", "conversations", "users", "members", "result"),
)
_SURE_MARKS = frozenset(
    {"has_more", "hasMore", "hasNextPage", "pageInfo", "next_cursor", "nextCursor", "next_page_token", "nextPageToken"}
    | {"totalCount"}
)
"""Marks of an envelope even where it has an id."""
_MARKS = _SURE_MARKS | frozenset(
    {"has_next_page", "page_info", "paging", "pagination", "nextRecordsUrl", "next_page", "done", "total_count", "next"}
    | {"totalSize", "total", "isLast", "response_metadata", "pages", "offset", "startAt", "start_at", "count"}
)
_IDS = ("id", "Id", "ID", "gid", "uuid", "key", "number")
ERROR_KEYS = (*_IDS, "ok", "success", "status", "object", "error", "errors", "message", "description")
"""The fields of a reply that `told_beside` looks at, but for those of the vendor's own marks."""
_ASIDE = ("errors", "warnings")
"""Lists that come beside the rows."""
_DEPTH = 3
_ROWS = "@rows."
_NOTHING: tuple[Json, ...] = (None, "", [], {})
_LONGEST_ERROR = 1_000
_ERROR = re.compile(
    r"(?:(?!(?:the|this|no|any)\b)(?:[\w.-]+ ){0,3}error(?:\s*:|\s+(?:\w+ing|\d{3})\b)|(?:api )?request failed\b"
    r"|an? (?:\w+ )?error occurred\b|(?:failed|unable|cannot) to\s+\w+|could not \w+|access denied\b|unauthori[sz]ed\b|forbidden\b"
    r"|rate limit(?:ed| exceeded)|too many requests\b|not authori[sz]ed\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The rows of one page."""

    rows: list[Record]
    path: tuple[str, ...] = ()
    """The keys that lead from the payload to the list."""

    single: bool = False
    """The payload is one object, not a list: the reply to a get or a write."""

    notes: tuple[str, ...] = ()


def dig(payload: Json, path: str) -> Json:
    """The value at a dotted path, the first of `a|b` that is there; None where there is none. `@root` is a root list."""
    for way in path.split("|"):
        value = payload
        if way == "@root":
            value = value if isinstance(value, list) else None
        elif isinstance(value, dict) and way in value:
            value = value[way]  # a key may hold a dot itself, as `@odata.nextLink` does
        else:
            for key in way.split("."):
                value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None


def put(arguments: Mapping[str, Json], path: str, value: Json) -> dict[str, Json]:
    """A copy of the arguments with a value at a dotted path; objects on the way are made where there are none."""
    key, _, below = path.partition(".")
    inner = arguments.get(key)
    if below:
        value = put(inner if isinstance(inner, Mapping) else {}, below, value)
    return {**arguments, key: value}


def look(payload: Json, ways: Sequence[str] = ()) -> Found:
    """The rows of a payload, by the paths in `ways` or by looking; an error is rows like any other."""
    if not isinstance(payload, dict | list):
        return Found(rows=[])
    return _by_paths(payload, ways) or _by_looking(payload)


def find(
    payload: Json, ways: Sequence[str] = (), *, named: str = "the tool", errors: Sequence[ErrorRule] = ()
) -> Found:
    """The rows of a payload, by the paths in `ways` or by looking.

    Raises:
        ToolFailed: the payload is an error without `isError`, by the marks in use or by the vendor's own in `errors`;
            `named` is the tool in its message.
    """
    found = _by_paths(payload, ways) or _by_looking(payload)
    everywhere = _ruled(payload, errors, rows=True)
    told = everywhere or told_beside(payload, errors)
    if told is None:
        return found
    if found.single or not found.rows or everywhere:
        raise ToolFailed(f"{named} answered with an error: {told}", hint="those are the server's own words")
    return replace(found, notes=(*found.notes, f"the server reports an error beside the rows: {told}"))


def refused(named: str, reply: Reply) -> ToolFailed:
    """The error for a reply that is one by its own `isError`."""
    told = one_line(reply.text or str(reply.structured or "it said no more"), 300)
    return ToolFailed(f"{named} failed: {told}", hint="those are the server's own words")


def told_beside(payload: Json, errors: Sequence[ErrorRule]) -> str | None:
    """What an error says by its marks around the rows, those in use and the vendor's own; None where there is none."""
    return error_in(payload) or _ruled(payload, errors, rows=False)


def error_in(payload: Json) -> str | None:
    """What an error says that came as data, or None. An object with an id is data even if its status is `error`."""
    if not isinstance(payload, dict) or any(payload.get(key) is not None for key in _IDS):
        return None
    failed = payload.get("ok") is False or payload.get("success") is False
    failed = failed or payload.get("status") == "error" or payload.get("object") == "error"
    told = payload.get("error") or payload.get("errors")
    if not (failed or told):
        return None
    if isinstance(told, list) and told:
        told = told[0]
    if isinstance(told, dict):
        told = told.get("message") or told.get("code") or told
    return one_line(str(payload.get("message") or told or payload))


def error_told(text: str) -> str | None:
    """What a reply says that is an error in plain words, or None: short, and it begins as errors begin.

    Servers send such texts as the result of a call that went well (stripe/agent-toolkit: `Failed to list invoices`).
    """
    return one_line(text) if len(text) <= _LONGEST_ERROR and _ERROR.match(text.strip()) else None


def _ruled(payload: Json, errors: Sequence[ErrorRule], *, rows: bool) -> str | None:
    """What an error says that has one of the vendor's own marks: on the reply, or on all rows of a bare list."""
    around = payload if rows else [payload]
    if not isinstance(around, list) or not around:
        return None
    for rule in errors:
        marks = [dig(each, rule.path.removeprefix(_ROWS)) for each in around]
        if rule.path.startswith(_ROWS) == rows and all(_is_mark(mark, rule.value) for mark in marks):
            first = around[0]
            return one_line(str(first.get("message") or first.get("description") or marks[0]))
    return None


def _is_mark(mark: Json, value: Json) -> bool:
    return bool(mark == value if value is not None else mark not in _NOTHING)


def _by_paths(payload: Json, ways: Sequence[str]) -> Found | None:
    for way in ways:
        if way == "@root" and isinstance(payload, dict):
            return Found(rows=[payload], single=True)
        value = dig(payload, way)
        if isinstance(value, list):
            return _listed(value, () if way == "@root" else tuple(way.split(".")))
    return None


def _by_looking(payload: Json) -> Found:
    if isinstance(payload, list):
        return _listed(payload, ())
    path = _list_in(payload, _DEPTH)
    if path is not None:
        return _listed(dig(payload, ".".join(path)) if len(path) > 1 else payload[path[0]], path)
    if len(payload) == 1 and isinstance(inner := next(iter(payload.values())), dict) and inner:
        return Found(rows=[inner], single=True)
    several = [key for key, value in payload.items() if _objects(value) and value]
    note = (
        f"the reply holds several lists ({', '.join(several[:5])}); it is kept as one row" if len(several) > 1 else ""
    )
    return Found(rows=[payload], single=True, notes=(note,) if note else ())


def _list_in(payload: Record, depth: int) -> tuple[str, ...] | None:
    """The path of the one list of objects in an envelope, or None when the object is a row itself."""
    if not _is_envelope(payload):
        return None
    spoken = len(payload) == 1 or any(key in payload for key in _MARKS)
    for name in _LIST_NAMES:
        if _objects(payload.get(name)) or (spoken and isinstance(payload.get(name), list)):
            return (name,)
    lists = [key for key, value in payload.items() if _objects(value) and key not in _ASIDE]
    filled = [key for key in lists if payload[key]]
    if len(filled or lists) == 1:
        return ((filled or lists)[0],)
    return None if lists or depth == 1 else _list_below(payload, depth - 1)


def _list_below(payload: Record, depth: int) -> tuple[str, ...] | None:
    for key, value in payload.items():
        if isinstance(value, dict) and (key in _LIST_NAMES or len(payload) == 1):
            inner = _list_in(value, depth)
            if inner is not None:
                return (key, *inner)
    return None


def _is_envelope(payload: Record) -> bool:
    """An object with an id of its own is a row that happens to hold a list, unless it also speaks of pages."""
    return not any(key in payload for key in _IDS) or any(key in payload for key in _SURE_MARKS)


def _objects(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _listed(values: list[Json], path: tuple[str, ...]) -> Found:
    if set(map(type, values)) <= {dict}:
        edges = bool(values) and all("node" in each and set(each) <= {"node", "cursor"} for each in values)
        return Found(rows=[each["node"] or {} for each in values] if edges else values, path=path)
    rows = [each if isinstance(each, dict) else {"value": each} for each in values]
    mixed = any(isinstance(each, dict) for each in values)
    return Found(rows=rows, path=path, notes=("rows that are no objects are in the column value",) if mixed else ())
