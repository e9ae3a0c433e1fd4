"""The dashboard of acme-billing: revenue by month and currency, and the interface that shows it."""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, TextContent
from pydantic import Field

from . import billing_shapes as shapes
from .database import Database
from .money import written
from .tooling import Ctx, database, reading

ADDRESS = "ui://acme-billing/revenue-dashboard"

Row = dict[str, Any]

_MONTHS = 12
_SUMS = ("invoices", "invoiced", "paid", "outstanding", "written_off", "refunded")

_INVOICED = """
SELECT strftime('%Y-%m-01', created, 'unixepoch') AS month, currency, count(*) AS invoices, sum(total) AS invoiced,
  sum(amount_paid) AS paid, sum(iif(status = 'open', total - amount_paid, 0)) AS outstanding,
  sum(iif(status = 'uncollectible', total - amount_paid, 0)) AS written_off
FROM invoice WHERE status NOT IN ('draft', 'void') AND created >= ? AND created < ? GROUP BY month, currency
"""
_REFUNDED = """
SELECT strftime('%Y-%m-01', created, 'unixepoch') AS month, currency, sum(amount) AS refunded
FROM refund WHERE created >= ? AND created < ? GROUP BY month, currency
"""


async def revenue_dashboard(
    ctx: Ctx,
    currency: Annotated[
        Literal["usd", "eur", "jpy", "kwd"] | None, Field(description="Only this currency; leave out for all of them.")
    ] = None,
    year: Annotated[
        int | None,
        Field(ge=2000, le=2100, description="Only this calendar year (UTC); leave out for the last twelve months."),
    ] = None,
) -> Annotated[CallToolResult, shapes.RevenueReport]:
    """Shows revenue by month and currency: invoiced, paid, outstanding, written off and refunded, with an interactive
    dashboard where there is a place for one. Amounts are integer minor units (cents; JPY has none, KWD three digits);
    drafts and void invoices do not count."""
    rows = database(ctx)
    first, end = _span(rows, year)
    found = _months(rows, first, end, currency)
    report = {
        "object": "revenue_report",
        "from": first.isoformat(),
        "until": end.isoformat(),
        "as_of": rows.now(),
        "data": found,
        "has_more": False,
    }
    return CallToolResult(content=[TextContent(type="text", text=_text(report))], structured_content=report)


def dashboard_tool() -> Tool:
    """The tool whose result the dashboard shows."""
    return reading(revenue_dashboard, "Revenue dashboard", interface=ADDRESS)


def _span(rows: Database, year: int | None) -> tuple[date, date]:
    """The first day that counts, and the first that does not any more."""
    if year is not None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    today = datetime.fromtimestamp(rows.now(), UTC)
    last = today.year * 12 + today.month - 1
    return _month(last - _MONTHS + 1), _month(last + 1)


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _months(rows: Database, first: date, end: date, currency: str | None) -> list[Row]:
    """A row for every month and currency in which something was invoiced or refunded."""
    between = [timegm(first.timetuple()), timegm(end.timetuple())]
    found: dict[tuple[str, str], Row] = {}
    for sql in (_INVOICED, _REFUNDED):
        for each in rows.rows(sql, between):
            month, code = each["month"], each["currency"]
            empty = {"id": f"{month[:7]}-{code}", "month": month, "currency": code} | dict.fromkeys(_SUMS, 0)
            found.setdefault((month, code), empty).update(each)
    return [row for (_, code), row in sorted(found.items()) if currency in (None, code)]


def _text(report: Row) -> str:
    """The report for who reads it: the sums of each currency, then every month."""
    data: list[Row] = report["data"]
    head = (
        f"Revenue by month (UTC) from {report['from']} to before {report['until']}, drafts and void invoices left out."
    )
    codes = sorted({row["currency"] for row in data})
    if not codes:
        return f"{head}\nNothing was invoiced or refunded then."
    lines = [head, "", "In all:"]
    for code in codes:
        mine = [row for row in data if row["currency"] == code]
        lines.append(_line(code.upper(), {name: sum(row[name] for row in mine) for name in _SUMS}, code))
    return "\n".join([*lines, "", "By month:", *(_line(row["month"][:7], row, row["currency"]) for row in data)])


def _line(name: str, row: Row, code: str) -> str:
    told = ", ".join(f"{each.replace('_', ' ')} {written(row[each], code)}" for each in _SUMS[1:] if row[each])
    return f"- {name}: {row['invoices']:,} invoices, {told}"
