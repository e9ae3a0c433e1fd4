"""A suggested call as a cell to edit and run."""

from __future__ import annotations

import keyword
from datetime import UTC, datetime, time

from jupyter_connectors.answering.filters import filter_code, literal
from jupyter_connectors.answering.names import frame_name
from jupyter_connectors.answering.offline import Suggestion
from jupyter_connectors.answering.parameters import parameters_of
from jupyter_connectors.models import Json

_WIDTH = 88


def code(suggestion: Suggestion, binding: str) -> str:
    """Python for a suggestion on the connector bound to the name `binding`; what is missing stands as `...`."""
    variable = frame_name(suggestion.tool.name) if suggestion.reads else "result"
    given = [(name, literal(_dated(suggestion, name, value)), "") for name, value in suggestion.arguments.items()]
    given += [(name, "...", "needed") for name in suggestion.missing]
    call = f"{variable} = {binding}{_attribute(suggestion.tool.name)}("
    end = ").df" if suggestion.reads else ")"
    line = call + ", ".join(_assigned(name, value) for name, value, _ in given) + end
    if len(line) > _WIDTH or any(remark for *_, remark in given):
        rows = [f"    {_assigned(name, value)},{f'  # {remark}' if remark else ''}" for name, value, remark in given]
        line = "\n".join([call, *rows, end])
    return "\n".join([line, *filter_code(variable, suggestion.filters)])


def _assigned(name: str, value: str) -> str:
    return f"{name}={value}" if _is_name(name) else f"**{{{literal(name)}: {value}}}"


def _attribute(tool: str) -> str:
    return f".{tool}" if _is_name(tool) and not tool.startswith("_") else f"[{literal(tool)}]"


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier() and not keyword.iskeyword(text)


def _dated(suggestion: Suggestion, name: str, value: Json) -> Json:
    """The date an epoch stands for: a call takes either, and a date can be read."""
    dated = any(each.path == (name,) and each.format == "unix-time" for each in parameters_of(suggestion.tool))
    if not dated or not isinstance(value, int):
        return value
    at = datetime.fromtimestamp(value, tz=UTC)
    return at.date().isoformat() if at.time() == time.min else at.isoformat()
