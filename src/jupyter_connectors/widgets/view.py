"""The widget behind every view: state to the browser in one trait, messages back to the desk."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from jupyter_connectors.kernel import Desk

_STATIC = Path(__file__).parent / "static"


@cache
def _code(name: str) -> str:
    return (_STATIC / f"{name}.js").read_text()


class View(anywidget.AnyWidget):
    """A view called `name`, drawn by `static/<name>.js` from the trait `view`.

    The trait only goes to the browser; what a browser writes into it is not read.
    """

    view = traitlets.Dict().tag(sync=True)

    def __init__(self, name: str, state: dict[str, Any], desk: Desk) -> None:
        super().__init__(_esm=_code(name), view=state)
        # ipykernel 7.4 sends a click to the subshell the kernel last published from, which is the busy main one.
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = None
        self.on_msg(lambda _widget, message, _buffers: desk.deliver(message))

    def show(self, state: dict[str, Any]) -> None:
        """Gives the browser a new state."""
        self.view = state
