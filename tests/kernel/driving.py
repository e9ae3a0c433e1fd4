"""Drives a real kernel as a front end does: runs cells, answers on the control channel, presses Stop."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass
class Cell:
    """What a cell has shown so far, and how it ended."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    streams: str = ""
    error: dict[str, Any] | None = None
    done: bool = False

    @property
    def text(self) -> str:
        """All its plain text, what it printed included."""
        return self.streams + "\n".join(str(data.get("text/plain", "")) for data in self.shown)


class Kernel:
    """One running kernel and a client of it."""

    def __init__(self, name: str, **environment: str) -> None:
        import os

        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(env={**os.environ, **environment})
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.cards: dict[str, dict[str, Any]] = {}
        """The newest state of each widget model, by comm id."""

        self.told: dict[str, dict[str, Any]] = {}
        """What the kernel told a view alone, by comm id."""

        self._displays: dict[str, dict[str, Any]] = {}
        self._replies: dict[str, dict[str, Any]] = {}
        self._ended: set[str] = set()

    def close(self) -> None:
        """Ends the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def start(self, code: str, *, allow_stdin: bool = False) -> tuple[str, Cell]:
        """Begins a cell and returns at once."""
        return self.client.execute(code, allow_stdin=allow_stdin, stop_on_error=False), Cell()

    def run(self, code: str, *, allow_stdin: bool = False, timeout: float = 60) -> Cell:
        """A cell, run to its end."""
        number, cell = self.start(code, allow_stdin=allow_stdin)
        return self.follow(number, cell, timeout=timeout)

    def follow(
        self, number: str, cell: Cell, *, until: Callable[[Cell], bool] = lambda cell: cell.done, timeout: float = 60
    ) -> Cell:
        """Takes in messages of a cell until it is done, or `until` says so."""
        deadline = time.monotonic() + timeout
        while not until(cell):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"the cell is not there yet; it has shown {cell}")
            message = self.client.get_iopub_msg(timeout=left)
            self._take(message, number, cell)
        if cell.done:
            self._over(number)
        return cell

    def _over(self, number: str) -> None:
        """Takes the cell's reply too, unless `value` has: ipykernel 7 may not see a request that comes while it sends one.

        (https://github.com/ipython/ipykernel/issues/1554)
        """
        with contextlib.suppress(queue.Empty):
            while number not in self._ended:
                reply = self.client.get_shell_msg(timeout=2)
                self._ended.add(str(reply["parent_header"].get("msg_id")))

    def _take(self, message: dict[str, Any], number: str, cell: Cell) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "comm_open" or (kind == "comm_msg" and content["data"].get("method") == "update"):
            self.cards.setdefault(content["comm_id"], {}).update(content["data"]["state"])
            return
        if kind == "comm_msg" and content["data"].get("method") == "custom":
            self.told.setdefault(content["comm_id"], {}).update(content["data"]["content"])
            return
        if message["parent_header"].get("msg_id") != number:
            return
        if kind in ("display_data", "execute_result"):
            cell.shown.append(content["data"])
            if identity := content.get("transient", {}).get("display_id"):
                self._displays[identity] = content["data"]
        elif kind == "update_display_data":
            held = self._displays.get(content["transient"]["display_id"])
            if held is not None:
                held.clear()
                held.update(content["data"])
        elif kind == "stream":
            cell.streams += content["text"]
        elif kind == "error":
            cell.error = content
        elif kind == "status" and content["execution_state"] == "idle":
            cell.done = True

    def card(self, cell: Cell) -> dict[str, Any] | None:
        """The first question that waits on the approval card of this cell."""
        return next(iter(self.questions(cell)), None)

    def questions(self, cell: Cell) -> list[dict[str, Any]]:
        """Everything that waits on the approval card of this cell."""
        models = [data[WIDGET]["model_id"] for data in cell.shown if WIDGET in data]
        views = [self.cards.get(each, {}).get("view", {}) for each in models]
        return [each for view in views for each in view.get("questions", ()) if each["state"] == "pending"]

    def view(self, cell: Cell) -> dict[str, Any]:
        """What the newest view of this cell shows: its state, and over it what it alone was told."""
        models = [data[WIDGET]["model_id"] for data in cell.shown if WIDGET in data]
        if not models:
            return {}
        return {**self.cards.get(models[-1], {}).get("view", {}), **self.told.get(models[-1], {})}

    def say(self, content: dict[str, Any], timeout: float = 10) -> dict[str, Any]:
        """A view's message on the control channel, and the kernel's reply."""
        return self.reply(self.post(content), timeout)

    def post(self, content: dict[str, Any]) -> str:
        """A view's message on the control channel; its number, by which the kernel's reply is known."""
        message = self.client.session.msg("jupyter_connectors_request", content)
        self.client.control_channel.send(message)
        return str(message["header"]["msg_id"])

    def reply(self, number: str, timeout: float = 10) -> dict[str, Any]:
        """The kernel's reply to a message, whatever it answers before."""
        while number not in self._replies:
            reply = self.client.get_control_msg(timeout=timeout)
            self._replies[str(reply["parent_header"].get("msg_id"))] = dict(reply["content"])
        return self._replies.pop(number)

    def comm(self, comm_id: str, content: dict[str, Any]) -> None:
        """A view's message by the second route, the widget's comm on the shell channel."""
        session = self.client.session
        data = {"method": "custom", "content": content}
        self.client.shell_channel.send(session.msg("comm_msg", {"comm_id": comm_id, "data": data}))

    def ask_for_input(self, timeout: float = 10) -> str:
        """The prompt of an `input()` the kernel waits in."""
        message = self.client.get_stdin_msg(timeout=timeout)
        return str(message["content"]["prompt"])

    def type(self, text: str) -> None:
        """Answers `input()`."""
        self.client.input(text)

    def stop(self) -> None:
        """What the Stop button does."""
        self.manager.interrupt_kernel()

    def value(self, expression: str) -> Any:
        """The value of an expression in the kernel, by its repr."""
        import ast

        reply = self.client.execute_interactive(
            "", user_expressions={"it": expression}, allow_stdin=False, output_hook=lambda _: None, timeout=60
        )
        told = reply["content"]["user_expressions"]["it"]
        if told["status"] != "ok":
            raise AssertionError(f"{expression}: {told['ename']}: {told['evalue']}")
        return ast.literal_eval(told["data"]["text/plain"])


SLEEPS = "import time\nprint('begun', flush=True)\ntime.sleep(120)"
"""A cell that runs until it is stopped, and says when it begins."""


def begun(kernel: Kernel, code: str = SLEEPS) -> tuple[str, Cell]:
    """A cell that has said `begun`, and goes on."""
    number, cell = kernel.start(code)
    kernel.follow(number, cell, until=lambda each: "begun" in each.streams)
    return number, cell


def stopped(kernel: Kernel, number: str, cell: Cell) -> None:
    """Stops a cell, which until then has run."""
    kernel.stop()
    kernel.follow(number, cell)
    assert cell.error is not None and cell.error["ename"] == "KeyboardInterrupt", cell


def new_id() -> str:
    return uuid4().hex
