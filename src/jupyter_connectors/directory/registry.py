"""An organisation's own registry: its list of servers, read page by page, kept for the time it cannot be reached.

The API is the MCP registry's (`GET /v0.1/servers`, OpenAPI of 2025-10): `limit`, `cursor`, `version=latest` and `search`
in, `{"servers": […], "metadata": {"nextCursor", "count"}}` out. Subregistries of organisations speak the same.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

from jupyter_connectors.directory.listing import Dropped, entries_of
from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import ConnectionFailed, ConnectorError, UsageProblem
from jupyter_connectors.text import one_line, plural

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

VARIABLE = "JUPYTER_CONNECTORS_REGISTRY"
"""The environment variable that holds a registry's address."""

FRESH = timedelta(hours=1)
"""A list younger than that is not asked for again."""

_PAGE = 100
_PAGES = 50
_SERVERS = 2_000
_SECONDS = 20.0
_BODY = 4 * 1024 * 1024


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A registry's list as it was read last."""

    at: datetime
    items: tuple[Any, ...]
    inside: bool
    """The registry is in a private network or on this machine, so it may name servers there."""

    cut: str = ""
    """Why the list ends before its end; empty where it does not."""


class Registry:
    """The registry of an organisation, with its last list in a file."""

    def __init__(self, url: str, folder: Path, *, clock: Callable[[], datetime] = now) -> None:
        """A registry at `url`, with or without the `/v0.1` of its API.

        Raises:
            UsageProblem: It is no address of a registry.
        """
        base = url.strip().rstrip("/").removesuffix("/servers").removesuffix("/v0.1")
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
            raise UsageProblem(
                f"{VARIABLE} holds no address of a registry", hint="it is an https address, without a user name"
            )
        self.url = base
        self.host = parts.netloc
        self.failure = ""
        """Why the last reading failed; empty where it did not."""

        self._clock = clock
        self._file = folder / f"registry-{hashlib.sha256(base.encode()).hexdigest()[:16]}.json"
        self._copy: Copy | None = None
        self._made: tuple[Copy, tuple[Entry, ...], tuple[Dropped, ...]] | None = None

    def entries(self, shelf: Iterable[Entry]) -> tuple[Entry, ...]:
        """The servers of the last list as entries; none where it was never read."""
        return self._read(shelf)[0]

    def dropped(self, shelf: Iterable[Entry]) -> tuple[Dropped, ...]:
        """The servers of the last list that are not shown, each with its reason."""
        return self._read(shelf)[1]

    @property
    def stale(self) -> bool:
        """True where the list is to be asked for again."""
        copy = self._kept()
        return copy is None or self._clock() - copy.at > FRESH

    def notes(self, shelf: Iterable[Entry]) -> tuple[str, ...]:
        """What a person must know of the list: how old it is, that it is cut, that some of it was dropped."""
        copy = self._kept()
        told = [f"The registry {self.host} could not be read: {self.failure}"] if self.failure else []
        if copy is None:
            return tuple(told)
        if self.failure or self.stale:
            told.append(f"Its list here is {_age(self._clock() - copy.at)} old.")
        if copy.cut:
            told.append(f"The registry {self.host}: {copy.cut}.")
        if missing := self.dropped(shelf):
            first = f"{missing[0].name}: {missing[0].reason}"
            told.append(f"{plural(len(missing), 'server')} of {self.host} not shown, as {one_line(first, 160)}")
        return tuple(told)

    async def refresh(self) -> None:
        """Reads the list anew. Where that fails, the last one stays and `failure` says why."""
        try:
            copy = await self._fetch()
        except ConnectorError as error:
            self.failure = error.problem
            return
        self.failure = ""
        self._copy = copy
        _write(self._file, {**asdict(copy), "at": copy.at.isoformat(), "url": self.url})

    @property
    def known(self) -> bool:
        """True where there is a list, however old."""
        return self._kept() is not None

    @property
    def cut(self) -> bool:
        """True where the list is not whole, so that a name may be missing from it."""
        copy = self._kept()
        return copy is not None and copy.cut != ""

    async def look_up(self, name: str) -> None:
        """Asks a registry whose list was cut for one name, and adds what it finds to the list."""
        copy = self._kept()
        if copy is None:
            return
        found = await self._asking(lambda http: _page(http, self.url, "", search=name))
        self._copy = replace(copy, items=(*copy.items, *found["servers"]))

    def _read(self, shelf: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Dropped, ...]]:
        copy = self._kept()
        if copy is None:
            return (), ()
        if self._made is None or self._made[0] is not copy:
            made, dropped = entries_of(copy.items, host=self.host, inside=copy.inside, shelf=shelf)
            self._made = (copy, made, dropped)
        return self._made[1], self._made[2]

    def _kept(self) -> Copy | None:
        if self._copy is None:
            self._copy = _copy_in(self._file, self.url)
        return self._copy

    async def _fetch(self) -> Copy:
        items, cut = await self._asking(lambda http: _pages(http, self.url))
        return Copy(at=self._clock(), items=tuple(items), inside=await _is_inside(self.url), cut=cut)

    async def _asking(self, ask: Callable[[httpx2.AsyncClient], Awaitable[T]]) -> T:
        """What `ask` gets from the registry.

        Raises:
            ConnectionFailed: It cannot be reached, or answers with something else.
        """
        # Here and not above: the HTTP client costs a tenth of a second, and most people have no registry.
        import httpx2

        from jupyter_connectors.sessions.http import Reach, client

        try:
            async with client(Reach((self.url,)), limit=_BODY, seconds=_SECONDS) as http:
                return await ask(http)
        except (httpx2.HTTPError, OSError) as error:
            problem = one_line(str(error), 120) or type(error).__name__
            raise ConnectionFailed(problem, hint="look at its address, or try again") from None


async def _pages(http: httpx2.AsyncClient, base: str) -> tuple[list[Any], str]:
    """The items of every page, and why they end early: a cursor that came before, or too many."""
    items: list[Any] = []
    cursors: set[str] = set()
    cursor = ""
    for _ in range(_PAGES):
        page = await _page(http, base, cursor)
        items += page["servers"]
        metadata = page.get("metadata")
        cursor = metadata.get("nextCursor") or "" if isinstance(metadata, Mapping) else ""
        if not isinstance(cursor, str):
            return items, "it gave a cursor that is no text, so the list is cut there"
        if not cursor:
            return items[:_SERVERS], f"only its first {_SERVERS:,} servers are read" if len(items) > _SERVERS else ""
        if cursor in cursors:
            return items, "it gave the same cursor twice, so the list is cut there"
        if len(items) >= _SERVERS:
            return items[:_SERVERS], f"only its first {_SERVERS:,} servers are read"
        cursors.add(cursor)
    return items, f"only its first {_PAGES} pages are read"


async def _page(http: httpx2.AsyncClient, base: str, cursor: str, search: str = "") -> dict[str, Any]:
    from jupyter_connectors.sessions.http import send

    asked = {"limit": str(_PAGE), "version": "latest"}
    asked |= {"cursor": cursor} if cursor else {}
    asked |= {"search": search} if search else {}
    reply = await send(http, http.build_request("GET", f"{base}/v0.1/servers?{urlencode(asked)}"), seconds=_SECONDS)
    if reply.status_code != 200:
        raise ConnectionFailed(f"it answered {reply.status_code}", hint="look at its address")
    try:
        page = json.loads(reply.content)
    except (ValueError, RecursionError):
        raise ConnectionFailed("its answer is no JSON", hint="look at its address") from None
    if not isinstance(page, dict) or not isinstance(page.get("servers"), list):
        raise ConnectionFailed("its answer is no list of servers", hint="look at its address")
    return page


async def _is_inside(url: str) -> bool:
    """True where every address of the registry is in a private network or on this machine."""
    from ipaddress import ip_address

    from jupyter_connectors.sessions.http import is_public, resolved

    parts = urlsplit(url)
    found = await resolved(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    return bool(found) and not any(is_public(ip_address(each.partition("%")[0])) for each in found)


def _copy_in(file: Path, url: str) -> Copy | None:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["url"] != url:
            return None
        at = datetime.fromisoformat(told["at"])
        return Copy(at=at, items=tuple(told["items"]), inside=told["inside"] is True, cut=str(told["cut"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None  # never read, or written by another version: it is read anew


def _write(file: Path, told: Mapping[str, Any]) -> None:
    """Replaces the file in one step: another kernel may be reading it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(json.dumps(told), encoding="utf-8")
    draft.replace(file)


def _age(since: timedelta) -> str:
    minutes = int(since.total_seconds() // 60)
    for size, noun in ((60 * 24, "day"), (60, "hour")):
        if minutes >= size:
            return plural(minutes // size, noun)
    return plural(max(minutes, 1), "minute")
