"""Waiting for what nothing announces: a row in a log, the list another process reads anew, a trait that a loop sets.

Where something does announce it (a line, an event, the end of a process), a test waits for that instead.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

STEP = 0.01


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Returns once the condition holds; a TimeoutError where it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not come to be in {seconds:g} seconds")
        time.sleep(STEP)


async def eventually(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """The same on a loop, which goes on meanwhile."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(STEP)
