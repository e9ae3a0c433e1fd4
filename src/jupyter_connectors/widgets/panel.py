"""The kernel's side of the panel in JupyterLab: it is asked over the control channel, and does what the magics do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from jupyter_connectors.accounts import Means, with_means
from jupyter_connectors.directory.catalogue import custom_remote
from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import ConnectorError, UsageProblem, nearest
from jupyter_connectors.errors import UnknownConnector as Unknown
from jupyter_connectors.joining import signed_out
from jupyter_connectors.joins import Wish, joins_of
from jupyter_connectors.kernel import Message
from jupyter_connectors.panelcode import code_line
from jupyter_connectors.schema import Checker, checker
from jupyter_connectors.session import Session
from jupyter_connectors.switchboard import Target, board, choose
from jupyter_connectors.toolmodes import choose_mode
from jupyter_connectors.widgets.panelparts import PARTS, Boards, Look
from jupyter_connectors.widgets.signincard import Elsewhere
from jupyter_connectors.widgets.tools import turn

_SHARED = ("permission", "definition", "consent", "mode")
"""What other kernels of the person may have changed, as the store counts it."""

_UNREAD = "this kernel does not understand what the panel asked"
_UPGRADE = "upgrade jupyter-connectors, where the kernel runs or beside JupyterLab, until both have the same version"


class Panel:
    """Answers the panel of one kernel. Lives on the loop: no cell need end for it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._boards = Boards(session)
        self._stage = Elsewhere(session.announce)
        self._seen: object = None
        self._acts: Mapping[str, Callable[[Message], Awaitable[None]]] = {
            "look": self._look,
            "connect": self._connect,
            "disconnect": self._disconnect,
            "set": self._turn,
            "reset": self._turn,
            "accept": self._turn,
            "mode": self._mode,
            "enable": self._enable,
            "revoke": self._revoke,
        }

    async def answer(self, message: Message) -> dict[str, Any]:
        """The parts that are asked for; or what came of an action, once it is done, with the line that does the same."""
        if message.get("type") == "state":
            return await self._told(message)
        code = ""
        try:
            if _request()(dict(message)) is not None:
                # Without the words of the check: they may repeat what the person typed.
                raise UsageProblem(_UNREAD, hint=_UPGRADE)
            code = code_line(message, lambda: self._own(message))
            if message.get("dry") is not True:
                await self._acts[str(message["type"])](message)
        except ConnectorError as error:
            return self._reply(error, code)
        return {"status": "ok", "problem": "", "hint": "", "code": code, "turn": self._session.turn}

    def _reply(self, error: ConnectorError, code: str) -> dict[str, Any]:
        told = {"problem": error.problem, "hint": error.hint, "code": code, "turn": self._session.turn}
        return {"status": "error", **told}

    async def _told(self, message: Message) -> dict[str, Any]:
        try:
            return await self._state(message)
        except ConnectorError as error:
            return {**self._reply(error, ""), "version": _version()}

    async def _state(self, message: Message) -> dict[str, Any]:
        parts = message.get("parts")
        look = Look(
            session=self._session,
            joins=joins_of(self._session),
            stage=self._stage,
            boards=self._boards,
        )
        asked = [each for each in parts if each in PARTS] if isinstance(parts, list) else []
        if {"connected", "directory"} & set(asked):
            vault = self._session.vault
            await asyncio.to_thread(lambda: vault.place)  # the first look at a keyring may wait for it
        if await self._has_left():
            self._session.announce()
        turn = self._session.turn
        return {
            "status": "ok",
            "version": _version(),
            "turn": turn,
            "notebook": self._session.notebook,
            **{each: PARTS[each](look) for each in asked},
        }

    async def _look(self, message: Message) -> None:
        """Another kernel may have set something, a server may have changed its tools, a registry its list."""
        registry = self._session.catalogue.registry
        stale = registry is not None and registry.stale
        if registry is not None and stale:
            await registry.refresh()
        left = await self._has_left()
        if self._session.connected():
            await self._session.hub.renew()  # announces by itself what is another than before
        store = self._session.store
        seen = tuple(store.turn(each) for each in _SHARED)
        if stale or left or seen != self._seen:
            self._seen = seen
            self._session.announce()

    async def _has_left(self) -> bool:
        """Whether something was connected that the person has signed out of in another kernel; it is left then."""
        return bool(self._session.connected()) and await self._session.hub.leave_signed_out()

    async def _connect(self, message: Message) -> None:
        secrets = _typed(message)
        means = Means(
            client_id=message.get("client_id", ""),
            key="keyring" if "key" in secrets else "",
            client_secret="keyring" if "client_secret" in secrets else "",
        )
        if "address" in message:
            added = custom_remote(message["address"], name=message.get("name") or None)
            name, find = added.id, lambda: with_means(added, means)
        else:
            name, find = self._listed(message["entry"]), lambda: self._found(message, means)
        wish = Wish(
            entry=name,
            find=find,
            name=message.get("name", "") if "entry" in message else "",
            account=message.get("account", ""),
            secrets=secrets,
            keep=message.get("keep") is True,
        )
        await joins_of(self._session).connect(wish, self._stage)

    def _found(self, message: Message, means: Means) -> Entry:
        given = {name: value for name, value in (message.get("set") or {}).items() if value}
        return with_means(self._session.catalogue.find(message["entry"], given), means)

    def _listed(self, name: str) -> str:
        known = [each.id for each in self._session.catalogue.entries()]
        if name not in known:
            raise Unknown(f"no connector is called {name!r}", hint=nearest(name, known))
        return name

    async def _disconnect(self, message: Message) -> None:
        if message.get("revoke") is True:
            await signed_out(self._session, message["name"])
        else:
            await joins_of(self._session).disconnect(message["name"])

    async def _turn(self, message: Message) -> None:
        with suppress(TypeError, ValueError, KeyError):
            turn(self._session, message)
            return
        raise UsageProblem(_UNREAD, hint=_UPGRADE)

    async def _mode(self, message: Message) -> None:
        choose_mode(self._session, message["mode"], message.get("connector") or "")

    async def _enable(self, message: Message) -> None:
        target = Target(connector=self._session.named(message["connector"]), here=message["here"])
        choose(self._session.hub, self._session.controls, target, None if message["on"] else "block")

    async def _revoke(self, message: Message) -> None:
        if not self._session.controls.revoke(message["grant"]):
            raise UsageProblem("this grant was revoked already", hint="nothing is left to do")
        self._session.announce()

    def _own(self, message: Message) -> list[str]:
        """The tools of a group that have a setting of their own."""
        found = []
        for each in board(self._session.hub, message["connector"]).switches:
            at = each.here if message["here"] else each.mine
            if each.tool_class == message["kind"] and at is not None and at.own:
                found.append(each.tool.name)
        return found


def _typed(message: Message) -> dict[str, str]:
    """The secrets that were typed, without what a paste brings along."""
    secrets = {name: text.strip() for name, text in (message.get("secrets") or {}).items() if text.strip()}
    if not all(each.isprintable() for each in secrets.values()):
        # Found here, because an HTTP library would say it with the value.
        raise UsageProblem("a key is one line of text; this one has other characters in it", hint="copy it once more")
    return secrets


@cache
def _request() -> Checker:
    """Looks at a request as the schema of both sides describes it."""
    return checker(json.loads((files("jupyter_connectors") / "wire" / "request.schema.json").read_text()))


@cache
def _version() -> str:
    return version("jupyter-connectors")
