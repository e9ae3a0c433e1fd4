"""acme-billing answers as Stripe does."""

from __future__ import annotations

import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer

from jupyter_connectors.demo.billing import billing_server
from jupyter_connectors.demo.database import Database

from .talking import answer, refusal, unchecked

pytestmark = pytest.mark.anyio


async def test_paging_meets_all_forty_thousand_invoices_once_and_the_newest_first(billing: MCPServer[Database]) -> None:
    seen: list[str] = []
    created: list[int] = []
    currencies: set[str] = set()
    after: dict[str, str] = {}
    async with Client(billing) as client:
        more = True
        while more:
            page = await unchecked(client, "list_invoices", limit=100, **after)
            seen += [invoice["id"] for invoice in page["data"]]
            created += [invoice["created"] for invoice in page["data"]]
            currencies |= {invoice["currency"] for invoice in page["data"]}
            after, more = {"starting_after": seen[-1]}, page["has_more"]
            assert len(page["data"]) == 100
    assert len(seen) == len(set(seen)) == 40_000
    assert created == sorted(created, reverse=True)
    assert currencies == {"usd", "eur", "jpy", "kwd"}


async def test_a_page_is_a_stripe_list_of_ten_by_default(billing: MCPServer[Database]) -> None:
    async with Client(billing) as client:
        page = await answer(client, "list_invoices")
        assert {key: page[key] for key in page if key != "data"} == {
            "object": "list",
            "has_more": True,
            "url": "/v1/invoices",
        }
        assert len(page["data"]) == 10
        for invoice in page["data"]:
            assert invoice["object"] == "invoice"
            assert invoice["lines"]["object"] == "list"
            assert sum(line["amount"] for line in invoice["lines"]["data"]) == invoice["subtotal"]
            assert invoice["amount_remaining"] == invoice["amount_due"] - invoice["amount_paid"]


async def test_what_is_null_is_on_the_wire_as_null(billing: MCPServer[Database]) -> None:
    async with Client(billing) as client:
        page = await answer(client, "list_invoices", status="draft")
        assert page["data"][0]["due_date"] is None
        assert page["data"][0]["status_transitions"]["paid_at"] is None


@pytest.mark.parametrize("tool", ["list_customers", "list_payments", "list_refunds", "list_subscriptions"])
async def test_every_list_pages_to_its_end(billing: MCPServer[Database], rows: Database, tool: str) -> None:
    table = tool.removeprefix("list_").removesuffix("s")
    after: dict[str, object] = {}
    recent = {"created_gte": 1_790_000_000}
    seen: list[str] = []
    async with Client(billing) as client:
        more = True
        while more:
            page = await answer(client, tool, limit=100, **recent, **after)
            seen += [each["id"] for each in page["data"]]
            after, more = {"starting_after": seen[-1]}, page["has_more"]
    expected = rows.rows(f"SELECT id FROM {table} WHERE created >= 1790000000 ORDER BY created DESC, id DESC")
    assert seen == [row["id"] for row in expected]


async def test_the_filters_of_list_invoices_are_obeyed_together(billing: MCPServer[Database]) -> None:
    since, until = 1_793_000_000, 1_795_000_000
    async with Client(billing) as client:
        page = await answer(
            client, "list_invoices", status="open", due_date_gte=since, due_date_lt=until, created_lt=since, limit=100
        )
    assert page["data"]
    for invoice in page["data"]:
        assert invoice["status"] == "open"
        assert since <= invoice["due_date"] < until
        assert invoice["created"] < since


async def test_expanding_puts_the_object_where_the_id_was(billing: MCPServer[Database]) -> None:
    async with Client(billing) as client:
        plain = await answer(client, "list_invoices", status="paid", limit=50)
        whole = await answer(
            client, "list_invoices", status="paid", limit=50, expand=["data.customer", "data.payment_intent"]
        )
        for before, after in zip(plain["data"], whole["data"], strict=True):
            assert after["customer"]["id"] == before["customer"]
            assert after["customer"] == await answer(client, "get_customer", id=before["customer"])
            paid = after["payment_intent"]
            assert (paid and paid["id"]) == before["payment_intent"]
        one = await answer(client, "get_invoice", id=plain["data"][0]["id"], expand=["customer"])
        assert one == plain["data"][0] | {"customer": whole["data"][0]["customer"]}


async def test_a_search_joins_its_clauses_and_counts_all_matches(billing: MCPServer[Database], rows: Database) -> None:
    query = 'status:"open" AND currency:"eur" AND total>100000 AND -collection_method:"x"'
    async with Client(billing) as client:
        assert "cannot be read" in await refusal(client, "search_invoices", query=query)
        query = 'status:"open" AND currency:"eur" AND total>100000 AND -metadata["po_number"]~"PO-1"'
        seen: list[str] = []
        page: dict[str, str] = {}
        while True:
            found = await answer(client, "search_invoices", query=query, limit=100, **page)
            seen += [each["id"] for each in found["data"]]
            if not found["has_more"]:
                break
            page = {"page": found["next_page"]}
        assert found["next_page"] is None
        assert found["object"] == "search_result"
    expected = rows.rows(
        "SELECT id FROM invoice WHERE status = 'open' AND currency = 'eur' AND total > 100000 "
        "AND instr(metadata, 'PO-1') = 0"
    )
    assert sorted(seen) == sorted(row["id"] for row in expected)
    assert found["total_count"] == len(seen) > 100


async def test_customers_are_found_by_a_part_of_their_name(billing: MCPServer[Database]) -> None:
    async with Client(billing) as client:
        found = await answer(client, "search_customers", query='name~"robotics" AND created<1795000000', limit=100)
        assert found["total_count"] == len(found["data"]) > 5
        assert all("Robotics" in each["name"] for each in found["data"])


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("get_invoice", {"id": "in_nope"}, "No such invoice: 'in_nope'"),
        ("list_invoices", {"starting_after": "in_nope"}, "No such invoice"),
        ("list_invoices", {"customer": "cus_nope"}, "No such customer"),
        ("list_refunds", {"payment": "pi_nope"}, "No such payment_intent"),
        ("list_invoices", {"limit": 101}, "less than or equal to 100"),
        ("search_invoices", {"query": "status"}, "cannot be read"),
        ("search_invoices", {"query": 'total:"much"'}, "compared with an integer"),
        ("search_invoices", {"query": "total>1", "page": "nope"}, "is not a page"),
    ],
)
async def test_what_does_not_exist_is_an_error_that_says_what_to_do(
    billing: MCPServer[Database], tool: str, arguments: dict[str, object], said: str
) -> None:
    async with Client(billing) as client:
        assert said in await refusal(client, tool, **arguments)


async def test_refunds_stop_at_what_is_left_of_the_payment(own_rows: Database) -> None:
    sql = "SELECT * FROM payment WHERE currency = 'kwd' AND amount_received > 1000 AND id NOT IN (SELECT payment FROM refund)"
    paid = own_rows.rows(sql)[0]
    async with Client(billing_server(own_rows)) as client:
        first = await answer(client, "create_refund", payment=paid["id"], amount=400, reason="duplicate")
        assert (first["amount"], first["currency"], first["reason"]) == (400, "kwd", "duplicate")
        left = paid["amount_received"] - 400
        text = await refusal(client, "create_refund", payment=paid["id"], amount=left + 1)
        assert f"{left} in minor units" in text
        rest = await answer(client, "create_refund", payment=paid["id"])
        assert rest["amount"] == left
        assert "Nothing is left" in await refusal(client, "create_refund", payment=paid["id"])
        listed = await answer(client, "list_refunds", payment=paid["id"])
        assert {each["id"] for each in listed["data"]} == {first["id"], rest["id"]}


async def test_a_failed_payment_cannot_be_refunded(own_rows: Database) -> None:
    failed = own_rows.rows("SELECT id FROM payment WHERE status != 'succeeded'")[0]["id"]
    async with Client(billing_server(own_rows)) as client:
        assert "requires_payment_method" in await refusal(client, "create_refund", payment=failed)


async def test_a_reminder_is_a_draft_that_is_never_sent(own_rows: Database) -> None:
    due = own_rows.rows("SELECT * FROM invoice WHERE status = 'open' AND currency = 'jpy' AND due_date < 1790000000")[0]
    async with Client(billing_server(own_rows)) as client:
        draft = await answer(client, "draft_reminder", invoice=due["id"], tone="final")
        assert draft["sent"] is False
        assert "cannot send" in draft["note"]
        assert draft["to"].endswith(".example")
        assert f"{due['total']:,} JPY" in draft["body"]
        assert own_rows.rows("SELECT id FROM reminder")[0]["id"] == draft["id"]
        paid = own_rows.rows("SELECT id FROM invoice WHERE status = 'paid'")[0]["id"]
        assert "nothing to remind of" in await refusal(client, "draft_reminder", invoice=paid)


async def test_only_drafts_can_be_deleted(own_rows: Database) -> None:
    draft = own_rows.rows("SELECT id FROM invoice WHERE status = 'draft'")[0]["id"]
    sent = own_rows.rows("SELECT id FROM invoice WHERE status = 'open'")[0]["id"]
    async with Client(billing_server(own_rows)) as client:
        assert "only drafts" in await refusal(client, "delete_draft_invoice", id=sent)
        gone = await answer(client, "delete_draft_invoice", id=draft)
        assert gone == {"id": draft, "object": "invoice", "deleted": True}
        assert "No such invoice" in await refusal(client, "get_invoice", id=draft)


async def test_every_tool_says_what_it_does_to_the_world(billing: MCPServer[Database]) -> None:
    async with Client(billing) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    destructive = {name for name, tool in tools.items() if tool.annotations.destructive_hint}
    reading = {name for name, tool in tools.items() if tool.annotations.read_only_hint}
    assert destructive == {"delete_draft_invoice"}
    assert set(tools) - reading == {"create_refund", "draft_reminder", "delete_draft_invoice"}
    for tool in tools.values():
        assert tool.title and tool.description and tool.output_schema
        assert all("description" in each for each in tool.input_schema["properties"].values())
    created = tools["list_invoices"].input_schema["properties"]["created_gte"]
    assert (created["type"], created["format"]) == ("integer", "unix-time")


async def test_a_list_reports_its_progress(billing: MCPServer[Database]) -> None:
    told: list[tuple[float, float | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total))

    async with Client(billing) as client:
        await client.call_tool("list_invoices", {"limit": 20}, progress_callback=note)
    assert told == [(0, 20), (20, 20)]
