"""From a call to its `Result`: fetch a page, find its rows, spool them, ask for the next, prove the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jupyter_connectors.errors import Cancelled, ConnectorError, Incomplete, ReplyRejected, ToolFailed
from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.decode import Decoded, decode, whole
from jupyter_connectors.frames.envelopes import guess
from jupyter_connectors.frames.flatten import Sheet
from jupyter_connectors.frames.hints import hints_from
from jupyter_connectors.frames.paging import Walk
from jupyter_connectors.frames.records import Found, Record, find
from jupyter_connectors.frames.result import Archive, Parts, Result
from jupyter_connectors.frames.shapes import Form, Paging, Shape
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.models import Json, Reply, Tool, ToolCall
from jupyter_connectors.text import one_line, plural

Fetch = Callable[[Mapping[str, Json]], Awaitable[Reply]]
"""One request with these arguments. Raises our errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a listing has come."""

    pages: int
    rows: int
    total: int | None


def _ignore(_: object) -> None: ...


def _now() -> datetime:
    return datetime.now(UTC)


async def collect(  # noqa: PLR0913 - one listing has this many independent needs
    call: ToolCall,
    tool: Tool,
    fetch: Fetch,
    *,
    shape: Shape | None,
    spool_dir: Path,
    follow: bool = True,
    progress: Callable[[Progress], None] = _ignore,
    on_partial: Callable[[Result], None] = _ignore,
    clock: Callable[[], datetime] = _now,
) -> Result:
    """All rows of a call, page after page, within its bound.

    `follow` is False for a call that changes something: it is sent once, whatever its reply says of further pages; so
    is one whose own server says it does not only read. `on_partial` gets what had arrived when the task is cancelled, because a `CancelledError` cannot carry it.

    Raises:
        ToolFailed: the tool answered with an error, also one that came as data.
        Incomplete: a later page failed or the server repeats itself; `.partial` is the `Result` so far.
        ReplyRejected: a reply is nested too deep or has too many columns.
        ConnectorError: whatever `fetch` raises for the first page; `Cancelled` on any, with `.partial`.
    """
    gathering = _Gathering(call, tool, shape, spool_dir, clock)
    gathering.follow = follow and tool.annotations.read_only is not False
    arguments: dict[str, Json] | None = gathering.first
    failure: ConnectorError | None = None
    while arguments is not None:
        try:
            arguments = gathering.take(arguments, await fetch(arguments))
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


class _Gathering:
    """One listing while it is collected."""

    def __init__(
        self, call: ToolCall, tool: Tool, shape: Shape | None, spool_dir: Path, clock: Callable[[], datetime]
    ) -> None:
        self._call = call
        self._tool = tool
        self._shape = shape
        self._spool_dir = spool_dir
        self._clock = clock
        self._name = f"{call.connector}.{call.tool}"
        self._form = shape.form if shape is not None else Form()
        self._ways: tuple[str, ...] = shape.records if shape is not None else ()
        self._archive = Archive(self._spool())
        self._walk = self._new_walk(shape.paging or Paging() if shape is not None else Paging())
        self._sheet: Sheet | None = None
        self._verdict: Completeness | None = None
        """The verdict on a reply that is no listing."""
        self._notes: dict[str, None] = {}
        self.follow = True
        self.pages = 0

    @property
    def first(self) -> dict[str, Json]:
        return self._walk.first

    @property
    def progress(self) -> Progress:
        verdict = self._verdict or self._walk.verdict
        return Progress(pages=self.pages, rows=verdict.rows, total=verdict.total)

    def take(self, sent: dict[str, Json], reply: Reply) -> dict[str, Json] | None:
        """Adds one page and gives the arguments of the next, None at the end."""
        if reply.is_error:
            told = one_line(reply.text or str(reply.structured or "it said no more"), 300)
            raise ToolFailed(f"{self._name} failed: {told}", hint="those are the server's own words")
        try:
            return self._take(sent, reply)
        except RecursionError:
            problem = f"{self._name}: the reply is nested too deep to be read"
        raise ReplyRejected(problem, hint="ask the server for less detail")

    def _take(self, sent: dict[str, Json], reply: Reply) -> dict[str, Json] | None:
        try:
            line = Archive.line(reply)
        except ValueError:
            reply, repaired = whole(reply)
            line = Archive.line(reply)
            self._note(*repaired)
        decoded = decode(reply)
        self._note(*decoded.notes)
        if decoded.prose:
            self._take_prose(reply, line)
            return None
        found = find(decoded.payload, self._ways, named=self._name)
        self._note(*found.notes)
        if self.pages == 0:
            self._open(decoded, found)
        if found.single:
            self._take_single(found, line)
            return None
        step = self._walk.step(sent, decoded.payload, found.rows)
        if step.stuck and not step.keep:
            raise self._incomplete(step.stuck)
        self._keep(line, found.rows[: step.keep])
        if step.stuck:
            raise self._incomplete(step.stuck)
        return step.next if self.follow else None

    def _take_prose(self, reply: Reply, line: str) -> None:
        if self.pages:
            raise ToolFailed(f"it is text, not rows: {one_line(reply.text)}", hint="those are the server's own words")
        kinds = ", ".join(sorted(set(reply.other)))
        reason = f"the reply is {'of type ' + kinds if kinds and not reply.texts else 'text'}, not rows"
        self._verdict = Completeness(state="unknown", rows=0, pages=1, reason=reason)
        self._keep(line, [])

    def _take_single(self, found: Found, line: str) -> None:
        """One object: the whole reply to a get or a write, but not a page of a listing."""
        if self.pages:
            raise ToolFailed("it holds no list", hint="the server changed the form of its replies between two pages")
        if self._shape is None or "@root" in self._ways:
            self._verdict = Completeness(state="complete", rows=1, pages=1, total=1, evidence="one object")
        else:
            reason = f"the list that should be at {' or '.join(self._ways)} is not there"
            self._verdict = Completeness(state="unknown", rows=1, pages=1, reason=reason)
        self._keep(line, found.rows)

    def _open(self, decoded: Decoded, found: Found) -> None:
        """What the first page decides: where the rows are from now on, how pages follow, which columns are hinted."""
        if found.path and not self._ways:
            self._ways = (".".join(found.path),)
        hints = hints_from(self._tool.output_schema, found.path)
        self._sheet = Sheet(self._form, self._spool, hints=hints)
        if self._shape is None or self._shape.paging is None:
            known = self._tool.input_schema.get("properties")
            parameters = known if isinstance(known, Mapping) else {}
            self._walk = self._new_walk(guess(decoded.payload, found.path, parameters, csv=decoded.csv))
        param, asked = self._walk.paging.param, self._call.arguments
        if param and param in asked:
            self._note(f"the listing starts at {param}={one_line(str(asked[param]), 60)}, as the call asks")

    def _keep(self, line: str, rows: list[Record]) -> None:
        if self._sheet is not None:
            self._sheet.add(rows)
        self._archive.add(line)
        self.pages += 1

    def failed(self, error: ConnectorError) -> ConnectorError:
        """What to raise for a failure: itself on the first page, `Incomplete` with the rows so far on a later one."""
        if not self.pages or isinstance(error, Incomplete):
            return error
        if isinstance(error, Cancelled):
            error.partial = self.result("cancelled")
            return error
        return self._incomplete(f"page {self.pages + 1:,} failed: {one_line(error.problem)}", hint=error.hint)

    def _incomplete(self, reason: str, *, hint: str = "") -> Incomplete:
        partial = self.result(reason)
        problem = f"{self._name} is {partial.completeness.line}"
        return Incomplete(problem, hint=f"the rows that came are in .partial{hint and '; ' + hint}", partial=partial)

    def result(self, reason: str = "") -> Result:
        """The result of the pages so far; `reason` is why they are not all."""
        if not self.follow and self._walk.goes_on:
            reason = reason or "the call may change something, so it is sent once"
        verdict = self._verdict or (self._walk.stopped(reason) if reason else self._walk.verdict)
        if self._walk.repeated:
            self._note(f"{plural(self._walk.repeated, 'row')} came with an id an earlier row has; all are kept")
        parts = Parts(
            call=self._call,
            completeness=verdict,
            archive=self._archive,
            ways=self._ways,
            sheet=self._sheet,
            exponents=self._shape.exponents if self._shape is not None else {},
            notes=tuple(self._notes),
            fetched_at=self._clock().isoformat(),
        )
        return Result(parts)

    def _new_walk(self, paging: Paging) -> Walk:
        return Walk(self._call.arguments, self._call.bound, paging, id_field=self._form.id or "id")

    def _spool(self) -> Spool:
        return Spool(self._spool_dir)

    def _note(self, *notes: str) -> None:
        self._notes.update(dict.fromkeys(notes))
