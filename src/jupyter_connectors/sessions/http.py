"""The one HTTP client for our own requests: https, to public addresses, within limits, and no redirect to elsewhere.

An address is looked at when the socket is connected, and the socket is connected to the address that was looked at: a
name that means another address the next time gains nothing. What the person typed may be in their own network.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore2
import httpx2

from jupyter_connectors.errors import ConnectionFailed
from jupyter_connectors.text import one_line

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host and port, as the system's resolver gives them."""

Address = IPv4Address | IPv6Address

_PORTS = {"http": 80, "https": 443}
_OLD_IPV4 = (IPv6Network("::/96"), IPv6Network("64:ff9b::/96"))
"""Addresses whose last four bytes are an IPv4 address (RFC 4291, section 2.5.5.1; RFC 6052)."""

_SHARED = IPv4Network("100.64.0.0/10")
"""Networks of providers and of some companies (RFC 6598)."""

_FIRST_TRIES = 3.0
_REDIRECTS = 5


class AddressRefused(ConnectionFailed):
    """An address that no request of ours goes to."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where our own requests may go besides public addresses over https.

    An address the person typed may be in a private network, or on this machine where it says so itself. If it is on
    this machine, the addresses its server names may be so too: it could reach them without us.
    """

    typed: tuple[str, ...] = ()
    """URLs the person typed, or the people who run this machine; only their origins count."""

    def holds(self, host: str, port: int) -> bool:
        return (host, port) in {_place(httpx2.URL(each)) for each in self.typed}

    @property
    def here(self) -> bool:
        """Whether something the person typed is on this machine by its own words."""
        return any(is_here(httpx2.URL(each).host) for each in self.typed)

    def check(self, url: httpx2.URL) -> None:
        """Looks at an address before anything is resolved.

        Raises:
            AddressRefused: It is not https (or http on this machine), or has a user name in it.
        """
        if url.userinfo or not url.host:
            raise AddressRefused(f"{_shown(url)} is no address to send to", hint="it has a user name in it, or no host")
        if url.scheme == "https" or (url.scheme == "http" and self.here and is_here(url.host)):
            return
        raise AddressRefused(
            f"{_shown(url)} is not https", hint="only a server on this machine may be reached over http"
        )

    def allows(self, host: str, port: int, address: Address) -> bool:
        """Whether a socket may be connected to an address that `host` resolved to."""
        if is_public(address):
            return True
        if address.is_loopback:
            return is_here(host) and self.here
        if not self.holds(host, port):
            return False
        # A name that leads to a cloud's metadata service is not what anybody meant; the number itself is.
        return _is_number(host) or _is_private(address)


def is_here(host: str) -> bool:
    """True for a host that by its own words is this machine: `localhost`, 127.0.0.1, ::1."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _is_number(host) and ip_address(host).is_loopback


def is_public(address: Address) -> bool:
    """True for an address anybody on the internet has the same of, also where it carries another inside."""
    if isinstance(address, IPv6Address):
        if inner := address.ipv4_mapped or address.sixtofour:
            return is_public(inner)
        if any(address in each for each in _OLD_IPV4):
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def ascii_host(url: str) -> str:
    """The host of an address as it is to be shown: `xn--` where it has other letters; empty where it has none."""
    try:
        return httpx2.URL(url).raw_host.decode()
    except (httpx2.InvalidURL, ValueError):
        return ""


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a host by the system's resolver, which also reads numbers in every old notation."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def client(
    reach: Reach | None = None, *, limit: int = 1024 * 1024, seconds: float = 30.0, resolve: Resolve = resolved
) -> httpx2.AsyncClient:
    """A client for requests of our own; use it with `send`, and close it.

    Args:
        limit: The most bytes read of a reply.
        seconds: How long connecting, and each wait for bytes, may take.
    """
    reach = reach or Reach()
    return httpx2.AsyncClient(
        headers={"Accept-Encoding": "identity", "User-Agent": "jupyter-connectors"},
        timeout=seconds,
        transport=_Bounded(transport(reach, resolve=resolve), limit),
        follow_redirects=False,
    )


async def send(client: httpx2.AsyncClient, request: httpx2.Request, *, seconds: float = 30.0) -> httpx2.Response:
    """The reply to a request, read whole. A redirect is followed within its origin, with the same method.

    Any other redirect is handed back as the reply it is.

    Raises:
        AddressRefused: An address on the way is none of those we send to.
        ConnectionFailed: The reply is too large, or packed, which nobody asked for.
        httpx2.TransportError, TimeoutError: It cannot be reached, or is not done in time.
    """
    for name, value in client.headers.items():
        request.headers.setdefault(name, value)
    async with asyncio.timeout(seconds):
        for _ in range(_REDIRECTS):
            response = await client.send(request)
            following = response.next_request
            if following is None or following.method != request.method or not _same_origin(request, following):
                return response
            request = following
        return response


def transport(reach: Reach, *, resolve: Resolve = resolved) -> httpx2.AsyncHTTPTransport:
    """A transport that connects only where `reach` allows."""
    return _Guarded(reach, resolve)


class _Guarded(httpx2.AsyncHTTPTransport):
    def __init__(self, reach: Reach, resolve: Resolve) -> None:
        # Without the parent's: it takes no network backend. Were its pool renamed, nothing could be sent.
        self._reach = reach
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Checked(reach, resolve),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._reach.check(request.url)
        return await super().handle_async_request(request)


class _Checked(httpcore2.AsyncNetworkBackend):
    """Resolves a host itself, refuses it if any of its addresses is refused, and connects to what it looked at."""

    def __init__(self, reach: Reach, resolve: Resolve) -> None:
        self._reach = reach
        self._resolve = resolve
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the name is httpcore2's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._addresses(host, port, seconds=timeout)
        for last, each in reversed(list(enumerate(reversed(addresses)))):
            # An address family that leads nowhere must not use up the time of the other.
            patience = timeout if last == 0 or timeout is None else min(timeout, _FIRST_TRIES)
            try:
                return await self._inner.connect_tcp(each, port, patience, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if last == 0:
                    raise
        raise httpcore2.ConnectError(f"{host} has no address")

    async def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore2.AsyncNetworkStream:
        raise httpcore2.ConnectError("no request of ours goes to a socket file")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)

    async def _addresses(self, host: str, port: int, *, seconds: float | None) -> list[str]:
        try:
            async with asyncio.timeout(seconds):
                found = await self._resolve(host, port)
        except TimeoutError:
            raise httpcore2.ConnectTimeout(f"{host} could not be resolved in time") from None
        except (OSError, UnicodeError):
            raise httpcore2.ConnectError(f"{host} has no address") from None
        for each in found:
            if not self._reach.allows(host, port, ip_address(each.partition("%")[0])):
                raise AddressRefused(
                    f"{one_line(host, 80)} leads to {each}, which is not a public address",
                    hint="only the address you typed yourself may be in a private network or on this machine",
                )
        return list(found)


class _Bounded(httpx2.AsyncBaseTransport):
    """Replies up to a size, and never packed: a small body can unpack to gigabytes."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, limit: int) -> None:
        self._inner = inner
        self._limit = limit

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            await response.aclose()
            raise ConnectionFailed(f"{_shown(request.url)} sent a packed reply unasked", hint="nothing of it was read")
        response.stream = _Counted(response.stream, self._limit, _shown(request.url))
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: Any, limit: int, shown: str) -> None:
        self._inner = inner
        self._limit = limit
        self._shown = shown

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self._inner:
            seen += len(chunk)
            if seen > self._limit:
                raise ConnectionFailed(
                    f"{self._shown} sent more than {self._limit:,} bytes", hint="nothing of it was used"
                )
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def _place(url: httpx2.URL) -> tuple[str, int]:
    return url.raw_host.decode(), url.port or _PORTS.get(url.scheme, 0)


def _same_origin(request: httpx2.Request, following: httpx2.Request) -> bool:
    return (request.url.scheme, *_place(request.url)) == (following.url.scheme, *_place(following.url))


def _shown(url: httpx2.URL) -> str:
    """The address without what may be a secret: no user name, no query."""
    return one_line(f"{url.scheme}://{url.raw_host.decode(errors='replace')}{url.path}", 120)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_private(address: Address) -> bool:
    if isinstance(address, IPv4Address) and address in _SHARED:
        return True
    ruled_out = address.is_link_local or address.is_unspecified or address.is_multicast or address.is_reserved
    return address.is_private and not ruled_out
