"""The question to the person: when there is one, what it shows, and what becomes of the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import uuid4

from jupyter_connectors.approval import Answer, Approver, Grant, Request
from jupyter_connectors.entries import Before, Entry
from jupyter_connectors.judgement import Judge, choices, keepable
from jupyter_connectors.models import Json, Tool, ToolCall
from jupyter_connectors.policy.judge import Verdict

NOBODY = Answer(
    choice="deny",
    by="nobody is there to ask",
    hint="run the cell where you can answer, in JupyterLab or a terminal; nothing was sent",
)

YOU = "you typed it"
APP = "the app chose it"

Present = Callable[[ToolCall, Entry], Awaitable[Mapping[str, Json] | None]]
"""Reads what a record holds now, None where it cannot be read. Never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A call with everything that the question about it is made of."""

    call: ToolCall
    tool: Tool
    entry: Entry
    verdict: Verdict
    attended: bool
    """False where nobody can answer: nbconvert, papermill, a scheduled run."""

    edited: frozenset[str] = frozenset()
    """The arguments that the person changed when an earlier form of the call was asked about."""


async def nobody(_: Request) -> Answer:
    """The answer where nobody can be asked."""
    return NOBODY


class Questions:
    """Asks for one kernel, and counts what was asked. Used on the runtime's loop only."""

    def __init__(self, judge: Judge, present: Present, names: Callable[[], Collection[str]] = tuple) -> None:
        """`names` gives what is connected, connectors by id and their tools as `connector.tool`."""
        self._judge = judge
        self._names = names
        self._present = present
        self._asked: Counter[tuple[str, str, str]] = Counter()

    async def settle(self, matter: Matter, approve: Approver) -> Answer:
        """The rules' own answer, a remembered yes, or what the person says now."""
        verdict = matter.verdict
        if verdict.decision == "deny":
            return Answer(choice="deny", by=verdict.rule, hint=_why(matter.call))
        if verdict.decision == "allow":
            return Answer(choice="once", by=verdict.rule)
        grant = self._judge.granted(matter.call, matter.tool, matter.entry, verdict)
        if grant is not None and (matter.attended or self._judge.policy().unattended == "as_granted"):
            return Answer(choice="once", by=_earlier(grant))
        if not matter.attended:
            return NOBODY
        return await approve(await self._request(matter))

    def stands(self, asked: Matter, edited: Matter) -> bool:
        """True if a yes to `asked`, given with other arguments, is one to the call with them: the rules ask as before.

        Another rule, another class or a new warning is another question.
        """
        was, now = asked.verdict, edited.verdict
        same = was.decision == now.decision == "ask" and (was.rule, was.tool_class) == (now.rule, now.tool_class)
        known = self._judge.warnings(asked.call, asked.tool, asked.entry)
        return same and set(self._judge.warnings(edited.call, edited.tool, edited.entry)) <= set(known)

    def keep(self, matter: Matter, answer: Answer) -> None:
        """Keeps a yes as long as it was said for and the rules allow. With it the person has accepted the tool as it is."""
        call, tool, entry, remember = matter.call, matter.tool, matter.entry, matter.verdict.remember
        if tool.listed and self._judge.definitions.now().state(entry.identity, tool) != "known":
            self._judge.accept(tool, entry)
        choice = answer.choice
        if choice in ("session", "hours", "always") and keepable(choice, remember) and not matter.verdict.fresh:
            _, hours = choices(remember)
            self._judge.grants.allow(call, tool, entry.identity, lasting=choice, hours=hours, pattern=answer.pattern)

    async def _request(self, matter: Matter) -> Request:
        call, tool, entry = matter.call, matter.tool, matter.entry
        key = (call.connector, call.tool, call.arguments_json)
        self._asked[key] += 1
        offered, hours = choices(matter.verdict.remember)
        own = call.arguments if call.asked_by == "person" else matter.edited
        return Request(
            id=uuid4().hex,
            call=call,
            tool=tool,
            tool_class=matter.verdict.tool_class,
            connector_title=entry.title,
            why=matter.verdict.rule,
            choices=offered,
            hours=hours,
            origins={**dict.fromkeys(call.arguments if call.asked_by == "app" else (), APP), **dict.fromkeys(own, YOU)},
            before=await self._present(call, entry),
            asked=self._asked[key],
            warnings=self._judge.warnings(call, tool, entry, self._names()),
        )


def present_values(before: Before, call: ToolCall, found: Json) -> dict[str, Json] | None:
    """What a record, as it was read, holds in the fields that the call changes; None where it has none of them."""
    record = found[0] if isinstance(found, list) and len(found) == 1 else found
    for part in () if before.record == "@root" else before.record.split("."):
        record = record.get(part) if isinstance(record, Mapping) else None
    if not isinstance(record, Mapping):
        return None
    names = {name: before.fields.get(name, name) for name in call.arguments if name not in before.arguments.values()}
    return {name: record[field] for name, field in names.items() if field in record} or None


def _earlier(grant: Grant) -> str:
    if not grant.standing:
        return "allowed for this session"
    return f"{'allowed for some hours' if grant.expires_at else 'always allowed'}, grant {grant.id}"


def _why(call: ToolCall) -> str:
    return f"nothing was sent; %connect --explain {call.connector}.{call.tool} shows what decides"
