"""Loading into IPython, and the one session of a kernel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from jupyter_connectors.kernel import PANEL, Message
from jupyter_connectors.session import Session

if TYPE_CHECKING:
    from jupyter_connectors.widgets.panel import Panel

_ATTRIBUTE = "_jupyter_connectors_session"


def load(shell: Any) -> Session:
    """The session of `shell`, made on the first load: magics, completion, display, control channel."""
    held: Session | None = getattr(shell, _ATTRIBUTE, None)
    if held is not None:
        return held
    from jupyter_connectors import completion, kernel
    from jupyter_connectors.magics import ConnectorMagics
    from jupyter_connectors.widgets.apps import apps_of
    from jupyter_connectors.widgets.grid import Grids

    session = Session(shell)
    shell.register_magics(ConnectorMagics(shell, session))
    completion.install(shell, session)
    Grids(shell, session.desk, apps_of(session).beside).register(shell.display_formatter)
    shell.events.register("post_run_cell", apps_of(session).after)
    _attend_panel(session)
    kernel.install(shell, session.desk, session.status)
    setattr(shell, _ATTRIBUTE, session)
    return session


def _attend_panel(session: Session) -> None:
    """Answers the panel of JupyterLab; what it takes is loaded when a panel first asks."""

    @cache
    def panel() -> Panel:
        from jupyter_connectors.widgets.panel import Panel

        return Panel(session)

    async def answer(message: Message) -> Mapping[str, Any]:
        return await panel().answer(message)

    session.desk.attend(PANEL, answer, lambda: session.runtime.loop)


def unload(shell: Any) -> None:
    """Leaves every server. The magics stay and say what to do."""
    held: Session | None = getattr(shell, _ATTRIBUTE, None)
    if held is not None:
        from jupyter_connectors import joining

        for each in held.connected():
            joining.disconnect(held, each.id)


def current() -> Session:
    """The session of this kernel or process; in a plain script, one without a notebook."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        return load(shell)
    if _script is None:
        _remember(Session(None))
    assert _script is not None
    return _script


_script: Session | None = None
"""The session of a process without IPython. A module has one namespace for `jc.connect()` as a kernel has."""


def _remember(session: Session) -> None:
    global _script
    _script = session
