"""The cards of a sign-in and of a key: what the person is shown, and how their answer reaches the kernel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from jupyter_connectors.errors import ConnectorError, SignInFailed, SignInNeeded
from jupyter_connectors.fronts import Front, front_of
from jupyter_connectors.kernel import Desk, Message
from jupyter_connectors.loopback import Listener
from jupyter_connectors.redirects import Page, Way, listening, pasting, serving
from jupyter_connectors.returning import Return
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.sessions.signin import (
    SECONDS,
    Callback,
    Device,
    Link,
    Person,
    Secret,
    SecretRequest,
    SignInRequest,
)
from jupyter_connectors.signinwords import (
    ask_in_words,
    ask_secret,
    nobody,
    outcome,
    stage_of,
    tell_device,
)
from jupyter_connectors.text import one_line, visible
from jupyter_connectors.widgets.signincard import LIT, Card, Stage, secret_state, sign_in_state

T = TypeVar("T")

Script = Callable[[str], str]
"""What stands for the person in a script: takes the link, gives the address the browser was sent to in the end."""

PROBE_SECONDS = 2.5
"""How long its browser may take to find our listener."""

MAIN_SECONDS = 5.0
"""How long until a cell that waits runs what only its thread may do; after that, none waits."""


class SignIns:
    """How the person is asked in this kernel: by a card, in words, or not at all."""

    def __init__(self, shell: Any, runtime: Runtime, desk: Desk) -> None:
        self._shell = shell
        self._runtime = runtime
        self._desk = desk
        self._scripts: dict[str, Script] = {}

    def by_script(self, connector: str, script: Script | None) -> None:
        """Has a script sign in to a connector from now on; with None a person again."""
        self._scripts.pop(connector, None)
        if script is not None:
            self._scripts[connector] = script

    @property
    def person(self) -> Person:
        """What the connections are given."""
        return Person(sign_in=self.sign_in, secret=self.secret)

    async def sign_in(self, request: SignInRequest) -> Callback:
        """What came back from the service, or a no. Awaited on the runtime's loop.

        Raises:
            SignInNeeded: Nobody is there, or nobody did it in time.
            SignInFailed: The service cannot be used.
        """
        if (script := self._scripts.get(request.connector)) is not None:
            return await _scripted(request, script)
        front, stage = await self._front()
        if front == "nobody":
            raise nobody(request.connector, f"a sign-in at {request.issuer}")
        try:
            async with asyncio.timeout(SECONDS), stage.free if stage is not None else nullcontext():
                if front == "notebook":
                    card = Card(self._runtime, self._desk, sign_in_state(request), stage)
                    if await card.is_seen():
                        return await _Asking(request, card, self._desk).answer()
                    card.end("")
                if stage is not None:
                    raise nobody(request.connector, f"a sign-in at {request.issuer}")
                return await self._in_words(request)
        except TimeoutError:
            pass
        raise SignInNeeded(
            f"{one_line(request.connector)}: nobody signed in within {SECONDS / 60:.0f} minutes",
            hint="run the cell again when you are ready",
        )

    async def secret(self, request: SecretRequest) -> Secret:
        """The key or password the person typed, or a no. It is in no output, no trait and no history.

        Raises:
            SignInNeeded: Nobody is there.
        """
        front, stage = await self._front()
        async with stage.free if stage is not None else nullcontext():
            if front == "notebook":
                card = Card(self._runtime, self._desk, secret_state(request), stage)
                if await card.is_seen():
                    return await _typed(request, card)
                card.end("")
        if front == "nobody" or stage is not None:
            raise nobody(request.connector, one_line(request.what))
        return await self._on_main(lambda: ask_secret(request))

    async def _front(self) -> tuple[Front, Stage | None]:
        """Who could answer, and where their card is shown if not in a cell that waits."""
        if lit := LIT.get():
            return "notebook", lit[0]
        try:
            async with asyncio.timeout(MAIN_SECONDS):
                return await self._on_main(lambda: front_of(self._shell)), None
        except TimeoutError:
            return "nobody", None

    async def _on_main(self, act: Callable[[], T]) -> T:
        """What `act` gives on the thread of the waiting cell."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def run() -> None:
            if not done.done():
                found = act()
                loop.call_soon_threadsafe(lambda: None if done.done() else done.set_result(found))

        self._runtime.on_main(run)
        return await done

    async def _in_words(self, request: SignInRequest) -> Callback:
        if request.authorize is None:
            if request.start_device is None:
                return Callback()
            device = await request.start_device()
            keep = await self._on_main(lambda: tell_device(request, device))
            return _kept(await device.granted(), keep)
        back = Return()
        way = listening(back, request.redirect_uris) or pasting(back, request.redirect_uris)
        try:
            link = await request.authorize(way.redirect_uri, kernel="")
            back.expect(link.state, link.redirect_uri)
            stage = stage_of(self._shell)
            keep = await self._on_main(lambda: ask_in_words(request, link, back, stage))
            return _kept(await back.answered, keep)
        finally:
            back.close()
            way.close()


async def _scripted(request: SignInRequest, script: Script) -> Callback:
    """What came back from the link that a script followed: to our listener, or in its hands."""
    if request.authorize is None:
        raise nobody(request.connector, f"a code typed at {request.issuer}")
    back, problem = Return(), ""
    way = pasting(back, request.redirect_uris)
    try:
        link = await request.authorize(way.redirect_uri, kernel="")
        back.expect(link.state, link.redirect_uri)
        try:
            address = await asyncio.to_thread(script, link.url)
        except Exception as error:  # noqa: BLE001  # the script's own; its text may hold the link, so it is not told
            problem = f"it raised {type(error).__name__}"
        else:
            problem = "" if back.is_over else back.offer_pasted(str(address))
        if not problem:
            return await back.answered
    finally:
        back.close()
        way.close()
    raise SignInFailed(
        f"{one_line(request.connector)}: the script that signs in did not: {problem}",
        hint="it is given the link, and gives the address the browser was sent to in the end",
    )


def _kept(callback: Callback, keep: bool) -> Callback:
    """What came back, with the person's word on where it is kept; a no stays as it is."""
    return replace(callback, keep_in_file=keep) if callback != Callback() else callback


async def _typed(request: SecretRequest, card: Card) -> Secret:
    typed: asyncio.Future[Secret] = asyncio.get_running_loop().create_future()

    def take(message: Message) -> None:
        value = message.get("value")
        if typed.done():
            return
        if message.get("type") == "cancel":
            typed.set_result(Secret())
        elif message.get("type") == "secret" and isinstance(value, str) and value.strip():
            typed.set_result(Secret(value=value.strip(), keep_in_file=card.keep))

    card.take = take
    said = "stopped before it was given"
    try:
        async with asyncio.timeout(SECONDS):
            found = await typed
        said = "was given" if found.value else "was not given: you said no"
        return found
    except TimeoutError:
        pass
    finally:
        card.end(f"{one_line(request.connector)}: {one_line(request.what)} {said}")
    return Secret()


class _Asking:
    """One sign-in on one card, from asked to answered. Lives on the loop."""

    def __init__(self, request: SignInRequest, card: Card, desk: Desk) -> None:
        self.request = request
        self.card = card
        self.desk = desk
        self._back = Return()
        self._ways: list[Way] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._codes: list[str] = []

    async def answer(self) -> Callback:
        """What came back, or a no.

        Raises:
            ConnectorError: No link could be made, or the service refused the device.
        """
        found = None
        self.card.take = self._take
        try:
            page = await self.card.where()
            self._start(self._begin(page))
            found = _kept(await self._back.answered, self.card.keep)
            return found
        finally:
            self._back.close()
            for task in self._tasks:
                task.cancel()
            for code in self._codes:
                self.desk.close(code)
            for way in self._ways:
                way.close()
            self.card.end(outcome(self.request, found))

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._finish(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, work: Any) -> None:
        try:
            await work
        except ConnectorError as error:
            self._back.fail(error)

    async def _begin(self, page: Page) -> None:
        way = await self._direct(page) if self.request.authorize is not None else None
        if way is None and self.request.start_device is not None:
            await self._device()
        else:
            await self._link(way)

    async def _direct(self, page: Page) -> Way | None:
        """A way on which the answer comes by itself; None where the person must carry it."""
        allowed = self.request.redirect_uris
        way = listening(self._back, allowed) if page.is_here else None
        if way is not None and await self._reaches(way.listener):
            self._ways.append(way)
            return way
        if way is not None:
            way.close()
        return serving(page, allowed)

    async def _reaches(self, listener: Listener | None) -> bool:
        """Whether the person's browser gets to our listener. Its page may be on `localhost` through a tunnel."""
        assert listener is not None
        self.card.tell(probe=listener.probe)
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await listener.met.wait()
        except TimeoutError:
            return False
        return True

    async def _link(self, way: Way | None) -> None:
        assert self.request.authorize is not None
        if way is None:
            way = pasting(self._back, self.request.redirect_uris)
            self._ways.append(way)
        link: Link = await self.request.authorize(way.redirect_uri, kernel=way.kernel)
        if urlsplit(link.url).scheme not in ("http", "https"):
            raise SignInNeeded(
                f"{self.request.issuer} has no page that can be opened", hint="tell the people who run it"
            )
        self._back.expect(link.state, link.redirect_uri)
        if way.kernel:
            code = link.state.rpartition(".")[2]
            self._codes.append(code)
            self.desk.serve(code, lambda told: {"taken": told.get("type") == "callback" and self._back.offer(told)})
        self.card.set(state="link", way=way.name, redirect=way.redirect_uri, link_host=visible(link.host))
        self.card.tell(link=link.url)

    async def _device(self) -> None:
        assert self.request.start_device is not None
        device: Device = await self.request.start_device()
        shown = {
            "code": one_line(device.user_code, 60),
            "host": visible(device.host),
            "address": one_line(device.verification_uri, 500),
        }
        self.card.set(state="device", device=shown, seconds=min(SECONDS, device.seconds))
        self._back.settle(await device.granted())

    def _take(self, message: Message) -> None:
        kind, state = message.get("type"), self.card.state["state"]
        if kind == "cancel":
            self._back.settle(Callback())
        elif kind == "paste" and state == "link":
            if problem := self._back.offer_pasted(str(message.get("address", ""))):
                self.card.refuse(problem)
        elif kind == "device" and state == "link" and self.request.start_device is not None:
            self._start(self._device())
        elif kind == "link" and state == "device" and self.request.authorize is not None:
            self._start(self._link(None))
