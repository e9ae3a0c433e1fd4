"""What stands in a question, whatever the tools are: dates, amounts, ids, quoted text, a count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from jupyter_connectors.answering.amounts import Amount, find_amounts
from jupyter_connectors.answering.calendar import Span, find_spans
from jupyter_connectors.answering.names import stem, words_of
from jupyter_connectors.answering.search import FILLER

At = tuple[int, int]

WRITING = frozenset(
    words_of("""add approve archive assign cancel change charge close create delete draft edit invite mark
    merge move pay post publish reassign refund remind remove rename reply send set submit transfer update upload void
    write""")
)
"""Verbs that ask for a change when they open a question."""

_ASIDE = (FILLER - {"no"}) | frozenset(
    words_of("show list get find search display fetch me only currently still many number there")
)
_POLITE = frozenset(words_of("please can could you now"))
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_ID = re.compile(r"(?<![\w/])(?:[a-z]{2,6}_(?=\w*\d)[A-Za-z0-9]{2,}|[A-Z][A-Z0-9]+-\d+|(?=\w*[A-Z])0\w{14}(?:\w{3})?"
                 r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?!\w)")  # fmt: skip
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|(?<!\w)'([^']+)'(?!\w)|«([^»]+)»")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_REPOSITORY = re.compile(r"(?<![\w/.])([A-Za-z0-9][\w.-]*)/([A-Za-z0-9][\w.-]*)(?![\w/])")
_COUNT = re.compile(
    r"\b(?P<how>top|first|latest|newest|last|limit|most\s+recent|biggest|largest|highest)\s+(?P<n>\d{1,6})\b"
    r"|\b(?P<n2>\d{1,6})\s+(?P<how2>latest|newest|most\s+recent|biggest|largest|highest)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:named|called|matching|containing|about|for)\s+(?P<text>[^,.;?!]+)", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|from|based\s+in|located\s+in)\s+(?P<text>[A-Z][\w.-]*(?:\s+(?:of\s+)?[A-Z][\w.-]*)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word with its place in the text."""

    text: str
    stem: str
    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A piece of text found at a place."""

    text: str
    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many: `top 10` by size, `latest 5` by date, `first 3` as they come."""

    number: int
    order: str
    """`size`, `date` or empty."""

    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question taken apart. Places are half-open ranges of characters in `text`."""

    text: str
    words: tuple[Word, ...]
    today: date
    spans: tuple[Span, ...] = ()
    amounts: tuple[Amount, ...] = ()
    ids: tuple[Said, ...] = ()
    quotes: tuple[Said, ...] = ()
    mails: tuple[Said, ...] = ()
    repository: Said | None = None
    named: Said | None = None
    place: Said | None = None
    count: Count | None = None
    writes: bool = False
    """It opens with a verb that asks for a change."""

    def words_in(self, at: At) -> tuple[Word, ...]:
        """The words that lie in a range."""
        return tuple(word for word in self.words if at[0] <= word.at[0] and word.at[1] <= at[1])

    def piece_at(self, at: At) -> str:
        """The whole piece a word is part of, an amount or an id, else the word itself."""
        pieces = [amount.at for amount in self.amounts]
        pieces += [said.at for said in (*self.ids, *self.mails, *self.quotes)]
        whole = next((piece for piece in pieces if piece[0] <= at[0] and at[1] <= piece[1]), at)
        return self.text[whole[0] : whole[1]]

    @property
    def first(self) -> Word | None:
        """The word that opens the question, past `please` and `can you`."""
        return next((word for word in self.words if word.text not in _POLITE), None)

    @property
    def meaning(self) -> tuple[Word, ...]:
        """The words that say something: not `the`, `show`, `which`."""
        return tuple(word for word in self.words if word.text not in _ASIDE)


def read_question(text: str, *, today: date) -> Question:
    """A question taken apart."""
    text = " ".join(text.split())
    words = tuple(
        Word(text=match.group().lower(), stem=stem(match.group().lower()), at=match.span())
        for match in _WORD.finditer(text)
    )
    ahead = (
        re.search(r"\b(?:due|closing|expiring|renewing|upcoming|ending|scheduled)\b", text, re.IGNORECASE) is not None
    )
    spans = find_spans(text, today=today, ahead=ahead)
    opening = next((word.text for word in words if word.text not in _POLITE), "")
    return Question(
        text=text,
        words=words,
        today=today,
        spans=spans,
        amounts=tuple(amount for amount in find_amounts(text) if not any(_overlap(amount.at, s.at) for s in spans)),
        ids=_all(_ID, text),
        quotes=_all(_QUOTED, text),
        mails=_all(_MAIL, text),
        repository=next(iter(_all(_REPOSITORY, text, group=0)), None),
        named=next(iter(_all(_NAMED, text)), None),
        place=next(iter(_all(_PLACE, text)), None),
        count=_count(text, spans),
        writes=opening in WRITING,
    )


def _all(pattern: re.Pattern[str], text: str, group: int | None = None) -> tuple[Said, ...]:
    found = []
    for match in pattern.finditer(text):
        said = match.group() if group == 0 else next((part for part in match.groups() if part), match.group())
        found.append(Said(text=said.strip(), at=match.span()))
    return tuple(found)


def _count(text: str, spans: tuple[Span, ...]) -> Count | None:
    match = _COUNT.search(text)
    if match is None or any(_overlap(match.span(), span.at) for span in spans):
        return None
    how = " ".join((match["how"] or match["how2"]).lower().split())
    order = {"first": "", "limit": "", "latest": "date", "newest": "date", "last": "date", "most recent": "date"}
    return Count(number=int(match["n"] or match["n2"]), order=order.get(how, "size"), at=match.span())


def _overlap(one: At, other: At) -> bool:
    return one[0] < other[1] and other[0] < one[1]
