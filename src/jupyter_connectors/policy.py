"""Whether a call may run: pure functions from a call, a tool and the rules to a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jupyter_connectors.models import Annotations, Tool, ToolCall, ToolClass

Decision = Literal["allow", "ask", "deny"]

_ORDER = (ToolClass.READ, ToolClass.WRITE, ToolClass.DESTRUCTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What this notebook allows. It can only narrow what the defaults allow."""

    off: frozenset[tuple[str, str | None]] = frozenset()
    """Tools switched off as (connector, tool); a connector as (connector, None)."""

    reviewed: Mapping[str, Mapping[str, ToolClass]] = field(default_factory=dict)
    """For each connector of the directory, what our review found its tools do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules say of a call, and which rule said it."""

    decision: Decision
    rule: str
    tool_class: ToolClass


def classify(tool: Tool, reviewed: Mapping[str, ToolClass]) -> ToolClass:
    """What the tool does: our review if there is one, else write. A server's annotations can only raise it."""
    base = reviewed.get(tool.name, ToolClass.WRITE)
    claimed = _claim(tool.annotations)
    if base is ToolClass.SENDS or claimed is None:
        return base
    return max(base, claimed, key=_ORDER.index)


def _claim(told: Annotations) -> ToolClass | None:
    if told.destructive:  # also where the server claims read-only in the same breath
        return ToolClass.DESTRUCTIVE
    if told.read_only is False:
        return ToolClass.WRITE
    return None


def judge(call: ToolCall, tool: Tool, rules: Rules) -> Verdict:
    """The verdict on `call`: reviewed reads run, a switched-off tool is refused, everything else is asked."""
    tool_class = classify(tool, rules.reviewed.get(call.connector, {}))
    if not enabled(tool, rules):
        return Verdict(decision="deny", rule="switched off in %tools", tool_class=tool_class)
    if tool_class is ToolClass.READ:
        return Verdict(decision="allow", rule="a reviewed tool that only reads", tool_class=tool_class)
    return Verdict(decision="ask", rule=_why(tool, tool_class, rules), tool_class=tool_class)


def enabled(tool: Tool, rules: Rules) -> bool:
    """False for a tool that is switched off, by itself or with its connector."""
    return (tool.connector, None) not in rules.off and (tool.connector, tool.name) not in rules.off


def _why(tool: Tool, tool_class: ToolClass, rules: Rules) -> str:
    if tool_class is ToolClass.DESTRUCTIVE:
        return "it deletes or overwrites"
    if tool_class is ToolClass.SENDS:
        return "it sends something to other people"
    if tool.name in rules.reviewed.get(tool.connector, {}):
        return "it changes data"
    return "nobody has reviewed this tool, so it may change data"
