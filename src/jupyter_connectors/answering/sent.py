"""Which definitions go to a model with a question, by the modes of their connectors, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from jupyter_connectors.answering.definitions import Definition
from jupyter_connectors.answering.search import ToolIndex
from jupyter_connectors.models import Json, canonical
from jupyter_connectors.modes import Mode

BUDGET = 20_000
"""Tokens of definitions up to which Auto sends every tool."""

CORE = 12
"""How many tools Auto adds whole for a question when it cannot send all."""

MOST_DEFERRED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A tool of ours beside those of the connectors."""

    name: str
    description: str
    schema: Mapping[str, Json] = field(hash=False)

    @property
    def cost(self) -> int:
        """Tokens it takes in every request, estimated as for a `Definition`."""
        return round((len(self.name) + len(self.description) + len(canonical(self.schema))) / 2.8)


def _object(**properties: Any) -> dict[str, Json]:
    return {"type": "object", "properties": properties, "required": list(properties)}


SQL = Helper(
    name="sql",
    description=(
        "Runs one SELECT in DuckDB's SQL over the frames, each a table by its name. Only frames can be read. "
        "The result becomes a frame too, and you see its first rows."
    ),
    schema={
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "One SELECT statement."},
            "name": {"type": "string", "description": "A name for the result, such as overdue_by_customer."},
        },
        "required": ["query"],
    },
)

SEARCH_WORDS = "A few words each of a tool's name or purpose."
SEARCH = Helper(
    name="search_tools",
    description="Finds further tools by what they do. Those it finds can be called from then on.",
    schema=_object(queries={"type": "array", "items": {"type": "string"}, "description": SEARCH_WORDS}),
)

FIND = Helper(
    name="find_tools",
    description="Lists the connected services' tools that fit some words best: their names and what they do.",
    schema=_object(query={"type": "string", "description": "A few words of a tool's name or purpose."}),
)
DESCRIBE = Helper(
    name="describe_tool",
    description="Describes a tool that find_tools listed: what it does and its arguments, as JSON Schema.",
    schema=_object(name={"type": "string", "description": "As find_tools gave it."}),
)
CALL = Helper(
    name="call_tool",
    description="Calls a tool by its name, with arguments as describe_tool gave them. Describe it first.",
    schema=_object(
        name={"type": "string"}, arguments={"type": "object", "additionalProperties": True, "description": "By name."}
    ),
)
ON_DEMAND = (FIND, DESCRIBE, CALL)
"""With these a model reaches every tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one question sends."""

    whole: tuple[str, ...]
    """The tools sent with each request, by the names a model calls them."""

    deferred: frozenset[str] = frozenset()
    """Those that come along once the model has searched for them."""

    on_demand: tuple[str, ...] = ()
    """Those that are never sent: the model finds, describes and calls them by name."""

    @property
    def hidden(self) -> int:
        """How many it has to look for."""
        return len(self.deferred) + len(self.on_demand)


def sent(
    question: str,
    offered: Mapping[str, Definition],
    modes: Mapping[str, Mode],
    *,
    core: dict[str, None],
    found: Iterable[str] = (),
    budget: int = BUDGET,
) -> Sent:
    """What to send with a question.

    Args:
        modes: By the connectors' names; one that is missing is `auto`.
        core: The tools shown whole so far in this conversation, in order. Only added to, so that the part of a request
            that a vendor keeps stays the same.
        found: The tools the model found earlier.
        budget: Up to so many tokens of definitions `auto` sends every tool.
    """
    mode = {name: modes.get(each.tool.connector, "auto") for name, each in offered.items()}
    asked = tuple(name for name in offered if mode[name] == "on-demand")
    open_ = {name: each for name, each in offered.items() if mode[name] != "on-demand"}
    if sum(each.cost for each in open_.values()) <= budget:
        core |= dict.fromkeys(open_)
        return Sent(whole=_whole(core, open_), on_demand=asked)
    core |= dict.fromkeys(name for name in open_ if mode[name] == "always")
    auto = {name: each for name, each in open_.items() if mode[name] == "auto"}
    ranked = _ranked(question, auto)
    spent = sum(open_[name].cost for name in core if name in open_)
    for name in ranked[:CORE]:
        spent += 0 if name in core else auto[name].cost
        if spent > budget:
            break
        core[name] = None
    rest = [name for name in dict.fromkeys([*found, *ranked, *auto]) if name in auto and name not in core]
    return Sent(whole=_whole(core, open_), deferred=frozenset(rest[:MOST_DEFERRED]), on_demand=asked)


def _whole(core: Iterable[str], open_: Mapping[str, Definition]) -> tuple[str, ...]:
    return tuple(name for name in core if name in open_)


def _ranked(question: str, auto: Mapping[str, Definition]) -> list[str]:
    index = ToolIndex(each.tool for each in auto.values())
    names = {each.tool: name for name, each in auto.items()}
    ranked = [names[ranked.tool] for ranked in index.search(question, MOST_DEFERRED)]
    index.close()
    return ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What definitions take in each request."""

    tokens: int
    tools: int
    """How many tools are sent whole."""

    most: bool = False
    """It is at most that: which tools are sent depends on what is asked, and more with each question."""

    first: int = 0
    """At most that with the first question of a conversation."""

    shared: int = 0
    """Of the tokens, those of our tools that find others: there once, however many connectors need them."""


def cost(costs: Mapping[str, Iterable[int]], modes: Mapping[str, Mode], *, budget: int = BUDGET) -> Cost:
    """What the questions of a conversation cost before they are asked, by the modes as they are.

    Where Auto cannot send all, each question adds the tools that fit it, up to the budget: `tokens` is what a long
    conversation comes to, `first` what its first question takes at most. What a model finds by a search of its own is
    sent beside that, in the request that follows.

    Args:
        costs: For each connector the tokens of its tools' definitions.
        modes: By the connectors' names; one that is missing is `auto`.
    """
    always = [each for name, own in costs.items() if modes.get(name, "auto") == "always" for each in own]
    auto = [each for name, own in costs.items() if modes.get(name, "auto") == "auto" for each in own]
    first = tokens = sum(always) + sum(auto)
    tools, most, shared = len(always) + len(auto), False, 0
    if tokens > budget and auto:
        room = max(0, budget - sum(always))
        first = sum(always) + min(sum(sorted(auto, reverse=True)[:CORE]), room)
        tokens = sum(always) + min(sum(auto), room)
        smallest = accumulate(sorted(auto))
        tools, most, shared = len(always) + sum(each <= room for each in smallest), True, SEARCH.cost
    if any(modes.get(name) == "on-demand" and list(own) for name, own in costs.items()):
        shared += sum(each.cost for each in ON_DEMAND)
    return Cost(tokens=tokens + shared, tools=tools, most=most, first=first + shared, shared=shared)
