"""Time limits that stand still while a person is asked: how long they think says nothing about the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

# Private in the SDK, which has the same trouble with its own limits and no public way to say so.
from mcp.shared._request_clock import waiting_on_a_person


class Patience:
    """The limits of one connection. Used on one loop only."""

    def __init__(self) -> None:
        self._running: dict[asyncio.Timeout, float] = {}
        """Each limit with the seconds it had left when the waiting began."""

        self._waiting = 0

    @asynccontextmanager
    async def limit(self, seconds: float) -> AsyncIterator[None]:
        """As `asyncio.timeout(seconds)`, less the time in which a person is asked."""
        clock = asyncio.get_running_loop().time
        async with asyncio.timeout(None if self._waiting else seconds) as limit:
            self._running[limit] = clock() + seconds if not self._waiting else seconds
            try:
                yield
            finally:
                del self._running[limit]

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Stops every limit of the connection while the block runs."""
        now = asyncio.get_running_loop().time
        if not self._waiting:
            for limit, until in self._running.items():
                self._running[limit] = until - now()
                if not limit.expired():
                    limit.reschedule(None)
        self._waiting += 1
        try:
            with waiting_on_a_person():
                yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                for limit, left in self._running.items():
                    self._running[limit] = now() + left
                    if not limit.expired():
                        limit.reschedule(now() + left)
