"""An app that is open: what its views ask the kernel for, and what becomes of that.

An app is code of the service, in a frame that reaches nothing. All it wants of its service comes by here, as requests of
the protocol (MCP Apps 2026-01-26, "View to Host"), and each is judged, asked and recorded like any other call. An app names
no connector: its own is the only one there is for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jupyter_connectors.appanswers import BAD, NO_METHOD, REFUSED, Fields, problem, refusal, told_of
from jupyter_connectors.appcsp import granted, policy, query
from jupyter_connectors.appnotes import AppNote, note_text
from jupyter_connectors.approval import Answer, Approver, Request
from jupyter_connectors.appturns import Place, Turns
from jupyter_connectors.calls import new_call
from jupyter_connectors.errors import ConnectorError, UsageProblem
from jupyter_connectors.frames.interface import Interface
from jupyter_connectors.models import Json, Tool, canonical
from jupyter_connectors.text import one_line, visible

if TYPE_CHECKING:
    from jupyter_connectors.hub import Hub

LARGEST = 1_000_000
"""Bytes of the parameters of one request, as JSON; of the context for the next question, too."""

_VIEWS, _NAME = 64, 64


class LiveApp:
    """One app, from its display to its end. Asked on the runtime's loop only."""

    def __init__(
        self, hub: Hub, interface: Interface, approve: Approver, note: Callable[[str, AppNote | None], None]
    ) -> None:
        """`note` is told, with the app's id, what the next question should know of it; None for nothing any more."""
        self.id = uuid4().hex
        self.title = visible(interface.tool.title or interface.tool.name)
        self._hub = hub
        self._interface = interface
        self._approve = approve
        self._note = note
        self._views: dict[str, None] = {}
        self._closed = asyncio.Event()
        """Set when the last view has left, for those who wait for an answer there."""

        self._waiting: dict[str, asyncio.Event] = {}
        """By view, one each: set when the call that the app belongs to is over, or the view asks anew or has left."""

        self._turns = Turns()

    @property
    def attended(self) -> bool:
        """Whether somebody can answer: one of the app's views said that it is there, and has not left."""
        return bool(self._views)

    def end(self, interface: Interface) -> None:
        """Takes what the app's own call has come to. A call that is over stays as it ended."""
        if self._interface.state != "running":
            return
        self._interface = interface
        if interface.state != "running":
            for view in list(self._waiting):
                self._wake(view)

    async def answer(self, message: Mapping[str, Any]) -> Fields:
        """The answer to one message of a view. What a browser says is looked at before it is used."""
        acts: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[Fields]]] = {
            "open": self._open,
            "outcome": self._outcome,
            "request": self._request,
            "context": self._context,
            "alive": self._alive,
            "left": self._left,
        }
        act = acts.get(str(message.get("type")))
        if act is None:
            return {"status": "error", "problem": "no such request", "hint": ""}
        if message.get("type") != "left":
            self._enter(_view(message))
        return await act(message)

    def _enter(self, view: str) -> None:
        if not view:
            return
        self._views.pop(view, None)
        self._views[view] = None
        while len(self._views) > _VIEWS:
            # Of a page that was closed without a word.
            oldest = next(iter(self._views))
            del self._views[oldest]
            self._wake(oldest)
        self._closed.clear()

    async def _alive(self, _: Mapping[str, Any]) -> Fields:
        return {}

    async def _left(self, message: Mapping[str, Any]) -> Fields:
        self._views.pop(_view(message), None)
        self._wake(_view(message))
        if not self._views:
            self._closed.set()
            # What nobody sees any more says nothing to a model. Opened again, the app begins anew and says it itself.
            self._note(self.id, None)
        return {}

    async def _open(self, _: Mapping[str, Any]) -> Fields:
        tool = self._interface.tool
        try:
            service = self._service()
            page = await self._hub.page(tool)
        except ConnectorError as error:
            return {"status": "error", "problem": visible(error.problem), "hint": visible(error.hint)}
        return {
            "title": self.title,
            "service": visible(service),
            "connector": tool.connector,
            "tool": told_of(tool),
            "arguments": dict(self._interface.arguments),
            **self._ended(),
            "html": page.html,
            "policy": policy(page.origins),
            "query": query(page.origins),
            "granted": granted(page.origins),
            "refused": list(page.origins.refused),
            "clipboard": page.clipboard,
            "border": page.prefers_border is not False,
        }

    async def _outcome(self, message: Mapping[str, Any]) -> Fields:
        """What the call came to; "running" for a request in whose place the view has made another."""
        if self._interface.state == "running":
            self._wake(_view(message))
            woken = self._waiting[_view(message)] = asyncio.Event()
            await woken.wait()
        return self._ended()

    def _wake(self, view: str) -> None:
        waiting = self._waiting.pop(view, None)
        if waiting is not None:
            waiting.set()

    def _ended(self) -> Fields:
        wire = self._interface.wire
        return {
            "state": self._interface.state,
            "result": None if wire is None else dict(wire),
            "reason": self._interface.reason,
        }

    async def _context(self, message: Mapping[str, Any]) -> Fields:
        content, structured = message.get("content"), message.get("structuredContent")
        if _size([content, structured]) > LARGEST:
            return {"status": "error", "problem": "the context is larger than 1 MB", "hint": "tell the model less"}
        text = note_text(content, structured)
        interface = self._interface
        note = AppNote(
            connector=interface.tool.connector,
            tool=interface.tool.name,
            title=self.title,
            text=text,
            entry=interface.entry,
            account=interface.account,
        )
        self._note(self.id, note if text else None)
        return {}

    async def _request(self, message: Mapping[str, Any]) -> Fields:
        method, params = str(message.get("method")), message.get("params")
        acts: Mapping[str, Callable[[Fields, Place], Awaitable[Mapping[str, Json]]]] = {
            "tools/call": self._call,
            "tools/list": self._tools,
            "resources/read": self._read,
            "resources/list": partial(self._list, method),
            "resources/templates/list": partial(self._list, method),
            "prompts/list": partial(self._list, method),
        }
        if method not in acts:
            return problem(NO_METHOD, f"{one_line(method, 60)} is not for apps")
        params = {} if params is None else params
        if not isinstance(params, dict) or _size(params) > LARGEST:
            return problem(BAD, "the parameters are no object, or larger than 1 MB")
        view = _view(message)
        async with self._turns.place() as place:
            if view and view not in self._views:
                return problem(REFUSED, "the app was closed")
            try:
                self._service()
                return {"result": dict(await acts[method](params, place))}
            except ConnectorError as error:
                return refusal(error)

    async def _call(self, params: Fields, place: Place) -> Mapping[str, Json]:
        arguments = params.get("arguments")
        arguments = {} if arguments is None else arguments
        if not isinstance(params.get("name"), str) or not isinstance(arguments, dict):
            raise UsageProblem("tools/call needs a name and an object of arguments", hint="nothing was sent")
        own = Tool(connector=self._interface.tool.connector, name=params["name"])
        call = new_call(own, arguments, asked_by="app")
        approve = partial(self._ask, place)
        if not self._hub.asks(call):
            reply = await self._hub.relay(call, approve=approve, attended=self.attended)
        else:
            async with place.turn(call.tool):
                reply = await self._hub.relay(call, approve=approve, attended=self.attended)
        return reply.wire or {}

    async def _tools(self, _: Fields, __: Place) -> Mapping[str, Json]:
        tools = self._hub.tools_for_apps(self._interface.tool.connector)
        return {"tools": [told_of(each) for each in tools]}

    async def _read(self, params: Fields, place: Place) -> Mapping[str, Json]:
        uri = params.get("uri")
        if not isinstance(uri, str) or not uri:
            raise UsageProblem("resources/read needs a uri", hint="nothing was sent")
        return await self._consult("resources/read", {"uri": uri}, place)

    async def _list(self, method: str, params: Fields, place: Place) -> Mapping[str, Json]:
        cursor = params.get("cursor")
        return await self._consult(method, {"cursor": cursor} if isinstance(cursor, str) else {}, place)

    async def _consult(self, method: str, arguments: Fields, place: Place) -> Mapping[str, Json]:
        connector, approve = self._interface.tool.connector, partial(self._ask, place)
        return await self._hub.consult(connector, method, arguments, approve=approve, attended=self.attended)

    async def _ask(self, place: Place, request: Request) -> Answer:
        """The person's answer, asked where the app is; other requests of the app go on meanwhile."""
        async with place.aside():
            return await self._answered(request)

    async def _answered(self, request: Request) -> Answer:
        """The person's answer; a no once nobody is left where the app is."""
        asking = asyncio.ensure_future(self._approve(replace(request, app=self.id, app_title=self.title)))
        leaving = asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                return asking.result()
            return Answer(choice="deny", by="the app was closed", hint="nothing was sent")
        finally:
            asking.cancel()
            leaving.cancel()

    def _service(self) -> str:
        """The title of the app's service.

        Raises:
            UsageProblem: What is connected under its name is another one, or another account.
        """
        name, interface = self._interface.tool.connector, self._interface
        entry = self._hub.connected(name).entry
        if (entry.id, self._hub.health(name).account) != (interface.entry, interface.account):
            mixed = f"{name!r} is another service or account here than the one the app came from"
            raise UsageProblem(mixed, hint="run the cell again to open the app there")
        return entry.title


def _view(message: Mapping[str, Any]) -> str:
    """The id of the view that speaks; empty where it has none."""
    view = message.get("view")
    return view[:_NAME] if isinstance(view, str) else ""


def _size(value: Json) -> int:
    """How many bytes it is on the wire."""
    return len(canonical(value).encode("utf-8", "surrogatepass"))
