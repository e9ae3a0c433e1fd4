"""One live connection to one server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import Any

from mcp import Client
from mcp_types import CallToolResult, Implementation, TextContent

from jupyter_connectors.errors import ConnectionFailed, ConnectorError, ReplyRejected, ServerGone
from jupyter_connectors.models import Annotations, Entry, Json, Launch, Reply, Tool
from jupyter_connectors.schema import Checker, checker
from jupyter_connectors.sessions import failures
from jupyter_connectors.sessions.child import Child
from jupyter_connectors.sessions.lenient import Listing, lenient
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.remote import remote_transport
from jupyter_connectors.text import visible

# Without a handler the SDK's warnings, which quote what servers send, would be printed into the notebook.
logging.getLogger("mcp").addHandler(logging.NullHandler())
logging.getLogger("client").addHandler(logging.NullHandler())

OnProgress = Callable[[float, float | None, str], None]


class Connection:
    """A server's tools and the calls to them, from `open` to `close`.

    One task of its own enters and leaves the transport: the SDK's cancel scopes must be left in the task that
    entered them. Calls may come from any task of the same loop.
    """

    def __init__(self, name: str, entry: Entry, *, limits: Limits) -> None:
        self.name = name
        self.entry = entry
        self.tools: tuple[Tool, ...] = ()
        self.notes: tuple[str, ...] = ()
        """What had to be dropped or mended in the server's list of tools."""

        self._limits = limits
        self._client: Client | None = None
        self._child: Child | None = None
        self._owner: asyncio.Task[None] | None = None
        self._leave = asyncio.Event()
        self._lost = False
        self._checkers: dict[str, Checker] = {}

    @property
    def alive(self) -> bool:
        """False once the server is known to be gone; a new `Connection` must be opened."""
        if self._lost or self._owner is None or self._owner.done():
            return False
        return self._child is None or not self._child.gone.is_set()

    @property
    def protocol(self) -> str:
        """The negotiated protocol version, for example "2026-07-28"."""
        return self._client.protocol_version if self._client else ""

    async def open(self) -> None:
        """Connects and lists the tools.

        Raises:
            ConnectionFailed: The server cannot be started or reached, or does not speak MCP.
            ServerGone: It started and died; the message has its exit code and last words.
        """
        listing = Listing()
        ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        self._owner = asyncio.create_task(self._own(listing, ready), name=f"connector-{self.name}")
        error: BaseException
        try:
            async with asyncio.timeout(self._limits.connect):
                self._client = await asyncio.shield(ready)
                await self._list(listing)
            return
        except asyncio.CancelledError:
            await self.close()
            raise
        except BaseException as caught:  # noqa: BLE001  # groups too; said in our words below
            error = caught
        problem = await self._dead() or failures.connecting(self.entry.title, error)
        await self.close()
        raise problem

    async def close(self) -> None:
        """Leaves the server; a local one is ended. Never raises for what the server does meanwhile."""
        self._leave.set()
        if self._owner is not None:
            if self._client is None:
                self._owner.cancel()
            await asyncio.wait([self._owner], timeout=3 * self._limits.close + 2)

    async def call(
        self,
        tool: Tool,
        arguments: Mapping[str, Json],
        *,
        seconds: float | None = None,
        checked: bool = True,
        progress: OnProgress | None = None,
    ) -> Reply:
        """The server's reply to one `tools/call`.

        Cancelling the awaiting task tells the server (`notifications/cancelled`, or the closed request).

        Args:
            seconds: How long to wait; the connection's own limit when None.
            checked: Hold structured content against the tool's output schema.

        Raises:
            TimedOut: No answer in time; the server was told to stop.
            ServerGone: The connection was lost during the call.
            ReplyRejected: The reply is too large, malformed or breaks the output schema.
            ToolFailed: The server refused the request itself. An error result is returned, not raised.
        """
        label = f"{self.name}.{tool.name}"
        if self._client is None or not self.alive:
            raise await self._gone()
        error: BaseException
        try:
            async with asyncio.timeout(seconds or self._limits.call):
                result = await self._client.call_tool(
                    tool.name, dict(arguments), progress_callback=_reporting(progress)
                )
            reply = _reply(result)
            if checked:
                self._check(label, tool, reply)
            return reply
        except ConnectorError:
            raise
        except Exception as caught:  # noqa: BLE001  # whatever the SDK raised; said in our words below
            error = caught
        # Raised outside the except block: IPython prints the whole stack of an exception group it finds in the context.
        if failures.lost(error) or not self.alive:
            raise await self._gone(error)
        raise failures.calling(label, error)

    def _check(self, label: str, tool: Tool, reply: Reply) -> None:
        """Holds structured content against the tool's own output schema (MCP specification, "Structured Content")."""
        if reply.is_error or tool.output_schema is None:
            return
        hint = "the server breaks its own promise; tell the people who run it"
        if reply.structured is None:
            raise ReplyRejected(f"{label} promises structured content and sent none", hint=hint)
        if tool.name not in self._checkers:
            self._checkers[tool.name] = checker(tool.output_schema)
        broken = self._checkers[tool.name](reply.structured)
        if broken is not None:
            raise ReplyRejected(f"{label} sent a result that breaks its output schema, {broken}", hint=hint)

    async def _own(self, listing: Listing, ready: asyncio.Future[Client]) -> None:
        try:
            async with AsyncExitStack() as stack:
                transport = self._transport()
                client = Client(lenient(transport, listing), client_info=_US)
                await stack.enter_async_context(client)
                if not ready.done():
                    ready.set_result(client)
                await self._leave.wait()
        except BaseException as error:
            # Left behind by a server that died, or said to whoever is waiting in `open`.
            if not ready.done():
                ready.set_exception(failures.cause(error) if isinstance(error, Exception) else ConnectionError())
                ready.exception()
            if isinstance(error, asyncio.CancelledError):
                raise

    def _transport(self) -> Any:
        target = self.entry.target
        if isinstance(target, Launch):
            self._child = Child(target, self._limits)
            return self._child.transport()
        return remote_transport(target, self._limits)

    async def _list(self, listing: Listing) -> None:
        assert self._client is not None
        if self._client.server_capabilities.tools is None:
            listing.notes.append("the server offers no tools")
            return
        names: dict[str, None] = {}
        seen: set[str] = set()
        cursor: str | None = None
        for _ in range(self._limits.list_pages):
            page = await self._client.list_tools(cursor=cursor)
            names.update(dict.fromkeys(tool.name for tool in page.tools))
            cursor = page.next_cursor
            if cursor is None:
                break
            if cursor in seen:
                listing.notes.append("the list of tools repeats itself; what it had shown by then is used")
                break
            seen.add(cursor)
        else:
            listing.notes.append(f"the list of tools has no end; the first {len(names):,} are used")
        kept = list(names)[: self._limits.tools]
        if len(names) > len(kept):
            listing.notes.append(f"it lists {len(names):,} tools; the first {len(kept):,} are used")
        self.tools = tuple(_tool(self.name, listing.definitions[name]) for name in kept)
        self.notes = tuple(dict.fromkeys(visible(note) for note in listing.notes))

    async def _dead(self) -> ServerGone | None:
        """The error for a local server that has ended, with its exit code and last words."""
        if self._child is None or not self._child.gone.is_set() or self._child.sent_away:
            return None
        code = await self._child.exit_code()
        said = f": {self._child.last_words}" if self._child.last_words else ""
        return ServerGone(
            f"{self.entry.title} stopped (exit code {code}){said}",
            hint="the next call starts it again; look at its command or settings if it stops again",
        )

    async def _gone(self, error: BaseException | None = None) -> ConnectionFailed:
        self._lost = True
        return await self._dead() or failures.gone(self.entry.title, error)


_US = Implementation(name="jupyter-connectors", version=version("jupyter-connectors"))


def _reporting(progress: OnProgress | None) -> Any:
    if progress is None:
        return None

    async def report(done: float, total: float | None, message: str | None) -> None:
        with contextlib.suppress(Exception):  # a display that fails must not fail the call
            progress(done, total, message or "")

    return report


def _reply(result: CallToolResult) -> Reply:
    texts = tuple(block.text for block in result.content if isinstance(block, TextContent))
    other = tuple(block.type for block in result.content if not isinstance(block, TextContent))
    return Reply(texts=texts, structured=result.structured_content, is_error=bool(result.is_error), other=other)


def _tool(connector: str, told: Mapping[str, Any]) -> Tool:
    claims = told.get("annotations")
    claims = claims if isinstance(claims, dict) else {}
    output = told.get("outputSchema")

    def claim(name: str) -> bool | None:
        value = claims.get(name)
        return value if isinstance(value, bool) else None

    return Tool(
        connector=connector,
        name=told["name"],
        title=str(told.get("title") or claims.get("title") or ""),
        description=str(told.get("description") or ""),
        input_schema=told["inputSchema"],
        output_schema=output if isinstance(output, dict) else None,
        annotations=Annotations(
            read_only=claim("readOnlyHint"),
            destructive=claim("destructiveHint"),
            idempotent=claim("idempotentHint"),
            open_world=claim("openWorldHint"),
        ),
    )
