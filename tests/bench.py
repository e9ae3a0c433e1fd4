"""A hub over real servers, with a log and a person who answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jupyter_connectors.approval import Answer, Approver, Choice, Request
from jupyter_connectors.audit import Audit
from jupyter_connectors.bounds import Pattern
from jupyter_connectors.calls import new_call
from jupyter_connectors.directory.catalogue import shipped
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.frames.gathering import Gathering
from jupyter_connectors.frames.parts import Again
from jupyter_connectors.frames.result import Result
from jupyter_connectors.hub import Hub
from jupyter_connectors.judgement import Judge
from jupyter_connectors.models import Bound, ToolCall
from jupyter_connectors.policy.layers import Policy
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.store import open_store

ENTRIES = {entry.id: entry for entry in shipped()}


def flagged(name: str, *flags: str) -> Entry:
    """A demo connector whose server gets these flags."""
    entry = ENTRIES[name]
    assert isinstance(entry.target, Launch)
    return replace(entry, target=replace(entry.target, args=(*entry.target.args, *flags)))


@dataclass
class Bench:
    """A hub, its log, and what the person was asked."""

    hub: Hub
    audit: Audit
    judge: Judge
    asked: list[Request]
    again: Again
    """How a result asks for more; it blocks, so not on the loop."""
    says: Choice = "once"
    edits: str | None = None
    pattern: Pattern | None = None
    reason: str = ""
    policy: Policy = field(default_factory=Policy)
    notebook: str = ""
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """What happens while the person thinks."""

    @property
    def approve(self) -> Approver:
        async def answer(request: Request) -> Answer:
            self.asked.append(request)
            edits, self.edits = self.edits, None
            if self.meanwhile is not None:
                await self.meanwhile()
            return Answer(choice=self.says, by="you", arguments_json=edits, pattern=self.pattern, reason=self.reason)

        return answer

    async def call(self, connector: str, tool: str, bound: Bound | None = None, /, **arguments: Any) -> Result:
        return await self.hub.call(
            new_call(self.hub.find(connector, tool), arguments, bound=bound), approve=self.approve
        )

    @property
    def log(self) -> list[tuple[str, str | None]]:
        return [(row["decision"], row["outcome"]) for row in self.audit.rows()]


@asynccontextmanager
async def bench(place: Path, *entries: Entry, limits: Limits | None = None) -> AsyncIterator[Bench]:
    store = open_store(place / "state.sqlite")
    judge = Judge(store, policy=lambda: made.policy, notebook=lambda: made.notebook)
    audit = Audit(store)
    limits = limits or Limits(call=20, close=0.5)
    loop = asyncio.get_running_loop()

    def again(call: ToolCall, entry: str, held: Gathering | None) -> Result:
        """As a session does it: for a cell, which waits on another thread than the loop's."""
        work = hub.call(call, approve=made.approve, held=held)
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    hub = Hub(audit=audit, spool_dir=place, limits=limits, judge=judge, again=again)
    made = Bench(hub=hub, audit=audit, judge=judge, asked=[], again=again)
    try:
        for entry in entries:
            await hub.connect(entry)
        yield made
    finally:
        await hub.close()
        store.close()
