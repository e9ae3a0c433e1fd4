"""Which requests of an app go on, which wait, and which are refused."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_connectors.appturns import MOST, WAITING, Place, TooMany, Turns

pytestmark = pytest.mark.anyio


async def until_idle() -> None:
    """Lets every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


class Requests:
    """Requests of one app that end when they are let go."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.answer = asyncio.Event()
        self.end = asyncio.Event()
        self.under_way = 0

    async def plain(self) -> None:
        async with self.turns.place():
            await self._work()

    async def asked(self, tool: str) -> None:
        async with self.turns.place() as place, place.turn(tool):
            await self._person(place)
            await self._work()

    async def _person(self, place: Place) -> None:
        async with place.aside():
            await self.answer.wait()

    async def _work(self) -> None:
        self.under_way += 1
        await self.end.wait()
        self.under_way -= 1


async def test_what_waits_for_the_person_is_not_under_way() -> None:
    requests = Requests()
    waiting = [asyncio.create_task(requests.asked(f"tool{number}")) for number in range(WAITING)]
    working = [asyncio.create_task(requests.plain()) for _ in range(MOST + 1)]
    await until_idle()
    assert requests.under_way == MOST
    requests.answer.set()
    await until_idle()
    assert requests.under_way == MOST, "answered, but there is no room yet"
    requests.end.set()
    await asyncio.gather(*waiting, *working)
    assert requests.turns.waiting == requests.under_way == 0


@pytest.mark.parametrize("same", [True, False])
async def test_one_more_than_may_wait_is_refused(same: bool) -> None:
    requests = Requests()
    waiting = [asyncio.create_task(requests.asked("tool" if same else f"tool{number}")) for number in range(WAITING)]
    await until_idle()
    with pytest.raises(TooMany):
        await requests.asked("another")
    requests.answer.set()
    requests.end.set()
    await asyncio.gather(*waiting)
    await requests.asked("another")


async def test_what_is_stopped_while_it_waits_leaves_its_turn_and_takes_no_room() -> None:
    requests = Requests()
    first, second = (asyncio.create_task(requests.asked("tool")) for _ in range(2))
    working = [asyncio.create_task(requests.plain()) for _ in range(MOST)]
    await until_idle()
    first.cancel()
    requests.answer.set()
    await until_idle()
    assert first.cancelled() and requests.under_way == MOST
    second.cancel()
    requests.end.set()
    await asyncio.gather(*working)
    await asyncio.gather(requests.asked("tool"), *(requests.plain() for _ in range(MOST)))
    assert requests.turns.waiting == 0
    assert not requests.turns.gate.locked()


async def test_calls_of_one_tool_come_one_after_the_other() -> None:
    requests = Requests()
    requests.answer.set()
    tasks = [asyncio.create_task(requests.asked("tool")) for _ in range(3)]
    other = asyncio.create_task(requests.asked("other"))
    await until_idle()
    assert requests.under_way == 2
    requests.end.set()
    await asyncio.gather(other, *tasks)
