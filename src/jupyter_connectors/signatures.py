"""A tool's JSON Schema as a Python signature and docstring."""

from __future__ import annotations

import contextlib
import inspect
import keyword
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args, get_origin

from jupyter_connectors.models import Json, Tool
from jupyter_connectors.text import visible

_PLAIN: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "array": list,
    "object": dict,
}

BOUNDS = ("limit", "pages")
"""Arguments of ours on every tool: how many rows, how many pages at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How a tool is called from Python."""

    signature: inspect.Signature
    wire: Mapping[str, str]
    """Python name to the name the server knows, which need not be an identifier."""


def parameters(tool: Tool, *, bounded: bool = True) -> Parameters:
    """The Python parameters of a tool: required ones first, by position or name, the rest by name only.

    `bounded` adds `limit` and `pages`, for a tool whose reply may have several pages.
    """
    properties: Mapping[str, Any] = tool.input_schema.get("properties") or {}
    required = set(tool.input_schema.get("required") or ())
    wire: dict[str, str] = {}
    made: list[inspect.Parameter] = []
    for name, schema in properties.items():
        python = identifier(name, taken=wire)
        wire[python] = name
        told = schema if isinstance(schema, dict) else {}
        needed = name in required
        # The server's default is the size of a page; ours is everything.
        default = None if python in BOUNDS else told.get("default")
        if isinstance(default, str) and visible(default) != default:
            default = None  # `tool?` would print it as it is
        made.append(
            inspect.Parameter(
                python,
                inspect.Parameter.POSITIONAL_OR_KEYWORD if needed else inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if needed else default,
                annotation=annotation(told),
            )
        )
    for bound in BOUNDS if bounded else ():
        if bound not in wire:
            made.append(inspect.Parameter(bound, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=int))
    made.sort(key=lambda each: each.kind)
    return Parameters(signature=inspect.Signature(made), wire=wire)


def identifier(name: str, *, taken: Mapping[str, str]) -> str:
    """`name` as a Python identifier not yet in `taken`: `from` becomes `from_`, `created[gte]` `created_gte`."""
    # As Python itself reads a name (its reference, "Identifiers"): two that it cannot tell apart must not be two here.
    made = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", name)).strip("_") or "value"
    if made[0].isdigit() or keyword.iskeyword(made):
        made = f"_{made}" if made[0].isdigit() else f"{made}_"
    while made in taken:
        made += "_"
    return made


def call_line(tool: Tool, found: Parameters) -> str:
    """The call as a person would begin to write it: with the required arguments, each with the emptiest value it takes."""
    variable, name = identifier(tool.connector, taken={}), identifier(tool.name, taken={})
    given = (each for each in found.signature.parameters.values() if each.default is inspect.Parameter.empty)
    arguments = ", ".join(f"{each.name}={_empty(each.annotation)}" for each in given)
    # A name that had to be changed might be another tool's.
    reached = f"{variable}.{name}" if name == tool.name else f"{variable}[{tool.name!a}]"
    return f"{reached}({arguments})"


def _empty(kind: Any) -> str:
    choices = get_args(kind)
    if choices and get_origin(kind) is Literal:
        return ascii(choices[0])
    first = next((each for each in choices if each is not type(None)), kind) if choices else kind
    return {str: '""', int: "0", float: "0.0", bool: "False", list: "[]", dict: "{}"}.get(first, "...")


def annotation(schema: Mapping[str, Any]) -> Any:
    """The Python type of a parameter's schema, with its allowed values where it lists them."""
    choices = schema.get("enum")
    if isinstance(choices, list) and choices and all(_plain_choice(each) for each in choices):
        return Literal[tuple(choices)]
    variants = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(variants, list):
        kinds = [annotation(each) for each in variants if isinstance(each, dict)]
        joined = kinds[0] if kinds else Any
        for kind in kinds[1:]:
            joined = joined | kind
        return joined
    kind = schema.get("type")
    if kind == "null":
        return None
    return _PLAIN.get(kind, Any) if isinstance(kind, str) else Any


def _plain_choice(value: Json) -> bool:
    return isinstance(value, int | bool) or (isinstance(value, str) and visible(value) == value)


def sendable(value: Any, schema: Mapping[str, Any]) -> Json:
    """`value` as JSON: dates and times become what the schema asks for, epoch seconds or ISO text.

    A time without a zone counts as UTC. Text for an argument that takes seconds may be an ISO date or time.
    """
    if isinstance(value, datetime):  # pandas Timestamps are datetimes too
        value = value if value.tzinfo else value.replace(tzinfo=UTC)
        return int(value.timestamp()) if _wants_seconds(schema) else value.isoformat()
    if isinstance(value, date):
        if _wants_seconds(schema):
            return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp())
        return value.isoformat()
    if isinstance(value, str) and _wants_seconds(schema):
        with contextlib.suppress(ValueError):
            return sendable(datetime.fromisoformat(value), schema)
    if isinstance(value, list | tuple | set):
        return [sendable(each, {}) for each in value]
    if isinstance(value, dict):
        return {str(key): sendable(each, {}) for key, each in value.items()}
    item = getattr(value, "item", None)  # numpy scalars, as they come out of a frame
    return item() if callable(item) and type(value).__module__ == "numpy" else value


def _wants_seconds(schema: Mapping[str, Any]) -> bool:
    if schema.get("format") == "unix-time":
        return True
    return any(_wants_seconds(each) for each in schema.get("anyOf") or () if isinstance(each, dict))


def docstring(tool: Tool, found: Parameters) -> str:
    """What `help()` shows: the server's words, made visible, and one line a parameter."""
    lines = [visible(tool.description or tool.title or tool.name).strip(), "", "Args:"]
    properties: Mapping[str, Any] = tool.input_schema.get("properties") or {}
    for python, parameter in found.signature.parameters.items():
        if python in BOUNDS:
            said = f"At most this many {'rows' if python == 'limit' else 'pages'}; everything when left out."
        else:
            told = properties.get(found.wire[python])
            said = visible(str(told.get("description", ""))) if isinstance(told, dict) else ""
        kind = visible(inspect.formatannotation(parameter.annotation))
        lines.append(f"    {python} ({kind}): {said}".rstrip(": "))
    lines += ["", f"Returns a Result with .df, .json, .text. From the server of {tool.connector}, tool {tool.name}."]
    return "\n".join(lines)
