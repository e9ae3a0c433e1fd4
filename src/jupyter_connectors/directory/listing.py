"""What a registry says of its servers, as entries: read by name, and dropped with a reason where it does not fit.

The form is the registry's `server.json` (schema of 2025-12-11) in its list API (`/v0.1/servers`). Whoever can write into
a registry is a stranger: nothing of it is fetched but the list, and no link is kept that is not https.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from jupyter_connectors.directory.custom import is_name
from jupyter_connectors.directory.remotes import (
    Header,
    RemoteFile,
    access_by_key,
    check_address,
    remote_of,
    variables_of,
)
from jupyter_connectors.entries import Access, Auth, Entry, Remote
from jupyter_connectors.lookalikes import looks_like
from jupyter_connectors.text import one_line

CATEGORY = "your organisation"

_OFFICIAL = "io.modelcontextprotocol.registry/official"
_PLAIN = re.compile(r"[^a-z0-9]+")
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_NOT_THEIRS = {"host", "cookie", "content-length", "transfer-encoding", "connection", "origin", "referer"}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A server of the registry that is not shown, and why."""

    name: str
    reason: str


class Repository(msgspec.Struct, frozen=True):
    url: str = ""


class ServerFile(msgspec.Struct, kw_only=True, frozen=True):
    """What we read of a `server.json`; the rest of it, icons too, is passed over."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9.-]+/[A-Za-z0-9._-]+$", max_length=200)]
    description: str = ""
    title: str = ""
    version: str = ""
    website: str = msgspec.field(default="", name="websiteUrl")
    repository: Repository | None = None
    remotes: tuple[RemoteFile, ...] = ()
    packages: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One item of the list: the server, and what the registry says of its state."""

    server: ServerFile
    status: str


def listed(item: object) -> Listed:
    """One item of the list.

    Raises:
        ValueError: It is none.
    """
    told = item if isinstance(item, Mapping) else {}
    if not isinstance(told.get("server"), Mapping):
        raise ValueError("it has no server")  # noqa: TRY004  # of what a stranger sent, every fault is the same
    meta = told.get("_meta")
    official = meta.get(_OFFICIAL) if isinstance(meta, Mapping) else None
    status = official.get("status") if isinstance(official, Mapping) else None
    try:
        server = msgspec.convert(told["server"], ServerFile)
    except (msgspec.ValidationError, RecursionError) as problem:
        raise ValueError(one_line(str(problem), 120)) from None
    return Listed(server=server, status=str(status or told["server"].get("status") or "active"))


def entries_of(
    items: Iterable[object], *, host: str, inside: bool, shelf: Iterable[Entry]
) -> tuple[tuple[Entry, ...], tuple[Dropped, ...]]:
    """The entries of a registry's list, and what was dropped of it.

    Args:
        host: The registry's, as the entries name it.
        inside: The registry is in the person's own network, so it may name servers there.
        shelf: The shipped entries: their names are taken, and their review holds for the same address.
    """
    shipped = tuple(shelf)
    reviews = {each.target.url.rstrip("/"): each for each in shipped if isinstance(each.target, Remote)}
    taken = {each.id: "" for each in shipped} | {alias: "" for each in shipped for alias in each.aliases}
    made: dict[str, Entry] = {}
    dropped: list[Dropped] = []
    for item in items:
        name = "?"
        try:
            found = listed(item)
            name = one_line(found.server.name, 80)
            entry = _entry(found, taken=(*taken, *made), host=host, inside=inside)
        except ValueError as problem:
            dropped.append(Dropped(name, str(problem)))
            continue
        made[entry.id] = _reviewed(entry, reviews)
    return tuple(made.values()), tuple(dropped)


def _entry(found: Listed, *, taken: tuple[str, ...], host: str, inside: bool) -> Entry:
    server = found.server
    if found.status not in ("active", "deprecated"):
        raise ValueError(f"the registry says that it is {one_line(found.status, 20)}")
    remote = next((each for each in server.remotes if each.type == "streamable-http"), None)
    if remote is None:
        raise ValueError(_without_remote(server))
    target = replace(remote_of(remote, _auth(remote.headers)), typed=inside)
    if not inside and _is_inside(target.url):
        raise ValueError("its address is in a private network, and the registry is not")
    header, scheme = access_by_key(remote.headers)
    old = found.status == "deprecated"
    return Entry(
        id=_name(server.name, taken),
        title=one_line(server.title or server.name, 80),
        summary=one_line(server.description, 300) or "The registry says nothing of it.",
        category=CATEGORY,
        developer=one_line(server.name.rpartition("/")[0] or "unknown", 80),
        target=target,
        custom=True,
        registry=host,
        homepage=_link(server.website),
        repository=_link(server.repository.url if server.repository else ""),
        note="The registry says that it is deprecated." if old else "",
        variables=variables_of(remote),
        access=Access(header=header, scheme=scheme),
    )


def _without_remote(server: ServerFile) -> str:
    if any(each.type == "sse" for each in server.remotes):
        return "it only speaks the old SSE transport"
    return "it only runs as a package on this machine" if server.packages else "it has no remote"


def _auth(headers: Iterable[Header]) -> Auth:
    """How one signs in: by a key where a header must carry a secret, else as the server asks."""
    for each in headers:
        if each.required and not each.secret:
            raise ValueError(f"it wants the header {one_line(each.name, 40)!r}, which is no secret")
        if each.secret and (not _HEADER.fullmatch(each.name) or each.name.lower() in _NOT_THEIRS):
            raise ValueError(f"it wants its key in the header {one_line(each.name, 40)!r}")
    wanted = [each for each in headers if each.secret and each.required]
    if not wanted:
        return Auth()
    header, scheme = access_by_key(wanted)
    return Auth(kind="header", header=header, scheme=scheme, value="keyring")


def _name(name: str, taken: tuple[str, ...]) -> str:
    """A short name where it is free and looks like no other, else the whole one."""
    short = _PLAIN.sub("-", name.rpartition("/")[2].lower()).strip("-")
    whole = _PLAIN.sub("-", name.lower()).strip("-")
    for each in (short, whole):
        if is_name(each) and each not in taken and looks_like(each, taken) is None:
            return each
    raise ValueError("its name is taken, looks like another or is none")


def _link(url: str) -> str:
    """A link that may be shown: https, or nothing."""
    try:
        check_address(url)
    except ValueError:
        return ""
    return url if len(url) <= 200 else ""


def _is_inside(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if _is_address(host):
        return not ip_address(host).is_global
    return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _reviewed(entry: Entry, reviews: Mapping[str, Entry]) -> Entry:
    """The entry with our review of the server at the same address, if there is one."""
    known = reviews.get(entry.target.url.rstrip("/")) if isinstance(entry.target, Remote) else None
    if known is None:
        return entry
    return replace(
        entry,
        reviewed=known.reviewed,
        outside=known.outside,
        private=known.private,
        before=known.before,
        interactive=known.interactive,
        access=known.access,
    )
