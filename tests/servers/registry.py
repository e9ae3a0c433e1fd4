"""A registry of servers, to the list API of the MCP registry (`GET /v0.1/servers`, OpenAPI of 2025-10)."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .web import Request, Writer, send, site

OFFICIAL = "io.modelcontextprotocol.registry/official"


def server(name: str, url: str = "", *, status: str = "active", **more: Any) -> dict[str, Any]:
    """One item of the list: a `server.json` with a remote, and what the registry says of it."""
    remotes = [{"type": "streamable-http", "url": url or f"https://{name.partition('/')[2]}.example.com/mcp"}]
    told = {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": name,
        "description": f"What {name} does.",
        "version": "1.0.0",
        "remotes": remotes,
        **more,
    }
    meta = {"status": status, "publishedAt": "2026-10-01T00:00:00Z", "isLatest": True}
    return {"server": told, "_meta": {OFFICIAL: meta}}


@dataclass
class Shelves:
    """What the registry holds, and how it answers; a test may change both while it runs."""

    items: Sequence[Any]
    page: int = 100
    raw: bytes | None = None
    """An answer in place of the list, byte for byte."""

    status: str = "200 OK"
    cursor: Any = None
    """The cursor of every page, whatever was asked; None for the right one."""

    asked: list[dict[str, str]] = field(default_factory=list)


@asynccontextmanager
async def registry(shelves: Shelves) -> AsyncIterator[str]:
    """The registry's address, on the loopback."""

    async def answer(request: Request, writer: Writer) -> None:
        parts = urlsplit(request.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        shelves.asked.append(asked)
        if parts.path != "/v0.1/servers":
            send(writer, "404 Not Found", b'{"title":"Not Found","status":404}')
            return
        body = shelves.raw if shelves.raw is not None else json.dumps(_page(shelves, asked)).encode()
        send(writer, shelves.status, body, Content_Type="application/json")

    async with site(answer) as made:
        yield made.url.removesuffix("/mcp")


def _page(shelves: Shelves, asked: dict[str, str]) -> dict[str, Any]:
    wanted = asked.get("search", "").lower()
    items = [each for each in shelves.items if not wanted or wanted in each["server"]["name"].lower()]
    size = min(int(asked.get("limit", 30)), shelves.page)
    start = int(base64.b64decode(asked["cursor"])) if "cursor" in asked and shelves.cursor is None else 0
    part = items[start : start + size]
    metadata: dict[str, Any] = {"count": len(part)}
    if shelves.cursor is not None:
        metadata["nextCursor"] = shelves.cursor
    elif start + size < len(items):
        metadata["nextCursor"] = base64.b64encode(str(start + size).encode()).decode()
    return {"servers": part, "metadata": metadata}
