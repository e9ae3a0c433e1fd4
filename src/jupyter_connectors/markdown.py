"""Markdown from a model or a server, made harmless: nothing in it is fetched, run, or read as HTML or a formula."""

from __future__ import annotations

import re

# Code keeps its characters, since a renderer shows them as they are: fences that start a line, spans within one.
_CODE = re.compile(r"^(```|~~~)[^\n]*\n.*?^\1[ \t]*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def harmless(text: str) -> str:
    """`text` with images turned into links, and with `<` and `$` outside of code shown as themselves.

    A Markdown image is fetched when the cell is shown and again whenever the notebook is opened: an address with
    data in it would carry that data out.
    """
    made, end = [], 0
    for found in _CODE.finditer(text):
        made += [_plain(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*made, _plain(text[end:])])


def _plain(text: str) -> str:
    return text.replace("![", "\\![").replace("<", "&lt;").replace("$", "\\$")
