"""Date ranges in a question: `last month`, `Q3 2025`, `since 2026-01-01`.

Ranges are half-open, weeks begin on Monday (ISO 8601), quarters with January. `last 7 days` are seven days of which
today is the last; `last week` is the whole week before this one, and `past week` the seven days up to today. A month
or quarter without a year is the latest that has begun, or with `ahead` the first that has not yet ended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

MONTHS = ("january", "february", "march", "april", "may", "june",
          "july", "august", "september", "october", "november", "december")  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth")
_UNITS = {"week": 0, "month": 1, "quarter": 3, "year": 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of days found in a text: from `start` until before `stop`; None is open."""

    start: date | None
    stop: date | None
    said: str
    """The words it was read from."""

    at: tuple[int, int]
    """Where these words stand in the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """What a phrase is read against."""

    today: date
    ahead: bool


_Days = tuple[date, date]
_Reader = Callable[["re.Match[str]", _Day], "_Days | None"]


def find_spans(text: str, *, today: date, ahead: bool = False) -> tuple[Span, ...]:
    """The date ranges in `text`, left to right; empty where there are none.

    `ahead` reads a bare month or quarter as a coming one, for questions about what is due or closes.
    """
    found = list(_periods(text, _Day(today=today, ahead=ahead)))
    spans = [_opened(text, span) for span in _paired(text, found)]
    return tuple(_closed(spans))


def months_after(day: date, count: int) -> date:
    """The same day `count` months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"{day} plus {count} months is outside the calendar")


def _periods(text: str, day: _Day) -> Iterator[Span]:
    """Every period named, where two overlap the one that begins first, then the one listed first."""
    matches = [
        (match.start(), rank, match) for rank, (phrase, _) in enumerate(_PHRASES) for match in phrase.finditer(text)
    ]
    taken = 0
    for start, rank, match in sorted(matches, key=lambda each: each[:2]):
        days = _days(match, _PHRASES[rank][1], day) if start >= taken else None
        if days is not None:
            taken = match.end()
            yield Span(start=days[0], stop=days[1], said=match.group(), at=match.span())


def _days(match: re.Match[str], reader: _Reader, day: _Day) -> _Days | None:
    try:
        return reader(match, day)
    except (ValueError, OverflowError):
        return None  # 2025-02-31, or a count of years that leaves the calendar


def _paired(text: str, spans: list[Span]) -> Iterator[Span]:
    """`between A and B` and `from A to B` as one range."""
    waiting = list(spans)
    while waiting:
        first = waiting.pop(0)
        before = re.search(r"(?:between|from)\s+$", text[: first.at[0]], re.IGNORECASE)
        second = waiting[0] if waiting else None
        if before and second and re.fullmatch(r"\s+(?:and|to|until|till|through)\s+", text[first.at[1] : second.at[0]]):
            waiting.pop(0)
            at = (before.start(), second.at[1])
            yield Span(start=_not_after(first, second), stop=second.stop, said=text[slice(*at)], at=at)
        else:
            yield first


def _not_after(first: Span, second: Span) -> date | None:
    """The start of `October to December 2025`: the first month has the second's year."""
    start = first.start
    if start and second.start and start > second.start and not re.search(r"\d{4}", first.said):
        return start.replace(year=second.start.year - (start.month > second.start.month))
    return start


def _opened(text: str, span: Span) -> Span:
    """`since A`, `before A` and their kin leave one end open."""
    before = re.search(
        r"\b(since|starting|after|before|until|till|up\s+to|through|by)\s+$", text[: span.at[0]], re.IGNORECASE
    )
    if before is None or span.start is None or span.stop is None:
        return span
    at = (before.start(), span.at[1])
    said, word = text[slice(*at)], before.group(1).lower()
    if word in ("since", "starting"):
        return replace(span, stop=None, said=said, at=at)
    if word == "after":
        return replace(span, start=span.stop, stop=None, said=said, at=at)
    stop = span.start if word == "before" else span.stop
    return replace(span, start=None, stop=stop, said=said, at=at)


def _closed(spans: list[Span]) -> Iterator[Span]:
    """`since A` followed at once by `before B` is one range."""
    waiting = list(spans)
    while waiting:
        span = waiting.pop(0)
        after = waiting[0] if waiting else None
        if after and span.stop is None and after.start is None and after.at[0] - span.at[1] <= len(" and "):
            waiting.pop(0)
            yield replace(span, stop=after.stop, said=f"{span.said} {after.said}", at=(span.at[0], after.at[1]))
        else:
            yield span


def _iso_day(match: re.Match[str], day: _Day) -> _Days:
    start = date.fromisoformat(match["iso"])
    return start, start + _DAY


def _iso_month(match: re.Match[str], day: _Day) -> _Days:
    start = date.fromisoformat(match["yearmonth"] + "-01")
    return start, months_after(start, 1)


def _near(match: re.Match[str], day: _Day) -> _Days:
    start = day.today + _DAY * {"yesterday": -1, "today": 0, "tomorrow": 1}[match["near"].lower()]
    return start, start + _DAY


def _to_date(match: re.Match[str], day: _Day) -> _Days:
    unit = {"y": "year", "q": "quarter", "m": "month"}[match["todate"][0].lower()]
    return _unit_around(day.today, unit, 0)[0], day.today + _DAY


def _relative(match: re.Match[str], day: _Day) -> _Days:
    which, unit = match["which"].lower(), match["unit"].lower()
    if which == "past":
        return _counted(day.today, -1, unit)
    return _unit_around(day.today, unit, {"this": 0, "current": 0, "last": -1, "previous": -1}.get(which, 1))


def _count(match: re.Match[str], day: _Day) -> _Days:
    sign = -1 if match["way"].lower() in ("last", "past", "previous") else 1
    return _counted(day.today, sign * int(match["count"]), match["units"].lower().rstrip("s"))


def _quarter(match: re.Match[str], day: _Day) -> _Days:
    spelled = match["nth"]
    number = _ORDINALS.index(spelled.lower()) + 1 if spelled else int(match["q"] or match["q2"])
    return _named(3 * number - 2, 3, match["qyear"] or match["qyear2"] or match["nthyear"], day)


def _month(match: re.Match[str], day: _Day) -> _Days | None:
    word = match["month"]
    number = next(i for i, name in enumerate(MONTHS, 1) if name.startswith(word.lower()[:3]))
    alone = not match["monthday"] and not match["myear"]
    if (
        alone
        and word in ("may", "march")
        and not re.search(r"\b(?:in|of|since|until|before|after)\s+$", _before(match))
    ):
        return None  # the verb
    start, stop = _named(number, 1, match["myear"], day)
    if match["monthday"]:
        start = start.replace(day=int(match["monthday"]))
        stop = start + _DAY
    return start, stop


def _year(match: re.Match[str], day: _Day) -> _Days | None:
    if re.search(
        r"(?:\b(?:over|under|above|below|than|least|most|top|first|up to)|[$€£¥])\s*$", _before(match), re.IGNORECASE
    ):
        return None  # an amount
    year = int(match["year"])
    return date(year, 1, 1), date(year + 1, 1, 1)


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 12) : match.start()]


def _named(month: int, length: int, year: str | None, day: _Day) -> _Days:
    start = date(int(year) if year else day.today.year, month, 1)
    if not year and day.ahead and months_after(start, length) <= day.today:
        start = start.replace(year=start.year + 1)
    elif not year and not day.ahead and start > day.today:
        start = start.replace(year=start.year - 1)
    return start, months_after(start, length)


def _unit_around(today: date, unit: str, offset: int) -> _Days:
    if unit == "week":
        start = today - _DAY * today.weekday() + 7 * offset * _DAY
        return start, start + 7 * _DAY
    length = _UNITS[unit]
    first = today.replace(day=1, month=(today.month - 1) // length * length + 1)
    return months_after(first, length * offset), months_after(first, length * (offset + 1))


def _counted(today: date, count: int, unit: str) -> _Days:
    if unit in ("day", "week"):
        days = count * (7 if unit == "week" else 1)
        other = today + days * _DAY
    else:
        other = months_after(today, count * _UNITS[unit])
    return (other + _DAY, today + _DAY) if count < 0 else (today, other)


_MONTH_NAMES = "|".join([*MONTHS, *(name[:3] for name in MONTHS), "sept"])
_QUARTER = (
    r"\b(?:q(?P<q>[1-4])(?:\s+(?:of\s+)?(?P<qyear>(?:19|20)\d\d))?|(?P<qyear2>(?:19|20)\d\d)[ -]?q(?P<q2>[1-4])"
    r"|(?P<nth>first|second|third|fourth)\s+quarter(?:\s+(?:of\s+)?(?P<nthyear>(?:19|20)\d\d))?)\b"
)
_MONTH = (
    rf"\b(?P<month>{_MONTH_NAMES})\b\.?(?:\s+(?P<monthday>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b(?![.,]?\d))?"
    r"(?:,?\s+(?:of\s+)?(?P<myear>(?:19|20)\d\d)\b)?"
)
_YEAR = (
    r"\b(?:year\s+)?(?P<year>20\d\d)\b"
    r"(?![.,-]?\d|\s*(?:[€$£¥%]|eur|usd|gbp|jpy|chf|dollar|pound|yen|[a-z]+_))"
)
_UNIT = "week|month|quarter|year"
_PHRASES: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(source, re.IGNORECASE), reader)
    for source, reader in (
        (r"\b(?P<iso>\d{4}-\d{2}-\d{2})\b", _iso_day),
        (r"\b(?P<yearmonth>\d{4}-\d{2})\b(?!-)", _iso_month),
        (r"\b(?P<near>yesterday|today|tomorrow)\b", _near),
        (r"\b(?P<todate>ytd|qtd|mtd|(?:year|quarter|month)[ -]to[ -]date)\b", _to_date),
        (
            rf"\b(?P<way>last|past|previous|next|coming)\s+(?P<count>\d{{1,4}})\s+(?P<units>(?:day|{_UNIT})s?)\b",
            _count,
        ),
        (rf"\b(?P<which>this|current|last|previous|past|next|coming)\s+(?P<unit>{_UNIT})\b", _relative),
        (_QUARTER, _quarter),
        (_MONTH, _month),
        (_YEAR, _year),
    )
)
