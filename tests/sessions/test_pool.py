"""The connections of a kernel, in the order the person asked for them."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.errors import ConnectionFailed
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.pool import Pool

from ..servers import web

pytestmark = pytest.mark.anyio

LIMITS = Limits(connect=5, call=5, close=0.3)


def at(site: web.Site, name: str) -> Entry:
    return Entry(id=name, title=name, summary="waits", category="test", target=Remote(url=site.url), custom=True)


def waiting(greeted: asyncio.Event) -> web.Handler:
    """A server that answers nobody before the event."""

    async def handler(request: web.Request, writer: web.Writer) -> None:
        await greeted.wait()
        await web.mcp(handler)(request, writer)

    return handler


def ready(*names: str) -> dict[str, asyncio.Event]:
    return {name: asyncio.Event() for name in names}


async def test_connectors_stand_in_the_order_they_were_asked_for_not_in_that_they_were_ready() -> None:
    greeted = ready("first", "second")
    async with web.site(waiting(greeted["first"])) as one, web.site(waiting(greeted["second"])) as two:
        pool = Pool(LIMITS)
        opening = [asyncio.create_task(pool.open(each.id, each)) for each in (at(one, "first"), at(two, "second"))]
        greeted["second"].set()
        await opening[1]
        assert (pool.names, pool.order) == (("second",), ("first", "second"))
        greeted["first"].set()
        await opening[0]
        assert pool.names == ("first", "second")
        await pool.open("first", at(one, "first"))
        assert pool.names == ("first", "second")
        await pool.close("first")
        await pool.open("first", at(one, "first"))
        assert pool.names == pool.order == ("second", "first")
        await pool.close_all()
        assert pool.names == pool.order == ()


async def test_what_could_not_be_connected_has_no_place_in_the_order() -> None:
    async def refuses(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "500 Internal Server Error")

    async with web.site(refuses) as broken:
        pool = Pool(LIMITS)
        both = (pool.open("broken", at(broken, "broken")) for _ in range(2))
        failures = await asyncio.gather(*both, return_exceptions=True)
        assert [type(each) for each in failures] == [ConnectionFailed] * 2
        assert pool.names == pool.order == ()


async def test_a_second_try_that_waited_for_the_first_to_fail_has_its_place() -> None:
    works = asyncio.Event()
    good = web.mcp(waiting(works))

    async def fails_at_first(request: web.Request, writer: web.Writer) -> None:
        if works.is_set():
            await good(request, writer)
        else:
            web.send(writer, "500 Internal Server Error")

    async with web.site(fails_at_first) as site:
        pool = Pool(LIMITS)

        async def first() -> None:
            try:
                await pool.open("late", at(site, "late"))
            finally:
                works.set()

        failed, made = await asyncio.gather(first(), pool.open("late", at(site, "late")), return_exceptions=True)
        assert isinstance(failed, ConnectionFailed) and not isinstance(made, BaseException)
        assert pool.names == pool.order == ("late",)
        await pool.close_all()
