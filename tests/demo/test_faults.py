"""Each fault does what its flag says."""

from __future__ import annotations

import argparse

import anyio
import pytest
from mcp import Client

from jupyter_connectors.demo.billing import billing_server
from jupyter_connectors.demo.crm import crm_server
from jupyter_connectors.demo.database import Database
from jupyter_connectors.demo.faults import Faults, add_flags, from_flags

from .talking import answer, refusal


def test_each_fault_has_its_flag() -> None:
    parser = argparse.ArgumentParser()
    add_flags(parser)
    assert from_flags(parser.parse_args([])) == Faults()
    given = ["--slow", "0.5", "--fail-on-page", "2", "--repeat-cursor", "--die-on-call", "3"]
    told = from_flags(parser.parse_args(given))
    assert told == Faults(slow=0.5, fail_on_page=2, repeat_cursor=True, die_on_call=3)


@pytest.mark.anyio
async def test_only_the_page_named_fails(rows: Database) -> None:
    async with Client(billing_server(rows, Faults(fail_on_page=2))) as client:
        first = await answer(client, "list_invoices")
        await answer(client, "get_invoice", id=first["data"][0]["id"])
        assert "page request 2" in await refusal(client, "list_invoices")
        assert await answer(client, "list_invoices") == first


@pytest.mark.anyio
async def test_a_repeated_cursor_brings_the_same_page_for_ever(rows: Database) -> None:
    async with Client(billing_server(rows, Faults(repeat_cursor=True))) as client:
        first = await answer(client, "list_invoices", status="draft", limit=100)
        second = await answer(
            client, "list_invoices", status="draft", limit=100, starting_after=first["data"][-1]["id"]
        )
        assert first == second
        assert first["has_more"] is True
        assert len(first["data"]) < 100
        found = await answer(client, "search_customers", query='name~"robotics"', limit=100, page="repeated")
        assert (found["has_more"], found["next_page"]) == (True, "repeated")


@pytest.mark.anyio
async def test_a_repeated_address_brings_the_same_records_for_ever(rows: Database) -> None:
    async with Client(crm_server(rows, Faults(repeat_cursor=True))) as client:
        first = await answer(client, "list_accounts", batch_size=200)
        again = {"batch_size": 200, "next_records_url": first["nextRecordsUrl"]}
        assert await answer(client, "list_accounts", **again) == first
        last = await answer(client, "list_accounts", industry="Energy", billing_country="KW")
        assert last["done"] is False
        assert last["nextRecordsUrl"]


@pytest.mark.anyio
async def test_a_slow_call_can_be_cancelled(rows: Database) -> None:
    async with Client(billing_server(rows, Faults(slow=60))) as client:
        with anyio.move_on_after(0.05) as scope:
            await client.call_tool("list_invoices", {})
        assert scope.cancelled_caught
        assert (await client.list_tools()).tools


@pytest.mark.anyio
async def test_a_slow_call_answers_after_its_wait(rows: Database) -> None:
    rows.open()
    async with Client(billing_server(rows, Faults(slow=0.1))) as client:
        began = anyio.current_time()
        await answer(client, "list_invoices", limit=1)
        assert anyio.current_time() - began >= 0.1
