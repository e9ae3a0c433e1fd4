"""How our objects look in an output cell: tables and Markdown that survive saving, exporting and GitHub."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from jupyter_connectors.models import ToolClass
from jupyter_connectors.offering import Connected
from jupyter_connectors.secrets import masked
from jupyter_connectors.text import one_line, plural, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from jupyter_connectors.frames.result import Result

PREVIEW_ROWS = 5
PREVIEW_COLUMNS = 8

# JupyterLab looks for formulas in what was rendered, where an escaped `$` is a plain one; not across elements, though.
_WRITTEN = {"\\": "<span>&#92;</span>", "$": "<span>&#36;</span>", "<": "&lt;", "&": "&amp;", "\n": " "}

_NO_FORMULAS = "tex2jax_ignore mathjax_ignore"
"""Classes that MathJax leaves alone: two prices in a cell are no formula."""

GROUPS = {
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
        text = masked(visible(result.text))
        return {"text/plain": f"{text}\n\n{source}"}
    head = _unsecret(_lean(result.head(PREVIEW_ROWS) if shown is None else shown.head(PREVIEW_ROWS)))
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
    notes = "".join(f"<li>{html.escape(masked(visible(note)))}</li>" for note in result.notes)
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


def _unsecret(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with secrets masked; a column without any is left as it is."""
    for name in frame.columns:
        cells = list(frame[name].astype(object))
        shown = [masked(cell) if isinstance(cell, str | list | dict) else cell for cell in cells]
        if any(one is not other for one, other in zip(cells, shown, strict=True)):
            frame[name] = shown
    return frame


def connected_bundle(found: Connected, class_of: Callable[[Any], ToolClass], variable: str) -> dict[str, str]:
    """One line a connector: its variable, how many tools of which kind; for a custom one, where it is in full."""
    from jupyter_connectors.directory.pages import provenance

    classes = [class_of(tool) for tool in found.tools]
    counts = ", ".join(f"{classes.count(kind)} {name.lower()}" for kind, name in GROUPS.items() if classes.count(kind))
    title = one_line(found.entry.title, 80)
    lines = [f"**{escaped(title)}** is connected as `{variable}`: {plural(len(found.tools), 'tool')} ({counts})"]
    notes = [*filter(None, [provenance(found.entry)]), *found.notes]
    lines += [f"- {escaped(visible(note))}" for note in notes]
    plain = f"{title} is connected as {variable}: {plural(len(found.tools), 'tool')} ({counts})"
    return {"text/markdown": "\n".join(lines), "text/plain": "\n".join([plain, *notes])}


def directory_bundle(cards: list[dict[str, Any]], notes: Sequence[str] = ()) -> dict[str, str]:
    """The directory as a table for each category, for where no cards can be drawn."""
    markdown: list[str] = []
    plain: list[str] = []
    for category in dict.fromkeys(each["category"] for each in cards):
        rows = [each for each in cards if each["category"] == category]
        markdown += [f"**{escaped(category)}**\n", "| Connect with | What it is | Does |", "|---|---|---|"]
        markdown += [f"| {code(each['code'])} | {escaped(each['summary'])} | {_does(each)} |" for each in rows]
        markdown.append("")
        plain.append(visible(category))
        plain += [f"  {each['code']:<30} {each['summary']} [{_does(each)}]" for each in rows]
    markdown += [f"- {escaped(visible(note))}" for note in notes]
    return {"text/markdown": "\n".join(markdown), "text/plain": "\n".join((*plain, *map(visible, notes)))}


def _does(card: dict[str, Any]) -> str:
    return f"{card['badge']}, interactive" if card["interactive"] else str(card["badge"])


def status_bundle(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """How each connector in use stands, as a table of the columns that say something."""
    if not rows:
        return {"text/plain": "nothing is connected; try %connect acme-billing"}
    names = [name for name in rows[0] if any(row[name] for row in rows)]
    cells = [[visible(str(row[name])) for name in names] for row in rows]
    widths = [max(len(name), *(len(row[place]) for row in cells)) for place, name in enumerate(names)]
    plain = ["  ".join(each.ljust(width) for each, width in zip(row, widths, strict=True)) for row in (names, *cells)]
    markdown = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    markdown += [f"| {' | '.join(escaped(each) for each in row)} |" for row in cells]
    return {"text/markdown": "\n".join(markdown), "text/plain": "\n".join(line.rstrip() for line in plain)}


def escaped(text: str) -> str:
    """`text` with everything escaped that Markdown or HTML would read as more than text."""
    return "".join(_WRITTEN.get(each, f"\\{each}" if each in "`*_{}[]()#+!|>~" else each) for each in text)


def code(text: str) -> str:
    """`text` as a Markdown code span that nothing in it can end."""
    return f"`{one_line(text, 2000).replace('`', chr(39))}`"
