"""Servers over HTTP: a real one in a process of its own, and ones on the loopback that misbehave."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.errors import (
    ConnectionFailed,
    ConnectorError,
    OutcomeUnknown,
    ReplyRejected,
    ServerGone,
    TimedOut,
    ToolFailed,
)
from jupyter_connectors.models import Bound, ToolClass
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.limits import Limits

from ..bench import ENTRIES, bench
from ..servers import web
from ..waiting import eventually

pytestmark = pytest.mark.anyio

Failure = TypeVar("Failure", bound=ConnectorError)

QUICK = Limits(connect=5, call=5, close=0.3, reply=1024 * 1024)


@pytest.fixture(autouse=True)
def nothing_is_left_to_the_loop(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No task whose exception nobody looked at, no slow callback, no socket left open."""
    yield
    gc.collect()
    assert [each.getMessage() for each in caplog.records if each.name == "asyncio"] == []


@contextmanager
def billing(port: int = 0, *flags: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """acme-billing on the loopback: its address, and the process. The line it is read from comes when it listens."""
    command = [sys.executable, "-P", "-m", "jupyter_connectors.demo.billing", "--http", str(port), *flags]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stderr is not None
        try:
            yield process.stderr.readline().split()[-1], process
        finally:
            process.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def at(url: str, *, reads: bool = False, **headers: str) -> Entry:
    """A connector at this address; `reads` if its one tool was reviewed."""
    reviewed = {"echo": ToolClass.READ} if reads else {}
    target = Remote(url=url, headers=headers)
    return Entry(
        id="web", title="Web", summary="listens", category="test", target=target, reviewed=reviewed, custom=True
    )


def billing_at(url: str) -> Entry:
    return replace(ENTRIES["acme-billing"], target=Remote(url=url), custom=True)


@asynccontextmanager
async def connected(url: str, limits: Limits = QUICK, **headers: str) -> AsyncIterator[Connection]:
    connection = Connection("web", at(url, **headers), limits=limits)
    await connection.open()
    try:
        yield connection
    finally:
        await connection.close()


async def echo(connection: Connection, text: str = "hello") -> str:
    return (await connection.call(connection.tools[0], {"text": text})).text


async def refused(url: str, limits: Limits = QUICK, **headers: str) -> ConnectionFailed:
    """How opening a connection fails."""
    with pytest.raises(ConnectionFailed) as caught:
        async with connected(url, limits, **headers):
            pass
    return two_lines(caught.value)


def two_lines(error: Failure) -> Failure:
    assert str(error).count("\n") == 1
    assert error.__cause__ is None
    assert not isinstance(error.__context__, BaseExceptionGroup)
    return error


async def test_a_listing_over_http_is_complete_and_tells_its_progress(tmp_path: Path) -> None:
    with billing() as (url, _):
        async with bench(tmp_path, billing_at(url)) as on:
            assert {tool.name for tool in on.hub.tools()} == set(ENTRIES["acme-billing"].reviewed)
            result = await on.call("acme-billing", "list_invoices", status="open")
            assert result.complete and result.pages > 1 and len(result.df) == result.rows > 100
            assert on.asked == []
        connection = Connection("web", billing_at(url), limits=QUICK)
        await connection.open()
        told: list[tuple[float, float | None, str]] = []
        tool = next(tool for tool in connection.tools if tool.name == "list_invoices")
        await connection.call(tool, {"limit": 10}, progress=lambda *each: told.append(each))
        assert told and told[-1][0] == 10
        await connection.close()


async def test_a_server_that_was_restarted_is_reached_by_the_next_read(tmp_path: Path) -> None:
    port = free_port()
    with billing(port) as (url, process):
        async with bench(tmp_path, billing_at(url)) as on:
            assert (await on.call("acme-billing", "list_refunds", Bound(limit=1))).rows == 1
            process.kill()
            process.wait(10)
            with pytest.raises(ConnectionFailed, match="Acme Billing cannot be reached") as caught:
                await on.call("acme-billing", "list_refunds", Bound(limit=1))
            two_lines(caught.value)
            with billing(port):
                assert (await on.call("acme-billing", "list_refunds", Bound(limit=1))).rows == 1
            assert [outcome for _, outcome in on.log] == ["ok", "failed", "ok"]


async def test_a_server_that_dies_in_a_read_and_stays_away_is_two_lines(tmp_path: Path) -> None:
    with billing(0, "--die-on-call", "1") as (url, _):
        async with bench(tmp_path, billing_at(url)) as on:
            with pytest.raises(ConnectionFailed, match="cannot be reached") as caught:
                await on.call("acme-billing", "list_refunds")
            two_lines(caught.value)


async def hangs_up(request: web.Request, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_a_read_that_is_cut_off_is_sent_once_more_and_a_change_never(tmp_path: Path) -> None:
    calls = 0

    async def first_hangs_up(request: web.Request, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await (hangs_up if calls == 1 else web.echo)(request, writer)

    async with web.site(web.mcp(first_hangs_up)) as site, bench(tmp_path, at(site.url, reads=True)) as on:
        assert (await on.call("web", "echo", text="again")).text == "again"
        assert site.methods.count("tools/call") == 2
    async with web.site(web.mcp(hangs_up)) as site, bench(tmp_path, at(site.url, reads=True)) as on:
        with pytest.raises(ServerGone, match="Web closed the connection") as caught:
            await on.call("web", "echo", text="again")
        two_lines(caught.value)
        assert site.methods.count("tools/call") == 2
    async with web.site(web.mcp(hangs_up)) as site, bench(tmp_path, at(site.url)) as on:
        with pytest.raises(OutcomeUnknown):
            await on.call("web", "echo", text="again")
        assert site.methods.count("tools/call") == 1


async def test_a_session_the_server_has_forgotten_is_begun_anew(tmp_path: Path) -> None:
    begun = 0

    async def with_sessions(request: web.Request, writer: asyncio.StreamWriter) -> None:
        nonlocal begun
        if request.message.get("method") == "initialize":
            begun += 1
            await web.mcp(web.echo, session=f"s{begun}")(request, writer)
        elif request.message.get("method") == "tools/call" and request.headers["mcp-session-id"] == "s1":
            web.send(writer, "404 Not Found", b"no such session", Content_Type="text/plain")
        else:
            await web.mcp(web.echo)(request, writer)

    async with web.site(with_sessions) as site, bench(tmp_path, at(site.url, reads=True)) as on:
        assert (await on.call("web", "echo", text="hello")).text == "hello"
        assert begun == 2


async def test_nobody_at_the_address_is_two_lines() -> None:
    error = await refused(f"http://127.0.0.1:{free_port()}/mcp")
    assert str(error) == "Web cannot be reached\ncheck the address and that the server is running"


@pytest.mark.parametrize("url", ["ftp://host/mcp", "https:///mcp", "https://me:secret@host/mcp", "file:///etc/passwd"])
async def test_an_address_no_connector_can_have_is_refused_without_a_secret(url: str) -> None:
    assert "secret" not in str(await refused(url))


async def test_a_log_in_page_is_not_mcp_and_is_not_shown() -> None:
    async def page(request: web.Request, writer: asyncio.StreamWriter) -> None:
        web.send(writer, "200 OK", b"<html>Please sign in, dear canary", Content_Type="text/html; charset=utf-8")

    async with web.site(page) as site:
        error = await refused(site.url)
    assert error.problem == "Web does not speak MCP: Unexpected content type: text/html; charset=utf-8"


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
async def test_a_reply_that_is_no_json_rpc_is_refused_and_not_shown(kind: str) -> None:
    async def nonsense(request: web.Request, writer: asyncio.StreamWriter) -> None:
        web.send(writer, "200 OK", b"event: message\ndata: <html>canary\n\n", Content_Type=kind)

    async with web.site(nonsense) as site:
        error = await refused(site.url)
        assert error.problem == "Web does not speak MCP: the reply is not readable JSON-RPC"
    async with web.site(web.mcp(nonsense)) as site, connected(site.url) as connection:
        with pytest.raises(ReplyRejected, match=r"web\.echo: the reply is not readable JSON-RPC") as caught:
            await echo(connection)
        assert "canary" not in str(two_lines(caught.value))


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        ("401 Unauthorized", "--header"),
        ("403 Forbidden", "--header"),
        ("404 Not Found", "check the address"),
        ("429 Too Many Requests", "wait"),
        ("503 Service Unavailable", "try again in a while"),
    ],
)
async def test_an_http_error_is_said_with_its_number_and_what_to_do(status: str, hint: str) -> None:
    async def fails(request: web.Request, writer: asyncio.StreamWriter) -> None:
        web.send(writer, status, b"<html>canary", Content_Type="text/html", Retry_After="99999999")

    async with web.site(fails) as site:
        error = await refused(site.url)
    assert error.problem == f"Web: the server answered {status}"
    assert hint in error.hint


async def test_a_json_rpc_error_in_an_http_error_keeps_the_servers_words() -> None:
    async def fails(request: web.Request, writer: asyncio.StreamWriter) -> None:
        error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32000 - 603, "message": "no such ledger"}}
        web.send(writer, "400 Bad Request", json.dumps(error).encode(), Content_Type="application/json")

    async with web.site(web.mcp(fails)) as site, connected(site.url) as connection:
        with pytest.raises(ToolFailed, match="no such ledger"):
            await echo(connection)


async def test_an_overloaded_server_is_asked_once_more_to_read_and_never_to_change(tmp_path: Path) -> None:
    async def busy(request: web.Request, writer: asyncio.StreamWriter) -> None:
        web.send(writer, "503 Service Unavailable", Retry_After="99999999")

    started = time.monotonic()
    async with web.site(web.mcp(busy)) as site, bench(tmp_path, at(site.url, reads=True)) as on:
        with pytest.raises(ServerGone, match="Web: the server answered 503 Service Unavailable"):
            await on.call("web", "echo", text="x")
        assert site.methods.count("tools/call") == 2
    async with web.site(web.mcp(busy)) as site, bench(tmp_path, at(site.url)) as on:
        with pytest.raises(OutcomeUnknown, match="503"):
            await on.call("web", "echo", text="x")
        assert site.methods.count("tools/call") == 1
    assert time.monotonic() - started < 5, "nobody waits as long as the server says"


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_reply_over_the_limit_is_refused_at_once_and_the_connection_goes_on(streamed: bool) -> None:
    async def large(request: web.Request, writer: asyncio.StreamWriter) -> None:
        size = 200_000_000 if request.message["params"]["arguments"]["text"] == "much" else 5
        kind = "text/event-stream" if streamed else "application/json"
        start, end = json.dumps({"jsonrpc": "2.0", "id": request.message["id"], "result": web.text_result("@")}).split(
            "@"
        )
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        writer.write(b"event: message\ndata: " * streamed + start.encode())
        for done in range(0, size, 50_000):
            writer.write(b"x" * min(50_000, size - done))
            await writer.drain()
        writer.write(f"{end}\n\n".encode())

    async with web.site(web.mcp(large)) as site, connected(site.url) as connection:
        started = time.monotonic()
        with pytest.raises(ReplyRejected, match=r"web\.echo: the reply is larger than 1 MB") as caught:
            await echo(connection, "much")
        two_lines(caught.value)
        assert time.monotonic() - started < 2
        assert await echo(connection, "little") == "xxxxx"


async def test_a_packed_reply_is_refused_unopened() -> None:
    async def packed(request: web.Request, writer: asyncio.StreamWriter) -> None:
        web.send(writer, "200 OK", gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")

    async with web.site(packed) as site:
        assert "sent a gzip reply unasked" in (await refused(site.url)).problem
        assert {each.headers["accept-encoding"] for each in site.seen} == {"identity"}
    async with web.site(web.mcp(packed)) as site, connected(site.url) as connection:
        with pytest.raises(ReplyRejected, match="sent a gzip reply unasked"):
            await echo(connection)
        assert connection.alive


async def test_an_event_of_several_megabytes_is_read() -> None:
    async def streams(request: web.Request, writer: asyncio.StreamWriter) -> None:
        body = f"event: message\ndata: {web.result_text(request, web.text_result('ü' * 3_000_000))}\n\n".encode()
        web.send(writer, "200 OK", body, Content_Type="text/event-stream")

    async with web.site(web.mcp(streams)) as site, connected(site.url, Limits(call=10)) as connection:
        assert await echo(connection) == "ü" * 3_000_000


@pytest.mark.parametrize(
    "status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
async def test_a_redirect_to_another_origin_is_not_followed_and_takes_no_header_along(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_KEY", "canary-7f3a")
    async with web.site(web.mcp(web.echo)) as elsewhere:

        async def redirects(request: web.Request, writer: asyncio.StreamWriter) -> None:
            web.send(writer, status, Location=elsewhere.url)

        async with web.site(redirects) as site:
            error = await refused(site.url, Authorization="env:WEB_KEY")
            assert "not followed" in error.problem and "canary" not in str(error)
            assert {each.headers["authorization"] for each in site.seen} == {"canary-7f3a"}
        async with web.site(web.mcp(redirects)) as site, connected(site.url, Authorization="env:WEB_KEY") as connection:
            with pytest.raises(ToolFailed, match="not followed"):
                await echo(connection)
        assert elsewhere.seen == []


async def test_a_header_whose_variable_is_not_set_is_two_lines() -> None:
    error = await refused("http://127.0.0.1:9/mcp", Authorization="env:NOT_SET_ANYWHERE")
    assert error.problem == "the environment variable 'NOT_SET_ANYWHERE' for 'Authorization' is not set"


@pytest.mark.parametrize("value", ["canary\n", "canary\r\nX-More: 1", "canäry"])
async def test_a_header_that_cannot_be_sent_is_refused_without_its_value(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_KEY", value)
    async with web.site(web.mcp(web.echo)) as site:
        error = await refused(site.url, Authorization="env:WEB_KEY")
        assert "'Authorization' cannot be sent" in error.problem
        assert "can" + value[3:6] not in str(error)
        assert site.seen == []


async def never(request: web.Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_a_server_that_never_answers_is_given_up() -> None:
    async with web.site(never) as site:
        error = await refused(site.url, Limits(connect=0.3, call=0.3, close=0.3))
        assert error.problem == "Web did not answer in time"


async def test_a_call_that_is_not_answered_times_out_the_server_is_told_and_the_connection_goes_on() -> None:
    async def first_never(request: web.Request, writer: asyncio.StreamWriter) -> None:
        slow = request.message["params"]["arguments"]["text"] == "first"
        await (never if slow else web.echo)(request, writer)

    limits = Limits(connect=5, call=0.3, close=0.3)
    async with web.site(web.mcp(first_never)) as site, connected(site.url, limits) as connection:
        with pytest.raises(TimedOut, match=r"web\.echo did not answer in time") as caught:
            await echo(connection, "first")
        two_lines(caught.value)
        await eventually(lambda: "notifications/cancelled" in site.methods)
        # Past the transport's own limit, which must not end the connection.
        later = asyncio.get_running_loop().time() + 3 * limits.call
        while asyncio.get_running_loop().time() < later:
            assert await echo(connection, "second") == "second"
        assert connection.alive


async def test_a_stream_without_end_is_bounded_in_time_and_size() -> None:
    async def endless(request: web.Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        slow = request.message["params"]["arguments"]["text"] == "slow"
        while True:
            writer.write(b": still there\n\n" if slow else b": still there\n\n" * 10_000)
            await writer.drain()
            await asyncio.sleep(0.01 if slow else 0)

    async with web.site(web.mcp(endless)) as site, connected(site.url, replace(QUICK, call=0.5)) as connection:
        with pytest.raises(TimedOut):
            await echo(connection, "slow")
    async with web.site(web.mcp(endless)) as site, connected(site.url) as connection:
        with pytest.raises(ReplyRejected, match="larger than 1 MB"):
            await echo(connection, "fast")
