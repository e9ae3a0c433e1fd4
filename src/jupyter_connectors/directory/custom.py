"""Connectors the person adds by address or by command: shown for what they are, and reviewed by nobody."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from jupyter_connectors.entries import Entry, Launch, Remote
from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.launching import refused
from jupyter_connectors.lookalikes import disguised
from jupyter_connectors.text import visible

CATEGORY = "added by you"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""What the person may call a connector. Nothing else, since some letters of other alphabets look the same."""

_NO_ADDRESS = "this is no address a connector can have"


def custom_remote(url: str, *, name: str | None, headers: Iterable[str] = ()) -> Entry:
    """An entry for a Streamable HTTP endpoint. Its host is kept and shown as it is sent: `xn--` for other letters.

    Args:
        headers: Each "Name: value", where the value may be `env:NAME`.

    Raises:
        UsageProblem: A header has no colon, or the address cannot be one.
    """
    pairs = _pairs(headers, ":", hint='write a header as "X-Api-Key: env:MY_KEY"')
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        sent = host if host.isascii() else _sent(host)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise UsageProblem(_NO_ADDRESS, hint="give the URL of an MCP endpoint") from None
    if parts.scheme not in ("http", "https") or not sent or "@" in parts.netloc or not visible(url) == url:
        raise UsageProblem(_NO_ADDRESS, hint="give an https address, without a user name or hidden characters in it")
    if sent != host:
        netloc = f"[{sent}]{port}" if ":" in sent else f"{sent}{port}"
        url = urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))
    return custom(
        name or sent.replace(".", "-").replace(":", "-").strip("-"),
        f"The MCP server at {sent}{port}{_reads_as(host)}",
        Remote(url=url, headers=pairs),
    )


def custom_command(command: str, *, name: str | None, variables: Iterable[str] = ()) -> Entry:
    """An entry for a local server started by a command line, which no shell interprets.

    Args:
        variables: Each "NAME=value", where the value may be `env:NAME`.

    Raises:
        UsageProblem: The command is empty or its quotes do not match, or a variable has no "=".
    """
    try:
        argv = shlex.split(command)
    except ValueError:
        raise UsageProblem("the quotes in the command do not match", hint="close every quote") from None
    if not argv:
        raise UsageProblem("the command is empty", hint='for example: %connect --command "npx -y some-server" --name x')
    pairs = _pairs(variables, "=", hint='write a variable as "NAME=env:NAME"')
    if names := refused(pairs):
        raise UsageProblem(
            f"a server is not started with {' and '.join(names)}, which would make it load other code",
            hint="leave it out; a server that needs it can be wrapped in a script of yours",
        )
    if "/" in argv[0]:
        # What was allowed is this very file, not whatever lies there in another folder.
        argv[0] = os.path.abspath(argv[0])  # noqa: PTH100  # looks at no file
    program = argv[0].rsplit("/", 1)[-1]
    return custom(
        name or program, f"Runs {program} on this machine", Launch(command=argv[0], args=tuple(argv[1:]), env=pairs)
    )


def custom(name: str, summary: str, target: Launch | Remote) -> Entry:
    """An entry nobody reviewed, by the name the person gave it.

    Raises:
        UsageProblem: It is no name for a connector.
    """
    if not is_name(name):
        raise UsageProblem(
            f"{ascii(name)[1:-1]!r} is no name for a connector",
            hint="choose one of plain letters, digits, '-', '_' and '.' with --name",
        )
    return Entry(
        id=name, title=name, summary=summary, category=CATEGORY, developer="unknown", target=target, custom=True
    )


def is_name(name: str) -> bool:
    """True for what a connector may be called."""
    return _NAME.fullmatch(name) is not None


def _sent(host: str) -> str:
    # The names of the HTTP client, so that what is shown is what is resolved; it costs 0.1 s to load.
    from jupyter_connectors.sessions.http import ascii_host

    return ascii_host(f"https://{host}/")


def _reads_as(host: str) -> str:
    """What is to be said of a host that is written with other letters."""
    if host.isascii():
        return ""
    plain = disguised(host)
    return f", written {host}, which only looks like {plain}" if plain else f", written {host}"


def _pairs(lines: Iterable[str], sign: str, *, hint: str) -> dict[str, str]:
    pairs = {}
    for line in lines:
        key, found, value = line.partition(sign)
        if not found or not key.strip():
            # Without the line: it may be the secret itself.
            raise UsageProblem(f"a name and a value must have {sign!r} between them", hint=hint)
        pairs[key.strip()] = value.strip()
    return pairs
