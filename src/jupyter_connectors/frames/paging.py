"""Following pages without I/O: from the arguments sent and the page that came to the next arguments, or to a verdict.

The more-flag beats the presence of a cursor: GraphQL connections keep `endCursor` on the last page, and some servers
keep the flag true without a cursor, which is a loss to report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.doubts import Doubts, counted
from jupyter_connectors.frames.forms import Paging
from jupyter_connectors.frames.keyset import MOST, is_id, keyset
from jupyter_connectors.frames.records import dig, put
from jupyter_connectors.frames.repeats import Repeats
from jupyter_connectors.models import Bound, Json
from jupyter_connectors.text import plural

MOST_PAGES = 10_000

Records = Sequence[Mapping[str, Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What follows from one page."""

    keep: int
    """How many of its rows belong to the result."""

    next: dict[str, Json] | None = None
    """The arguments of the next request; None at the end."""

    stuck: str = ""
    """Why going on is pointless: the server repeats itself. The page is not part of the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What one page says about the next."""

    more: Literal["yes", "no", "silent"]
    why: str
    cursor: Json = None
    flagged: bool = False
    """A flag of the server says so."""


class Walk:
    """One walk through the pages of a listing: what was asked, seen and concluded so far."""

    def __init__(
        self,
        arguments: Mapping[str, Json],
        bound: Bound,
        paging: Paging,
        *,
        id_field: str = "id",
        exact: bool = False,
    ) -> None:
        self.paging = paging
        self._exact = exact
        self._bound = bound
        self._arguments = dict(arguments)
        self._midway = self._starts_midway()
        self._repeats = Repeats(id_field)
        self._had_cursor = False
        self._doubts = Doubts(paging)
        self._keyset = keyset(arguments.get(paging.keyset)) if paging.keyset and not exact else None
        self._verdict = Completeness(state="unknown", rows=0, pages=0, reason="nothing was fetched")
        self.goes_on = False
        """There is a next page to ask for."""

    @property
    def repeated(self) -> int:
        """Rows whose id an earlier row had."""
        return self._repeats.rows

    @property
    def verdict(self) -> Completeness:
        """The verdict on the pages so far."""
        return self._verdict

    @property
    def first(self) -> dict[str, Json]:
        """The arguments of the first request: the largest page the server gives, unless the person chose.

        An exact walk sends what it was given, because that is what the person approved.
        """
        if self._keyset is not None:
            return {**self._arguments, self.paging.keyset: self._keyset.page(size=self._keyset_size)}
        size = self.paging.size
        if self._exact or not size or dig(self._arguments, size) is not None:
            return dict(self._arguments)
        low, high, limit = self.paging.min, self.paging.max, self._bound.limit
        return put(self._arguments, size, high if limit is None else max(low, min(limit, high)))

    def settle(self, payload: Json) -> None:
        """Decides by the first page how pages follow, where one tool answers for two kinds of server."""
        paging = self.paging
        total = counted(payload, paging.total)
        if paging.counted and total is not None and dig(payload, paging.cursor) is None:
            self.paging = replace(paging, cursor="@offset", param=paging.counted, counted="")
            self._midway = self._starts_midway()
            self._doubts = Doubts(self.paging)

    def _starts_midway(self) -> bool:
        """Whether the call itself names a later page, so that the server's count is not the walk's."""
        asked = dig(self._arguments, self.paging.param) if self.paging.param else None
        return asked is not None and not (self.paging.cursor == "@offset" and asked == 0)

    def stopped(self, reason: str) -> Completeness:
        """The verdict when no further page could be had."""
        return replace(self._verdict, state="partial", reason=reason, evidence="")

    def step(self, sent: Mapping[str, Json], payload: Json, rows: Records) -> Step:
        """What follows from the page that came for the arguments `sent`. Call it once for each page, in order."""
        held = self._verdict
        said = self._said(payload, rows, sent)
        counts = self.paging.cursor in ("@page", "@offset")
        stuck = self._repeats.of_rows(rows, held.pages + 1, counted=counts)
        if not stuck and said.more == "yes":
            stuck = self._repeats.of_cursor(said.cursor, dig(self._arguments, self.paging.param))
        if stuck:
            return Step(keep=0, stuck=stuck)
        keep = len(rows) if self._bound.limit is None else max(0, min(len(rows), self._bound.limit - held.rows))
        total = counted(payload, self.paging.total)
        now = Completeness(
            state="partial",
            rows=held.rows + keep,
            pages=held.pages + 1,
            total=held.total if total is None else total,
            cursor=said.cursor if keep == len(rows) else None,
        )
        self._doubts.see(payload, rows)
        bounded = self._bounded(now, said, cut=keep < len(rows))
        if bounded:
            self.goes_on = False
            self._verdict = replace(now, reason=bounded)
            return Step(keep=keep)
        if said.more == "yes" and said.cursor is not None and now.pages < MOST_PAGES:
            self.goes_on = True
            self._verdict = replace(now, reason="more pages follow")
            return Step(keep=keep, next=put(sent, self.paging.param or self.paging.keyset, said.cursor))
        self.goes_on = False
        self._verdict = self._concluded(now, said)
        return Step(keep=keep, stuck=f"{MOST_PAGES:,} pages and no end" if said.cursor is not None else "")

    def _said(self, payload: Json, rows: Records, sent: Mapping[str, Json]) -> _Said:
        paging, flag = self.paging, self._flag(payload)
        if self._keyset is not None:
            return self._by_keyset(flag, rows)
        if flag is False:
            return _Said(more="no", why=self._flag_name(payload, False), flagged=True)
        cursor = self._cursor(payload, rows, sent)
        if cursor is not None and not paging.param:
            return _Said(more="yes", why="the server says there is more, but the tool takes no cursor")
        if flag is True:
            return _Said(more="yes", why="" if cursor is not None else self._no_cursor(payload), cursor=cursor)
        return self._without_flag(payload, rows, sent, cursor)

    def _no_cursor(self, payload: Json) -> str:
        why = "no cursor came"
        if self.paging.keyset:
            why = "the tool has no next page, and a query with an order, a limit or groups of its own has no key-set pages"
        return f"{self._flag_name(payload, True)}, but {why}"

    def _by_keyset(self, flag: bool | None, rows: Records) -> _Said:
        """What follows where the tool has no next page and its query is rewritten instead."""
        assert self._keyset is not None
        size = self._keyset_size
        if flag is not True and len(rows) < size:
            return _Said(
                more="no", why=f"key-set paging by Id: the last query asked for {size:,} rows and got {len(rows):,}"
            )
        last = rows[-1].get("Id") if rows else None
        if not is_id(last):
            return _Said(more="yes", why="the tool has no next page, and the last row has no Id to go on from")
        return _Said(more="yes", why="", cursor=self._keyset.page(after=str(last), size=size))

    @property
    def _keyset_size(self) -> int:
        limit = self._bound.limit
        return MOST if limit is None else max(1, min(limit, MOST))

    def _without_flag(self, payload: Json, rows: Records, sent: Mapping[str, Json], cursor: Json) -> _Said:
        paging, total = self.paging, counted(payload, self.paging.total)
        held = self._verdict.rows + len(rows)
        if total is not None and held == total and not self._midway:
            return _Said(more="no", why=f"the server counts {plural(total, 'row')}")
        if paging.cursor in ("@page", "@offset"):
            return self._by_count(rows, sent, cursor)
        if paging.cursor.startswith("@last:") and not paging.absent_done:
            return _Said(more="silent", why="")  # a last id is there on every page, so it proves nothing
        if cursor is not None:
            self._had_cursor = True
            return _Said(more="yes", why="", cursor=cursor)
        if paging.cursor and (self._had_cursor or paging.absent_done or _has(payload, paging.cursor)):
            return _Said(more="no", why="no further cursor")
        return _Said(more="silent", why="")

    def _by_count(self, rows: Records, sent: Mapping[str, Json], cursor: Json) -> _Said:
        """What follows where pages are counted: their end is an empty one, or a short one where that is known."""
        if not rows:
            return _Said(more="no", why="an empty page")
        asked = dig(dict(sent), self.paging.size) if self.paging.size and self.paging.short_done else None
        if isinstance(asked, int) and len(rows) < asked:
            return _Said(more="no", why=f"a page of {len(rows):,} where {asked:,} were asked for")
        return _Said(more="yes", why="", cursor=cursor)

    def _concluded(self, now: Completeness, said: _Said) -> Completeness:
        counts = now.total is not None and not self._midway and self._keyset is None
        if counts and now.rows != now.total:
            contradicted = f"; {said.why}" if said.more == "yes" and said.why else ""
            return replace(now, reason=f"the server counts {now.total:,} and sent {now.rows:,}{contradicted}")
        if said.more == "yes":
            return replace(now, reason=said.why or "more pages follow")
        doubt = self._doubts.at_end(now.rows, why=said.why, counts=counts, flagged=said.flagged)
        if doubt:
            return replace(now, reason=doubt)
        if said.more == "no" or counts:
            why = said.why or f"the server counts {plural(now.rows, 'row')}"
            return replace(now, state="complete", evidence=why, cursor=None)
        return replace(now, state="unknown", reason="the server does not say whether there are more", cursor=None)

    def _bounded(self, now: Completeness, said: _Said, *, cut: bool) -> str:
        """The bound that ends the walk here, unless the source ended it at this very point."""
        limit, pages, cap = self._bound.limit, self._bound.pages, self.paging.cap
        if cap and now.rows >= cap and said.more == "yes" and said.cursor is not None:
            return f"the server gives no more than {cap:,} rows for one question; ask a narrower one for the rest"
        if limit is not None and (cut or (now.rows >= limit and said.more != "no")):
            return f"limit={limit}"
        return f"pages={pages}" if pages is not None and now.pages >= pages and said.more == "yes" else ""

    def _flag(self, payload: Json) -> bool | None:
        more = dig(payload, self.paging.more) if self.paging.more else None
        if isinstance(more, bool):
            return more
        done = dig(payload, self.paging.done) if self.paging.done else None
        return not done if isinstance(done, bool) else None

    def _flag_name(self, payload: Json, more: bool) -> str:
        if self.paging.more and isinstance(dig(payload, self.paging.more), bool):
            return f"{self.paging.more} is {str(more).lower()}"
        return f"{self.paging.done} is {str(not more).lower()}"

    def _cursor(self, payload: Json, rows: Records, sent: Mapping[str, Json]) -> Json:
        way = self.paging.cursor
        if way == "@page":
            page = dig(dict(sent), self.paging.param)
            page = self.paging.first if page is None else page
            return page + 1 if isinstance(page, int) else None
        if way == "@offset":
            start = dig(dict(sent), self.paging.param) or 0
            return start + len(rows) if isinstance(start, int) and rows else None
        if way.startswith("@last:"):
            value = rows[-1].get(way.removeprefix("@last:")) if rows else None
        else:
            value = dig(payload, way) if way else None
        return value if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def fitted(paging: Paging, parameters: Mapping[str, Json]) -> Paging:
    """The paging with the arguments this very tool takes: of `a|b` the first it has, none where it has neither.

    Tools change faster than what is known of them; one that declares no parameters is taken at our word.
    """

    def fit(names: str) -> str:
        ways = names.split("|")
        return next((way for way in ways if way.partition(".")[0] in parameters), "") if parameters else ways[0]

    return replace(
        paging,
        param=fit(paging.param),
        counted=fit(paging.counted),
        size=fit(paging.size),
        keyset=fit(paging.keyset),
    )


def _has(payload: Json, path: str) -> bool:
    """Whether the last key of a dotted path is there, even as null."""
    for way in path.split("|"):
        above, _, key = way.rpartition(".")
        holder = dig(payload, above) if above else payload
        if isinstance(holder, dict) and key in holder:
            return True
    return False
