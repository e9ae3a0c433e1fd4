"""How the person of this kernel is asked to sign in or for a key: by a card, in words, by a script, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, TypeVar

from jupyter_connectors.errors import SignInFailed, SignInNeeded
from jupyter_connectors.fronts import Front, front_of
from jupyter_connectors.kernel import Desk
from jupyter_connectors.redirects import listening, pasting
from jupyter_connectors.returning import Return
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.sessions.signin import (
    SECONDS,
    Callback,
    Person,
    Secret,
    SecretRequest,
    SignInRequest,
)
from jupyter_connectors.signinwords import (
    ask_in_words,
    ask_secret,
    nobody,
    stage_of,
    tell_device,
)
from jupyter_connectors.text import one_line
from jupyter_connectors.widgets.signinasking import Asking, kept, typed_on
from jupyter_connectors.widgets.signincard import LIT, Card, Stage, secret_state, sign_in_state

T = TypeVar("T")

Script = Callable[[str], str]
"""What stands for the person in a script: takes the link, gives the address the browser was sent to in the end."""

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
                        return await Asking(request, card, self._desk).answer()
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
                    return await typed_on(card, request)
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
            return kept(await device.granted(), keep)
        back = Return()
        way = listening(back, request.redirect_uris) or pasting(back, request.redirect_uris)
        try:
            link = await request.authorize(way.redirect_uri, kernel="")
            back.expect(link.state, link.redirect_uri)
            stage = stage_of(self._shell)
            keep = await self._on_main(lambda: ask_in_words(request, link, back, stage))
            return kept(await back.answered, keep)
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
