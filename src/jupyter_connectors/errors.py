"""Every error we raise. Two lines each: what happened, what to do.

ConnectorError
  UsageProblem         the cell is wrong: unknown connector, tool or argument, a bad value
    UnknownConnector
    UnknownTool
    InvalidArguments
  ConnectionFailed     the server could not be reached or is gone
    ServerGone         it died or hung up during a call; carries its last words
    SignInFailed       the service cannot be signed in to, or its words cannot be trusted
      SignInNeeded     nobody is signed in, or no longer; a new sign-in helps
  CallFailed           the call reached the server and did not succeed
    ToolFailed         the tool answered with an error
    TimedOut           no answer in time; nothing was changed, the tool only reads
    OutcomeUnknown     a change was sent and no answer came: it may or may not have happened
    ReplyRejected      the answer breaks a limit or its own schema
  Denied               a rule or the person said no
  Cancelled            the person pressed Stop
  NotTabular           the answer is prose, not rows
  Incomplete           rows are missing; the ones held are in `.partial`
  AskFailed            no model, a model error, a budget used up
  AuditProblem         a call could not be recorded, so it was not sent
  PolicyProblem        a policy file cannot be trusted or read; nothing connects
  StateProblem         what outlives the kernel cannot be read
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_connectors.secrets import masked

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConnectorError(Exception):
    """Base of every error we raise: one line says what happened, one says what to do."""

    def __init__(self, problem: str, *, hint: str, partial: object | None = None) -> None:
        # A server's words can quote the key it was called with, or a record that holds one.
        problem, hint = masked(problem), masked(hint)
        super().__init__(f"{problem}\n{hint}")
        self.problem = problem
        self.hint = hint
        self.partial = partial
        """The `Result` with what had arrived, where a call stopped half-way."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled, as a worker's error is, it keeps its two lines; what had arrived stays where it is."""
        return _restored, (type(self), self.problem, self.hint)

    def _render_traceback_(self) -> list[str]:
        """Lets IPython print the two lines instead of a stack of our internals."""
        return [f"{type(self).__name__}: {self.problem}", self.hint]


class UsageProblem(ConnectorError):
    """The cell asks for something that does not exist or does not fit."""


class UnknownConnector(UsageProblem):
    """No connector has this name."""


class UnknownTool(UsageProblem):
    """The connector has no tool of this name."""


class InvalidArguments(UsageProblem):
    """The arguments do not fit the tool's input schema; nothing was sent."""


class ConnectionFailed(ConnectorError):
    """The server could not be started or reached."""


class ServerGone(ConnectionFailed):
    """The server died or hung up; the problem line carries its exit code and last words."""


class SignInFailed(ConnectionFailed):
    """The service cannot be signed in to, or what it says of itself cannot be trusted; nothing secret was sent."""


class SignInNeeded(SignInFailed):
    """Nobody is signed in, or no longer: it was declined, ran out or was taken back at the service."""


class CallFailed(ConnectorError):
    """The call reached the server and did not succeed."""


class ToolFailed(CallFailed):
    """The tool answered with an error."""

    interface: object | None = None
    """The `Interface` with the server's whole answer, where the tool has an app, which shows the error itself."""


class TimedOut(CallFailed):
    """A read was not answered in time."""


class OutcomeUnknown(CallFailed):
    """A change was sent and no answer came. It is never retried: it may have happened."""


class ReplyRejected(CallFailed):
    """The reply breaks a size limit or the tool's own output schema."""


class Denied(ConnectorError):
    """A rule or the person said no; nothing was sent."""


class Cancelled(ConnectorError):
    """The person pressed Stop; the server was told."""


class NotTabular(ConnectorError):
    """The reply holds no rows to make a frame of; its text stays on the result."""


class Incomplete(ConnectorError):
    """Rows are missing. The ones that arrived are in `.partial`, a `Result`."""


class AskFailed(ConnectorError):
    """The question could not be answered: no model, a model error or a budget used up."""


class PolicyProblem(ConnectorError):
    """A policy file is invalid, cannot be read, or can be changed by those it binds: nothing connects, nothing runs."""


class AuditProblem(ConnectorError):
    """The audit log cannot be written or read. A call that cannot be recorded is not sent."""


class StateProblem(ConnectorError):
    """The file with what outlives a kernel is damaged, or was written by a newer version."""


def _restored(kind: type[ConnectorError], problem: str, hint: str) -> ConnectorError:
    return kind(problem, hint=hint)


def nearest(name: str, names: Iterable[str]) -> str:
    """The hint for an unknown name: the closest of `names`, or all of them when few."""
    from difflib import get_close_matches

    known = sorted(names)
    close = get_close_matches(name, known, n=3, cutoff=0.5) or known[:8]
    if not close:
        return "there are none yet"
    return "did you mean " + " or ".join(repr(each) for each in close) + "?"
