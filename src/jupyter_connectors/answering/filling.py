"""One tool being filled in from one question."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_connectors.answering.columns import Columns
from jupyter_connectors.answering.filters import Filter, Operator
from jupyter_connectors.answering.parameters import Parameter, placed
from jupyter_connectors.answering.question import At, Question, Said, Word
from jupyter_connectors.models import Json, Tool

_QUERIES = ("query", "q", "search", "search_query", "text", "term", "keywords", "name", "title")


@dataclass(slots=True, kw_only=True)
class Filling:
    """One tool being filled in from one question; collects while the steps run."""

    tool: Tool
    question: Question
    columns: Columns
    parameters: tuple[Parameter, ...]
    arguments: dict[str, Json] = field(default_factory=dict)
    filters: list[Filter] = field(default_factory=list)
    used: list[At] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubtful: bool = False

    def put(self, parameter: Parameter, value: Json, *places: At) -> None:
        """Sets an argument from words of the question."""
        placed(self.arguments, parameter.path, [value] if parameter.many else value)
        self.used.extend(places)

    def keep(self, column: str, operator: Operator, value: str | float, *places: At) -> None:
        """Adds a filter from words of the question."""
        self.filters.append(Filter(column=column, operator=operator, value=value))
        self.used.extend(places)

    def is_used(self, at: At) -> bool:
        """True where a range of the question already went somewhere."""
        return any(at[0] < end and start < at[1] for start, end in self.used)

    def free(self) -> tuple[Word, ...]:
        """The words nothing has used yet."""
        return tuple(word for word in self.question.words if not self.is_used(word.at))

    def open(self) -> tuple[Parameter, ...]:
        """The arguments that have no value yet."""
        return tuple(each for each in self.parameters if each.path[0] not in self.arguments)

    def query(self, said: Said) -> None:
        """Gives a text to the argument that searches, where there is one."""
        for name in _QUERIES:
            for parameter in self.open():
                if parameter.path == (name,) and parameter.kind in ("string", "") and not parameter.choices:
                    self.put(parameter, said.text.strip("\"'“”«»"), said.at)
                    return
