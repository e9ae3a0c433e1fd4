"""One sign-in, or one key, on one card: from asked to answered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from jupyter_connectors.errors import ConnectorError, SignInNeeded
from jupyter_connectors.kernel import Desk, Message
from jupyter_connectors.loopback import Listener
from jupyter_connectors.redirects import Page, Way, listening, pasting, serving
from jupyter_connectors.returning import Return
from jupyter_connectors.sessions.signin import (
    SECONDS,
    Callback,
    Device,
    Link,
    Secret,
    SecretRequest,
    SignInRequest,
)
from jupyter_connectors.signinwords import outcome
from jupyter_connectors.text import one_line, visible
from jupyter_connectors.widgets.signincard import Card

PROBE_SECONDS = 2.5
"""How long its browser may take to find our listener."""


def kept(callback: Callback, keep: bool) -> Callback:
    """What came back, with the person's word on where it is kept; a no stays as it is."""
    return replace(callback, keep_in_file=keep) if callback != Callback() else callback


async def typed_on(card: Card, request: SecretRequest) -> Secret:
    """What the person typed on the card, or a no."""
    typed: asyncio.Future[Secret] = asyncio.get_running_loop().create_future()

    def take(message: Message) -> None:
        value = message.get("value")
        if typed.done():
            return
        if message.get("type") == "cancel":
            typed.set_result(Secret())
        elif message.get("type") == "secret" and isinstance(value, str) and value.strip():
            typed.set_result(Secret(value=value.strip(), keep_in_file=card.keep))

    card.hear(take)
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


class Asking:
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
        self.card.hear(self._take)
        try:
            page = await self.card.where()
            self._start(self._begin(page))
            found = kept(await self._back.answered, self.card.keep)
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
