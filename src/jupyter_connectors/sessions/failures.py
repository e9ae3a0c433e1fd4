"""What an exception from the SDK or a transport means, in our words."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
from mcp import MCPError
from pydantic import ValidationError

from jupyter_connectors.errors import ConnectionFailed, ConnectorError, ReplyRejected, ServerGone, TimedOut, ToolFailed
from jupyter_connectors.sessions.codes import CLOSED, HTTP_STATUS, REPLY_REJECTED, REQUEST_TIMEOUT
from jupyter_connectors.text import one_line

_INVALID_PARAMS = -32602
_METHOD_NOT_FOUND = -32601
_PARSE_ERROR = -32700
_CALL_AGAIN = "the next call connects again"
_SIGN_IN = 'it wants to know who you are: --header "Authorization: env:NAME" sends what the variable NAME holds'
_HINTS = {401: _SIGN_IN, 403: _SIGN_IN, 404: "check the address", 429: "it is asked too often; wait, then try again"}


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
    if isinstance(found, httpx2.ConnectError) and "certificate" in str(found).lower():
        return ConnectionFailed(
            f"{title} has a certificate that is not trusted here", hint="check the address; nothing was sent"
        )
    if isinstance(found, httpx2.ConnectError):
        return ConnectionFailed(f"{title} cannot be reached", hint="check the address and that the server is running")
    if isinstance(found, httpx2.TransportError):
        return ConnectionFailed(f"{title} hung up without an answer", hint="check the address, then try again")
    if isinstance(found, MCPError) and found.code in (HTTP_STATUS, REPLY_REJECTED):
        return ConnectionFailed(f"{title}: {_told(found)}", hint=_hint(found, "check the address or the command"))
    if isinstance(found, MCPError | ValidationError | httpx2.HTTPError):
        return ConnectionFailed(f"{title} does not speak MCP: {_told(found)}", hint="check the address or the command")
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
        return found.code == CLOSED or _status(found) >= 500
    return isinstance(found, httpx2.TransportError | ConnectionError | EOFError)


def gone(title: str, error: BaseException | None) -> ServerGone:
    """What to say of a connection that `lost` found to be gone."""
    found = None if error is None else cause(error)
    if isinstance(found, MCPError) and _status(found):
        return ServerGone(f"{title}: {_told(found)}", hint=_CALL_AGAIN)
    return ServerGone(f"{title} closed the connection", hint=_CALL_AGAIN)


def _protocol(label: str, error: MCPError) -> ConnectorError:
    said = _told(error)
    if error.code == REQUEST_TIMEOUT:
        return TimedOut(f"{label} did not answer in time", hint="try again, or ask for less")
    if error.code == REPLY_REJECTED:
        return ReplyRejected(f"{label}: {said}", hint="ask for less, for example with limit=")
    if _unreadable(error):
        return ReplyRejected(f"{label}: {said}", hint="tell the people who run the server; nothing was kept")
    if error.code == HTTP_STATUS:
        return ToolFailed(f"{label}: {said}", hint=_hint(error, "see %audit for the call"))
    if error.code in (_INVALID_PARAMS, _METHOD_NOT_FOUND):
        return ToolFailed(f"{label} was refused by the server: {said}", hint="check the arguments with help()")
    return ToolFailed(f"{label} failed: {said}", hint="the server's answer is above; nothing else is known")


def _told(error: Exception) -> str:
    """What an error says, without what the server sent where that was not MCP: a log-in page is nobody's to read."""
    if _unreadable(error) or isinstance(error, ValidationError):
        return "the reply is not readable JSON-RPC"
    said = one_line(error.message if isinstance(error, MCPError) else str(error), 240)
    return f"the server {said}" if _status(error) else said


def _unreadable(error: Exception) -> bool:
    # The SDK's own words; they go on with the beginning of the reply.
    return isinstance(error, MCPError) and error.code == _PARSE_ERROR and error.message.startswith("Failed to parse")


def _status(error: Exception) -> int:
    """The HTTP status a server answered with, 0 where it was none."""
    known = isinstance(error, MCPError) and error.code == HTTP_STATUS and isinstance(error.data, int)
    return error.data if known else 0  # type: ignore[attr-defined]  # looked at in the line above


def _hint(error: MCPError, otherwise: str) -> str:
    status = _status(error)
    return _HINTS.get(status, "try again in a while" if status >= 500 else otherwise)
