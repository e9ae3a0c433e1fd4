"""How our objects look in an output cell: tables and Markdown that survive saving, exporting and GitHub."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from jupyter_connectors.hub import Connected
from jupyter_connectors.models import ToolClass
from jupyter_connectors.text import one_line, plural, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from jupyter_connectors.frames.result import Result

PREVIEW_ROWS = 5
PREVIEW_COLUMNS = 8

# JupyterLab looks for formulas in what was rendered, where an escaped `$` is a plain one; not across elements, though.
_WRITTEN = {"\\": "<span>&#92;</span>", "$": "<span>&#36;</span>", "<": "&lt;", "&": "&amp;", "\n": " "}

_NO_FORMULAS = "tex2jax_ignore mathjax_ignore"
"""Classes that MathJax leaves alone: two prices in a cell are no formula."""

_GROUPS = {
    ToolClass.READ: "Read",
    ToolClass.WRITE: "Write",
    ToolClass.DESTRUCTIVE: "Destructive",
    ToolClass.SENDS: "Send",
}


def result_bundle(result: Result, shown: pd.DataFrame | None = None) -> dict[str, str]:
    """A result as a MIME bundle: the first rows, where they come from, and whether they are all.

    Values are escaped text, never HTML of the server's. `shown` is a part of the rows to show instead.
    """
    source = f"{result.call.connector} · {result.call.tool}"
    line = result.completeness.line
    if not result.tabular:
        text = visible(result.text)
        return {"text/plain": f"{text}\n\n{source}"}
    head = _lean(result.head(PREVIEW_ROWS) if shown is None else shown.head(PREVIEW_ROWS))
    columns = len(result.schema()) if shown is None else len(shown.columns)
    facts = [source, line]
    if shown is not None:
        facts.append(f"{plural(len(shown), 'row')} left by the conditions")
    if columns > len(head.columns):
        facts.append(f"{len(head.columns)} of {columns} columns shown")
    mark = "" if result.complete else "⚠ "
    caption = mark + " · ".join(facts)
    text = visible(head.to_string(max_colwidth=40, float_format="{:,.2f}".format))
    plain = f"{text}\n\n{caption}"
    notes = "".join(f"<li>{html.escape(visible(note))}</li>" for note in result.notes)
    listed = f'<ul style="margin:0.2em 0;color:var(--jp-ui-font-color2)">{notes}</ul>' if notes else ""
    table = head.to_html(border=0, notebook=True, float_format="{:,.2f}".format)
    foot = f'<div style="color:var(--jp-ui-font-color2)">{html.escape(caption)}</div>{listed}'
    return {
        "text/html": f'<div class="{_NO_FORMULAS}">{table}{foot}</div>',
        "text/plain": plain,
    }


def _lean(frame: pd.DataFrame) -> pd.DataFrame:
    """The first columns that say most, instants to the minute: exact minor units repeat an amount that is there."""
    names = [name for name in frame.columns if not (str(name).endswith("_minor") and str(name)[:-6] in frame.columns)]
    lean = frame[names[:PREVIEW_COLUMNS]].copy()
    for name in lean.select_dtypes("datetimetz"):
        lean[name] = lean[name].dt.strftime("%Y-%m-%d %H:%MZ").fillna("")
    return lean


def register(formatter: Any) -> None:
    """Teaches IPython how to show a `Result`, without importing what a `Result` needs."""
    formatter.mimebundle_formatter.for_type_by_name(
        "jupyter_connectors.frames.result", "Result", lambda result, **_: result_bundle(result)
    )


def connected_bundle(found: Connected, class_of: Callable[[Any], ToolClass], variable: str) -> dict[str, str]:
    """One line a connector: its variable, and how many tools of which kind."""
    classes = [class_of(tool) for tool in found.tools]
    counts = ", ".join(f"{classes.count(kind)} {name.lower()}" for kind, name in _GROUPS.items() if classes.count(kind))
    title = one_line(found.entry.title, 80)
    lines = [f"**{escaped(title)}** is connected as `{variable}`: {plural(len(found.tools), 'tool')} ({counts})"]
    lines += [f"- {escaped(visible(note))}" for note in found.notes]
    plain = f"{title} is connected as {variable}: {plural(len(found.tools), 'tool')} ({counts})"
    return {"text/markdown": "\n".join(lines), "text/plain": "\n".join([plain, *found.notes])}


def directory_bundle(cards: list[dict[str, Any]]) -> dict[str, str]:
    """The directory as a table, for where no cards can be drawn."""
    rows = [
        f"| {code(each['code'])} | {escaped(each['summary'])} | {each['category']} | {each['badge']} |"
        for each in cards
    ]
    plain = [f"{each['code']:<28} {each['summary']} [{each['badge']}]" for each in cards]
    head = ["| Connect with | What it is | Category | Does |", "|---|---|---|---|"]
    return {"text/markdown": "\n".join(head + rows), "text/plain": "\n".join(plain)}


def tools_bundle(connectors: list[dict[str, Any]]) -> dict[str, str]:
    """The tools as lists grouped read, write, destructive; for where no view can be drawn."""
    markdown: list[str] = []
    plain: list[str] = []
    for each in connectors:
        markdown.append(f"**{escaped(each['title'])}** ({code(each['id'])}), about {each['tokens']:,} tokens\n")
        plain.append(f"{each['title']} ({each['id']}), about {each['tokens']:,} tokens")
        for kind, name in _GROUPS.items():
            rows = [tool for tool in each["tools"] if tool["kind"] == kind]
            if rows:
                markdown.append(f"*{name}*\n")
                markdown += [f"- {code(tool['signature'])}{_off(each, tool)} ~{tool['tokens']} tokens" for tool in rows]
                markdown.append("")
                plain.append(f"  {name}")
                plain += [f"    {tool['signature']}{_off(each, tool)}  ~{tool['tokens']} tokens" for tool in rows]
    return {"text/markdown": "\n".join(markdown), "text/plain": "\n".join(plain)}


def _off(connector: dict[str, Any], tool: dict[str, Any]) -> str:
    return "" if connector["enabled"] and tool["enabled"] else " (off)"


def escaped(text: str) -> str:
    """`text` with everything escaped that Markdown or HTML would read as more than text."""
    return "".join(_WRITTEN.get(each, f"\\{each}" if each in "`*_{}[]()#+!|>~" else each) for each in text)


def code(text: str) -> str:
    """`text` as a Markdown code span that nothing in it can end."""
    return f"`{one_line(text, 2000).replace('`', chr(39))}`"
