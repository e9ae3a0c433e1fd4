"""Paging where no shape is known: the marks that envelopes in use carry, and the arguments that go with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jupyter_connectors.frames.forms import Paging
from jupyter_connectors.frames.records import dig
from jupyter_connectors.models import Json

_MORE = (
    *("has_more", "hasMore", "hasNextPage", "has_next_page", "pageInfo.hasNextPage", "page_info.has_next_page"),
    *("pagination.has_more", "pagination.hasMore", "meta.has_more", "more", "truncated", "is_truncated", "isTruncated"),
)
_DONE = ("done", "isLast", "is_last", "last")
_TOTAL = (
    *("total_count", "totalCount", "totalSize", "total", "total_results", "totalResults", "totalItemCount"),
    *("pagination.total", "meta.total", "page.total"),
)
_LOWERS = ("incomplete_results", "incompleteSearch", "truncated", "is_truncated", "isTruncated")
_REMAINING = ("remainingCount", "remaining_count", "pageInfo.remainingCount")
_AFTER = ("after", "cursor", "start_cursor", "starting_after")
_TOKEN = ("page_token", "pageToken", "next_page_token", "nextPageToken", "cursor")
_CURSORS: Mapping[str, tuple[str, ...]] = {
    "pageInfo.endCursor": _AFTER,
    "page_info.end_cursor": _AFTER,
    "paging.next.after": _AFTER,
    "pages.next.starting_after": ("starting_after",),
    "next_cursor": ("cursor", "start_cursor", "next_cursor", "after", "page_token"),
    "nextCursor": ("cursor", "nextCursor", "start_cursor", "after"),
    "response_metadata.next_cursor": ("cursor",),
    "pagination.next_cursor": ("cursor", "next_cursor", "after"),
    "meta.next_cursor": ("cursor", "next_cursor", "after"),
    "next_page_token": _TOKEN,
    "nextPageToken": _TOKEN,
    "nextRecordsUrl": ("next_records_url", "nextRecordsUrl", "query_locator", "queryLocator", "next_url"),
    "next_page.offset": ("offset",),
    "next_page": ("page", "next_page", "cursor"),
    "nextPage": ("page", "nextPage", "cursor"),
    "endCursor": _AFTER,
    "end_cursor": _AFTER,
    "cursor": ("cursor", "after"),
    "next": ("cursor", "next", "after"),
}


def guess(payload: Json, path: tuple[str, ...], parameters: Mapping[str, Json], *, csv: bool = False) -> Paging:
    """How the listing in `payload` goes on, by its marks and by the names of the tool's parameters.

    Marks are looked for beside the list at `path` and in every object around it. Where nothing is recognised the
    answer is a `Paging` that says nothing.
    """
    holders = [".".join(path[:depth]) for depth in range(max(len(path) - 1, 0), -1, -1)]
    more = _find(payload, holders, _MORE, bool)
    done = "" if more else _find(payload, holders, _DONE, bool)
    total = _find(payload, holders, _TOTAL, int)
    lowers = _find(payload, holders, _LOWERS, bool)
    remaining = _find(payload, holders, _REMAINING, int)
    cursor, param = _cursor(payload, holders, parameters)
    if not cursor and csv and "cursor" in parameters:  # the last row of a CSV page may carry the cursor
        return Paging(cursor="@last:cursor", param="cursor", more=more, total=total, absent_done=True)
    if not param and (more or done or total):
        counted, counter = _counter(payload, parameters, last_id=bool(more or done))
        cursor, param = (counted, counter) if counter else (cursor, "")
    first = _first_page(payload, holders, parameters.get(param)) if cursor == "@page" else 1
    seen = Paging(more=more, done=done, total=total, remaining=remaining, lowers=lowers)
    return replace(seen, cursor=cursor, param=param, first=first)


def _find(payload: Json, holders: list[str], names: tuple[str, ...], kind: type) -> str:
    for holder in holders:
        for name in names:
            path = f"{holder}.{name}" if holder else name
            value = dig(payload, path)
            if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
                return path
    return ""


def _cursor(payload: Json, holders: list[str], parameters: Mapping[str, Json]) -> tuple[str, str]:
    """The path of the next cursor and the parameter that takes it, `""` where the tool has none."""
    for holder in holders:
        around = dig(payload, holder) if holder else payload
        for name, takers in _CURSORS.items():
            top, _, below = name.partition(".")
            there = isinstance(around, dict) and top in around
            if there and (isinstance(around[top], str | int | None) if not below else isinstance(around[top], dict)):
                param = next((each for each in takers if each in parameters), "")
                return f"{holder}.{name}" if holder else name, param
    return "", ""


def _counter(payload: Json, parameters: Mapping[str, Json], *, last_id: bool) -> tuple[str, str]:
    """Paging by the last id, by page number or by offset, where the tool has the parameter for it."""
    if last_id and "starting_after" in parameters:
        return "@last:id", "starting_after"
    for name in ("offset", "start_at", "startAt", "skip"):
        if _counts(parameters.get(name)):
            return "@offset", name
    for name in ("page", "page_number", "pageNumber"):
        if _counts(parameters.get(name)):
            return "@page", name
    return "", ""


def _first_page(payload: Json, holders: list[str], schema: Json) -> int:
    """The number of the page that came for no number: what the reply calls it, else the parameter's default, else 1."""
    echo = _find(payload, holders, ("page", "pageNumber", "page_number", "current_page", "currentPage"), int)
    told = dig(payload, echo) if echo else None
    for number in (told, schema.get("default"), schema.get("minimum")):
        if isinstance(number, int):
            return number
    return 1


def _counts(schema: Json) -> bool:
    return isinstance(schema, dict) and schema.get("type") in ("integer", "number")
