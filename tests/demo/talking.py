"""Calling a demo server's tools in a test."""

from __future__ import annotations

from typing import Any

from mcp import Client
from mcp_types import CallToolRequest, CallToolRequestParams, CallToolResult, TextContent


async def answer(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """What the tool answers; the client checks it against the tool's output schema."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def unchecked(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The same without the client's schema check, which takes most of the time of a long walk."""
    request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=arguments))
    result = await client.session.send_request(request, CallToolResult)
    assert not result.is_error, result.content
    return result.structured_content


async def refusal(client: Client, tool: str, **arguments: Any) -> str:
    """The text of the tool's error."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return text_of(result)


def text_of(result: CallToolResult) -> str:
    """The first block of a result, which is a text."""
    first = result.content[0]
    assert isinstance(first, TextContent)
    return first.text
