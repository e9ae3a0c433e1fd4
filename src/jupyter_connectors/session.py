"""Everything one kernel holds: the loop, the hub, the catalogue, the cards, the frames of `%%ask`."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jupyter_connectors.api import Connector
from jupyter_connectors.approval import Approver
from jupyter_connectors.audit import Audit
from jupyter_connectors.errors import UnknownConnector, UsageProblem, nearest
from jupyter_connectors.hub import Connected, Hub
from jupyter_connectors.kernel import Desk, push
from jupyter_connectors.models import Entry, ToolCall
from jupyter_connectors.prompt import front_of
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.signatures import identifier
from jupyter_connectors.store import default_path, open_store
from jupyter_connectors.text import visible
from jupyter_connectors.widgets.approval import Cards

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_connectors.directory.catalogue import Catalogue
    from jupyter_connectors.frames.gathering import Gathering
    from jupyter_connectors.frames.result import Result


class Session:
    """What the magics and the Python functions work on. Made at `%load_ext`; everything heavy on first use."""

    def __init__(self, shell: Any = None, *, limits: Limits | None = None) -> None:
        self.shell = shell
        self.runtime = Runtime()
        self.desk = Desk()
        self.cards = Cards(shell, self.runtime, self.desk, self.announce)
        self._off: set[tuple[str, str | None]] = set()
        self._limits = limits or Limits()
        self._hub: Hub | None = None
        self._watching: list[Callable[[], None]] = []
        self.conversation: Any = None
        """The conversation of `%%ask` that goes on; the module that answers makes and reads it."""

        self.bound: dict[str, object] = {}
        """The frames `%%ask` bound in the notebook, by name."""

    @cached_property
    def store(self) -> sqlite3.Connection:
        """The user's state, opened on first use."""
        return open_store(default_path())

    @cached_property
    def audit(self) -> Audit:
        """The record of every call."""
        return Audit(self.store)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What can be connected."""
        from jupyter_connectors.directory.catalogue import Catalogue

        return Catalogue(self.store)

    @cached_property
    def hub(self) -> Hub:
        """The call path. Its servers are left when the kernel ends."""
        spool = tempfile.TemporaryDirectory(prefix="jupyter-connectors-")
        hub = Hub(
            audit=self.audit,
            spool_dir=Path(spool.name),
            limits=self._limits,
            switched_off=lambda: frozenset(self._off),
            again=self.again,
        )

        def leave() -> None:
            self.runtime.submit(hub.close()).future.result(timeout=10)
            self.runtime.close()
            spool.cleanup()

        atexit.register(leave)
        self._hub = hub
        return hub

    def connect(self, entries: Sequence[Entry], *, name: str | None = None) -> list[Connected]:
        """Connects the entries side by side and binds each in the notebook.

        Raises:
            ConnectorError: The first that could not be connected; the others stay.
        """
        for entry in entries:
            self.check_free(name or entry.id)
        made = self.runtime.run(self._connect(entries, name))
        warm = threading.Thread(target=_warm_up, name="jupyter-connectors-imports", daemon=True)
        warm.start()
        return made

    async def _connect(self, entries: Sequence[Entry], name: str | None) -> list[Connected]:
        done = await asyncio.gather(*(self.hub.connect(entry, name=name) for entry in entries), return_exceptions=True)
        made = [each for each in done if isinstance(each, Connected)]
        for each in made:
            self.bind(each.id)
        self.announce()
        failures = [each for each in done if isinstance(each, BaseException)]
        if failures:
            raise failures[0]
        return made

    def disconnect(self, name: str) -> None:
        """Leaves a connector and takes its object out of the notebook."""
        found = self._connected_as(name)
        self.runtime.run(self.hub.disconnect(found))
        self.unbind(found)

    def is_taken(self, name: str) -> bool:
        """True for a variable of the notebook that is the person's own, not a frame we bound."""
        held = self.shell.user_ns if self.shell is not None else {}
        return name in held and held[name] is not self.bound.get(name)

    def unbind(self, name: str) -> None:
        """Takes a connector's object out of the notebook, if it is still there."""
        if self.shell is not None and isinstance(self.shell.user_ns.get(_variable(name)), Connector):
            del self.shell.user_ns[_variable(name)]
        self.announce()

    def bind(self, name: str) -> None:
        """Puts the connector's object into the notebook, `acme-billing` as `acme_billing`."""
        if self.shell is not None:
            self.shell.user_ns[_variable(name)] = Connector(self, name)

    def call(self, call: ToolCall) -> Result:
        """The result of a call, for a cell that waits."""
        with self._progress() as progress:
            return self.runtime.run(self.hub.call(call, approve=self.approve, progress=progress))

    def again(self, call: ToolCall, entry: str, held: Gathering | None) -> Result:
        """The result of a call that a result asks for: more of its rows, or the same once more.

        Raises:
            UsageProblem: The call went to another service than the one now connected under this name.
        """
        self._connected_as(call.connector)
        if self.hub.connected(call.connector).entry.id != entry:
            problem = f"{call.connector!r} is another service here than the one the rows came from"
            raise UsageProblem(problem, hint=f"connect {entry!r} under this name")
        with self._progress() as progress:
            return self.runtime.run(self.hub.call(call, approve=self.approve, progress=progress, held=held))

    async def acall(self, call: ToolCall) -> Result:
        """The result of a call, for a cell that awaits."""
        with self._progress() as progress:
            return await self.runtime.arun(self.hub.call(call, approve=self.approve, progress=progress))

    @property
    def approve(self) -> Approver:
        """How the person is asked in this kernel."""
        return self.cards.approve

    def switch(self, connector: str, tool: str | None, *, on: bool) -> None:
        """Switches a tool, or a whole connector, on or off for this kernel.

        Raises:
            UnknownConnector, UnknownTool: There is none of this name.
        """
        known = [each.name for each in self.hub.connected(connector).tools]
        if tool is not None and tool not in known:
            raise UsageProblem(f"{connector} has no tool {tool!r}", hint=nearest(tool, known))
        (self._off.discard if on else self._off.add)((connector, tool))

    def is_on(self, connector: str, tool: str | None) -> bool:
        """False for what was switched off by itself."""
        return (connector, tool) not in self._off

    def connected(self) -> tuple[Connected, ...]:
        """What is connected. Does not start anything."""
        return tuple(self._hub.connected(name) for name in self._hub.names) if self._hub else ()

    def named(self, name: str) -> str:
        """The name under which `name` is connected; `acme_billing` finds `acme-billing`."""
        return self._connected_as(name)

    def status(self) -> dict[str, Any]:
        """What the front end's status item shows."""
        connected = [{"id": each.id, "title": visible(each.entry.title)} for each in self.connected()]
        return {"connected": connected, "pending": self.cards.pending}

    def announce(self) -> None:
        """Tells the front end, and whoever watches, that something changed. From any thread."""
        push(self.shell, self.status())
        for look in list(self._watching):
            look()

    def show(self, bundle: Mapping[str, str]) -> None:
        """Displays a MIME bundle in the running cell; in a plain script there is nowhere to."""
        if self.shell is not None:
            from IPython.display import display

            display(dict(bundle), raw=True)  # type: ignore[no-untyped-call]  # IPython has no annotations

    def watch(self, look: Callable[[], None]) -> None:
        """Calls `look` after each change of what is connected."""
        self._watching.append(look)

    def audit_frame(self, limit: int | None = None) -> pd.DataFrame:
        """The audit log as a DataFrame, newest first."""
        from jupyter_connectors.auditframe import audit_frame

        return audit_frame(self.audit.rows(limit=limit))

    def _connected_as(self, name: str) -> str:
        names = self.hub.names
        for each in (name, name.replace("_", "-")):
            if each in names:
                return each
        raise UnknownConnector(f"no connector is connected as {name!r}", hint=nearest(name, names))

    def check_free(self, name: str) -> None:
        """Looks whether a connector can be bound under its name.

        Raises:
            UsageProblem: The notebook has a variable of the person's own there.
        """
        if self.shell is None:
            return
        variable = _variable(name)
        held = self.shell.user_ns.get(variable)
        if held is not None and not isinstance(held, Connector):
            raise UsageProblem(
                f"this notebook already has a variable {variable!r}", hint=f"choose another: %connect {name} --as NAME"
            )

    def _progress(self) -> Any:
        from jupyter_connectors.progress import ProgressBar

        return ProgressBar(self.runtime, front_of(self.shell))


def _variable(name: str) -> str:
    return identifier(name, taken={})


def _warm_up() -> None:
    """Imports what the first result needs while the person types the call."""
    # A script may end meanwhile, which no import survives; whoever needs them imports them again and is told.
    with contextlib.suppress(Exception):
        import duckdb  # noqa: F401  # imported for its side effect: being loaded
        import pandas  # noqa: F401  # imported for its side effect: being loaded


def new_id() -> str:
    """A random id for a view."""
    return uuid4().hex
