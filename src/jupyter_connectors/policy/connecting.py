"""Which connectors a policy lets through: by id, by address, by command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address
from posixpath import normpath
from typing import Literal
from urllib.parse import unquote, urlsplit

from jupyter_connectors.entries import Entry, Launch, Remote

Custom = Literal["yes", "owners", "no"]
"""`owners`: those the people who wrote the policy named in its allow list."""

Local = Literal["yes", "listed", "no"]
"""`listed`: those in the policy's allow list."""

_PORTS = {"http": "80", "https": "443"}
_HOST = re.compile(r"[a-z0-9._:-]+")
_URL = re.compile(r"(?P<scheme>[a-z*]+)://(?P<host>\[[^]/]*\]|[^/:@?#]+)(:(?P<port>[0-9]+|\*))?(?P<path>/[^#]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """One entry of an allow or deny list: an id, an address or a command; exactly one of them is set."""

    id: str = ""
    """A glob over ids. In an allow list it means the directory's connector, never one added under its name."""

    url: str = ""
    """`scheme://host/path`, each a glob; without a port, the scheme's own."""

    command: tuple[str, ...] = ()
    """The program and every argument, each a glob."""

    def __post_init__(self) -> None:
        """Raises ValueError for an address that could not be compared."""
        found = _URL.fullmatch(self.url)
        if self.url and (found is None or not _is_host(found["host"])):
            raise ValueError(
                f"{self.url!r} is no address to compare with: write scheme://host/path, with /* for every path"
            )

    def __str__(self) -> str:
        return f"id {self.id!r}" if self.id else f"url {self.url!r}" if self.url else f"command {list(self.command)!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting:
    """What one policy says of connecting. `deny` always wins; without an allow list any may be connected."""

    allow: tuple[Selector, ...] | None = None
    deny: tuple[Selector, ...] = ()
    custom: Custom = "yes"
    local: Local = "yes"

    def refusal(self, entry: Entry) -> str | None:
        """Why the entry may not be connected, in words; None if it may."""
        lists = (*(self.allow or ()), *self.deny)
        if isinstance(entry.target, Remote) and any(each.url for each in lists) and not _readings(entry.target):
            return "its address cannot be compared with those in the lists"
        denied = next((each for each in self.deny if _is_denied(entry, each)), None)
        if denied is not None:
            return f"the deny list has {denied}"
        listed = any(_is_allowed(entry, each) for each in self.allow or ())
        if self.allow is not None and not listed:
            return "it is not in the allow list"
        if entry.custom and (self.custom == "no" or (self.custom == "owners" and not listed)):
            return "connectors you add yourself are not allowed" if self.custom == "no" else _ONLY_LISTED
        local = isinstance(entry.target, Launch)
        if local and (self.local == "no" or (self.local == "listed" and not listed)):
            return "connectors that run on this machine are not allowed" if self.local == "no" else _ONLY_LISTED
        return None


_ONLY_LISTED = "only those in the allow list are allowed"


def is_private(entry: Entry) -> bool:
    """True for an address that by its own words is in a private network: a private number, or `localhost`."""
    if not isinstance(entry.target, Remote):
        return False
    host = _host(urlsplit(entry.target.url).hostname or "")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ip_address(host.strip("[]")).is_global
    except ValueError:
        return False


def _is_denied(entry: Entry, selector: Selector) -> bool:
    if selector.id:
        return _same_name(entry.id, selector.id)
    if selector.url:
        return any(_same_url(each, selector.url) for each in _readings(entry.target))
    return any(_same_argv(argv, selector.command) for argv in _argvs(entry.target))


def _is_allowed(entry: Entry, selector: Selector) -> bool:
    if selector.id:
        return not entry.custom and _same_name(entry.id, selector.id)
    if selector.url:
        readings = _readings(entry.target)
        return bool(readings) and all(_same_url(each, selector.url) for each in readings)
    # Variables and a folder of one's own choosing make another program of the same words.
    target = entry.target
    if not isinstance(target, Launch) or (entry.custom and (target.env or target.cwd)):
        return False
    return _same_argv((target.command, *target.args), selector.command)


def _same_name(name: str, glob: str) -> bool:
    return fnmatchcase(plain(name), plain(glob))


def plain(name: str) -> str:
    """A connector's name as names are compared: `Acme_Billing` is `acme-billing`."""
    return name.casefold().replace("_", "-")


def _argvs(target: Launch | Remote) -> Iterator[tuple[str, ...]]:
    if isinstance(target, Launch):
        yield (target.command, *target.args)
        yield (re.split(r"[/\\]", target.command)[-1], *target.args)


def _same_argv(argv: tuple[str, ...], globs: tuple[str, ...]) -> bool:
    return len(argv) == len(globs) and all(map(fnmatchcase, argv, globs))


_Address = tuple[str, str, str, str]
"""Scheme, host, port and path of an address, ready to compare."""


def _readings(target: Launch | Remote) -> tuple[_Address, ...]:
    """The address in every way a server might read its path, as written and decoded; none where it cannot be told."""
    if not isinstance(target, Remote):
        return ()
    try:
        url = urlsplit(target.url)
        host, port = _host(url.hostname or ""), str(url.port or "") or _PORTS.get(url.scheme, "")
    except ValueError:
        return ()
    if "@" in url.netloc or not _HOST.fullmatch(host):
        return ()
    path = url.path or "/"
    folded = "/" + normpath(unquote(path)).lstrip("/") + ("/" if path.endswith("/") and path != "/" else "")
    query = f"?{url.query}" if url.query else ""
    return tuple((url.scheme, host, port, each + query) for each in (path, folded))


def _same_url(address: _Address, pattern: str) -> bool:
    found = _URL.fullmatch(pattern)
    if found is None:
        return False
    scheme, host, port, path = address
    wanted = found["port"] or _PORTS.get(scheme, "")
    return (
        fnmatchcase(scheme, found["scheme"])
        and fnmatchcase(host, _host(found["host"]))
        and fnmatchcase(port, wanted)
        and fnmatchcase(path, found["path"])
    )


def _host(host: str) -> str:
    """A host in the one way it is compared: lower case, ASCII, no last dot, numbers as four numbers."""
    name = host.lower().strip("[]").rstrip(".")
    if re.fullmatch(r"[0-9a-fx.]+", name):
        import socket

        try:
            return socket.inet_ntoa(socket.inet_aton(name))  # 2130706433 and 0x7f.1 are 127.0.0.1
        except OSError:
            return name
    if ":" in name:
        try:
            found = ip_address(name)
        except ValueError:
            return name
        return str(getattr(found, "ipv4_mapped", None) or found)
    return ".".join(label if label.isascii() else _ascii(label) for label in name.split("."))


def _is_host(glob: str) -> bool:
    try:
        return bool(_host(glob))
    except ValueError:
        return False


def _ascii(label: str) -> str:
    import idna  # what the HTTP client encodes with, so that both mean the same host

    return idna.encode(label).decode()
