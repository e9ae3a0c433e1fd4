"""Pages of acme-billing: newest first, each starting after the last object of the one before."""

from __future__ import annotations

import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError

from .database import Database

Key = tuple[int, str]
"""Created and id: the order of every list."""

_NOUNS = {"payment": "payment_intent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows, and whether others follow."""

    rows: list[sqlite3.Row]
    has_more: bool

    @property
    def token(self) -> str | None:
        """The `next_page` of a search; None on the last page."""
        if not self.has_more:
            return None
        last = self.rows[-1]
        return urlsafe_b64encode(f"{last['created']}:{last['id']}".encode()).decode()


def existing(rows: Database, table: str, key: str) -> sqlite3.Row:
    """The row with this id.

    Raises:
        ToolError: There is none.
    """
    found = rows.row(f"SELECT * FROM {table} WHERE id = ?", [key])
    if found is None:
        raise ToolError(f"No such {_NOUNS.get(table, table)}: {key!r}. Use an id from the matching list tool.")
    return found


def page_after(rows: Database, table: str, where: Mapping[str, Any], *, limit: int, starting_after: str | None) -> Page:
    """The page after the object with the id `starting_after`, or the first one.

    Args:
        where: SQL conditions with one `?` each and their values; those with the value None do not count.

    Raises:
        ToolError: No object has that id.
    """
    after: Key | None = None
    if starting_after is not None:
        last = existing(rows, table, starting_after)
        after = (last["created"], last["id"])
    given = {sql: value for sql, value in where.items() if value is not None}
    return _page(rows, table, list(given), list(given.values()), limit=limit, after=after)


def searched(
    rows: Database, table: str, clauses: Sequence[tuple[str, Sequence[Any]]], *, limit: int, page: str | None
) -> tuple[Page, int]:
    """The page a `next_page` token stands for, or the first one, and the number of all matches.

    Raises:
        ToolError: The token is not one of ours.
    """
    conditions = [sql for sql, _ in clauses]
    values = [value for _, many in clauses for value in many]
    counted = rows.row(f"SELECT count(*) FROM {table} {_where(conditions)}", values)
    found = _page(rows, table, conditions, values, limit=limit, after=None if page is None else _decoded(page))
    return found, counted[0] if counted else 0


def _page(
    rows: Database, table: str, conditions: list[str], values: list[Any], *, limit: int, after: Key | None
) -> Page:
    if after is not None:
        conditions, values = [*conditions, "(created, id) < (?, ?)"], [*values, *after]
    sql = f"SELECT * FROM {table} {_where(conditions)} ORDER BY created DESC, id DESC LIMIT ?"
    found = rows.rows(sql, [*values, limit + 1])
    return Page(rows=found[:limit], has_more=len(found) > limit)


def _where(conditions: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _decoded(token: str) -> Key:
    try:
        created, _, key = urlsafe_b64decode(token.encode()).decode().partition(":")
        return int(created), key
    except ValueError:
        pass
    raise ToolError(
        f"{token!r} is not a page. Pass the `next_page` of the answer before, or nothing for the first page."
    )
