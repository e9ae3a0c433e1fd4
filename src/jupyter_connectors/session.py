"""Everything one kernel holds: the loop, the hub, the catalogue, the cards, the frames of `%%ask`."""

from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jupyter_connectors.errors import UnknownConnector, UsageProblem, nearest
from jupyter_connectors.fronts import front_of
from jupyter_connectors.kernel import Desk, push
from jupyter_connectors.namespace import Namespace
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.store import Store, default_path, open_store

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_connectors.answering.costs import Costs
    from jupyter_connectors.appnotes import AppNote
    from jupyter_connectors.approval import Approver
    from jupyter_connectors.audit import Audit
    from jupyter_connectors.auditfile import AuditFile
    from jupyter_connectors.controls import Controls
    from jupyter_connectors.directory.catalogue import Catalogue
    from jupyter_connectors.frames.gathering import Gathering
    from jupyter_connectors.frames.handles import Reach, Shared
    from jupyter_connectors.frames.result import Result
    from jupyter_connectors.frames.spans import Listing
    from jupyter_connectors.gateway import Gateway
    from jupyter_connectors.hub import Hub
    from jupyter_connectors.judgement import Judge
    from jupyter_connectors.models import ToolCall
    from jupyter_connectors.modes import Modes
    from jupyter_connectors.offering import Connected
    from jupyter_connectors.vault import Vault
    from jupyter_connectors.widgets.approval import Cards
    from jupyter_connectors.widgets.signin import SignIns


class Session:
    """What the magics and the Python functions work on. Made at `%load_ext`; everything heavy on first use."""

    def __init__(self, shell: Any = None, *, limits: Limits | None = None) -> None:
        self.shell = shell
        self.runtime = Runtime()
        self.desk = Desk()
        self.namespace = Namespace(shell)
        self._limits = limits or Limits()
        self._hub: Hub | None = None
        self._gateway: Gateway | None = None
        self._watching: dict[str, Callable[[], None]] = {}
        self.conversation: Any = None
        """The conversation of `%%ask` that goes on; the module that answers makes and reads it."""

        self.joins: Any = None
        """What is being connected by a press; the module that joins makes and reads it."""

        self.apps: Any = None
        """The apps that are shown; the module that shows them makes and reads it."""

        self.turn = 0
        """Grows with each change that was announced."""

        self.app_notes: dict[str, AppNote] = {}
        """What the open apps say the next `%%ask` should know of them, by their ids."""

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

        return Controls(self.hub, self.catalogue, self.modes, notebook=lambda: self.notebook, changed=self.announce)

    @cached_property
    def vault(self) -> Vault:
        """Where secrets are kept."""
        from jupyter_connectors.vault import Vault

        return Vault(default_path().parent)

    @cached_property
    def costs(self) -> Costs:
        """What tools take of each request to a model."""
        from jupyter_connectors.answering.costs import Costs

        return Costs()

    @cached_property
    def modes(self) -> Modes:
        """Which tools a model is sent, as the person set it."""
        from jupyter_connectors.modes import Modes

        return Modes(self.store)

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

    @cached_property
    def hub(self) -> Hub:
        """The call path. Its servers are left when the kernel ends."""
        from jupyter_connectors.hub import Hub
        from jupyter_connectors.sessions.oauth.access import Access

        spool = tempfile.TemporaryDirectory(prefix="jupyter-connectors-")
        hub = Hub(
            audit=self.audit,
            spool_dir=Path(spool.name),
            limits=self._limits,
            judge=self.judge,
            again=self.again,
            share=self.share,
            access=Access(vault=self.vault, person=self.sign_ins.person),
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
        self.named(call.connector)
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

    def connected(self) -> tuple[Connected, ...]:
        """What is connected. Does not start anything."""
        return tuple(self._hub.connected(name) for name in self._hub.names) if self._hub else ()

    def named(self, name: str) -> str:
        """The name under which `name` is connected; `acme_billing` finds `acme-billing`.

        Raises:
            UnknownConnector: Nothing is.
        """
        names = self.hub.names
        for each in (name, name.replace("_", "-")):
            if each in names:
                return each
        raise UnknownConnector(f"no connector is connected as {name!r}", hint=nearest(name, names))

    def status(self) -> dict[str, Any]:
        """What the front end's status item shows. Makes nothing that is not there yet."""
        pending = self.cards.pending if "cards" in self.__dict__ else []
        told = {"connected": [], "left": [], "pending": pending, "changed": self.turn}
        if self._hub is None:
            return told
        mode = self.modes.now().exactly(self.notebook)
        return {**told, "connected": self._hub.in_use(), "left": sorted(self._hub.signed_out), "mode": mode}

    def announce(self) -> None:
        """Tells the front end, and whoever watches, that something changed. From any thread."""
        self.turn += 1
        push(self.shell, self.status())
        for look in list(self._watching.values()):
            look()

    def show(self, bundle: Mapping[str, Any]) -> None:
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

    def _progress(self) -> Any:
        from jupyter_connectors.progress import ProgressBar

        return ProgressBar(self.runtime, front_of(self.shell))


def new_id() -> str:
    """A random id for a view."""
    return uuid4().hex
