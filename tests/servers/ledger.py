"""An MCP server over standard streams that lists a year of invoices by windows of time, or misbehaves in one of them.

It answers each call on a thread of its own, after waiting for one call too many for so many seconds as LEDGER_SLOW
says, and writes to LEDGER_LOG the arguments of
every call and how many were under way. While there is a file LEDGER_HOLDS, a call is held until the client cancels it,
and not answered. Its only argument is a mode: "honest", "cuts-march" (a page there promises more
and no more comes), "strays-march" (its rows of March include one of April), "adds-march" (they have a field of their
own), "numbers-march" (a number there is a text).
"""

import json
import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

MODE = sys.argv[1] if len(sys.argv) > 1 else "honest"
NUMBER = {"type": "integer"}
ARGUMENTS = {"created_gte": NUMBER, "created_lt": NUMBER, "limit": NUMBER, "starting_after": {"type": "string"}}
NAMES = ("list_invoices", "void_invoices")
TOOLS = [{"name": each, "inputSchema": {"type": "object", "properties": ARGUMENTS}} for each in NAMES]
MARCH, APRIL = (int(datetime(2026, month, 1, tzinfo=UTC).timestamp()) for month in (3, 4))
BIG = 2**60
"""No float64 holds the numbers after it."""

ALLOWED = 2
"""As many calls as a connector may have under way at once."""

writing = threading.Condition()
under_way = 0
cancelled: dict[object, threading.Event] = {}
"""Whether the client cancelled it, by the number of each call."""


def rows() -> list[dict]:
    """Six rows a day, newest first; the first of each month at midnight to the second."""
    first = datetime(2026, 1, 1, tzinfo=UTC)
    made = []
    for number in range(365 * 6):
        row = {"id": f"in_{number:05}", "created": int((first + timedelta(hours=4 * number)).timestamp())}
        row |= {"currency": "eur", "total": 100 + number, "attempt_count": 0, "attempted": False, "auto_advance": True}
        row |= {"livemode": False, "serial": None if number % 7 == 0 else BIG + number}
        row["paid"] = None if number % 3 == 0 else number % 2 == 0
        if MARCH <= row["created"] < APRIL and MODE == "adds-march":
            row["surprise"] = "new"
        if MARCH <= row["created"] < APRIL and MODE == "numbers-march":
            row["serial"] = "INV-1"
        made.append(row)
    return made[::-1]


ROWS = rows()


def answer(arguments: dict) -> dict:
    low, high = arguments.get("created_gte", 0), arguments.get("created_lt", 2**40)
    inside = [row for row in ROWS if low <= row["created"] < high]
    if MODE == "strays-march" and low == MARCH:
        inside.append(next(row for row in ROWS if row["created"] == APRIL))
    after = arguments.get("starting_after")
    begin = 1 + next(at for at, row in enumerate(inside) if row["id"] == after) if after else 0
    size = arguments.get("limit", 10)
    page = inside[begin : begin + size]
    more = begin + size < len(inside)
    if MODE == "cuts-march" and low == MARCH and begin:
        page, more = [], True
    return {"object": "list", "data": page, "has_more": more}


def call(number: int, params: dict, stopped: threading.Event) -> None:
    global under_way
    with writing:
        under_way += 1
        if log := os.environ.get("LEDGER_LOG"):
            with Path(log).open("a") as out:
                out.write(json.dumps([under_way, params["name"], params.get("arguments")]) + "\n")
        writing.notify_all()
    if (holds := os.environ.get("LEDGER_HOLDS")) and Path(holds).exists():
        stopped.wait()
        return
    # So that calls overlap: a test counts how many are ever under way, and one too many needs the time to come.
    with writing:
        writing.wait_for(lambda: under_way > ALLOWED, timeout=float(os.environ.get("LEDGER_SLOW", "0")))
    told = {"content": [{"type": "text", "text": json.dumps(answer(params.get("arguments") or {}))}]}
    with writing:
        under_way -= 1
        send({"jsonrpc": "2.0", "id": number, "result": told})


def send(message: dict) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


for line in sys.stdin:
    message = json.loads(line)
    number, method = message.get("id"), message["method"]
    if method == "notifications/cancelled" and (held := cancelled.get(message["params"]["requestId"])):
        held.set()
    if number is None:
        continue
    if method == "tools/call":
        stopped = cancelled[number] = threading.Event()
        threading.Thread(target=call, args=(number, message["params"], stopped), daemon=True).start()
        continue
    result: dict = {"tools": TOOLS}
    if method == "initialize":
        version = message["params"]["protocolVersion"]
        info = {"name": "ledger", "version": "1"}
        result = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
    with writing:
        send({"jsonrpc": "2.0", "id": number, "result": result})
