"""An app that is open: what its views ask the kernel for, and what becomes of that.

An app is code of the service, in a frame that reaches nothing. All it wants of its service comes by here, as requests of
the protocol (MCP Apps 2026-01-26, "View to Host"), and each is judged, asked and recorded like any other call. An app names
no connector: its own is the only one there is for it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jupyter_connectors.appcsp import granted, policy, query
from jupyter_connectors.appnotes import AppNote, note_text
from jupyter_connectors.approval import Answer, Approver, Request
from jupyter_connectors.calls import new_call
from jupyter_connectors.errors import CallFailed, ConnectorError, Denied, SignInNeeded, UsageProblem
from jupyter_connectors.frames.interface import Interface
from jupyter_connectors.models import Json, Tool, canonical
from jupyter_connectors.text import one_line, visible

if TYPE_CHECKING:
    from jupyter_connectors.hub import Hub

MOST = 8
"""Requests of one app that are under way at once; more wait."""

LARGEST = 1_000_000
"""Characters of the parameters of one request, as JSON."""

_VIEWS, _NAME = 64, 64

_NO_METHOD, _BAD, _FAILED, _REFUSED = -32601, -32602, -32603, -32000

Fields = dict[str, Any]


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

        self._over = asyncio.Event()
        """Set when the call that the app belongs to is over."""

        self.end(interface)
        self._gate = asyncio.Semaphore(MOST)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By tool: the next call that would be asked about waits, since a yes to this one may be a yes to it."""

    @property
    def attended(self) -> bool:
        """Whether somebody can answer: one of the app's views said that it is there, and has not left."""
        return bool(self._views)

    def end(self, interface: Interface) -> None:
        """Takes what the app's own call has come to. A call that is over stays as it ended."""
        if self._over.is_set():
            return
        self._interface = interface
        if interface.state != "running":
            self._over.set()

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
            self._enter(message.get("view"))
        return await act(message)

    def _enter(self, view: object) -> None:
        if not isinstance(view, str) or not view:
            return
        self._views.pop(view[:_NAME], None)
        self._views[view[:_NAME]] = None
        while len(self._views) > _VIEWS:
            # Of a page that was closed without a word.
            del self._views[next(iter(self._views))]
        self._closed.clear()

    async def _alive(self, _: Mapping[str, Any]) -> Fields:
        return {}

    async def _left(self, message: Mapping[str, Any]) -> Fields:
        self._views.pop(str(message.get("view"))[:_NAME], None)
        if not self._views:
            self._closed.set()
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
            "tool": _told(tool),
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

    async def _outcome(self, _: Mapping[str, Any]) -> Fields:
        await self._over.wait()
        return self._ended()

    def _ended(self) -> Fields:
        wire = self._interface.wire
        return {
            "state": self._interface.state,
            "result": None if wire is None else dict(wire),
            "reason": self._interface.reason,
        }

    async def _context(self, message: Mapping[str, Any]) -> Fields:
        text = note_text(message.get("content"), message.get("structuredContent"))
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
        acts: Mapping[str, Callable[[Fields], Awaitable[Mapping[str, Json]]]] = {
            "tools/call": self._call,
            "tools/list": self._tools,
            "resources/read": self._read,
            "resources/list": lambda given: self._list(method, given),
            "resources/templates/list": lambda given: self._list(method, given),
            "prompts/list": lambda given: self._list(method, given),
        }
        if method not in acts:
            return _error(_NO_METHOD, f"{one_line(method, 60)} is not for apps")
        params = {} if params is None else params
        if not isinstance(params, dict) or len(canonical(params)) > LARGEST:
            return _error(_BAD, "the parameters are no object, or larger than 1 MB")
        view = message.get("view")
        async with self._gate:
            if isinstance(view, str) and view[:_NAME] not in self._views:
                return _error(_REFUSED, "the app was closed")
            try:
                self._service()
                return {"result": dict(await acts[method](params))}
            except ConnectorError as error:
                return _refusal(error)

    async def _call(self, params: Fields) -> Mapping[str, Json]:
        arguments = params.get("arguments")
        arguments = {} if arguments is None else arguments
        if not isinstance(params.get("name"), str) or not isinstance(arguments, dict):
            raise UsageProblem("tools/call needs a name and an object of arguments", hint="nothing was sent")
        own = Tool(connector=self._interface.tool.connector, name=params["name"])
        call = new_call(own, arguments, asked_by="app")
        if not self._hub.asks(call):
            reply = await self._hub.relay(call, approve=self._ask, attended=self.attended)
        else:
            async with self._turns[call.tool]:
                reply = await self._hub.relay(call, approve=self._ask, attended=self.attended)
        return reply.wire or {}

    async def _tools(self, _: Fields) -> Mapping[str, Json]:
        tools = self._hub.tools_for_apps(self._interface.tool.connector)
        return {"tools": [_told(each) for each in tools]}

    async def _read(self, params: Fields) -> Mapping[str, Json]:
        uri = params.get("uri")
        if not isinstance(uri, str) or not uri:
            raise UsageProblem("resources/read needs a uri", hint="nothing was sent")
        return await self._consult("resources/read", {"uri": uri})

    async def _list(self, method: str, params: Fields) -> Mapping[str, Json]:
        cursor = params.get("cursor")
        return await self._consult(method, {"cursor": cursor} if isinstance(cursor, str) else {})

    async def _consult(self, method: str, arguments: Fields) -> Mapping[str, Json]:
        connector = self._interface.tool.connector
        return await self._hub.consult(connector, method, arguments, approve=self._ask, attended=self.attended)

    async def _ask(self, request: Request) -> Answer:
        """The person's answer, asked where the app is; a no once nobody is left there."""
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
            problem = f"{name!r} is another service or account here than the one the app came from"
            raise UsageProblem(problem, hint="run the cell again to open the app there")
        return entry.title


def _told(tool: Tool) -> Fields:
    """A tool as its own app is told of it, in the protocol's words."""
    said = tool.annotations
    claims = {
        "readOnlyHint": said.read_only,
        "destructiveHint": said.destructive,
        "idempotentHint": said.idempotent,
        "openWorldHint": said.open_world,
    }
    known = {name: claim for name, claim in claims.items() if claim is not None}
    told: Fields = {"name": tool.name, "inputSchema": dict(tool.input_schema)}
    told |= {"title": tool.title} if tool.title else {}
    told |= {"description": tool.description} if tool.description else {}
    told |= {"outputSchema": dict(tool.output_schema)} if tool.output_schema is not None else {}
    return told | ({"annotations": known} if known else {})


def _error(code: int, message: str) -> Fields:
    return {"error": {"code": code, "message": message}}


def _refusal(error: ConnectorError) -> Fields:
    """What an app is told of an error: of its own doing and of its server's all, of people and rules nothing."""
    if isinstance(error, Denied):
        return _error(_REFUSED, "this was not allowed")
    if isinstance(error, UsageProblem):
        return _error(_BAD, one_line(error.problem, 300))
    if isinstance(error, CallFailed):
        return _error(_FAILED, one_line(error.problem, 300))
    if isinstance(error, SignInNeeded):
        return _error(_FAILED, "the service wants a new sign-in: a cell that calls it asks for one")
    return _error(_FAILED, "the service cannot be reached")
