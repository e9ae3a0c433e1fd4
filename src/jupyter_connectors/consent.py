"""What a person's answer comes to: edits held against the schema, bounds read, and the words for what was decided."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jupyter_connectors.approval import Answer, Choice, Request
from jupyter_connectors.bounds import in_words, parse_pattern
from jupyter_connectors.calls import check_arguments
from jupyter_connectors.errors import InvalidArguments
from jupyter_connectors.models import Asker, ToolClass, canonical
from jupyter_connectors.text import one_line

if TYPE_CHECKING:
    from jupyter_connectors.bounds import Pattern

DOES = {
    ToolClass.READ: "reads data",
    ToolClass.WRITE: "changes data",
    ToolClass.DESTRUCTIVE: "deletes or overwrites data",
    ToolClass.SENDS: "sends something",
}
"""What a tool does, in words."""

ASKS: Mapping[Asker, str] = {
    "person": "you called it",
    "model": "the model asks for it",
    "app": "an app asks for it",
    "replay": "a replay asks for it",
}
"""Who wants a call, in words."""

_LENGTHS: tuple[Choice, ...] = ("once", "session", "hours", "always")
_REASON = 500
"""Characters of a reason that are kept: it is a remark to the model, not a document."""


def offered(said: object, request: Request) -> Choice:
    """The choice for what was said: the longest on offer that is no longer. Anything but a clear yes is a no."""
    if not isinstance(said, str) or said not in _LENGTHS:
        return "deny"
    shorter = _LENGTHS[: _LENGTHS.index(said) + 1]
    return next((each for each in reversed(shorter) if each in request.choices), "deny")


def edited(request: Request, edits: Mapping[str, str]) -> str:
    """The call's arguments as canonical JSON text, with these in the place of theirs; each is JSON text.

    Raises:
        InvalidArguments: One is not JSON, or the arguments then break the tool's schema.
    """
    arguments = request.call.arguments
    for name, text in edits.items():
        try:
            arguments[name] = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            problem = f"{one_line(name, 60)}: {text[:60]!r} is not JSON"
            raise InvalidArguments(problem, hint="text stands in double quotes") from error
    check_arguments(request.tool, arguments)
    return canonical(arguments)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def bounds_of(text: str) -> Pattern | None:
    """The bounds on arguments written as JSON text; None for any arguments.

    Raises:
        ValueError: It says something that is no bound.
    """
    raw = json.loads(text, parse_constant=_no_number) if text else None
    return parse_pattern(raw) if raw else None


def reason_of(said: object) -> str:
    """A reason on one line, short enough to tell."""
    return one_line(said, _REASON) if isinstance(said, str) else ""


def said(answer: Answer, request: Request) -> str:
    """What was decided, as the line that stays in the notebook."""
    if answer.choice == "deny":
        if answer.by != "you":
            return f"not allowed: {answer.by}"
        return f"denied: {one_line(answer.reason, _REASON)}" if answer.reason else "denied"
    changed = answer.arguments_json not in (None, request.call.arguments_json)
    within = f", {_limits(answer.pattern)}" if answer.choice in ("hours", "always") else ""
    length = {
        "once": "once",
        "session": "for this session",
        "hours": f"for {request.hours} hours",
        "always": "always",
    }[answer.choice]
    return f"allowed {length}{within}{', with your changes' if changed else ''}"


def _limits(pattern: Pattern | None) -> str:
    return f"where {one_line(in_words(pattern), _REASON)}" if pattern else "with any arguments"
