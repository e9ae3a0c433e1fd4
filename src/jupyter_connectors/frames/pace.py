"""Keeping to a published rate, so that a server need not say that it is asked too often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_connectors.frames.forms import Rate


class Pace:
    """Keeps the calls of one connector to its published rate; shared by all of them, because the limit is."""

    def __init__(
        self,
        rps: float,
        burst: int = 1,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._every = 1.0 / rps
        self._slack = max(burst - 1, 0) * self._every
        self._clock = clock
        self._sleep = sleep
        self._due = 0.0

    async def turn(self) -> None:
        """Returns when the next request may be sent; turns are given in the order they were asked for."""
        now = self._clock()
        self._due = max(self._due, now)
        wait = self._due - self._slack - now
        self._due += self._every
        if wait > 0:
            await self._sleep(wait)


class Paces:
    """The pace of each connector, one for all its calls: a vendor counts what an account asks."""

    def __init__(self) -> None:
        self._by_name: dict[str, Pace] = {}

    def of(self, connector: str, rate: Rate | None) -> Pace | None:
        """The connector's pace; None where no rate is known of any tool of it that was called."""
        if rate is not None and connector not in self._by_name:
            self._by_name[connector] = Pace(rate.per_second, rate.burst)
        return self._by_name.get(connector)
