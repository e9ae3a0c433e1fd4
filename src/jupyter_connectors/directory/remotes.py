"""A remote of `server.json`: its address with variables in it, its headers, and how one signs in by them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from jupyter_connectors.entries import Auth, Entry, Remote, Variable
from jupyter_connectors.errors import UsageProblem

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,126}[A-Za-z0-9])?")
"""What may stand for a variable: nothing that ends a host or a path, or begins a query."""


class Input(msgspec.Struct, kw_only=True, frozen=True):
    """A value that somebody gives (`Input` of the schema); keys we have no use for are passed over."""

    description: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()
    required: bool = msgspec.field(default=False, name="isRequired")
    secret: bool = msgspec.field(default=False, name="isSecret")
    value: str | None = None


class Header(Input, kw_only=True, frozen=True):
    """A header sent with each request (`KeyValueInput` of the schema)."""

    name: str


class RemoteFile(msgspec.Struct, kw_only=True, frozen=True):
    """One way to reach a server over HTTP."""

    type: Literal["streamable-http", "sse"]
    url: str
    variables: dict[str, Input] = {}
    headers: tuple[Header, ...] = ()


def remote_of(told: RemoteFile, auth: Auth) -> Remote:
    """Where the server listens, its variables still in the address.

    Raises:
        ValueError: It is no Streamable HTTP endpoint over https, or a variable in its address is not told.
    """
    if told.type != "streamable-http":
        raise ValueError("its remote is not streamable-http")
    wanted = set(_PLACE.findall(told.url))
    if wanted != set(told.variables):
        raise ValueError(f"its address has {sorted(wanted)}, its variables are {sorted(told.variables)}")
    secret = [name for name, each in told.variables.items() if each.secret]
    if secret:
        raise ValueError(f"a secret would stand in its address: {secret[0]!r}")
    check_address(_PLACE.sub("x", told.url))
    return Remote(url=told.url, auth=auth)


def check_address(url: str) -> None:
    """Looks whether an address can be one of a connector: https, a host, no user name, no fragment, no blanks.

    Raises:
        ValueError: It cannot.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("its address is not https")
    if "@" in parts.netloc or parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("its address has a user name, a fragment or odd characters in it")
    parts.port  # noqa: B018  # raises ValueError where it is no number


def variables_of(told: RemoteFile) -> tuple[Variable, ...]:
    """What the person is asked for, in the order of the address."""
    return tuple(
        Variable(name=name, description=each.description, default=each.default or "", choices=each.choices)
        for name in dict.fromkeys(_PLACE.findall(told.url))
        if (each := told.variables[name])
    )


def access_by_key(headers: Iterable[Header]) -> tuple[str, str]:
    """The header that takes a secret, and the scheme before it: ("Authorization", "Bearer"); empty where none does."""
    for each in headers:
        if each.secret:
            return each.name, _PLACE.sub("", each.value or "").strip()
    return "", ""


def filled(entry: Entry, given: Mapping[str, str]) -> Entry:
    """The entry with the person's values in its address.

    Raises:
        UsageProblem: A value is missing, is none of the choices, or has characters that no name has.
    """
    if not entry.variables and not given:
        return entry
    known = {each.name: each for each in entry.variables}
    if unknown := next((name for name in given if name not in known), None):
        raise UsageProblem(
            f"{entry.id} has no setting {unknown!r}", hint=f"it has {', '.join(known)}" if known else "leave --set out"
        )
    values = {each.name: given.get(each.name) or each.default for each in entry.variables}
    for name, value in values.items():
        _check(entry, known[name], value)
    assert isinstance(entry.target, Remote)  # only a remote has variables
    told = entry.target

    def put(text: str) -> str:
        return _PLACE.sub(lambda found: values[found[1]], text)

    auth = replace(told.auth, scopes=tuple(put(each) for each in told.auth.scopes))
    return replace(entry, target=replace(told, url=put(told.url), auth=auth), given=values)


def is_own_host(url: str) -> bool:
    """True for an address whose whole host is a variable: the person names it."""
    return _PLACE.fullmatch(urlsplit(url).netloc) is not None


def is_open(entry: Entry) -> bool:
    """True while a variable in the entry's address has no value."""
    return bool(entry.variables) and not entry.given


def _check(entry: Entry, variable: Variable, value: str) -> None:
    name = variable.name
    if not value:
        hint = f"%connect {entry.id} --set {name}=…" + (f": {variable.description}" if variable.description else "")
        raise UsageProblem(f"{entry.id} needs {name!r} for its address", hint=hint)
    if variable.choices and value not in variable.choices:
        raise UsageProblem(f"{name!r} of {entry.id} is none of its choices", hint=f"use {', '.join(variable.choices)}")
    if not _VALUE.fullmatch(value) or ".." in value:
        raise UsageProblem(
            f"{name!r} of {entry.id} cannot be {value!r}", hint="only letters, digits, '-', '_' and '.' can stand there"
        )
