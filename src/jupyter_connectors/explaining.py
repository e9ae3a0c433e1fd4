"""Why a tool may or may not be called, and a connector connected, before anything is: for `%connect --explain`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import UnknownConnector, UnknownTool, UsageProblem, nearest
from jupyter_connectors.hub import Hub
from jupyter_connectors.models import Tool, ToolClass
from jupyter_connectors.policy.classes import classify
from jupyter_connectors.policy.judge import Step, explain
from jupyter_connectors.policy.rules import Effect

if TYPE_CHECKING:
    from jupyter_connectors.directory.catalogue import Catalogue

_TOOL: dict[Effect, str] = {"allow": "runs without a question", "ask": "is asked about", "block": "is refused"}
_CONNECTOR: dict[Effect, str] = {"allow": "may be connected", "ask": "may be connected", "block": "cannot be connected"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What decides about a tool, or about connecting."""

    name: str
    what: str
    """What becomes of it, as a sentence goes on after the name."""

    steps: tuple[Step, ...]
    """Everything that bears on it, the deciding one first."""

    tool_class: ToolClass | None = None
    """What the tool does to the world; None where a connector was asked about."""

    connected: bool = True


def explained(hub: Hub, catalogue: Catalogue, name: str) -> Explanation:
    """What decides about `connector.tool`, or about connecting where `name` is a connector.

    A tool of a connector that is not connected is judged by the class our review gave it.

    Raises:
        UnknownConnector, UnknownTool: There is none; the hint has the nearest names.
        ConnectorError: The policy cannot be read.
    """
    for connector, tool in _readings(name):
        held = next((each for each in _spellings(connector) if each in hub.names), None)
        if held is not None:
            return _after(hub, held, tool) if tool else _of_entry(hub, hub.connected(held).entry, connected=True)
        entry = _listed(catalogue, connector)
        if entry is not None:
            return _before(hub, entry, tool) if tool else _of_entry(hub, entry, connected=False)
    known = [*hub.names, *(each.id for each in catalogue.entries())]
    raise UnknownConnector(f"no connector is called {name.partition('.')[0]!r}", hint=nearest(name, known))


def split_name(hub: Hub, name: str) -> tuple[str, str]:
    """The connector and the tool of `connector.tool`, where the connector is connected.

    Raises:
        UnknownConnector: There is none of this name.
        UsageProblem: It names no tool.
    """
    for connector, tool in _readings(name):
        held = next((each for each in _spellings(connector) if each in hub.names), None)
        if held is not None and tool:
            return held, tool
        if held is not None:
            raise UsageProblem(f"{name!r} names no tool", hint=f"write {name}.TOOL")
    raise UnknownConnector(
        f"no connector is connected as {name.partition('.')[0]!r}", hint=nearest(name.partition(".")[0], hub.names)
    )


def _readings(name: str) -> Iterator[tuple[str, str]]:
    """The name as a connector, and as a connector and a tool: both may have dots of their own."""
    yield name, ""
    places = [at for at, letter in enumerate(name) if letter == "." and 0 < at < len(name) - 1]
    for at in reversed(places):
        yield name[:at], name[at + 1 :]


def _spellings(name: str) -> tuple[str, str]:
    return name, name.replace("_", "-")


def _listed(catalogue: Catalogue, name: str) -> Entry | None:
    try:
        return catalogue.find(name)
    except UnknownConnector:
        return None


def _after(hub: Hub, connector: str, name: str) -> Explanation:
    """A tool of a connector that is connected."""
    steps = hub.explain(connector, name)
    return _of_tool(f"{connector}.{name}", steps, hub.class_of(hub.review(connector, name).tool))


def _before(hub: Hub, entry: Entry, name: str) -> Explanation:
    """A tool of a connector that is not connected: nothing is known of its definition yet."""
    if entry.reviewed and name not in entry.reviewed:
        raise UnknownTool(f"{entry.id} has no tool {name!r} that was reviewed", hint=nearest(name, entry.reviewed))
    tool = Tool(connector=entry.id, name=name)
    known = replace(hub.judge.known(tool, entry), definition="known")
    steps = explain(tool, known, hub.judge.policy())
    refused = hub.judge.refusal(entry)
    if refused is not None:
        steps = [_refusing(refused), *(replace(each, decides=False) for each in steps)]
    return _of_tool(f"{entry.id}.{name}", steps, classify(tool, entry.reviewed), connected=False)


def _of_tool(name: str, steps: list[Step], tool_class: ToolClass, *, connected: bool = True) -> Explanation:
    what = _TOOL[steps[0].effect]
    return Explanation(name=name, what=what, steps=tuple(steps), tool_class=tool_class, connected=connected)


def _of_entry(hub: Hub, entry: Entry, *, connected: bool) -> Explanation:
    refused = hub.judge.refusal(entry)
    layers = [each for each in hub.judge.policy().layers if each.connecting.refusal(entry) is None]
    passed = [
        Step(layer=each.name, rule=f"{each.whose} policy lets it through", effect="allow", source=each.source)
        for each in layers
    ]
    nothing = Step(layer="built in", rule="no policy says anything against it", effect="allow")
    steps = [*([_refusing(refused)] if refused is not None else []), *(passed or ([] if refused else [nothing]))]
    steps[0] = replace(steps[0], decides=True)
    return Explanation(name=entry.id, what=_CONNECTOR[steps[0].effect], steps=tuple(steps), connected=connected)


def _refusing(words: str) -> Step:
    return Step(layer="policy", rule=words, effect="block", decides=True)
