"""The widget behind every view: state to the browser in one trait, messages back to the desk."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from jupyter_connectors.kernel import Desk
from jupyter_connectors.runtime import Runtime

_STATIC = Path(__file__).parent / "static"


@cache
def code_of(name: str) -> str:
    """The code of a view, as it is shipped."""
    return (_STATIC / f"{name}.js").read_text()


class View(anywidget.AnyWidget):
    """A view called `name`, drawn by `static/<name>.js` from the trait `view`.

    The trait only goes to the browser; what a browser writes into it is not read.
    """

    view = traitlets.Dict().tag(sync=True)

    def __init__(self, name: str, state: dict[str, Any], desk: Desk) -> None:
        super().__init__(_esm=code_of(name), view=state)
        # ipykernel 7.4 sends a click to the subshell the kernel last published from, which is the busy main one.
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = None
        self._desk = desk
        self.on_msg(lambda _widget, message, _buffers: self._arrived(message))

    def show(self, state: dict[str, Any]) -> None:
        """Gives the browser a new state."""
        self.view = state

    def _arrived(self, message: Any) -> None:
        self._desk.deliver(message)


class AskingView(View):
    """A view that asks by its comm and is answered by it, where no other way to the kernel is: VS Code, Colab.

    A message with a `rid` is acknowledged when the kernel reads it, which may be when a cell ends, and answered when
    there is an answer.
    """

    def __init__(self, name: str, state: dict[str, Any], desk: Desk, *, code: str, runtime: Runtime) -> None:
        """`name` is of the little that a notebook may keep; the view `code` is what it asks for when it is shown."""
        super().__init__(name, state, desk)
        self._code_name = code
        self._runtime = runtime
        self._answering: set[asyncio.Task[None]] = set()

    def _arrived(self, message: Any) -> None:
        number = message.get("rid") if isinstance(message, dict) else None
        if number is None:
            super()._arrived(message)
            return
        self.send({"rid": number, "ack": True})
        if message.get("type") == "code":
            self.send({"rid": number, "reply": self._code(message.get("name", self._code_name))})
            return
        self._runtime.post(lambda: self._begin(number, message))

    def _code(self, name: object) -> dict[str, Any]:
        """The view's own code, or that of the questions it may have to show, which is fetched with the first."""
        if name not in (self._code_name, "approval"):
            return {"status": "error", "problem": "there is no such code"}
        return {"status": "ok", "code": code_of(str(name))}

    def _begin(self, number: object, message: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(number, message))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, number: object, message: dict[str, Any]) -> None:
        self.send({"rid": number, "reply": await self._desk.answer(message)})
