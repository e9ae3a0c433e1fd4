"""What an exception from the SDK or a transport means, in our words."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
from mcp import MCPError
from pydantic import ValidationError

from jupyter_connectors.errors import ConnectionFailed, ConnectorError, ReplyRejected, TimedOut, ToolFailed
from jupyter_connectors.sessions.child import REPLY_REJECTED
from jupyter_connectors.text import one_line

_CLOSED = -32000
_REQUEST_TIMEOUT = -32001
_INVALID_PARAMS = -32602
_METHOD_NOT_FOUND = -32601


def cause(error: BaseException) -> BaseException:
    """The one exception inside nested groups that says most: ours first, then any that is no cancellation."""
    leaves = list(_leaves(error))
    for leaf in leaves:
        if isinstance(leaf, ConnectorError):
            return leaf
    return next((leaf for leaf in leaves if isinstance(leaf, Exception)), leaves[0])


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def connecting(title: str, error: BaseException) -> ConnectorError:
    """What went wrong while connecting to the connector called `title`."""
    found = cause(error)
    if isinstance(found, ConnectorError):
        return found
    if isinstance(found, TimeoutError):
        return ConnectionFailed(
            f"{title} did not answer in time", hint="check that it is an MCP server, then try again"
        )
    if isinstance(found, httpx2.ConnectError):
        return ConnectionFailed(f"{title} cannot be reached", hint="check the address and that the server is running")
    if isinstance(found, MCPError | ValidationError | httpx2.HTTPError):
        return ConnectionFailed(
            f"{title} does not speak MCP: {one_line(str(found), 160)}", hint="check the address or the command"
        )
    return ConnectionFailed(
        f"{title} could not be connected: {type(found).__name__}: {one_line(str(found), 160)}",
        hint="check the address or the command",
    )


def calling(label: str, error: BaseException) -> ConnectorError:
    """What went wrong during a call of the tool `label` (`connector.tool`), other than a lost connection."""
    found = cause(error)
    if isinstance(found, ConnectorError):
        return found
    if isinstance(found, TimeoutError):
        return TimedOut(f"{label} did not answer in time", hint="try again, or ask for less")
    if isinstance(found, MCPError):
        return _protocol(label, found)
    if isinstance(found, ValidationError):
        return ReplyRejected(
            f"{label} answered with a malformed result", hint="tell the people who run the server; nothing was kept"
        )
    return ToolFailed(
        f"{label} failed: {type(found).__name__}: {one_line(str(found), 200)}", hint="see %audit for the call"
    )


def lost(error: BaseException) -> bool:
    """True if the connection itself is gone, so that another call on it cannot succeed."""
    found = cause(error)
    if isinstance(found, MCPError):
        return found.code == _CLOSED
    return isinstance(found, httpx2.TransportError | ConnectionError | EOFError)


def _protocol(label: str, error: MCPError) -> ConnectorError:
    said = one_line(error.message, 240)
    if error.code == _REQUEST_TIMEOUT:
        return TimedOut(f"{label} did not answer in time", hint="try again, or ask for less")
    if error.code == REPLY_REJECTED or "larger than" in error.message:
        return ReplyRejected(f"{label}: {said}", hint="ask for less, for example with limit=")
    if error.code in (_INVALID_PARAMS, _METHOD_NOT_FOUND):
        return ToolFailed(f"{label} was refused by the server: {said}", hint="check the arguments with help()")
    return ToolFailed(f"{label} failed: {said}", hint="the server's answer is above; nothing else is known")
