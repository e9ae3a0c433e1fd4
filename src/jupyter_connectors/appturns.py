"""Whose turn it is among the requests of one app: some are under way, some wait for the person, the rest waits or is refused."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Self

from jupyter_connectors.errors import UsageProblem

MOST = 8
"""Requests of one app that are under way at once; more wait."""

WAITING = 8
"""Besides those, requests that the person is or will be asked about; more are refused."""


class TooMany(UsageProblem):
    """So many requests of the app wait for the person that no more may."""


class Turns:
    """The order of the requests of one app. Used on the runtime's loop only."""

    def __init__(self) -> None:
        self.gate = asyncio.Semaphore(MOST)
        self.waiting = 0
        self.tools: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By tool: the next call that would be asked about waits, since a yes to this one may be a yes to it."""

    def place(self) -> Place:
        """The place of one more request, entered when there is room."""
        return Place(self)


class Place:
    """The place of one request among those under way. It is free for another while this one waits for somebody."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._inside = False
        self._waits = False

    async def __aenter__(self) -> Self:
        await self._enter()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._inside:
            self._turns.gate.release()
        if self._waits:
            self._turns.waiting -= 1

    async def _enter(self) -> None:
        await self._turns.gate.acquire()
        self._inside = True

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Outside while the body waits, and inside again after it.

        Raises:
            TooMany: As many as may wait, do. One that has waited once is among them to its end.
        """
        turns = self._turns
        if not self._waits:
            if turns.waiting >= WAITING:
                raise TooMany("too many calls of this app wait for the person", hint="nothing was sent")
            turns.waiting += 1
            self._waits = True
        turns.gate.release()
        self._inside = False
        yield
        await self._enter()

    @asynccontextmanager
    async def turn(self, tool: str) -> AsyncIterator[None]:
        """The only turn of a tool, waited for outside.

        Raises:
            TooMany: As for `aside`.
        """
        async with AsyncExitStack() as held:
            async with self.aside():
                await held.enter_async_context(self._turns.tools[tool])
            yield
