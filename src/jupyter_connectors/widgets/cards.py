"""The directory as cards: what can be connected, with a button each."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from jupyter_connectors.directory.pages import ORDER, card, in_order, page
from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.kernel import Message
from jupyter_connectors.models import Entry

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
        self._busy: dict[str, tuple[str, str]] = {}
        self.stage: Stage | None = None
        """Where a sign-in is shown: a button is pressed when no cell waits."""

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
            self._session.runtime.submit(self._connect(entry.id, _given(message)))
        elif message.get("type") == "disconnect":
            self._session.runtime.submit(self._disconnect(entry))

    async def _connect(self, name: str, given: dict[str, str]) -> None:
        self._redraw()
        try:
            entry = self._session.catalogue.find(name, given)
            self._session.check_free(name)
            with self.stage.lit() if self.stage is not None else nullcontext():
                await self._session.hub.connect(entry)
            self._session.catalogue.keep(entry)
        except ConnectorError as error:
            self._busy[name] = ("failed", f"{error.problem} ({error.hint})")
        else:
            self._busy.pop(name, None)
            self._session.bind(name)
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
        catalogue = self._session.catalogue
        self._entries = {entry.id: entry for entry in in_order(catalogue.entries())}
        return {
            "id": self._id,
            "categories": list(ORDER),
            "notes": list(catalogue.notes()),
            "entries": [self._card(entry, entry.id in connected) for entry in self._entries.values()],
        }

    def _card(self, entry: Entry, connected: bool) -> dict[str, Any]:
        state, message = ("connected", "") if connected else self._busy.get(entry.id, ("idle", ""))
        return {**card(entry), **page(entry), "state": state, "message": message}


def _given(message: Message) -> dict[str, str]:
    """What the person wrote for the parts of an address."""
    told = message.get("set")
    if not isinstance(told, dict):
        return {}
    return {str(name): value for name, value in told.items() if isinstance(value, str) and value}
