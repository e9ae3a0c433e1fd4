"""The directory as cards: what can be connected, with a button each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.kernel import Message
from jupyter_connectors.models import Entry
from jupyter_connectors.text import visible

if TYPE_CHECKING:
    from jupyter_connectors.session import Session


class Directory:
    """The cards of one `%connect`. A click connects; the notebook's variable appears as with the magic."""

    def __init__(self, session: Session, identity: str) -> None:
        from jupyter_connectors.widgets.view import View

        self._session = session
        self._id = identity
        self._entries = {entry.id: entry for entry in session.catalogue.entries()}
        self._busy: dict[str, tuple[str, str]] = {}
        session.desk.open(identity, self._receive)
        session.watch(self._redraw)
        self.view = View("connectors", self._state(), session.desk)

    def _receive(self, message: Message) -> None:
        # On the kernel's control thread or its main one: only hand over.
        entry = self._entries.get(str(message.get("entry")))
        if entry is None or self._busy.get(entry.id, ("", ""))[0] == "connecting":
            return
        if message.get("type") == "connect":
            self._busy[entry.id] = ("connecting", "")
            self._session.runtime.submit(self._connect(entry))
        elif message.get("type") == "disconnect":
            self._session.runtime.submit(self._disconnect(entry))

    async def _connect(self, entry: Entry) -> None:
        self._redraw()
        try:
            self._session.check_free(entry.id)
            await self._session.hub.connect(entry)
        except ConnectorError as error:
            self._busy[entry.id] = ("failed", f"{error.problem} ({error.hint})")
        else:
            self._busy.pop(entry.id, None)
            self._session.bind(entry.id)
        self._session.announce()

    async def _disconnect(self, entry: Entry) -> None:
        try:
            await self._session.hub.disconnect(entry.id)
        except ConnectorError as error:
            self._busy[entry.id] = ("failed", error.problem)
        self._session.unbind(entry.id)

    def _redraw(self) -> None:
        self.view.show(self._state())

    def _state(self) -> dict[str, Any]:
        connected = {each.id for each in self._session.connected()}
        return {
            "id": self._id,
            "entries": [self._card(entry, entry.id in connected) for entry in self._entries.values()],
        }

    def _card(self, entry: Entry, connected: bool) -> dict[str, Any]:
        state, message = ("connected", "") if connected else self._busy.get(entry.id, ("idle", ""))
        return {**card(entry), "state": state, "message": message}


def card(entry: Entry) -> dict[str, Any]:
    """What a card says of an entry."""
    badge = "unreviewed" if not entry.reviewed else "read & write" if entry.writes else "read-only"
    return {
        "id": entry.id,
        "title": visible(entry.title),
        "summary": visible(entry.summary),
        "category": entry.category,
        "developer": entry.developer,
        "badge": badge,
        "custom": entry.custom,
        "code": f"%connect {entry.id}",
    }
