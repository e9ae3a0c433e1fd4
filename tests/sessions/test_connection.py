from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_connectors.entries import Launch
from jupyter_connectors.errors import ConnectionFailed, ReplyRejected, ServerGone, TimedOut
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.limits import Limits

from ..conftest import hostile
from ..waiting import eventually

pytestmark = pytest.mark.anyio

QUICK = Limits(connect=10, call=5, close=0.3, reply=1024 * 1024)


@asynccontextmanager
async def connected(mode: str, limits: Limits = QUICK, **variables: str) -> AsyncIterator[Connection]:
    connection = Connection("hostile", hostile(mode, **variables), limits=limits)
    await connection.open()
    try:
        yield connection
    finally:
        await connection.close()


async def echo(connection: Connection, text: str = "hello", **options: float) -> str:
    tool = next(tool for tool in connection.tools if tool.name == "echo")
    return (await connection.call(tool, {"text": text}, **options)).text


async def test_a_call_comes_back_with_its_text() -> None:
    async with connected("well-behaved") as connection:
        assert await echo(connection) == "hello"
        assert connection.protocol == "2025-11-25"


async def test_a_tool_without_a_schema_is_kept_with_a_note() -> None:
    async with connected("no-schema") as connection:
        assert [tool.name for tool in connection.tools] == ["bare", "echo"]
        assert connection.notes == ("bare: takes no declared arguments (no inputSchema)",)
        assert await echo(connection) == "hello"


async def test_malformed_tools_are_dropped_with_reasons_and_the_good_one_works() -> None:
    async with connected("bad-tools") as connection:
        assert [tool.name for tool in connection.tools] == ["echo"]
        assert len(connection.notes) == 4
        assert "typed: dropped, its inputSchema is not an object schema" in connection.notes
        assert await echo(connection) == "hello"


async def test_a_list_that_repeats_its_cursor_ends_with_a_note() -> None:
    async with connected("endless-list") as connection:
        assert [tool.name for tool in connection.tools] == ["echo"]
        assert any("repeats itself" in note for note in connection.notes)


async def test_a_list_that_goes_round_in_a_circle_ends_with_what_it_had() -> None:
    async with connected("cycling-list") as connection:
        assert [tool.name for tool in connection.tools] == ["echo_a", "echo_b"]


async def test_a_command_that_does_not_exist_is_two_plain_lines() -> None:
    entry = replace(hostile("x"), target=Launch(command="no-such-program-anywhere"))
    with pytest.raises(ConnectionFailed) as caught:
        await Connection("x", entry, limits=QUICK).open()
    assert caught.value.problem == "the command 'no-such-program-anywhere' was not found"
    assert caught.value.__context__ is None


async def test_a_server_that_dies_at_start_is_reported_with_its_exit_code_and_last_words() -> None:
    with pytest.raises(ServerGone, match=r"Hostile stopped \(exit code 4\): the licence has expired"):
        async with connected("dies-at-start"):
            pass


async def test_a_server_that_never_answers_is_given_up_when_the_time_is_over() -> None:
    with pytest.raises(ConnectionFailed, match="Hostile did not answer in time"):
        async with connected("mute", replace(QUICK, connect=0.5)):
            pass


async def test_a_server_that_dies_in_a_call_says_why_without_terminal_colours() -> None:
    async with connected("dies") as connection:
        with pytest.raises(ServerGone) as caught:
            await echo(connection)
        assert caught.value.problem == "Hostile stopped (exit code 7): out of memory"
        assert not isinstance(caught.value.__context__, BaseExceptionGroup)
        assert not connection.alive


async def test_a_call_that_is_not_answered_times_out_and_the_server_is_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with connected("silent-once", HOSTILE_LOG=str(log)) as connection:
        with pytest.raises(TimedOut, match=r"hostile\.echo did not answer in time"):
            await echo(connection, "first", seconds=0.3)
        assert await echo(connection, "second") == "second"
    assert "notifications/cancelled" in log.read_text()


async def test_a_flood_on_standard_error_does_not_block_the_call() -> None:
    async with connected("stderr-flood") as connection:
        assert await echo(connection) == "hello"


async def test_lines_that_are_no_messages_are_skipped() -> None:
    async with connected("junk") as connection:
        assert await echo(connection) == "hello"


async def test_replies_nobody_asked_for_are_ignored() -> None:
    async with connected("strangers") as connection:
        assert await echo(connection, "one") == "one"
        assert await echo(connection, "two") == "two"


async def test_a_reply_over_the_limit_is_refused_at_once_and_says_the_limit() -> None:
    async with connected("too-large") as connection:
        with pytest.raises(ReplyRejected, match="larger than 1 MB"):
            await echo(connection)


async def test_a_reply_nested_too_deep_is_refused_at_once() -> None:
    async with connected("too-deep") as connection:
        with pytest.raises(ReplyRejected, match="not readable"):
            await echo(connection)


async def test_structured_content_that_breaks_the_tools_own_schema_is_refused() -> None:
    async with connected("breaks-schema") as connection:
        with pytest.raises(ReplyRejected, match="n: 'seven' is not of type 'integer'"):
            await echo(connection)


async def test_a_schema_that_points_to_the_network_is_not_fetched() -> None:
    async with connected("fetches") as connection:
        with pytest.raises(ReplyRejected, match="which is not in it"):
            await echo(connection)


async def test_a_result_without_content_is_accepted() -> None:
    async with connected("no-content") as connection:
        tool = connection.tools[0]
        assert (await connection.call(tool, {"text": "x"})).structured == {"text": "x"}


async def test_cancelling_the_caller_tells_the_server(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with connected("silent", HOSTILE_LOG=str(log)) as connection:
        calling = asyncio.create_task(echo(connection))
        await eventually(lambda: log.exists() and "tools/call" in log.read_text())
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
    assert "notifications/cancelled" in log.read_text()


async def test_a_server_that_will_not_leave_is_ended() -> None:
    async with connected("ignores-eof") as connection:
        assert connection._link.child is not None and connection._link.child._process is not None
        number = connection._link.child._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
