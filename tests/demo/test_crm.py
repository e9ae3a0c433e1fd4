"""acme-crm answers as Salesforce does."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer

from jupyter_connectors.demo import crm_shapes, seed_crm
from jupyter_connectors.demo.crm import crm_server
from jupyter_connectors.demo.database import Database

from .talking import answer, refusal, unchecked

pytestmark = pytest.mark.anyio

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000")


@pytest.mark.parametrize(
    ("tool", "count"),
    [("list_accounts", 3_000), ("list_opportunities", 8_000), ("list_contacts", 6_000), ("list_activities", 10_000)],
)
async def test_paging_meets_every_record_once_and_total_size_is_right(
    crm: MCPServer[Database], tool: str, count: int
) -> None:
    seen: list[str] = []
    arguments: dict[str, str] = {}
    async with Client(crm) as client:
        done = False
        while not done:
            page = await unchecked(client, tool, **arguments)
            seen += [record["Id"] for record in page["records"]]
            assert page["totalSize"] == count
            assert ("nextRecordsUrl" in page) is not page["done"]
            done = page["done"]
            arguments = {"next_records_url": page.get("nextRecordsUrl", "")}
    assert len(seen) == len(set(seen)) == count


async def test_a_record_has_the_shape_of_salesforce(crm: MCPServer[Database]) -> None:
    async with Client(crm) as client:
        page = await answer(client, "list_opportunities", batch_size=200)
        assert len(page["records"]) == 200
        assert re.fullmatch(r"/services/data/v62\.0/query/01g\w{15}-200", page["nextRecordsUrl"])
        for record in page["records"]:
            assert record["attributes"]["url"].endswith(f"/sobjects/Opportunity/{record['Id']}")
            assert INSTANT.fullmatch(record["CreatedDate"])
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["CloseDate"])
            assert record["Account"]["Name"]
            assert record["Owner"]["attributes"]["type"] == "User"
            assert record["IsClosed"] is (record["StageName"] in ("Closed Won", "Closed Lost"))
        assert await answer(client, "get_opportunity", id=record["Id"]) == record


async def test_the_filters_of_list_opportunities_are_obeyed_on_every_page(crm: MCPServer[Database]) -> None:
    asked = {"is_closed": False, "close_date_gte": "2026-10-01", "close_date_lt": "2027-01-01", "batch_size": 200}
    seen: list[dict[str, object]] = []
    async with Client(crm) as client:
        page = await answer(client, "list_opportunities", **asked)
        seen += page["records"]
        while not page["done"]:
            page = await answer(client, "list_opportunities", next_records_url=page["nextRecordsUrl"])
            seen += page["records"]
    assert len(seen) == page["totalSize"] > 200
    assert all("2026-10-01" <= str(each["CloseDate"]) < "2027-01-01" and not each["IsClosed"] for each in seen)


async def test_an_instant_without_an_offset_is_taken_as_utc(crm: MCPServer[Database]) -> None:
    async with Client(crm) as client:
        naive = await answer(client, "list_opportunities", created_gte="2026-11-01T00:00:00")
        aware = await answer(client, "list_opportunities", created_gte="2026-11-01T01:00:00+01:00")
    assert naive["totalSize"] == aware["totalSize"] > 0
    assert min(each["CreatedDate"] for each in naive["records"]) >= "2026-11-01"


async def test_a_record_deleted_between_two_pages_costs_no_other(own_rows: Database) -> None:
    async with Client(crm_server(own_rows)) as client:
        first = await answer(client, "list_activities", batch_size=200)
        await answer(client, "delete_activity", id=first["records"][5]["Id"])
        second = await answer(client, "list_activities", next_records_url=first["nextRecordsUrl"])
    expected = [row["id"] for row in own_rows.rows("SELECT id FROM activity ORDER BY seq LIMIT 399")]
    both = [each["Id"] for each in first["records"] + second["records"]]
    assert [key for key in both if key != first["records"][5]["Id"]] == expected


async def test_accounts_lead_to_the_customers_of_billing(crm: MCPServer[Database], rows: Database) -> None:
    async with Client(crm) as client:
        page = await answer(client, "list_accounts", industry="Energy", billing_country="germany")
        assert page == await answer(client, "list_accounts", industry="Energy", billing_country="DE")
    assert page["totalSize"] == len(page["records"]) > 10
    linked = [each for each in page["records"] if each["BillingCustomerId__c"]]
    for each in linked:
        known = rows.row("SELECT name FROM customer WHERE id = ?", [each["BillingCustomerId__c"]])
        assert known is not None and known["name"] == each["Name"]
    assert linked


@pytest.mark.parametrize(
    ("kind", "query"), [("Account", "ROBOTICS"), ("Opportunity", "renewal"), ("Contact", "@amber"), ("Task", "pricing")]
)
async def test_search_finds_text_whatever_its_case(crm: MCPServer[Database], kind: str, query: str) -> None:
    async with Client(crm) as client:
        found = await answer(client, "search", query=query, object=kind)
    assert found["totalSize"] > 5
    for record in found["records"]:
        assert record["attributes"]["type"] == kind
        assert query.lower() in str(record).lower()


async def test_an_update_changes_the_record_and_tells_what_was_there_before(own_rows: Database) -> None:
    open_one = own_rows.rows("SELECT id FROM opportunity WHERE stage = 'Qualification'")[0]["id"]
    async with Client(crm_server(own_rows)) as client:
        before = await answer(client, "get_opportunity", id=open_one)
        result = await answer(client, "update_opportunity", id=open_one, stage_name="Closed Won", amount=1234.5)
        after = await answer(client, "get_opportunity", id=open_one)
        assert result["record"] == after
        assert result["changed"] == {
            "Amount": {"before": before["Amount"], "after": 1234.5},
            "IsClosed": {"before": False, "after": True},
            "IsWon": {"before": False, "after": True},
            "Probability": {"before": 10.0, "after": 100.0},
            "StageName": {"before": "Qualification", "after": "Closed Won"},
        }
        again = await answer(client, "update_opportunity", id=open_one, amount=1234.5)
        assert again["changed"] == {}
        assert "Nothing to change" in await refusal(client, "update_opportunity", id=open_one)


async def test_an_email_is_a_draft_that_is_never_sent(own_rows: Database) -> None:
    contact = own_rows.rows("SELECT * FROM contact")[7]
    async with Client(crm_server(own_rows)) as client:
        draft = await answer(client, "draft_email", contact_id=contact["id"], subject="Hello", body="Shall we talk?")
    assert (draft["sent"], draft["status"], draft["to"]) == (False, "draft", contact["email"])
    assert "cannot send" in draft["note"]
    assert own_rows.rows("SELECT body FROM email_draft")[0]["body"] == "Shall we talk?"


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("get_account", {"id": "001nope"}, "NOT_FOUND: no Account"),
        ("list_activities", {"opportunity_id": "006nope"}, "NOT_FOUND: no Opportunity"),
        ("list_accounts", {"next_records_url": "/services/data/v62.0/query/01g-2000"}, "INVALID_QUERY_LOCATOR"),
        ("list_accounts", {"billing_country": "Atlantis"}, "The countries are Canada, Germany"),
        ("list_accounts", {"batch_size": 100}, "greater than or equal to 200"),
        ("delete_activity", {"id": "00Tnope"}, "NOT_FOUND: no Task"),
        ("draft_email", {"contact_id": "003nope", "subject": "a", "body": "b"}, "NOT_FOUND: no Contact"),
    ],
)
async def test_what_does_not_exist_is_an_error_that_says_what_to_do(
    crm: MCPServer[Database], tool: str, arguments: dict[str, object], said: str
) -> None:
    async with Client(crm) as client:
        assert said in await refusal(client, tool, **arguments)


async def test_two_kernels_see_each_others_changes(own_rows: Database) -> None:
    other = Database(own_rows.path.parent, own_rows.day)
    async with Client(crm_server(own_rows)) as here, Client(crm_server(other)) as there:
        page = await answer(here, "list_activities", batch_size=200)
        assert (await answer(there, "delete_activity", id=page["records"][0]["Id"]))["success"]
        gone = await answer(here, "list_activities", batch_size=200)
        assert gone["totalSize"] == page["totalSize"] - 1
    other.close()


async def test_the_declared_stages_and_industries_are_those_of_the_rows(crm: MCPServer[Database]) -> None:
    assert get_args(crm_shapes.StageName) == tuple(seed_crm.STAGES)
    assert get_args(crm_shapes.Industry) == seed_crm.INDUSTRIES
    async with Client(crm) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert {name for name, tool in tools.items() if tool.annotations.destructive_hint} == {"delete_activity"}
    asked = tools["list_opportunities"].input_schema["properties"]
    assert (asked["close_date_gte"]["format"], asked["created_gte"]["format"]) == ("date", "date-time")
    assert asked["stage_name"]["enum"] == list(seed_crm.STAGES)
