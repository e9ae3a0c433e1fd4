"""The road from an allowed call to its result: the requests to its server, the pages, and what an error leaves open."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from jupyter_connectors.apppages import AppPage, page_of, says_nothing
from jupyter_connectors.audit import Closing, Outcome
from jupyter_connectors.calls import Meter, closing_of, of_change, outcome_of, partial_of, unknown
from jupyter_connectors.entries import Remote
from jupyter_connectors.errors import ConnectorError, Denied, ServerGone
from jupyter_connectors.frames.pace import Paces
from jupyter_connectors.judgement import Judge
from jupyter_connectors.models import Json, Reply, Tool, ToolCall, canonical
from jupyter_connectors.runtime import stopped
from jupyter_connectors.sessions.pool import Pool

if TYPE_CHECKING:
    from jupyter_connectors.frames.collect import Progress
    from jupyter_connectors.frames.gathering import Gathering
    from jupyter_connectors.frames.handles import Share
    from jupyter_connectors.frames.parts import Again
    from jupyter_connectors.frames.result import Result
    from jupyter_connectors.sessions.connection import Connection

T = TypeVar("T")

_LIST_PAGES = 20
"""Pages of a server's list of resources in which an app's is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A call that was judged and may be sent, to the letter."""

    call: ToolCall
    tool: Tool
    reads: bool
    """It changes nothing, by the class it was judged by: it may be sent again, and followed to further pages."""

    progress: Callable[[Progress], None] | None = None
    held: Gathering | None = None
    """Pages of an earlier call, to which this one adds its own."""

    @property
    def label(self) -> str:
        return f"{self.call.connector}.{self.call.tool}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorder:
    """Tells how the sending of one call ended, once, whatever ends it."""

    allowed: Allowed
    meter: Meter
    ended: Callable[[Closing], None]
    kept: Sequence[Result] = ()
    """What had arrived of a listing that was stopped."""

    started: float = field(default_factory=time.perf_counter)

    async def result_of(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives. Raises our errors only, each after it was told of."""
        call, reads = self.allowed.call, self.allowed.reads
        try:
            result = await work
        except asyncio.CancelledError as stop:
            partial = self.kept[0] if self.kept else None
            self._close("cancelled" if reads else "unknown", partial)
            if not stop.args:
                stop.args = (stopped(partial) if reads else unknown(call, "it was stopped while it ran"),)
            raise
        except ConnectorError as error:
            failed = error if reads else of_change(call, error)
            self._close(outcome_of(failed), partial_of(failed))
        except BaseException:  # a fault of ours, or the kernel's end: no call stays without its second record
            self._close("failed" if reads else "unknown", None)
            raise
        else:
            told = isinstance(result, Reply) and result.is_error
            self._close("tool error" if told else "ok", result)
            return result
        raise failed

    def _close(self, outcome: Outcome, found: object) -> None:
        self.ended(closing_of(outcome, time.perf_counter() - self.started, found, self.meter.bytes))


class Sender:
    """Sends what was allowed and nothing else; the hub alone has one. Used on the runtime's loop only."""

    def __init__(self, pool: Pool, judge: Judge, *, spool_dir: Path, again: Again | None, share: Share | None) -> None:
        """`again` is how a result asks for more rows, `share` how it lets the workers of a cluster in."""
        self._pool = pool
        self._judge = judge
        self._spool_dir = spool_dir
        self._again = again
        self._share = share
        self._paces = Paces()
        self._pages: WeakKeyDictionary[Connection, dict[str, AppPage]] = WeakKeyDictionary()
        """By connection and address: whoever connects anew reads them anew."""

    async def send(self, allowed: Allowed, ended: Callable[[Closing], None]) -> Result:
        """The result of the call. `ended` is told how it ended, once, before the result or the error is given.

        Raises:
            Denied: The policy or the tool is not what it was, and the server had to be started again.
            Incomplete: A listing stopped half-way; `.partial` has the rows held.
            OutcomeUnknown: A change was sent and no answer came.
            ToolFailed, TimedOut, ServerGone, ReplyRejected: As their names say.
        """
        kept: list[Result] = []
        meter = self._meter()
        fetch = self._fetching(allowed, meter)
        recorder = _Recorder(allowed=allowed, meter=meter, ended=ended, kept=kept)
        return await recorder.result_of(self._collect(allowed, fetch, kept.append))

    async def relay(self, allowed: Allowed, ended: Callable[[Closing], None]) -> Reply:
        """The server's whole answer to one request of an app, neither followed nor read; `ended` as for `send`.

        Raises:
            Denied, OutcomeUnknown, ToolFailed, TimedOut, ServerGone, ReplyRejected: As for `send`.
        """
        meter = self._meter()

        async def ask(connection: Connection) -> Reply:
            reply = await connection.call(allowed.tool, allowed.call.arguments, checked=False, keep=True)
            meter.count(len(canonical(reply.wire)), allowed.label)
            return reply

        recorder = _Recorder(allowed=allowed, meter=meter, ended=ended)
        return await recorder.result_of(self._asked(allowed, ask))

    async def consult(self, allowed: Allowed, ended: Callable[[Closing], None]) -> dict[str, Json]:
        """The server's answer to a request of the protocol itself, as JSON; `ended` as for `send`.

        Raises:
            Denied, ToolFailed, TimedOut, ServerGone, ReplyRejected: As for `send`.
        """
        meter = self._meter()
        method, arguments = allowed.tool.name, allowed.call.arguments

        async def ask(connection: Connection) -> dict[str, Json]:
            if method == "resources/read":
                found = await connection.read(arguments["uri"])
            else:
                found = await connection.listing(method, arguments.get("cursor"))
            meter.count(len(canonical(found)), allowed.label)
            return found

        recorder = _Recorder(allowed=allowed, meter=meter, ended=ended)
        return await recorder.result_of(self._asked(allowed, ask))

    async def page(self, tool: Tool, allowed: Allowed, ended: Callable[[Closing], None]) -> AppPage:
        """The interface of a tool, read by a call that was allowed; `ended` as for `send`.

        Raises:
            ReplyRejected: What the server sent is no app's page.
            ToolFailed, TimedOut, ServerGone: As for `send`.
        """
        found = await self.consult(allowed, ended)
        connection = await self._live(allowed.tool)
        # Silent contents are the rule for small apps, and the list of resources is where their server says it then.
        entry = await _in_list(connection, tool.app) if says_nothing(found) else None
        page = page_of(f"{tool.connector}.{tool.name}", found, listed=entry, loopback=_is_here(connection))
        self._pages.setdefault(connection, {})[tool.app] = page
        return page

    def page_held(self, tool: Tool) -> AppPage | None:
        """The interface of a tool, if it was read on the connection that is open now."""
        return self._pages.get(self._pool.get(tool.connector), {}).get(tool.app)

    def _meter(self) -> Meter:
        most = self._judge.policy().max_result_mb
        return Meter(math.inf if most is None else most * 1e6)

    async def _collect(
        self,
        allowed: Allowed,
        fetch: Callable[[Mapping[str, Json]], Awaitable[Reply]],
        on_partial: Callable[[Result], None],
    ) -> Result:
        from jupyter_connectors.frames.collect import collect
        from jupyter_connectors.frames.shapes import shape_for

        call, tool, reads = allowed.call, allowed.tool, allowed.reads
        entry = self._pool.get(call.connector).entry.id
        shape = shape_for(entry, tool.name, call.arguments)
        return await collect(
            call,
            tool,
            fetch,
            shape=shape,
            entry=entry,
            spool_dir=self._spool_dir,
            pace=self._paces.of(call.connector, shape.rate if shape is not None else None) if reads else None,
            again=self._again,
            share=self._share,
            held=allowed.held,
            progress=allowed.progress or (lambda _: None),
            on_partial=on_partial,
            # One yes is for one request: a reply to a change is never followed to a next page.
            follow=reads or tool.annotations.read_only is True,
            # What the person was shown and allowed is sent to the letter.
            exact=not reads,
        )

    def _fetching(self, allowed: Allowed, meter: Meter) -> Callable[[Mapping[str, Json]], Awaitable[Reply]]:
        """One request to the server."""
        first = True

        async def fetch(arguments: Mapping[str, Json]) -> Reply:
            nonlocal first
            checked, first = first, False

            async def ask(connection: Connection) -> Reply:
                return meter.add(await connection.call(allowed.tool, arguments, checked=checked), allowed.label)

            return await self._asked(allowed, ask)

        return fetch

    async def _asked(self, allowed: Allowed, ask: Callable[[Connection], Awaitable[T]]) -> T:
        """What a request gives. A read is sent once more if the server was lost; a change never is."""
        connection = await self._live(allowed.tool)
        try:
            return await ask(connection)
        except ServerGone:
            if not allowed.reads:
                raise
        return await ask(await self._live(allowed.tool))

    async def _live(self, tool: Tool) -> Connection:
        """The open connection for a tool. One that had to be opened again must still have the tool as it was judged."""
        held = self._pool.get(tool.connector)
        if held.alive:
            return held
        self._judge.check_connecting(held.entry)
        opened = await self._pool.live(tool.connector)
        if not opened.offers(tool):
            problem = f"{tool.connector}.{tool.name} is not the tool it was before its server was started again"
            raise Denied(problem, hint="look at it with %tools and call it again")
        return opened


async def _in_list(connection: Connection, uri: str) -> Mapping[str, Json] | None:
    """What the server's list of resources says of one; None where it is not in there, which it need not be."""
    cursor: str | None = None
    for _ in range(_LIST_PAGES):
        try:
            page = await connection.listing("resources/list", cursor)
        except ConnectorError:
            return None
        for entry in page.get("resources", ()):
            if entry.get("uri") == uri:
                found: Mapping[str, Json] = entry
                return found
        cursor = page.get("nextCursor")
        if not cursor:
            return None
    return None


def _is_here(connection: Connection) -> bool:
    """Whether the service is a program on this machine."""
    from jupyter_connectors.sessions.http import is_here

    target = connection.entry.target
    return not isinstance(target, Remote) or is_here(urlsplit(target.url).hostname or "")
