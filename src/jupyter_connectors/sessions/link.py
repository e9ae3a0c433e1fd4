"""The way to one server: its transport, entered and left by a task of its own, and why it no longer holds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import Any

from mcp import Client, MCPError
from mcp.client import advertise
from mcp_types import Implementation

from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.errors import ConnectionFailed, ConnectorError, ServerGone
from jupyter_connectors.sessions import failures
from jupyter_connectors.sessions.asking import asks
from jupyter_connectors.sessions.child import Child
from jupyter_connectors.sessions.codes import OURS
from jupyter_connectors.sessions.lenient import Listing, lenient
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.oauth.access import Access
from jupyter_connectors.sessions.patience import Patience
from jupyter_connectors.sessions.remote import remote_transport
from jupyter_connectors.sessions.signin import NOBODY
from jupyter_connectors.sessions.signing import Signing

# Without a handler the SDK's warnings, which quote what servers send, would be printed into the notebook.
logging.getLogger("mcp").addHandler(logging.NullHandler())
logging.getLogger("client").addHandler(logging.NullHandler())

Watch = Callable[[Client], Coroutine[Any, Any, None]]
"""What goes on beside the calls for as long as the way is open."""


class Link:
    """A client of the SDK on a transport, from `open` to `close`.

    One task of its own enters and leaves the transport: the SDK's cancel scopes must be left in the task that
    entered them.
    """

    def __init__(
        self, name: str, entry: Entry, *, limits: Limits, account: str = "", access: Access | None = None
    ) -> None:
        """`account` is which of several of the person's at the service; without `access` nobody signs in."""
        self.client: Client | None = None
        self.child: Child | None = None
        """The process of a local server."""

        self.signing: Signing | None = None
        """Who signs in to a remote one."""

        self.listing = Listing()
        """What the server says of its tools, as it comes in."""

        self.patience = Patience()
        self._name = name
        self._entry = entry
        self._limits = limits
        self._account = account
        self._access = access
        self._owner: asyncio.Task[None] | None = None
        self._leave = asyncio.Event()
        self._lost = False

    @property
    def alive(self) -> bool:
        """False once the server is known to be gone."""
        if self._lost or self._owner is None or self._owner.done():
            return False
        return self.child is None or not self.child.gone.is_set()

    async def open(self, *watching: Watch) -> Client:
        """Enters the transport, greets the server and begins the watching. What goes wrong comes as the SDK raised it."""
        ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        self._owner = asyncio.create_task(self._own(ready, watching), name=f"connector-{self._name}")
        self.client = await asyncio.shield(ready)
        return self.client

    async def close(self) -> None:
        """Leaves the server; a local one is ended. Never raises for what the server does meanwhile."""
        self._leave.set()
        if self._owner is not None:
            if self.client is None:
                self._owner.cancel()
            await asyncio.wait([self._owner], timeout=3 * self._limits.close + 2)

    async def dead(self) -> ServerGone | None:
        """The error for a local server that has ended, with its exit code and last words."""
        if self.child is None or not self.child.gone.is_set() or self.child.sent_away:
            return None
        code = await self.child.exit_code()
        said = f": {self.child.last_words}" if self.child.last_words else ""
        return ServerGone(
            f"{self._entry.title} stopped (exit code {code}){said}",
            hint="the next call starts it again; look at its command or settings if it stops again",
        )

    async def gone(self, error: BaseException | None = None) -> ConnectionFailed:
        """The error for a way that no longer holds; from here on it counts as lost."""
        self._lost = True
        return await self.dead() or failures.gone(self._entry.title, error)

    def kept(self, error: BaseException) -> ConnectorError | None:
        """Our own error, where one came in the place of a reply."""
        found = failures.cause(error)
        ours = isinstance(found, MCPError) and found.code == OURS and self.signing is not None
        return self.signing.kept(found.data) if ours else None  # type: ignore[union-attr,attr-defined]  # seen above

    async def _own(self, ready: asyncio.Future[Client], watches: tuple[Watch, ...]) -> None:
        try:
            async with AsyncExitStack() as stack:
                transport = self._transport()
                person = self._access.person if self._access is not None else NOBODY
                client = Client(
                    lenient(transport, self.listing),
                    client_info=_US,
                    elicitation_callback=asks(self._name, self._entry, person, self.patience),
                    extensions=[_APPS],
                )
                await stack.enter_async_context(client)
                watching = [asyncio.create_task(each(client)) for each in watches]
                if not ready.done():
                    ready.set_result(client)
                try:
                    await self._leave.wait()
                finally:
                    await _ended(watching)
        except BaseException as error:  # groups and stops of the SDK's too: whoever waits in `open` hears of any end
            if not ready.done():
                ready.set_exception(failures.cause(error) if isinstance(error, Exception) else ConnectionError())
                ready.exception()
            if isinstance(error, asyncio.CancelledError):
                raise

    def _transport(self) -> Any:
        target = self._entry.target
        if isinstance(target, Launch):
            self.child = Child(target, self._limits)
            return self.child.transport()
        self.signing = Signing(
            self._name, self._entry, account=self._account, access=self._access, patience=self.patience
        )
        return remote_transport(target, self._limits, self.signing)


_APPS = advertise("io.modelcontextprotocol/ui", {"mimeTypes": ["text/html;profile=mcp-app"]})
"""What a server must be told before it offers interfaces (MCP Apps 2026-01-26, "Client<>Server Capability Negotiation")."""

_US = Implementation(name="jupyter-connectors", version=version("jupyter-connectors"))


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
