"""The one client for our own requests: limits, redirects, https, and where a socket may go."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.errors import ConnectionFailed
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.http import AddressRefused, Reach, ascii_host, client, is_here, is_public, send
from jupyter_connectors.sessions.limits import Limits

from ..servers import web

pytestmark = pytest.mark.anyio

HERE = Reach(("http://127.0.0.1/",))


def get(url: str) -> httpx2.Request:
    return httpx2.Request("GET", url)


async def test_a_reply_within_the_limits_is_read_whole() -> None:
    async def handler(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "200 OK", b"x" * 1000)

    async with web.site(handler) as site, client(HERE, limit=1000) as own:
        assert len((await send(own, get(site.url))).content) == 1000
        assert site.seen[0].headers["accept-encoding"] == "identity"
    async with web.site(handler) as site, client(HERE, limit=999) as own:
        with pytest.raises(ConnectionFailed, match="more than 999 bytes"):
            await send(own, get(site.url))


async def test_a_packed_reply_is_not_unpacked() -> None:
    async def handler(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "200 OK", b"\x1f\x8b", Content_Encoding="gzip")

    async with web.site(handler) as site, client(HERE) as own:
        with pytest.raises(ConnectionFailed, match="packed reply"):
            await send(own, get(site.url))


async def test_a_reply_that_drips_ends_with_the_time() -> None:
    async def handler(request: web.Request, writer: web.Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with web.site(handler) as site, client(HERE) as own:
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            await send(own, get(site.url), seconds=0.3)
        assert time.monotonic() - started < 3


async def test_a_redirect_is_followed_within_its_origin_only() -> None:
    async def handler(request: web.Request, writer: web.Writer) -> None:
        if request.path == "/mcp":
            web.send(writer, "307 Temporary Redirect", Location="/there")
        elif request.path == "/there":
            web.send(writer, "200 OK", b"arrived")
        elif request.path == "/loop":
            web.send(writer, "307 Temporary Redirect", Location="/loop")
        else:
            web.send(writer, "302 Found", Location=elsewhere.url)

    async def never(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "200 OK")

    async with web.site(never) as elsewhere, web.site(handler) as site, client(HERE) as own:
        assert (await send(own, get(site.url))).text == "arrived"
        assert (await send(own, get(site.url.replace("/mcp", "/away")))).status_code == 302
        assert (await send(own, get(site.url.replace("/mcp", "/loop")))).status_code == 307
        post = httpx2.Request("POST", site.url.replace("/mcp", "/away"), content=b"secret")
        assert (await send(own, post)).status_code == 302
        assert elsewhere.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://user:pw@example.com/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
    ],
)
async def test_an_address_that_is_not_https_is_refused_before_anything_is_resolved(url: str) -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError("resolved")

    async with client(Reach((url,)), resolve=never) as own:
        with pytest.raises(AddressRefused) as caught:
            await send(own, get(url))
        assert "pw" not in str(caught.value)


async def test_a_host_with_a_dead_address_is_reached_at_its_next() -> None:
    async def handler(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "200 OK", b"arrived")

    async def two(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with web.site(handler) as site, client(HERE, resolve=two) as own:
        assert (await send(own, get(site.url.replace("127.0.0.1", "localhost")))).text == "arrived"


def test_what_is_public_is_decided_by_the_address_inside_too() -> None:
    public = ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2002:5db8:d822::1"]
    assert all(is_public(ip_address(each)) for each in public)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        *((each, True) for each in ("localhost", "LOCALHOST.", "a.localhost", "127.0.0.9", "::1")),
        *((each, False) for each in ("localhost.example", "example.com", "2130706433", "127.1", "")),
    ],
)
def test_this_machine_is_known_by_its_own_words(host: str, here: bool) -> None:
    assert is_here(host) == here


def test_a_host_is_shown_in_ascii() -> None:
    assert ascii_host("https://bücher.example/x") == "xn--bcher-kva.example"
    assert ascii_host("https://0177.0.0.1/") == ""


async def test_case_16_a_certificate_nobody_trusts_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost"]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}/mcp"
        entry = Entry(id="x", title="X", summary="", category="", target=Remote(url=url), custom=True)
        connection = Connection("x", entry, limits=Limits(connect=5))
        with pytest.raises(ConnectionFailed, match="certificate") as caught:
            await connection.open()
        assert str(caught.value).count("\n") == 1


async def test_http_to_another_machine_is_refused_for_a_connector() -> None:
    entry = Entry(id="x", title="X", summary="", category="", target=Remote(url="http://example.com/mcp"), custom=True)
    with pytest.raises(ConnectionFailed, match="is not https"):
        await Connection("x", entry, limits=Limits(connect=5)).open()
