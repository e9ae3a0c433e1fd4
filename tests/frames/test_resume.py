"""A listing that stopped goes on where it stopped, in this kernel or in another, through the one call path."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jupyter_connectors.errors import ConnectorError, Denied, Incomplete, UnknownConnector, UsageProblem
from jupyter_connectors.frames.gathering import Gathering
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.saved import load
from jupyter_connectors.models import Bound, Json, ToolCall

from ..bench import ENTRIES, Bench, bench, flagged
from .support import Ask, Server, cells, gather, shape

pytestmark = pytest.mark.anyio

PAGES = shape(
    '[[tools]]\nnames = ["list_orders"]\nrecords = "data"\npages = "p"\n'
    '[pages.p]\ncursor = "next"\nparam = "cursor"\nmore = "more"\n'
)


def page(*ids: int, next: str | None = None) -> Json:
    return {"data": [{"id": each} for each in ids], "more": next is not None, "next": next}


@asynccontextmanager
async def billing(place: Path, *flags: str) -> AsyncIterator[Bench]:
    place.mkdir(exist_ok=True)
    async with bench(place, flagged("acme-billing", *flags) if flags else ENTRIES["acme-billing"]) as made:
        yield made


async def test_a_failed_page_is_asked_for_again_as_a_call_of_its_own(tmp_path: Path) -> None:
    async with billing(tmp_path, "--fail-on-page", "3") as made:
        with pytest.raises(Incomplete) as caught:
            await made.call("acme-billing", "list_refunds")
        held = caught.value.partial
        assert held.rows == 200

        whole = await asyncio.to_thread(held.resume)

        assert whole.complete
        assert whole.rows == len(whole.df) == whole.df["id"].nunique() > 200
        assert cells(whole.df, "id")[:200] == cells(held.df, "id")
        assert whole.call.id != held.call.id
        assert whole.call.arguments == held.call.arguments
        opened = [row for row in made.audit.rows() if row["decision"]]
        assert len(opened) == 2
        assert "starting_after" in str(opened[0])
        assert made.log == [("allowed by rule", "ok"), ("allowed by rule", "partial")]


async def test_the_rows_are_those_of_a_listing_that_never_stopped(tmp_path: Path) -> None:
    async with billing(tmp_path) as made:
        straight = await made.call("acme-billing", "list_refunds")
        held = await made.call("acme-billing", "list_refunds", Bound(limit=130))

        more = await asyncio.to_thread(lambda: held.resume(pages=1))
        whole = await asyncio.to_thread(more.resume)

        assert (held.rows, more.completeness.state, whole.complete) == (130, "partial", True)
        assert whole.df.equals(straight.df)
        assert whole.json == straight.json


async def test_a_saved_result_goes_on_in_another_kernel(tmp_path: Path) -> None:
    async with billing(tmp_path / "first", "--fail-on-page", "2") as made:
        with pytest.raises(Incomplete) as caught:
            await made.call("acme-billing", "list_refunds")
        before = caught.value.partial
        kept = before.save(tmp_path / "refunds.jsonl")
        frame, line = before.df, before.completeness.line

    async with billing(tmp_path / "second") as made:
        loaded = load(kept, tmp_path, made.again)
        assert loaded.df.equals(frame)
        assert loaded.completeness.line == line
        assert loaded.provenance() == before.provenance()

        whole = await asyncio.to_thread(loaded.resume)

        assert whole.complete
        assert cells(whole.df, "id")[:100] == cells(frame, "id")
        assert (await asyncio.to_thread(loaded.refresh)).df.equals(whole.df)
        assert len(made.log) == 2


async def test_rules_and_switches_hold_for_a_resumed_call(tmp_path: Path) -> None:
    async with billing(tmp_path) as made:
        held = await made.call("acme-billing", "list_refunds", Bound(limit=100))
        made.judge.permissions.set("acme-billing", "block", tool="list_refunds")

        for act in (held.resume, held.refresh):
            with pytest.raises(Denied):
                await asyncio.to_thread(act)


async def test_where_the_connector_is_not_connected_it_says_so(tmp_path: Path) -> None:
    async with billing(tmp_path) as made:
        held = await made.call("acme-billing", "list_refunds", Bound(limit=100))
        await made.hub.disconnect("acme-billing")

        with pytest.raises(UnknownConnector):
            await asyncio.to_thread(held.resume)


async def test_a_bound_may_be_set_for_what_follows(tmp_path: Path) -> None:
    async with billing(tmp_path) as made:
        held = await made.call("acme-billing", "list_refunds", Bound(limit=5))

        more = await asyncio.to_thread(lambda: held.resume(limit=7))

        assert more.rows == 12
        assert more.df["id"].is_unique
        assert more.completeness.reason == "limit=12"


async def test_a_page_that_a_bound_had_cut_needs_no_second_request(tmp_path: Path) -> None:
    result = await gather(Server([page(1, 2, 3)]).fetch, tmp_path, Ask(shape=PAGES, bound=Bound(limit=2)))
    assert result.completeness.state == "partial"

    whole = result.resume()

    assert cells(whole.df, "id") == [1, 2, 3]
    assert whole.complete


async def test_a_change_is_neither_refreshed_nor_resumed(tmp_path: Path) -> None:
    calls: list[ToolCall] = []

    def again(call: ToolCall, entry: str, held: Gathering | None) -> Result:
        calls.append(call)
        raise AssertionError("nothing may be sent")

    result = await gather(Server([page(1)]).fetch, tmp_path, Ask(shape=PAGES), follow=False, again=again)

    with pytest.raises(UsageProblem, match="may change something"):
        result.refresh()
    assert calls == []


@pytest.mark.parametrize(
    ("pages", "problem"),
    [
        ([page(1)], "nothing is missing, it is complete: 1 row in 1 page"),
        ([{"data": [{"id": 1}], "more": True}], "no cursor to go on from"),
    ],
)
async def test_where_there_is_nothing_to_resume_it_says_so(tmp_path: Path, pages: list[Json], problem: str) -> None:
    result = await gather(Server(pages).fetch, tmp_path, Ask(shape=PAGES))

    with pytest.raises(UsageProblem, match=problem):
        result.resume()


async def test_a_result_without_a_session_cannot_ask_again(tmp_path: Path) -> None:
    result = await gather(Server([page(1, next="a"), page(2)]).fetch, tmp_path, Ask(shape=PAGES, bound=Bound(pages=1)))

    with pytest.raises(UsageProblem, match="was not called from here"):
        result.resume()


async def test_a_saved_result_is_for_its_owner_and_replaces_the_one_before(tmp_path: Path) -> None:
    result = await gather(Server([page(1)]).fetch, tmp_path / "spool", Ask(shape=PAGES))

    for _ in range(2):
        path = result.save(tmp_path / "kept.jsonl")

    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["kept.jsonl"]


@pytest.mark.parametrize("text", ["", "{}", "[1]", "not JSON", '{"format": "jupyter-connectors result 1"}', "\x00"])
async def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kept.jsonl"
    path.write_text(text)

    with pytest.raises(UsageProblem, match="cannot be loaded"):
        load(path, tmp_path, None)
    with pytest.raises(UsageProblem, match="no such file"):
        load(tmp_path / "missing.jsonl", tmp_path, None)


async def test_a_damaged_file_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    result = await gather(Server([page(1, next="a"), page(2)]).fetch, tmp_path / "spool", Ask(shape=PAGES))
    path = result.save(tmp_path / "kept.jsonl")
    path.write_text(path.read_text()[:-20])

    with pytest.raises(ConnectorError, match="damaged"):
        load(path, tmp_path / "other", None)


async def test_what_a_file_claims_does_not_loosen_the_rules(tmp_path: Path) -> None:
    """A file says that its tool only reads; the hub decides by the tool that is connected now."""
    async with billing(tmp_path) as made:
        held = await made.call("acme-billing", "list_refunds", Bound(limit=100))
        path = held.save(tmp_path / "kept.jsonl")
        told, replies = path.read_text().split("\n", 1)
        head = json.loads(told)
        assert head["follow"] is True
        head["call"] |= {"tool": "delete_draft_invoice", "arguments_json": '{"id":"in_1"}'}
        path.write_text(json.dumps(head) + "\n" + replies)
        loaded = load(path, tmp_path, made.again)
        made.says = "deny"

        with pytest.raises(Denied):
            await asyncio.to_thread(loaded.refresh)

    assert [request.call.tool for request in made.asked] == ["delete_draft_invoice"]
