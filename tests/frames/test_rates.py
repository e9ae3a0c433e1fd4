"""Rate limits are recognised, waited out where that is safe, and end in a partial result where it is not worth it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jupyter_connectors.errors import ConnectorError, Incomplete, ToolFailed
from jupyter_connectors.frames.collect import Progress
from jupyter_connectors.frames.pace import Pace
from jupyter_connectors.frames.rates import Limited, Patience, limited
from jupyter_connectors.models import Json, Reply
from jupyter_connectors.progress import bar

from .support import Ask, Server, as_text, cells, gather, shape

pytestmark = pytest.mark.anyio

PAGES = shape(
    '[[tools]]\nnames = ["list_orders"]\nrecords = "data"\npages = "p"\n'
    '[pages.p]\ncursor = "next"\nparam = "cursor"\nmore = "more"\n'
)
SLOW_DOWN = Reply(texts=("Error: rate limit exceeded, retry after 12 seconds",), is_error=True)


def page(*ids: int, next: str | None = None) -> Json:
    return {"data": [{"id": each} for each in ids], "more": next is not None, "next": next}


@dataclass
class Time:
    """A clock that moves only when somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def patience(self, **options: float) -> Patience:
        return Patience(clock=self.clock, sleep=self.sleep, chance=lambda: 0.0, **options)


@pytest.mark.parametrize(
    ("said", "after"),
    [
        (Reply(texts=("Error: rate limit exceeded",), is_error=True), None),
        (Reply(texts=("429 Too Many Requests. Retry-After: 30",), is_error=True), 30.0),
        (Reply(texts=("HTTP 429",), is_error=True), None),
        (Reply(texts=("API call failed (status: 429)",), is_error=True), None),
        (Reply(texts=("Too many requests, please try again in 2 minutes",), is_error=True), 120.0),
        (Reply(texts=("Unavailable; retry after 1500ms",), is_error=True), 1.5),
        (Reply(structured={"error": {"code": "rate_limited", "retry_after_seconds": 7}}), 7.0),
        (Reply(texts=('{"error": {"code": "rate_limited", "retry_after_seconds": 7}}',), is_error=True), 7.0),
        (as_text({"ok": False, "error": "ratelimited"}), None),
        (ToolFailed("crm.search: the server answered 429 Too Many Requests", hint="wait"), None),
    ],
)
async def test_a_rate_limit_is_recognised_with_the_wait_it_asks_for(said: Reply | ConnectorError, after: float) -> None:
    assert limited(said) == Limited(after=after)


@pytest.mark.parametrize(
    "said",
    [
        Reply(texts=("No such invoice: in_429",), is_error=True),
        Reply(texts=("Ticket 429 is closed",), is_error=True),
        Reply(texts=("The service is overloaded. Try again later.",), is_error=True),
        as_text({"data": [{"id": 1, "title": "rate limit exceeded, retry after 5"}]}),
        Reply(structured={"error": None, "rows": [{"note": "too many requests"}]}),
        Reply(texts=("Our rate limits are 100 calls a minute.",)),
        ToolFailed("crm.search failed: no such field", hint=""),
    ],
)
async def test_other_errors_and_rows_that_speak_of_limits_are_none(said: Reply | ConnectorError) -> None:
    assert limited(said) is None


async def test_a_limited_page_is_asked_for_again_after_the_wait_with_a_countdown(tmp_path: Path) -> None:
    time, told = Time(), list[Progress]()
    server = Server([page(1, next="a"), SLOW_DOWN, page(2)])

    result = await gather(server.fetch, tmp_path, Ask(shape=PAGES), patience=time.patience(), progress=told.append)

    assert cells(result.df, "id") == [1, 2]
    assert result.complete
    assert server.asked == [{}, {"cursor": "a"}, {"cursor": "a"}]
    assert sum(time.slept) == 12
    assert [each.waiting for each in told if each.waiting] == [float(left) for left in range(12, 0, -1)]
    assert "waited 12 seconds because the server was asked too often" in result.notes


async def test_waits_double_up_to_a_most_where_the_server_names_none(tmp_path: Path) -> None:
    time = Time()
    busy = [ToolFailed("crm.search: the server answered 429 Too Many Requests", hint="wait")] * 5

    await gather(
        Server([*busy, page(1)]).fetch, tmp_path, Ask(shape=PAGES), patience=time.patience(attempts=6, most=5.0)
    )

    assert sum(time.slept) == 1 + 2 + 4 + 5 + 5


async def test_giving_up_keeps_the_pages_and_the_cursor(tmp_path: Path) -> None:
    server = Server([page(1, 2, next="a"), SLOW_DOWN, SLOW_DOWN, SLOW_DOWN])

    with pytest.raises(Incomplete) as caught:
        await gather(server.fetch, tmp_path, Ask(shape=PAGES), patience=Time().patience())

    assert len(server.asked) == 4
    held = caught.value.partial
    assert held.rows == 2
    assert held.completeness.cursor == "a"
    assert held.resumable
    assert "rate limit exceeded" in caught.value.problem
    assert ".resume() goes on" in caught.value.hint


async def test_a_server_that_wants_an_hour_is_not_waited_for(tmp_path: Path) -> None:
    time = Time()
    server = Server([page(1, next="a"), Reply(texts=("Too many requests. Retry-After: 3600",), is_error=True)])

    with pytest.raises(Incomplete, match="3600"):
        await gather(server.fetch, tmp_path, Ask(shape=PAGES), patience=time.patience())

    assert time.slept == []


async def test_a_change_is_never_sent_again(tmp_path: Path) -> None:
    server = Server([SLOW_DOWN, page(1)])

    with pytest.raises(ToolFailed, match="rate limit"):
        await gather(server.fetch, tmp_path, Ask(shape=PAGES), patience=Time().patience(), follow=False)

    assert len(server.asked) == 1


async def test_stop_ends_a_wait_at_once_and_keeps_the_pages(tmp_path: Path) -> None:
    kept, waiting = list[object](), asyncio.Event()

    def progress(told: Progress) -> None:
        if told.waiting:
            waiting.set()

    server = Server([page(1, next="a"), SLOW_DOWN])
    work = gather(
        server.fetch,
        tmp_path,
        Ask(shape=PAGES),
        patience=Patience(),
        progress=progress,
        on_partial=kept.append,
    )
    task = asyncio.create_task(work)
    await asyncio.wait_for(waiting.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 0.5)

    assert len(kept) == 1


async def test_a_pace_lets_a_burst_through_and_spaces_the_rest() -> None:
    time = Time()
    pace = Pace(2.0, 3, clock=time.clock, sleep=time.sleep)
    at = []

    for _ in range(6):
        await pace.turn()
        at.append(time.now - 1000.0)

    assert at == [0.0, 0.0, 0.0, 0.5, 1.0, 1.5]


async def test_two_listings_share_the_pace_of_their_connector(tmp_path: Path) -> None:
    time = Time()
    pace = Pace(1.0, clock=time.clock, sleep=time.sleep)

    for _ in range(2):
        await gather(Server([page(1, next="a"), page(2)]).fetch, tmp_path, Ask(shape=PAGES), pace=pace)

    assert time.now - 1000.0 == 3.0


async def test_the_bar_counts_down() -> None:
    assert bar(Progress(pages=2, rows=200, total=None, waiting=11.2)) == (
        "rate limited, going on in 12 s: 200 rows in 2 pages so far"
    )
