"""Pages are followed to a proven end, or it is said out loud that rows are missing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from jupyter_connectors.errors import Cancelled, Denied, Incomplete, ToolFailed
from jupyter_connectors.frames.collect import Progress
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import shape_for
from jupyter_connectors.models import Bound, Json, Reply

from .support import Ask, Server, as_text, cells, gather, rows_of, shape

pytestmark = pytest.mark.anyio


def stripe(count: int) -> Server:
    """`count` invoices behind Stripe's paging: pages end with the last id, the flag says whether more follow."""

    class Stripe(Server):
        async def fetch(self, arguments: Mapping[str, Json]) -> Reply:
            self.asked.append(arguments)
            first = int(arguments.get("starting_after", "in_0")[3:]) + 1
            last = min(first + arguments["limit"] - 1, count)
            data = [{"id": f"in_{number}", "total": 100, "currency": "usd"} for number in range(first, last + 1)]
            return as_text({"object": "list", "data": data, "has_more": last < count})

    return Stripe([])


def billing(bound: Bound | None = None, **arguments: Json) -> Ask:
    known = shape_for("acme-billing", "list_invoices")
    return Ask(connector="acme-billing", tool="list_invoices", arguments=arguments, bound=bound or Bound(), shape=known)


async def test_a_listing_is_fetched_to_its_end_in_the_largest_pages(tmp_path: Path) -> None:
    server, seen = stripe(250), []

    result = await gather(server.fetch, tmp_path, billing(status="open"), progress=seen.append)

    assert result.completeness.line == "complete: 250 rows in 3 pages"
    assert result.completeness.evidence == "has_more is false"
    assert [each.get("starting_after") for each in server.asked] == [None, "in_100", "in_200"]
    assert all(each["limit"] == 100 and each["status"] == "open" for each in server.asked)
    assert seen == [Progress(pages=n, rows=rows, total=None) for n, rows in ((1, 100), (2, 200), (3, 250))]
    assert cells(result.df, "id") == [f"in_{number}" for number in range(1, 251)]


async def test_the_page_size_a_person_chose_stays(tmp_path: Path) -> None:
    server = stripe(5)

    result = await gather(server.fetch, tmp_path, billing(limit=2))

    assert [each["limit"] for each in server.asked] == [2, 2, 2]
    assert result.complete


async def test_a_limit_cuts_and_says_so(tmp_path: Path) -> None:
    server = stripe(250)

    result = await gather(server.fetch, tmp_path, billing(Bound(limit=120)))

    assert result.completeness.line == "incomplete: 120 of ? rows (limit=120)"
    assert len(result.json) == len(result.df) == 120
    assert result.df.attrs["connector"]["complete"] is False


async def test_a_small_limit_asks_for_a_small_page(tmp_path: Path) -> None:
    server = stripe(250)

    result = await gather(server.fetch, tmp_path, billing(Bound(limit=7)))

    assert server.asked == [{"limit": 7}]
    assert result.completeness.cursor == "in_7"


async def test_a_limit_at_the_very_end_is_complete(tmp_path: Path) -> None:
    result = await gather(stripe(100).fetch, tmp_path, billing(Bound(limit=100)))

    assert result.complete


async def test_a_bound_on_pages_cuts_and_says_so(tmp_path: Path) -> None:
    result = await gather(stripe(250).fetch, tmp_path, billing(Bound(pages=2)))

    assert result.completeness.line == "incomplete: 200 of ? rows (pages=2)"
    assert result.completeness.cursor == "in_200"


async def test_a_listing_that_starts_in_the_middle_notes_it(tmp_path: Path) -> None:
    result = await gather(stripe(250).fetch, tmp_path, billing(starting_after="in_200"))

    assert (result.rows, result.complete) == (50, True)
    assert "the listing starts at starting_after=in_200, as the call asks" in result.notes


async def test_a_page_never_goes_below_the_servers_smallest(tmp_path: Path) -> None:
    known = shape_for("acme-crm", "list_accounts")
    server = Server([{"totalSize": 300, "done": False, "nextRecordsUrl": "/q-200", "records": [{"Id": "1"}] * 200}])

    await gather(server.fetch, tmp_path, Ask(connector="acme-crm", shape=known, bound=Bound(limit=50)))

    assert server.asked == [{"batch_size": 200}]


async def test_the_address_of_the_next_page_is_followed_until_done(tmp_path: Path) -> None:
    known = shape_for("acme-crm", "list_accounts")
    server = Server(
        [
            {"totalSize": 3, "done": False, "nextRecordsUrl": "/query/01g-2", "records": [{"Id": "1"}, {"Id": "2"}]},
            {"totalSize": 3, "done": True, "records": [{"Id": "3"}]},
        ]
    )

    result = await gather(server.fetch, tmp_path, Ask(connector="acme-crm", shape=known))

    assert server.asked[1] == {"batch_size": 2000, "next_records_url": "/query/01g-2"}
    assert result.completeness.line == "complete: 3 rows in 2 pages"
    assert result.completeness.total == 3


PAGES = shape(
    """
    [pages.list]
    cursor = "next"
    param = "after"
    more = "page.more"
    total = "total"
    [[tools]]
    names = ["list_orders"]
    records = "data"
    pages = "list"
    """
)


def page(*ids: int, more: bool | None = None, next: str | None = None, **rest: Json) -> Json:
    return {"data": [{"id": each} for each in ids], "page": {"more": more}, "next": next, **rest}


async def test_the_flag_beats_a_cursor_that_is_still_there(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, page(1, 2, more=False, next="c1"), ask=Ask(shape=PAGES))

    assert result.completeness.line == "complete: 2 rows in 1 page"


async def test_a_flag_without_a_cursor_is_loud(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, page(1, 2, more=True), ask=Ask(shape=PAGES))

    assert result.completeness.line == "incomplete: 2 of ? rows (page.more is true, but no cursor came)"


async def test_a_cursor_that_repeats_is_an_error_with_the_rows_so_far(tmp_path: Path) -> None:
    pages = [page(1, more=True, next="a"), page(2, more=True, next="b"), page(3, more=True, next="a")]

    with pytest.raises(Incomplete, match="the cursor 'a' came twice") as caught:
        await rows_of(tmp_path, *pages, ask=Ask(shape=PAGES))

    assert isinstance(caught.value.partial, Result)
    assert cells(caught.value.partial.df, "id") == [1, 2]
    assert caught.value.partial.completeness.state == "partial"


async def test_a_page_of_rows_already_held_is_an_error(tmp_path: Path) -> None:
    pages = [page(1, 2, more=True, next="a"), page(2, 1, more=True, next="b")]

    with pytest.raises(Incomplete, match="page 2 repeats rows of the pages before"):
        await rows_of(tmp_path, *pages, ask=Ask(shape=PAGES))


async def test_a_row_that_comes_twice_is_kept_and_noted(tmp_path: Path) -> None:
    pages = [page(1, 2, more=True, next="a"), page(2, 3, more=False)]

    result = await rows_of(tmp_path, *pages, ask=Ask(shape=PAGES))

    assert cells(result.df, "id") == [1, 2, 2, 3]
    assert result.notes == ("1 row came with an id an earlier row has; all are kept",)


async def test_an_empty_page_in_the_middle_does_not_end_a_listing(tmp_path: Path) -> None:
    pages = [page(1, more=True, next="a"), page(more=True, next="b"), page(2, more=False)]

    result = await rows_of(tmp_path, *pages, ask=Ask(shape=PAGES))

    assert result.completeness.line == "complete: 2 rows in 3 pages"


@pytest.mark.parametrize(("total", "sent"), [(85, 2), (1, 2)])
async def test_fewer_or_more_rows_than_the_servers_count_are_not_complete(
    total: int, sent: int, tmp_path: Path
) -> None:
    result = await rows_of(tmp_path, page(*range(sent), more=False, total=total), ask=Ask(shape=PAGES))

    assert result.completeness.line == f"incomplete: {sent} of {total} rows (the server counts {total} and sent {sent})"


async def test_a_total_of_minus_one_is_no_total(tmp_path: Path) -> None:
    assert (await rows_of(tmp_path, page(1, more=False, total=-1), ask=Ask(shape=PAGES))).complete


async def test_a_page_that_fails_keeps_the_rows_before_it(tmp_path: Path) -> None:
    pages = [page(1, 2, more=True, next="a", total=8_000), ToolFailed("rate limited\nretry", hint="wait a minute")]

    with pytest.raises(Incomplete) as caught:
        await rows_of(tmp_path, *pages, ask=Ask(shape=PAGES))

    error = caught.value
    assert error.problem == "shop.list_orders is incomplete: 2 of 8,000 rows (page 2 failed: rate limited retry)"
    assert error.hint == "the rows that came are in .partial, whose .resume() goes on; wait a minute"
    assert error.__context__ is None
    assert isinstance(error.partial, Result)
    assert cells(error.partial.df, "id") == [1, 2]
    assert error.partial.json == [{"id": 1}, {"id": 2}]
    assert error.partial.completeness.cursor == "a"


@pytest.mark.parametrize("second", ["Too many requests, sorry.", {"message": "try later", "code": 4}, {"error": "no"}])
async def test_a_later_page_that_is_no_list_is_a_failed_page(second: Json, tmp_path: Path) -> None:
    reply = Reply(texts=(second,)) if isinstance(second, str) else second

    with pytest.raises(Incomplete, match="page 2 failed"):
        await rows_of(tmp_path, page(1, more=True, next="a"), reply, ask=Ask(shape=PAGES))


async def test_a_first_page_that_fails_raises_what_the_fetch_raised(tmp_path: Path) -> None:
    with pytest.raises(Denied):
        await rows_of(tmp_path, Denied("no", hint="ask"), ask=Ask(shape=PAGES))


async def test_a_stop_keeps_what_had_arrived(tmp_path: Path) -> None:
    stop = Cancelled("stopped", hint="")

    with pytest.raises(Cancelled) as caught:
        await rows_of(tmp_path, page(1, more=True, next="a"), stop, ask=Ask(shape=PAGES))

    assert isinstance(caught.value.partial, Result)
    assert caught.value.partial.completeness.line == "incomplete: 1 of ? rows (cancelled)"


async def test_a_cancelled_task_hands_over_its_pages_and_stays_cancelled(tmp_path: Path) -> None:
    waiting, kept = asyncio.Event(), []

    async def fetch(arguments: Mapping[str, Json]) -> Reply:
        if "after" in arguments:
            waiting.set()
            await asyncio.Event().wait()
        return as_text(page(1, 2, more=True, next="a"))

    task = asyncio.create_task(gather(fetch, tmp_path, Ask(shape=PAGES), on_partial=kept.append))
    await asyncio.wait_for(waiting.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [cells(each.df, "id") for each in kept] == [[1, 2]]


async def test_a_listing_without_end_stops_at_ten_thousand_pages(tmp_path: Path) -> None:
    asked = 0

    async def fetch(_: object) -> Reply:
        nonlocal asked
        asked += 1
        return Reply(structured=page(asked, more=True, next=str(asked)))

    with pytest.raises(Incomplete, match="10,000 pages and no end"):
        await gather(fetch, tmp_path, Ask(shape=PAGES))

    assert asked == 10_000
