"""An MCP server over standard streams whose tools bring interfaces: good ones, odd ones, and tools for apps alone.

APPS_LOG is a file that gets a line for each request that reaches it; while there is a file APPS_HOLDS, `hold` and
`slow_board` wait.
"""

import base64
import os
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
from mcp import MCPError
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

MIME = "text/html;profile=mcp-app"
PAGE = "<!doctype html><title>Board</title><p>A board.</p>"
NOT_FOUND, LOST = -32002, -32050

READS, WRITES = {"readOnlyHint": True}, {"readOnlyHint": False, "destructiveHint": False}
SIZED = {"type": "object", "properties": {"month": {"type": "string"}, "size": {"type": "integer", "default": 3}}}
NAMED = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
NOTHING = {"type": "object", "properties": {}}


def tool(name: str, schema: dict, meta: Any, hints: dict = READS) -> dict:
    told = {"name": name, "title": name.replace("_", " ").title(), "inputSchema": schema, "annotations": hints}
    return told | ({} if meta is None else {"_meta": meta})


def ui(address: str | None = None, visibility: Any = None) -> dict:
    told = {"resourceUri": address, "visibility": visibility}
    return {"ui": {name: value for name, value in told.items() if value is not None}}


TOOLS = [
    tool("show_board", SIZED, ui("ui://board/main")),
    tool("flat_board", NOTHING, {"ui/resourceUri": "ui://board/main"}),
    tool("blob_board", NOTHING, ui("ui://board/blob")),
    tool("listed_board", NOTHING, ui("ui://board/listed")),
    tool("wrong_board", NOTHING, ui("ui://board/wrong")),
    tool("gone_board", NOTHING, ui("ui://board/gone")),
    tool("slow_board", SIZED, ui("ui://board/main")),
    tool("failing_board", NOTHING, ui("ui://board/main")),
    tool("lost_board", NOTHING, ui("ui://board/main")),
    tool("rename_board", NAMED, ui("ui://board/main"), WRITES),
    tool("poll", NOTHING, ui(visibility=["app"])),
    tool("rename", NAMED, ui(visibility=["app", "model"]), WRITES),
    tool("drop", NAMED, ui(visibility=["app"]), {"readOnlyHint": False, "destructiveHint": True}),
    tool("ask_model", NOTHING, ui(visibility=["model"])),
    tool("hold", NOTHING, ui(visibility=["app"])),
    tool("fails", NOTHING, ui(visibility=["app"])),
    tool("odd_text", NOTHING, {"ui": "ui://board/main"}),
    tool("odd_address", NOTHING, {"ui": {"resourceUri": "https://evil.example/", "visibility": "app"}}),
    tool("odd_audience", NOTHING, {"ui": {"resourceUri": 7, "visibility": ["app", "admin", 7]}}),
]

CSP = {"connectDomains": ["https://api.board.example"], "resourceDomains": ["https://cdn.board.example"]}
LISTED = {"connectDomains": ["https://listed.example"], "frameDomains": ["javascript:alert(1)"]}


def content(uri: str) -> dict:
    main = {"uri": uri, "mimeType": MIME, "text": PAGE}
    if uri == "ui://board/main":
        asked = {"csp": CSP, "permissions": {"clipboardWrite": {}}, "prefersBorder": False}
        return main | {"_meta": {"ui": asked}}
    if uri == "ui://board/blob":
        blob = base64.b64encode(f"{PAGE}<p>äöü</p>".encode()).decode()
        odd = 'Text/HTML; charset=utf-8; Profile="mcp-app"'
        return {"uri": uri, "mimeType": odd, "blob": blob, "_meta": {"ui": {"csp": CSP}}}
    if uri == "ui://board/listed":
        return main
    if uri == "ui://board/wrong":
        return main | {"mimeType": "text/html"}
    if uri == "ui://board/data":
        return {"uri": uri, "mimeType": "text/plain", "text": "some data"}
    raise MCPError(NOT_FOUND, "there is no such page")


def log(line: str) -> None:
    if path := os.environ.get("APPS_LOG"):
        with Path(path).open("a") as file:
            file.write(line + "\n")


async def list_tools(_: Any, __: Any) -> types.ListToolsResult:
    return types.ListToolsResult.model_validate({"tools": TOOLS})


async def list_resources(_: Any, params: Any) -> types.ListResourcesResult:
    log("resources/list")
    first = {"uri": "ui://board/blob", "name": "blob", "_meta": {"ui": {"csp": LISTED}}}
    second = {"uri": "ui://board/listed", "name": "listed", "_meta": {"ui": {"csp": LISTED, "prefersBorder": True}}}
    if params is None or params.cursor is None:
        return types.ListResourcesResult.model_validate({"resources": [first], "nextCursor": "2"})
    return types.ListResourcesResult.model_validate({"resources": [second]})


async def read_resource(_: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    log(f"resources/read {params.uri}")
    return types.ReadResourceResult.model_validate({"contents": [content(str(params.uri))]})


async def call_tool(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
    log(f"tools/call {params.name}")
    arguments = params.arguments or {}
    while params.name in ("hold", "slow_board") and Path(os.environ["APPS_HOLDS"]).exists():
        await anyio.sleep(0.01)
    if params.name == "lost_board":
        raise MCPError(LOST, "the board is lost")
    told = {
        "content": [{"type": "text", "text": f"{params.name} {arguments.get('name', 'is done')}"}],
        "structuredContent": {"tool": params.name, "items": [{"id": 1, "due": None}], "arguments": arguments},
        "isError": params.name in ("fails", "failing_board"),
        "_meta": {"board": {"secret": None}},
    }
    return types.CallToolResult.model_validate(told)


async def main() -> None:
    server = Server(
        "board",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
