"""One listing while it is collected: pages go in, arguments for the next come out, a `Result` at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jupyter_connectors.errors import Cancelled, ConnectorError, Incomplete, ReplyRejected, ToolFailed
from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.decode import Decoded, decode, whole
from jupyter_connectors.frames.envelopes import guess
from jupyter_connectors.frames.flatten import Sheet
from jupyter_connectors.frames.forms import Form, Paging
from jupyter_connectors.frames.held import Held
from jupyter_connectors.frames.hints import hints_from
from jupyter_connectors.frames.interface import Interface, interface_of
from jupyter_connectors.frames.known import known_of
from jupyter_connectors.frames.lane import Lane, Page
from jupyter_connectors.frames.paging import Step, Walk, fitted
from jupyter_connectors.frames.parts import Archive, Parts, Source, packed
from jupyter_connectors.frames.records import Found, Record, dig, error_told, find, refused
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import refined
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.frames.uncollected import no_collector
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


_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class _First:
    """A first page."""

    reply: Reply
    kept: tuple[bytes, ...]
    rows: list[Record]
    """Some of its rows."""
    keep: int
    """How many of its rows belong to the result."""


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
        self._held: Held | None = None
        self._way: tuple[str, ...] = ()
        """Where the rows of the first page were."""
        self._first: _First | None = None
        """The first page, until the second comes."""
        self._lane: Lane | None = None
        self._verdict: Completeness | None = None
        """The verdict on a reply that is no listing."""
        self._wire: Mapping[str, Json] | None = None
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
        if not self.pages:
            self._wire = reply.wire
        if reply.is_error:
            raise refused(self._name, reply)
        try:
            with no_collector():
                return self._take(sent, reply)
        except RecursionError:
            problem = f"{self._name}: the reply is nested too deep to be read"
        raise ReplyRejected(problem, hint="ask the server for less detail")

    def _take(self, sent: dict[str, Json], reply: Reply) -> dict[str, Json] | None:
        try:
            kept = packed(reply)
        except ValueError:
            reply, repaired = whole(reply)
            kept = packed(reply)
            self.note(*repaired)
        page = self._in_lane(reply, kept)
        if page is not None:
            step = self._stepped(sent, page.beside, page.ids)
            self._keep(kept, step, page=page)
            return self._on(step)
        decoded = decode(reply)
        self.note(*decoded.notes)
        if decoded.prose:
            self._take_prose(reply, decoded.payload, kept)
            return None
        errors = self.source.shape.errors if self.source.shape is not None else ()
        found = find(decoded.payload, self._ways, named=self._name, errors=errors)
        self.note(*found.notes)
        if self.pages == 0:
            self._open(decoded, found)
        assert self._held is not None
        self._held.first.learn(decoded.payload)
        if found.single:
            self._take_single(found, kept)
            return None
        step = self._stepped(sent, decoded.payload, found.rows)
        self._keep(kept, step, rows=found.rows)
        if self.pages == 1:
            self._first = _First(reply, kept, found.rows[:_SAMPLE], step.keep)
        return self._on(step)

    def _stepped(self, sent: dict[str, Json], payload: Json, rows: list[Record]) -> Step:
        step = self._walk.step(sent, payload, rows)
        if step.stuck and not step.keep:
            raise self._incomplete(step.stuck)
        return step

    def _on(self, step: Step) -> dict[str, Json] | None:
        if step.stuck:
            raise self._incomplete(step.stuck)
        self.next = step.next
        return step.next if self.follow else None

    def _in_lane(self, reply: Reply, kept: tuple[bytes, ...]) -> Page | None:
        """The page by its lean columns alone, or None where it has to be read in full."""
        if self.pages == 1 and self._first is not None:
            self._lane = self._new_lane(self._first)
            self._first = None
        if self._lane is None:
            return None
        page = self._lane.read(reply, kept[1])
        if page is None:
            self._close_lane()
        return page

    def _new_lane(self, first: _First) -> Lane | None:
        """A lane with the first page in it, if the form has one and all the first page says can be read there."""
        held, ways = self._held, self._ways
        if held is None or not ways or not held.shown:
            return None
        way = () if ways[0] == "@root" else tuple(ways[0].split("."))
        known = known_of(held.first, way, self._walk.paging, self._errors) if way == self._way else None
        if known is None:
            return None
        lane = Lane(known, first.rows, held.first.hints, self._spool)
        page = lane.read(first.reply, first.kept[1])
        if page is None:
            return None
        lane.add(page, first.keep)
        held.lean = lane.sheet
        return lane

    def _close_lane(self) -> None:
        assert self._held is not None
        self._lane = self._held.lean = None

    def _take_prose(self, reply: Reply, said: Json, kept: tuple[bytes, ...]) -> None:
        if self.pages:
            raise ToolFailed(f"it is text, not rows: {one_line(reply.text)}", hint="those are the server's own words")
        told = error_told(said) if isinstance(said, str) else None
        if told is not None:
            raise ToolFailed(f"{self._name} answered with an error: {told}", hint="those are the server's own words")
        kinds = ", ".join(sorted(set(reply.other)))
        reason = f"the reply is {'of type ' + kinds if kinds and not reply.texts else 'text'}, not rows"
        self._verdict = Completeness(state="unknown", rows=0, pages=1, reason=reason)
        self._archive.add(kept)
        self.pages += 1

    def _take_single(self, found: Found, kept: tuple[bytes, ...]) -> None:
        """One object: the whole reply to a get or a write, but not a page of a listing."""
        if self.pages:
            raise ToolFailed("it holds no list", hint="the server changed the form of its replies between two pages")
        if self.source.shape is None or "@root" in self._ways:
            self._verdict = Completeness(state="complete", rows=1, pages=1, total=1, evidence="one object")
        else:
            reason = f"the list that should be at {' or '.join(self._ways)} is not there"
            self._verdict = Completeness(state="unknown", rows=1, pages=1, reason=reason)
        self._keep(kept, Step(keep=1), rows=found.rows)

    def _open(self, decoded: Decoded, found: Found) -> None:
        """What the first page decides: where the rows are from now on, how pages follow, which columns are hinted."""
        if found.path and not self._ways:
            self._ways = (".".join(found.path),)
        if self.source.shape is not None and self.source.shape.detects:
            self._form = refined(self.source.shape, decoded.payload).form
        hints = hints_from(self.source.tool.output_schema, found.path)
        chosen = self._form.chosen and dig(self.source.call.arguments, self._form.chosen) is not None
        sheet = Sheet(self._form, self._spool, hints=hints)
        self._held = Held(sheet, self._archive, self._ways, shown=() if chosen else self._form.lean)
        self._way = found.path
        if self.source.shape is None or self.source.shape.paging is None:
            self._walk = self._new_walk(guess(decoded.payload, found.path, self._parameters, csv=decoded.csv))
        self._walk.settle(decoded.payload)
        param, asked = self._walk.paging.param, self.source.call.arguments
        if param and param in asked:
            self.note(f"the listing starts at {param}={one_line(str(asked[param]), 60)}, as the call asks")

    def _keep(
        self, kept: tuple[bytes, ...], step: Step, *, rows: Sequence[Record] = (), page: Page | None = None
    ) -> None:
        """Adds what belongs to the result of a page: its rows, or where the lane has read it what it has."""
        assert self._held is not None
        if page is not None and self._lane is not None:
            self._held.put_off(step.keep)
            if not self._lane.add(page, step.keep):
                self._close_lane()
        else:
            self._held.add(rows[: step.keep])
        self._archive.add(kept)
        self.pages += 1

    def failed(self, error: ConnectorError) -> ConnectorError:
        """What to raise for a failure: itself on the first page, `Incomplete` with the rows so far on a later one."""
        if isinstance(error, ToolFailed) and not self.pages:
            error.interface = self._interface("")
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
        if self._lane is not None and not self._lane.flush():
            self._close_lane()
        parts = Parts(
            source=self.source,
            first=self.first,
            completeness=verdict,
            archive=self._archive,
            ways=self._ways,
            held=self._held,
            notes=tuple(self._notes),
            fetched_at=fetched_at or self.source.clock().isoformat(),
            interface=self._interface(reason),
        )
        return Result(parts)

    def _interface(self, reason: str) -> Interface | None:
        source = self.source
        return interface_of(source.tool, source.call, self._wire, entry=source.entry, reason=reason)

    def _new_walk(self, paging: Paging) -> Walk:
        call = self.source.call
        return Walk(call.arguments, call.bound, paging, id_field=self._form.id or "id", exact=self.source.exact)

    def _spool(self) -> Spool:
        return Spool(self.source.spool_dir)

    def note(self, *notes: str) -> None:
        """Adds what there is to say about the way to the frame."""
        self._notes.update(dict.fromkeys(notes))
