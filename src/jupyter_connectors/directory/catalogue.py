"""The directory: one small TOML per connector we ship, and what the person added by address or command."""

from __future__ import annotations

import json
import os
import re
import shlex
import sqlite3
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jupyter_connectors.errors import UnknownConnector, UsageProblem, nearest
from jupyter_connectors.models import Entry, Launch, Remote, ToolClass

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""What the person may call a connector. Nothing else, since some letters of other alphabets look the same."""

_KEYS = {"name", "title", "description", "category", "developer", "examples", "package", "tools"}


class Catalogue:
    """The connectors that can be named: shipped entries first, then the person's own, kept in the store."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store
        self._shipped = {entry.id: entry for entry in shipped()}

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, the shipped ones first."""
        added = self._store.execute("SELECT entry FROM connector ORDER BY id").fetchall()
        return (*self._shipped.values(), *(_entry_of(json.loads(text)) for (text,) in added))

    def find(self, name: str) -> Entry:
        """The entry called `name`; `acme_billing` finds `acme-billing`.

        Raises:
            UnknownConnector: There is none; the hint has the nearest names.
        """
        known = {entry.id: entry for entry in self.entries()}
        found = known.get(name) or known.get(name.replace("_", "-"))
        if found is None:
            raise UnknownConnector(f"no connector is called {name!r}", hint=nearest(name, known))
        return found

    def check(self, entry: Entry) -> None:
        """Looks whether a connector can be kept, before anything is sent to it.

        Raises:
            UsageProblem: The name is taken by a shipped entry, or a secret is written out in it.
        """
        # `acme_billing` too: it finds the shipped entry and is the variable of both.
        if entry.id.lower().replace("_", "-") in self._shipped:
            raise UsageProblem(
                f"{entry.id!r} is the name of a connector in the directory", hint="choose another with --name"
            )
        target = entry.target
        values = target.env if isinstance(target, Launch) else target.headers
        for name, value in values.items():
            if not value.startswith("env:"):
                raise UsageProblem(
                    f"the value of {name!r} would be stored as it is",
                    hint=f"put it into an environment variable and write {name!r} with the value env:NAME",
                )

    def add(self, entry: Entry) -> None:
        """Keeps a connector the person added. Headers and variables are kept by reference only.

        Raises:
            UsageProblem: As `check` says.
        """
        self.check(entry)
        text = json.dumps(_record_of(entry))
        self._store.execute(
            "INSERT INTO connector (id, entry) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry",
            (entry.id, text),
        )

    def remove(self, name: str) -> None:
        """Forgets a connector the person added."""
        self._store.execute("DELETE FROM connector WHERE id = ?", (name,))


def custom_remote(url: str, *, name: str | None, headers: Iterable[str] = ()) -> Entry:
    """An entry for a Streamable HTTP endpoint.

    Args:
        headers: Each "Name: value", where the value may be `env:NAME`.

    Raises:
        UsageProblem: A header has no colon, or the address cannot be one.
    """
    pairs = _pairs(headers, ":", hint='write a header as "X-Api-Key: env:MY_KEY"')
    try:
        host = urlsplit(url).hostname or "remote"
        host = host.encode("idna").decode()  # so that a name that only looks like another does not
    except ValueError:
        raise UsageProblem("this is no address a connector can have", hint="give the URL of an MCP endpoint") from None
    return _custom(name or host.replace(".", "-"), f"The MCP server at {host}", Remote(url=url, headers=pairs))


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
    program = argv[0].rsplit("/", 1)[-1]
    return _custom(
        name or program, f"Runs {program} on this machine", Launch(command=argv[0], args=tuple(argv[1:]), env=pairs)
    )


def _pairs(lines: Iterable[str], sign: str, *, hint: str) -> dict[str, str]:
    pairs = {}
    for line in lines:
        key, found, value = line.partition(sign)
        if not found or not key.strip():
            # Without the line: it may be the secret itself.
            raise UsageProblem(f"a name and a value must have {sign!r} between them", hint=hint)
        pairs[key.strip()] = value.strip()
    return pairs


def _custom(name: str, summary: str, target: Launch | Remote) -> Entry:
    if not _NAME.fullmatch(name):
        raise UsageProblem(
            f"{ascii(name)[1:-1]!r} is no name for a connector",
            hint="choose one of plain letters, digits, '-', '_' and '.' with --name",
        )
    return Entry(
        id=name, title=name, summary=summary, category="added by you", developer="unknown", target=target, custom=True
    )


def shipped() -> tuple[Entry, ...]:
    """The entries in this package, by name."""
    folder = files("jupyter_connectors.directory") / "entries"
    found = [each for each in folder.iterdir() if each.name.endswith(".toml")]
    return tuple(shipped_entry(each.read_text()) for each in sorted(found, key=lambda each: each.name))


def shipped_entry(text: str) -> Entry:
    """The entry that a TOML of the directory describes.

    Raises:
        ValueError: It has a key or a class that does not exist.
    """
    told: Mapping[str, Any] = tomllib.loads(text)
    unknown = set(told) - _KEYS
    if unknown:
        raise ValueError(f"unknown keys in the directory entry {told.get('name')!r}: {sorted(unknown)}")
    return Entry(
        id=told["name"],
        title=told["title"],
        summary=told["description"],
        category=told["category"],
        developer=told["developer"],
        # -P keeps the notebook's folder out of the import path: a file there must not pose as one of our modules.
        target=Launch(command=sys.executable, args=("-P", "-m", told["package"]["module"]), env=_demo_variables()),
        reviewed={name: ToolClass(each) for name, each in told["tools"].items()},
        examples=tuple(told["examples"]),
    )


def _demo_variables() -> dict[str, str]:
    wanted = ("JUPYTER_CONNECTORS_CACHE", "JUPYTER_CONNECTORS_TODAY", "XDG_CACHE_HOME")
    return {name: f"env:{name}" for name in wanted if name in os.environ}


def _record_of(entry: Entry) -> dict[str, Any]:
    target = entry.target
    if isinstance(target, Launch):
        how = {"command": target.command, "args": list(target.args), "env": dict(target.env)}
    else:
        how = {"url": target.url, "headers": dict(target.headers)}
    return {"id": entry.id, "summary": entry.summary, **how}


def _entry_of(record: Mapping[str, Any]) -> Entry:
    target: Launch | Remote
    if "url" in record:
        target = Remote(url=record["url"], headers=record["headers"])
    else:
        target = Launch(command=record["command"], args=tuple(record["args"]), env=record["env"])
    return _custom(record["id"], record["summary"], target)
