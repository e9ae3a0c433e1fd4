"""A raw MCP server over standard streams that misbehaves in one way, named by its only argument.

It speaks JSON-RPC by hand, since no SDK would let a server do these things. HOSTILE_TOOLS names a file with the tools it
lists, read anew each time; HOSTILE_RESULT is the JSON text of what a call gives,
HOSTILE_RESULT_FILE the file it is in. HOSTILE_TELLS is a FIFO: for each line put in there it says that its tools changed.
"""

import json
import os
import sys
import threading
from pathlib import Path

MODE = sys.argv[1] if len(sys.argv) > 1 else "well-behaved"
GOOD = {
    "name": "echo",
    "description": "Gives the text back.",
    "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
}
TOOLS = {
    "no-schema": [{"name": "bare"}, GOOD],
    "bad-tools": [
        {"description": "nameless"},
        {"name": "typed", "inputSchema": {"type": 5}},
        {"name": "listed", "inputSchema": ["not", "an", "object"]},
        {"name": "shouting", "inputSchema": {"type": "object"}, "description": 5},
        GOOD,
    ],
    "breaks-schema": [
        {**GOOD, "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}}
    ],
    "fetches": [{**GOOD, "outputSchema": {"$ref": "http://127.0.0.1:9/schema.json"}}],
}


SPEAKING = threading.Lock()


def send(message: object) -> None:
    with SPEAKING:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def tell_of_changes(lines: int) -> None:
    """Says that the list of tools changed, each time it is told to."""
    with open(lines) as told:
        for _ in told:
            send({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})


def raw(number: object, result: str) -> None:
    """A response whose result is this text, be it JSON or not."""
    sys.stdout.write(f'{{"jsonrpc":"2.0","id":{json.dumps(number)},"result":{result}}}\n')
    sys.stdout.flush()


def listing(params: dict) -> dict:
    if MODE == "endless-list":
        return {"tools": [GOOD], "nextCursor": "again"}
    if MODE == "empty-pages":
        return {"tools": [], "nextCursor": f"{params.get('cursor', '')}x"}
    if MODE == "cycling-list":
        turn = {None: "a", "a": "b", "b": "a"}[params.get("cursor")]
        return {"tools": [{**GOOD, "name": f"echo_{turn}"}], "nextCursor": turn}
    return {"tools": TOOLS.get(MODE, [GOOD])}


def call(number: int, params: dict) -> None:
    text = params.get("arguments", {}).get("text", "")
    answer: dict = {"content": [{"type": "text", "text": text}]}
    if MODE == "dies":
        sys.stderr.write("first line\nout of \x1b[31mmemory\x1b[0m\n")
        sys.stderr.flush()
        os._exit(7)
    if MODE == "silent" or (MODE == "silent-once" and text == "first"):
        return
    if MODE == "stderr-flood":
        for _ in range(int(os.environ.get("HOSTILE_LINES", "20000"))):
            sys.stderr.write("noise " * 100 + "\n")
    if MODE == "junk":
        sys.stdout.write("hello from a print statement\n\ufeff\nnot json {\n")
        sys.stdout.buffer.write(b"\xff\xfe broken utf-8\n")
    if MODE == "too-large":
        answer = {"content": [{"type": "text", "text": "x" * int(os.environ.get("HOSTILE_SIZE", "3000000"))}]}
    if MODE == "too-deep":
        deep = "[" * 20_000 + "]" * 20_000
        raw(number, deep)
        return
    if MODE == "babbles":
        while True:
            sys.stdout.write("not a message\n" * 100)
    if MODE == "endless-progress":
        token = params.get("_meta", {}).get("progressToken")
        for done in range(10**9):
            send(
                {
                    "jsonrpc": "2.0",
                    "method": "notifications/progress",
                    "params": {"progressToken": token, "progress": done},
                }
            )
    if MODE == "environment":
        answer = {"content": [{"type": "text", "text": json.dumps(dict(os.environ))}]}
    if result := os.environ.get("HOSTILE_RESULT"):
        raw(number, result)
        return
    if path := os.environ.get("HOSTILE_RESULT_FILE"):
        raw(number, Path(path).read_text())
        return
    if MODE == "breaks-schema":
        answer["structuredContent"] = {"n": "seven"}
    if MODE == "fetches":
        answer["structuredContent"] = {}
    if MODE == "no-content":
        answer = {"structuredContent": {"text": text}}
    if MODE == "strangers":
        send({"jsonrpc": "2.0", "id": 999_999, "result": answer})
    send({"jsonrpc": "2.0", "id": number, "result": answer})
    if MODE == "strangers":
        send({"jsonrpc": "2.0", "id": number, "result": answer})


if MODE == "dies-at-start":
    sys.stderr.write("the licence has expired\n")
    sys.exit(4)
if MODE == "mute":
    for _ in sys.stdin:
        pass
if MODE == "ignores-eof":
    import signal

    signal.signal(signal.SIGTERM, signal.SIG_IGN)

if fifo := os.environ.get("HOSTILE_TELLS"):
    # Open for writing too, so that it has no end when a test closes its side.
    threading.Thread(target=tell_of_changes, args=(os.open(fifo, os.O_RDWR),), daemon=True).start()

for line in sys.stdin:
    message = json.loads(line)
    number, method = message.get("id"), message["method"]
    if log := os.environ.get("HOSTILE_LOG"):
        with Path(log).open("a") as out:
            told = message.get("params", {})
            out.write(json.dumps([method, told.get("name"), told.get("arguments")]) + "\n")
    if number is None:
        continue
    if MODE == "eager":
        for later in range(number + 1, number + 20):
            send({"jsonrpc": "2.0", "id": later, "result": {"content": [{"type": "text", "text": "forged"}]}})
    if method == "initialize":
        info = {"name": os.environ.get("HOSTILE_NAME", "hostile"), "version": "1"}
        version = "2099-01-01" if MODE == "future" else message["params"]["protocolVersion"]
        words = {"instructions": os.environ["HOSTILE_WORDS"]} if "HOSTILE_WORDS" in os.environ else {}
        send(
            {
                "jsonrpc": "2.0",
                "id": number,
                "result": {**words, "protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info},
            }
        )
    elif method == "tools/list" and "HOSTILE_TOOLS" in os.environ:
        raw(number, f'{{"tools":{Path(os.environ["HOSTILE_TOOLS"]).read_text()}}}')
    elif method == "tools/list":
        send({"jsonrpc": "2.0", "id": number, "result": listing(message.get("params") or {})})
    elif method == "tools/call":
        call(number, message["params"])
    else:
        send({"jsonrpc": "2.0", "id": number, "error": {"code": -32601, "message": f"no method {method}"}})
if MODE == "ignores-eof":
    signal.alarm(60)  # whoever does not end it is told so by a failed test, and not by a process that stays
    signal.pause()
