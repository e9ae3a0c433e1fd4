"""One listing while it is collected: pages go in, arguments for the next come out, a `Result` at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from jupyter_connectors.errors import Cancelled, ConnectorError, Incomplete, ReplyRejected, ToolFailed
from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.decode import Decoded, decode, whole
from jupyter_connectors.frames.envelopes import guess
from jupyter_connectors.frames.flatten import Sheet
from jupyter_connectors.frames.forms import Form, Paging
from jupyter_connectors.frames.hints import hints_from
from jupyter_connectors.frames.paging import Walk, fitted
from jupyter_connectors.frames.parts import Archive, Parts, Source
from jupyter_connectors.frames.records import Found, Record, error_told, find
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import refined
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.models import Json, Reply
from jupyter_connectors.text import one_line, plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a listing has come."""

    pages: int
    rows: int
    total: int | None
    waiting: float = 0.0
    """Seconds until it goes on, while it waits for a rate limit."""


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


class Gathering:
    """One listing while it is collected."""

    def __init__(self, source: Source) -> None:
        shape, call = source.shape, source.call
        self.source = source
        self._name = f"{call.connector}.{call.tool}"
        self._form = shape.form if shape is not None else Form()
        self._errors = shape.errors if shape is not None else ()
        self._ways: tuple[str, ...] = shape.records if shape is not None else ()
        self._archive = Archive(self._spool())
        known = source.tool.input_schema.get("properties")
        self._parameters = known if isinstance(known, Mapping) else {}
        paging = shape.paging if shape is not None else None
        self._walk = self._new_walk(fitted(paging or Paging(), self._parameters))
        self._sheet: Sheet | None = None
        self._verdict: Completeness | None = None
        """The verdict on a reply that is no listing."""
        self._notes: dict[str, None] = {}
        self.first = self._walk.first
        """The arguments of the first request."""
        self.next: dict[str, Json] | None = None
        """The arguments of the page after those held, followed or not."""
        self.pages = 0

    @property
    def follow(self) -> bool:
        return self.source.follow

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
            self.note(*repaired)
        decoded = decode(reply)
        self.note(*decoded.notes)
        if decoded.prose:
            self._take_prose(reply, decoded.payload, line)
            return None
        errors = self.source.shape.errors if self.source.shape is not None else ()
        found = find(decoded.payload, self._ways, named=self._name, errors=errors)
        self.note(*found.notes)
        if self.pages == 0:
            self._open(decoded, found)
        assert self._sheet is not None
        self._sheet.learn(decoded.payload)
        if found.single:
            self._take_single(found, line)
            return None
        step = self._walk.step(sent, decoded.payload, found.rows)
        if step.stuck and not step.keep:
            raise self._incomplete(step.stuck)
        self._keep(line, found.rows[: step.keep])
        if step.stuck:
            raise self._incomplete(step.stuck)
        self.next = step.next
        return step.next if self.follow else None

    def _take_prose(self, reply: Reply, said: Json, line: str) -> None:
        if self.pages:
            raise ToolFailed(f"it is text, not rows: {one_line(reply.text)}", hint="those are the server's own words")
        told = error_told(said) if isinstance(said, str) else None
        if told is not None:
            raise ToolFailed(f"{self._name} answered with an error: {told}", hint="those are the server's own words")
        kinds = ", ".join(sorted(set(reply.other)))
        reason = f"the reply is {'of type ' + kinds if kinds and not reply.texts else 'text'}, not rows"
        self._verdict = Completeness(state="unknown", rows=0, pages=1, reason=reason)
        self._keep(line, [])

    def _take_single(self, found: Found, line: str) -> None:
        """One object: the whole reply to a get or a write, but not a page of a listing."""
        if self.pages:
            raise ToolFailed("it holds no list", hint="the server changed the form of its replies between two pages")
        if self.source.shape is None or "@root" in self._ways:
            self._verdict = Completeness(state="complete", rows=1, pages=1, total=1, evidence="one object")
        else:
            reason = f"the list that should be at {' or '.join(self._ways)} is not there"
            self._verdict = Completeness(state="unknown", rows=1, pages=1, reason=reason)
        self._keep(line, found.rows)

    def _open(self, decoded: Decoded, found: Found) -> None:
        """What the first page decides: where the rows are from now on, how pages follow, which columns are hinted."""
        if found.path and not self._ways:
            self._ways = (".".join(found.path),)
        if self.source.shape is not None and self.source.shape.detects:
            self._form = refined(self.source.shape, decoded.payload).form
        hints = hints_from(self.source.tool.output_schema, found.path)
        self._sheet = Sheet(self._form, self._spool, hints=hints)
        if self.source.shape is None or self.source.shape.paging is None:
            self._walk = self._new_walk(guess(decoded.payload, found.path, self._parameters, csv=decoded.csv))
        param, asked = self._walk.paging.param, self.source.call.arguments
        if param and param in asked:
            self.note(f"the listing starts at {param}={one_line(str(asked[param]), 60)}, as the call asks")

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
        kept = "the rows that came are in .partial" + (", whose .resume() goes on" if partial.resumable else "")
        return Incomplete(problem, hint=f"{kept}{hint and '; ' + hint}", partial=partial)

    def result(self, reason: str = "", *, fetched_at: str = "") -> Result:
        """The result of the pages so far; `reason` is why they are not all, `fetched_at` when that is not now."""
        if not self.follow and self._walk.goes_on:
            reason = reason or "the call may change something, so it is sent once"
        verdict = self._verdict or (self._walk.stopped(reason) if reason else self._walk.verdict)
        if self._walk.repeated:
            self.note(f"{plural(self._walk.repeated, 'row')} came with an id an earlier row has; all are kept")
        parts = Parts(
            source=self.source,
            first=self.first,
            completeness=verdict,
            archive=self._archive,
            ways=self._ways,
            sheet=self._sheet,
            notes=tuple(self._notes),
            fetched_at=fetched_at or self.source.clock().isoformat(),
        )
        return Result(parts)

    def _new_walk(self, paging: Paging) -> Walk:
        call = self.source.call
        return Walk(call.arguments, call.bound, paging, id_field=self._form.id or "id", exact=self.source.exact)

    def _spool(self) -> Spool:
        return Spool(self.source.spool_dir)

    def note(self, *notes: str) -> None:
        """Adds what there is to say about the way to the frame."""
        self._notes.update(dict.fromkeys(notes))
