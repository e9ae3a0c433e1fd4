"""Tab completion for the magics' lines. Runs on the main shell, so it looks at nothing that takes time."""

from __future__ import annotations

import re
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
        words = _words(session, magic, word)
        completions = [SimpleCompletion(each, type="connector") for each in words]
        return {"completions": completions, "matched_fragment": word, "suppress": True, "ordered": True}

    shell.Completer.custom_matchers.append(match)


def _words(session: Session, magic: str, word: str) -> list[str]:
    if word.startswith("-") or magic == "ask":
        return [each for each in _OPTIONS[magic] if each.startswith(word)]
    if magic == "connect":
        return [entry.id for entry in session.catalogue.entries() if entry.id.startswith(word)]
    return [each.id for each in session.connected() if each.id.startswith(word)]
