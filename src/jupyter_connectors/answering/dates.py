"""Date ranges of a question put where the verb points: `closing` to close_date, `due` to due_date, else creation."""

from __future__ import annotations

from datetime import date

from jupyter_connectors.answering.calendar import Span
from jupyter_connectors.answering.columns import Columns
from jupyter_connectors.answering.filling import Filling
from jupyter_connectors.answering.names import words_of
from jupyter_connectors.answering.parameters import Range, bound_value, ranges_of
from jupyter_connectors.answering.question import Word

_MADE = frozenset({"creat", "creation"})
_SAYS_MADE = frozenset({"creat", "open", "new", "add", "ma", "issu"})
_JOINING = frozenset(words_of("in on during for over within the from of at by since after before between until is are"))


def fill_dates(filling: Filling) -> None:
    """Puts every date range of the question into a pair of arguments, or into filters on a date column."""
    ranges = ranges_of(filling.parameters)
    begin = 0
    for span in filling.question.spans:
        hints = [word for word in filling.question.words_in((begin, span.at[0])) if not filling.is_used(word.at)]
        begin = span.at[1]
        chosen, verb = _range_for(filling, hints, ranges)
        column, column_verb = (None, None) if verb else _date_column(hints, filling.columns)
        if column is not None and column_verb is not None:
            _date_filter(filling, span, column, column_verb)
        elif chosen is not None and _fits(chosen, span):
            _date_arguments(filling, span, chosen, verb)
            filling.doubtful |= verb is None and _guessed(chosen, hints)
        elif column := filling.columns.created():
            _date_filter(filling, span, column, verb)


def _range_for(filling: Filling, hints: list[Word], ranges: tuple[Range, ...]) -> tuple[Range | None, Word | None]:
    """The pair the nearest word before the date speaks of, else the one for when a thing was made.

    A word that is also a value of some argument (`open`, `paid`) speaks of the date only right before it.
    """
    values = {choice.lower() for parameter in filling.parameters for choice in parameter.choices}
    last = _last(hints)
    for word in reversed(hints):
        for each in ranges:
            if word.stem in each.stems and (word is last or word.text not in values):
                return each, word
    made = [each for each in ranges if not each.stems or each.stems & _MADE]
    return next(iter(made), ranges[0] if len(ranges) == 1 else None), None


def _date_column(hints: list[Word], columns: Columns) -> tuple[str | None, Word | None]:
    last = _last(hints)
    return (columns.date_about(last.stem), last) if last else (None, None)


def _last(hints: list[Word]) -> Word | None:
    return next((word for word in reversed(hints) if word.text not in _JOINING), None)


def _fits(chosen: Range, span: Span) -> bool:
    return (span.start is None or chosen.low is not None) and (span.stop is None or chosen.high is not None)


def _guessed(chosen: Range, hints: list[Word]) -> bool:
    """True where another date may be meant: `paid last month`, or a pair that is not about creation."""
    last = _last(hints)
    if chosen.stems and not chosen.stems & _MADE:
        return True
    if last is None or last.stem in _SAYS_MADE:
        return False
    return last.text.endswith(("ed", "ing")) or last.text in ("paid", "sent", "won", "lost", "due")


def _date_arguments(filling: Filling, span: Span, chosen: Range, verb: Word | None) -> None:
    places = [span.at, *([verb.at] if verb else [])]
    for end, day in ((chosen.low, span.start), (chosen.high, span.stop)):
        if end is not None and day is not None:
            filling.put(end[0], bound_value(end[0], end[1], day), *places)
    filling.notes.append(f"{span.said}: {_days_shown(span)}, by {chosen.name or 'date'}")


def _date_filter(filling: Filling, span: Span, column: str, verb: Word | None) -> None:
    places = [span.at, *([verb.at] if verb else [])]
    if span.start is not None:
        filling.keep(column, ">=", span.start.isoformat(), *places)
    if span.stop is not None:
        filling.keep(column, "<", span.stop.isoformat(), *places)
    filling.notes.append(f"{span.said}: {_days_shown(span)}, by column {column}")


def _days_shown(span: Span) -> str:
    def shown(day: date) -> str:
        return day.isoformat()

    if span.stop is None or span.start is None:
        return f"from {shown(span.start)}" if span.start else f"before {shown(span.stop or date.max)}"
    last = date.fromordinal(span.stop.toordinal() - 1)
    return shown(span.start) if last == span.start else f"{shown(span.start)} to {shown(last)}"


def fill_overdue(filling: Filling) -> None:
    """`overdue`: due before today, and open where the tool knows that state."""
    word = next((each for each in filling.free() if each.text == "overdue"), None)
    due = next((each for each in ranges_of(filling.parameters) if "due" in each.stems), None)
    if word is None or due is None or due.high is None:
        return
    parameter, edge = due.high
    filling.put(parameter, bound_value(parameter, edge, filling.question.today), word.at)
    states = [each for each in filling.open() if "open" in each.choices]
    if states:
        filling.put(states[0], "open", word.at)
    filling.notes.append(f"overdue: due before {filling.question.today.isoformat()}" + (", open" if states else ""))
