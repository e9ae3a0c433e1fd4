"""Tools as a model is shown them: names its API accepts, text without hidden characters, bounded schemas."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jupyter_connectors.answering.preview import PLAIN, Fence, inert
from jupyter_connectors.flags import flags
from jupyter_connectors.models import Json, Tool, canonical
from jupyter_connectors.text import visible

_NAME_LENGTH = 64
_DESCRIPTION_LENGTH = 2_000
_TEXT_LENGTH = 400
_SCHEMA_LENGTH = 40_000
_DEEPEST = 12
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_PROPERTY = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_TOLD = frozenset({"description", "title"})
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions"})
_LEFT_OUT = frozenset({"$comment", "examples", "$schema", "$id"})
_ROOT_ONLY = frozenset({"oneOf", "anyOf", "allOf", "not", "if", "then", "else", "enum", "const"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A tool under the name and schema a model sees."""

    name: str
    tool: Tool
    description: str
    schema: Mapping[str, Json] = field(hash=False)
    renamed: Mapping[str, str] = field(hash=False)
    """Arguments whose names no model API accepts (`created[gte]`), by the names the model sees."""

    def arguments(self, given: Mapping[str, Json]) -> dict[str, Json]:
        """A model's arguments under the tool's own names."""
        return {self.renamed.get(name, name): value for name, value in given.items()}

    @property
    def cost(self) -> int:
        """Tokens it takes in every request, estimated."""
        return round((len(self.name) + len(self.description) + len(canonical(self.schema))) / 2.8)


def define(tools: Iterable[Tool], fence: Fence = PLAIN) -> dict[str, Definition]:
    """The definitions of `tools` by the names a model calls them: `<connector>__<tool>`, no two alike.

    A description is the server's; where it has more in it than a description should, it stands between `fence`'s marks
    and the model is told what is odd about it.
    """
    found: dict[str, Definition] = {}
    for tool in sorted(tools, key=lambda each: (each.connector, each.name)):
        name, salt = model_name(tool), 0
        while name in found:
            salt += 1
            name = _hashed(tool, salt)
        schema, renamed = _schema(tool.input_schema)
        found[name] = Definition(
            name=name, tool=tool, description=_description(tool, fence), schema=schema, renamed=renamed
        )
    return found


def _description(tool: Tool, fence: Fence) -> str:
    said = _clean(f"{tool.title}. {tool.description}" if tool.title else tool.description)[:_DESCRIPTION_LENGTH]
    odd = flags(tool)
    if not odd:
        return said
    return f"{fence.opens} {inert(said)} {fence.closes} Careful: this tool {'; it '.join(odd)}."


def model_name(tool: Tool) -> str:
    """`<connector>__<tool>` where that is unambiguous and fits the APIs' rule, else shortened with a hash.

    Anthropic and OpenAI allow letters, digits, `_` and `-`, at most 64.
    """
    plain = f"{tool.connector}__{tool.name}"
    clear = plain.count("__") == 1 and "___" not in plain and not _NOT_IN_NAMES.search(plain)
    return plain if clear and len(plain) <= _NAME_LENGTH else _hashed(tool, 0)


def _hashed(tool: Tool, salt: int) -> str:
    mark = hashlib.sha256(canonical([tool.connector, tool.name, salt]).encode()).hexdigest()[:10]
    connector, name = (_NOT_IN_NAMES.sub("_", part) for part in (tool.connector, tool.name))
    return f"{connector[:20]}__{name[: _NAME_LENGTH - 13 - min(len(connector), 20)]}_{mark}"


def _schema(told: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, str]]:
    """The schema an API takes: an object, arguments by acceptable names, without parts that only instruct or weigh."""
    schema = _told(dict(told), 0)
    properties = schema.get("properties")
    if not isinstance(properties, dict) or len(canonical(schema)) > _SCHEMA_LENGTH:
        return {"type": "object", "properties": {}, "additionalProperties": True}, {}
    names = {name: _argument(name, properties) for name in properties}
    required = schema.get("required")
    kept = {key: value for key, value in schema.items() if key not in _ROOT_ONLY}
    kept |= {
        "type": "object",
        "properties": {names[name]: each for name, each in properties.items()},
        "required": [names[name] for name in required if name in names] if isinstance(required, list) else [],
    }
    return kept, {shown: name for name, shown in names.items() if shown != name}


def _argument(name: str, properties: Mapping[str, Json]) -> str:
    if _PROPERTY.fullmatch(name):
        return name
    plain = _plain(name)
    if plain not in properties and [_plain(each) for each in properties].count(plain) == 1:
        return plain
    return f"{plain}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:50] or "argument"


def _told(value: Json, depth: int) -> Json:
    if depth > _DEEPEST:
        return {}
    if isinstance(value, list):
        return [_told(each, depth + 1) for each in value]
    if isinstance(value, str):
        return visible(value)
    if not isinstance(value, dict) or not _is_local(value.get("$ref")):
        return {} if isinstance(value, dict) else value
    return {visible(key): _member(key, each, depth) for key, each in value.items() if key not in _LEFT_OUT}


def _is_local(reference: Json) -> bool:
    return reference is None or str(reference).startswith("#")


def _member(key: str, value: Json, depth: int) -> Json:
    if key in _NAMED and isinstance(value, dict):
        # The tool's own arguments keep their names here; those no API accepts get others afterwards.
        plain = str if depth == 0 and key == "properties" else visible
        return {plain(name): _told(each, depth + 1) for name, each in value.items()}
    return _clean(value)[:_TEXT_LENGTH] if key in _TOLD and isinstance(value, str) else _told(value, depth + 1)


def _clean(text: str) -> str:
    return " ".join(visible(text).split())
