"""The approval card: asks in the running cell, and says what was decided where it stood."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from jupyter_connectors.approval import Answer, Request
from jupyter_connectors.bounds import holds
from jupyter_connectors.consent import bounds_of, edited, offered, reason_of, said
from jupyter_connectors.consulting import NOBODY
from jupyter_connectors.errors import InvalidArguments
from jupyter_connectors.fronts import Front, front_of
from jupyter_connectors.kernel import Desk, Message
from jupyter_connectors.prompt import ask_in_words
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.show import code, escaped
from jupyter_connectors.text import one_line
from jupyter_connectors.widgets.question import card_state

HELLO_SECONDS = 4.0
"""How long a front end may take to draw the card before we ask with `input()`."""


class Cards:
    """The questions that wait for the person: one card in the running cell for all that wait at the same time."""

    def __init__(self, shell: Any, runtime: Runtime, desk: Desk, changed: Callable[[], None]) -> None:
        self._shell = shell
        self._runtime = runtime
        self._desk = desk
        self._changed = changed
        self._waiting: dict[str, _Question] = {}
        self._open: dict[str, _Card] = {}
        self._telling = False

    @property
    def pending(self) -> list[dict[str, Any]]:
        """The state of each waiting question, for a front end that lost its view (a reloaded page)."""
        return [each.state for each in list(self._waiting.values())]

    async def approve(self, request: Request) -> Answer:
        """The person's answer, by a click, by `input()`, or "nobody". Awaited on the runtime's loop.

        What an app asks is asked where the app is, since no cell may be running.
        """
        question = _Question(request, asyncio.get_running_loop(), self._tell)
        self._desk.open(request.id, question.receive)
        self._waiting[request.id] = question
        self._tell()
        try:
            return await (self._answer(question) if not request.app else self._answer_in_app(question))
        finally:
            self._desk.close(request.id)
            self._waiting.pop(request.id, None)
            question.end()
            self._tell()

    async def _answer(self, question: _Question) -> Answer:
        self._runtime.on_main(lambda: question.look(self._shell))
        front, cell = await question.place
        if front == "nobody":
            question.settle(NOBODY)
        elif front == "terminal" or not await _within(self._card(cell).add(question), HELLO_SECONDS):
            self._runtime.on_main(question.ask)
        return await question.answered

    async def _answer_in_app(self, question: _Question) -> Answer:
        """Silence of the app's view is a no: nobody sees the question then."""
        if not await _within(question.seen, HELLO_SECONDS):
            question.settle(NOBODY)
        return await question.answered

    def _card(self, cell: str) -> _Card:
        if cell not in self._open:
            self._open[cell] = _Card(self._runtime, self._desk, lambda: self._open.pop(cell, None))
        return self._open[cell]

    def _tell(self) -> None:
        # Calls that come together are told of together.
        if not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_soon(self._told)

    def _told(self) -> None:
        self._telling = False
        self._changed()


async def _within(event: asyncio.Event, seconds: float) -> bool:
    # Not `wait_for`: up to Python 3.11 it swallows a Stop that comes together with the event.
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


class _Question:
    """One request, from asked to decided. Lives on the loop."""

    def __init__(self, request: Request, loop: asyncio.AbstractEventLoop, changed: Callable[[], None]) -> None:
        self.request = request
        self.card: _Card | None = None
        self._loop = loop
        self._changed = changed
        self.state = card_state(request)
        self.place: asyncio.Future[tuple[Front, str]] = loop.create_future()
        self.answered: asyncio.Future[Answer] = loop.create_future()
        self.seen = asyncio.Event()
        """Set once a view says that it shows this very question."""

    @property
    def line(self) -> tuple[str, str]:
        """What stays in the notebook: the call's name and what was decided."""
        return one_line(f"{self.request.call.connector}.{self.request.call.tool}"), self.state["note"]

    def look(self, shell: Any) -> None:
        """Sees who could answer and in which cell. On the main thread."""
        kernel = getattr(shell, "kernel", None)
        header = (kernel.get_parent("shell") or {}).get("header", {}) if kernel is not None else {}
        self._loop.call_soon_threadsafe(self._found, front_of(shell), str(header.get("msg_id", "")))

    def _found(self, front: Front, cell: str) -> None:
        if not self.place.done():
            self.place.set_result((front, cell))

    def receive(self, message: Message) -> None:
        """Takes a message of a view. On the kernel's control thread, so it only hands over."""
        self._loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: Message) -> None:
        if message.get("type") in ("hello", "decide"):
            self.seen.set()
            if self.card is not None:
                self.card.hello.set()
        if message.get("type") != "decide" or self.answered.done():
            return
        try:
            answer = _read(message, self.request)
        except InvalidArguments as error:
            self._refuse(error.problem)
        except (ValueError, TypeError, RecursionError) as error:
            self._refuse(one_line(str(error)))
        else:
            self.settle(answer)

    def _refuse(self, problem: str) -> None:
        # The question stays: nothing was allowed by what cannot be read. Counted, so that the view hears of each.
        self._set(problem=problem, tries=self.state["tries"] + 1)

    def _set(self, **values: Any) -> None:
        self.state = {**self.state, **values}
        self._changed()
        if self.card is not None:
            self.card.redraw()

    def settle(self, answer: Answer) -> None:
        """Takes an answer, on the loop. The first one stands."""
        if not self.answered.done():
            self.answered.set_result(answer)

    def ask(self) -> None:
        """Asks with `input()`, unless a click came meanwhile. On the main thread."""
        if not self.answered.done():
            self._loop.call_soon_threadsafe(self.settle, ask_in_words(self.request))

    def end(self) -> None:
        """Says what became of it, on the loop."""
        if self.answered.done() and not self.answered.cancelled():
            answer = self.answered.result()
            state = "denied" if answer.choice == "deny" else "allowed"
            self._set(state=state, note=said(answer, self.request), problem="")
        else:
            self._set(state="cancelled", note="stopped before it was answered", problem="")
        if self.card is not None:
            self.card.settled()


def _read(message: Message, request: Request) -> Answer:
    """The answer in a view's message.

    Raises:
        InvalidArguments, ValueError, TypeError: It cannot be read, or does not fit; it is no answer then.
    """
    choice = offered(message.get("decision"), request)
    if choice == "deny":
        return Answer(choice="deny", by="you", reason=reason_of(message.get("reason")))
    answer = Answer(choice=choice, by="you")
    if edits := message.get("edits"):
        arguments_json = edited(request, _named(edits, request))
        if arguments_json != request.call.arguments_json:
            # A lasting yes is for the call that was asked, never for one written a moment ago.
            return replace(answer, choice=offered("once", request), arguments_json=arguments_json)
    if choice in ("hours", "always"):
        pattern = bounds_of(message.get("pattern") or "")
        if pattern and not holds(pattern, request.call.arguments):
            raise ValueError("this very call is not within these limits")
        return replace(answer, pattern=pattern)
    return answer


def _named(edits: object, request: Request) -> dict[str, str]:
    """Edits by the place of their argument, turned into edits by its name: a name may hold what cannot be shown."""
    names = dict(enumerate(request.call.arguments))
    if not isinstance(edits, Mapping):
        raise TypeError("the edits cannot be read")
    found = {names.get(int(place)): text for place, text in edits.items()}
    if None in found or not all(isinstance(text, str) for text in found.values()):
        raise ValueError("the edits cannot be read")
    return found  # type: ignore[return-value]  # looked at above


class _Card:
    """The questions of one cell, from the first shown to the last decided. Lives on the loop, is drawn on the main thread."""

    def __init__(self, runtime: Runtime, desk: Desk, closed: Callable[[], object]) -> None:
        self._runtime = runtime
        self._desk = desk
        self._closed = closed
        self._id = uuid4().hex
        self._questions: list[_Question] = []
        self._view: Any = None
        self._handle: Any = None
        self._drawing = False
        self.hello = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        desk.open(self._id, self._receive)

    def add(self, question: _Question) -> asyncio.Event:
        """Puts a question on the card; the event is set once a view is known to show it."""
        self._questions.append(question)
        question.card = self
        self.redraw()
        return self.hello

    def _receive(self, message: Message) -> None:
        # On the kernel's control thread. A card only says that it is there: an answer names its question.
        if message.get("type") == "hello":
            self._loop.call_soon_threadsafe(self.hello.set)

    def redraw(self) -> None:
        """Shows how things stand, soon; what comes together is drawn once."""
        if not self._drawing:
            self._drawing = True
            self._runtime.on_main(self._draw)

    def settled(self) -> None:
        """Closes the card once nothing on it waits."""
        if all(each.state["state"] != "pending" for each in self._questions):
            self._closed()
            self._desk.close(self._id)
            self._runtime.on_main(self._close)

    def _draw(self) -> None:
        self._drawing = False
        waiting = any(each.state["state"] == "pending" for each in self._questions)
        state = {
            "id": self._id,
            "state": "pending" if waiting else "settled",
            "questions": [each.state for each in self._questions],
        }
        if self._view is not None:
            self._view.show(state)
        elif waiting:
            from IPython.display import display

            from jupyter_connectors.widgets.view import View

            self._view = View("approval", state, self._desk)
            self._handle = display(self._view, display_id=self._id)

    def _close(self) -> None:
        """Leaves lines of text where the card stood: a saved notebook shows text, never a dead widget."""
        if self._view is None:
            return
        counted: dict[tuple[str, str], int] = {}
        for each in self._questions:
            counted[each.line] = counted.get(each.line, 0) + 1
        rows = [(name, note, f" ({count} calls)" if count > 1 else "") for (name, note), count in counted.items()]
        markdown = "  \n".join(f"{code(name)}: {escaped(note)}{count}" for name, note, count in rows)
        plain = "\n".join(f"{name}: {note}{count}" for name, note, count in rows)
        self._handle.update({"text/markdown": markdown, "text/plain": plain}, raw=True)
        self._view.close()
