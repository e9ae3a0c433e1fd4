"""What can be called: every tool of every connector, with a switch each and what it costs a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.kernel import Message
from jupyter_connectors.models import Tool, ToolClass
from jupyter_connectors.signatures import parameters
from jupyter_connectors.text import visible

if TYPE_CHECKING:
    from jupyter_connectors.session import Session


class Tools:
    """The list of one `%tools`. A switch takes effect at once: in calls, completion and what a model sees."""

    def __init__(self, session: Session, identity: str, connectors: tuple[str, ...]) -> None:
        from jupyter_connectors.widgets.view import View

        self._session = session
        self._id = identity
        self._connectors = connectors
        session.desk.open(identity, self._receive)
        self.view = View("tools", self._state(), session.desk)

    def _receive(self, message: Message) -> None:
        if message.get("type") == "toggle":
            self._session.runtime.post(lambda: self._toggle(message))

    def _toggle(self, message: Message) -> None:
        tool = message.get("tool")
        try:
            self._session.switch(
                str(message.get("connector")), tool if tool is None else str(tool), on=message.get("enabled") is True
            )
        except ConnectorError:
            return  # a switch of something that is gone; the next drawing shows what there is
        self.view.show(self._state())

    def _state(self) -> dict[str, Any]:
        return {"id": self._id, "connectors": listing(self._session, self._connectors)}


def listing(session: Session, connectors: tuple[str, ...]) -> list[dict[str, Any]]:
    """For each connector its tools, reads first, with class, switch and cost."""
    order = list(ToolClass)
    found = []
    for each in session.connected():
        if each.id not in connectors:
            continue
        tools = sorted(each.tools, key=lambda tool: order.index(session.hub.class_of(tool)))
        rows = [_row(session, tool) for tool in tools]
        found.append(
            {
                "id": each.id,
                "title": visible(each.entry.title),
                "enabled": session.is_on(each.id, None),
                "tokens": sum(row["tokens"] for row in rows if row["enabled"]),
                "tools": rows,
            }
        )
    return found


def _row(session: Session, tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "title": visible(tool.title),
        "description": visible(tool.description),
        "kind": str(session.hub.class_of(tool)),
        "enabled": session.is_on(tool.connector, tool.name),
        "tokens": tool.context_cost,
        "signature": visible(f"{tool.name}{parameters(tool, bounded=session.hub.lists(tool)).signature}"),
    }
