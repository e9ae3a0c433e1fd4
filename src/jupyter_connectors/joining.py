"""Joining services and leaving them: the connection, the sign-in and the notebook's variable come and go together."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_connectors.accounts import account_name, left_words
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.errors import Denied, UnknownConnector
from jupyter_connectors.session import Session
from jupyter_connectors.text import visible

if TYPE_CHECKING:
    from jupyter_connectors.offering import Connected
    from jupyter_connectors.widgets.signin import Script


def connect(
    session: Session,
    entries: Sequence[Entry],
    *,
    name: str | None = None,
    account: str = "",
    sign_in: Script | None = None,
) -> list[Connected]:
    """Connects the entries side by side and binds each in the notebook, a named account as an object of its own.

    `sign_in` stands for the person, for as long as they are connected.

    Raises:
        ConnectorError: The first that could not be connected; the others stay.
    """
    wanted = [(name or account_name(entry.id, account), entry) for entry in entries]
    for each, entry in wanted:
        session.namespace.check_free(each)
        _check_start(session, entry)
        session.sign_ins.by_script(each, sign_in)
    made = session.runtime.run(_connect(session, wanted, account))
    warm_up(session)
    return made


def disconnect(session: Session, name: str) -> None:
    """Leaves a connector and takes its object out of the notebook.

    Raises:
        UnknownConnector: Nothing is connected under this name.
    """
    found = session.named(name)
    session.runtime.run(session.hub.disconnect(found))
    unbind(session, found)


def sign_out(session: Session, name: str, account: str = "") -> str:
    """Gives a sign-in back to the service and forgets it, with what was allowed; says what came of it.

    `name` is a connector in use, or one of the directory. Other kernels hear of it at their next call.

    Raises:
        UnknownConnector: There is none of this name.
    """
    return session.runtime.run(signed_out(session, name, account))


async def signed_out(session: Session, name: str, account: str = "") -> str:
    """The same for who is on the loop."""
    try:
        found = session.hub.connected(session.named(name))
        entry, account = found.entry, account or session.hub.health(found.id).account
    except UnknownConnector:
        entry = session.catalogue.find(name)
    same = [each.id for each in session.connected() if each.entry.identity == entry.identity]
    gone = [each for each in same if session.hub.health(each).account == account]
    left = await session.hub.sign_out(entry, account=account)
    for each in gone:
        unbind(session, each)
    title = visible(f"{entry.title} ({account})" if account else entry.title)
    return left_words(title, left)


def bind(session: Session, name: str) -> None:
    """Puts the object of a connector that was joined into the notebook."""
    from jupyter_connectors.api import Connector

    session.namespace.bind(name, Connector(session, name))


def unbind(session: Session, name: str) -> None:
    """Takes the object of a connector that was left out of the notebook; no script signs in to it any more."""
    session.namespace.unbind(name)
    session.sign_ins.by_script(name, None)
    session.announce()


def _check_start(session: Session, entry: Entry) -> None:
    """Asks before a command that the person has not yet allowed, to the letter, is run for the first time."""
    if not entry.custom or not isinstance(entry.target, Launch) or session.catalogue.holds(entry):
        return
    if not session.attended:
        hint = "connect it once where you can answer; it is then remembered as it is"
        raise Denied(f"{entry.id} was not started: nobody is there to ask", hint=hint)
    from jupyter_connectors.prompt import ask_to_start

    if not ask_to_start(entry, entry.target):
        raise Denied(f"{entry.id} was not started: you said no", hint="nothing was run")


async def _connect(session: Session, wanted: Sequence[tuple[str, Entry]], account: str) -> list[Connected]:
    from jupyter_connectors.offering import Connected

    opening = (session.hub.connect(entry, name=name, account=account) for name, entry in wanted)
    done = await asyncio.gather(*opening, return_exceptions=True)
    made = [each for each in done if isinstance(each, Connected)]
    for each in made:
        bind(session, each.id)
    session.announce()
    failures = [each for each in done if isinstance(each, BaseException)]
    if failures:
        raise failures[0]
    return made


def warm_up(session: Session) -> None:
    """Loads what the first result needs, beside whatever goes on."""
    notebook = getattr(session.shell, "kernel", None) is not None
    warm = threading.Thread(
        target=_warm_up, kwargs={"notebook": notebook}, name="jupyter-connectors-imports", daemon=True
    )
    warm.start()


def _warm_up(*, notebook: bool) -> None:
    """Imports what the first result needs while the person types the call."""
    # A script may end meanwhile, which no import survives; whoever needs them imports them again and is told.
    with contextlib.suppress(Exception):
        import duckdb  # noqa: F401  # imported for its side effect: being loaded

        first = "pandas" not in sys.modules
        import pandas

        # While no cell runs pandas takes a kernel for a terminal, and would cut every frame to its width.
        if first and notebook and pandas.get_option("display.max_columns") == 0:
            pandas.set_option("display.max_columns", 20)
