"""What a person is asked before a service is connected: the parts of its address, a client id, a key. Plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.text import one_line

_LEFT_EMPTY = "Left empty, what was given before is used"


def fields(entry: Entry) -> list[dict[str, Any]]:
    """The fields of an entry's form; empty for what can be connected at once. No secret is ever among the values."""
    return [*_variables(entry), *(_signing_in(entry, entry.target) if isinstance(entry.target, Remote) else ())]


def takes_key(entry: Entry) -> bool:
    """Whether the service takes a key that the person types, in place of a sign-in or as the only way in."""
    return isinstance(entry.target, Remote) and bool(_header(entry, entry.target))


def _variables(entry: Entry) -> Iterator[dict[str, Any]]:
    for each in entry.variables:
        yield _field(
            each.name,
            goes="set",
            label=each.name,
            description=one_line(each.description, 160),
            required=not each.default,
            value=entry.given.get(each.name, each.default),
            choices=list(each.choices),
        )


def _signing_in(entry: Entry, target: Remote) -> Iterator[dict[str, Any]]:
    auth = target.auth
    if auth.registration == "own":
        own = "The id of a client that you or your organisation registered at the service"
        known = auth.client_id
        yield _field("client_id", goes="client_id", label="Client id", description=own, required=not known, value=known)
        secret = f"Its secret, if it has one. {_LEFT_EMPTY}"
        yield _field("client_secret", goes="secrets", label="Client secret", description=secret, secret=True)
    if header := _header(entry, target):
        otherwise = "you sign in in your browser" if auth.kind == "oauth" else "you are asked for it"
        said = f"Sent in the header {header}. {_LEFT_EMPTY}, else {otherwise}"
        yield _field("key", goes="secrets", label="Key", description=said, secret=True)


def _header(entry: Entry, target: Remote) -> str:
    return entry.access.header or (target.auth.header if target.auth.kind == "header" else "")


def _field(name: str, *, goes: str, label: str, **more: Any) -> dict[str, Any]:
    plain = {"description": "", "required": False, "secret": False, "value": "", "choices": []}
    return {"name": name, "goes": goes, "label": label, **plain, **more}
