"""What is connected by a press of a button: under way, failed or done, the same for every view of a kernel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass, field
from typing import Literal, Protocol

from jupyter_connectors.accounts import account_name
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.errors import ConnectorError, Denied
from jupyter_connectors.joining import bind, unbind, warm_up
from jupyter_connectors.offering import Connected
from jupyter_connectors.session import Session
from jupyter_connectors.sessions.references import Given


class Place(Protocol):
    """Where a sign-in is shown: a button is pressed when no cell waits."""

    def lit(self) -> AbstractContextManager[None]:
        """Cards of what is awaited in this block are shown there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """One press, and what became of it."""

    name: str
    """The name it will have in use."""

    entry: str
    title: str = ""
    account: str = ""
    state: Literal["connecting", "failed"] = "connecting"
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a press asks for."""

    entry: str
    """The name of an entry, or of a connector that is yet to be added."""

    find: Callable[[], Entry] = field(repr=False)
    """Gives the entry, ready to be connected, or raises a `ConnectorError`."""

    account: str = ""
    name: str = ""
    """What to call it in use; empty for the name that its entry and account make."""

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the person typed, by what it is: kept in the vault before it is used."""

    keep: bool = False
    """Their yes to a file for secrets."""


class Joins:
    """The presses of one kernel. Lives on the loop; is looked at from any thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._held: dict[str, Join] = {}
        self._loading = asyncio.Lock()

    @property
    def held(self) -> tuple[Join, ...]:
        """Those under way, and those that failed and were not repeated."""
        return tuple(self._held.values())

    def of_entry(self, entry: str) -> Join | None:
        """What is under way, else what failed last, for an entry."""
        found = [each for each in self.held if each.entry == entry]
        return next((each for each in found if each.state == "connecting"), found[-1] if found else None)

    async def connect(self, wish: Wish, place: Place | None = None) -> Connected | None:
        """Connects and binds in the notebook, as the magic does; None where just that is under way already.

        Raises:
            ConnectorError: It could not be connected, for the reason that a view then shows too.
        """
        name = wish.name or account_name(wish.entry, wish.account)
        if (before := self._held.get(name)) is not None and before.state == "connecting":
            return None
        self._put(Join(name=name, entry=wish.entry, account=wish.account))
        try:
            made = await self._attempt(name, wish, place)
        except ConnectorError as error:
            self._put(
                Join(
                    name=name,
                    entry=wish.entry,
                    account=wish.account,
                    state="failed",
                    message=f"{error.problem} ({error.hint})",
                )
            )
            raise
        bind(self._session, made.id)
        self._session.announce()
        warm_up(self._session)
        return made

    async def disconnect(self, name: str) -> None:
        """Leaves a connector and takes its object out of the notebook.

        Raises:
            UnknownConnector: Nothing is connected under this name.
        """
        found = self._session.named(name)
        await self._session.hub.disconnect(found)
        unbind(self._session, found)

    def failed(self, name: str, entry: str, message: str) -> None:
        """Lets every view say that something about an entry did not work."""
        self._put(Join(name=name, entry=entry, state="failed", message=message))

    def _put(self, join: Join) -> None:
        self._held[join.name] = join
        self._session.announce()

    async def _attempt(self, name: str, wish: Wish, place: Place | None) -> Connected:
        try:
            return await self._connected(name, wish, place)
        finally:
            self._held.pop(name, None)

    async def _connected(self, name: str, wish: Wish, place: Place | None) -> Connected:
        session, entry = self._session, wish.find()
        session.namespace.check_free(name)
        added = entry.custom and not entry.registry
        if added:
            session.catalogue.check(entry)
            _check_start(session, entry)
        self._held[name] = Join(name=name, entry=wish.entry, title=entry.title, account=wish.account)
        async with self._loading:  # whoever pressed first goes on first
            await asyncio.to_thread(_load)
        hub = session.hub
        given = Given(session.vault, entry, account=wish.account, keep=wish.keep)
        await given.put(wish.secrets)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(given.take_back)
            with place.lit() if place is not None else nullcontext():
                made = await hub.connect(entry, name=name, account=wish.account)
            undo.pop_all()
        if added:
            session.catalogue.add(entry)
        session.catalogue.keep(entry)
        return made


def joins_of(session: Session) -> Joins:
    """The presses of this kernel."""
    held: Joins | None = session.joins
    if held is None:
        held = session.joins = Joins(session)
    return held


def _load() -> None:
    """Loads what a connection is made of, which takes two seconds, while the loop answers views."""
    import jupyter_connectors.sessions.connection
    import jupyter_connectors.sessions.oauth.access  # noqa: F401  # loaded is all it should be


def _check_start(session: Session, entry: Entry) -> None:
    """A command that the person has not yet allowed, to the letter, is asked about in a cell."""
    if isinstance(entry.target, Launch) and not session.catalogue.holds(entry):
        raise Denied(f"{entry.id} was not started: a command is allowed in a cell", hint=f"%connect {entry.id}")
