"""A server that listens somewhere: Streamable HTTP with our limits."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx2
from mcp.client.streamable_http import streamable_http_client

from jupyter_connectors.entries import Remote
from jupyter_connectors.errors import ConnectionFailed, ConnectorError
from jupyter_connectors.sessions.child import resolved
from jupyter_connectors.sessions.codes import CLOSED, HTTP_STATUS, OURS, REPLY_REJECTED, REQUEST_TIMEOUT
from jupyter_connectors.sessions.http import Reach, transport
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.signing import Signing

Number = int | str | None
"""The id of a JSON-RPC request, None where there is none to answer."""

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""What the name of a header may be (RFC 9110, section 5.6.2)."""


@asynccontextmanager
async def remote_transport(remote: Remote, limits: Limits, signing: Signing) -> AsyncIterator[Any]:
    """The streams to a Streamable HTTP endpoint (MCP specification, "Transports").

    Redirects stay on the endpoint's origin (the SDK's rule), so that headers and tokens never leave it.

    Raises:
        ConnectionFailed: The address cannot be a connector's, or a header names a variable that is not set.
    """
    parts = urlsplit(remote.url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ConnectionFailed(
            f"{parts.scheme}://{parts.hostname or ''} is no address a connector can have",
            hint="give the http or https URL of an MCP endpoint, without a user name in it",
        )
    reach = Reach((remote.url,) if remote.typed else ())
    reach.check(httpx2.URL(remote.url))
    client = httpx2.AsyncClient(
        headers={**_headers({**resolved(remote.headers), **await signing.headers()}), "Accept-Encoding": "identity"},
        # The call's own limit comes first; this one ends what a server never answers, even after we told it to stop.
        timeout=httpx2.Timeout(2 * limits.call, connect=limits.connect),
        transport=_Limited(_Signed(transport(reach, resolve=signing.resolve), signing), limits.reply, signing),
    )
    # SDK servers send each result as text and again as structured content in one event; the SDK's default of 1 MiB
    # an event cuts a page of rows. Ours is the limit on the whole reply.
    streams = streamable_http_client(remote.url, http_client=client, max_sse_event_size=None)
    async with client, streams as pair:
        yield pair


def _headers(found: dict[str, str]) -> dict[str, str]:
    """The headers, looked at. An error says which one cannot be sent and never its value."""
    for name, value in found.items():
        if not _TOKEN.fullmatch(name) or not value.isascii() or not value.isprintable():
            raise ConnectionFailed(
                f"the header {name!r} cannot be sent: its name or its value has characters no header can have",
                hint="check the value for a line break at its end",
            )
    return found


class _Signed(httpx2.AsyncBaseTransport):
    """A transport whose requests carry the token of the person, where the server wants one."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, signing: Signing) -> None:
        self._inner = inner
        self._signing = signing

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        provider = self._signing.provider
        if provider is None:
            return await self._inner.handle_async_request(request)
        flow = provider.flow(request)
        try:
            await anext(flow)
            while True:
                response = await self._inner.handle_async_request(request)
                try:
                    await flow.asend(response)
                except StopAsyncIteration:
                    return response
        finally:
            await flow.aclose()

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Limited(httpx2.AsyncBaseTransport):
    """A transport whose replies stop at a size and are never unpacked (a small body can unpack to gigabytes).

    It answers in the server's place with a JSON-RPC error: an exception would end the connection and every other call
    on it.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, limit: int, signing: Signing) -> None:
        self._inner = inner
        self._limit = limit
        self._signing = signing

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        number = _number(request)
        try:
            response = await self._inner.handle_async_request(request)
            packed = response.headers.get("content-encoding", "identity")
            if packed != "identity":
                await response.aclose()
                return _answer(number, REPLY_REJECTED, f"the server sent a {packed} reply unasked")
            if number is None or response.headers.get("content-type", "").lower().startswith("text/event-stream"):
                response.stream = _Counted(response.stream, self._limit, number)
                return response
            return await self._whole(request, number, response)
        except httpx2.ReadTimeout:
            if number is None:
                raise
        except ConnectorError as error:
            return _answer(number, OURS, "an error of our own", data=self._signing.keep(error))
        return _answer(number, REQUEST_TIMEOUT, "no answer came in time")

    async def _whole(self, request: httpx2.Request, number: Number, response: httpx2.Response) -> httpx2.Response:
        """The reply with its body read, or our error in its place."""
        counted = _Counted(response.stream, self._limit, None)
        try:
            body = b"".join([chunk async for chunk in counted])
        except _TooLarge as large:
            return _answer(number, REPLY_REJECTED, str(large))
        finally:
            await counted.aclose()
        if response.status_code >= 400 and not _is_error(body):
            return _refusal(request, number, response.status_code)
        response.stream = httpx2.ByteStream(body)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _TooLarge(httpx2.ReadError):
    pass


class _Counted(httpx2.AsyncByteStream):
    """The reply to one request up to a limit; a stream that is no reply has no end, so each of its events is counted."""

    def __init__(self, inner: Any, limit: int, number: Number) -> None:
        self._inner = inner
        self._limit = limit
        self._number = number

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self._inner:
            seen += len(chunk)
            if self._number is None and (end := max(chunk.rfind(b"\n\n"), chunk.rfind(b"\n\r\n"))) >= 0:
                seen = len(chunk) - end
            if seen > self._limit:
                break
            yield chunk
        else:
            return
        problem = f"the reply is larger than {self._limit // (1024 * 1024)} MB"
        if self._number is None:
            raise _TooLarge(problem)
        # Ends the event that was cut as one that nobody reads, then answers.
        yield b"\nevent: cut\n\nevent: message\ndata: " + _error(self._number, REPLY_REJECTED, problem) + b"\n\n"

    async def aclose(self) -> None:
        await self._inner.aclose()


def _number(request: httpx2.Request) -> Number:
    """The id of the JSON-RPC request that is sent; None for a notification, a GET and a DELETE."""
    if request.method != "POST":
        return None
    message = json.loads(request.content)
    return message.get("id") if "method" in message else None


def _is_error(body: bytes) -> bool:
    """Whether an HTTP error carries a JSON-RPC error, which says more."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(message, dict) and isinstance(message.get("error"), dict) and "jsonrpc" in message


def _refusal(request: httpx2.Request, number: Number, status: int) -> httpx2.Response:
    if status == 404 and "mcp-session-id" in request.headers:
        # "the client MUST start a new session" (MCP specification, "Session Management").
        return _answer(number, CLOSED, "the session has ended")
    known = {each.value: each.phrase for each in HTTPStatus}
    return _answer(number, HTTP_STATUS, f"answered {status} {known.get(status, '')}".strip(), data=status)


def _answer(number: Number, code: int, message: str, data: int | str | None = None) -> httpx2.Response:
    if number is None:
        return httpx2.Response(502)
    body = _error(number, code, message, data)
    return httpx2.Response(200, headers={"content-type": "application/json"}, content=body)


def _error(number: Number, code: int, message: str, data: int | str | None = None) -> bytes:
    error = {"code": code, "message": message, "data": data}
    return json.dumps({"jsonrpc": "2.0", "id": number, "error": error}).encode()
