"""The call path. Everything that calls a tool goes through `Hub.call`; there is no second way to a server."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_connectors.approval import Answer, Approver, Request
from jupyter_connectors.audit import Audit, Closing, Outcome
from jupyter_connectors.calls import (
    Meter,
    check_arguments,
    closing_of,
    decided,
    denied,
    new_call,
    of_change,
    outcome_of,
    partial_of,
    unknown,
)
from jupyter_connectors.consulting import NOBODY, Matter, Questions, present_values
from jupyter_connectors.errors import ConnectorError, Denied, ServerGone, SignInNeeded
from jupyter_connectors.frames.pace import Paces
from jupyter_connectors.judgement import Judge
from jupyter_connectors.models import Entry, Json, Remote, Reply, Tool, ToolCall, ToolClass
from jupyter_connectors.offering import Connected, Offer
from jupyter_connectors.runtime import stopped
from jupyter_connectors.schema import Checker, checker
from jupyter_connectors.sessions.limits import Limits

if TYPE_CHECKING:
    from jupyter_connectors.frames.collect import Progress
    from jupyter_connectors.frames.gathering import Gathering
    from jupyter_connectors.frames.handles import Share
    from jupyter_connectors.frames.parts import Again
    from jupyter_connectors.frames.result import Result
    from jupyter_connectors.sessions.connection import Connection
    from jupyter_connectors.sessions.oauth.access import Access
    from jupyter_connectors.sessions.oauth.leaving import Left

_PRESENT_SECONDS = 5.0
"""How long the present values of a record may take to read before the question is shown without them."""


@dataclass(frozen=True, slots=True)
class _Along:
    """What goes with a call and is no part of it."""

    approve: Approver
    progress: Callable[[Progress], None] | None
    held: Gathering | None
    attended: bool
    edited: frozenset[str] = frozenset()
    asked: Matter | None = None
    """What the person was asked when they wrote the arguments of this call and allowed it with them."""


class Hub(Offer):
    """The live connections of one kernel and the one way to call their tools. Used on the runtime's loop only."""

    def __init__(  # noqa: PLR0913  # the one place where all that a kernel holds comes together
        self,
        *,
        audit: Audit,
        spool_dir: Path,
        limits: Limits,
        judge: Judge,
        again: Again | None = None,
        share: Share | None = None,
        access: Access | None = None,
    ) -> None:
        """`again` is how a result asks for more rows, or the same once more; it comes back here, to `call`.

        `share` is how a result lets the workers of a cluster in; `access` is what connections sign in with.
        """
        super().__init__(judge, limits, access)
        self._access = access
        self._questions = Questions(judge, self._present, self._called)
        self._audit = audit
        self._spool_dir = spool_dir
        self._again = again
        self._share = share
        self._paces = Paces()
        self._checkers: dict[str, Checker] = {}
        """By the hash of a tool's definition: making one costs more than using it."""
        self._joined: dict[str, int] = {}
        """By name, how often its account had been left when it was connected."""

    async def connect(self, entry: Entry, *, name: str | None = None, account: str = "") -> Connected:
        """Connects `entry`, under `name` if given, and lists its tools. Connecting again gives the same connection.

        `account` is which of several of the person's at the service.

        Raises:
            SignInNeeded: The service wants to know who it is, and nobody signed in.
            Denied: The policy does not let it be connected.
            ConnectionFailed: The server cannot be started or reached.
            UnknownConnector: The name belongs to another server.
        """
        self._check_connecting(entry)
        most = self.judge.policy().max_result_mb
        limits = (
            self._limits if most is None else replace(self._limits, reply=min(self._limits.reply, most * 1_000_000))
        )
        wanted = name or entry.id
        if wanted in self._pool.names:
            await self._left(wanted)
        turn = self.judge.grants.left(entry.identity, account)
        opened = (await self._pool.open(wanted, entry, limits, account=account)).name
        self._joined[opened] = turn
        return self.connected(opened)

    async def _left(self, name: str) -> bool:
        """Whether the person has signed out since this was connected, in whichever kernel; it is left here then too."""
        held = self._pool.get(name)
        if self.judge.grants.left(held.entry.identity, held.account) == self._joined.get(name):
            return False
        await self.disconnect(name)
        return True

    async def disconnect(self, name: str) -> None:
        """Leaves the server and forgets what was allowed for this session; a lasting yes stays.

        Raises:
            UnknownConnector: Nothing is connected under this name.
        """
        self.judge.grants.end_session(name)
        self._joined.pop(name, None)
        await self._pool.close(name)

    async def sign_out(self, entry: Entry, *, account: str = "", revoke: bool = True) -> Left:
        """Forgets the sign-in of a connector and account and all that was allowed there; with `revoke` tells the service.

        What is connected with it is left. What was given back is told; nothing of it is kept, whatever the service says.
        No kernel has the yeses any more: each looks for them at every call.

        Raises:
            StateProblem: The system keyring does not let it be removed.
        """
        from jupyter_connectors.sessions.oauth.leaving import Left, sign_out

        for name in self._pool.names:
            held = self._pool.get(name)
            if (held.entry.identity, held.account) == (entry.identity, account):
                await self.disconnect(name)
        # First, and whatever becomes of the rest: whoever signs in there next has allowed nothing yet.
        self.judge.grants.leave(entry.identity, account)
        if self._access is None or not isinstance(entry.target, Remote):
            return Left(was_signed_in=False, revoked=False)
        return await sign_out(entry, account=account, access=self._access, revoke=revoke)

    async def close(self) -> None:
        """Leaves every server."""
        await self._pool.close_all()

    async def call(
        self,
        call: ToolCall,
        *,
        approve: Approver,
        progress: Callable[[Progress], None] | None = None,
        held: Gathering | None = None,
        attended: bool = True,
    ) -> Result:
        """The result of one call: judged, asked where the rules ask, recorded, sent, recorded.

        Args:
            approve: How the person is asked; awaited only when the rules say so.
            progress: Told after each page of a listing, and each second of a wait for a rate limit.
            held: Pages of an earlier call, to which this one, which asks for the next, adds its own.
            attended: False where nobody could answer; what would be asked is then denied.

        Raises:
            InvalidArguments: They break the tool's input schema; nothing was sent.
            Denied: A rule or the person said no; nothing was sent.
            Incomplete: A listing stopped half-way; `.partial` has the rows held.
            OutcomeUnknown: A change was sent and no answer came. It is never sent again.
            SignInNeeded: The person signed out in another kernel; nothing was sent.
            ToolFailed, TimedOut, ServerGone, ReplyRejected: As their names say.
        """
        if await self._left(call.connector):
            problem = f"{call.connector} was signed out in another notebook"
            raise SignInNeeded(problem, hint=f"%connect {call.connector} signs in again; nothing was sent")
        # Which account it is, only the connection knows: yeses and records are of one account.
        account = self._pool.get(call.connector).account
        if call.account != account:
            call = replace(call, account=account)
        return await self._call(call, _Along(approve, progress, held, attended))

    async def _call(self, call: ToolCall, along: _Along) -> Result:
        tool = self._offered(call.connector, call.tool)
        check_arguments(tool, call.arguments, self._checker(tool))
        entry = self._pool.get(call.connector).entry
        verdict = self.judge.verdict(call, tool, entry)
        matter = Matter(
            call=call, tool=tool, entry=entry, verdict=verdict, attended=along.attended, edited=along.edited
        )
        answer = await self._consent(matter, along)
        if answer.choice != "deny" and answer.arguments_json not in (None, call.arguments_json):
            # Edited arguments are another call: it gets its own judgement, question and record.
            edited = replace(call, id=uuid4().hex, arguments_json=str(answer.arguments_json))
            names = frozenset(name for name, value in edited.arguments.items() if call.arguments.get(name) != value)
            return await self._call(edited, replace(along, held=None, edited=along.edited | names, asked=matter))
        self._audit.opened(call, tool_class=verdict.tool_class, decision=decided(verdict, answer), rule=verdict.rule)
        if answer.choice == "deny":
            self._audit.closed(call, Closing(outcome="denied", seconds=0.0))
            raise denied(call, answer)
        return await self._send(call, tool, verdict.tool_class, along)

    async def _consent(self, matter: Matter, along: _Along) -> Answer:
        """The answer, looked at once more: while a person thinks, tools and rules may change."""
        if along.asked is not None and self._questions.stands(along.asked, matter):
            # They have seen these very bytes: they wrote them. Another question would be the same one.
            answer = Answer(choice="once", by="you")
        else:
            answer = await self._questions.settle(matter, along.approve)
        if matter.verdict.decision != "ask" or answer.choice == "deny":
            return answer
        edited = answer.arguments_json not in (None, matter.call.arguments_json)
        await self._pool.get(matter.call.connector).current()
        if self._changed(matter.tool):
            hint = "look at it again with %tools; nothing was sent"
            return Answer(choice="deny", by="the tool changed while you were asked", hint=hint)
        verdict = self.judge.verdict(matter.call, matter.tool, matter.entry)
        if verdict.decision == "deny":
            return Answer(choice="deny", by=verdict.rule)
        if not edited:
            self._questions.keep(matter, answer)
        return answer

    async def _send(self, call: ToolCall, tool: Tool, tool_class: ToolClass, along: _Along) -> Result:
        started = time.perf_counter()
        most = self.judge.policy().max_result_mb
        meter = Meter(math.inf if most is None else most * 1e6)

        def close(outcome: Outcome, result: Result | None) -> None:
            self._audit.closed(call, closing_of(outcome, time.perf_counter() - started, result, meter.bytes))

        reads = tool_class is ToolClass.READ
        kept: list[Result] = []
        try:
            result = await self._collect(call, tool, self._fetching(call, tool, meter, reads=reads), along, kept.append)
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
        fetch: Callable[[Mapping[str, Json]], Awaitable[Reply]],
        along: _Along,
        on_partial: Callable[[Result], None],
    ) -> Result:
        from jupyter_connectors.frames.collect import collect
        from jupyter_connectors.frames.shapes import shape_for

        entry = self._pool.get(call.connector).entry.id
        reads = self.class_of(tool) is ToolClass.READ
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
            held=along.held,
            progress=along.progress or (lambda _: None),
            on_partial=on_partial,
            # One yes is for one request: a reply to a change is never followed to a next page.
            follow=reads or tool.annotations.read_only is True,
            # What the person was shown and allowed is sent to the letter.
            exact=not reads,
        )

    def _fetching(
        self, call: ToolCall, tool: Tool, meter: Meter, *, reads: bool
    ) -> Callable[[Mapping[str, Json]], Awaitable[Reply]]:
        """One request to the server. A read is sent once more if the server was lost; a change never is."""
        first, label = True, f"{call.connector}.{call.tool}"

        async def fetch(arguments: Mapping[str, Json]) -> Reply:
            nonlocal first
            checked, first = first, False
            connection = await self._live(tool)
            try:
                return meter.add(await connection.call(tool, arguments, checked=checked), label)
            except ServerGone:
                if not reads:
                    raise
            connection = await self._live(tool)
            return meter.add(await connection.call(tool, arguments, checked=checked), label)

        return fetch

    async def _live(self, tool: Tool) -> Connection:
        """The open connection for a tool. One that had to be opened again must still have the tool as it was judged."""
        held = self._pool.get(tool.connector)
        if held.alive:
            return held
        self._check_connecting(held.entry)
        opened = await self._pool.live(tool.connector)
        if self._changed(tool):
            problem = f"{tool.connector}.{tool.name} is not the tool it was before its server was started again"
            raise Denied(problem, hint="look at it with %tools and call it again")
        return opened

    def _checker(self, tool: Tool) -> Checker:
        if tool.definition_hash not in self._checkers:
            self._checkers[tool.definition_hash] = checker(tool.input_schema)
        return self._checkers[tool.definition_hash]

    def _check_connecting(self, entry: Entry) -> None:
        refused = self.judge.refusal(entry)
        if refused is not None:
            raise Denied(f"{entry.id} cannot be connected: {refused}", hint="ask the people who wrote the policy")

    async def _present(self, call: ToolCall, entry: Entry) -> Mapping[str, Json] | None:
        """What the record that a call changes holds now, read as any read is; None where it cannot be read."""
        before = entry.before.get(call.tool)
        try:
            if before is None or not set(before.arguments.values()) <= set(call.arguments):
                return None
            tool = self.find(call.connector, before.tool)
            if self.class_of(tool) is not ToolClass.READ:
                return None
            wanted = {name: call.arguments[given] for name, given in before.arguments.items()}
            reading = new_call(tool, wanted, asked_by=call.asked_by)
            async with asyncio.timeout(_PRESENT_SECONDS):
                result = await self.call(reading, approve=_nobody, attended=False)
            return present_values(before, call, result.json)
        except Exception:  # noqa: BLE001  # whatever it is, the question is asked, without what it could not show
            return None


async def _nobody(_: Request) -> Answer:
    return NOBODY
