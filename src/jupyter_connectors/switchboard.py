"""The switches of `%tools`: where each stands, which positions it may take, and what forbids the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from jupyter_connectors.controls import Controls
from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import UnknownTool, UsageProblem, nearest
from jupyter_connectors.hub import Hub
from jupyter_connectors.models import Tool, ToolClass
from jupyter_connectors.offering import Connected, Review
from jupyter_connectors.permissions import Setting, Settings
from jupyter_connectors.policy.judge import Known, Step, explain
from jupyter_connectors.policy.layers import Policy
from jupyter_connectors.policy.rules import EFFECTS, Effect

POSITIONS: Mapping[Effect, str] = {"allow": "Always allow", "ask": "Needs approval", "block": "Blocked"}
"""The three positions of a switch, from the loosest to the tightest."""

_NOT_LIFTED = {
    ToolClass.DESTRUCTIVE: "what deletes or overwrites is never always allowed",
    ToolClass.SENDS: "what sends something is never always allowed",
}
_STANDS = {"allow": "runs unasked", "ask": "needs approval", "block": "is blocked"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where one switch stands."""

    stands: Effect | None
    """None for a group whose tools stand in several ways."""

    why: str = ""
    """The rule that decides, in words."""

    own: bool = False
    """It was set here, for just this tool or group."""

    closed: Mapping[Effect, str] = field(default_factory=dict)
    """The positions it cannot take, each with the reason in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """The switch of one tool."""

    tool: Tool
    tool_class: ToolClass
    mine: Position
    """For all notebooks of the person."""

    here: Position | None
    """For this notebook; None where nobody knows which one it is."""

    review: Review | None = None
    """What a person should look at: the tool is new, or not what it was when it was accepted."""

    off: bool = False
    """Refused until it was reviewed."""

    @property
    def on(self) -> bool:
        """Whether it can be called now, be it after a question."""
        return not self.off and (self.here or self.mine).stands != "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The switch of all tools of one class."""

    tool_class: ToolClass
    mine: Position
    here: Position | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Every switch of one connector. A tool that a policy blocks has none: it is only counted."""

    found: Connected
    on: bool
    """False for a connector that the person blocked as a whole."""

    on_here: bool
    """False for one they blocked in this notebook."""

    switches: tuple[Switch, ...]
    groups: tuple[Group, ...]
    hidden: Mapping[str, int]
    """How many tools a rule takes away, by its words."""


def offered(tool_class: ToolClass) -> tuple[Effect, ...]:
    """The positions a switch of this class has at all."""
    return EFFECTS[1:] if tool_class in _NOT_LIFTED else EFFECTS


def board(hub: Hub, name: str) -> Board:
    """The switches of a connector as they stand now.

    Raises:
        UnknownConnector: Nothing is connected under this name.
        ConnectorError: The policy cannot be read.
    """
    found, judge = hub.connected(name), hub.judge
    view = _View(
        hub=hub,
        entry=found.entry,
        policy=judge.policy(),
        settings=judge.permissions.now(),
        notebook=judge.notebook(),
        refused=judge.refusal(found.entry),
    )
    hidden: Counter[str] = Counter()
    switches = []
    for tool in found.tools:
        made = view.switch(tool)
        if isinstance(made, str):
            hidden[made] += 1
        else:
            switches.append(made)
    order = list(ToolClass)
    switches.sort(key=lambda each: order.index(each.tool_class))
    classes = [kind for kind in order if any(each.tool_class is kind for each in switches)]
    return Board(
        found=found,
        on=view.whole("") != "block",
        on_here=not view.notebook or view.whole(view.notebook) != "block",
        switches=tuple(switches),
        groups=tuple(view.group(kind, [each for each in switches if each.tool_class is kind]) for kind in classes),
        hidden=hidden,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a setting is for: a tool, a group, or with neither a whole connector."""

    connector: str
    tool: str | None = None
    tool_class: ToolClass | None = None
    here: bool = False
    """In this notebook only, where it can only narrow."""


def choose(hub: Hub, controls: Controls, target: Target, setting: Setting | None) -> None:
    """Turns a switch; None takes a setting away.

    What would stand anyway is not kept as a setting of its own: the tool then goes on to follow its group.

    Raises:
        UnknownConnector, UnknownTool: There is none of this name.
        UsageProblem: The switch cannot take this position; the words are those of the rule.
    """
    now = board(hub, target.connector)
    found = _of(now, target)
    if found is None and target.tool is None and target.tool_class is None and setting not in ("block", None):
        raise UsageProblem("a whole connector can be blocked, or not", hint="set the others for a tool or a group")
    if found is not None and setting is not None:
        _check(found, setting, target)
        if _stands_anyway(hub, now.found.entry, found, setting, here=target.here):
            setting = None
    controls.permit(target.connector, target.tool, setting, tool_class=target.tool_class, here=target.here)


def _of(now: Board, target: Target) -> Switch | Group | None:
    """The switch of a target; None for a whole connector, and for a tool a policy blocks."""
    if target.tool is None:
        return next((each for each in now.groups if each.tool_class is target.tool_class), None)
    if all(each.name != target.tool for each in now.found.tools):
        names = [each.tool.name for each in now.switches]
        raise UnknownTool(f"{target.connector} has no tool {target.tool!r}", hint=nearest(target.tool, names))
    return next((each for each in now.switches if each.tool.name == target.tool), None)


def reset(controls: Controls, now: Board, tool_class: ToolClass, *, here: bool) -> None:
    """Takes away what was set for single tools of a group: they follow the group again, where that is no wider."""
    for each in now.switches:
        at = each.here if here else each.mine
        if each.tool_class is tool_class and at is not None and at.own:
            controls.permit(now.found.id, each.tool.name, None, here=here)


def _check(found: Switch | Group, setting: Effect, target: Target) -> None:
    at = found.here if target.here else found.mine
    if at is None:
        raise UsageProblem("nobody knows which notebook this is", hint="set it for all your notebooks instead")
    why = _NOT_LIFTED[found.tool_class] if setting not in offered(found.tool_class) else at.closed.get(setting)
    if why is not None:
        name = f"{target.connector}.{target.tool}" if target.tool else f"the group {found.tool_class}"
        raise UsageProblem(f"{name} cannot be set to {POSITIONS[setting].lower()!r}", hint=why)


def _stands_anyway(hub: Hub, entry: Entry, found: Switch | Group, setting: Effect, *, here: bool) -> bool:
    """True if the switch stands in this position also without a setting of its own."""
    settings, identity = hub.judge.permissions.now(), entry.identity
    if here:
        # A notebook's setting is only another sieve: without it, the person's own setting stands.
        notebook = hub.judge.notebook()
        above = settings.of(identity, "", found.tool_class, notebook=notebook) if isinstance(found, Switch) else None
        return above is None and found.mine.stands == setting
    if isinstance(found, Group):
        return settings.exactly(identity) is None and setting == _start(found.tool_class)
    known = hub.judge.known(found.tool, entry)
    above = settings.of(identity, "", found.tool_class)
    return (
        _first(found.tool, replace(known, setting=above, notebook_setting=None), hub.judge.policy()).effect == setting
    )


def _start(tool_class: ToolClass) -> Effect:
    return "allow" if tool_class is ToolClass.READ else "ask"


def _first(tool: Tool, known: Known, policy: Policy) -> Step:
    return explain(tool, known, policy)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """One connector at one moment."""

    hub: Hub
    entry: Entry
    policy: Policy
    settings: Settings
    notebook: str
    refused: str | None

    def whole(self, notebook: str) -> Setting | None:
        return self.settings.exactly(self.entry.identity, notebook=notebook)

    def switch(self, tool: Tool) -> Switch | str:
        """The switch of a tool, or the words of the rule that takes it away."""
        known = self.hub.judge.known(tool, self.entry)
        loosest = _first(tool, replace(known, setting="allow", notebook_setting=None, definition="known"), self.policy)
        if self.refused is not None or loosest.effect == "block":
            return self.refused or loosest.rule
        review = self.hub.review(tool.connector, tool.name) if known.definition != "known" else None
        off = known.definition == "changed" or (known.definition == "new" and self.policy.new_tools == "review")
        if off:
            known = replace(known, definition="known")
        mine = _first(tool, replace(known, notebook_setting=None), self.policy)
        return Switch(
            tool=tool,
            tool_class=known.tool_class,
            mine=Position(
                stands=mine.effect,
                why=mine.rule,
                own=self._set(tool, ""),
                closed=self._closed(known, loosest),
            ),
            here=self._here(tool, known, mine) if self.notebook else None,
            review=review,
            off=off,
        )

    def group(self, tool_class: ToolClass, switches: list[Switch]) -> Group:
        """The switch over some tools; closed to what none of them may take."""
        return Group(
            tool_class=tool_class,
            mine=self._over(tool_class, [each.mine for each in switches], ""),
            here=self._over(tool_class, [each.here for each in switches if each.here], self.notebook)
            if self.notebook
            else None,
        )

    def _over(self, tool_class: ToolClass, each: list[Position], notebook: str) -> Position:
        own = self.settings.exactly(self.entry.identity, tool_class=tool_class, notebook=notebook)
        stands = {one.stands for one in each}
        shut = set(EFFECTS).intersection(*(one.closed for one in each))
        return Position(
            stands=next(iter(stands)) if len(stands) == 1 else None,
            own=own is not None,
            closed={effect: each[0].closed[effect] for effect in EFFECTS if effect in shut},
        )

    def _here(self, tool: Tool, known: Known, mine: Step) -> Position:
        now = _first(tool, known, self.policy)
        why = f"for all your notebooks it {_STANDS[mine.effect]}; one notebook can only be narrower"
        closed = dict.fromkeys(_looser(mine.effect, known.tool_class), why)
        return Position(stands=now.effect, why=now.rule, own=self._set(tool, self.notebook), closed=closed)

    def _set(self, tool: Tool, notebook: str) -> bool:
        return self.settings.exactly(self.entry.identity, tool=tool.name, notebook=notebook) is not None

    def _closed(self, known: Known, loosest: Step) -> dict[Effect, str]:
        shut = _looser(loosest.effect, known.tool_class)
        words = loosest.rule
        if loosest.source == "built in" and not self.policy.always_allow:
            words = f"no yes is kept for ever ({', '.join(self._without_always())})"
        elif known.definition == "new" and known.tool_class is not ToolClass.READ and "allow" not in shut:
            shut, words = _looser("ask", known.tool_class), "it is new; accept it first"
        return dict.fromkeys(shut, words)

    def _without_always(self) -> Iterable[str]:
        return (
            f"{each.whose} policy, {each.name}" for each in self.policy.layers if each.defaults.always_allow is False
        )


def _looser(effect: Effect, tool_class: ToolClass) -> list[Effect]:
    """The positions a switch of this class has that are looser than this one."""
    return [each for each in offered(tool_class) if EFFECTS.index(each) < EFFECTS.index(effect)]
