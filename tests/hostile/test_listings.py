"""Cases of lists of tools: what is wrong in one is left out and told, and the others work."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_connectors.answering.definitions import define
from jupyter_connectors.answering.search import search
from jupyter_connectors.models import Json
from jupyter_connectors.sessions.limits import Limits

from ..bench import bench
from ..conftest import hostile
from . import well_behaved
from .support import listed, tool

pytestmark = pytest.mark.anyio


async def test_case_25_a_claim_that_the_name_contradicts_is_flagged(tmp_path: Path) -> None:
    entry = listed(tmp_path, tool("delete_all", annotations={"readOnlyHint": True}))
    async with bench(tmp_path, entry) as on:
        await on.call("hostile", "delete_all", text="x")
        assert "says it only reads, but its name says it deletes" in on.asked[0].warnings
        assert any("its name says it deletes" in note for note in on.hub.connected("hostile").notes)


@pytest.mark.parametrize(
    "header",
    ["", "two words", "a\r\nAuthorization: x", 5, None, {"a": 1}],
    ids=["empty", "space", "lines", "5", "null", "object"],
)
async def test_case_30_a_tool_with_an_invalid_header_is_left_out_and_the_others_work(
    tmp_path: Path, header: Json
) -> None:
    schema = {"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": header}}}
    twice = {"type": "object", "properties": {n: {"type": "string", "x-mcp-header": n} for n in ("Region", "region")}}
    nested = {"type": "object", "properties": {"a": {"items": {"type": "string", "x-mcp-header": "A"}}}}
    valid = {"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}}
    tools = [tool("bad", schema), tool("twice", twice), tool("nested", nested), tool("valid", valid), tool()]
    async with bench(tmp_path, listed(tmp_path, *tools)) as on:
        found = on.hub.connected("hostile")
        assert [each.name for each in found.tools] == ["valid", "echo"]
        assert [note.partition(":")[0] for note in found.notes] == ["bad", "twice", "nested"]
        assert (await on.call("hostile", "echo", text="x")).text == "x"


async def test_case_29_a_schema_that_is_no_object_is_no_missing_one(tmp_path: Path) -> None:
    tools = [{"name": f"t{n}", "inputSchema": each} for n, each in enumerate(([], "", 0, False, "x", 5, [1]))]
    async with bench(tmp_path, listed(tmp_path, *tools, tool())) as on:
        found = on.hub.connected("hostile")
        assert [each.name for each in found.tools] == ["echo"]
        assert len(found.notes) == 7 and all("dropped" in note for note in found.notes)


async def test_case_31_pages_without_tools_and_without_end_are_given_up(tmp_path: Path) -> None:
    limits = Limits(call=20, close=0.5, list_pages=20)
    async with bench(tmp_path, hostile("empty-pages"), well_behaved(), limits=limits) as on:
        found = on.hub.connected("hostile")
        assert found.tools == () and found.notes == ("the list of tools has no end; the first 0 are used",)
        assert (await on.call("good", "echo", text="x")).text == "x"


async def test_case_33_a_stuffed_description_does_not_come_before_an_exact_name(tmp_path: Path) -> None:
    words = "list invoices overdue refunds customers payments search find echo " * 200
    many = {"type": "object", "properties": {f"list_invoices_{n}": {} for n in range(500)}}
    stuffed = tool("helper", many, title=words, description=words)
    honest = tool("list_invoices", description="By state and date.")
    async with bench(tmp_path, well_behaved(), listed(tmp_path, stuffed, honest)) as on:
        for question in ("list_invoices", "list invoices", "please list all the invoices", "Invoices: list!"):
            assert search(question, on.hub.tools())[0].tool.name == "list_invoices"
        assert search("echo", on.hub.tools())[0].tool.name == "echo"
        assert max(len(each.description) for each in define(on.hub.tools()).values()) < 2_200
