"""Rate limits: recognised in what a server says, and waited out where that is safe.

HTTP headers do not reach an MCP client, so a limit arrives as the text of an error, or as Notion sends it:
`structuredContent.error = {code: "rate_limited", retry_after_seconds}` (developers.notion.com, "Request limits").
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.frames.decode import decode
from jupyter_connectors.frames.records import error_in
from jupyter_connectors.models import Json, Reply

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

# A bare 429 may be an invoice's number, so it counts only where a status stands.
_SAID = re.compile(
    r"rate.?limit|too many (?:requests|calls)|\b(?:http|status|code|error|answered)\W{0,3}429\b|^\W*429\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:retry.?after|(?:retry|try)(?: again)? in)\D{0,20}?(\d{1,7}(?:\.\d{1,6})?)\s*(ms|milli|min|m\b)?", re.IGNORECASE
)
_UNITS = {"ms": 0.001, "milli": 0.001, "min": 60.0, "m": 60.0}
_CODES = frozenset({"rate_limited", "ratelimited", "rate_limit_exceeded", "too_many_requests", "429"})
_TICK = 1.0
_SHORT = 4_000
"""An error is short; no more of a reply is looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """A server said that it is asked too often."""

    after: float | None = None
    """The seconds it wants to be left alone, where it tells."""


def limited(said: Reply | ConnectorError) -> Limited | None:
    """Whether a reply or an error is a rate limit. Rows that happen to speak of one are none."""
    if isinstance(said, ConnectorError):
        return _in_text(said.problem)
    if not said.is_error and not _may_be_error(said):
        return None
    told = said.structured if isinstance(said.structured, dict) else decode(said).payload
    error = told.get("error") if isinstance(told, dict) else None
    if isinstance(error, Mapping) and str(error.get("code") or error.get("status")).lower() in _CODES:
        return Limited(after=_seconds(error))
    return _in_text(said.text[:_SHORT] if said.is_error else error_in(told) or "")


def _may_be_error(reply: Reply) -> bool:
    if isinstance(reply.structured, dict):
        return "error" in reply.structured or "ok" in reply.structured
    return len(reply.texts) == 1 and len(reply.texts[0]) < _SHORT


def _seconds(error: Mapping[str, Json]) -> float | None:
    for key in ("retry_after_seconds", "retry_after"):
        value = error.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return float(value)
    return None


def _in_text(text: str) -> Limited | None:
    after = _AFTER.search(text)
    if after is None:
        return Limited() if _SAID.search(text) else None
    return Limited(after=float(after[1]) * _UNITS.get((after[2] or "").lower(), 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for a server that is asked too often, and when to give up."""

    attempts: int = 3
    """How often one request is sent before the listing stops."""

    first: float = 1.0
    most: float = 60.0
    """Seconds of the first wait, doubled for each further one up to `most`, where the server names none."""

    longest: float = 120.0
    """A server that asks for more than these seconds is not waited for."""

    clock: Clock = time.monotonic
    sleep: Sleep = asyncio.sleep
    chance: Callable[[], float] = random.random
    """A number between 0 and 1, so that two kernels do not come back at the same moment."""

    def seconds(self, limit: Limited, tried: int) -> float | None:
        """How long to wait after `tried` attempts; None is to give up."""
        if tried >= self.attempts or (limit.after or 0.0) > self.longest:
            return None
        if limit.after is not None:
            return limit.after + self.chance() / 2
        return min(self.most, self.first * 2.0 ** (tried - 1)) * (1 + self.chance() / 4)

    async def wait(self, seconds: float, tell: Callable[[float], None]) -> None:
        """Waits and tells about once a second how many seconds are left. Cancelling ends it at once."""
        until = self.clock() + seconds
        while (left := until - self.clock()) > 0:
            tell(left)
            await self.sleep(min(_TICK, left))
