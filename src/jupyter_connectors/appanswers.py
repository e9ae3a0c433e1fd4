"""What an app is told: of its tools, in the protocol's words, and of errors, no more than is its business."""

from __future__ import annotations

from typing import Any

from jupyter_connectors.appturns import TooMany
from jupyter_connectors.errors import CallFailed, ConnectorError, Denied, SignInNeeded, UsageProblem
from jupyter_connectors.models import Tool
from jupyter_connectors.text import one_line

NO_METHOD, BAD, FAILED, REFUSED = -32601, -32602, -32603, -32000
"""Codes of errors (JSON-RPC 2.0, section 5.1); the last is the host's own."""

Fields = dict[str, Any]


def told_of(tool: Tool) -> Fields:
    """A tool as its own app is told of it, in the protocol's words."""
    said = tool.annotations
    claims = {
        "readOnlyHint": said.read_only,
        "destructiveHint": said.destructive,
        "idempotentHint": said.idempotent,
        "openWorldHint": said.open_world,
    }
    known = {name: claim for name, claim in claims.items() if claim is not None}
    told: Fields = {"name": tool.name, "inputSchema": dict(tool.input_schema)}
    told |= {"title": tool.title} if tool.title else {}
    told |= {"description": tool.description} if tool.description else {}
    told |= {"outputSchema": dict(tool.output_schema)} if tool.output_schema is not None else {}
    return told | ({"annotations": known} if known else {})


def problem(code: int, message: str) -> Fields:
    """An error of the protocol."""
    return {"error": {"code": code, "message": message}}


def refusal(error: ConnectorError) -> Fields:
    """What an app is told of an error: of its own doing and of its server's all, of people and rules nothing."""
    if isinstance(error, Denied):
        return problem(REFUSED, "this was not allowed")
    if isinstance(error, TooMany):
        return problem(REFUSED, "too many waiting")
    if isinstance(error, UsageProblem):
        return problem(BAD, one_line(error.problem, 300))
    if isinstance(error, CallFailed):
        return problem(FAILED, one_line(error.problem, 300))
    if isinstance(error, SignInNeeded):
        # The field beside it is for the view, which leads the person to it.
        return problem(FAILED, "the service wants a new sign-in: a cell that calls it asks for one") | {"signin": True}
    return problem(FAILED, "the service cannot be reached")
