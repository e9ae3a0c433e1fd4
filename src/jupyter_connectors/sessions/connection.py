"""One live connection to one server."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from mcp import Client
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import ConnectorError, ReplyRejected
from jupyter_connectors.models import Json, Reply, Tool
from jupyter_connectors.schema import Checker, checker
from jupyter_connectors.sessions import failures
from jupyter_connectors.sessions.health import Health
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.link import Link
from jupyter_connectors.sessions.listing import listed
from jupyter_connectors.sessions.oauth.access import Access
from jupyter_connectors.sessions.signing import Standing
from jupyter_connectors.sessions.translating import reply_of, wire_of
from jupyter_connectors.text import one_line, visible

OnProgress = Callable[[float, float | None, str], None]
T = TypeVar("T")

_LISTS: Mapping[str, Callable[..., Awaitable[Any]]] = {
    "resources/list": Client.list_resources,
    "resources/templates/list": Client.list_resource_templates,
    "prompts/list": Client.list_prompts,
}


class Connection:
    """A server's tools and the calls to them, from `open` to `close`. Calls may come from any task of the same loop."""

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
        self._link = Link(name, entry, limits=limits, account=account, access=access)
        self._checkers: dict[str, Checker] = {}
        self._listing_again = asyncio.Lock()
        self._listed = listed
        self._access = access
        self._last_call: float | None = None
        self._last_error = ""

    @property
    def alive(self) -> bool:
        """False once the server is known to be gone; a new `Connection` must be opened."""
        return self._link.alive

    @property
    def over(self) -> bool:
        """True once a new sign-in is needed: calls fail until the connection is opened anew."""
        return self._standing.again

    @property
    def health(self) -> Health:
        """How it stands now, with nothing asked of the server."""
        return Health(
            account=self.account,
            protocol=self.protocol,
            alive=self.alive,
            standing=self._standing,
            stored_in=self._access.vault.told if self._access is not None else "",
            last_call=self._last_call,
            last_error=self._last_error,
        )

    @property
    def _standing(self) -> Standing:
        return self._link.signing.standing if self._link.signing is not None else Standing()

    @property
    def protocol(self) -> str:
        """The negotiated protocol version, for example "2026-07-28"."""
        return self._link.client.protocol_version if self._link.client else ""

    @property
    def called(self) -> str:
        """What the server calls itself; its own word."""
        info = self._link.client.server_info if self._link.client else None
        return info.name if info is not None else ""

    def offers(self, tool: Tool) -> bool:
        """Whether the server still has the tool as it is here, to the letter."""
        if not tool.listed:
            return True
        now = {each.name: each for each in self.tools}.get(tool.name)
        return now is not None and now.definition_hash == tool.definition_hash

    async def open(self) -> None:
        """Connects and lists the tools.

        Raises:
            ConnectionFailed: The server cannot be started or reached, or does not speak MCP.
            ServerGone: It started and died; the message has its exit code and last words.
        """
        error: BaseException
        try:
            async with self._link.patience.limit(self._limits.connect):
                client = await self._link.open(self._relist, self._listen)
                async with self._listing_again:
                    await self._list(client)
            return
        except asyncio.CancelledError:
            await self.close()
            raise
        except BaseException as caught:  # noqa: BLE001  # groups too; said in our words below
            error = caught
        problem = await self._link.dead() or self._link.kept(error) or failures.connecting(self.entry.title, error)
        await self.close()
        raise problem

    async def close(self) -> None:
        """Leaves the server; a local one is ended. Never raises for what the server does meanwhile."""
        await self._link.close()

    async def call(
        self,
        tool: Tool,
        arguments: Mapping[str, Json],
        *,
        seconds: float | None = None,
        checked: bool = True,
        progress: OnProgress | None = None,
        keep: bool = False,
    ) -> Reply:
        """The server's reply to one `tools/call`.

        Cancelling the awaiting task tells the server (`notifications/cancelled`, or the closed request).

        Args:
            seconds: How long to wait; the connection's own limit when None.
            checked: Hold structured content against the tool's output schema.
            keep: Keep the whole result beside what we read of it, for an app.

        Raises:
            TimedOut: No answer in time; the server was told to stop.
            ServerGone: The connection was lost during the call.
            ReplyRejected: The reply is too large, malformed or breaks the output schema.
            ToolFailed: The server refused the request itself. An error result is returned, not raised.
        """
        label = f"{self.name}.{tool.name}"

        async def ask(client: Client) -> Reply:
            told = await client.call_tool(tool.name, dict(arguments), progress_callback=_reporting(progress))
            reply = reply_of(told, keep=keep or bool(tool.app))
            if checked:
                self._check(label, tool, reply)
            return reply

        return await self._asked(label, ask, seconds)

    async def read(self, uri: str) -> dict[str, Json]:
        """The server's reply to one `resources/read`, as JSON; what is wrong with it is as for `call`."""

        async def ask(client: Client) -> dict[str, Json]:
            return wire_of(await client.read_resource(uri, cache_mode="bypass"))

        return await self._asked(f"{self.name}: {one_line(uri, 80)}", ask)

    async def listing(self, method: str, cursor: str | None = None) -> dict[str, Json]:
        """One page of what the server lists beside its tools, as JSON; what is wrong with it is as for `call`.

        Raises:
            KeyError: There is no such list.
        """
        verb = _LISTS[method]

        async def ask(client: Client) -> dict[str, Json]:
            return wire_of(await verb(client, cursor=cursor, cache_mode="bypass"))

        return await self._asked(f"{self.name}: {method}", ask)

    async def _asked(self, label: str, ask: Callable[[Client], Awaitable[T]], seconds: float | None = None) -> T:
        """What one request gives. Raises our errors only."""
        client = self._link.client
        if client is None or not self.alive:
            raise await self._link.gone()
        self._last_call = time.time()
        error: BaseException
        try:
            async with self._link.patience.limit(seconds or self._limits.call):
                return await ask(client)
        except ConnectorError as ours:
            self._last_error = ours.problem
            raise
        except Exception as caught:  # noqa: BLE001  # whatever the SDK raised; said in our words below
            error = caught
        problem = self._link.kept(error)
        if problem is None and (failures.lost(error) or not self.alive):
            problem = await self._link.gone(error)
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
            client, outdated = self._link.client, self._link.listing.outdated
            if not outdated.is_set() or client is None:
                return
            listed = False
            try:
                async with self._link.patience.limit(self._limits.connect):
                    outdated.clear()
                    await self._list(client)
                listed = True
                return
            except Exception as caught:  # noqa: BLE001  # whatever the SDK raised; said in our words below
                error = caught
            finally:
                if not listed:
                    outdated.set()
        raise self._link.kept(error) or failures.connecting(self.entry.title, error)

    async def _relist(self, _: Client) -> None:
        """Keeps the list of tools as the server has it, looking again at most once a second."""
        while True:
            await self._link.listing.outdated.wait()
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
                    self._link.listing.outdated.set()

    async def _list(self, client: Client) -> None:
        listing = self._link.listing
        self.tools = await listed(client, listing, self._limits, self.name, again=bool(self.tools))
        self.notes = tuple(dict.fromkeys(visible(note) for note in listing.notes))
        self._checkers.clear()
        self._listed(self)


def _reporting(progress: OnProgress | None) -> Any:
    if progress is None:
        return None

    async def report(done: float, total: float | None, message: str | None) -> None:
        with contextlib.suppress(Exception):  # a display that fails must not fail the call
            progress(done, total, message or "")

    return report
