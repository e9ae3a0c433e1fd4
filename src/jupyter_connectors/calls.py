"""How a call begins, what it may carry, and what its end means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_connectors.approval import Answer
from jupyter_connectors.audit import Closing, Outcome
from jupyter_connectors.errors import (
    ConnectorError,
    Incomplete,
    InvalidArguments,
    OutcomeUnknown,
    ServerGone,
    TimedOut,
    ToolFailed,
    nearest,
)
from jupyter_connectors.models import Asker, Bound, Json, Tool, ToolCall, canonical
from jupyter_connectors.policy import Verdict
from jupyter_connectors.schema import checker

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


def check_arguments(tool: Tool, arguments: Mapping[str, Json]) -> None:
    """Holds the arguments against the tool's input schema.

    An argument the schema does not name is refused too, unless the schema asks for more: servers ignore it, and a
    misspelt filter would give too many rows.

    Raises:
        InvalidArguments: With what is wrong and what would fit.
    """
    label = f"{tool.connector}.{tool.name}"
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
    broken = checker(tool.input_schema)(dict(arguments))
    if broken is not None:
        raise InvalidArguments(f"{label}: {broken}", hint=f"see help({label.replace('-', '_')}); nothing was sent")


def decided(verdict: Verdict, answer: Answer) -> str:
    """The decision as the audit log words it."""
    if verdict.decision == "ask":
        return f"{'denied' if answer.choice == 'deny' else 'allowed'}: {answer.by}"
    return "denied by rule" if answer.choice == "deny" else "allowed by rule"


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


def closing_of(outcome: Outcome, seconds: float, result: Result | None) -> Closing:
    """The closing record of a call."""
    if result is None:
        return Closing(outcome=outcome, seconds=seconds)
    complete = {"complete": True, "partial": False}.get(result.completeness.state)
    return Closing(outcome=outcome, seconds=seconds, rows=result.rows, pages=result.pages, complete=complete)
