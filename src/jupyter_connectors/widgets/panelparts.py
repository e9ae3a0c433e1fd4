"""What the panel of JupyterLab shows, part by part, as `wire/*.schema.json` describe it. Looking changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_connectors.dataview import held
from jupyter_connectors.directory.forms import fields
from jupyter_connectors.directory.pages import ORDER, in_order
from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.joins import Join, Joins
from jupyter_connectors.offering import Connected
from jupyter_connectors.panelcode import code_line
from jupyter_connectors.session import Session
from jupyter_connectors.signatures import identifier
from jupyter_connectors.switchboard import Board, board
from jupyter_connectors.text import one_line, visible
from jupyter_connectors.toolmodes import modes_state
from jupyter_connectors.widgets.cards import entry_state
from jupyter_connectors.widgets.grants import row
from jupyter_connectors.widgets.signincard import Elsewhere
from jupyter_connectors.widgets.tools import sections


class Boards:
    """The switches of each connector, worked out again only when something they depend on is another than before.

    With 2,000 tools that takes a fifth of a second, and a panel asks after every change.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._held: dict[str, tuple[tuple[Any, ...], Board]] = {}
        self._sections: dict[str, tuple[Board, dict[str, Any]]] = {}

    def board(self, name: str) -> Board:
        """As `switchboard.board`.

        Raises:
            ConnectorError: The policy cannot be read.
        """
        session = self._session
        turns = (session.store.turn("permission"), session.store.turn("definition"))
        seen = (session.hub.connected(name), session.judge.policy(), session.notebook, turns)
        held = self._held.get(name)
        if held is None or held[0] != seen:
            held = self._held[name] = seen, board(session.hub, name)
        return held[1]

    def section(self, name: str) -> dict[str, Any]:
        """What is shown of them."""
        now, held = self.board(name), self._sections.get(name)
        if held is None or held[0] is not now:
            (made,) = sections(self._session, (now,))
            held = self._sections[name] = now, made
        return held[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a kernel."""

    session: Session
    joins: Joins
    stage: Elsewhere
    boards: Boards


def connected(look: Look) -> list[dict[str, Any]]:
    """What is connected or being connected, in the order it was asked for."""
    found = look.session.connected()
    names = {each.id for each in found}
    signing = {each["connector"] for each in look.stage.cards}
    under_way = [each for each in look.joins.held if each.state == "connecting" and each.name not in names]
    rows = [
        *(_connected(look, each) for each in found),
        *(_under_way(look, each, signing=one_line(each.name) in signing) for each in under_way),
    ]
    order = look.session.hub.order if found else ()
    # What has no place yet was pressed last.
    return sorted(rows, key=lambda row: order.index(row["id"]) if row["id"] in order else len(order))


def _connected(look: Look, found: Connected) -> dict[str, Any]:
    now, health = look.boards.board(found.id), look.session.hub.health(found.id)
    again = health.standing.again
    state = "sign in again" if again else "ready" if health.alive else "down"
    reason = "" if state == "ready" else health.last_error or ("its sign-in ran out" if again else "it is not running")
    on = [each.tool for each in now.switches if each.on]
    enabled = now.on and now.on_here
    leaving = {"type": "disconnect", "name": found.id}
    return {
        **_named(found.id, found.entry.id, found.entry.title),
        "state": state,
        "reason": one_line(reason, 300),
        "account": visible(health.account),
        "interactive": found.entry.interactive,
        "custom": found.entry.custom,
        "mine": now.on,
        "here": now.on_here,
        "tools": len(now.switches),
        "on": len(on) if enabled else 0,
        "review": sum(each.review is not None for each in now.switches),
        "hidden": sum(now.hidden.values()),
        "tokens": sum(look.session.costs.of(on)) if enabled else 0,
        "protocol": found.protocol,
        "notes": [one_line(each, 300) for each in found.notes],
        "code": code_line(leaving),
        "revoke": code_line({**leaving, "revoke": True}) if health.standing.signed_in else "",
    }


def _under_way(look: Look, join: Join, *, signing: bool) -> dict[str, Any]:
    return {
        **_named(join.name, join.entry, join.title or join.name),
        "state": "signing in" if signing else "connecting",
        "reason": "",
        "account": visible(join.account),
        "interactive": False,
        "custom": False,
        "mine": True,
        "here": True,
        **dict.fromkeys(("tools", "on", "review", "hidden", "tokens"), 0),
        "protocol": "",
        "notes": [],
        "code": "",
        "revoke": "",
    }


def _named(name: str, entry: str, title: str) -> dict[str, Any]:
    return {"id": name, "entry": entry, "title": visible(title), "variable": identifier(name, taken={})}


def directory(look: Look) -> dict[str, Any]:
    """Everything that can be connected, with how it stands and what its form asks."""
    catalogue = look.session.catalogue
    names = {each.entry.id for each in look.session.connected()}
    return {
        "categories": list(ORDER),
        "notes": list(catalogue.notes()),
        "entries": [_entry(look, each, names) for each in in_order(catalogue.entries())],
    }


def _entry(look: Look, entry: Entry, names: Collection[str]) -> dict[str, Any]:
    vault = look.session.vault
    signs_in = isinstance(entry.target, Remote) and entry.target.auth.kind != "none"
    return {
        **entry_state(entry, names, look.joins),
        "blocked": visible(look.session.judge.refusal(entry) or ""),
        "form": {
            "fields": fields(entry),
            "stored": visible(vault.told),
            "can_keep": vault.may_keep_in_file,
            "accounts": signs_in,
        },
    }


def tools(look: Look) -> dict[str, Any]:
    """The tools of what is connected, with their switches."""
    return {
        "notebook": visible(look.session.notebook.rpartition("/")[2]),
        "connectors": [look.boards.section(each.id) for each in look.session.connected()],
    }


def modes(look: Look) -> dict[str, Any]:
    """The access modes of this notebook and what each costs."""
    return modes_state(look.session)


def data(look: Look) -> list[dict[str, Any]]:
    """The frames and results of the notebook that come from connectors."""
    return held(look.session.shell.user_ns) if look.session.shell is not None else []


def grants(look: Look) -> list[dict[str, Any]]:
    """What was allowed beyond one call."""
    rows = [row(each) for each in look.session.judge.grants.all()]
    return [{**each, "code": code_line({"type": "revoke", "grant": each["id"]})} for each in rows]


def questions(look: Look) -> list[dict[str, Any]]:
    """The calls that wait for the person."""
    pending: list[dict[str, Any]] = look.session.status()["pending"]
    return pending


def signins(look: Look) -> list[dict[str, Any]]:
    """The sign-ins that were begun in the panel."""
    return look.stage.cards


PARTS: Mapping[str, Callable[[Look], Any]] = {
    "connected": connected,
    "directory": directory,
    "tools": tools,
    "modes": modes,
    "data": data,
    "grants": grants,
    "questions": questions,
    "signins": signins,
}
"""Every part by its name."""
