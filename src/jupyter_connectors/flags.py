"""What is odd in the things a server says of itself and its tools. Warnings for a person, never permissions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from jupyter_connectors.lookalikes import disguised, looks_like, spelled
from jupyter_connectors.models import Json, Tool
from jupyter_connectors.policy.classes import contradiction
from jupyter_connectors.text import one_line, plural, visible

_ORDERS = (
    r"<\s*/?\s*(?:important|system|instructions?|secret|hidden|critical|assistant)\b[^>]{0,80}>",
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules|prompts?|guidelines|safety)\b",
    r"\b(?:do not|don't|never)\b.{0,20}\b(?:tell|mention|inform|reveal|notify|alert)\b.{0,40}\b(?:user|person|human)",
    r"\b(?:without|skip|no need for)\b.{0,20}\b(?:asking|confirmation|approval|permission)\b",
    r"\b(?:send|forward|upload|post|bcc|copy)\b.{0,80}\b(?:to|at)\b.{0,20}(?:https?://|[\w.]+@[\w-]+\.\w)",
    r"\bid_rsa\b|\.ssh/|/etc/passwd|\bmcp\.json\b|~/\.(?:aws|env|config)",
    r"\bsystem prompt\b|\byou are now\b",
)
_ORDER = re.compile("|".join(_ORDERS), re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(
    r"<!--|<\s*(?:script|iframe|img|style|object|embed|svg)\b|\b(?:javascript|vbscript)\s*:", re.IGNORECASE
)
_SENTENCE = re.compile(r"[.!?\n]+")
_STEERS = re.compile(r"\b(?:must|always|never|instead|before|first|do not|don't|only use|prefer)\b", re.IGNORECASE)

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

_TOLD = frozenset({"description", "title", "default", "const", "$comment", "pattern", "examples", "enum"})
_TOLD_OF = 5
_MOST = 5_000
_LONGEST = 20_000


def flags(tool: Tool, connected_names: Collection[str] = ()) -> tuple[str, ...]:
    """What is odd about a tool, each a phrase that goes on from its name; empty for most tools.

    Args:
        connected_names: What else is connected: connectors by id, and their tools as `connector.tool`.
    """
    found = [*_of_name(tool)]
    if odd := contradiction(tool):
        found.append(odd)
    for where, text in _texts(tool):
        found += [f"{said} in its {where}" for said in _of_text(text)]
    other = _other_spoken_of(tool, connected_names)
    if other:
        found.append(f"speaks of {other}, which is not its own")
    return tuple(dict.fromkeys(found))


def connector_flags(name: str, called: str, connected_names: Collection[str] = ()) -> tuple[str, ...]:
    """What is odd about the names of a connector: ours for it, and `called`, its server's own."""
    others = [each for each in connected_names if "." not in each and each != name]
    found = []
    if other := looks_like(name, others):
        found.append(f"its name {spelled(name)} can be taken for {other}, another connector")
    own = looks_like(called, [name]) or called == name
    if called and not own and (other := called if called in others else looks_like(called, others)):
        found.append(f"its server calls itself '{spelled(one_line(called, 60))}', as if it were {other}")
    elif called and (plain := disguised(called)):
        found.append(f"its server's name '{spelled(one_line(called, 60))}' only looks like '{plain}'")
    return tuple(found)


def notes(tools: Collection[Tool], connected_names: Collection[str] = ()) -> tuple[str, ...]:
    """What is odd about a connector's tools, a line for each of the first few and one for the rest."""
    odd = [f"{one_line(tool.name, 60)} {'; '.join(found)}" for tool in tools if (found := flags(tool, connected_names))]
    rest = len(odd) - _TOLD_OF
    more = (f"{plural(rest, 'more tool')} {'is' if rest == 1 else 'are'} odd in such a way",) if rest > 0 else ()
    return (*odd[:_TOLD_OF], *more)


def unsaid(text: str) -> bool:
    """True if `text` carries something a person who reads it does not see."""
    return visible(text) != text.replace("\r\n", "\n")


def _of_name(tool: Tool) -> Iterator[str]:
    if plain := disguised(tool.name):
        yield f"is written {spelled(tool.name)} and only looks like {plain}"


def _of_text(text: str) -> Iterator[str]:
    if unsaid(text):
        yield "hides characters"
    if _MARKUP.search(text):
        yield "has markup that a page would run or hide"
    if _ORDER.search(text):
        yield "has orders for whoever reads it"


def _other_spoken_of(tool: Tool, names: Collection[str]) -> str | None:
    """Another connector's tool that the description names, or another connector that it gives orders about."""
    told = tool.description[:_LONGEST]
    words = set(re.findall(r"[\w-]+(?:\.[\w-]+)*", told))
    mine = {each.partition(".")[2] for each in names if each.startswith(f"{tool.connector}.")} | {tool.name}
    for name in sorted(names, key=lambda each: ("." not in each, each)):
        connector, _, other = name.partition(".")
        if connector == tool.connector:
            continue
        if not other and _steered(told, connector):
            return one_line(connector, 60)
        if other and ({name, f"{connector}__{other}"} & words or (other in words - mine and _distinctive(other))):
            return one_line(name, 120)
    return None


def _steered(told: str, connector: str) -> bool:
    if connector.lower() not in told.lower():
        return False
    named = re.compile(rf"(?<![\w-]){re.escape(connector)}(?![\w-])", re.IGNORECASE)
    return any(named.search(each) and _STEERS.search(each) for each in _SENTENCE.split(told))


def _distinctive(name: str) -> bool:
    """A name that is no plain word: `send_message`, `createIssue`."""
    return len(name) > 5 and len(_WORD.findall(name)) > 1


def _texts(tool: Tool) -> Iterator[tuple[str, str]]:
    """What a server says of a tool in words, with where; up to a bound."""
    yield "title", tool.title[:_LONGEST]
    yield "description", tool.description[:_LONGEST]
    waiting: list[tuple[str, Json]] = [("arguments", tool.input_schema), ("results", tool.output_schema)]
    for _ in range(_MOST):
        if not waiting:
            return
        where, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [(where, each) for key, each in value.items() if key in _TOLD or not isinstance(each, str)]
            yield where, " ".join(str(key) for key in list(value)[:200])[:_LONGEST]
        elif isinstance(value, list | tuple):
            waiting += [(where, each) for each in value[:200]]
        elif isinstance(value, str):
            yield where, value[:_LONGEST]
