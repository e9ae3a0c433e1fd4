"""What consent costs per call: the verdict from policy, settings and grants in the store, and the two audit records.

The peer is the least that could be done in its place, in the same run: the two audit records without a chain, one
INSERT each in a transaction of its own, and no verdict. Lists are what `%tools`, completion and a model's tools are
filtered by. Times are of this process's CPU as well as of the clock, because other work on the machine delays the clock.

    python benchmarks/bench_consent.py [ROUNDS]
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from common import own_places, print_table, spread

from jupyter_connectors.audit import Audit, Closing
from jupyter_connectors.calls import new_call
from jupyter_connectors.directory.catalogue import shipped
from jupyter_connectors.judgement import Judge
from jupyter_connectors.models import Tool, ToolClass
from jupyter_connectors.policy.loading import PolicyFiles
from jupyter_connectors.store import Store, open_store

ROUNDS, WARM_UP, TOOLS, LISTS = 2_000, 100, 500, 200
GOAL_CALL_MS, GOAL_LIST_MS = 1.0, 1.0
ENTRY = next(entry for entry in shipped() if entry.id == "acme-billing")
TOOL = Tool(connector="acme-billing", name="create_refund", input_schema={"type": "object"})
ENDED = Closing(outcome="ok", seconds=0.1, rows=1, pages=1, complete=True)


def timed(act: Callable[[], object], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds by the clock, and of this process's CPU, of each round."""
    clock, cpu = [], []
    for number in range(WARM_UP + rounds):
        began, worked = time.perf_counter(), time.process_time()
        act()
        if number >= WARM_UP:
            cpu.append((time.process_time() - worked) * 1000)
            clock.append((time.perf_counter() - began) * 1000)
    return clock, cpu


def consent(store: Store) -> Callable[[], object]:
    """A write that a standing grant covers: verdict, grant, record before, record after."""
    judge, audit = Judge(store, policy=PolicyFiles().current), Audit(store)
    judge.met(ENTRY, (TOOL,))
    judge.grants.allow(new_call(TOOL, {}), TOOL, ENTRY.identity, lasting="always")

    def act() -> None:
        call = new_call(TOOL, {"payment": "pi_123456", "amount": 500, "reason": "requested_by_customer"})
        verdict = judge.verdict(call, TOOL, ENTRY)
        assert judge.granted(call, TOOL, ENTRY, verdict) is not None
        audit.opened(call, tool_class=verdict.tool_class, decision="allowed: always", rule=verdict.rule)
        audit.closed(call, ENDED)

    return act


def plain(place: Path) -> Callable[[], object]:
    """Two rows, each its own transaction, in a log of no particular kind."""
    log = sqlite3.connect(place / "plain.sqlite", isolation_level=None)
    log.execute("PRAGMA journal_mode = WAL")
    log.execute("PRAGMA synchronous = NORMAL")
    log.execute("CREATE TABLE log (seq INTEGER PRIMARY KEY, record TEXT)")

    def act() -> None:
        call = new_call(TOOL, {"payment": "pi_123456", "amount": 500, "reason": "requested_by_customer"})
        for event in ("opened", "closed"):
            log.execute("INSERT INTO log (record) VALUES (?)", (f"{event} {call.id} {call.arguments_json}",))

    return act


def listing(store: Store, *, changed: bool) -> Callable[[], object]:
    """A list of tools less those that are blocked; `changed` for one just after the person set something."""
    tools = tuple(replace(TOOL, name=f"tool_{number}") for number in range(TOOLS))
    entry = replace(ENTRY, id="many", reviewed={tool.name: ToolClass.READ for tool in tools[::2]})
    judge = Judge(store, policy=PolicyFiles().current)
    judge.met(entry, tools)
    for tool in tools[::50]:
        judge.permissions.set(entry.identity, "block", tool=tool.name)

    def after_a_change() -> object:
        judge.permissions.set(entry.identity, "ask", tool="tool_1")
        return judge.visible(tools, entry)

    return after_a_change if changed else lambda: judge.visible(tools, entry)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with own_places() as place:
        store = open_store(place / "data" / "state.sqlite")
        rows = []
        for name, act, times, goal in (
            ("two plain rows (peer)", plain(place), rounds, ""),
            ("verdict, grant, two audit records", consent(store), rounds, f"{GOAL_CALL_MS:.0f}"),
            (f"list of {TOOLS} tools", listing(store, changed=False), LISTS, f"{GOAL_LIST_MS:.0f}"),
            ("the same, after a setting changed", listing(store, changed=True), LISTS, ""),
        ):
            clock, cpu = (spread(each) for each in timed(act, times))
            rows.append((name, f"{clock.median:.3f}", f"{clock.p90:.3f}", f"{cpu.median:.3f}", goal))
        store.close()
    print_table("Consent, milliseconds", ("", "p50", "p90", "CPU p50", "goal"), rows)


if __name__ == "__main__":
    main()
