"""The call path. Everything that calls a tool goes through `Hub.call`; there is no second way to a server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_connectors.approval import Answer, Approver, Grants, Request
from jupyter_connectors.audit import Audit, Closing, Outcome
from jupyter_connectors.calls import (
    check_arguments,
    closing_of,
    decided,
    of_change,
    outcome_of,
    partial_of,
    unknown,
)
from jupyter_connectors.errors import ConnectorError, Denied, ServerGone, UnknownTool, nearest
from jupyter_connectors.frames.pace import Paces
from jupyter_connectors.models import Entry, Json, Reply, Tool, ToolCall, ToolClass
from jupyter_connectors.policy import Rules, Verdict, classify, enabled, judge
from jupyter_connectors.runtime import stopped
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.pool import Pool

if TYPE_CHECKING:
    from jupyter_connectors.frames.collect import Progress
    from jupyter_connectors.frames.gathering import Gathering
    from jupyter_connectors.frames.parts import Again
    from jupyter_connectors.frames.result import Result

ASKED_EACH_TIME = frozenset({ToolClass.DESTRUCTIVE, ToolClass.SENDS})
"""Classes for which a yes is never remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A connector in use, under the name the person gave it."""

    id: str
    entry: Entry
    tools: tuple[Tool, ...]
    notes: tuple[str, ...]
    protocol: str


@dataclass(frozen=True, slots=True)
class _Along:
    """What goes with a call and is no part of it."""

    progress: Callable[[Progress], None] | None
    held: Gathering | None


class Hub:
    """The live connections of one kernel and the one way to call their tools. Used on the runtime's loop only."""

    def __init__(
        self,
        *,
        audit: Audit,
        spool_dir: Path,
        limits: Limits,
        switched_off: Callable[[], frozenset[tuple[str, str | None]]] = frozenset,
        again: Again | None = None,
    ) -> None:
        """`again` is how a result asks for more rows, or the same once more; it comes back here, to `call`."""
        self.grants = Grants()
        self._pool = Pool(limits)
        self._audit = audit
        self._spool_dir = spool_dir
        self._switched_off = switched_off
        self._again = again
        self._paces = Paces()

    async def connect(self, entry: Entry, *, name: str | None = None) -> Connected:
        """Connects `entry`, under `name` if given, and lists its tools. Connecting again gives the same connection.

        Raises:
            ConnectionFailed: The server cannot be started or reached.
            UnknownConnector: The name belongs to another server.
        """
        return self.connected((await self._pool.open(name or entry.id, entry)).name)

    async def disconnect(self, name: str) -> None:
        """Leaves the server and forgets what was allowed for it.

        Raises:
            UnknownConnector: Nothing is connected under this name.
        """
        self.grants.revoke(name)
        await self._pool.close(name)

    async def close(self) -> None:
        """Leaves every server."""
        await self._pool.close_all()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what is connected, in the order it was."""
        return self._pool.names

    def connected(self, name: str) -> Connected:
        """What is connected under `name`, with every tool it has, switched off or not."""
        held = self._pool.get(name)
        return Connected(id=name, entry=held.entry, tools=held.tools, notes=held.notes, protocol=held.protocol)

    def tools(self, name: str | None = None) -> tuple[Tool, ...]:
        """The tools that can be called: those of every connector, or of one, less what is switched off."""
        wanted = self._pool.names if name is None else (name,)
        rules = self._rules()
        return tuple(tool for each in wanted for tool in self._pool.get(each).tools if enabled(tool, rules))

    def lists(self, tool: Tool) -> bool:
        """True if a call of the tool may have several pages, as far as is known."""
        from jupyter_connectors.frames.shapes import shape_for

        shape = shape_for(self._pool.get(tool.connector).entry.id, tool.name)
        reads = self.class_of(tool) is ToolClass.READ or tool.annotations.read_only is not False
        return reads and (shape is None or shape.paging is not None)

    def known_columns(self, tool: Tool) -> Mapping[str, str]:
        """The columns a frame of this tool is known to have, with their kinds; empty where nothing is known."""
        from jupyter_connectors.frames.shapes import known_columns, shape_for

        shape = shape_for(self._pool.get(tool.connector).entry.id, tool.name)
        return known_columns(shape) if shape is not None else {}

    def class_of(self, tool: Tool) -> ToolClass:
        """What the tool does to the world, as the policy sees it."""
        return classify(tool, self._rules().reviewed.get(tool.connector, {}))

    def find(self, connector: str, name: str) -> Tool:
        """The tool called `name`.

        Raises:
            UnknownConnector, UnknownTool: There is none; the hint has the nearest names.
            Denied: It is switched off.
        """
        tool = self._offered(connector, name)
        if not enabled(tool, self._rules()):
            raise Denied(f"{connector}.{name} is switched off", hint="switch it on in %tools")
        return tool

    async def call(
        self,
        call: ToolCall,
        *,
        approve: Approver,
        progress: Callable[[Progress], None] | None = None,
        held: Gathering | None = None,
    ) -> Result:
        """The result of one call: judged, asked where the rules ask, recorded, sent, recorded.

        Args:
            approve: How the person is asked; awaited only when the rules say so.
            progress: Told after each page of a listing, and each second of a wait for a rate limit.
            held: Pages of an earlier call, to which this one, which asks for the next, adds its own.

        Raises:
            InvalidArguments: They break the tool's input schema; nothing was sent.
            Denied: A rule or the person said no; nothing was sent.
            Incomplete: A listing stopped half-way; `.partial` has the rows held.
            OutcomeUnknown: A change was sent and no answer came. It is never sent again.
            ToolFailed, TimedOut, ServerGone, ReplyRejected: As their names say.
        """
        tool = self._offered(call.connector, call.tool)
        check_arguments(tool, call.arguments)
        verdict = judge(call, tool, self._rules())
        answer = await self._consent(call, tool, verdict, approve)
        if answer.arguments_json is not None and answer.arguments_json != call.arguments_json:
            # Edited arguments are another call: it gets its own judgement, question and record.
            edited = replace(call, id=uuid4().hex, arguments_json=answer.arguments_json)
            return await self.call(edited, approve=approve, progress=progress)
        self._audit.opened(call, tool_class=verdict.tool_class, decision=decided(verdict, answer), rule=verdict.rule)
        if answer.choice == "deny":
            self._audit.closed(call, Closing(outcome="denied", seconds=0.0))
            who = "you said no" if answer.by == "you" else answer.by
            raise Denied(f"{call.connector}.{call.tool} was not allowed: {who}", hint=answer.hint)
        return await self._send(call, tool, verdict.tool_class, _Along(progress, held))

    async def _consent(self, call: ToolCall, tool: Tool, verdict: Verdict, approve: Approver) -> Answer:
        if verdict.decision == "deny":
            return Answer(choice="deny", by=verdict.rule)
        if verdict.decision == "allow":
            return Answer(choice="once", by=verdict.rule)
        remembered = verdict.tool_class not in ASKED_EACH_TIME
        if remembered and self.grants.covers(call, tool):
            return Answer(choice="once", by="allowed for this session")
        answer = await approve(
            Request(
                id=uuid4().hex,
                call=call,
                tool=tool,
                tool_class=verdict.tool_class,
                connector_title=self._pool.get(call.connector).entry.title,
                why=verdict.rule,
            )
        )
        if answer.choice == "deny":
            return answer
        if self._offered(call.connector, call.tool).definition_hash != tool.definition_hash:
            return Answer(
                choice="deny", by="the tool changed while you were asked", hint="look at it again with %tools"
            )
        if answer.choice == "session" and remembered:
            self.grants.allow(call, tool)
        return answer

    async def _send(self, call: ToolCall, tool: Tool, tool_class: ToolClass, along: _Along) -> Result:
        started = time.perf_counter()

        def close(outcome: Outcome, result: Result | None) -> None:
            self._audit.closed(call, closing_of(outcome, time.perf_counter() - started, result))

        reads = tool_class is ToolClass.READ
        kept: list[Result] = []
        try:
            result = await self._collect(call, tool, reads, along, kept.append)
        except asyncio.CancelledError as stop:
            partial = kept[0] if kept else None
            close("cancelled" if reads else "unknown", partial)
            if not stop.args:
                stop.args = (stopped(partial) if reads else unknown(call, "it was stopped while it ran"),)
            raise
        except ConnectorError as error:
            failed = error if reads else of_change(call, error)
            close(outcome_of(failed), partial_of(failed))
        except BaseException:
            close("failed" if reads else "unknown", None)
            raise
        else:
            close("ok", result)
            return result
        raise failed

    async def _collect(
        self,
        call: ToolCall,
        tool: Tool,
        reads: bool,
        along: _Along,
        on_partial: Callable[[Result], None],
    ) -> Result:
        from jupyter_connectors.frames.collect import collect
        from jupyter_connectors.frames.shapes import shape_for

        entry = self._pool.get(call.connector).entry.id
        shape = shape_for(entry, tool.name, call.arguments)
        return await collect(
            call,
            tool,
            self._fetching(call, tool, reads=reads),
            shape=shape,
            entry=entry,
            spool_dir=self._spool_dir,
            pace=self._paces.of(call.connector, shape.rate if shape is not None else None) if reads else None,
            again=self._again,
            held=along.held,
            progress=along.progress or (lambda _: None),
            on_partial=on_partial,
            # One yes is for one request: a reply to a change is never followed to a next page.
            follow=reads or tool.annotations.read_only is True,
            # What the person was shown and allowed is sent to the letter.
            exact=not reads,
        )

    def _fetching(self, call: ToolCall, tool: Tool, *, reads: bool) -> Callable[[Mapping[str, Json]], Awaitable[Reply]]:
        """One request to the server. A read is sent once more if the server was lost; a change never is."""
        first = True

        async def fetch(arguments: Mapping[str, Json]) -> Reply:
            nonlocal first
            checked, first = first, False
            connection = await self._pool.live(call.connector)
            try:
                return await connection.call(tool, arguments, checked=checked)
            except ServerGone:
                if not reads:
                    raise
            connection = await self._pool.live(call.connector)
            return await connection.call(tool, arguments, checked=checked)

        return fetch

    def _offered(self, connector: str, name: str) -> Tool:
        offered = {tool.name: tool for tool in self._pool.get(connector).tools}
        if name not in offered:
            shown = [tool.name for tool in self.tools(connector)]
            raise UnknownTool(f"{connector} has no tool {name!r}", hint=nearest(name, shown))
        return offered[name]

    def _rules(self) -> Rules:
        reviewed = {name: self._pool.get(name).entry.reviewed for name in self._pool.names}
        return Rules(off=self._switched_off(), reviewed=reviewed)
