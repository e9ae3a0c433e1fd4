"""The directory: what we ship, what the organisation's registry lists, and what the person added."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

import msgspec

from jupyter_connectors.directory.custom import custom, custom_command, custom_remote
from jupyter_connectors.directory.registry import Registry
from jupyter_connectors.directory.remotes import filled
from jupyter_connectors.directory.shelf import Shelf, shipped, shipped_entry
from jupyter_connectors.entries import Auth, Entry, Launch, Remote
from jupyter_connectors.errors import UnknownConnector, UsageProblem, nearest

__all__ = ["Catalogue", "custom_command", "custom_remote", "shipped", "shipped_entry"]

_REFERENCES = ("value", "client_secret", "idp_token")
"""The fields of `Auth` that name a secret."""


class Catalogue:
    """The connectors that can be named. What the person added comes before a shipped entry of the same name."""

    def __init__(self, store: sqlite3.Connection, *, registry: Registry | None = None) -> None:
        self._store = store
        self._shelf = Shelf()
        self.registry = registry

    def entries(self) -> tuple[Entry, ...]:
        """Every entry: the shipped ones, those of the registry, those the person added."""
        records = self._records()
        own = _own(records)
        listed = (*self._shelf.entries, *self._listed())
        kept = [_known(_set(each, records), records) for each in listed if each.id not in own]
        return (*kept, *own.values())

    def find(self, name: str, given: Mapping[str, str] | None = None) -> Entry:
        """The entry called `name`, ready to be connected; `acme_billing` finds `acme-billing`, `jira` finds `atlassian`.

        Args:
            given: Values for the variables in its address; what was given before holds where this is None.

        Raises:
            UnknownConnector: There is none; the hint has the nearest names.
            UsageProblem: Its address needs a value that was never given, or one that was given does not fit.
        """
        records = self._records()
        entry = self._named(name, _own(records))
        if entry is None:
            known = [each.id for each in self.entries()]
            raise UnknownConnector(f"no connector is called {name!r}", hint=nearest(name, known))
        return _known(filled(entry, {**_given(entry, records), **(given or {})}), records)

    def notes(self) -> tuple[str, ...]:
        """What a person must know of the list: how old the registry's part is, what is missing from it."""
        return self.registry.notes(self._shelf.entries) if self.registry is not None else ()

    def check(self, entry: Entry) -> None:
        """Looks whether a connector can be kept, before anything is sent to it.

        Raises:
            UsageProblem: The name is taken by a shipped entry, or a secret is written out in it.
        """
        # `acme_billing` too: it finds the shipped entry and is the variable of both.
        plain = entry.id.lower().replace("_", "-")
        if plain in self._shelf.names or plain in self._shelf.aliases:
            raise UsageProblem(
                f"{entry.id!r} is the name of a connector in the directory", hint="choose another with --name"
            )
        for name, value in _secrets(entry.target):
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
        self._keep(entry.id, _record_of(entry))

    def keep(self, entry: Entry) -> None:
        """Keeps what the person gave for an entry, for the next time: variables, a client id, references to secrets."""
        listed = self._named(entry.id, {})
        auth = _auth_of(entry.target, beside=listed.target if listed is not None else None)
        if (entry.given or auth) and listed is not None:
            self._keep(entry.id, {"id": entry.id, "set": dict(entry.given), **({"auth": auth} if auth else {})})

    def holds(self, entry: Entry) -> bool:
        """True if this very connector, with the same address or command, was added before."""
        found = _own(self._records()).get(entry.id)
        return found is not None and found.target == entry.target

    def remove(self, name: str) -> None:
        """Forgets a connector the person added, or what was given for one of the directory."""
        self._store.execute("DELETE FROM connector WHERE id = ?", (name,))

    def _named(self, name: str, own: Mapping[str, Entry]) -> Entry | None:
        plain = name.replace("_", "-")
        for each in (name, plain):
            if found := own.get(each) or self._shelf.get(each):
                return found
        listed = {each.id: each for each in self._listed()}
        found = listed.get(name) or listed.get(plain)
        return found or self._shelf.get(self._shelf.aliases.get(plain.lower(), ""))

    def _listed(self) -> tuple[Entry, ...]:
        if self.registry is None:
            return ()
        return self.registry.entries(self._shelf.entries)

    def _keep(self, name: str, record: Mapping[str, Any]) -> None:
        self._store.execute(
            "INSERT INTO connector (id, entry) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry",
            (name, json.dumps(record)),
        )

    def _records(self) -> dict[str, dict[str, Any]]:
        rows = self._store.execute("SELECT id, entry FROM connector ORDER BY id").fetchall()
        return {name: json.loads(text) for name, text in rows}


def _own(records: Mapping[str, Mapping[str, Any]]) -> dict[str, Entry]:
    return {name: _entry_of(record) for name, record in records.items() if "set" not in record}


def _given(entry: Entry, records: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What was given before for the variables that an entry has now."""
    known = {each.name for each in entry.variables}
    return {name: value for name, value in records.get(entry.id, {}).get("set", {}).items() if name in known}


def _set(entry: Entry, records: Mapping[str, Mapping[str, Any]]) -> Entry:
    """The entry with what was given for it before, or as it is where that is not enough."""
    try:
        return filled(entry, _given(entry, records))
    except UsageProblem:
        return entry


def _secrets(target: Launch | Remote) -> Iterator[tuple[str, str]]:
    """The values that may hold a secret, each with the name it goes by."""
    yield from (target.env if isinstance(target, Launch) else target.headers).items()
    if isinstance(target, Remote):
        for name in _REFERENCES:
            value = getattr(target.auth, name)
            if value not in ("", "keyring", "prompt"):
                yield name, value


def _known(entry: Entry, records: Mapping[str, Mapping[str, Any]]) -> Entry:
    """The entry, with how the person wanted to be known there before."""
    auth = records.get(entry.id, {}).get("auth")
    if not auth or entry.custom or not isinstance(entry.target, Remote):
        return entry
    known = {each.name: getattr(entry.target.auth, each.name) for each in fields(Auth)}
    return replace(entry, target=replace(entry.target, auth=msgspec.convert({**known, **auth}, Auth)))


def _auth_of(target: Launch | Remote, *, beside: Launch | Remote | None = None) -> dict[str, Any]:
    """What differs in how one is known there, by the names of the fields."""
    if not isinstance(target, Remote):
        return {}
    plain = beside.auth if isinstance(beside, Remote) else Auth()
    known = {each.name: getattr(target.auth, each.name) for each in fields(Auth)}
    return {name: value for name, value in known.items() if value != getattr(plain, name)}


def _record_of(entry: Entry) -> dict[str, Any]:
    target = entry.target
    how: dict[str, Any]
    if isinstance(target, Launch):
        how = {"command": target.command, "args": list(target.args), "env": dict(target.env)}
    else:
        auth = _auth_of(target)
        how = {"url": target.url, "headers": dict(target.headers), **({"auth": auth} if auth else {})}
    return {"id": entry.id, "summary": entry.summary, **how}


def _entry_of(record: Mapping[str, Any]) -> Entry:
    target: Launch | Remote
    if "url" in record:
        auth = msgspec.convert(record.get("auth", {}), Auth)
        target = Remote(url=record["url"], headers=record["headers"], auth=auth)
    else:
        target = Launch(command=record["command"], args=tuple(record["args"]), env=record["env"])
    return custom(record["id"], record["summary"], target)
