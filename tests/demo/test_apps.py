"""The demo servers' interfaces, and the tools whose results they show."""

from __future__ import annotations

import re
from typing import Any

import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer
from mcp_types import TextResourceContents

from jupyter_connectors.demo.appfiles import document
from jupyter_connectors.demo.billing import billing_server
from jupyter_connectors.demo.crm import crm_server
from jupyter_connectors.demo.database import Database

from .conftest import DAY
from .talking import answer, refusal, text_of

pytestmark = pytest.mark.anyio

MIME = "text/html;profile=mcp-app"
ADDRESSES = {
    "revenue_dashboard": "ui://acme-billing/revenue-dashboard",
    "pipeline_board": "ui://acme-crm/pipeline-board",
}
PAGES = ("revenue", "pipeline")


@pytest.fixture(autouse=True)
def pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers count "the last twelve months" from the day of their rows."""
    monkeypatch.setenv("JUPYTER_CONNECTORS_TODAY", DAY.isoformat())


@pytest.mark.parametrize("tool", list(ADDRESSES))
async def test_an_interactive_tool_names_a_page_that_is_listed_and_can_be_read(
    billing: MCPServer[Database], crm: MCPServer[Database], tool: str
) -> None:
    async with Client(billing if tool == "revenue_dashboard" else crm) as client:
        assert client.server_capabilities is not None
        assert "io.modelcontextprotocol/ui" in (client.server_capabilities.extensions or {})
        tools = {each.name: each for each in (await client.list_tools()).tools}
        assert tools[tool].meta == {"ui": {"resourceUri": ADDRESSES[tool]}}
        assert tools[tool].annotations is not None and tools[tool].annotations.read_only_hint
        assert [name for name, each in tools.items() if each.meta] == [tool]
        listed = (await client.list_resources()).resources
        assert [(each.uri, each.mime_type) for each in listed] == [(ADDRESSES[tool], MIME)]
        (page,) = (await client.read_resource(ADDRESSES[tool])).contents
    assert page.mime_type == MIME
    assert isinstance(page, TextResourceContents)
    assert page.text.startswith("<!doctype html>")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_complete_in_itself_names_no_host_and_is_small(name: str) -> None:
    page = document(name)
    assert len(page.encode()) < 40_000
    # `https://www.${…}` is a link the person may open; the one other address is the name of SVG's namespace.
    assert set(re.findall(r"\w+://[\w.${}]+", page)) <= {"http://www.w3.org", "https://www.${site}"}
    assert not re.search(r"<link|<script src|@import|url\(|\bfetch\(|XMLHttpRequest|WebSocket|import\(", page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_never_makes_markup_of_text_and_keeps_nothing(name: str) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Storage|cookie", document(name))


@pytest.mark.parametrize("name", PAGES)
def test_the_shared_client_is_in_each_page_whole(name: str) -> None:
    page = document(name)
    assert page.count('ask("ui/initialize"') == page.count("class CallFailed") == 1
    assert page.count("<script>") == page.count("</script>") == 2


async def test_revenue_is_told_for_each_month_and_currency_of_the_last_twelve_months(
    billing: MCPServer[Database], rows: Database
) -> None:
    async with Client(billing) as client:
        report = await answer(client, "revenue_dashboard")
    assert (report["from"], report["until"], report["has_more"]) == ("2025-12-01", "2026-12-01", False)
    assert len(report["data"]) == 48
    assert len({row["id"] for row in report["data"]}) == 48
    assert [row["month"] for row in report["data"]] == sorted(row["month"] for row in report["data"])
    for row in report["data"]:
        assert row["invoiced"] == row["paid"] + row["outstanding"] + row["written_off"]
    counted = rows.row(
        "SELECT count(*), sum(total) FROM invoice WHERE currency = 'jpy' AND status NOT IN ('draft', 'void') "
        "AND created >= unixepoch('2026-02-01') AND created < unixepoch('2026-03-01')"
    )
    february = next(row for row in report["data"] if row["id"] == "2026-02-jpy")
    assert counted is not None and (february["invoices"], february["invoiced"]) == tuple(counted)


async def test_revenue_can_be_narrowed_to_a_year_and_a_currency(billing: MCPServer[Database]) -> None:
    async with Client(billing) as client:
        report = await answer(client, "revenue_dashboard", currency="kwd", year=2025)
        nothing = await answer(client, "revenue_dashboard", year=2010)
    assert {row["currency"] for row in report["data"]} == {"kwd"}
    assert [row["month"] for row in report["data"]] == [f"2025-{month:02}-01" for month in range(1, 13)]
    assert nothing["data"] == []


async def test_the_text_of_the_dashboard_says_the_sums_as_a_person_reads_them(billing: MCPServer[Database]) -> None:
    async with Client(billing) as client:
        result = await client.call_tool("revenue_dashboard", {"currency": "eur"})
    text = text_of(result)
    assert result.structured_content is not None
    total = sum(row["invoiced"] for row in result.structured_content["data"])
    assert f"invoiced {total / 100:,.2f} EUR" in text
    assert text.count("\n- 20") == 12
    assert "USD" not in text


async def test_a_refund_is_in_the_next_reading_of_the_dashboard(own_rows: Database) -> None:
    def refunded(report: dict[str, Any]) -> int:
        return next(row["refunded"] for row in report["data"] if row["id"] == "2026-11-eur")

    async with Client(billing_server(own_rows)) as client:
        before = await answer(client, "revenue_dashboard", currency="eur")
        paid = own_rows.row(
            "SELECT id FROM payment WHERE currency = 'eur' AND status = 'succeeded' "
            "AND NOT EXISTS (SELECT 1 FROM refund WHERE payment = payment.id)"
        )
        assert paid is not None
        await answer(client, "create_refund", payment=paid["id"], amount=100)
        after = await answer(client, "revenue_dashboard", currency="eur")
    assert refunded(after) == refunded(before) + 100


async def test_the_board_lists_what_closes_soonest_and_counts_all(crm: MCPServer[Database], rows: Database) -> None:
    async with Client(crm) as client:
        board = await answer(client, "pipeline_board")
    counted = rows.row("SELECT count(*) FROM opportunity WHERE stage NOT LIKE 'Closed%'")
    assert counted is not None
    assert board["totalSize"] == counted[0] == sum(stage["count"] for stage in board["stages"]) > 200
    assert not board["done"]
    dates = [record["CloseDate"] for record in board["records"]]
    assert dates == sorted(dates) and len(dates) == 200
    assert not any(record["IsClosed"] for record in board["records"])
    assert [stage["StageName"] for stage in board["stages"] if stage["IsClosed"]] == ["Closed Won", "Closed Lost"]


async def test_a_board_of_few_has_them_all_with_their_sums(crm: MCPServer[Database]) -> None:
    async with Client(crm) as client:
        board = await answer(client, "pipeline_board", owner="Lars Hansen", close_date_gte="2026-12-01")
    assert board["done"] and board["totalSize"] == len(board["records"]) > 20
    assert {record["Owner"]["Name"] for record in board["records"]} == {"Lars Hansen"}
    for stage in board["stages"]:
        mine = [record for record in board["records"] if record["StageName"] == stage["StageName"]]
        assert len(mine) == stage["count"]
        for sum_ in stage["amounts"]:
            amounts = [each["Amount"] or 0 for each in mine if each["CurrencyIsoCode"] == sum_["CurrencyIsoCode"]]
            assert sum(amounts) == pytest.approx(sum_["Amount"])


async def test_the_text_of_the_board_owns_up_to_what_is_not_listed(crm: MCPServer[Database]) -> None:
    async with Client(crm) as client:
        text = text_of(await client.call_tool("pipeline_board", {}))
        empty = text_of(await client.call_tool("pipeline_board", {"close_date_lt": "2020-01-01"}))
    assert "open opportunities; the rows are the 200 of them that close soonest." in text
    assert empty == "No open opportunity matches."


async def test_an_owner_nobody_knows_is_an_error_that_names_the_owners(crm: MCPServer[Database]) -> None:
    async with Client(crm) as client:
        assert "Lars Hansen" in await refusal(client, "pipeline_board", owner="Nobody")


async def test_a_moved_opportunity_is_in_its_new_stage_on_the_next_board(own_rows: Database) -> None:
    async with Client(crm_server(own_rows)) as client:
        before = await answer(client, "pipeline_board")
        moved = before["records"][0]
        await answer(client, "update_opportunity", id=moved["Id"], stage_name="Closed Won")
        after = await answer(client, "pipeline_board")
    assert after["totalSize"] == before["totalSize"] - 1
    assert moved["Id"] not in {record["Id"] for record in after["records"]}
