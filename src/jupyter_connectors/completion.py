"""Tab completion for the magics' lines. Runs on the main shell, so it looks at nothing that takes time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from jupyter_connectors.session import Session

_LINE = re.compile(r"\s*%(connect|disconnect|tools)\s+(?:.*\s)?(\S*)$")
_ASK = re.compile(r"\s*%%ask\s+(?:.*\s)?(-\S*)$")

_OPTIONS = {
    "connect": ("--as", "--name", "--command", "--header", "--env"),
    "disconnect": ("--forget",),
    "tools": ("--on", "--off"),
    "ask": ("--into", "--model", "--base-url", "--connectors", "--read-only", "--new"),
}


def install(shell: Any, session: Session) -> None:
    """Offers connector names and options behind our magics, and nothing else there."""

    @context_matcher(identifier="jupyter_connectors")
    def match(context: CompletionContext) -> SimpleMatcherResult:
        text = context.line_with_cursor[: context.cursor_position]
        found = _LINE.match(text) or _ASK.match(text)
        if found is None:
            return {"completions": [], "suppress": False}
        magic, word = (found[1], found[2]) if found.re is _LINE else ("ask", found[1])
        words = _words(session, magic, text[: len(text) - len(word)].split(), word)
        completions = [SimpleCompletion(each, type="connector") for each in words]
        return {"completions": completions, "matched_fragment": word, "suppress": True, "ordered": True}

    shell.Completer.custom_matchers.append(match)


def _words(session: Session, magic: str, before: list[str], word: str) -> list[str]:
    if word.startswith("-") or magic == "ask":
        offered: Iterable[str] = _OPTIONS[magic]
    elif before[-1] in ("--on", "--off"):
        here = [each for each in session.connected() if each.id in before] or session.connected()
        offered = [*(tool.name for each in here for tool in each.tools), "all"]
    elif before[-1] in _OPTIONS["connect"]:
        offered = []  # what follows is the person's own word
    elif magic == "connect":
        offered = [entry.id for entry in session.catalogue.entries()]
    else:
        offered = [each.id for each in session.connected()]
    return [each for each in offered if each.startswith(word)]
