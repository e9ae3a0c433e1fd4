"""What the browser says to the kernel while a cell runs: the control channel, and the comm as second route.

A message arrives on whichever thread the kernel chose, so nothing is decided there: it finds the card it is for by a
random id, and the card hands it to the runtime's loop.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

Message = Mapping[str, Any]
Receiver = Callable[[Message], None]
Server = Callable[[Message], Mapping[str, Any]]
Waiter = Callable[[Message], Coroutine[Any, Any, Mapping[str, Any]]]
Loop = Callable[[], asyncio.AbstractEventLoop]

REQUEST = "jupyter_connectors_request"
REPLY = "jupyter_connectors_reply"
PANEL = "panel"
"""The id that requests of the panel in JupyterLab have."""

STATUS_COMM = "jupyter-connectors-status"
STATUS_TARGET = "jupyter_connectors"


class Desk:
    """Where messages from views arrive and find the open card they belong to."""

    def __init__(self) -> None:
        # A view may close while the garbage collector runs, in a thread that holds the lock.
        self._lock = threading.RLock()
        self._open: dict[str, Receiver] = {}
        self._served: dict[str, Server] = {}
        self._attended: dict[str, tuple[Waiter, Loop]] = {}
        self.extension = False
        """True once our extension of JupyterLab has asked this kernel for something: it draws what others cannot."""

    def open(self, identity: str, receive: Receiver) -> None:
        """From now on, messages with this id go to `receive`, on the thread they arrive on."""
        with self._lock:
            self._open[identity] = receive

    def serve(self, identity: str, answer: Server) -> None:
        """From now on, requests with this id get what `answer` says, on a thread of its own."""
        with self._lock:
            self._served[identity] = answer

    def attend(self, identity: str, answer: Waiter, loop: Loop) -> None:
        """From now on, requests with this id get what `answer` says, awaited on that loop for as long as it takes."""
        with self._lock:
            self._attended[identity] = answer, loop

    def close(self, identity: str) -> None:
        """Messages with this id are nobody's from now on."""
        with self._lock:
            self._open.pop(identity, None)
            self._served.pop(identity, None)
            self._attended.pop(identity, None)

    async def reply(self, message: object) -> dict[str, Any] | None:
        """The answer to a request, None where nobody serves its id. Other messages are read meanwhile."""
        if not isinstance(message, Mapping):
            return None
        identity = str(message.get("id"))
        with self._lock:
            served, attended = self._served.get(identity), self._attended.get(identity)
        try:
            if attended is not None:
                wait, loop = attended
                told = await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(wait(message), loop()))
            elif served is not None:
                told = await asyncio.to_thread(served, message)
            else:
                return None
            return {"status": "ok", **told}
        except Exception as problem:  # of whichever view; one that is not answered would wait for ever
            logging.getLogger(__name__).debug("a request of a view failed", exc_info=True)
            return {"status": "error", "problem": f"{type(problem).__name__}: {problem}"[:300]}

    async def answer(self, message: object) -> dict[str, Any]:
        """The answer to any message of a view: to a request, or whether it was for an open card."""
        return await self.reply(message) or {"status": "ok" if self.deliver(message) else "unknown"}

    def deliver(self, message: object) -> bool:
        """True if the message was for an open card."""
        if not isinstance(message, Mapping):
            return False
        with self._lock:
            receive = self._open.get(str(message.get("id")))
        if receive is None:
            return False
        receive(message)
        return True


def install(shell: Any, desk: Desk, status: Callable[[], dict[str, Any]]) -> None:
    """Answers the views of `shell`'s kernel on its control channel. Does nothing in a terminal."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return

    under_way: set[asyncio.Task[None]] = set()

    async def answer(stream: Any, identity: Any, parent: Any) -> None:
        message = parent.get("content")
        if isinstance(message, Mapping) and message.get("type") == "status":
            desk.extension = True
            kernel.session.send(stream, REPLY, {"status": "ok", **status()}, parent, ident=identity)
            return

        async def later() -> None:
            kernel.session.send(stream, REPLY, await desk.answer(message), parent, ident=identity)

        # Not awaited: ipykernel reads the next message of this channel only when the handler of this one has ended,
        # and an app's call may wait for an answer that comes by the same channel.
        task = asyncio.get_running_loop().create_task(later())
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    kernel.control_handlers[REQUEST] = answer
    _announce()


def _announce() -> None:
    """Lets a front end find out, by asking for the kernel's comms, that this kernel answers our requests.

    The comm is registered without telling anyone: a front end without our extension would close it.
    """
    from comm import create_comm, get_comm_manager

    comm = create_comm(target_name=STATUS_TARGET, comm_id=STATUS_COMM, primary=False)
    get_comm_manager().register_comm(comm)


def push(shell: Any, status: Mapping[str, Any]) -> None:
    """Tells the front end what is connected and what waits. From any thread."""
    kernel = getattr(shell, "kernel", None)
    if kernel is not None and kernel.iopub_socket is not None:
        content = {"comm_id": STATUS_COMM, "data": dict(status)}
        kernel.session.send(kernel.iopub_socket, "comm_msg", content)
