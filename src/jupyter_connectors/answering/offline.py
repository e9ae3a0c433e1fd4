"""Questions without a model: tools ranked by keywords, calls prefilled from the question. Nothing is interpreted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from jupyter_connectors.answering.filling import Filling
from jupyter_connectors.answering.filters import Filter
from jupyter_connectors.answering.names import nouns_of, stem, words_of
from jupyter_connectors.answering.question import Question, Word, read_question
from jupyter_connectors.answering.search import ToolIndex
from jupyter_connectors.answering.slots import fill
from jupyter_connectors.models import Json, Tool

NOTICE = "No model is configured: matched by keywords. Nothing was interpreted."

_SAME = {
    "deal": "opportunity", "bill": "invoic", "client": "customer", "company": "account", "charg": "payment",
    "person": "contact", "people": "contact", "ticket": "issu", "pr": "pull",
}  # fmt: skip
_MAKING = ("create", "make", "new", "add")
_CANDIDATES = 25
_AHEAD = 0.1
_ENOUGH = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One call, filled in from a question as far as its words reach."""

    tool: Tool
    arguments: Mapping[str, Json] = field(hash=False)
    filters: tuple[Filter, ...]
    reads: bool
    """The tool was reviewed as one that only reads."""

    missing: tuple[str, ...]
    """Required arguments the question gives no value for."""

    score: float
    """0 to about 1; comparable within one question only."""

    clear: bool
    """Every word was used, nothing is missing, and no other call comes close."""

    unused: tuple[str, ...]
    """Words of the question that say something and that nothing used."""

    notes: tuple[str, ...]
    """How dates were read: `last month: 2026-10-01 to 2026-10-31, by created_gte`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """What the keywords of a question lead to."""

    suggestions: tuple[Suggestion, ...]
    """Best first; empty where no tool's name stands in the question."""

    run: Suggestion | None
    """The one call that may run without asking: clear, and its tool only reads."""

    notice: str
    """The sentence to show: that no model answered, and what was or was not found."""


def route(
    question: str,
    tools: Sequence[Tool],
    *,
    today: date,
    columns: Callable[[Tool], Mapping[str, str]],
    reads: Callable[[Tool], bool],
    limit: int = 5,
) -> Routed:
    """Calls that fit the words of a question, prefilled and ranked.

    `columns` gives the columns a tool's frame is known to have with their kinds, or nothing. `reads` says whether a
    tool was reviewed as read-only: no other tool is ever given to run. `today` fixes `last month` and its like.
    """
    asked = read_question(question, today=today)
    index = ToolIndex(tools)
    try:
        candidates = [ranked.tool for ranked in index.search(_widened(asked), _CANDIDATES)]
    finally:
        index.close()
    weighed = [_weighed(asked, fill(asked, tool, columns(tool)), reads(tool)) for tool in candidates]
    ranked = sorted((each for each in weighed if each.score >= _ENOUGH), key=lambda each: -each.score)[:limit]
    suggestions = tuple(_settled(place, ranked) for place in range(len(ranked)))
    run = next((each for each in suggestions[:1] if each.clear and each.reads), None)
    return Routed(suggestions=suggestions, run=run, notice=_notice(suggestions, run))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    filling: Filling
    reads: bool
    score: float
    unused: tuple[str, ...]
    missing: tuple[str, ...]
    sure: bool


def _weighed(question: Question, filling: Filling, reads: bool) -> _Weighed:
    """Half for how much of the tool's name was said, half for how much of the question the call uses."""
    said, named, loosely = _named(question, filling, reads)
    free = [word for word in question.meaning if not filling.is_used(word.at)]
    connector = frozenset(map(stem, words_of(filling.tool.connector)))
    unused = [word for word in free if word not in said and word.stem not in connector]
    needed = [each.path[0] for each in filling.parameters if each.required]
    missing = tuple(name for name in needed if name not in filling.arguments)
    score = 0.5 * named + 0.5 * (1 - len(unused) / max(len(question.meaning), 1)) if named else 0.0
    score += 0.15 * any(word.stem in connector for word in free)
    score -= 0.25 * bool(missing) + 0.05 * loosely + 0.2 * (reads is question.writes)
    # A verb that asks for a change may only be read as a value (`draft invoices`), never as a tool's name.
    order = question.writes and question.first is not None and not filling.is_used(question.first.at)
    return _Weighed(
        filling=filling,
        reads=reads,
        score=score,
        unused=tuple(dict.fromkeys(question.piece_at(word.at) for word in unused)),
        missing=missing,
        sure=named == 1 and not (loosely or filling.doubtful or order or unused or missing),
    )


def _named(question: Question, filling: Filling, reads: bool) -> tuple[list[Word], float, bool]:
    """The words that name the tool, the share of its name they cover, and whether one is only a synonym."""
    names = nouns_of(filling.tool.name)
    nouns = {stem(name) for name in names if reads or name not in _MAKING} or set(map(stem, names))
    words = [word for word in question.words if not filling.is_used(word.at)]
    said = [word for word in words if word.stem in nouns]
    loose = [word for word in words if _SAME.get(word.stem) in nouns and word not in said]
    covered = {word.stem for word in said} | {_SAME[word.stem] for word in loose}
    making = [word for word in words if word.text in _MAKING and word.text in names]
    return said + loose + making, len(covered & nouns) / len(nouns), bool(loose)


def _settled(place: int, ranked: list[_Weighed]) -> Suggestion:
    each = ranked[place]
    rest = [other.score for position, other in enumerate(ranked) if position != place]
    return Suggestion(
        tool=each.filling.tool,
        arguments=each.filling.arguments,
        filters=tuple(each.filling.filters),
        reads=each.reads,
        missing=each.missing,
        score=round(each.score, 3),
        clear=each.sure and all(each.score - other >= _AHEAD for other in rest),
        unused=each.unused,
        notes=tuple(each.filling.notes),
    )


def _widened(question: Question) -> str:
    """The question with the words its synonyms stand for, so that the search finds their tools."""
    return " ".join([question.text, *(_SAME[word.stem] for word in question.words if word.stem in _SAME)])


def _notice(suggestions: tuple[Suggestion, ...], run: Suggestion | None) -> str:
    if not suggestions:
        return f"{NOTICE} No tool's name stands in the question, so nothing was called."
    if run is None:
        return f"{NOTICE} Nothing was called: pick a call below, complete it and run it."
    return NOTICE
