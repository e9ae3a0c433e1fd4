"""The approval card: asks in the running cell, and says what was decided where it stood."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from jupyter_connectors.approval import Answer, Choice, Request
from jupyter_connectors.hub import ASKED_EACH_TIME
from jupyter_connectors.kernel import Desk, Message
from jupyter_connectors.prompt import NOBODY, Front, ask_in_words, front_of
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.show import code
from jupyter_connectors.text import visible

HELLO_SECONDS = 4.0
"""How long a front end may take to draw the card before we ask with `input()`."""

_CHOICES: dict[str, Choice] = {"once": "once", "session": "session", "deny": "deny"}
_SAID = {"once": "allowed once", "session": "allowed for this session", "deny": "denied"}


class Cards:
    """The questions that wait for the person, each on a card in the running cell."""

    def __init__(self, shell: Any, runtime: Runtime, desk: Desk, changed: Callable[[], None]) -> None:
        self._shell = shell
        self._runtime = runtime
        self._desk = desk
        self._changed = changed
        self._pending: dict[str, dict[str, Any]] = {}

    @property
    def pending(self) -> list[dict[str, Any]]:
        """The state of each waiting card, for a front end that lost its view (a reloaded page)."""
        return list(self._pending.values())

    async def approve(self, request: Request) -> Answer:
        """The person's answer, by a click, by `input()`, or "nobody". Awaited on the runtime's loop."""
        card = _Card(request, self._desk, asyncio.get_running_loop())
        self._desk.open(request.id, card.receive)
        self._pending[request.id] = card.state
        self._changed()
        try:
            return await self._answer(card)
        finally:
            self._desk.close(request.id)
            self._pending.pop(request.id, None)
            self._changed()
            self._runtime.on_main(card.close)

    async def _answer(self, card: _Card) -> Answer:
        self._runtime.on_main(lambda: card.begin(self._shell))
        front = await card.front
        if front == "nobody":
            card.settle(NOBODY)
        elif front == "terminal" or not await _within(card.hello, HELLO_SECONDS):
            self._runtime.on_main(card.ask)
        return await card.answered


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


class _Card:
    """One question in one cell, from shown to decided."""

    def __init__(self, request: Request, desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
        self._request = request
        self._desk = desk
        self._loop = loop
        self._view: Any = None
        self._handle: Any = None
        self.state = card_state(request)
        self.front: asyncio.Future[Front] = loop.create_future()
        self.hello = asyncio.Event()
        self.answered: asyncio.Future[Answer] = loop.create_future()

    def receive(self, message: Message) -> None:
        """Takes a message of the view. On the kernel's control thread, so it only hands over."""
        if message.get("type") == "hello":
            self._loop.call_soon_threadsafe(self.hello.set)
        elif message.get("type") == "decide":
            choice = _CHOICES.get(str(message.get("decision")), "deny")
            self._loop.call_soon_threadsafe(self.settle, Answer(choice=choice, by="you"))

    def settle(self, answer: Answer) -> None:
        """Takes an answer, on the loop. The first one stands."""
        if not self.answered.done():
            self.answered.set_result(answer)

    def begin(self, shell: Any) -> None:
        """Shows the card where there is a notebook, and says who can answer. On the main thread."""
        front = front_of(shell)
        if front == "notebook":
            from IPython.display import display

            from jupyter_connectors.widgets.view import View

            self._view = View("approval", self.state, self._desk)
            self._handle = display(self._view, display_id=self._request.id)
        self._loop.call_soon_threadsafe(self._found, front)

    def _found(self, front: Front) -> None:
        if not self.front.done():
            self.front.set_result(front)

    def ask(self) -> None:
        """Asks with `input()`, unless a click came meanwhile. On the main thread."""
        if not self.answered.done():
            self._loop.call_soon_threadsafe(self.settle, ask_in_words(self._request))

    def close(self) -> None:
        """Leaves a line of text where the card stood: a saved notebook shows text, never a dead widget."""
        if self._view is None:
            return
        call = self._request.call
        answered = self.answered.done() and not self.answered.cancelled()
        said = _said(self.answered.result()) if answered else "stopped before it was answered"
        name = visible(f"{call.connector}.{call.tool}")
        self._handle.update({"text/markdown": f"{code(name)}: {said}", "text/plain": f"{name}: {said}"}, raw=True)
        self._view.close()


def _said(answer: Answer) -> str:
    return _SAID[answer.choice] if answer.by == "you" else f"not allowed: {answer.by}"


def card_state(request: Request) -> dict[str, Any]:
    """What the card shows of a request; every text from the server made visible."""
    call = request.call
    arguments = [
        {"name": visible(name), "value": visible(json.dumps(value, indent=2, ensure_ascii=False))}
        for name, value in call.arguments.items()
    ]
    return {
        "id": request.id,
        "state": "pending",
        "note": "",
        "connector": call.connector,
        "title": visible(request.connector_title),
        "account": visible(call.account),
        "tool": visible(call.tool),
        "tool_title": visible(request.tool.title),
        "kind": str(request.tool_class),
        "asked_by": call.asked_by,
        "why": request.why,
        "choices": ["once", "deny"] if request.tool_class in ASKED_EACH_TIME else ["once", "session", "deny"],
        "arguments": arguments,
    }
