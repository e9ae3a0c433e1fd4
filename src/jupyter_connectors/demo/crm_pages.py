"""Pages of acme-crm: a query, its `totalSize`, and an address for the records that follow."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError

from .crm_records import Record, account_record, contact_record, opportunity_record, task_record
from .database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """An object of the CRM: the view its rows come from and how a row becomes a record."""

    name: str
    view: str
    make: Callable[[sqlite3.Row], Record]


ACCOUNT = Kind(name="Account", view="accounts", make=account_record)
OPPORTUNITY = Kind(name="Opportunity", view="opportunities", make=opportunity_record)
CONTACT = Kind(name="Contact", view="contacts", make=contact_record)
TASK = Kind(name="Task", view="activities", make=task_record)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    """What was asked for, and how far it has been answered."""

    conditions: list[str]
    values: list[Any]
    batch: int
    after: int = -1
    """The `seq` of the last record answered."""

    delivered: int = 0
    total: int | None = None
    """How many match; None on the first page, where they are not counted yet."""


def existing(rows: Database, kind: Kind, key: str) -> Record:
    """The record with this id.

    Raises:
        ToolError: There is none.
    """
    found = rows.row(f"SELECT * FROM {kind.view} WHERE id = ?", [key])
    if found is None:
        raise ToolError(f"NOT_FOUND: no {kind.name} has the Id {key!r}. Use the 18-character Id from a list or search.")
    return kind.make(found)


def page(
    rows: Database, kind: Kind, where: Mapping[str, Any], *, batch: int, next_records_url: str | None
) -> dict[str, Any]:
    """A page of the query as Salesforce answers it; `nextRecordsUrl` is absent on the last one.

    Args:
        where: SQL conditions and their values, a list where a condition has several `?`; None does not count.
        next_records_url: Goes on with an earlier query, whose conditions and batch size then count alone.

    Raises:
        ToolError: The address is not one of ours.
    """
    if next_records_url is not None:
        return _answered(rows, kind, _continued(rows, kind, next_records_url))
    given = {sql: value for sql, value in where.items() if value is not None}
    values = [each for value in given.values() for each in (value if isinstance(value, list) else [value])]
    return _answered(rows, kind, _Query(conditions=list(given), values=values, batch=batch))


def _answered(rows: Database, kind: Kind, query: _Query) -> dict[str, Any]:
    matching = " AND ".join(["TRUE", *query.conditions])
    total = query.total
    if total is None:
        counted = rows.row(f"SELECT count(*) FROM {kind.view} WHERE {matching}", query.values)
        total = counted[0] if counted else 0
    sql = f"SELECT * FROM {kind.view} WHERE {matching} AND seq > ? ORDER BY seq LIMIT ?"
    found = rows.rows(sql, [*query.values, query.after, query.batch + 1])
    records = [kind.make(row) for row in found[: query.batch]]
    done = len(found) <= query.batch
    result: dict[str, Any] = {"totalSize": total, "done": done}
    if not done:
        last, delivered = found[query.batch - 1]["seq"], query.delivered + len(records)
        result["nextRecordsUrl"] = _remembered(rows, kind, query, after=last, delivered=delivered, total=total)
    return result | {"records": records}


def _remembered(rows: Database, kind: Kind, query: _Query, *, after: int, delivered: int, total: int) -> str:
    """An address under which any process of this user can go on with the query after that record."""
    text = json.dumps({"conditions": query.conditions, "values": query.values, "batch": query.batch})
    # The position is part of the name: where records come and go, the same query reaches another record by then.
    digest = hashlib.sha256(f"{kind.name} {text} {after} {total}".encode()).hexdigest().upper()
    url = f"/services/data/v62.0/query/01g{digest[:15]}-{delivered}"
    with rows.changing() as connection:
        sql = "INSERT OR IGNORE INTO locator VALUES (?, ?, ?, ?, ?, ?)"
        connection.execute(sql, [url, kind.name, text, after, delivered, total])
    return url


def _continued(rows: Database, kind: Kind, url: str) -> _Query:
    found = rows.row("SELECT * FROM locator WHERE url = ? AND object = ?", [url, kind.name])
    if found is None:
        raise ToolError(
            f"INVALID_QUERY_LOCATOR: {url!r} continues no {kind.name} query. Pass the nextRecordsUrl of the answer "
            "before to the same tool, or nothing for the first page."
        )
    return _Query(
        **json.loads(found["query"]), after=found["after"], delivered=found["delivered"], total=found["total"]
    )
