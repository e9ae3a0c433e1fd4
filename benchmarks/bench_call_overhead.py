"""What one small read costs on top of the SDK: `Hub.call` against `mcp.Client.call_tool`.

Ours is the whole call path: the arguments held against the tool's schema, the verdict, two records in the audit log,
our own transport, the output schema, and a result whose rows lie in a file. The peer is the raw MCP Python SDK as it
comes: its own stdio transport and its own check of the output schema, reply not looked at. Both talk to a process of
the same server (`acme-billing`, tool `get_customer`) on the same event loop; calls alternate, and so does who goes first.

    python benchmarks/bench_call_overhead.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from common import own_places, print_table, spread
from mcp import Client

from jupyter_connectors.calls import new_call
from jupyter_connectors.hub import Hub
from servers import BILLING, nobody, our_hub, raw_sdk

ROUNDS, WARM_UP = 1_000, 50
GOAL_MS = 1.0


async def timed(act: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds until it is done."""
    began = time.perf_counter()
    await act()
    return (time.perf_counter() - began) * 1000


async def measure(place: Path, rounds: int) -> tuple[list[float], list[float]]:
    """The times of ours and of the SDK, in milliseconds, call by call."""
    async with raw_sdk(place) as client, our_hub(place) as hub:
        return await alternate(hub, client, rounds)


async def alternate(hub: Hub, client: Client, rounds: int) -> tuple[list[float], list[float]]:
    """One call each in turn, the other one first every second time."""
    listed = await client.call_tool("list_customers", {"limit": 1})
    assert listed.structured_content is not None
    arguments = {"id": listed.structured_content["data"][0]["id"]}
    tool = hub.find(BILLING, "get_customer")

    async def ours() -> object:
        return await hub.call(new_call(tool, arguments), approve=nobody)

    async def raw() -> object:
        return await client.call_tool("get_customer", arguments)

    times: tuple[list[float], list[float]] = ([], [])
    for number in range(WARM_UP + rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            took = await timed((ours, raw)[which])
            if number >= WARM_UP:
                times[which].append(took)
    return times


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with own_places() as place:
        ours, raw = asyncio.run(measure(place, rounds))
    mine, theirs = spread(ours), spread(raw)
    added = spread(mine - their for mine, their in zip(ours, raw, strict=True))
    print_table(
        f"A small read, {rounds:,} calls each, milliseconds (goal: at most {GOAL_MS:.0f} added at the median)",
        ("", "p50", "p90", "ratio"),
        [
            ("raw SDK (peer)", f"{theirs.median:.2f}", f"{theirs.p90:.2f}", "1.00"),
            ("Hub.call", f"{mine.median:.2f}", f"{mine.p90:.2f}", f"{mine.median / theirs.median:.2f}"),
            ("added, call by call", f"{added.median:+.2f}", f"{added.p90:+.2f}"),
        ],
    )


if __name__ == "__main__":
    main()
