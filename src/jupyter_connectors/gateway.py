"""Where workers of a cluster come for their part of a listing: a listener in the kernel, before the hub.

It opens with the first handle and closes with the kernel. Whoever comes proves that they hold a handle and names a
window of its listing, nothing else; the kernel makes the call as it makes any, so it is judged and recorded, paced with
all others of the connector, and sent over the one connection there is. See `frames.handles` for what crosses the wire.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import ipaddress
import json
import secrets
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_connectors.approval import Answer, Request
from jupyter_connectors.errors import ConnectorError, Denied, UsageProblem
from jupyter_connectors.frames.handles import Handle, Reach, answering, asking
from jupyter_connectors.frames.spans import Listing
from jupyter_connectors.hub import Hub
from jupyter_connectors.models import Json, ToolClass

_LONGEST_QUESTION = 1024
_PATIENCE = 10.0
"""Seconds for a question to arrive."""

_MOST_VISITORS = 512
_MOST_HOURS = 168
_CHUNK = 1024 * 1024
_NOBODY = Answer(
    choice="deny",
    by="a worker asked, and you cannot be asked while it waits",
    hint="allow the tool for this session with a call of your own first",
)


@dataclass(frozen=True, slots=True)
class _Open:
    """What one handle opens."""

    listing: Listing
    definition: str
    """The hash of the tool as it was then."""

    handle: Handle
    attended: bool
    """Whether a person was there who could be asked; without one, what needs a yes is a no."""

    visits: set[asyncio.Task[None]] = field(default_factory=set)


class Gateway:
    """The listeners of one kernel and what may be asked of them. Used on the runtime's loop only."""

    def __init__(self, hub: Hub, spool_dir: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._hub = hub
        self._spool_dir = spool_dir
        self._clock = clock
        self._open: dict[str, _Open] = {}
        self._listeners: dict[tuple[str, int], asyncio.Server] = {}
        self._turns: dict[str, asyncio.Semaphore] = {}
        """By connector, because the limit of a vendor is for all an account asks."""

        self._visitors = 0

    async def open(self, listing: Listing, reach: Reach, *, attended: bool) -> Handle:
        """A new handle for the windows of a listing.

        Raises:
            Denied: The tool may change something, or is switched off.
            UsageProblem: Workers could not come there, or in clear text where that was not said to be wanted.
        """
        definition = self._definition(listing)
        _check_reach(reach)
        listener = await self._listen(reach)
        handle = Handle(
            host=reach.host,
            port=listener.sockets[0].getsockname()[1],
            listing=secrets.token_urlsafe(12),
            secret=secrets.token_urlsafe(32),
            expires=self._clock() + reach.hours * 3600,
        )
        self._open = {name: each for name, each in self._open.items() if each.handle.expires > self._clock()}
        self._open[handle.listing] = _Open(listing, definition, handle, attended)
        return handle

    def revoke(self, handle: Handle) -> None:
        """Takes a handle back; calls under way for it are stopped."""
        found = self._open.pop(handle.listing, None)
        for visit in () if found is None else tuple(found.visits):
            visit.cancel()

    async def close(self) -> None:
        """Takes every handle back and stops listening."""
        visits = [visit for each in self._open.values() for visit in each.visits]
        for each in tuple(self._open.values()):
            self.revoke(each.handle)
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()
        await asyncio.gather(*visits, return_exceptions=True)

    async def _listen(self, reach: Reach) -> asyncio.Server:
        place = (reach.host, reach.port)
        if place not in self._listeners:
            try:
                self._listeners[place] = await asyncio.start_server(
                    self._visit, reach.host, reach.port, limit=_LONGEST_QUESTION
                )
            except OSError as error:
                problem = f"workers cannot be let in at {reach.host}:{reach.port}: {error.strerror or error}"
            else:
                return self._listeners[place]
            raise UsageProblem(problem, hint="host= is an address of this machine that the workers reach")
        return self._listeners[place]

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visitors += 1
        try:
            # A visitor who hangs up is no error; neither is one whose handle was taken back meanwhile.
            with contextlib.suppress(ConnectionError, TimeoutError, asyncio.CancelledError):
                if self._visitors <= _MOST_VISITORS:
                    await self._answer(reader, writer)
        finally:
            self._visitors -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        challenge = secrets.token_hex(16)
        writer.write(json.dumps({"challenge": challenge}).encode() + b"\n")
        question = await _question(reader)
        opened = self._opened(question, challenge)
        if opened is None:
            return  # whatever was wrong with it, the visitor is not told
        visit = asyncio.current_task()
        assert visit is not None
        opened.visits.add(visit)
        try:
            with tempfile.TemporaryDirectory(dir=self._spool_dir, prefix="window-") as place:
                file = Path(place) / "window.parquet"
                told = await _while_there(reader, self._told(opened, question["window"], file))
                proof = (opened.handle.secret, challenge, str(question["nonce"]))
                await _send(writer, told, file, proof)
        finally:
            opened.visits.discard(visit)

    def _opened(self, question: dict[str, Json], challenge: str) -> _Open | None:
        """What this question opens: nothing, unless it is proven, in time, and for a window of the listing."""
        window, nonce = question.get("window"), str(question.get("nonce"))
        opened = self._open.get(str(question.get("listing")))
        if opened is None or not isinstance(window, int) or isinstance(window, bool):
            return None
        wanted = asking(opened.handle.secret, challenge, nonce, window)
        proven = hmac.compare_digest(str(question.get("proof")).encode(), wanted.encode())
        in_time = self._clock() < opened.handle.expires
        return opened if proven and in_time and 0 <= window < len(opened.listing.spans) else None

    async def _told(self, opened: _Open, window: int, file: Path) -> dict[str, Json]:
        """What to say of a window: how many rows it has and how long their file is, or why there are none to have."""
        listing = opened.listing
        turns = self._turns.setdefault(listing.call.connector, asyncio.Semaphore(listing.at_once))
        try:
            async with turns:
                rows = await self._write(opened, window, file)
        except ConnectorError as error:
            return {"error": {"kind": _kind(error), "problem": error.problem, "hint": error.hint}, "size": 0}
        except Exception as error:  # noqa: BLE001  # a defect of ours must not leave the worker waiting
            problem = f"{listing.name} failed in the kernel: {type(error).__name__}"
            return {
                "error": {"kind": "CallFailed", "problem": problem, "hint": "try it there, with .frames()"},
                "size": 0,
            }
        return {"rows": rows, "size": await asyncio.to_thread(_size, file)}

    async def _write(self, opened: _Open, window: int, file: Path) -> int:
        from jupyter_connectors.frames.partition import write_window

        listing, until = opened.listing, opened.handle.expires
        if self._clock() >= until:
            raise Denied(f"the handle for {listing.name} ended while it waited for its turn", hint="make a new one")
        if self._definition(listing) != opened.definition:
            raise Denied(f"{listing.name} is not the tool it was", hint="look at it with %tools and call it again")
        span = listing.spans[window]
        result = await self._hub.call(listing.call_for(span), approve=_nobody, attended=opened.attended)
        return await asyncio.to_thread(write_window, result, listing, span, file)

    def _definition(self, listing: Listing) -> str:
        """The hash of the listing's tool, held against what is connected now, which may not be what it was."""
        call = listing.call
        tool = self._hub.find(call.connector, call.tool)
        if self._hub.connected(call.connector).entry.id != listing.entry:
            problem = f"{call.connector!r} is another service now than the one the rows came from"
            raise Denied(problem, hint=f"connect {listing.entry!r} under this name")
        if self._hub.class_of(tool) is not ToolClass.READ:
            problem = f"{listing.name} may change something, so workers may not call it"
            raise Denied(
                problem, hint="only reviewed tools that read are shared; .frames() reads window by window here"
            )
        return tool.definition_hash


async def _nobody(_: Request) -> Answer:
    return _NOBODY


async def _question(reader: asyncio.StreamReader) -> dict[str, Json]:
    try:
        async with asyncio.timeout(_PATIENCE):
            found = json.loads(await reader.readuntil(b"\n"))
    except (ValueError, RecursionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return {}
    return found if isinstance(found, dict) else {}


async def _while_there(reader: asyncio.StreamReader, work: Coroutine[None, None, dict[str, Json]]) -> dict[str, Json]:
    """The result of the work, which is stopped when the visitor hangs up."""
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ConnectionResetError
    finally:
        for each in (working, gone):
            each.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _send(writer: asyncio.StreamWriter, told: dict[str, Json], file: Path, proof: tuple[str, str, str]) -> None:
    head = json.dumps(told).encode() + b"\n"
    digest = answering(*proof, head)
    writer.write(head + digest.hexdigest().encode())
    if told["size"]:
        with await asyncio.to_thread(file.open, "rb") as rows:
            while piece := await asyncio.to_thread(rows.read, _CHUNK):
                digest.update(piece)
                writer.write(piece)
                await writer.drain()
    writer.write(digest.hexdigest().encode())
    await writer.drain()


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _kind(error: ConnectorError) -> str:
    """The nearest class of it that the worker knows too."""
    from jupyter_connectors import errors

    names: list[str] = [each.__name__ for each in type(error).__mro__ if getattr(errors, each.__name__, None) is each]
    return names[0]


def _check_reach(reach: Reach) -> None:
    if not 0 < reach.hours <= _MOST_HOURS:
        problem = f"a handle is good for more than 0 and at most {_MOST_HOURS} hours, not {reach.hours!r}"
        raise UsageProblem(problem, hint="8 hours, unless you say otherwise; make a new one when it has ended")
    try:
        address = ipaddress.ip_address(reach.host)
    except ValueError:
        address = None
    if address is not None and address.is_unspecified:
        raise UsageProblem(f"{reach.host} is no address to come to", hint="give the one the workers reach, as host=")
    if (address is not None and address.is_loopback) or reach.insecure:
        return
    problem = f"rows would cross the network to {reach.host} in clear text, for everyone on it to read"
    raise UsageProblem(
        problem, hint="tunnel a port of the loopback with SSH, or on a network you trust add insecure=True"
    )
