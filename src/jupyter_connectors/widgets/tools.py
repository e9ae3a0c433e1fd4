"""What can be called: every tool of every connector, with a switch of three positions and what it costs a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import ConnectorError, Denied
from jupyter_connectors.kernel import Message
from jupyter_connectors.models import ToolClass
from jupyter_connectors.permissions import SETTINGS, Setting
from jupyter_connectors.signatures import call_line, parameters
from jupyter_connectors.switchboard import Board, Group, Position, Switch, Target, board, choose, reset
from jupyter_connectors.text import visible

if TYPE_CHECKING:
    from jupyter_connectors.session import Session

_DIFFERENCES = 200_000
"""Characters of differences that are shown at once."""


class Tools:
    """The list of one `%tools`. A switch takes effect at once: in calls, completion and what a model sees."""

    def __init__(self, session: Session, identity: str, connectors: tuple[str, ...], *, review: bool = False) -> None:
        """`review` leaves only what a person should look at: tools that changed or appeared."""
        from jupyter_connectors.widgets.view import View

        self._session = session
        self._id = identity
        self._connectors = connectors
        self._review = review
        self._turn = 0
        self._problem = ""
        session.desk.open(identity, self._receive)
        self.view = View("tools", self._state(), session.desk)
        # Only the newest list is kept up to date unasked: a notebook may have dozens.
        session.watch(lambda: session.runtime.post(self._redraw), place="tools")

    def _receive(self, message: Message) -> None:
        # On the kernel's control thread or its main one: only hand over.
        if message.get("type") == "look":
            self._session.runtime.submit(self._look())
        elif message.get("type") in ("set", "reset", "accept"):
            self._session.runtime.post(lambda: self._act(message))

    async def _look(self) -> None:
        """Another kernel may have set something, and a server may have changed its tools."""
        await self._session.hub.renew()
        self._redraw()

    def _act(self, message: Message) -> None:
        try:
            self._problem = ""
            turn(self._session, message)
        except ConnectorError as error:
            self._problem = f"{error.problem}: {error.hint}"
        except (TypeError, ValueError, KeyError):
            self._problem = ""  # nothing that a view of ours sends
        self._turn += 1
        self._redraw()

    def _redraw(self) -> None:
        try:
            state = self._state()
        except ConnectorError as error:
            state = {**self.view.view, "turn": self._turn, "problem": f"{error.problem}: {error.hint}"}
        self.view.show(state)

    def _state(self) -> dict[str, Any]:
        return {
            "id": self._id,
            "turn": self._turn,
            "problem": visible(self._problem),
            "notebook": visible(self._session.notebook.rpartition("/")[2]),
            "review": self._review,
            "connectors": listing(self._session, self._connectors, review=self._review),
        }


def turn(session: Session, message: Message) -> None:
    """Does what a view says of switches: `set` one, `reset` those of a group, `accept` a tool as it is now.

    Raises:
        ConnectorError: It cannot be done; the words are those of the rule.
        TypeError, ValueError, KeyError: It is no message of a view of ours.
    """
    {"set": _set, "reset": _reset, "accept": _accept}[str(message["type"])](session, message)


def target_of(message: Message) -> Target:
    """What a message of a view is about.

    Raises:
        TypeError, ValueError, KeyError: It is no message of a view of ours.
    """
    tool, kind = message["tool"], message["kind"]
    if tool is not None and not isinstance(tool, str):
        raise TypeError("no tool")
    return Target(
        connector=str(message["connector"]),
        tool=tool,
        tool_class=None if kind is None or tool is not None else ToolClass(kind),
        here=message["here"] is True,
    )


def _set(session: Session, message: Message) -> None:
    setting = message["setting"]
    if setting not in (*SETTINGS, None):
        raise ValueError("no setting")
    chosen: Setting | None = setting
    choose(session.hub, session.controls, target_of(message), chosen)


def _reset(session: Session, message: Message) -> None:
    now = board(session.hub, str(message["connector"]))
    reset(session.controls, now, ToolClass(message["kind"]), here=message["here"] is True)


def _accept(session: Session, message: Message) -> None:
    review = session.controls.review(str(message["connector"]), str(message["tool"]))
    if review.tool.definition_hash != message["hash"]:
        # What was on the screen is another definition than this one.
        raise Denied(f"{message['tool']} changed again meanwhile", hint="look at it once more")
    session.controls.accept(review)


def listing(session: Session, connectors: tuple[str, ...], *, review: bool = False) -> list[dict[str, Any]]:
    """For each connector its tools, reads first, with class, switches, cost and what changed.

    Raises:
        ConnectorError: The policy cannot be read.
    """
    wanted = (each.id for each in session.connected() if each.id in connectors)
    return sections(session, (board(session.hub, each) for each in wanted), review=review)


def sections(session: Session, boards: Iterable[Board], *, review: bool = False) -> list[dict[str, Any]]:
    """The same of boards that were looked at already."""
    budget = _DIFFERENCES
    found = []
    for now in boards:
        rows = []
        for switch in now.switches:
            if switch.review is None and review:
                continue
            row = _row(session, switch)
            if switch.review is not None:
                budget -= len(switch.review.difference)
                if budget < 0:
                    row["review"]["difference"] = "… too much to show at once; accept others first"
            rows.append(row)
        found.append(_section(now, rows))
    return found


def _section(now: Board, rows: list[dict[str, Any]]) -> dict[str, Any]:
    on = now.on and now.on_here
    return {
        "id": now.found.id,
        "title": visible(now.found.entry.title),
        "enabled": on,
        "mine": now.on,
        "here": now.on_here,
        "tokens": sum(row["tokens"] for row in rows if row["enabled"]),
        "tools": rows,
        "groups": [_group(each) for each in now.groups],
        "hidden": [{"rule": visible(rule), "count": count} for rule, count in sorted(now.hidden.items())],
    }


def _group(group: Group) -> dict[str, Any]:
    return {"kind": str(group.tool_class), "mine": _position(group.mine), "here": _position(group.here)}


def _row(session: Session, switch: Switch) -> dict[str, Any]:
    tool = switch.tool
    found = parameters(tool, bounded=session.hub.lists(tool))
    return {
        "name": tool.name,
        "title": visible(tool.title),
        "description": visible(tool.description),
        "kind": str(switch.tool_class),
        "enabled": switch.on,
        "interactive": bool(tool.app),
        "tokens": session.costs.one(tool),
        "signature": visible(f"{tool.name}{found.signature}"),
        "call": call_line(tool, found),
        "mine": _position(switch.mine),
        "here": _position(switch.here),
        "review": _review(switch),
    }


def _position(position: Position | None) -> dict[str, Any] | None:
    if position is None:
        return None
    told: Mapping[str, Any] = asdict(position)
    return {**told, "why": visible(position.why), "closed": {key: visible(why) for key, why in position.closed.items()}}


def _review(switch: Switch) -> dict[str, Any] | None:
    found = switch.review
    if found is None:
        return None
    return {
        "state": found.state,
        "off": switch.off,
        "hash": found.tool.definition_hash,
        "difference": found.difference,
    }
