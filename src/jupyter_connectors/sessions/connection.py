"""One live connection to one server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import Any

from mcp import Client, MCPError
from mcp_types import Implementation
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from jupyter_connectors.errors import ConnectionFailed, ConnectorError, ReplyRejected, ServerGone
from jupyter_connectors.models import Entry, Json, Launch, Reply, Tool
from jupyter_connectors.schema import Checker, checker
from jupyter_connectors.sessions import failures
from jupyter_connectors.sessions.asking import asks
from jupyter_connectors.sessions.child import Child
from jupyter_connectors.sessions.codes import OURS
from jupyter_connectors.sessions.health import Health
from jupyter_connectors.sessions.lenient import Listing, lenient
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.listing import listed
from jupyter_connectors.sessions.oauth.access import Access
from jupyter_connectors.sessions.patience import Patience
from jupyter_connectors.sessions.remote import remote_transport
from jupyter_connectors.sessions.signin import NOBODY
from jupyter_connectors.sessions.signing import Signing, Standing
from jupyter_connectors.sessions.translating import reply_of
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

    def __init__(
        self,
        name: str,
        entry: Entry,
        *,
        limits: Limits,
        listed: Callable[[Connection], None] = lambda _: None,
        account: str = "",
        access: Access | None = None,
    ) -> None:
        """`listed` is told each time the server's tools were listed, at first and after each change of them.

        `account` is which of several of the person's at the service; without `access` nobody signs in.
        """
        self.name = name
        self.entry = entry
        self.account = account
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
        self._listing = Listing()
        self._listing_again = asyncio.Lock()
        self._listed = listed
        self._access = access
        self._patience = Patience()
        self._signing: Signing | None = None
        self._last_call: float | None = None
        self._last_error = ""

    @property
    def alive(self) -> bool:
        """False once the server is known to be gone; a new `Connection` must be opened."""
        if self._lost or self._owner is None or self._owner.done():
            return False
        return self._child is None or not self._child.gone.is_set()

    @property
    def over(self) -> bool:
        """True once a new sign-in is needed: calls fail until the connection is opened anew."""
        return self._signing is not None and self._signing.standing.again

    @property
    def health(self) -> Health:
        """How it stands now, with nothing asked of the server."""
        return Health(
            account=self.account,
            protocol=self.protocol,
            alive=self.alive,
            standing=self._signing.standing if self._signing is not None else Standing(),
            stored_in=self._access.vault.told if self._access is not None else "",
            last_call=self._last_call,
            last_error=self._last_error,
        )

    @property
    def protocol(self) -> str:
        """The negotiated protocol version, for example "2026-07-28"."""
        return self._client.protocol_version if self._client else ""

    @property
    def called(self) -> str:
        """What the server calls itself; its own word."""
        info = self._client.server_info if self._client else None
        return info.name if info is not None else ""

    async def open(self) -> None:
        """Connects and lists the tools.

        Raises:
            ConnectionFailed: The server cannot be started or reached, or does not speak MCP.
            ServerGone: It started and died; the message has its exit code and last words.
        """
        ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        self._owner = asyncio.create_task(self._own(ready), name=f"connector-{self.name}")
        error: BaseException
        try:
            async with self._patience.limit(self._limits.connect):
                self._client = await asyncio.shield(ready)
                async with self._listing_again:
                    await self._list(self._listing)
            return
        except asyncio.CancelledError:
            await self.close()
            raise
        except BaseException as caught:  # noqa: BLE001  # groups too; said in our words below
            error = caught
        problem = await self._dead() or self._kept(error) or failures.connecting(self.entry.title, error)
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
        self._last_call = time.time()
        error: BaseException
        try:
            async with self._patience.limit(seconds or self._limits.call):
                result = await self._client.call_tool(
                    tool.name, dict(arguments), progress_callback=_reporting(progress)
                )
            reply = reply_of(result)
            if checked:
                self._check(label, tool, reply)
            return reply
        except ConnectorError as ours:
            self._last_error = ours.problem
            raise
        except Exception as caught:  # noqa: BLE001  # whatever the SDK raised; said in our words below
            error = caught
        problem = self._kept(error)
        if problem is None and (failures.lost(error) or not self.alive):
            problem = await self._gone(error)
        problem = problem or failures.calling(label, error)
        self._last_error = problem.problem
        # Raised outside the except block: IPython prints the whole stack of an exception group it finds in the context.
        raise problem

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

    async def current(self) -> None:
        """Lists the tools again where the server said that they changed; returns when the list is the newest.

        Raises:
            ConnectionFailed: They cannot be listed, so nobody knows what a call would do.
        """
        error: Exception
        async with self._listing_again:
            if not self._listing.outdated.is_set() or self._client is None:
                return
            try:
                async with self._patience.limit(self._limits.connect):
                    self._listing.outdated.clear()
                    await self._list(self._listing)
                return
            except BaseException as caught:
                self._listing.outdated.set()
                if not isinstance(caught, Exception):
                    raise
                error = caught
        raise self._kept(error) or failures.connecting(self.entry.title, error)

    async def _own(self, ready: asyncio.Future[Client]) -> None:
        watching: list[asyncio.Task[None]] = []
        try:
            async with AsyncExitStack() as stack:
                transport = self._transport()
                person = self._access.person if self._access is not None else NOBODY
                client = Client(
                    lenient(transport, self._listing),
                    client_info=_US,
                    elicitation_callback=asks(self.name, self.entry, person, self._patience),
                )
                await stack.enter_async_context(client)
                watching = [asyncio.create_task(each) for each in (self._relist(), self._listen(client))]
                if not ready.done():
                    ready.set_result(client)
                try:
                    await self._leave.wait()
                finally:
                    await _ended(watching)
        except BaseException as error:
            # Left behind by a server that died, or said to whoever is waiting in `open`.
            if not ready.done():
                ready.set_exception(failures.cause(error) if isinstance(error, Exception) else ConnectionError())
                ready.exception()
            if isinstance(error, asyncio.CancelledError):
                raise

    async def _relist(self) -> None:
        """Keeps the list of tools as the server has it, looking again at most once a second."""
        while True:
            await self._listing.outdated.wait()
            with contextlib.suppress(ConnectorError):
                await self.current()
            await asyncio.sleep(1)

    async def _listen(self, client: Client) -> None:
        """Asks a server of the newer protocol to say when its tools change; an older one says so unasked."""
        tools = client.server_capabilities.tools
        if tools is None or not tools.list_changed or client.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            return
        # A server that will not say it loses nothing by that: its tools are compared when it is connected next.
        with contextlib.suppress(Exception):
            async with client.listen(tools_list_changed=True) as events:
                async for _ in events:
                    self._listing.outdated.set()

    def _transport(self) -> Any:
        target = self.entry.target
        if isinstance(target, Launch):
            self._child = Child(target, self._limits)
            return self._child.transport()
        self._signing = Signing(
            self.name, self.entry, account=self.account, access=self._access, patience=self._patience
        )
        return remote_transport(target, self._limits, self._signing)

    async def _list(self, listing: Listing) -> None:
        assert self._client is not None
        self.tools = await listed(self._client, listing, self._limits, self.name, again=bool(self.tools))
        self.notes = tuple(dict.fromkeys(visible(note) for note in listing.notes))
        self._checkers.clear()
        self._listed(self)

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

    def _kept(self, error: BaseException) -> ConnectorError | None:
        """Our own error, where one came in the place of a reply."""
        found = failures.cause(error)
        ours = isinstance(found, MCPError) and found.code == OURS and self._signing is not None
        return self._signing.kept(found.data) if ours else None  # type: ignore[union-attr,attr-defined]  # seen above

    async def _gone(self, error: BaseException | None = None) -> ConnectionFailed:
        self._lost = True
        return await self._dead() or failures.gone(self.entry.title, error)


_US = Implementation(name="jupyter-connectors", version=version("jupyter-connectors"))


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _reporting(progress: OnProgress | None) -> Any:
    if progress is None:
        return None

    async def report(done: float, total: float | None, message: str | None) -> None:
        with contextlib.suppress(Exception):  # a display that fails must not fail the call
            progress(done, total, message or "")

    return report
