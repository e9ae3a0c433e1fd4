"""Tab completion for the magics' lines. Runs on the main shell, so it looks at nothing that takes time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.modes import MODES
from jupyter_connectors.session import Session

_LINE = re.compile(r"\s*%(connect|disconnect|tools)\s+(?:.*\s)?(\S*)$")
_ASK = re.compile(r"\s*%%ask\s+(?:.*\s)?(-\S*)$")

_OPTIONS = {
    "connect": (
        "--as",
        "--name",
        "--command",
        "--set",
        "--header",
        "--env",
        "--explain",
        "--account",
        "--scope",
        "--client-id",
        "--client-secret",
        "--key",
        "--status",
    ),
    "disconnect": ("--forget", "--revoke", "--account"),
    "tools": (
        "--allow",
        "--ask",
        "--block",
        "--on",
        "--off",
        "--here",
        "--review",
        "--accept",
        "--grants",
        "--revoke",
        "--mode",
        "--modes",
    ),
    "ask": ("--into", "--model", "--base-url", "--connectors", "--read-only", "--new"),
}

_SWITCHES = ("--allow", "--ask", "--block", "--on", "--off")
_BARE = ("--here", "--review", "--grants", "--modes", "--forget", "--revoke")
"""Options that take no word: what follows is a connector."""

_GROUPS = ("read", "write", "destructive", "sends")


def install(shell: Any, session: Session) -> None:
    """Offers connector names and options behind our magics, names and values inside the calls of our tools."""

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

    @context_matcher(identifier="jupyter_connectors.arguments")
    def match_arguments(context: CompletionContext) -> SimpleMatcherResult:
        if not session.connected():
            return {"completions": [], "suppress": False}
        from jupyter_connectors.argcompletion import match_call

        return match_call(shell, session, context)

    shell.Completer.custom_matchers.extend([match, match_arguments])


def _words(session: Session, magic: str, before: list[str], word: str) -> list[str]:
    if word.startswith("-") or magic == "ask":
        offered: Iterable[str] = _OPTIONS[magic]
    elif before[-1].startswith("-"):
        offered = _after(session, before, word)
    elif magic == "connect":
        offered = [entry.id for entry in session.catalogue.entries()]
    else:
        offered = [each.id for each in session.connected()]
    return [each for each in offered if each.startswith(word)]


def _after(session: Session, before: list[str], word: str) -> Iterable[str]:
    """What may stand behind an option; nothing where it is the person's own word."""
    option = before[-1]
    if option in _SWITCHES:
        here = [each for each in session.connected() if each.id in before] or session.connected()
        return [*(name for each in here for name in _switches(session, each.id)), *_GROUPS, "all"]
    if option == "--explain":
        return _explained(session, word)
    if option == "--accept":
        return _unaccepted(session)
    if option == "--mode":
        return (*MODES, "default")
    if option == "--revoke" and before[0].endswith("tools"):
        return [*(each.id for each in session.judge.grants.all()), "all"]
    if option in _BARE:
        return [each.id for each in session.connected()]
    return []


def _switches(session: Session, connector: str) -> list[str]:
    """The tools that have a switch: what a policy blocks is not named."""
    from jupyter_connectors.switchboard import board

    try:
        return [each.tool.name for each in board(session.hub, connector).switches]
    except ConnectorError:
        return []


def _explained(session: Session, word: str) -> list[str]:
    """Connectors, and behind a dot the tools of one: those that can be called, or that were reviewed."""
    entries = {entry.id: entry for entry in session.catalogue.entries()}
    connected = {each.id for each in session.connected()}
    names = [*dict.fromkeys([*connected, *entries])]
    name = next((each for each in names if word.startswith(f"{each}.")), None)
    if name is None:
        return names
    tools = [each.name for each in session.hub.tools(name)] if name in connected else list(entries[name].reviewed)
    return [f"{name}.{each}" for each in tools]


def _unaccepted(session: Session) -> list[str]:
    accepted = session.judge.definitions.now()
    return [
        f"{each.id}.{tool.name}"
        for each in session.connected()
        for tool in each.tools
        if accepted.state(each.entry.identity, tool) != "known"
    ]
