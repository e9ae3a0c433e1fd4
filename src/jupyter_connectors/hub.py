"""The call path. Everything that calls a tool goes through `Hub.call`; there is no second way to a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_connectors.approval import Answer, Approver
from jupyter_connectors.audit import Audit, Closing
from jupyter_connectors.calls import check_arguments, decided, denied, new_call, protocol_tool
from jupyter_connectors.consulting import Matter, Questions, nobody, present_values
from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.errors import Denied, SignInNeeded
from jupyter_connectors.judgement import Judge
from jupyter_connectors.models import Json, Reply, Tool, ToolCall, ToolClass
from jupyter_connectors.offering import Connected, Offer
from jupyter_connectors.schema import Checker, checker
from jupyter_connectors.sending import Allowed, Sender
from jupyter_connectors.sessions.limits import Limits

if TYPE_CHECKING:
    from jupyter_connectors.apppages import AppPage
    from jupyter_connectors.frames.collect import Progress
    from jupyter_connectors.frames.gathering import Gathering
    from jupyter_connectors.frames.handles import Share
    from jupyter_connectors.frames.parts import Again
    from jupyter_connectors.frames.result import Result
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
        self._sender = Sender(self._pool, judge, spool_dir=spool_dir, again=again, share=share)
        self._checkers: dict[str, Checker] = {}
        """By the hash of a tool's definition: making one costs more than using it."""
        self.signed_out: set[str] = set()
        """Entries that were left here because the person signed out in another kernel."""

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
        self.judge.check_connecting(entry)
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
        self.signed_out.discard(entry.id)
        return self.connected(opened)

    async def leave_signed_out(self) -> bool:
        """Leaves what the person has signed out of in another kernel; True if there was any."""
        return any([await self._left(name) for name in self._pool.names])

    async def _left(self, name: str) -> bool:
        """Whether the person has signed out since this was connected, in whichever kernel; it is left here then too."""
        held = self._pool.get(name)
        if self.judge.grants.left(held.entry.identity, held.account) == self._joined.get(name):
            return False
        await self.disconnect(name)
        self.signed_out.add(held.entry.id)
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
        sent: Callable[[ToolCall], None] | None = None,
        held: Gathering | None = None,
        attended: bool = True,
    ) -> Result:
        """The result of one call: judged, asked where the rules ask, recorded, sent, recorded.

        Args:
            approve: How the person is asked; awaited only when the rules say so.
            progress: Told after each page of a listing, and each second of a wait for a rate limit.
            sent: Told of the call as it was allowed, when it is about to go out.
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
        call = await self._placed(call)
        tool = self._offered(call.connector, call.tool)
        allowed = await self._allow(call, tool, _Along(approve, progress, held, attended))
        if sent is not None:
            sent(allowed.call)
        return await self._sender.send(allowed, lambda closing: self._audit.closed(allowed.call, closing))

    async def relay(self, call: ToolCall, *, approve: Approver, attended: bool) -> Reply:
        """The server's whole answer to an app's call of a tool of its own service: one request, judged as any call.

        Raises:
            Denied: The tool is not for apps, or a rule or the person said no. And the other errors of `call`.
        """
        call = await self._placed(replace(call, asked_by="app"))
        tool = self._offered(call.connector, call.tool)
        allowed = await self._allow(call, tool, _Along(approve, None, None, attended))
        return await self._sender.relay(allowed, lambda closing: self._audit.closed(allowed.call, closing))

    async def consult(
        self, connector: str, method: str, arguments: Mapping[str, Json], *, approve: Approver, attended: bool
    ) -> dict[str, Json]:
        """The server's answer to what an app reads beside tools: `resources/read` or a list; judged as a call that reads.

        Raises:
            ConnectorError: As for `relay`.
        """
        tool = protocol_tool(connector, method)
        call = await self._placed(new_call(tool, arguments, asked_by="app"))
        allowed = await self._allow(call, tool, _Along(approve, None, None, attended))
        return await self._sender.consult(allowed, lambda closing: self._audit.closed(allowed.call, closing))

    async def page(self, tool: Tool) -> AppPage:
        """The interface of a tool. It is read once a connection, which no rule asks about: the tool itself was allowed.

        Raises:
            Denied: The tool, or reading from its service, is blocked.
            ReplyRejected: What the server sent is no app's page. And the other errors of `call`.
        """
        reading = protocol_tool(tool.connector, "resources/read")
        call = await self._placed(new_call(reading, {"uri": tool.app}))
        entry = self._pool.get(tool.connector).entry
        verdict = self.judge.verdict(call, reading, entry)
        if verdict.decision == "deny" or not self.judge.shows(tool, entry):
            hint = f"%connect --explain {tool.connector}.{tool.name} shows what decides"
            raise Denied(f"the app of {tool.connector}.{tool.name} is not shown: it is blocked", hint=hint)
        held = self._sender.page_held(tool)
        if held is not None:
            return held
        rule = f"the app of {tool.connector}.{tool.name}"
        self._audit.opened(call, tool_class=verdict.tool_class, decision="allowed by rule", rule=rule)
        allowed = Allowed(call=call, tool=reading, reads=True)
        return await self._sender.page(tool, allowed, lambda closing: self._audit.closed(call, closing))

    async def _placed(self, call: ToolCall) -> ToolCall:
        """The call under the account of its connection, which is left where the person signed out meanwhile."""
        if await self._left(call.connector):
            problem = f"{call.connector} was signed out in another notebook"
            raise SignInNeeded(problem, hint=f"%connect {call.connector} signs in again; nothing was sent")
        # Which account it is, only the connection knows: yeses and records are of one account.
        return replace(call, account=self._pool.get(call.connector).account)

    async def _allow(self, call: ToolCall, tool: Tool, along: _Along) -> Allowed:
        """The call as it may be sent, to the letter, and recorded as begun."""
        check_arguments(tool, call.arguments, self._checker(tool), asked_by=call.asked_by)
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
            return await self._allow(edited, tool, replace(along, held=None, edited=along.edited | names, asked=matter))
        self._audit.opened(call, tool_class=verdict.tool_class, decision=decided(verdict, answer), rule=verdict.rule)
        if answer.choice == "deny":
            self._audit.closed(call, Closing(outcome="denied", seconds=0.0))
            raise denied(call, answer)
        reads = verdict.tool_class is ToolClass.READ
        return Allowed(call=call, tool=tool, reads=reads, progress=along.progress, held=along.held)

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
        if not self._pool.get(matter.call.connector).offers(matter.tool):
            hint = "look at it again with %tools; nothing was sent"
            return Answer(choice="deny", by="the tool changed while you were asked", hint=hint)
        verdict = self.judge.verdict(matter.call, matter.tool, matter.entry)
        if verdict.decision == "deny":
            return Answer(choice="deny", by=verdict.rule)
        if not edited:
            self._questions.keep(matter, answer)
        return answer

    def _checker(self, tool: Tool) -> Checker:
        if tool.definition_hash not in self._checkers:
            self._checkers[tool.definition_hash] = checker(tool.input_schema)
        return self._checkers[tool.definition_hash]

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
                result = await self.call(reading, approve=nobody, attended=False)
            return present_values(before, call, result.json)
        except Exception:  # noqa: BLE001  # whatever it is, the question is asked, without what it could not show
            return None
