"""The card of a sign-in or of a key: what it shows, where it is drawn, and what its view says."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol
from uuid import uuid4

from jupyter_connectors.kernel import Desk, Message
from jupyter_connectors.redirects import Page, page_of
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.sessions.signin import SECONDS, SecretRequest, SignInRequest
from jupyter_connectors.show import escaped
from jupyter_connectors.signinwords import odd_hosts, scopes
from jupyter_connectors.text import one_line, visible

HELLO_SECONDS = 4.0
"""How long a front end may take to draw the card before we ask in words."""

PAGE_SECONDS = 6.0
"""How long it may then take to find out where it is."""

_EARLY = 8
"""Messages kept for whoever will listen: a busy loop reads a card's first word and an answer at once."""


class Drawn(Protocol):
    """A card where it is drawn."""

    def show(self, state: dict[str, Any]) -> None:
        """Draws it, or another state of it."""

    def tell(self, told: dict[str, Any]) -> None:
        """Tells the view what is in no state, so in no trait and no saved notebook."""

    def end(self, line: str) -> None:
        """Takes it away; where something stays, it is the line."""


class Stage(ABC):
    """A place for cards where no cell waits, because a button connects."""

    def __init__(self, free: AbstractAsyncContextManager[Any]) -> None:
        self.free = free
        """Held while a card is there."""

    @abstractmethod
    def draw(self, desk: Desk) -> Drawn:
        """A card to be drawn there."""

    @contextmanager
    def lit(self) -> Iterator[None]:
        """Cards of what is awaited in this block are shown there; later ones, on the same connection, in their cell."""
        lit = [self]
        before = LIT.set(lit)
        try:
            yield
        finally:
            lit.clear()
            LIT.reset(before)


class Below(Stage):
    """Below the directory in a cell. One card at a time: an output shows each, and then its line."""

    def __init__(self, handle: Any) -> None:
        """`handle` is of an output that was displayed. Any thread may draw there: an output is found by its id."""
        super().__init__(asyncio.Lock())
        self._handle = handle

    def draw(self, desk: Desk) -> Drawn:
        return _Widget(desk, self._handle)


class Elsewhere(Stage):
    """In a view that asks for the cards and draws them itself, any number of them."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is told after each change of a card."""
        super().__init__(nullcontext())
        self._changed = changed
        self._cards: dict[str, dict[str, Any]] = {}

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The states of the cards, each with what its view alone is told. For no trait and no saved notebook."""
        return list(self._cards.values())

    def draw(self, desk: Desk) -> Drawn:
        return _Listed(self)

    def put(self, identity: str, card: dict[str, Any] | None) -> None:
        """Shows a card, or with None no more."""
        if card is None:
            self._cards.pop(identity, None)
        else:
            self._cards[identity] = card
        self._changed()


class _Listed:
    """A card in the list of a view."""

    def __init__(self, place: Elsewhere) -> None:
        self._place = place
        self._state: dict[str, Any] = {}
        self._told: dict[str, Any] = {}
        self._over = False

    def show(self, state: dict[str, Any]) -> None:
        self._state = state
        if not self._over and state:
            self._place.put(state["id"], {**state, "told": self._told})

    def tell(self, told: dict[str, Any]) -> None:
        if self._told != told:
            self._told = dict(told)
            self.show(self._state)

    def end(self, line: str) -> None:
        self._over = True
        if self._state:
            self._place.put(self._state["id"], None)


class _Widget:
    """A card as a widget: in the running cell, or in an output that stands already."""

    def __init__(self, desk: Desk, handle: Any = None) -> None:
        self._desk = desk
        self._handle = handle
        self._view: Any = None

    def show(self, state: dict[str, Any]) -> None:
        if self._view is not None:
            self._view.show(state)
            return
        from IPython.display import display

        from jupyter_connectors.widgets.view import View

        self._view = View("signin", state, self._desk)
        if self._handle is None:
            self._handle = display(self._view, display_id=state["id"])
            return
        bundle = self._view._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        self._handle.update(dict(data), raw=True)

    def tell(self, told: dict[str, Any]) -> None:
        if self._view is not None:
            self._view.send(told)

    def end(self, line: str) -> None:
        if self._view is not None:
            self._handle.update({"text/markdown": escaped(line), "text/plain": line}, raw=True)
            self._view.close()
            self._view = None


LIT: ContextVar[list[Stage] | None] = ContextVar("jupyter_connectors_stage", default=None)
"""Empty once the stage is dark: the tasks of a connection keep the variables of the moment it was opened in."""


class Card:
    """One card, in the running cell or on a stage. Lives on the loop; in a cell it is drawn on the main thread."""

    def __init__(self, runtime: Runtime, desk: Desk, state: dict[str, Any], stage: Stage | None) -> None:
        self.state = state
        self.keep = False
        self.page: asyncio.Future[Page]
        self._drawn: Drawn = stage.draw(desk) if stage is not None else _Widget(desk)
        self._drawing: Callable[[Callable[[], None]], None] = runtime.on_main if stage is None else self._soon
        self._desk = desk
        self._loop = asyncio.get_running_loop()
        self.page = self._loop.create_future()
        self._seen = asyncio.Event()
        self._told: dict[str, Any] = {}
        self._take: Callable[[Message], None] | None = None
        self._early: deque[Message] = deque(maxlen=_EARLY)
        desk.open(state["id"], self._arrived)
        self._drawing(self._draw)

    def _soon(self, act: Callable[[], None]) -> None:
        self._loop.call_soon(act)

    async def is_seen(self) -> bool:
        """Whether a view says in time that it shows the card."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await self._seen.wait()
        except TimeoutError:
            return False
        return True

    async def where(self) -> Page:
        """Where the view is."""
        try:
            async with asyncio.timeout(PAGE_SECONDS):
                return await asyncio.shield(self.page)
        except TimeoutError:
            return Page()

    def hear(self, take: Callable[[Message], None]) -> None:
        """From now on `take` gets the messages that are not the card's own, first those that came already."""
        self._take = take
        while self._early:
            take(self._early.popleft())

    def set(self, **values: Any) -> None:
        """Shows other values."""
        self.state = {**self.state, **values}
        self._drawing(self._draw)

    def refuse(self, problem: str) -> None:
        """Says why the last message could not be taken; the card stays."""
        self.set(problem=problem, tries=self.state["tries"] + 1)

    def tell(self, **values: Any) -> None:
        """Tells the view what is in no state, so in no trait and no saved notebook."""
        self._told |= values
        self._drawing(self._whisper)

    def end(self, line: str) -> None:
        """Closes the card; a saved notebook shows the line, never a dead widget."""
        self._desk.close(self.state["id"])
        self._told = {}
        self._drawing(lambda: self._drawn.end(line))

    def _arrived(self, message: Message) -> None:
        # On the kernel's control thread, so it only hands over.
        self._loop.call_soon_threadsafe(self._receive, message)

    def _receive(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "hello":
            self._seen.set()
            if self._told:
                self._drawing(self._whisper)
        elif kind == "page" and not self.page.done():
            self.page.set_result(page_of(message))
        elif kind == "keep":
            self.keep = message.get("on") is True and bool(self.state["can_keep"])
        elif self._take is not None:
            self._take(message)
        else:
            self._early.append(message)

    def _draw(self) -> None:
        self._drawn.show(self.state)

    def _whisper(self) -> None:
        self._drawn.tell(self._told)


def sign_in_state(request: SignInRequest) -> dict[str, Any]:
    """What the card of a sign-in shows. It holds no link and no state: those go to the view alone."""
    return {
        "id": uuid4().hex,
        "kind": "sign-in",
        "state": "preparing",
        "connector": one_line(request.connector),
        "title": one_line(request.title),
        "host": visible(request.host),
        "issuer": visible(request.issuer),
        "account": one_line(request.account),
        "custom": request.custom,
        "why": request.why,
        "warnings": odd_hosts(request),
        "scopes": [{"name": name, "fresh": fresh, "odd": odd} for name, fresh, odd in scopes(request)],
        "stored": visible(request.stored_in),
        "can_keep": request.can_keep_in_file,
        "seconds": SECONDS,
        "way": "",
        "redirect": "",
        "device": None,
        "has_device": request.start_device is not None,
        "has_link": request.authorize is not None,
        "note": "",
        "problem": "",
        "tries": 0,
    }


def secret_state(request: SecretRequest) -> dict[str, Any]:
    """What the card that takes a key shows; never the key."""
    return {
        "id": uuid4().hex,
        "kind": "secret",
        "state": "waiting",
        "connector": one_line(request.connector),
        "title": one_line(request.title),
        "host": visible(request.host),
        "what": one_line(request.what),
        "stored": visible(request.stored_in),
        "can_keep": request.can_keep_in_file,
        "note": "",
        "problem": "",
        "tries": 0,
    }
