"""Access modes of one notebook: which holds for each connector, what each would cost, and how it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_connectors.answering.sent import BUDGET, SQL, Cost, cost
from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.modes import MODES, SAYS, TITLES, Mode
from jupyter_connectors.session import Session
from jupyter_connectors.text import visible


def modes_of(session: Session) -> dict[str, Mode]:
    """The mode that holds for each connector in use, by its name."""
    held, notebook = session.modes.now(), session.notebook
    return {each.id: held.of(notebook, each.entry.identity) for each in session.connected()}


def choose_mode(session: Session, word: str | None, connector: str = "") -> None:
    """Sets a mode for this notebook, or in it for one connector; None takes the setting away.

    Raises:
        UsageProblem: There is no such mode.
        UnknownConnector: Nothing is connected under this name.
    """
    mode = next((each for each in MODES if each == word), None)
    if mode is None and word is not None:
        raise UsageProblem(f"{word!r} is no mode", hint=f"one of {', '.join(MODES)}, or default")
    session.modes.set(mode, session.notebook, _identity(session, connector))
    session.announce()


def mode_of(session: Session, connector: str = "") -> Mode:
    """The mode that holds in this notebook, or in it for one connector.

    Raises:
        UnknownConnector: Nothing is connected under this name.
    """
    return session.modes.now().of(session.notebook, _identity(session, connector))


def modes_state(session: Session) -> dict[str, Any]:
    """The modes of this notebook and its connectors, with what each would cost.

    The cost of the choice in use is the sum of what the connectors cost as they are, and of our own tools once.
    """
    held, notebook = session.modes.now(), session.notebook
    found = session.connected()
    own = {each.id: held.exactly(notebook, each.entry.identity) for each in found}
    told = {each.id: session.costs.of(session.hub.tools(each.id)) for each in found}
    return {
        "mode": held.of(notebook),
        "own": held.exactly(notebook) is not None,
        "choices": [
            {
                "mode": mode,
                "title": TITLES[mode],
                "says": SAYS[mode],
                "code": mode_line(mode),
                "cost": _whole(cost(told, {name: each or mode for name, each in own.items()})),
            }
            for mode in MODES
        ],
        "connectors": [
            {
                "id": each.id,
                "title": visible(each.entry.title),
                "mode": own[each.id],
                "costs": {mode: _alone(cost({each.id: told[each.id]}, {each.id: mode})) for mode in MODES},
            }
            for each in found
        ],
        "budget": BUDGET,
    }


def mode_line(mode: Mode | None, connector: str = "") -> str:
    """The line that sets a mode."""
    return " ".join(filter(None, ("%tools", connector, "--mode", mode or "default")))


def modes_words(state: Mapping[str, Any]) -> str:
    """The same in a few lines, for a cell."""
    lines = []
    for each in state["choices"]:
        mark = "→" if each["mode"] == state["mode"] else " "
        lines.append(f"{mark} {each['title']:<17} {_words(each['cost']):<34} {each['code']}")
    for each in state["connectors"]:
        if each["mode"] is not None:
            lines.append(f"  {each['title']}: {TITLES[each['mode']]}, {_words(each['costs'][each['mode']])} of its own")
    return "\n".join(line.rstrip() for line in lines)


def _identity(session: Session, connector: str) -> str:
    return session.hub.connected(session.named(connector)).entry.identity if connector else ""


def _whole(found: Cost) -> dict[str, Any]:
    return {
        "tokens": found.tokens + SQL.cost,
        "first": found.first + SQL.cost,
        "tools": found.tools,
        "most": found.most,
    }


def _alone(found: Cost) -> dict[str, Any]:
    return {
        "tokens": found.tokens - found.shared,
        "first": found.first - found.shared,
        "tools": found.tools,
        "most": found.most,
    }


def _words(found: Mapping[str, Any]) -> str:
    if found["most"]:
        return f"about {found['first']:,}, up to {found['tokens']:,} tokens"
    return f"about {found['tokens']:,} tokens"
