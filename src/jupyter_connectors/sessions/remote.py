"""A server that listens somewhere: Streamable HTTP with our limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2
from mcp.client.streamable_http import streamable_http_client

from jupyter_connectors.errors import ConnectionFailed, ReplyRejected
from jupyter_connectors.models import Remote
from jupyter_connectors.sessions.child import resolved
from jupyter_connectors.sessions.limits import Limits


@asynccontextmanager
async def remote_transport(remote: Remote, limits: Limits) -> AsyncIterator[Any]:
    """The streams to a Streamable HTTP endpoint (MCP specification, "Transports").

    Redirects stay on the endpoint's origin (the SDK's rule), so that headers never leave it.

    Raises:
        ConnectionFailed: The address is no http(s) URL, or a header names a variable that is not set.
    """
    parts = urlsplit(remote.url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ConnectionFailed(
            f"{parts.scheme}://{parts.hostname or ''} is no address a connector can have",
            hint="give the http or https URL of an MCP endpoint, without a user name in it",
        )
    client = httpx2.AsyncClient(
        headers={**resolved(remote.headers), "Accept-Encoding": "identity"},
        timeout=httpx2.Timeout(limits.call, connect=limits.connect),
        transport=_Limited(httpx2.AsyncHTTPTransport(), limits.reply),
    )
    # SDK servers send each result as text and again as structured content in one event; the SDK's default of 1 MiB
    # an event cuts a page of rows. Ours is the limit on the whole reply.
    streams = streamable_http_client(remote.url, http_client=client, max_sse_event_size=None)
    async with client, streams as pair:
        yield pair


class _Limited(httpx2.AsyncBaseTransport):
    """A transport whose replies stop at a size and are never unpacked (a small body can unpack to gigabytes)."""

    def __init__(self, inner: httpx2.AsyncHTTPTransport, limit: int) -> None:
        self._inner = inner
        self._limit = limit

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        packed = response.headers.get("content-encoding", "identity")
        if packed != "identity":
            await response.aclose()
            raise ReplyRejected(f"the server sent a {packed} reply unasked", hint="tell the people who run the server")
        # A GET stream carries the notifications of a whole session and has no end to measure.
        if request.method == "POST":
            response.stream = _Counted(response.stream, self._limit)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: Any, limit: int) -> None:
        self._inner = inner
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self._inner:
            seen += len(chunk)
            if seen > self._limit:
                raise httpx2.ReadError(f"the reply is larger than {self._limit // (1024 * 1024)} MB")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
