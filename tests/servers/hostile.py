"""A raw MCP server over standard streams that misbehaves in one way, named by its only argument.

It speaks JSON-RPC by hand, since no SDK would let a server do these things.
"""

import json
import os
import sys
import time
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


def send(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def listing(params: dict) -> dict:
    if MODE == "endless-list":
        return {"tools": [GOOD], "nextCursor": "again"}
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
        for _ in range(20_000):
            sys.stderr.write("noise " * 100 + "\n")
    if MODE == "junk":
        sys.stdout.write("hello from a print statement\n\ufeff\nnot json {\n")
        sys.stdout.buffer.write(b"\xff\xfe broken utf-8\n")
    if MODE == "too-large":
        answer = {"content": [{"type": "text", "text": "x" * 3_000_000}]}
    if MODE == "too-deep":
        deep = "[" * 20_000 + "]" * 20_000
        sys.stdout.write(f'{{"jsonrpc":"2.0","id":{number},"result":{deep}}}\n')
        sys.stdout.flush()
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

for line in sys.stdin:
    message = json.loads(line)
    number, method = message.get("id"), message["method"]
    if log := os.environ.get("HOSTILE_LOG"):
        with Path(log).open("a") as out:
            out.write(json.dumps([method, message.get("params", {}).get("name")]) + "\n")
    if number is None:
        continue
    if method == "initialize":
        info = {"name": "hostile", "version": "1"}
        version = message["params"]["protocolVersion"]
        send(
            {
                "jsonrpc": "2.0",
                "id": number,
                "result": {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info},
            }
        )
    elif method == "tools/list":
        send({"jsonrpc": "2.0", "id": number, "result": listing(message.get("params") or {})})
    elif method == "tools/call":
        call(number, message["params"])
    else:
        send({"jsonrpc": "2.0", "id": number, "error": {"code": -32601, "message": f"no method {method}"}})
if MODE == "ignores-eof":
    time.sleep(60)
