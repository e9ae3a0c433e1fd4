"""What an approval card shows of one request: the call in full, where its values come from, how they can be edited."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_connectors.approval import Request
from jupyter_connectors.models import Json, canonical
from jupyter_connectors.schema import argument
from jupyter_connectors.secrets import find, masked
from jupyter_connectors.text import visible

_DEPTH = 3
_MOST_CONDITIONS = 20
_MOST_OPTIONS = 200
_LONG = 80
"""Characters from which a text is edited in a box of several lines."""

_SHORT = 60

_TYPES = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}


def card_state(request: Request) -> dict[str, Any]:
    """What the card shows of a request; every text from the server made visible, every secret masked."""
    call = request.call
    before = request.before or {}
    return {
        "id": request.id,
        "state": "pending",
        "note": "",
        "problem": "",
        "tries": 0,
        "connector": call.connector,
        "title": visible(request.connector_title),
        "account": visible(call.account),
        "tool": visible(call.tool),
        "tool_title": visible(request.tool.title),
        "kind": str(request.tool_class),
        "asked_by": call.asked_by,
        "app": request.app,
        "app_title": visible(request.app_title),
        "asked": request.asked,
        "why": visible(request.why),
        "warnings": [visible(each) for each in request.warnings],
        "choices": list(request.choices),
        "hours": request.hours,
        "arguments": [_argument(name, value, request, before) for name, value in call.arguments.items()],
        "conditions": conditions(call.arguments),
    }


def _argument(name: str, value: Json, request: Request, before: Mapping[str, Json]) -> dict[str, Any]:
    shown = {"name": visible(name), "origin": visible(request.origins.get(name, "")), "now": None, "changed": False}
    if name in before:
        now = masked(before[name])
        shown["now"] = f'"{visible(now)}"' if isinstance(now, str) and "\n" not in now else visible(_written(now))
        shown["changed"] = canonical(before[name]) != canonical(value)
    safe = masked(value)
    kinds = () if safe == value else find(_written(value)) or ("secret",)
    text = _written(safe)
    field = _field(name, value, request)
    exact = json.dumps(value, indent=None if isinstance(value, str) else 2)
    return {
        **shown,
        "type": _type(value),
        "value": visible(text),
        "secret": ", ".join(kinds),
        # In plain ASCII: a hidden character in it survives every route, and is seen by who edits it.
        "json": "" if kinds else exact,
        "field": field if visible(text) == text or field["kind"] not in ("text", "long") else {"kind": "json"},
    }


def _written(value: Json) -> str:
    """A text as it is, anything else as JSON, on one line where it is short."""
    if isinstance(value, str):
        return value
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= _SHORT else json.dumps(value, indent=2, ensure_ascii=False)


def _type(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds = ((str, "text"), (int | float, "number"), (list, "list"), (dict, "object"))
    return next((kind for of, kind in kinds if isinstance(value, of)), "null")


def _field(name: str, value: Json, request: Request) -> dict[str, Any]:
    """How a value is edited: by what the tool's schema says of it, where the value is of that kind."""
    schema = argument(request.tool.input_schema, name)
    options = schema.get("enum")
    if isinstance(options, list) and 0 < len(options) <= _MOST_OPTIONS and value in options:
        labels = [visible(each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)) for each in options]
        return {
            "kind": "choice",
            "options": [[json.dumps(each), text] for each, text in zip(options, labels, strict=True)],
        }
    wanted = schema.get("type")
    kind = _TYPES.get(wanted) if isinstance(wanted, str) else None
    fits = {
        "text": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
    }
    if kind is None or not fits[kind]:
        kind = next((each for each, right in fits.items() if right), "json")
    if kind == "text" and (len(value) > _LONG or "\n" in value):
        kind = "long"
    return {"kind": kind}


def conditions(arguments: Mapping[str, Json]) -> list[dict[str, Any]]:
    """The single values in the arguments that a lasting yes can be bound to, by their dotted paths."""
    found: list[dict[str, Any]] = []
    for path, value in _leaves(arguments, "", _DEPTH):
        text = _written(value)
        # What is shown must be what is compared.
        if visible(text) == text and visible(path) == path and not find(text):
            found.append({"path": path, "type": _type(value), "value": text, "json": json.dumps(value)})
    return found[:_MOST_CONDITIONS]


def _leaves(value: Mapping[str, Json], prefix: str, depth: int) -> Iterator[tuple[str, Json]]:
    for name, each in value.items():
        if not name or "." in name:
            continue
        if isinstance(each, Mapping) and depth:
            yield from _leaves(each, f"{prefix}{name}.", depth - 1)
        elif isinstance(each, str | int | float):
            yield f"{prefix}{name}", each
