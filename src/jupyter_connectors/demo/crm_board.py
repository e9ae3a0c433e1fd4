"""The board of acme-crm: open opportunities by stage, and the interface that shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, TextContent
from pydantic import Field

from . import crm_shapes as shapes
from .crm_records import CLOSED, opportunity_record
from .database import Database
from .seed_crm import STAGES
from .tooling import Ctx, database, reading

ADDRESS = "ui://acme-crm/pipeline-board"

Row = dict[str, Any]

_CARDS = 200
"""How many opportunities a board has at most."""

_TOLD = 12
"""How many of them the text names."""


async def pipeline_board(
    ctx: Ctx,
    owner: Annotated[str | None, Field(description="Only opportunities of this owner: the full name.")] = None,
    close_date_gte: Annotated[date | None, Field(description="Expected to close on this day or later.")] = None,
    close_date_lt: Annotated[date | None, Field(description="Expected to close before this day.")] = None,
) -> Annotated[CallToolResult, shapes.Board]:
    """Shows open sales opportunities by stage, with an interactive board to move them where there is a place for one.
    At most the 200 that close soonest are listed; `totalSize` and the stages count all. `Amount` is in major units of
    `CurrencyIsoCode` and may be null."""
    rows = database(ctx)
    owners = [each["name"] for each in rows.rows("SELECT name FROM owner ORDER BY name")]
    if owner is not None and owner not in owners:
        raise ToolError(f"Nobody here is called {owner!r}. The owners are {', '.join(owners)}.")
    where = {
        "owner_name = ?": owner,
        "close_date >= ?": close_date_gte and close_date_gte.isoformat(),
        "close_date < ?": close_date_lt and close_date_lt.isoformat(),
    }
    board = _board(rows, where) | {"owners": owners}
    return CallToolResult(content=[TextContent(type="text", text=_text(board))], structured_content=board)


def board_tool() -> Tool:
    """The tool whose result the board shows."""
    return reading(pipeline_board, "Pipeline board", interface=ADDRESS)


def _board(rows: Database, where: Mapping[str, Any]) -> Row:
    given = {sql: value for sql, value in where.items() if value is not None}
    matching = " AND ".join(["stage NOT IN (?, ?)", *given])
    values = [*CLOSED, *given.values()]
    sums = f"SELECT stage, currency, count(*) AS n, sum(amount) AS amount FROM opportunities WHERE {matching} GROUP BY 1, 2"
    counted = rows.rows(sums, values)
    listed = f"SELECT * FROM opportunities WHERE {matching} ORDER BY close_date, seq LIMIT ?"
    found = rows.rows(listed, [*values, _CARDS])
    total = sum(each["n"] for each in counted)
    return {
        "totalSize": total,
        "done": total == len(found),
        "stages": [_stage(name, [each for each in counted if each["stage"] == name]) for name in STAGES],
        "records": [opportunity_record(row) for row in found],
    }


def _stage(name: str, counted: list[Any]) -> Row:
    return {
        "StageName": name,
        "Probability": float(STAGES[name]),
        "IsClosed": name in CLOSED,
        "count": sum(each["n"] for each in counted),
        "amounts": [
            {"CurrencyIsoCode": each["currency"], "Amount": round(each["amount"], 2)}
            for each in counted
            if each["amount"] is not None
        ],
    }


def _text(board: Row) -> str:
    """The board for who reads it: the stages, then what closes soonest."""
    records: list[Row] = board["records"]
    if not records:
        return "No open opportunity matches."
    shown = "all of them" if board["done"] else f"the {len(records)} of them that close soonest"
    lines = [f"{board['totalSize']:,} open opportunities; the rows are {shown}.", "", "By stage:"]
    lines += [_line(each) for each in board["stages"] if each["count"]]
    lines += ["", "Closing soonest:"]
    for each in records[:_TOLD]:
        amount = "no amount" if each["Amount"] is None else f"{each['Amount']:,.2f} {each['CurrencyIsoCode']}"
        lines.append(f"- {each['CloseDate']}: {each['Name']}, {amount}, {each['StageName']} ({each['Owner']['Name']})")
    return "\n".join(lines)


def _line(stage: Row) -> str:
    amounts = " + ".join(f"{each['Amount']:,.2f} {each['CurrencyIsoCode']}" for each in stage["amounts"])
    return f"- {stage['StageName']} ({stage['Probability']:.0f} %): {stage['count']:,}, {amounts or 'no amounts'}"
