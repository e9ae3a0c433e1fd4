"""A local server's process: its pipes, its last words, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage
from mcp_types import ErrorData, JSONRPCError, jsonrpc_message_adapter
from pydantic_core import from_json

from jupyter_connectors.entries import Launch
from jupyter_connectors.errors import ConnectionFailed
from jupyter_connectors.launching import refused
from jupyter_connectors.launching import resolved as program_of
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.text import visible

REPLY_REJECTED = -32098
"""The error code, in the range JSON-RPC leaves to implementations, with which we answer for an unusable reply."""

_CHUNK = 1 << 16
_ID = re.compile(rb'"id"\s*:\s*(\d{1,18}|"[^"\\]{1,64}")')


def parsed(line: bytes) -> Any:
    """The JSON value of a line; what is no UTF-8 in it is replaced.

    Raises:
        ValueError: it is no JSON.
    """
    line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        return from_json(line)
    except ValueError:
        return from_json(line.decode("utf-8", errors="replace"))


class Child:
    """One process speaking MCP over its standard streams.

    The SDK's own stdio transport hides the process and joins long lines in quadratic time; this one keeps the exit
    code and the last lines of standard error, and reads up to a limit.
    """

    def __init__(self, launch: Launch, limits: Limits) -> None:
        self._launch = launch
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None
        self._said: deque[str] = deque(maxlen=20)
        self.junk = 0
        """Lines on standard output that were no JSON-RPC message."""

        self.gone = asyncio.Event()
        """Set when the process has closed its output."""

        self.sent_away = False
        """True if we ended it; one that left by itself has last words."""

    @property
    def last_words(self) -> str:
        """The last line the server wrote to standard error, made safe to show."""
        lines = [line for line in self._said if line.strip()]
        return visible(lines[-1])[:300] if lines else ""

    @property
    def last_lines(self) -> tuple[str, ...]:
        """Up to 20 last lines of standard error, made safe to show."""
        return tuple(visible(line)[:300] for line in self._said)

    async def exit_code(self) -> int | None:
        """The exit code, once the process has closed its output; None if it is still running."""
        if self._process is None:
            return None
        await _ended(self._process, 1)
        return self._process.returncode

    @asynccontextmanager
    async def transport(self) -> AsyncIterator[Any]:
        """The pair of streams the SDK's client speaks over, for as long as the process runs.

        Raises:
            ConnectionFailed: The command does not exist or cannot be run.
        """
        process = self._process = await _spawn(self._launch)
        to_client, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        write, from_client = anyio.create_memory_object_stream[SessionMessage](0)
        tasks = [
            asyncio.create_task(self._read(process, to_client), name="connector-stdout"),
            asyncio.create_task(self._listen(process), name="connector-stderr"),
            asyncio.create_task(_write(process, from_client), name="connector-stdin"),
        ]
        try:
            yield read, write
        finally:
            self.sent_away = not self.gone.is_set()
            with anyio.CancelScope(shield=True):
                await _stop(process, self._limits.close)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                # A server that was cut off in the middle leaves a pipe that nobody reads to its end.
                process._transport.close()  # type: ignore[attr-defined]  # there is no public way
                await asyncio.sleep(0)
                for stream in (to_client, read, write, from_client):
                    await stream.aclose()

    async def _read(self, process: asyncio.subprocess.Process, to_client: Any) -> None:
        assert process.stdout is not None
        pieces: list[bytes] = []
        held = 0
        try:
            while chunk := await process.stdout.read(_CHUNK):
                *ends, rest = chunk.split(b"\n")
                for end in ends:
                    pieces.append(end)
                    await self._deliver(b"".join(pieces), held + len(end), to_client)
                    pieces, held = [], 0
                held += len(rest)
                # Of a line past the limit only the beginning is kept: it says which request it answers.
                if held <= self._limits.reply or not pieces:
                    pieces.append(rest[: self._limits.reply + 1])
                if self.junk > self._limits.junk:
                    break
        except (anyio.ClosedResourceError, anyio.BrokenResourceError):
            return
        finally:
            self.gone.set()
            await to_client.aclose()

    async def _deliver(self, line: bytes, size: int, to_client: Any) -> None:
        if not line.strip():
            return
        if size > self._limits.reply:
            refused = f"the reply is larger than {self._limits.reply // (1024 * 1024)} MB"
        else:
            try:
                # Parsed apart from the check: validating JSON text against a union builds the value twice.
                message = jsonrpc_message_adapter.validate_python(parsed(line), by_name=False)
                await to_client.send(SessionMessage(message))
                return
            except (ValueError, RecursionError):
                refused = "the reply is not readable JSON-RPC"
        found = _ID.search(line[:400]) or _ID.search(line[-400:])
        if found is None or not line.lstrip().startswith(b"{"):
            self.junk += 1
            return
        number = found[1].decode()
        answer = JSONRPCError(
            jsonrpc="2.0",
            id=number.strip('"') if number.startswith('"') else int(number),
            error=ErrorData(code=REPLY_REJECTED, message=refused),
        )
        await to_client.send(SessionMessage(answer))

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        rest = b""
        while chunk := await process.stderr.read(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[-2000:]
            self._said.extend(line[-2000:].decode("utf-8", errors="replace") for line in lines[-20:])
        if rest:
            self._said.append(rest.decode("utf-8", errors="replace"))


async def _write(process: asyncio.subprocess.Process, from_client: Any) -> None:
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError, anyio.ClosedResourceError):
        async for message in from_client:
            text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
            process.stdin.write(text.encode() + b"\n")
            await process.stdin.drain()


async def _spawn(launch: Launch) -> asyncio.subprocess.Process:
    command = program_of(launch.command)
    if command is None:
        raise ConnectionFailed(
            f"the command {launch.command!r} was not found", hint="install it, or give its full path"
        )
    if names := refused(launch.env):
        raise ConnectionFailed(
            f"a server is not started with {' and '.join(names)}, which would make it load other code",
            hint="take it out of the connector's variables",
        )
    argv = [str(command), *launch.args]
    # A kernel that is killed outright closes our end of the pipes, which ends a well-behaved server; this ends the
    # others too, where the system has it (Linux).
    if sys.platform == "linux" and (setpriv := shutil.which("setpriv")):
        argv = [setpriv, "--pdeathsig", "KILL", "--", *argv]
    try:
        return await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=get_default_environment() | resolved(launch.env),
            cwd=launch.cwd,
            start_new_session=True,  # the interrupt meant for the kernel must not reach the server
        )
    except OSError as error:
        raise ConnectionFailed(
            f"{launch.command!r} could not be started: {error.strerror}", hint="check that it is a program you may run"
        ) from None


def resolved(values: Mapping[str, str]) -> dict[str, str]:
    """`values` with each `env:NAME` replaced by that environment variable.

    Raises:
        ConnectionFailed: The variable is not set.
    """
    out = {}
    for name, value in values.items():
        if value.startswith("env:"):
            variable = value.removeprefix("env:")
            if variable not in os.environ:
                raise ConnectionFailed(
                    f"the environment variable {variable!r} for {name!r} is not set",
                    hint=f"set it before the kernel starts, or with %env {variable}=...",
                )
            value = os.environ[variable]
        out[name] = value
    return out


async def _stop(process: asyncio.subprocess.Process, grace: float) -> None:
    """Closes the input, waits, then terminates the process group (the order the MCP specification gives)."""
    if process.stdin is not None:
        process.stdin.close()
    for signal_number in (None, signal.SIGTERM, signal.SIGKILL):
        if signal_number is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal_number)
        if await _ended(process, grace):
            return


async def _ended(process: asyncio.subprocess.Process, within: float) -> bool:
    # Not process.wait(): it also waits for the pipes, which a grandchild may hold open.
    deadline = asyncio.get_running_loop().time() + within
    while process.returncode is None and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110  # see above
        await asyncio.sleep(0.01)
    return process.returncode is not None
