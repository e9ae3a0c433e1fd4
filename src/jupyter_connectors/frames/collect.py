"""From a call to its `Result`: fetch a page, add it, ask for the next, prove the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.frames.forms import Shape
from jupyter_connectors.frames.gathering import Gathering, Progress, now
from jupyter_connectors.frames.handles import Share
from jupyter_connectors.frames.pace import Pace
from jupyter_connectors.frames.parts import Again, Source
from jupyter_connectors.frames.rates import Patience, limited
from jupyter_connectors.frames.result import Result
from jupyter_connectors.models import Json, Reply, Tool, ToolCall
from jupyter_connectors.text import plural

__all__ = ["Fetch", "Progress", "collect"]

Fetch = Callable[[Mapping[str, Json]], Awaitable[Reply]]
"""One request with these arguments. Raises our errors."""


def _ignore(_: object) -> None: ...


async def collect(  # noqa: PLR0913 - one listing has this many independent needs
    call: ToolCall,
    tool: Tool,
    fetch: Fetch,
    *,
    shape: Shape | None,
    spool_dir: Path,
    entry: str = "",
    follow: bool = True,
    exact: bool = False,
    progress: Callable[[Progress], None] = _ignore,
    on_partial: Callable[[Result], None] = _ignore,
    clock: Callable[[], datetime] = now,
    pace: Pace | None = None,
    patience: Patience | None = None,
    again: Again | None = None,
    share: Share | None = None,
    held: Gathering | None = None,
) -> Result:
    """All rows of a call, page after page, within its bound.

    `follow` is False for a call that changes something: it is sent once, whatever its reply says of further pages or of
    rate limits; so is one whose own server says it does not only read. `exact` sends the first request as the call has
    it, for a call the person was shown: no size of page is added, no query rewritten. `on_partial` gets what had arrived when the task
    is cancelled, because a `CancelledError` cannot carry it. `held` are pages of an earlier call, to which this one,
    whose arguments ask for the page after them, adds its own.

    Raises:
        ToolFailed: the tool answered with an error, also one that came as data.
        Incomplete: a later page failed or the server repeats itself; `.partial` is the `Result` so far.
        ReplyRejected: a reply is nested too deep or has too many columns.
        ConnectorError: whatever `fetch` raises for the first page; `Cancelled` on any, with `.partial`.
    """
    source = Source(
        call=call,
        tool=tool,
        shape=shape,
        entry=entry,
        follow=follow and tool.annotations.read_only is not False,
        exact=exact,
        spool_dir=spool_dir,
        clock=clock,
        again=again,
        share=share,
    )
    gathering = held or Gathering(source)
    # What may be done is decided now, not when the pages held came; the call is still the one for the whole listing.
    gathering.source = replace(source, call=gathering.source.call, shape=gathering.source.shape)
    asking = _Asking(fetch, gathering, pace, patience or Patience(), progress)
    arguments: dict[str, Json] | None = call.arguments if held is not None else gathering.first
    failure: ConnectorError | None = None
    while arguments is not None:
        try:
            arguments = gathering.take(arguments, await asking.page(arguments))
        except asyncio.CancelledError:
            if gathering.pages:
                on_partial(gathering.result("cancelled"))
            raise
        except ConnectorError as error:
            failure = error
            break
        progress(gathering.progress)
    if failure is not None:
        # Raised out here so that what fetch raised from, maybe an ExceptionGroup, is not shown as context.
        raise gathering.failed(failure)
    return gathering.result()


@dataclass(frozen=True, slots=True)
class _Asking:
    """How a page is asked for: at the server's pace, and again where it said that it is asked too often."""

    fetch: Fetch
    gathering: Gathering
    pace: Pace | None
    patience: Patience
    progress: Callable[[Progress], None]

    async def page(self, arguments: Mapping[str, Json]) -> Reply:
        waited = 0.0
        for tried in count(1):
            if self.pace is not None:
                await self.pace.turn()
            answer = await self._answer(arguments)
            limit = limited(answer) if self.gathering.follow else None
            seconds = None if limit is None else self.patience.seconds(limit, tried)
            if seconds is None:
                if waited:
                    self.gathering.note(
                        f"waited {plural(round(waited), 'second')} because the server was asked too often"
                    )
                break
            waited += seconds
            await self.patience.wait(seconds, self._tell)
        if isinstance(answer, ConnectorError):
            raise answer
        return answer

    async def _answer(self, arguments: Mapping[str, Json]) -> Reply | ConnectorError:
        try:
            return await self.fetch(arguments)
        except ConnectorError as error:
            return error

    def _tell(self, left: float) -> None:
        self.progress(replace(self.gathering.progress, waiting=left))
