"""What recording a call costs: both records of one call in the store, alone and with a required file beside it.

Also looking for secrets in the arguments of a usual call, and for what is odd in a tool. CPU is user time, which other
work on the machine moves least; the wait for the disk is in the clock's.

    python benchmarks/bench_audit.py [CALLS]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from common import own_places, print_table, spread

from jupyter_connectors.audit import Audit, Closing, Where
from jupyter_connectors.auditfile import AuditFile
from jupyter_connectors.calls import new_call
from jupyter_connectors.flags import flags
from jupyter_connectors.models import Tool, ToolCall
from jupyter_connectors.secrets import find, masked
from jupyter_connectors.store import open_store

CALLS, WARM_UP = 2_000, 50
GOAL_MS = 0.5
SCHEMA = {"type": "object", "properties": {name: {"type": "string", "description": "As listed."} for name in "abcdef"}}
TOOL = Tool(connector="acme-billing", name="list_invoices", description="Lists invoices." * 20, input_schema=SCHEMA)
PAGE = {"rows": [{"id": f"ch_{n}", "note": "delivered on time " * 3, "at": "2026-11-18T10:00:00Z"} for n in range(100)]}


def made() -> ToolCall:
    """A call with the arguments of a usual one."""
    return new_call(TOOL, {"customer": "cus_123456", "status": "open", "note": "for order 8812, late: see the ticket"})


def recording(place: Path, name: str, *files: AuditFile) -> Callable[[], object]:
    audit = Audit(open_store(place / f"{name}.sqlite"), where=Where.here(), files=files)
    done = Closing(outcome="ok", seconds=0.1, rows=100, pages=1, complete=True, bytes=20_000)

    def record() -> None:
        call = made()
        audit.opened(call, tool_class="read", decision="allowed by rule", rule="a reviewed tool that only reads")
        audit.closed(call, done)

    return record


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    with own_places() as place:
        text = made().arguments_json
        work = {
            "two records, store": recording(place, "alone"),
            "two records, store and required file": recording(
                place, "both", AuditFile(place / "log.jsonl", required=True)
            ),
            "secrets in the arguments of a call": lambda: find(text),
            "secrets in a page of 300 cells": lambda: masked(PAGE),
            "what is odd in a tool": lambda: flags(TOOL),
        }
        rows = [(name, *measured(act, calls)) for name, act in work.items()]
    print_table(f"Recording a call, {calls:,} times", ("", "p50 ms", "p90 ms", "user CPU ms"), rows)
    store = float(rows[0][1])
    print(f"goal for the store: {GOAL_MS} ms p50; {'met' if store <= GOAL_MS else 'MISSED'}")


def measured(act: Callable[[], object], calls: int) -> tuple[str, str, str]:
    """The middle and the slow end by the clock, and user CPU for each."""
    for _ in range(WARM_UP):
        act()
    times = []
    before = os.times().user
    for _ in range(calls):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    found = spread(times)
    return f"{found.median:.3f}", f"{found.p90:.3f}", f"{(os.times().user - before) * 1000 / calls:.3f}"


if __name__ == "__main__":
    main()
