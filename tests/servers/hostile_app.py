"""An MCP server over standard streams whose app attacks whoever shows it (hostile_app.html).

HOSTILE_APP is the JSON the page is given: sinks, names, addresses. HOSTILE_APP_CALLS is the file that gets a line for each
tool that ran. HOSTILE_APP_CSP is the JSON of what the page declares.
"""

import json
import os
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("hostile_app.html")
ADDRESS = "ui://hostile/app"
TEXT = {"type": "object", "properties": {"text": {"type": "string"}, "by": {"type": "string"}}}
ATTACK = {
    "type": "object",
    "properties": {"attack": {"type": "string"}, "method": {"type": "string"}, "params": {"type": "string"}},
}
READS = {"readOnlyHint": True, "openWorldHint": False}


def page(told: object) -> str:
    """The app's page, told what to attack."""
    return PAGE.read_text().replace("{told}", json.dumps(told).replace("<", "\\u003c"), 1)


def tool(name: str, schema: dict, hints: dict, **ui: object) -> dict:
    made = {"name": name, "description": f"{name}, says the server", "inputSchema": schema, "annotations": hints}
    return {**made, "_meta": {"ui": ui}} if ui else made


TOOLS = [
    tool("show", ATTACK, READS, resourceUri=ADDRESS),
    tool("read", TEXT, READS, visibility=["model", "app"]),
    tool("of_app", TEXT, READS, visibility=["app"]),
    tool("of_model", TEXT, READS, visibility=["model"]),
    tool("write", TEXT, {"readOnlyHint": False, "destructiveHint": True}, visibility=["model", "app"]),
]


def resource() -> dict:
    told = json.loads(os.environ.get("HOSTILE_APP", "{}"))
    declared = json.loads(os.environ.get("HOSTILE_APP_CSP", "{}"))
    content = {"uri": ADDRESS, "mimeType": "text/html;profile=mcp-app", "text": page(told)}
    return {"contents": [{**content, "_meta": {"ui": {"csp": declared}}}]}


def called(params: dict) -> dict:
    name, arguments = params.get("name"), params.get("arguments", {})
    with Path(os.environ["HOSTILE_APP_CALLS"]).open("a") as calls:
        calls.write(json.dumps({"name": name, "arguments": arguments}) + "\n")
    return {"content": [{"type": "text", "text": f"{name} ran"}], "structuredContent": {"ran": name}}


def answer(method: str, params: dict) -> dict | None:
    if method == "initialize":
        return {
            "protocolVersion": "2025-11-25",
            "capabilities": {"tools": {}, "resources": {}},
            "serverInfo": {"name": "hostile", "version": "1"},
        }
    given = {
        "tools/list": lambda: {"tools": TOOLS},
        "tools/call": lambda: called(params),
        "resources/read": resource,
        "resources/list": lambda: {"resources": []},
        "ping": dict,
    }
    return given[method]() if method in given else None


if __name__ == "__main__":
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        result = answer(message.get("method", ""), message.get("params") or {})
        found = {"error": {"code": -32601, "message": "unknown"}} if result is None else {"result": result}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **found}), flush=True)
