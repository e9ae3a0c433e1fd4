"""What a worker of a cluster holds instead of a token, and how it asks the kernel for its part of a listing.

A connection carries one question. The kernel sends a challenge; the worker answers with the number of a window and a
keyed hash (RFC 2104) over both, so that its secret never crosses the wire and no answer can be used twice; the kernel
sends a line of JSON with its keyed hash, then the bytes of a Parquet file with theirs. Nothing is unpickled on either
side, and nothing is read of an answer that is not the kernel's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_connectors import errors
from jupyter_connectors.errors import ConnectionFailed, ConnectorError

if TYPE_CHECKING:
    from jupyter_connectors.frames.spans import Listing

LONGEST_LINE = 64 * 1024
_CHUNK = 1024 * 1024
_CONNECT = 10.0
_SILENCE = 60.0
"""Seconds between two pieces of an answer that has begun."""

_AGAIN = "run .windows(...).to_dask() or .to_spark() again in the notebook, while its kernel runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """The right to ask one kernel for the windows of one listing, until it expires, is closed, or the kernel ends."""

    host: str
    port: int
    listing: str
    """A random name; it says nothing."""

    secret: str = field(repr=False)
    expires: float
    """Seconds since 1970, by the clock of the kernel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who may come with a handle: until when, and from where."""

    hours: float = 8.0
    host: str = "127.0.0.1"
    port: int = 0
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A handle, and the one way to take it back."""

    handle: Handle
    close: Callable[[], None]


Share = Callable[["Listing", Reach], Shared]
"""Lets workers ask for the windows of a listing.

Raises:
    ConnectorError: the listing may change something, or nobody could come there.
"""


def asking(secret: str, challenge: str, nonce: str, window: int) -> str:
    """The keyed hash of a question."""
    return hmac.new(secret.encode(), f"ask|{challenge}|{nonce}|{window}".encode(), hashlib.sha256).hexdigest()


def answering(secret: str, challenge: str, nonce: str, head: bytes) -> hmac.HMAC:
    """The keyed hash of an answer: first of its head, then, updated with them, of its rows too."""
    return hmac.new(secret.encode(), f"rows|{challenge}|{nonce}|".encode() + head, hashlib.sha256)


def fetch(handle: Handle, window: int, to: Path) -> int:
    """Writes the rows of one window to a Parquet file and says how many there are; none and there may be no file.

    Raises:
        ConnectionFailed: the kernel is gone, or no longer accepts the handle.
        ConnectorError: what the kernel's own call of the tool raised: a window that is not whole gives no rows.
    """
    place = f"{handle.host}:{handle.port}"
    problem = ""
    try:
        with socket.create_connection((handle.host, handle.port), timeout=_CONNECT) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            with connection.makefile("rb") as stream:
                return _ask(handle, window, to, connection, stream)
    except TimeoutError:
        problem = f"the kernel that has these rows, at {place}, stopped answering"
    except OSError as error:
        problem = f"the kernel that has these rows cannot be reached at {place}: {error.strerror or error}"
    raise ConnectionFailed(problem, hint=_AGAIN)


def _ask(handle: Handle, window: int, to: Path, connection: socket.socket, stream: BinaryIO) -> int:
    nonce = secrets.token_hex(16)
    challenge = _line(stream).get("challenge")
    if not isinstance(challenge, str):
        raise _refused(handle)
    question = {
        "listing": handle.listing,
        "window": window,
        "nonce": nonce,
        "proof": asking(handle.secret, challenge, nonce, window),
    }
    connection.sendall(json.dumps(question).encode() + b"\n")
    # The call itself may take long, and waits for its turn; the handle's end is the latest it can come.
    connection.settimeout(max(handle.expires - time.time(), _SILENCE))
    head = stream.readline(LONGEST_LINE)
    if not head.endswith(b"\n"):
        raise _refused(handle)
    connection.settimeout(_SILENCE)
    proof = answering(handle.secret, challenge, nonce, head)
    _proven(stream, proof)
    told = json.loads(head)
    if "error" in told:
        raise _error(told["error"])
    with to.open("wb") as file:
        left = int(told["size"])
        while left:
            piece = stream.read(min(left, _CHUNK))
            if not piece:
                raise ConnectionResetError("it hung up half-way")
            proof.update(piece)
            file.write(piece)
            left -= len(piece)
    _proven(stream, proof)
    return int(told["rows"])


def _proven(stream: BinaryIO, proof: hmac.HMAC) -> None:
    if not hmac.compare_digest(stream.read(2 * proof.digest_size), proof.hexdigest().encode()):
        raise ConnectionFailed("the answer is not the kernel's, or was changed or cut on its way", hint=_AGAIN)


def _line(stream: BinaryIO) -> dict[str, Any]:
    try:
        found = json.loads(stream.readline(LONGEST_LINE))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(handle: Handle) -> ConnectionFailed:
    until = datetime.fromtimestamp(handle.expires, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    problem = (
        f"the kernel at {handle.host}:{handle.port} does not accept this handle: it was closed, or ended at {until}"
    )
    return ConnectionFailed(problem, hint=_AGAIN)


def _error(told: dict[str, Any]) -> ConnectorError:
    kind = getattr(errors, str(told.get("kind")), None)
    if not (isinstance(kind, type) and issubclass(kind, ConnectorError)):
        kind = ConnectorError
    return kind(str(told.get("problem")), hint=str(told.get("hint")))
