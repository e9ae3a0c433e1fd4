"""A kernel's session with a connector whose server lists a year of invoices, for tests of windows and who reads them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_connectors.api import Connector
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.frames.result import Result
from jupyter_connectors.joining import connect
from jupyter_connectors.models import ToolClass
from jupyter_connectors.session import Session
from jupyter_connectors.sessions.limits import Limits

ROWS = 365 * 6
SERVER = Path(__file__).parents[1] / "servers" / "ledger.py"
YEAR: dict[str, Any] = {"start": "2026-01-01", "end": "2027-01-01"}


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The session, what it is connected to, and where the server writes what it was asked."""

    session: Session
    log: Path

    @property
    def connector(self) -> Connector:
        return Connector(self.session, "acme-billing")

    @property
    def first(self) -> Result:
        """A first look at the listing: a few of its rows."""
        return self.connector.list_invoices(limit=20)

    @property
    def calls(self) -> list[tuple[int, str, dict[str, Any]]]:
        """What the server was asked: how many calls were under way, the tool, its arguments."""
        return [tuple(json.loads(line)) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    @property
    def outcomes(self) -> list[str | None]:
        """How the calls of this connector ended, by the audit log, newest first."""
        return [row["outcome"] for row in self.session.audit.rows()]


@contextmanager
def ledger(place: Path, mode: str = "honest", **variables: str) -> Iterator[Ledger]:
    """A session of its own; the connector is known under the demo's id, so that its shape is."""
    log = place / "calls.log"
    target = Launch(
        command=sys.executable, args=(str(SERVER), mode), env={"LEDGER_LOG": str(log), "LEDGER_SLOW": "0", **variables}
    )
    entry = Entry(
        id="acme-billing",
        title="Ledger",
        summary="a year of invoices",
        category="test",
        target=target,
        reviewed={"list_invoices": ToolClass.READ, "void_invoices": ToolClass.DESTRUCTIVE},
    )
    session = Session(None, limits=Limits(call=20, close=0.5))
    try:
        connect(session, [entry])
        yield Ledger(session=session, log=log)
    finally:
        session.runtime.run(session.hub.close())
        session.store.close()
