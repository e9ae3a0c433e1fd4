"""Loading into IPython, and the one session of a kernel."""

from __future__ import annotations

from typing import Any

from jupyter_connectors.session import Session

_ATTRIBUTE = "_jupyter_connectors_session"


def load(shell: Any) -> Session:
    """The session of `shell`, made on the first load: magics, completion, display, control channel."""
    held: Session | None = getattr(shell, _ATTRIBUTE, None)
    if held is not None:
        return held
    from jupyter_connectors import completion, kernel
    from jupyter_connectors.magics import ConnectorMagics
    from jupyter_connectors.widgets.grid import Grids

    session = Session(shell)
    shell.register_magics(ConnectorMagics(shell, session))
    completion.install(shell, session)
    Grids(shell, session.desk).register(shell.display_formatter)
    kernel.install(shell, session.desk, session.status)
    setattr(shell, _ATTRIBUTE, session)
    return session


def unload(shell: Any) -> None:
    """Leaves every server. The magics stay and say what to do."""
    held: Session | None = getattr(shell, _ATTRIBUTE, None)
    if held is not None:
        for each in held.connected():
            held.disconnect(each.id)


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
