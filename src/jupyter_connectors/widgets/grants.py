"""What the person has allowed beyond one call, with a button each to take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_connectors.approval import Grant
from jupyter_connectors.bounds import in_words
from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.kernel import Message
from jupyter_connectors.text import visible

if TYPE_CHECKING:
    from jupyter_connectors.session import Session


class GrantList:
    """The table of one `%tools --grants`. What is taken back there no kernel has any more."""

    def __init__(self, session: Session, identity: str) -> None:
        from jupyter_connectors.widgets.view import View

        self._session = session
        self._id = identity
        self._turn = 0
        session.desk.open(identity, self._receive)
        self.view = View("grants", self._state(), session.desk)

    def _receive(self, message: Message) -> None:
        # On the kernel's control thread or its main one: only hand over.
        if message.get("type") in ("look", "revoke"):
            self._session.runtime.post(lambda: self._act(message))

    def _act(self, message: Message) -> None:
        grant = message.get("grant")
        if message.get("type") == "revoke" and isinstance(grant, str):
            self._turn += 1
            self._session.controls.revoke(grant)
        try:
            self.view.show(self._state())
        except ConnectorError as error:
            self.view.show({**self.view.view, "turn": self._turn, "problem": error.problem})

    def _state(self) -> dict[str, Any]:
        rows = [row(each) for each in self._session.controls.grants()]
        return {"id": self._id, "turn": self._turn, "problem": "", "grants": rows}


def row(grant: Grant) -> dict[str, Any]:
    """What a table says of a grant."""
    lasts = "session" if not grant.standing else "hours" if grant.expires_at else "always"
    return {
        "id": grant.id,
        "connector": visible(grant.connector),
        "account": visible(grant.account),
        "tool": visible(grant.tool),
        "limits": visible(in_words(grant.pattern)),
        "lasts": lasts,
        "until": grant.expires_at.isoformat() if grant.expires_at else "",
        "made": grant.made_at.isoformat(),
        "notebook": visible(grant.notebook),
    }
