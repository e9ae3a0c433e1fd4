"""Everything one kernel holds: the loop, the hub, the catalogue, the cards, the frames of `%%ask`."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jupyter_connectors.errors import Denied, UnknownConnector, UsageProblem, nearest
from jupyter_connectors.fronts import front_of
from jupyter_connectors.kernel import Desk, push
from jupyter_connectors.models import Entry, Launch, ToolCall
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.store import Store, default_path, open_store
from jupyter_connectors.text import visible

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_connectors.approval import Approver
    from jupyter_connectors.audit import Audit
    from jupyter_connectors.auditfile import AuditFile
    from jupyter_connectors.controls import Controls
    from jupyter_connectors.directory.catalogue import Catalogue
    from jupyter_connectors.directory.registry import Registry
    from jupyter_connectors.frames.gathering import Gathering
    from jupyter_connectors.frames.handles import Reach, Shared
    from jupyter_connectors.frames.result import Result
    from jupyter_connectors.frames.spans import Listing
    from jupyter_connectors.gateway import Gateway
    from jupyter_connectors.hub import Hub
    from jupyter_connectors.judgement import Judge
    from jupyter_connectors.offering import Connected
    from jupyter_connectors.widgets.approval import Cards
    from jupyter_connectors.widgets.signin import Script, SignIns


class Session:
    """What the magics and the Python functions work on. Made at `%load_ext`; everything heavy on first use."""

    def __init__(self, shell: Any = None, *, limits: Limits | None = None) -> None:
        self.shell = shell
        self.runtime = Runtime()
        self.desk = Desk()
        self._limits = limits or Limits()
        self._hub: Hub | None = None
        self._gateway: Gateway | None = None
        self._watching: dict[str, Callable[[], None]] = {}
        self.conversation: Any = None
        """The conversation of `%%ask` that goes on; the module that answers makes and reads it."""

        self.bound: dict[str, object] = {}
        """The frames `%%ask` bound in the notebook, by name."""

    @cached_property
    def store(self) -> Store:
        """The user's state, opened on first use."""
        return open_store(default_path())

    @cached_property
    def cards(self) -> Cards:
        """The questions that wait for the person."""
        from jupyter_connectors.widgets.approval import Cards

        return Cards(self.shell, self.runtime, self.desk, self.announce)

    @cached_property
    def sign_ins(self) -> SignIns:
        """The sign-ins that wait for the person."""
        from jupyter_connectors.widgets.signin import SignIns

        return SignIns(self.shell, self.runtime, self.desk)

    @cached_property
    def audit(self) -> Audit:
        """The record of every call."""
        from jupyter_connectors.audit import Audit, Where

        return Audit(self.store, where=Where.here(), files=self._audit_files)

    def _audit_files(self) -> tuple[AuditFile, ...]:
        from jupyter_connectors.auditfile import AuditFile

        return tuple(AuditFile(Path(each.path), each.required) for each in self.judge.policy().audit)

    @cached_property
    def judge(self) -> Judge:
        """The policy, the person's settings and what they have allowed."""
        from jupyter_connectors.judgement import Judge
        from jupyter_connectors.policy.loading import PolicyFiles

        return Judge(self.store, policy=PolicyFiles().current, notebook=lambda: self.notebook)

    @cached_property
    def controls(self) -> Controls:
        """What the person sets, takes back and reviews."""
        from jupyter_connectors.controls import Controls

        return Controls(self.hub, self.catalogue, notebook=lambda: self.notebook, changed=self.announce)

    @property
    def notebook(self) -> str:
        """The path of the notebook this kernel was started for; empty where nobody knows it, as in a script."""
        return os.environ.get("JPY_SESSION_NAME", "")

    @property
    def attended(self) -> bool:
        """True where somebody can answer a question. Asked on the main thread, while a cell runs."""
        return front_of(self.shell) != "nobody"

    @cached_property
    def catalogue(self) -> Catalogue:
        """What can be connected; the organisation's registry too, where one is set."""
        from jupyter_connectors.directory.catalogue import Catalogue

        url = os.environ.get("JUPYTER_CONNECTORS_REGISTRY", "")
        if not url:
            return Catalogue(self.store)
        from jupyter_connectors.directory.registry import Registry

        return Catalogue(self.store, registry=Registry(url, default_path().parent))

    def find(self, name: str, given: Mapping[str, str] | None = None) -> Entry:
        """The entry called `name`, as `Catalogue.find`; the registry is asked where its list here does not have it."""
        registry = self.catalogue.registry
        try:
            return self.catalogue.find(name, given)
        except UnknownConnector:
            if registry is None or not (registry.stale or registry.cut):
                raise
            self.runtime.run(registry.refresh() if registry.stale else registry.look_up(name))
        return self.catalogue.find(name, given)

    def read_registry(self) -> None:
        """Reads the organisation's registry, where one is set and its list is old; waits only where there is no list."""
        registry = self.catalogue.registry
        if registry is None or not registry.stale:
            return
        if registry.known:
            self.runtime.submit(self._reread(registry))
        else:
            self.runtime.run(registry.refresh())

    async def _reread(self, registry: Registry) -> None:
        await registry.refresh()
        self.announce()

    @cached_property
    def hub(self) -> Hub:
        """The call path. Its servers are left when the kernel ends."""
        from jupyter_connectors.hub import Hub
        from jupyter_connectors.sessions.oauth.access import Access
        from jupyter_connectors.vault import Vault

        spool = tempfile.TemporaryDirectory(prefix="jupyter-connectors-")
        hub = Hub(
            audit=self.audit,
            spool_dir=Path(spool.name),
            limits=self._limits,
            judge=self.judge,
            again=self.again,
            share=self.share,
            access=Access(vault=Vault(default_path().parent), person=self.sign_ins.person),
        )
        self._spool = Path(spool.name)

        hub.changed = self.announce

        def leave() -> None:
            if self._gateway is not None:
                self.runtime.submit(self._gateway.close()).future.result(timeout=10)
            self.runtime.submit(hub.close()).future.result(timeout=10)
            self.runtime.close()
            spool.cleanup()

        atexit.register(leave)
        self._hub = hub
        return hub

    def connect(
        self,
        entries: Sequence[Entry],
        *,
        name: str | None = None,
        account: str = "",
        sign_in: Script | None = None,
    ) -> list[Connected]:
        """Connects the entries side by side and binds each in the notebook, a named account as an object of its own.

        `sign_in` stands for the person, for as long as they are connected.

        Raises:
            ConnectorError: The first that could not be connected; the others stay.
        """
        from jupyter_connectors.accounts import account_name

        wanted = [(name or account_name(entry.id, account), entry) for entry in entries]
        for each, entry in wanted:
            self.check_free(each)
            self._check_start(entry)
            self.sign_ins.by_script(each, sign_in)
        made = self.runtime.run(self._connect(wanted, account))
        notebook = getattr(self.shell, "kernel", None) is not None
        warm = threading.Thread(
            target=_warm_up, kwargs={"notebook": notebook}, name="jupyter-connectors-imports", daemon=True
        )
        warm.start()
        return made

    def _check_start(self, entry: Entry) -> None:
        """Asks before a command that the person has not yet allowed, to the letter, is run for the first time."""
        if not entry.custom or not isinstance(entry.target, Launch) or self.catalogue.holds(entry):
            return
        if not self.attended:
            hint = "connect it once where you can answer; it is then remembered as it is"
            raise Denied(f"{entry.id} was not started: nobody is there to ask", hint=hint)
        from jupyter_connectors.prompt import ask_to_start

        if not ask_to_start(entry, entry.target):
            raise Denied(f"{entry.id} was not started: you said no", hint="nothing was run")

    async def _connect(self, wanted: Sequence[tuple[str, Entry]], account: str) -> list[Connected]:
        from jupyter_connectors.offering import Connected

        opening = (self.hub.connect(entry, name=name, account=account) for name, entry in wanted)
        done = await asyncio.gather(*opening, return_exceptions=True)
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

    def sign_out(self, name: str, account: str = "") -> str:
        """Gives a sign-in back to the service and forgets it, with what was allowed; says what came of it.

        `name` is a connector in use, or one of the directory. Other kernels hear of it at their next call.

        Raises:
            UnknownConnector: There is none of this name.
        """
        from jupyter_connectors.accounts import left_words

        try:
            found = self.hub.connected(self._connected_as(name))
            entry, account = found.entry, account or self.hub.health(found.id).account
        except UnknownConnector:
            entry = self.catalogue.find(name)
        same = [each.id for each in self.connected() if each.entry.identity == entry.identity]
        gone = [each for each in same if self.hub.health(each).account == account]
        left = self.runtime.run(self.hub.sign_out(entry, account=account))
        for each in gone:
            self.unbind(each)
        title = visible(f"{entry.title} ({account})" if account else entry.title)
        return left_words(title, left)

    def is_taken(self, name: str) -> bool:
        """True for a variable of the notebook that is the person's own, not a frame we bound."""
        held = self.shell.user_ns if self.shell is not None else {}
        return name in held and held[name] is not self.bound.get(name)

    def unbind(self, name: str) -> None:
        """Takes a connector's object out of the notebook, if it is still there."""
        from jupyter_connectors.api import Connector

        if self.shell is not None and isinstance(self.shell.user_ns.get(_variable(name)), Connector):
            del self.shell.user_ns[_variable(name)]
        self.sign_ins.by_script(name, None)
        self.announce()

    def bind(self, name: str) -> None:
        """Puts the connector's object into the notebook, `acme-billing` as `acme_billing`."""
        from jupyter_connectors.api import Connector

        if self.shell is not None:
            self.shell.user_ns[_variable(name)] = Connector(self, name)

    def call(self, call: ToolCall) -> Result:
        """The result of a call, for a cell that waits."""
        with self._progress() as progress:
            return self.runtime.run(
                self.hub.call(call, approve=self.approve, progress=progress, attended=self.attended)
            )

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
            return self.runtime.run(
                self.hub.call(call, approve=self.approve, progress=progress, held=held, attended=self.attended)
            )

    def share(self, listing: Listing, reach: Reach) -> Shared:
        """A handle with which workers of a cluster ask for the windows of a listing; it ends with the kernel.

        Raises:
            ConnectorError: The listing may change something, or no worker could come there.
        """
        from jupyter_connectors.frames.handles import Shared
        from jupyter_connectors.gateway import Gateway

        hub = self.hub
        gateway = self._gateway = self._gateway or Gateway(hub, self._spool)
        handle = self.runtime.run(gateway.open(listing, reach, attended=self.attended))
        return Shared(handle=handle, close=lambda: self.runtime.post(lambda: gateway.revoke(handle)))

    async def acall(self, call: ToolCall) -> Result:
        """The result of a call, for a cell that awaits."""
        with self._progress() as progress:
            return await self.runtime.arun(
                self.hub.call(call, approve=self.approve, progress=progress, attended=self.attended)
            )

    @property
    def approve(self) -> Approver:
        """How the person is asked in this kernel."""
        return self.cards.approve

    def switch(self, connector: str, tool: str | None, *, on: bool) -> None:
        """Blocks a tool, or a whole connector, or takes the block away; in every kernel of the person's.

        Raises:
            UnknownConnector, UnknownTool: There is none of this name.
        """
        self.controls.permit(connector, tool, None if on else "block")

    def is_on(self, connector: str, tool: str | None) -> bool:
        """False for what was blocked by itself."""
        identity = self.hub.connected(connector).entry.identity
        return self.judge.permissions.now().exactly(identity, tool=tool) != "block"

    def connected(self) -> tuple[Connected, ...]:
        """What is connected. Does not start anything."""
        return tuple(self._hub.connected(name) for name in self._hub.names) if self._hub else ()

    def named(self, name: str) -> str:
        """The name under which `name` is connected; `acme_billing` finds `acme-billing`."""
        return self._connected_as(name)

    def status(self) -> dict[str, Any]:
        """What the front end's status item shows. Makes nothing that is not there yet."""
        connected = [{"id": each.id, "title": visible(each.entry.title)} for each in self.connected()]
        return {"connected": connected, "pending": self.cards.pending if "cards" in self.__dict__ else []}

    def announce(self) -> None:
        """Tells the front end, and whoever watches, that something changed. From any thread."""
        push(self.shell, self.status())
        for look in list(self._watching.values()):
            look()

    def show(self, bundle: Mapping[str, str]) -> None:
        """Displays a MIME bundle in the running cell; in a plain script there is nowhere to."""
        if self.shell is not None:
            from IPython.display import display

            display(dict(bundle), raw=True)  # type: ignore[no-untyped-call]  # IPython has no annotations

    def watch(self, look: Callable[[], None], *, place: str = "") -> None:
        """Calls `look` after each change of what is connected; with a place, instead of what was called for it before."""
        self._watching[place or new_id()] = look

    def audit_frame(self, limit: int | None = None, *, notebook: str | bool | None = None) -> pd.DataFrame:
        """The audit log as a DataFrame, newest first; or what a notebook touched, with True for this one.

        Raises:
            UsageProblem: Jupyter did not say which notebook this is.
        """
        from jupyter_connectors.auditframe import audit_frame, touched_frame

        if notebook is None or notebook is False:
            return audit_frame(self.audit.rows(limit=limit))
        path = self.audit.where.notebook if notebook is True else notebook
        if not path:
            raise UsageProblem("Jupyter did not say which notebook this is", hint="name it: %audit --notebook PATH")
        return touched_frame(self.audit.rows(limit=limit, notebook=path))

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
        from jupyter_connectors.api import Connector

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
    from jupyter_connectors.signatures import identifier

    return identifier(name, taken={})


def _warm_up(*, notebook: bool) -> None:
    """Imports what the first result needs while the person types the call."""
    # A script may end meanwhile, which no import survives; whoever needs them imports them again and is told.
    with contextlib.suppress(Exception):
        import duckdb  # noqa: F401  # imported for its side effect: being loaded

        first = "pandas" not in sys.modules
        import pandas

        # While no cell runs pandas takes a kernel for a terminal, and would cut every frame to its width.
        if first and notebook and pandas.get_option("display.max_columns") == 0:
            pandas.set_option("display.max_columns", 20)


def new_id() -> str:
    """A random id for a view."""
    return uuid4().hex
