"""Tools, grants, differences and explanations as text: for where no view can be drawn, and in a saved notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_connectors.models import ToolClass
from jupyter_connectors.show import GROUPS, code, escaped
from jupyter_connectors.text import one_line, plural, visible

if TYPE_CHECKING:
    from jupyter_connectors.explaining import Explanation
    from jupyter_connectors.policy.judge import Step

_WHOSE = {
    "organisation": "your organisation's policy",
    "user": "your own policy",
    "notebook": "this notebook's policy",
    "you": "you, in %tools",
}

_STANDS = {"allow": "", "ask": "asks", "block": "blocked"}
"""How a tool stands, as a list says it: what runs needs no word."""

_DOES = {
    ToolClass.READ: "reads",
    ToolClass.WRITE: "changes data",
    ToolClass.DESTRUCTIVE: "deletes or overwrites",
    ToolClass.SENDS: "sends to others",
}


def tools_bundle(connectors: list[dict[str, Any]]) -> dict[str, str]:
    """The tools as lists grouped by what they do; for where no view can be drawn."""
    markdown: list[str] = []
    plain: list[str] = []
    for each in connectors:
        off = "" if each["enabled"] else ", blocked"
        markdown.append(f"**{escaped(each['title'])}** ({code(each['id'])}), about {each['tokens']:,} tokens{off}\n")
        plain.append(f"{each['title']} ({each['id']}), about {each['tokens']:,} tokens{off}")
        for kind, name in GROUPS.items():
            rows = [tool for tool in each["tools"] if tool["kind"] == kind]
            if rows:
                markdown.append(f"*{name}*\n")
                markdown += [f"- {code(tool['signature'])}{_stands(tool)} ~{tool['tokens']} tokens" for tool in rows]
                markdown.append("")
                plain.append(f"  {name}")
                plain += [f"    {tool['signature']}{_stands(tool)}  ~{tool['tokens']} tokens" for tool in rows]
        for line in map(hidden_line, each["hidden"]):
            markdown.append(f"{escaped(line)}\n")
            plain.append(f"  {line}")
    return {"text/markdown": "\n".join(markdown), "text/plain": "\n".join(plain)}


def hidden_line(hidden: dict[str, Any]) -> str:
    """That a rule takes tools away: how many, and the rule; not which."""
    return f"{plural(hidden['count'], 'tool')} blocked by a rule: {hidden['rule']}"


def _stands(tool: dict[str, Any]) -> str:
    review = tool["review"]
    if review is not None and review["off"]:
        return f" (off: {review['state']}, %tools --review shows how)"
    said = [
        "interactive" if tool["interactive"] else "",
        _STANDS[(tool["here"] or tool["mine"])["stands"]],
        review["state"] if review is not None else "",
    ]
    words = ", ".join(word for word in said if word)
    return f" ({words})" if words else ""


def review_bundle(connectors: list[dict[str, Any]]) -> dict[str, str]:
    """What changed in tools since they were accepted, and how to accept them; for where no view can be drawn."""
    markdown: list[str] = []
    plain: list[str] = []
    for each in connectors:
        for tool in each["tools"]:
            name, review = f"{each['id']}.{tool['name']}", tool["review"]
            state = f"{review['state']}{', off until it is accepted' if review['off'] else ''}"
            fence = "~" * 3
            while fence in review["difference"]:
                fence += "~"
            markdown += [f"**{escaped(name)}**: {state}\n", f"{fence}diff\n{review['difference']}\n{fence}\n"]
            markdown.append(f"{code(f'%tools --accept {name}')}\n")
            plain += [f"{name}: {state}", *(f"  {line}" for line in review["difference"].splitlines())]
            plain.append(f"  %tools --accept {name}")
    if not plain:
        return {"text/plain": "nothing to review: every tool is as it was accepted"}
    return {"text/markdown": "\n".join(markdown), "text/plain": "\n".join(plain)}


def grants_bundle(rows: list[dict[str, Any]]) -> dict[str, str]:
    """What was allowed beyond one call, as a table; for where no view can be drawn."""
    if not rows:
        return {"text/plain": "no grants: every change is asked about"}
    head = ["Id", "Tool", "Where", "Until", "Made", "In"]
    cells = [
        [
            each["id"],
            f"{each['connector']}.{each['tool']}{' ' + each['account'] if each['account'] else ''}",
            each["limits"] or "any arguments",
            _instant(each["until"]) or ("this kernel ends" if each["lasts"] == "session" else "taken back"),
            _instant(each["made"]),
            each["notebook"],
        ]
        for each in rows
    ]
    return table_bundle(head, cells)


def explain_bundle(found: Explanation) -> dict[str, str]:
    """What decides about a tool or a connector: a line, and every step, the deciding one marked."""
    kind = f" ({_DOES[found.tool_class]})" if found.tool_class is not None else ""
    away = "" if found.connected or found.tool_class is None else " It is not connected; this is by our own review."
    line = f"{found.name}{kind} {found.what}: {found.steps[0].rule}.{away}"
    head = ["", "Where", "Rule", "Effect"]
    cells = [["→" if each.decides else "", *where(each), each.effect] for each in found.steps]
    table = table_bundle(head, cells)
    return {
        "text/markdown": f"{escaped(visible(line))}\n\n{table['text/markdown']}",
        "text/plain": f"{visible(line)}\n\n{table['text/plain']}",
    }


def where(step: Step) -> tuple[str, str]:
    """Whose a rule is, and its words without that."""
    whose = _WHOSE.get(step.source, step.layer)
    return whose, step.rule.removeprefix(f"{whose}: ")


def table_bundle(head: list[str], rows: list[list[str]]) -> dict[str, str]:
    """A small table of texts, as Markdown and with columns of even width."""
    shown = [[one_line(cell, 400) for cell in row] for row in rows]
    markdown = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    markdown += [f"| {' | '.join(map(escaped, row))} |" for row in shown]
    widths = [max(map(len, column)) for column in zip(head, *shown, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (head, *shown)]
    return {"text/markdown": "\n".join(markdown), "text/plain": "\n".join(lines)}


def _instant(text: str) -> str:
    """An instant as its date and minute in UTC."""
    return f"{text[:10]} {text[11:16]}Z" if text else ""
