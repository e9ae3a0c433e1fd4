"""A service whose tools bring interfaces (tests/servers/apps.py), and a page that has one of them open."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from IPython.core.formatters import DisplayFormatter

from jupyter_connectors import joining
from jupyter_connectors.api import Connector
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.models import Json, ToolClass
from jupyter_connectors.session import Session
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.widgets.apps import MIME, Apps
from jupyter_connectors.widgets.grid import Grids

SERVER = Path(__file__).parent / "servers" / "apps.py"
READING = (
    "show_board",
    "flat_board",
    "blob_board",
    "listed_board",
    "wrong_board",
    "gone_board",
    "slow_board",
    "failing_board",
    "lost_board",
    "poll",
    "hold",
    "fails",
)


def board(place: Path, name: str = "board") -> Entry:
    """The service, with its tools that read reviewed; it logs what reaches it and holds `hold` while `holds` is there."""
    variables = {"APPS_LOG": str(place / f"{name}.log"), "APPS_HOLDS": str(place / "holds")}
    return Entry(
        id=name,
        title=name.title(),
        summary="shows boards",
        category="test",
        target=Launch(command=sys.executable, args=(str(SERVER),), env=variables),
        reviewed=dict.fromkeys(READING, ToolClass.READ),
    )


@dataclass(eq=False)
class Notebook:
    """A kernel's session with a front end that has our extension, and what its cells show."""

    place: Path
    session: Session = field(init=False)
    formatter: DisplayFormatter = field(init=False, default_factory=DisplayFormatter)

    def __post_init__(self) -> None:
        parent = {"content": {"allow_stdin": True}}
        kernel = SimpleNamespace(get_parent=lambda _: parent, iopub_socket=None)
        self.session = Session(SimpleNamespace(kernel=kernel, user_ns={}), limits=Limits(call=20, close=0.5))
        self.session.desk.extension = True
        self.session.judge.forget("board")
        Grids(self.session.shell, self.session.desk, Apps(self.session).beside).register(self.formatter)
        joining.connect(self.session, [board(self.place)])

    def reset(self) -> None:
        """Forgets what was allowed, kept and logged."""
        judge = self.session.judge
        judge.grants.revoke(*(each.id for each in judge.grants.all()))
        judge.permissions.forget("board")
        self.session.app_notes.clear()
        (self.place / "board.log").write_text("")

    def close(self) -> None:
        """Leaves the service."""
        self.session.runtime.run(self.session.hub.close())
        self.session.runtime.close()
        self.session.store.close()

    def show(self, thing: object) -> dict[str, Any]:
        """The MIME bundle of a display."""
        bundle: dict[str, Any] = self.formatter.format(thing)[0]
        return bundle

    def call(self, tool: str = "show_board", *, connector: str = "board", **arguments: Json) -> Any:
        """The result of a person's call."""
        return Connector(self.session, connector)[tool](**arguments)

    def open(self, tool: str = "show_board", *, connector: str = "board", **arguments: Json) -> OpenApp:
        """An app in a cell, with one view on it."""
        result = self.call(tool, connector=connector, **arguments)
        app = OpenApp(self, self.show(result)[MIME]["id"], result)
        app.ask(type="open")
        return app

    @property
    def log(self) -> list[str]:
        """What reached the service."""
        return self.log_of("board")

    def log_of(self, name: str) -> list[str]:
        """What reached the service of this name."""
        path = self.place / f"{name}.log"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def last(self) -> Mapping[str, Json]:
        """The newest record of the audit log."""
        return self.session.audit.rows(limit=1)[0]


@dataclass
class OpenApp:
    """An app that is open, as its view speaks for it."""

    notebook: Notebook
    id: str
    result: Any = None
    view: str = "v1"

    async def asked(self, **message: Json) -> dict[str, Any]:
        """The kernel's answer to a message of the view."""
        return await self.notebook.session.desk.answer({"id": self.id, "view": self.view, **message})

    def ask(self, **message: Json) -> dict[str, Any]:
        """The same, waited for."""
        return asyncio.run(self.asked(**message))

    def request(self, method: str, **params: Json) -> dict[str, Any]:
        """The answer to a request of the app itself."""
        return self.ask(type="request", method=method, params=params)

    def call(self, tool: str, **arguments: Json) -> dict[str, Any]:
        """The answer to its call of a tool."""
        return self.request("tools/call", name=tool, arguments=arguments)

    async def called(self, tool: str, **arguments: Json) -> dict[str, Any]:
        """The same on a loop."""
        params = {"name": tool, "arguments": arguments}
        return await self.asked(type="request", method="tools/call", params=params)
