"""The demo billing server twice: behind a `Hub`, and behind the raw SDK. Each is a process of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from jupyter_connectors.approval import Answer, Request
from jupyter_connectors.audit import Audit
from jupyter_connectors.directory.catalogue import shipped
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.hub import Hub
from jupyter_connectors.judgement import Judge
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.store import open_store

BILLING = "acme-billing"


async def nobody(_: Request) -> Answer:
    """A read is never asked about; if it were, a benchmark would measure something else."""
    raise AssertionError("a read was asked about")


@asynccontextmanager
async def our_hub(place: Path) -> AsyncIterator[Hub]:
    """A hub with the billing service connected, its log and its files in `place`."""
    store = open_store(place / "state.sqlite")
    hub = Hub(audit=Audit(store), judge=Judge(store), spool_dir=place / "spool", limits=Limits())
    await hub.connect(_billing())
    try:
        yield hub
    finally:
        await hub.close()
        store.close()


@asynccontextmanager
async def raw_sdk(place: Path) -> AsyncIterator[Client]:
    """The SDK's client over its own stdio transport, with the same server and the same variables."""
    target = _billing().target
    assert isinstance(target, Launch)
    given = {name: os.environ[value.removeprefix("env:")] for name, value in target.env.items()}
    launch = StdioServerParameters(command=target.command, args=list(target.args), env=given)
    with (place / "server.log").open("w") as log:
        async with Client(stdio_client(launch, errlog=log)) as client:
            yield client


def _billing() -> Entry:
    return next(entry for entry in shipped() if entry.id == BILLING)
