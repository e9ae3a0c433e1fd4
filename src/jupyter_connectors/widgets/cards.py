"""The directory as cards: what can be connected, with a button each."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_connectors.directory.pages import ORDER, card, in_order, page
from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.joins import Joins, Wish, joins_of
from jupyter_connectors.kernel import Message

if TYPE_CHECKING:
    from jupyter_connectors.session import Session
    from jupyter_connectors.widgets.signincard import Stage


class Directory:
    """The cards of one `%connect`. A click connects; the notebook's variable appears as with the magic."""

    def __init__(self, session: Session, identity: str) -> None:
        from jupyter_connectors.widgets.view import View

        self._session = session
        self._id = identity
        self._entries: dict[str, Entry] = {}
        self._joins = joins_of(session)
        self.stage: Stage | None = None
        """Where a sign-in is shown: a button is pressed when no cell waits."""

        session.desk.open(identity, self._receive)
        session.watch(self._redraw)
        self.view = View("connectors", self._state(), session.desk)

    def _receive(self, message: Message) -> None:
        # On the kernel's control thread or its main one: only hand over.
        entry = self._entries.get(str(message.get("entry")))
        if entry is None:
            return
        if message.get("type") == "connect":
            self._session.runtime.submit(self._connect(entry.id, _given(message)))
        elif message.get("type") == "disconnect":
            self._session.runtime.submit(self._disconnect(entry))

    async def _connect(self, name: str, given: dict[str, str]) -> None:
        wish = Wish(entry=name, find=lambda: self._session.catalogue.find(name, given))
        with suppress(ConnectorError):  # the card says it
            await self._joins.connect(wish, self.stage)

    async def _disconnect(self, entry: Entry) -> None:
        try:
            await self._joins.disconnect(entry.id)
        except ConnectorError as error:
            self._joins.failed(entry.id, entry.id, error.problem)

    def _redraw(self) -> None:
        self.view.show(self._state())

    def _state(self) -> dict[str, Any]:
        catalogue = self._session.catalogue
        self._entries = {entry.id: entry for entry in in_order(catalogue.entries())}
        connected = {each.id for each in self._session.connected()}
        return {
            "id": self._id,
            "categories": list(ORDER),
            "notes": list(catalogue.notes()),
            "entries": [entry_state(entry, connected, self._joins) for entry in self._entries.values()],
        }


def entry_state(entry: Entry, connected: Collection[str], joins: Joins) -> dict[str, Any]:
    """What a directory shows of an entry: its card, its page, and how it stands."""
    join = joins.of_entry(entry.id)
    if entry.id in connected and (join is None or join.state == "failed"):
        state, message = "connected", ""
    else:
        state, message = ("idle", "") if join is None else (join.state, join.message)
    return {**card(entry), **page(entry), "state": state, "message": message}


def _given(message: Message) -> dict[str, str]:
    """What the person wrote for the parts of an address."""
    told = message.get("set")
    if not isinstance(told, dict):
        return {}
    return {str(name): value for name, value in told.items() if isinstance(value, str) and value}
