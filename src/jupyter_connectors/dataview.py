"""What a notebook holds from connectors: frames and results by name, with rows, completeness and age. Looks at no value."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_connectors.text import visible

if TYPE_CHECKING:
    from jupyter_connectors.frames.result import Result

_KEY = "connector"
_MOST = 500
_SOURCES = 20


def held(namespace: Mapping[str, object]) -> list[dict[str, Any]]:
    """The frames and results in a namespace that come from connectors, the newest first.

    It imports nothing: where pandas was never loaded there is no frame.
    """
    found = [
        told for name, value in list(namespace.items()) if not name.startswith("_") and (told := _told(name, value))
    ]
    return sorted(found, key=lambda each: str(each["fetched_at"]), reverse=True)[:_MOST]


def _told(name: str, value: object) -> dict[str, Any] | None:
    if _is(value, "pandas", "DataFrame"):
        return _frame(name, value)
    if _is(value, "jupyter_connectors.frames.result", "Result"):
        return _result(name, value)  # type: ignore[arg-type]  # looked at just now
    return None


def _is(value: object, module: str, kind: str) -> bool:
    known = getattr(sys.modules.get(module), kind, None)
    # A proxy says what it stands for only by making it.
    return known is not None and issubclass(type(value), known)


def _frame(name: str, frame: Any) -> dict[str, Any] | None:
    told = frame.attrs.get(_KEY)
    if not isinstance(told, Mapping):
        return None
    rows, columns = frame.shape
    return {
        "name": name,
        "type": "frame",
        "sources": list(dict.fromkeys(_sources(told)))[:_SOURCES],
        "list": visible(str(told.get("list", ""))),
        "rows": rows,
        "fetched": told["rows_fetched"] if isinstance(told.get("rows_fetched"), int) else None,
        "columns": columns,
        "complete": _verdict(told.get("complete")),
        "completeness": visible(str(told.get("completeness", ""))),
        "fetched_at": _instant(told),
    }


def _result(name: str, result: Result) -> dict[str, Any] | None:
    if not result.tabular:
        return None
    verdict, call = result.completeness, result.call
    # Asking a result for its columns may mean to read all its rows; a frame that was built has them.
    built = result.__dict__.get("df")
    return {
        "name": name,
        "type": "result",
        "sources": [visible(f"{call.connector} · {call.tool}")],
        "list": "",
        "rows": verdict.rows,
        "fetched": verdict.rows,
        "columns": None if built is None else built.shape[1],
        "complete": {"complete": True, "partial": False}.get(verdict.state),
        "completeness": visible(verdict.line),
        "fetched_at": result.fetched_at,
    }


def _sources(told: Mapping[str, Any]) -> Iterator[str]:
    """`acme-billing · list_invoices`; those of every table for what SQL made."""
    for each in _tables(told):
        if each.get("connector"):
            yield visible(f"{each['connector']} · {each.get('tool', '')}")


def _instant(told: Mapping[str, Any]) -> str:
    """When it was fetched; of several sources the oldest, which is how old the whole is."""
    return min((str(each["fetched_at"]) for each in _tables(told) if each.get("fetched_at")), default="")


def _tables(told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    within = told.get("sources")
    if not isinstance(within, Mapping):
        yield told
        return
    for each in within.values():
        if isinstance(each, Mapping):
            yield from _tables(each)


def _verdict(told: object) -> bool | None:
    return told if isinstance(told, bool) else None
