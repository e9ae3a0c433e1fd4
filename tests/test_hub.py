"""The call path over real servers: judged, asked, recorded, sent, recorded."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_connectors.calls import new_call
from jupyter_connectors.errors import (
    Denied,
    Incomplete,
    InvalidArguments,
    OutcomeUnknown,
    ReplyRejected,
    ServerGone,
    TimedOut,
    ToolFailed,
    UnknownConnector,
    UnknownTool,
)
from jupyter_connectors.frames.result import Result
from jupyter_connectors.models import Bound, ToolClass
from jupyter_connectors.sessions.limits import Limits

from .bench import ENTRIES, bench, flagged
from .conftest import hostile
from .waiting import eventually

pytestmark = pytest.mark.anyio


async def test_a_reviewed_read_runs_unasked_and_is_one_row_in_the_log(tmp_path: Path) -> None:
    async with bench(tmp_path, ENTRIES["acme-billing"]) as on:
        result = await on.call("acme-billing", "list_invoices", status="open")
        assert result.complete
        assert result.pages == -(-result.rows // 100)
        assert on.asked == []
        (row,) = on.audit.rows()
        assert (row["decision"], row["outcome"], row["rows"]) == ("allowed by rule", "ok", result.rows)
        assert row["complete"] is True


async def test_a_write_is_asked_and_what_was_approved_is_sent(tmp_path: Path) -> None:
    async with bench(tmp_path, ENTRIES["acme-crm"]) as on:
        some = await on.call("acme-crm", "list_opportunities", Bound(limit=1), is_closed=False)
        number = some.json[0]["Id"]
        await on.call("acme-crm", "update_opportunity", id=number, next_step="Send the offer")
        assert [each.tool_class for each in on.asked] == [ToolClass.WRITE]
        assert on.asked[0].call.arguments == {"id": number, "next_step": "Send the offer"}
        after = await on.call("acme-crm", "get_opportunity", id=number)
        assert "Send the offer" in str(after.json)


async def test_a_no_sends_nothing_and_is_recorded(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved", HOSTILE_LOG=str(tmp_path / "log"))) as on:
        on.says = "deny"
        with pytest.raises(Denied, match=r"hostile\.echo was not allowed: you"):
            await on.call("hostile", "echo", text="x")
        assert on.log == [("denied: you", "denied")]
        assert "tools/call" not in (tmp_path / "log").read_text()


async def test_a_call_that_was_approved_is_sent_to_the_letter(tmp_path: Path) -> None:
    async with bench(tmp_path, replace(ENTRIES["acme-billing"], reviewed={})) as on:
        result = await on.call("acme-billing", "list_subscriptions", Bound(pages=3))
        assert [each.call.arguments for each in on.asked] == [{}]
        assert result.rows == 30, "the server's own size of a page, for none was added to what was shown"


async def test_edited_arguments_are_a_new_call_and_the_yes_that_came_with_them_is_for_exactly_these(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        on.edits = '{"text":"edited"}'
        result = await on.call("hostile", "echo", text="typed")
        assert result.text == "edited"
        assert [each.call.arguments["text"] for each in on.asked] == ["typed"]
        assert on.log == [("allowed: you", "ok")]


async def test_an_edit_that_brings_a_new_warning_is_asked_about_again(tmp_path: Path) -> None:
    key = "AKIA" + "Q3EGRXMPL7ABCD5Z"
    async with bench(tmp_path, hostile("well-behaved")) as on:
        on.edits = json.dumps({"text": key}, separators=(",", ":"))
        await on.call("hostile", "echo", text="typed")
        assert [each.call.arguments["text"] for each in on.asked] == ["typed", key]
        assert "secret" in " ".join(on.asked[1].warnings)


async def test_edited_arguments_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        on.edits = '{"text":5}'
        with pytest.raises(InvalidArguments):
            await on.call("hostile", "echo", text="typed")


async def test_a_yes_for_the_session_covers_this_definition_only(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        on.says = "session"
        for _ in range(3):
            await on.call("hostile", "echo", text="x")
        assert len(on.asked) == 1
        tool = on.hub.find("hostile", "echo")
        grants, identity = on.judge.grants, on.hub.connected("hostile").entry.identity
        assert grants.covers(new_call(tool, {}), tool, identity)
        assert not grants.covers(new_call(tool, {}), replace(tool, description="Now also deletes."), identity)


async def test_a_blocked_tool_is_absent_and_refused_by_name(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        tool = on.hub.find("hostile", "echo")
        on.judge.permissions.set(on.hub.connected("hostile").entry.identity, "block")
        assert on.hub.tools() == ()
        with pytest.raises(Denied, match="blocked"):
            on.hub.find("hostile", "echo")
        with pytest.raises(Denied, match="blocked"):
            await on.hub.call(new_call(tool, {"text": "x"}), approve=on.approve)
        assert on.asked == []
        assert on.log == [("denied by rule", "denied")]


async def test_names_that_do_not_exist_get_the_nearest(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        with pytest.raises(UnknownTool) as tool:
            on.hub.find("hostile", "eco")
        assert tool.value.hint == "did you mean 'echo'?"
        with pytest.raises(UnknownConnector) as connector:
            on.hub.find("hostil", "echo")
        assert connector.value.hint == "did you mean 'hostile'?"


@pytest.mark.parametrize("arguments", [{}, {"text": 5}, {"text": "x", "txt": "y"}])
async def test_arguments_that_do_not_fit_are_refused_before_anyone_is_asked(
    tmp_path: Path, arguments: dict[str, Any]
) -> None:
    async with bench(tmp_path, hostile("well-behaved")) as on:
        with pytest.raises(InvalidArguments):
            await on.call("hostile", "echo", **arguments)
        assert on.asked == []


async def test_a_page_that_fails_half_way_keeps_the_rows_and_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path, flagged("acme-billing", "--fail-on-page", "3")) as on:
        with pytest.raises(Incomplete, match="incomplete: 200 of") as caught:
            await on.call("acme-billing", "list_invoices")
        partial = caught.value.partial
        assert isinstance(partial, Result)
        assert len(partial.df) == 200
        assert partial.df.attrs["connector"]["complete"] is False
        assert on.log == [("allowed by rule", "partial")]


@pytest.mark.parametrize(("name", "tool"), [("acme-billing", "list_invoices"), ("acme-crm", "list_opportunities")])
async def test_a_cursor_that_repeats_is_an_error_with_the_rows_so_far(tmp_path: Path, name: str, tool: str) -> None:
    async with bench(tmp_path, flagged(name, "--repeat-cursor")) as on:
        with pytest.raises(Incomplete) as caught:
            await on.call(name, tool)
        assert isinstance(caught.value.partial, Result)
        assert caught.value.partial.rows > 0


async def test_a_server_that_dies_in_a_read_is_restarted_once_and_the_read_succeeds(tmp_path: Path) -> None:
    async with bench(tmp_path, flagged("acme-billing", "--die-on-call", "2")) as on:
        result = await on.call("acme-billing", "list_invoices", Bound(limit=150))
        assert result.rows == 150


async def test_a_server_that_dies_in_every_read_is_given_up_after_the_second(tmp_path: Path) -> None:
    async with bench(tmp_path, flagged("acme-billing", "--die-on-call", "1")) as on:
        with pytest.raises(ServerGone, match=r"exit code 3"):
            await on.call("acme-billing", "list_invoices")
        assert on.log == [("allowed by rule", "failed")]


async def test_a_server_that_dies_in_a_write_leaves_the_outcome_unknown_and_is_not_retried(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with bench(tmp_path, hostile("dies", HOSTILE_LOG=str(log))) as on:
        with pytest.raises(OutcomeUnknown, match=r"the outcome of hostile\.echo is unknown: Hostile stopped"):
            await on.call("hostile", "echo", text="x")
        assert on.log == [("allowed: you", "unknown")]
        assert log.read_text().count("tools/call") == 1


async def test_a_write_that_is_not_answered_in_time_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    log = tmp_path / "log"
    limits = Limits(call=0.3, close=0.3)
    async with bench(tmp_path, hostile("silent", HOSTILE_LOG=str(log)), limits=limits) as on:
        with pytest.raises(OutcomeUnknown, match="no answer came in time"):
            await on.call("hostile", "echo", text="x")
        assert log.read_text().count("tools/call") == 1


async def test_a_read_that_is_not_answered_in_time_says_so(tmp_path: Path) -> None:
    entry = flagged("acme-billing", "--slow", "30")
    async with bench(tmp_path, entry, limits=Limits(call=0.5, close=0.5)) as on:
        with pytest.raises(TimedOut):
            await on.call("acme-billing", "list_refunds")
        assert on.log == [("allowed by rule", "timed out")]


async def test_a_lost_server_is_started_again_by_the_next_call(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("dies")) as on:
        for _ in range(2):
            with pytest.raises(OutcomeUnknown):
                await on.call("hostile", "echo", text="x")
        assert len(on.audit.rows()) == 2


async def test_a_cancelled_write_is_recorded_as_unknown_and_a_cancelled_read_as_cancelled(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with bench(tmp_path, hostile("silent", HOSTILE_LOG=str(log))) as on:
        calling = asyncio.create_task(on.call("hostile", "echo", text="x"))
        await eventually(lambda: log.exists() and "tools/call" in log.read_text())
        calling.cancel()
        with pytest.raises(asyncio.CancelledError) as stop:
            await calling
        assert isinstance(stop.value.args[0], OutcomeUnknown)
        assert on.log == [("allowed: you", "unknown")]


async def test_a_tools_own_error_is_a_failure_in_the_servers_words(tmp_path: Path) -> None:
    async with bench(tmp_path, ENTRIES["acme-billing"]) as on:
        with pytest.raises(ToolFailed, match="in_missing"):
            await on.call("acme-billing", "get_invoice", id="in_missing")
        assert on.log == [("allowed by rule", "tool error")]


async def test_a_reply_that_breaks_its_schema_gives_no_frame(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("breaks-schema")) as on:
        with pytest.raises(ReplyRejected):
            await on.call("hostile", "echo", text="x")
        assert on.log == [("allowed: you", "failed")]


async def test_one_broken_connector_leaves_the_others_working(tmp_path: Path) -> None:
    async with bench(tmp_path, hostile("dies"), ENTRIES["acme-crm"]) as on:
        with pytest.raises(OutcomeUnknown):
            await on.call("hostile", "echo", text="x")
        assert (await on.call("acme-crm", "list_accounts", Bound(limit=5))).rows == 5


async def test_the_same_connector_can_be_connected_under_two_names(tmp_path: Path) -> None:
    async with bench(tmp_path, ENTRIES["acme-crm"]) as on:
        await on.hub.connect(ENTRIES["acme-crm"], name="other")
        assert on.hub.names == ("acme-crm", "other")
        assert (await on.call("other", "list_accounts", Bound(limit=2))).rows == 2
        assert on.asked == [], "the review holds under the new name"
        await on.hub.disconnect("other")
        with pytest.raises(UnknownConnector):
            on.hub.connected("other")
