"""Markdown from a model or a server, made harmless: nothing in it is fetched, run, or read as HTML or a formula.

Where code begins and ends is decided here and written anew, so that no renderer can see it differently: a code span
that only we saw would be a place to hide an image in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENS = re.compile(r"( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*(\S*)")
_LANGUAGES = frozenset(
    [
        "bash",
        "console",
        "css",
        "csv",
        "diff",
        "html",
        "javascript",
        "js",
        "json",
        "julia",
        "markdown",
        "md",
        "py",
        "python",
        "r",
        "sh",
        "shell",
        "sql",
        "text",
        "toml",
        "ts",
        "typescript",
        "xml",
        "yaml",
    ]
)
"""What a fence may be called. JupyterLab and GitHub draw others, mermaid for one, and fetch pictures for it."""

_TOKEN = re.compile(
    r"\\(?P<escape>[\\$<`&!])"  # what Markdown would show as the second character
    r"|(?<!`)(?P<ticks>`+)(?!`)(?P<code>[^\n]*?[^`\n])(?P=ticks)(?!`)"
    r"|(?P<rest>`+|!(?=\[)|[<$]|&(?=#?\w+;)|\\(?=[A-Za-z]+\*?\s*\{))"
)
_SPECIAL = re.compile(r"[^A-Za-z0-9 .,'\"=-]")


def harmless(text: str) -> str:
    """`text` with images turned into links, and with `<`, `$` and commands of TeX shown as themselves.

    A Markdown image is fetched when the cell is shown and again whenever the notebook is opened: an address with
    data in it would carry that data out.
    """
    return "\n".join(_blocks(iter(text.split("\n"))))


def _blocks(lines: Iterator[str]) -> Iterator[str]:
    plain: list[str] = []
    for line in lines:
        found = _OPENS.match(line)
        if found is None:
            plain.append(line)
            continue
        yield from _plain(plain)
        plain = []
        yield from _fence(found, lines)
    yield from _plain(plain)


def _fence(opening: re.Match[str], lines: Iterator[str]) -> Iterator[str]:
    """A block of code behind a fence that is longer than any in it; one that is left open ends with the text."""
    indent, mark, language = len(opening[1]), opening[2], opening[3].lower()
    closes = re.compile(rf" {{0,3}}{mark[0]}{{{len(mark)},}}[ \t]*")
    code: list[str] = []
    for line in lines:
        if closes.fullmatch(line):
            break
        code.append(line[min(indent, len(line) - len(line.lstrip(" "))) :])
    longest = max((len(run) for line in code for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield fence + (language if language in _LANGUAGES else "")
    yield from code
    yield fence


def _plain(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield _TOKEN.sub(_written, line)


def _written(found: re.Match[str]) -> str:
    if found["code"] is not None:
        return f"<code>{_entities(found['code'].strip() or ' ')}</code>"
    shown = found["escape"] or found["rest"]
    # JupyterLab looks for formulas in what was rendered too, where an escaped `$` is a plain one; it does not look
    # across elements.
    return f"<span>{_entities(shown)}</span>" if shown in ("$", "\\") else _entities(shown)


def _entities(text: str) -> str:
    """`text` as HTML in which each character means itself, whatever a renderer takes it for."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", text)
