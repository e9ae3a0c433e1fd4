"""How a call begins, what it may carry, and what its end means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_connectors.approval import Answer
from jupyter_connectors.audit import Closing, Outcome
from jupyter_connectors.errors import (
    ConnectorError,
    Denied,
    Incomplete,
    InvalidArguments,
    OutcomeUnknown,
    ReplyRejected,
    ServerGone,
    TimedOut,
    ToolFailed,
    nearest,
)
from jupyter_connectors.models import Asker, Bound, Json, Reply, Tool, ToolCall, canonical
from jupyter_connectors.policy.judge import Verdict
from jupyter_connectors.schema import Checker, checker
from jupyter_connectors.text import one_line

if TYPE_CHECKING:
    from jupyter_connectors.frames.result import Result


def new_call(
    tool: Tool, arguments: Mapping[str, Json], *, asked_by: Asker = "person", bound: Bound | None = None
) -> ToolCall:
    """A call of `tool` with a fresh random id."""
    return ToolCall(
        id=uuid4().hex,
        connector=tool.connector,
        tool=tool.name,
        arguments_json=canonical(dict(arguments)),
        asked_by=asked_by,
        bound=bound or Bound(),
    )


def protocol_tool(connector: str, method: str) -> Tool:
    """A request of the protocol itself, to be judged, asked and recorded as a call is."""
    return Tool(
        connector=connector,
        name=method,
        title="Read what the service offers its apps",
        input_schema={"type": "object", "properties": {"uri": {"type": "string"}, "cursor": {"type": "string"}}},
        listed=False,
    )


def check_arguments(
    tool: Tool, arguments: Mapping[str, Json], check: Checker | None = None, *, asked_by: Asker = "person"
) -> None:
    """Holds the arguments against the tool's input schema.

    An argument the schema does not name is refused too, unless the schema asks for more: servers ignore it, and a
    misspelt filter would give too many rows. An app is its server's own work, so there only the schema counts.
    `check` is the checker of the tool's input schema, where one is kept.

    Raises:
        InvalidArguments: With what is wrong and what would fit.
    """
    label = f"{tool.connector}.{tool.name}"
    if asked_by == "app":
        _check_schema(label, tool, arguments, check)
        return
    known = tool.input_schema.get("properties") or {}
    open_ended = tool.input_schema.get("additionalProperties") or "patternProperties" in tool.input_schema
    for name in arguments:
        if name not in known and not open_ended:
            raise InvalidArguments(f"{label} has no argument {name!r}", hint=nearest(name, known))
    missing = [name for name in tool.input_schema.get("required") or () if name not in arguments]
    if missing:
        raise InvalidArguments(
            f"{label} needs {' and '.join(map(repr, missing))}", hint=f"see help({label.replace('-', '_')})"
        )
    _check_schema(label, tool, arguments, check)


def _check_schema(label: str, tool: Tool, arguments: Mapping[str, Json], check: Checker | None) -> None:
    broken = (check or checker(tool.input_schema))(dict(arguments))
    if broken is not None:
        raise InvalidArguments(f"{label}: {broken}", hint=f"see help({label.replace('-', '_')}); nothing was sent")


@dataclass(slots=True)
class Meter:
    """How much a server sent for one call, and how much it may."""

    most: float
    bytes: int = 0

    def add(self, reply: Reply, label: str) -> Reply:
        """The reply, counted.

        Raises:
            ReplyRejected: It is more than the policy allows a result.
        """
        self.count(
            sum(len(text) if text.isascii() else len(text.encode(errors="replace")) for text in reply.texts), label
        )
        return reply

    def count(self, size: int, label: str) -> None:
        """Counts so many bytes more.

        Raises:
            ReplyRejected: It is more than the policy allows a result.
        """
        self.bytes += size
        if self.bytes > self.most:
            raise ReplyRejected(
                f"{label}: more than the {self.most / 1e6:,.0f} MB that the policy allows a result",
                hint="ask for less; the policy's max_result_mb is the limit",
            )


def decided(verdict: Verdict, answer: Answer) -> str:
    """The decision as the audit log words it."""
    if verdict.decision == "ask":
        return f"{'denied' if answer.choice == 'deny' else 'allowed'}: {answer.by}"
    return "denied by rule" if answer.choice == "deny" else "allowed by rule"


def denied(call: ToolCall, answer: Answer) -> Denied:
    """The error of a call that was not allowed, with the person's reason where they gave one."""
    who = "you said no" if answer.by == "you" else answer.by
    reason = f": {one_line(answer.reason, 500)}" if answer.reason else ""
    return Denied(f"{call.connector}.{call.tool} was not allowed: {who}{reason}", hint=answer.hint)


def of_change(call: ToolCall, error: ConnectorError) -> ConnectorError:
    """A change that was sent and not answered may have happened; only the tool's own no is a failure."""
    if isinstance(error, TimedOut):
        return unknown(call, "no answer came in time")
    if isinstance(error, ServerGone):
        return unknown(call, f"{error.problem}")
    return error


def unknown(call: ToolCall, why: str) -> OutcomeUnknown:
    """The error for a change that may or may not have happened."""
    return OutcomeUnknown(
        f"the outcome of {call.connector}.{call.tool} is unknown: {why}",
        hint="it may have happened and was not sent again; look at the record before you repeat it",
    )


def outcome_of(error: ConnectorError) -> Outcome:
    """The outcome the audit log keeps for an error."""
    kinds: tuple[tuple[type[ConnectorError], Outcome], ...] = (
        (OutcomeUnknown, "unknown"),
        (Incomplete, "partial"),
        (TimedOut, "timed out"),
        (ToolFailed, "tool error"),
    )
    return next((outcome for kind, outcome in kinds if isinstance(error, kind)), "failed")


def partial_of(error: ConnectorError) -> Result | None:
    """What had arrived when the error came."""
    from jupyter_connectors.frames.result import Result

    return error.partial if isinstance(error.partial, Result) else None


def closing_of(outcome: Outcome, seconds: float, result: object, size: int | None = None) -> Closing:
    """The closing record of a call; `size` is what the server sent for it, in bytes."""
    from jupyter_connectors.frames.result import Result

    if not isinstance(result, Result):
        return Closing(outcome=outcome, seconds=seconds, bytes=size)
    complete = {"complete": True, "partial": False}.get(result.completeness.state)
    return Closing(
        outcome=outcome, seconds=seconds, rows=result.rows, pages=result.pages, complete=complete, bytes=size
    )
