"""Faults on request, for tests of clients: a slow server, a failing page, a cursor that repeats, a sudden death."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import anyio
from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp_types import CallToolResult, TextContent

EXIT_CODE = 3

_CURSORS = ("starting_after", "page", "next_records_url")
_SAME_URL = "/services/data/v62.0/query/01gREPEATEDCURSOR0-2000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong in this process; by default nothing."""

    slow: float = 0.0
    """Seconds every tool call waits; cancelling the call ends the wait."""

    fail_on_page: int = 0
    """The list call, counted from 1, that answers with a tool error."""

    repeat_cursor: bool = False
    """List tools answer their first page for ever and say that there is more."""

    die_on_call: int = 0
    """The tool call, counted from 1, during which the process exits with code 3."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds one command-line flag for each fault."""
    parser.add_argument("--slow", type=float, default=0.0, metavar="SECONDS", help="every call waits that long")
    parser.add_argument("--fail-on-page", type=int, default=0, metavar="N", help="the Nth list call is an error")
    parser.add_argument("--repeat-cursor", action="store_true", help="list tools answer the same page for ever")
    parser.add_argument("--die-on-call", type=int, default=0, metavar="N", help="exit with code 3 in the Nth call")


def from_flags(flags: argparse.Namespace) -> Faults:
    """The faults the command line asked for."""
    return Faults(
        slow=flags.slow,
        fail_on_page=flags.fail_on_page,
        repeat_cursor=flags.repeat_cursor,
        die_on_call=flags.die_on_call,
    )


def fault_middleware(faults: Faults) -> ServerMiddleware[Any]:
    """A layer around every tool call that makes these faults happen; the tools know nothing of it."""
    calls, pages = count(1), count(1)

    async def layer(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        if ctx.method != "tools/call":
            return await call_next(ctx)
        if next(calls) == faults.die_on_call:
            _die(faults)
        await anyio.sleep(faults.slow)
        if not _lists(ctx):
            return await call_next(ctx)
        page = next(pages)
        if page == faults.fail_on_page:
            return _failed(page)
        if not faults.repeat_cursor:
            return await call_next(ctx)
        return _repeated(await call_next(_without_cursor(ctx)))

    return layer


def _lists(ctx: ServerRequestContext[Any, Any]) -> bool:
    name = (ctx.params or {}).get("name")
    return isinstance(name, str) and name.startswith(("list_", "search"))


def _die(faults: Faults) -> None:
    print(f"demo: told to die on call {faults.die_on_call}", file=sys.stderr, flush=True)
    os._exit(EXIT_CODE)  # no goodbye to the client: that is the fault


def _failed(page: int) -> CallToolResult:
    text = f"The service is overloaded and did not answer page request {page}. Try again later."
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def _without_cursor(ctx: ServerRequestContext[Any, Any]) -> ServerRequestContext[Any, Any]:
    params = dict(ctx.params or {})
    given = params.get("arguments")
    if isinstance(given, dict):
        params["arguments"] = {key: value for key, value in given.items() if key not in _CURSORS}
    return replace(ctx, params=params)


def _repeated(result: HandlerResult) -> HandlerResult:
    """The page with its mark of the end turned into a promise of more."""
    if not isinstance(result, dict) or not isinstance(result.get("structuredContent"), dict):
        return result
    page = dict(result["structuredContent"])
    if "records" in page:
        page["done"] = False
        page.setdefault("nextRecordsUrl", _SAME_URL)
    else:
        page["has_more"] = True
        if "next_page" in page:
            page["next_page"] = page["next_page"] or "repeated"
    return result | {"structuredContent": page, "content": [{"type": "text", "text": json.dumps(page)}]}
