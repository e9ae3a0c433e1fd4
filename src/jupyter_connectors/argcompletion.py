"""Tab inside the call of a tool: the arguments' names, and the values that the tool's schema lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult

from jupyter_connectors.api import name_of
from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.models import Json, Tool
from jupyter_connectors.opencall import OpenCall, open_call
from jupyter_connectors.schema import argument
from jupyter_connectors.session import Session
from jupyter_connectors.signatures import Parameters, identifier, parameters
from jupyter_connectors.text import visible

_MOST = 200


def match_call(shell: Any, session: Session, context: CompletionContext) -> SimpleMatcherResult:
    """What can stand where the cursor is in the call of a tool of ours; nothing elsewhere."""
    lines = context.full_text.split("\n")[: context.cursor_line]
    call = open_call("\n".join([*lines, context.text_until_cursor]))
    tool = _tool(shell, session, call) if call is not None else None
    if call is None or tool is None:
        # A new one each time: IPython writes into it.
        return {"completions": [], "suppress": False}
    found = parameters(tool, bounded=session.hub.lists(tool))
    if not call.argument and not call.quote and not call.in_list and not call.word[:1].isdigit():
        return _offered(call, _names(call, found), kind="param", alone=False)
    values = list(_values(call, tool, found))
    # In a text of ours a file's name is no help; where a schema lists nothing, everything else is.
    return _offered(call, values, kind="value", alone=bool(values))


def _offered(call: OpenCall, words: list[str], *, kind: str, alone: bool) -> SimpleMatcherResult:
    fitting = [each for each in words if each.startswith(call.word)]
    completions = [SimpleCompletion(each, type=kind) for each in fitting[:_MOST]]
    return {"completions": completions, "matched_fragment": call.word, "suppress": alone, "ordered": True}


def _tool(shell: Any, session: Session, call: OpenCall) -> Tool | None:
    """The tool that is called; None where the object is none of ours, or the tool cannot be called."""
    name = name_of(shell.user_ns.get(call.object))
    if not any(each.id == name for each in session.connected()):
        return None
    try:
        tools = session.hub.tools(name)
    except ConnectorError:
        return None
    if call.key:
        return next((each for each in tools if each.name == call.key), None)
    made: dict[str, str] = {}
    for each in tools:
        made[identifier(each.name, taken=made)] = each.name
        if each.name == made.get(call.name):
            return each
    return None


def _names(call: OpenCall, found: Parameters) -> list[str]:
    positional = [each for each in found.signature.parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
    by_place = {each.name for each in positional[: call.place - len(call.given)]}
    return [f"{each}=" for each in found.signature.parameters if each not in call.given | by_place]


def _values(call: OpenCall, tool: Tool, found: Parameters) -> Iterator[str]:
    """The values that the schema lists for the argument, as they are written there."""
    name = call.argument
    if not name:
        positional = [each for each in found.signature.parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
        name = positional[call.place].name if call.place < len(positional) else ""
    told = argument(tool.input_schema, found.wire.get(name, ""))
    if call.in_list:
        items = told.get("items")
        told = items if isinstance(items, Mapping) else {}
    for value in _listed(told):
        if isinstance(value, str):
            # One that cannot be written as it is would not be the one that is meant.
            if visible(value) == value and not set(value) & set("\\\"'\n"):
                yield value if call.quote else f'"{value}"'
        elif not call.quote and isinstance(value, int | float):
            yield repr(value)


def _listed(told: Mapping[str, Any]) -> list[Json]:
    choices = told.get("enum")
    if isinstance(choices, list):
        return choices
    variants = told.get("oneOf") or told.get("anyOf")
    if isinstance(variants, list) and variants and all(isinstance(each, dict) and "const" in each for each in variants):
        return [each["const"] for each in variants]
    return [True, False] if told.get("type") == "boolean" else []
