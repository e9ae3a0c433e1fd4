"""What both servers make their tools of: annotations, tidy schemas, answers, progress, the server itself."""

from __future__ import annotations

import inspect
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
import pydantic_core
from mcp.server.apps import Apps
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, TextContent, ToolAnnotations

from .database import CACHE_VARIABLE, Database
from .faults import Faults, fault_middleware

Ctx = Context[Any, Any]
"""What a tool gets beside its arguments; the lifespan context is the `Database`."""

Body = Callable[..., Awaitable[CallToolResult]]


def database(ctx: Ctx) -> Database:
    """The rows this server works on."""
    found: Database = ctx.request_context.lifespan_context
    return found


def reading(body: Body, title: str, *, interface: str | None = None) -> Tool:
    """A tool that changes nothing; `interface` is the `ui://` address of the page that shows its result."""
    made = _tool(body, title, ToolAnnotations(read_only_hint=True, open_world_hint=False))
    if interface is not None:
        made.meta = {"ui": {"resourceUri": interface}}
    return made


def writing(body: Body, title: str, *, idempotent: bool = False) -> Tool:
    """A tool that adds or changes something and takes nothing away."""
    hints = ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=idempotent, open_world_hint=False
    )
    return _tool(body, title, hints)


def destroying(body: Body, title: str) -> Tool:
    """A tool that removes something or overwrites it for good."""
    hints = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False)
    return _tool(body, title, hints)


def _tool(body: Body, title: str, hints: ToolAnnotations) -> Tool:
    """The tool named like its function and described by its docstring."""
    description = " ".join((inspect.getdoc(body) or "").split())
    made = Tool.from_function(body, title=title, description=description, annotations=hints)
    made.parameters = _tidy(made.parameters)
    if made.fn_metadata.output_schema is not None:
        made.fn_metadata.output_schema = _tidy(made.fn_metadata.output_schema, keep_null=True)
    return made


def _tidy(schema: Any, *, keep_null: bool = False) -> Any:
    """The schema without generated titles; an optional argument is one that may be left out, not one that may be null."""
    if isinstance(schema, list):
        return [_tidy(each, keep_null=keep_null) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("title"), str):
        schema = {key: value for key, value in schema.items() if key != "title"}
    if not keep_null and {"type": "null"} in schema.get("anyOf", ()):
        first = next(each for each in schema["anyOf"] if each != {"type": "null"})
        rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
        schema = first | rest
    return {key: _tidy(value, keep_null=keep_null) for key, value in schema.items()}


def answer(data: Any) -> CallToolResult:
    """The data as structured content and as compact JSON text.

    A tool declares `Annotated[CallToolResult, Shape]`: `Shape` makes the output schema, and the SDK checks every answer
    against it (0.7 ms for a page of 100 invoices). Returning the plain dict would do too, but the SDK then writes the
    text indented, which is half again the bytes.
    """
    text = pydantic_core.to_json(data).decode()
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=data)


async def began(ctx: Ctx, total: int, what: str) -> None:
    """Tells the client that rows are being read."""
    await ctx.report_progress(0, total, f"Reading {what}")


async def arrived(ctx: Ctx, count: int, total: int, what: str) -> None:
    """Tells the client how many rows this page has; silent at none, because progress must grow."""
    if count:
        await ctx.report_progress(count, total, f"{count:,} {what}")


def _no_rows(rows: Database, problem: Exception) -> CallToolResult:
    text = f"The demo's data cannot be kept in {rows.path}: {problem}. Set {CACHE_VARIABLE} to a folder of your own."
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def server(  # noqa: PLR0913  # what a server is made of
    name: str, *, title: str, instructions: str, tools: Sequence[Tool], apps: Apps, rows: Database, faults: Faults
) -> MCPServer[Database]:
    """An MCP server of these tools and their interface over these rows. Serving it does not close the rows."""

    @asynccontextmanager
    async def lifespan(_: MCPServer[Database]) -> AsyncIterator[Database]:
        yield rows

    async def opened(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        # The first call of a day waits for the rows to be made: on a thread, so that it can be cancelled and the
        # server still answers.
        if ctx.method == "tools/call" and not rows.is_open:
            try:
                await anyio.to_thread.run_sync(rows.open, abandon_on_cancel=True)
            except (OSError, sqlite3.Error) as problem:
                return _no_rows(rows, problem)
        return await call_next(ctx)

    return MCPServer(
        name,
        title=title,
        instructions=instructions,
        version="1",
        tools=list(tools),
        extensions=[apps],
        lifespan=lifespan,
        log_level="WARNING",
        middleware=[fault_middleware(faults), opened],
    )
