"""Whether a call may run: a pure and total function from a call, its tool, what is known and the policy to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from jupyter_connectors.bounds import holds
from jupyter_connectors.models import Json, Tool, ToolCall, ToolClass
from jupyter_connectors.policy.layers import Layer, Policy
from jupyter_connectors.policy.rules import ALWAYS, EFFECTS, NEVER, Effect, Remember, Rule

_T = TypeVar("_T")

Decision = Literal["allow", "ask", "deny"]
Definition = Literal["known", "new", "changed"]
Setting = Effect
"""What a person chose for a tool in `%tools`."""

_DECISIONS: dict[Effect, Decision] = {"allow": "allow", "ask": "ask", "block": "deny"}
_SOURCES = ("organisation", "user", "notebook", "you", "built in")
_NOT_REMEMBERED = frozenset({ToolClass.DESTRUCTIVE, ToolClass.SENDS})
_WITHOUT_ALWAYS = Remember.parse("hours:8")
"""The longest a yes is kept where the policy has no Always allow: a working day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known beside the call and the tool."""

    tool_class: ToolClass
    reviewed: bool = False
    """The class is from our own review of the tool."""

    entry: str = ""
    """The connector's id in the directory, where it is connected under another name."""

    definition: Definition = "known"
    setting: Setting | None = None
    """What the person chose for the tool, or for its connector."""

    notebook_setting: Setting | None = None
    """What they chose for this notebook. It only narrows."""

    secrets: tuple[str, ...] = ()
    """The kinds of secrets found in the arguments."""

    outside: frozenset[str] = frozenset()
    """Connectors of which the asker has read what outsiders wrote."""

    private: frozenset[str] = frozenset()
    """Connectors of which the asker has read private data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a call, and the rule that decides."""

    decision: Decision
    rule: str
    """In words, with the file and line where there is one."""

    tool_class: ToolClass
    remember: Remember = NEVER
    """The longest a yes may be kept; a grant made for longer does not count."""

    fresh: bool = True
    """No grant counts for this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was looked at on the way to a verdict."""

    layer: str
    """Where it comes from: a file, "you", "built in"."""

    rule: str
    effect: Effect
    remember: Remember = ALWAYS
    fresh: bool = False
    decides: bool = False
    source: str = "built in"


def judge(call: ToolCall, tool: Tool, known: Known, policy: Policy) -> Verdict:
    """The verdict on `call`: the most restrictive of everything that applies. Never raises; the unknown is a no.

    A reviewed read runs, everything else is asked; the person's setting may lift reads and writes; the rules of a
    policy only narrow. The same call under the same layers in any order has the same verdict, word for word.
    """
    no = _refused("the rules cannot be applied to this call", known)
    return _or_no(lambda: _judged(call, tool, known, policy), no)


def visible_tool(tool: Tool, known: Known, policy: Policy) -> bool:
    """False for a tool that is blocked whatever its arguments: it is in no list and no completion."""
    return _or_no(lambda: _is_visible(tool, known, policy), False)


def explain(tool: Tool, known: Known, policy: Policy) -> list[Step]:
    """Everything that bears on a tool before there is a call, the deciding step first. Never raises."""
    no = Step(layer="built in", rule="the rules cannot be applied to this tool", effect="block", decides=True)
    return _or_no(lambda: _explained(tool, known, policy), [no])


def _or_no(work: Callable[[], _T], no: _T) -> _T:
    """What the work makes; `no` where it raises, whatever that is: what cannot be judged does not run."""
    try:
        return work()
    except Exception:  # noqa: BLE001  # a no is the right answer to every error
        return no


def _judged(call: ToolCall, tool: Tool, known: Known, policy: Policy) -> Verdict:
    if (call.connector, call.tool) != (tool.connector, tool.name):
        return _refused("the call is not for this tool", known)
    if call.asked_by == "app" and not tool.for_apps:
        return _refused("its server does not offer it to apps", known)
    if call.asked_by != "app" and not tool.for_people:
        return _refused("only the app of this service may call it", known)
    return _verdict(list(_steps(tool, known, policy, call)), known.tool_class)


def _is_visible(tool: Tool, known: Known, policy: Policy) -> bool:
    if "block" in (known.setting, known.notebook_setting) or known.definition == "changed":
        return False
    _check(known)
    if known.definition == "new" and policy.new_tools == "review":
        return False
    return not any(rule.effect == "block" for _, rule in _matching(tool, known, policy))


def _explained(tool: Tool, known: Known, policy: Policy) -> list[Step]:
    steps = sorted(_steps(tool, known, policy, None), key=_rank)
    return [replace(steps[0], decides=True), *steps[1:]]


def _steps(tool: Tool, known: Known, policy: Policy, call: ToolCall | None) -> Iterator[Step]:
    _check(known)
    yield _base(known, policy)
    yield from _narrowed(known, policy)
    if call is not None:
        yield from _rule_of_two(call, known)
    matching = _matching(tool, known, policy)
    arguments = call.arguments if call is not None and any(rule.when for _, rule in matching) else None
    for layer, rule in matching:
        yield _of_rule(layer, rule, arguments, judged=call is not None)


def _check(known: Known) -> None:
    """Raises ValueError for anything that is not one of the words we know."""
    ToolClass(known.tool_class)
    chosen = {known.setting, known.notebook_setting} - {None}
    if known.definition not in ("known", "new", "changed") or not chosen <= set(EFFECTS):
        raise ValueError("not known")


def _matching(tool: Tool, known: Known, policy: Policy) -> Iterable[tuple[Layer, Rule]]:
    names = frozenset((tool.connector, known.entry or tool.connector))
    return policy.matching(names, tool.name, known.tool_class)


def _base(known: Known, policy: Policy) -> Step:
    """Where it starts: our review, or what the person chose."""
    kept = NEVER if known.tool_class in _NOT_REMEMBERED else ALWAYS if policy.always_allow else _WITHOUT_ALWAYS
    if known.tool_class is ToolClass.READ and known.reviewed:
        return Step(layer="built in", rule="a reviewed tool that only reads", effect="allow", remember=kept)
    if known.setting == "allow" and kept == ALWAYS and known.definition == "known":
        return Step(layer="you", source="you", rule="always allowed in %tools", effect="allow")
    return Step(layer="built in", rule=_why(known), effect="ask", remember=kept)


def _why(known: Known) -> str:
    if known.tool_class is ToolClass.DESTRUCTIVE:
        return "it deletes or overwrites"
    if known.tool_class is ToolClass.SENDS:
        return "it sends something to other people"
    if known.reviewed:
        return "it changes data"
    return "nobody has reviewed this tool, so it may change data"


def _narrowed(known: Known, policy: Policy) -> Iterator[Step]:
    """What narrows beside the rules: settings, a definition nobody has looked at, secrets."""
    for setting, where in ((known.setting, "in %tools"), (known.notebook_setting, "for this notebook in %tools")):
        if setting in ("ask", "block"):
            words = "blocked" if setting == "block" else "needs your approval, as chosen"
            yield Step(layer="you", source="you", rule=f"{words} {where}", effect=setting)
    if known.definition == "changed":
        yield Step(layer="built in", rule="its definition changed; review it in %tools", effect="block")
    if known.definition == "new" and policy.new_tools != "allow":
        effect: Effect = "block" if policy.new_tools == "review" else "ask"
        words = "it appeared after the connector was reviewed" + ("; review it in %tools" if effect == "block" else "")
        yield Step(layer="policy", rule=words, effect=effect)
    if known.secrets and policy.block_secrets:
        kinds = ", ".join(sorted(known.secrets))
        yield Step(
            layer="policy", rule=f"its arguments hold a secret ({kinds}), which the policy blocks", effect="block"
        )


def _rule_of_two(call: ToolCall, known: Known) -> Iterator[Step]:
    """Who has read what outsiders wrote, and private data, does not change or send anything unasked."""
    risky = known.tool_class is not ToolClass.READ and call.asked_by != "person"
    if risky and known.outside and known.private:
        read = (
            f"this run has read what others wrote ({_names(known.outside)}) and private data ({_names(known.private)})"
        )
        words = f"{read}, so every change is asked anew"
        yield Step(layer="built in", rule=words, effect="ask", remember=NEVER, fresh=True)


def _names(connectors: Iterable[str]) -> str:
    return ", ".join(sorted(connectors))


def _of_rule(layer: Layer, rule: Rule, arguments: Json, *, judged: bool) -> Step:
    outside = judged and bool(rule.when) and not holds(rule.when, arguments)
    words = f"{layer.whose} policy: {rule}"
    if rule.where:
        words += f" ({rule.where})"
    return Step(
        layer=layer.name,
        source=layer.source,
        rule=words,
        effect="block" if outside else rule.effect,
        remember=ALWAYS if rule.remember is None else rule.remember,
    )


def _rank(step: Step) -> tuple[int, bool, Remember, int, str, str]:
    """The most restrictive first; then by whose it is and by its words, so that the order of layers is no matter."""
    tightness = -EFFECTS.index(step.effect)
    return (tightness, not step.fresh, step.remember, _SOURCES.index(step.source), step.rule, step.layer)


def _verdict(steps: list[Step], tool_class: ToolClass) -> Verdict:
    first = min(steps, key=_rank)
    if first.effect == "block":
        return Verdict(decision="deny", rule=first.rule, tool_class=tool_class)
    remember = min(step.remember for step in steps)
    return Verdict(
        decision=_DECISIONS[first.effect],
        rule=first.rule,
        tool_class=tool_class,
        remember=remember,
        fresh=remember == NEVER or any(step.fresh for step in steps),
    )


def _refused(why: str, known: Known) -> Verdict:
    tool_class = _or_no(lambda: ToolClass(known.tool_class), ToolClass.DESTRUCTIVE)  # known may be anything here
    return Verdict(decision="deny", rule=why, tool_class=tool_class)
