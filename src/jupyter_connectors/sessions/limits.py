"""How long we wait for a server and how much we read from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Times in seconds, sizes in bytes."""

    connect: float = 30.0
    call: float = 60.0
    close: float = 2.0
    """How long a local server may take to leave after its input closes, before it is terminated."""

    reply: int = 20 * 1024 * 1024
    """The largest single message read from a server."""

    junk: int = 100
    """Unreadable lines from a local server before the connection is given up."""

    tools: int = 10_000
    list_pages: int = 200
