"""The SDK's words in ours: a result as a `Reply`, a listed tool as a `Tool`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp_types import CallToolResult, TextContent

from jupyter_connectors.models import Annotations, Reply, Tool


def reply_of(result: CallToolResult) -> Reply:
    """A result's text blocks and structured content; of other blocks only their types."""
    texts = tuple(block.text for block in result.content if isinstance(block, TextContent))
    other = tuple(block.type for block in result.content if not isinstance(block, TextContent))
    return Reply(texts=texts, structured=result.structured_content, is_error=bool(result.is_error), other=other)


def tool_of(connector: str, told: Mapping[str, Any]) -> Tool:
    """A tool as its server listed it. A claim that is no truth value is no claim."""
    claims = told.get("annotations")
    claims = claims if isinstance(claims, dict) else {}
    output = told.get("outputSchema")

    def claim(name: str) -> bool | None:
        value = claims.get(name)
        return value if isinstance(value, bool) else None

    return Tool(
        connector=connector,
        name=told["name"],
        title=str(told.get("title") or claims.get("title") or ""),
        description=str(told.get("description") or ""),
        input_schema=told["inputSchema"],
        icons=told.get("icons"),
        output_schema=output if isinstance(output, dict) else None,
        annotations=Annotations(
            read_only=claim("readOnlyHint"),
            destructive=claim("destructiveHint"),
            idempotent=claim("idempotentHint"),
            open_world=claim("openWorldHint"),
        ),
    )
