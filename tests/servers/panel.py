"""An MCP server over standard streams with one app, whose buttons ask for each thing an app may ask for.

While there is a file PANEL_HOLDS, `panel` waits.
"""

import os
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

ADDRESS, INLINE = "ui://panel/main", "ui://panel/inline"
PAGE = Path(__file__).with_name("panel.html").read_text()
PAGES = {
    ADDRESS: PAGE,
    INLINE: PAGE.replace("appCapabilities: {}", 'appCapabilities: {availableDisplayModes: ["inline"]}'),
}
NAMED = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
NOTHING = {"type": "object", "properties": {}}
YEAR = {"type": "object", "properties": {"year": {"type": "integer", "default": 2026}}}


def tool(name: str, schema: dict, ui: dict, *, reads: bool) -> dict:
    hints = {"readOnlyHint": reads, "destructiveHint": False}
    return {"name": name, "title": name.title(), "inputSchema": schema, "annotations": hints, "_meta": {"ui": ui}}


TOOLS = [
    tool("panel", YEAR, {"resourceUri": ADDRESS}, reads=True),
    tool("inline_panel", NOTHING, {"resourceUri": INLINE}, reads=True),
    tool("count", NOTHING, {"visibility": ["app"]}, reads=True),
    tool("rename", NAMED, {"visibility": ["app", "model"]}, reads=False),
]


async def list_tools(_: Any, __: Any) -> types.ListToolsResult:
    return types.ListToolsResult.model_validate({"tools": TOOLS})


async def read_resource(_: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    found = {"uri": str(params.uri), "mimeType": "text/html;profile=mcp-app", "text": PAGES[str(params.uri)]}
    return types.ReadResourceResult.model_validate({"contents": [found]})


async def main() -> None:
    counted = 0

    async def call_tool(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        nonlocal counted
        counted += params.name == "count"
        while params.name == "panel" and Path(os.environ.get("PANEL_HOLDS", "/nowhere/at/all")).exists():
            await anyio.sleep(0.01)
        said = {"count": f"counted {counted}", "rename": "renamed"}.get(params.name, "the panel's result")
        return types.CallToolResult.model_validate({"content": [{"type": "text", "text": said}]})

    server = Server("panel", on_list_tools=list_tools, on_call_tool=call_tool, on_read_resource=read_resource)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
