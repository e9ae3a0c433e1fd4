"""Running a demo server: its command line, and stdio or HTTP underneath."""

from __future__ import annotations

import argparse
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import anyio
import uvicorn
from mcp.server.mcpserver import MCPServer

from .database import Database, anchor_day, cache_folder
from .faults import Faults, add_flags, from_flags


def serve(name: str, build: Callable[[Database, Faults], MCPServer[Database]]) -> None:
    """Serves until stdin closes, or until interrupted with `--http`. Nothing but the protocol goes to stdout."""
    parser = argparse.ArgumentParser(prog=name, description="A demo MCP server with made-up data, on stdio.")
    parser.add_argument("--http", type=int, metavar="PORT", help="serve 127.0.0.1:PORT/mcp instead; 0 picks a port")
    add_flags(parser)
    flags = parser.parse_args()
    rows = Database(cache_folder(), anchor_day())
    made = build(rows, from_flags(flags))
    # The rows are made while client and server still introduce themselves. A daemon: it must not hold up the exit.
    threading.Thread(target=_open, args=[rows], daemon=True).start()
    with suppress(KeyboardInterrupt):
        if flags.http is None:
            made.run("stdio")
        else:
            anyio.run(_serve_http, name, made, flags.http)


def _open(rows: Database) -> None:
    with suppress(OSError, sqlite3.Error):  # the first call meets the same error and reports it
        rows.open()


async def _serve_http(name: str, made: MCPServer[Database], port: int) -> None:
    app = made.streamable_http_app(stateless_http=True, host="127.0.0.1")
    with socket.create_server(("127.0.0.1", port)) as listening:
        # Bound before it is announced: whoever reads this line can connect.
        print(f"{name}: http://127.0.0.1:{listening.getsockname()[1]}/mcp", file=sys.stderr, flush=True)
        await uvicorn.Server(uvicorn.Config(app, log_level="warning")).serve(sockets=[listening])
