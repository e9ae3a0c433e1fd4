"""40,000 invoices to a typed frame: `Hub.call` and `.df` against a loop over the raw SDK and `pandas.json_normalize`.

End to end: 400 pages of 100 over stdio, the process being started before; each page needs the last id of the one before,
so they come one after another. The peers ask the same server for the same pages, read the text block with `json.loads`
and hand all rows to `json_normalize`; the first leaves the SDK's check of the output schema as it comes, the second
sends the request below it. Ours checks the schema on the first page. Rounds alternate. The CPU seconds of the server are
its process's own; "frames" is the CPU that the same pages take when they lie in memory, and what is left of the
client's is the SDK and our transport.

In memory: the same 400 replies, already parsed. Ours is the whole of `collect` (paging, types, proof, both files) and
`.df`; the peer is `json_normalize` and `to_datetime` on its epoch columns, with all rows in one list beforehand.

    python benchmarks/bench_invoices_frame.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb  # noqa: F401  # a kernel has it loaded by the time the first result comes
import pandas as pd
import psutil
from common import own_places, print_table, spread
from mcp import Client
from mcp_types import CallToolRequest, CallToolRequestParams, CallToolResult
from pydantic import TypeAdapter

from jupyter_connectors.calls import new_call
from jupyter_connectors.frames.collect import collect
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import shape_for
from jupyter_connectors.hub import Hub
from jupyter_connectors.models import Json, Reply, Tool
from servers import BILLING, nobody, our_hub, raw_sdk

ROUNDS, ROUNDS_IN_MEMORY = 3, 5
TOOL, PAGE = "list_invoices", 100
EPOCHS = ("created", "due_date", "status_transitions.finalized_at", "status_transitions.paid_at")

Page = Callable[[dict[str, Any]], Awaitable[CallToolResult]]
Way = Callable[[], Awaitable[pd.DataFrame]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Seconds one listing took."""

    wall: float
    server: float
    client: float


async def by_hand(page: Page) -> pd.DataFrame:
    """What one writes without us."""
    rows: list[dict[str, Any]] = []
    arguments: dict[str, Any] = {"limit": PAGE}
    while True:
        reply = await page(arguments)
        found = json.loads(reply.content[0].text)  # type: ignore[union-attr]  # the demo sends one text block
        rows += found["data"]
        if not found["has_more"]:
            return pd.json_normalize(rows)
        arguments = {"limit": PAGE, "starting_after": found["data"][-1]["id"]}


async def timed(server: psutil.Process, act: Callable[[], Awaitable[Any]]) -> tuple[Any, Taken]:
    """What `act` gives, and what it took here and in its server."""
    gc.collect()
    theirs, mine, began = server.cpu_times(), time.process_time(), time.perf_counter()
    given = await act()
    wall, client, after = time.perf_counter() - began, time.process_time() - mine, server.cpu_times()
    return given, Taken(wall=wall, client=client, server=after.user + after.system - theirs.user - theirs.system)


def in_memory(place: Path, tool: Tool, pages: list[Reply]) -> tuple[list[float], list[float], list[float]]:
    """Seconds of ours, of ours in CPU, and of the peer, on replies that are already here."""
    rows = [row for page in pages for row in page.structured["data"]]

    async def ours() -> pd.DataFrame:
        left = iter(pages)

        async def fetch(_: Mapping[str, Json]) -> Reply:
            return next(left)

        shape = shape_for(BILLING, TOOL)
        return (await collect(new_call(tool, {}), tool, fetch, shape=shape, spool_dir=place / "memory")).df

    def theirs() -> pd.DataFrame:
        frame = pd.json_normalize(rows)
        for name in EPOCHS:
            frame[name] = pd.to_datetime(frame[name], unit="s", utc=True)
        return frame

    mine: tuple[list[float], list[float], list[float]] = ([], [], [])
    for _ in range(ROUNDS_IN_MEMORY):
        began, busy = time.perf_counter(), time.process_time()
        assert len(asyncio.run(ours())) == len(rows)
        mine[0].append(time.perf_counter() - began)
        mine[1].append(time.process_time() - busy)
        began = time.perf_counter()
        assert len(theirs()) == len(rows)
        mine[2].append(time.perf_counter() - began)
    return mine


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All rounds end to end, and the last results for a look at their columns."""

    times: dict[str, list[Taken]]
    result: Result
    naive: pd.DataFrame
    tool: Tool


OURS, PEER, UNCHECKED = "Hub.call + .df", "SDK + json_normalize (peer)", "the same, SDK check off"


async def end_to_end(place: Path, rounds: int) -> Measured:
    """Each way in turn; both servers have answered before."""
    me = psutil.Process()
    async with raw_sdk(place) as client:
        (theirs,) = me.children()
        async with our_hub(place) as hub:
            (mine,) = (each for each in me.children() if each != theirs)
            tool = hub.find(BILLING, TOOL)
            results: list[Result] = []

            async def ours() -> pd.DataFrame:
                results[:] = [await hub.call(new_call(tool, {}), approve=nobody)]
                return results[0].df

            checked, unchecked = pages_of(client)
            ways: dict[str, tuple[psutil.Process, Way]] = {
                PEER: (theirs, lambda: by_hand(checked)),
                UNCHECKED: (theirs, lambda: by_hand(unchecked)),
                OURS: (mine, ours),
            }
            await warm_up(hub, client)
            times, naive = await alternate(ways, rounds)
    assert results[0].complete and list(results[0].df["id"]) == list(naive["id"])
    return Measured(times=times, result=results[0], naive=naive, tool=tool)


async def alternate(
    ways: Mapping[str, tuple[psutil.Process, Way]], rounds: int
) -> tuple[dict[str, list[Taken]], pd.DataFrame]:
    """The times of each way, and the peer's frame without its cells full of lists."""
    times: dict[str, list[Taken]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (server, act) in ways.items():
            frame, taken = await timed(server, act)
            times[name].append(taken)
            if name == PEER:
                # While the dicts in those cells live, Python's collector makes everyone slower.
                naive = frame.drop(columns="lines.data")
            del frame
    return times, naive


async def warm_up(hub: Hub, client: Client) -> None:
    """Both servers have made their rows and both clients have seen the tool's schema."""
    one = {"limit": 1, "created_lt": 0}
    await hub.call(new_call(hub.find(BILLING, TOOL), one), approve=nobody)
    await client.call_tool(TOOL, one)


def pages_of(client: Client) -> tuple[Page, Page]:
    """One page over the SDK: with its check of the output schema, and by the request below that check."""
    reply = TypeAdapter(CallToolResult)

    async def checked(arguments: dict[str, Any]) -> CallToolResult:
        return await client.call_tool(TOOL, arguments)

    async def unchecked(arguments: dict[str, Any]) -> CallToolResult:
        asked = CallToolRequest(params=CallToolRequestParams(name=TOOL, arguments=arguments))
        return await client.session.send_request(asked, reply)

    return checked, unchecked


def print_end_to_end(measured: Measured, frames_cpu: float) -> None:
    rows = len(measured.naive)
    middle = {name: spread(each.wall for each in taken).median for name, taken in measured.times.items()}
    lines = []
    for name, taken in measured.times.items():
        server, client = (spread(getattr(each, who) for each in taken).median for who in ("server", "client"))
        lines.append(
            (
                name,
                f"{middle[name]:.1f}",
                f"{rows / middle[name]:,.0f}",
                f"{middle[PEER] / middle[name]:.2f}",
                f"{server:.1f}",
                f"{client:.1f}",
            )
        )
        if name == OURS:
            both = server + client
            shares = (server / both, (client - frames_cpu) / both, frames_cpu / both)
    pages = measured.result.pages
    print_table(
        f"{rows:,} invoices in {pages} pages to a frame, median of {len(measured.times[OURS])} rounds",
        ("", "s", "rows/s", "speed", "server CPU s", "client CPU s"),
        lines,
    )
    print("  CPU of ours: server {:.0%}, SDK and transport {:.0%}, frames {:.0%}".format(*shares))


def print_columns(result: Result, naive: pd.DataFrame) -> None:
    """Where the two frames differ: what the peer's reader still has to know and do."""
    frame = result.df
    coins = frame["currency"].nunique()
    yen = frame.index[frame["currency"] == "jpy"][0]
    lines = [
        ("created", str(frame["created"].dtype), str(naive["created"].dtype)),
        ("amount_due", f"{frame['amount_due'].dtype}, major units", f"{naive['amount_due'].dtype}, minor units"),
        (
            "  of one invoice in JPY",
            f"{frame['amount_due'][yen]:,.0f}",
            f"{naive['amount_due'][yen] / 100:,.2f} after / 100",
        ),
        ("  currencies in it", f"{coins}, each by its digits", f"{coins}, in one unit"),
        (
            "lines",
            f"a table of {len(result.children['lines']):,} rows",
            "lists in cells",
        ),
        ("all rows proven", "complete" if result.complete else "no", "not looked at"),
    ]
    print_table("What the columns are", ("", "ours", "json_normalize"), lines)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with own_places() as place:
        measured = asyncio.run(end_to_end(place, rounds))
        found = measured.result.json
        pages = [
            Reply(structured={"object": "list", "data": found[at : at + PAGE], "has_more": at + PAGE < len(found)})
            for at in range(0, len(found), PAGE)
        ]
        pages = [Reply(texts=(json.dumps(each.structured),), structured=each.structured) for each in pages]
        ours, ours_cpu, theirs = in_memory(place, measured.tool, pages)
        print_end_to_end(measured, spread(ours_cpu).median)
        mine, naive = spread(ours), spread(theirs)
        print_table(
            f"The same {len(pages)} replies in memory, seconds, {ROUNDS_IN_MEMORY} rounds",
            ("", "median", "p90", "speed"),
            [
                ("json_normalize + to_datetime (peer)", f"{naive.median:.2f}", f"{naive.p90:.2f}", "1.00"),
                ("collect + .df", f"{mine.median:.2f}", f"{mine.p90:.2f}", f"{naive.median / mine.median:.2f}"),
            ],
        )
        print_columns(measured.result, measured.naive)


if __name__ == "__main__":
    main()
