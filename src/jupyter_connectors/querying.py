"""SQL over what the notebook holds: which tables a query means, and where its rows come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

import jupyter_connectors.frames.accessor  # noqa: F401 - it gives frames their `.connector`
from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.sql import run_sql_async
from jupyter_connectors.frames.sublists import told_of
from jupyter_connectors.frames.table import Table
from jupyter_connectors.models import Json
from jupyter_connectors.session import Session
from jupyter_connectors.text import plural, visible

_KEY = "connector"


def query_tables(session: Session, query: str, given: Mapping[str, object], *, timeout: float) -> pd.DataFrame:
    """The rows of one SELECT over the notebook's frames and results and those given.

    Raises:
        UsageProblem: not one SELECT, DuckDB refuses it, or what is given is no table.
        TimedOut, Cancelled: as their names say.
    """
    for name, value in given.items():
        if not isinstance(value, pd.DataFrame | Result):
            raise UsageProblem(f"{name} is no DataFrame and no Result", hint="see what it is: type(...)")
    held = session.shell.user_ns if session.shell is not None else {}
    tables, sources = _meant(query, {**held, **given})
    frame = session.runtime.run(run_sql_async(query, tables, seconds=timeout, row_limit=None))
    if sources:
        frame.attrs[_KEY] = joined(query, sources)
    return frame


def joined(query: str, sources: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
    """The provenance of rows made of several tables: complete only if all of them are."""
    states = {name: source.get("complete") for name, source in sources.items()}
    doubtful = [f"{name} is {sources[name].get('completeness')}" for name, state in states.items() if state is not True]
    return {
        "sql": query.strip(),
        "sources": {name: dict(source) for name, source in sources.items()},
        "complete": False if False in states.values() else None if doubtful else True,
        "completeness": "; ".join(doubtful) or f"complete: made of {plural(len(sources), 'complete table')}",
    }


def warning(frame: pd.DataFrame) -> str:
    """What to say of a frame made of tables that are not known to be complete; nothing else."""
    told: dict[str, Any] = frame.attrs.get(_KEY, {})
    return "" if told.get("complete", True) is True else f"⚠ {visible(str(told['completeness']))}"


def _meant(
    query: str, namespace: Mapping[str, object]
) -> tuple[dict[str, pd.DataFrame | Table], dict[str, dict[str, Json]]]:
    """The tables whose names stand in the query, and where those that came from a connector come from."""
    words = {word.casefold() for word in re.findall(r"\w+", query)}
    tables: dict[str, pd.DataFrame | Table] = {}
    sources: dict[str, dict[str, Json]] = {}
    for name, value in namespace.items():
        if isinstance(value, pd.DataFrame) and name.casefold() in words:
            tables[name] = value
            if isinstance(told := value.attrs.get(_KEY), dict):
                sources[name] = {key: str(each) if key == "call" else each for key, each in told.items()}
        elif isinstance(value, Result) and value.tabular:
            found = {name: value.tables.whole} if name.casefold() in words else {}
            found |= {f"{name}_{child}": table for child, table in _children(name, value, words).items()}
            tables |= {each: table for each, table in found.items() if each == name or each not in namespace}
            sources |= {
                each: value.provenance() | told_of(table.sheet.rows, table.sheet.cut) for each, table in found.items()
            }
    return tables, sources


def _children(name: str, result: Result, words: set[str]) -> dict[str, Table]:
    if not any(word.startswith(f"{name.casefold()}_") for word in words):
        return {}
    return {child: table for child, table in result.tables.children().items() if f"{name}_{child}".casefold() in words}
