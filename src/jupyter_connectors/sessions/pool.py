"""The live connections of one kernel, by the names the person gave them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import UnknownConnector, nearest
from jupyter_connectors.sessions.limits import Limits

if TYPE_CHECKING:
    from jupyter_connectors.sessions.connection import Connection
    from jupyter_connectors.sessions.oauth.access import Access


class Pool:
    """Opens, keeps and closes connections. Changed on the runtime's loop only; may be read from any thread."""

    def __init__(
        self, limits: Limits, listed: Callable[[Connection], None] = lambda _: None, access: Access | None = None
    ) -> None:
        """`listed` is told whenever the tools of a connection were listed; without `access` nobody signs in."""
        self._limits = limits
        self._access = access
        self._listed = listed
        self._held: dict[str, Connection] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self._asked: dict[str, None] = {}
        """What is open or being opened, in the order it was asked for."""

    @property
    def names(self) -> tuple[str, ...]:
        """What is connected, in the order it was asked for: which server is ready first changes nothing."""
        return tuple(each for each in self.order if each in self._held)

    @property
    def order(self) -> tuple[str, ...]:
        """The same with what is being connected."""
        return tuple(self._asked)

    def get(self, name: str) -> Connection:
        """The connection called `name`, open or lost.

        Raises:
            UnknownConnector: There is none; the hint has the nearest names.
        """
        held = self._held.get(name)
        if held is None:
            hint = nearest(name, self._held) if self._held else "connect one first: %connect acme-billing"
            raise UnknownConnector(f"no connector is connected as {name!r}", hint=hint)
        return held

    async def open(self, name: str, entry: Entry, limits: Limits | None = None, *, account: str = "") -> Connection:
        """The connection called `name`, opened if there is none, it was lost, or a new sign-in is needed.

        Raises:
            ConnectionFailed: The server cannot be started or reached.
            UnknownConnector: The name belongs to another server.
        """
        self._asked.setdefault(name, None)
        try:
            return await self._opened(name, entry, limits or self._limits, account)
        finally:
            if name not in self._held:
                self._asked.pop(name, None)

    async def _opened(self, name: str, entry: Entry, limits: Limits, account: str) -> Connection:
        from jupyter_connectors.sessions.connection import Connection

        async with self._opening.setdefault(name, asyncio.Lock()):
            held = self._held.get(name)
            if held is not None and (held.entry.target, held.account) != (entry.target, account):
                raise UnknownConnector(
                    f"the name {name!r} is taken by another connector", hint="choose another with --as NAME"
                )
            if held is not None and held.alive and not held.over:
                return held
            if held is not None:
                await held.close()
            fresh = Connection(
                name,
                entry,
                limits=limits,
                listed=self._listed,
                account=account,
                access=self._access,
            )
            await fresh.open()
            self._held[name] = fresh
            self._asked.setdefault(name, None)  # one that failed before it took its place away
            return fresh

    async def live(self, name: str) -> Connection:
        """The open connection called `name`; a lost one is opened again.

        Raises:
            UnknownConnector: There is none.
            ConnectionFailed: It was lost and cannot be opened again.
        """
        held = self.get(name)
        return held if held.alive else await self.open(name, held.entry, account=held.account)

    async def close(self, name: str) -> None:
        """Leaves one server.

        Raises:
            UnknownConnector: There is none of this name.
        """
        held = self.get(name)
        del self._held[name]
        self._asked.pop(name, None)
        await held.close()

    async def close_all(self) -> None:
        """Leaves every server."""
        open_now, self._held, self._asked = list(self._held.values()), {}, {}
        await asyncio.gather(*(each.close() for each in open_now))
