"""A raw HTTP server on the loopback that answers as a test says, byte for byte; no framework would send these things."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

GOOD = {
    "name": "echo",
    "description": "Gives the text back.",
    "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> dict[str, Any]:
        return json.loads(self.body) if self.body else {}


Writer = asyncio.StreamWriter
Handler = Callable[[Request, Writer], Awaitable[None]]


@dataclass
class Site:
    """Where it listens, and what it was sent."""

    url: str
    seen: list[Request] = field(default_factory=list)

    @property
    def methods(self) -> list[str]:
        return [each.message.get("method", "") for each in self.seen if each.method == "POST"]


@asynccontextmanager
async def site(handler: Handler) -> AsyncIterator[Site]:
    """A server whose every request `handler` answers; one request a connection."""
    held: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        held.add(task)
        try:
            request = await _request(reader)
            made.seen.append(request)
            await handler(request, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the test is over
        finally:
            held.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    made = Site(url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp")
    try:
        yield made
    finally:
        server.close()
        for task in list(held):
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        await server.wait_closed()


async def _request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method=method, path=path, headers=headers, body=body)


def send(writer: asyncio.StreamWriter, status: str, body: bytes = b"", **headers: str) -> None:
    """A whole reply; header names with `_` for `-`."""
    given = {"Content-Length": str(len(body)), "Connection": "close"}
    given |= {key.replace("_", "-"): value for key, value in headers.items()}
    lines = "".join(f"{key}: {value}\r\n" for key, value in given.items())
    writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)


def mcp(call: Handler, *, tools: list[dict[str, Any]] | None = None, session: str | None = None) -> Handler:
    """A handler that speaks MCP of 2025-11-25 well, but for `tools/call`, which `call` answers."""

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        message = request.message
        method = message.get("method")
        if request.method != "POST":
            send(writer, "405 Method Not Allowed")
        elif "id" not in message:
            send(writer, "202 Accepted")
        elif method == "tools/call":
            await call(request, writer)
        elif method == "initialize":
            version = message["params"]["protocolVersion"]
            info = {"name": "web", "version": "1"}
            headers = {"Mcp_Session_Id": session} if session else {}
            told = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
            reply(request, writer, told, **headers)
        elif method == "tools/list":
            reply(request, writer, {"tools": tools or [GOOD]})
        else:
            error = {"code": -32601, "message": f"no method {method}"}
            body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}).encode()
            send(writer, "200 OK", body, Content_Type="application/json")

    return handler


def reply(request: Request, writer: asyncio.StreamWriter, result: dict[str, Any], **headers: str) -> None:
    """The result of a request, as JSON."""
    send(writer, "200 OK", result_text(request, result).encode(), Content_Type="application/json", **headers)


def result_text(request: Request, result: dict[str, Any]) -> str:
    """The JSON-RPC response with this result."""
    return json.dumps({"jsonrpc": "2.0", "id": request.message["id"], "result": result}, ensure_ascii=False)


def text_result(text: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}]}


async def echo(request: Request, writer: asyncio.StreamWriter) -> None:
    """The well-behaved answer to a call."""
    reply(request, writer, text_result(request.message["params"]["arguments"]["text"]))
