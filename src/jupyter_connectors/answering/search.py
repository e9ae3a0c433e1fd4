"""A search index over tools: SQLite's full-text ranking fused with how well the name fits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from jupyter_connectors.answering.names import stems_of, words_of
from jupyter_connectors.models import Tool

FILLER = frozenset(
    words_of("""a about all also am an and any anything are as at be been being but by can could do does doing done each every
    everything for from give had has have having her here hers him his how i if in into is it its just let
    like look made many may me more most much my need no of on or our out over please same see she should show
    since so some such than that the their them then there these they this those to too under up us want was we were
    what when where which who whom whose why will with would you your""")
)
"""Words of a question that name nothing. `get` and `find` stay: they tell get_user from search_users."""

_NAME_SHARE = 0.15
_SAID_LENGTH = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A tool with how well it fits, higher is better; comparable within one search only."""

    tool: Tool
    score: float


def search(question: str, tools: Sequence[Tool], limit: int = 10) -> list[Ranked]:
    """The best of `tools` for a question, best first; empty where no word fits."""
    return ToolIndex(tools).search(question, limit)


class ToolIndex:
    """An index over a fixed set of tools, in memory; make a new one when the set changes."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = tuple(tools)
        self._names = [frozenset(stems_of(tool.name)) for tool in self._tools]
        self._exact: dict[str, list[int]] = {}
        for place, tool in enumerate(self._tools):
            self._exact.setdefault(tool.name.lower(), []).append(place)
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE tools USING fts5(name, title, description, arguments, connector, tokenize='porter')"
        )
        rows = ((place, *_document(tool)) for place, tool in enumerate(self._tools))
        self._database.executemany("INSERT INTO tools(rowid, name, title, description, arguments, connector) VALUES (?, ?, ?, ?, ?, ?)", rows)  # fmt: skip

    def search(self, question: str, limit: int = 10) -> list[Ranked]:
        """The best tools for a question, best first. A tool called by its exact name comes first."""
        words = [word for word in dict.fromkeys(words_of(question)) if word not in FILLER]
        words = words or list(dict.fromkeys(words_of(question)))
        scores = self._by_text(words)
        asked = frozenset(stems_of(" ".join(words)))
        top = max(scores.values(), default=1.0) or 1.0
        fused = {place: (1 - _NAME_SHARE) * score / top + _NAME_SHARE * self._by_name(place, asked) for place, score in scores.items()}  # fmt: skip
        for place in self._called_by_name(question):
            fused[place] = 2.0
        for place, name in enumerate(self._names):
            # What a description says, however much, does not come before a name that is what was asked for.
            if name and name == asked:
                fused[place] = max(fused.get(place, 0.0), 1.5)
        best = sorted(fused.items(), key=lambda each: (-each[1], each[0]))[:limit]
        return [Ranked(tool=self._tools[place], score=round(score, 4)) for place, score in best]

    def _called_by_name(self, question: str) -> list[int]:
        """Tools whose name stands in the question. A name that is a plain word, `search`, must be all of it."""
        tokens = [token.strip(".,;:!?\"'`()") for token in question.lower().split()]
        named = [token for token in tokens if len(tokens) == 1 or not token.isalpha()]
        return [place for token in named for place in self._exact.get(token, [])]

    def close(self) -> None:
        """Frees the index."""
        self._database.close()

    def _by_text(self, words: list[str]) -> dict[int, float]:
        if not words:
            return {}
        query = " OR ".join(f'"{word}"' for word in words)
        with closing(
            self._database.execute("SELECT rowid, -bm25(tools) FROM tools WHERE tools MATCH ?", (query,))
        ) as rows:
            # A word that most tools contain has a tiny or negative weight in FTS5; it never counts against a tool.
            return {place: max(score, 0.0) for place, score in rows}

    def _by_name(self, place: int, asked: frozenset[str]) -> float:
        """The harmonic mean of how much of the name was said and how much of what was said is in the name."""
        name = self._names[place]
        both = len(name & asked)
        return 2 * both / (len(name) + len(asked)) if both else 0.0


def _document(tool: Tool) -> tuple[str, str, str, str, str]:
    """The words a tool is found by. Each is counted once and a description's rest is cut: repeating wins nothing."""
    properties = tool.input_schema.get("properties")
    names = list(properties) if isinstance(properties, dict) else []
    return (
        _once(tool.name),
        _once(tool.title[:_SAID_LENGTH]),
        _once(tool.description[:_SAID_LENGTH]),
        _once(" ".join(map(str, names))[:_SAID_LENGTH]),
        _once(tool.connector),
    )


def _once(text: str) -> str:
    return " ".join(dict.fromkeys(words_of(text)))
