"""A tool's arguments as the offline router sees them, and the pairs among them that make a date range."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from jupyter_connectors.answering.names import stem, words_of
from jupyter_connectors.models import Json, Tool

Edge = Literal["from", "after", "until", "before"]
"""from: this day on; after: past it; until: this day included; before: not included."""

_EDGES: dict[str, Edge] = {
    "gte": "from", "ge": "from", "from": "from", "since": "from", "start": "from", "min": "from", "begin": "from",
    "gt": "after", "after": "after",
    "lte": "until", "le": "until", "to": "until", "until": "until", "end": "until", "max": "until",
    "lt": "before", "before": "before",
}  # fmt: skip
_DATED = re.compile(r"\b(?:dates?|times?|timestamps?|epoch|unix|iso[ -]?8601|rfc[ -]?3339|yyyy-mm-dd)\b", re.IGNORECASE)
_STAMP_WORDS = frozenset({"date", "time", "at", "on", "timestamp", "datetime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument a tool takes, or a member of an argument that is an object (`created` with `gte`)."""

    path: tuple[str, ...]
    words: tuple[str, ...]
    kind: str
    """Its JSON Schema type, empty where none is given."""

    choices: tuple[str, ...] = ()
    format: str = ""
    description: str = ""
    required: bool = False
    many: bool = False
    """It takes a list; `choices` are those of its items."""

    @property
    def stems(self) -> frozenset[str]:
        """The stems of its name's words."""
        return frozenset(map(stem, self.words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Two arguments, or one, that bound the same date."""

    stems: frozenset[str]
    """What is bounded: `clos` for close_date; empty for a bare `since` and `until`."""

    name: str
    """The same to show: close_date."""

    low: tuple[Parameter, Edge] | None
    high: tuple[Parameter, Edge] | None


def parameters_of(tool: Tool) -> tuple[Parameter, ...]:
    """The arguments a tool takes, in its order. A schema that says nothing gives none."""
    return tuple(_parameters(tool.input_schema, ()))


def ranges_of(parameters: tuple[Parameter, ...]) -> tuple[Range, ...]:
    """The date ranges the arguments can express, in their order."""
    bounds: dict[tuple[str, ...], dict[bool, tuple[Parameter, Edge]]] = {}
    for parameter in parameters:
        marks = [word for word in parameter.words if word in _EDGES]
        if len(marks) == 1 and _is_date(parameter):
            edge = _EDGES[marks[0]]
            about = tuple(word for word in parameter.words if word != marks[0])
            bounds.setdefault(about, {}).setdefault(edge in ("from", "after"), (parameter, edge))
    return tuple(
        Range(
            stems=frozenset(stem(word) for word in about if word not in _STAMP_WORDS),
            name="_".join(about),
            low=ends.get(True),
            high=ends.get(False),
        )
        for about, ends in bounds.items()
    )


def bound_value(parameter: Parameter, edge: Edge, day: date) -> Json:
    """The midnight UTC that begins `day`, as this argument wants it.

    `day` is the first day of a range for a low bound, and the first day past it for a high one. `unix-time` gives
    epoch seconds, `date` an ISO date, `date-time` an ISO 8601 instant.
    """
    stamp, whole = datetime(day.year, day.month, day.day, tzinfo=UTC), _wants(parameter)
    if edge in ("after", "until"):
        stamp -= timedelta(days=1) if whole == "date" else timedelta(seconds=1)
    if whole == "date":
        return stamp.date().isoformat()
    if whole == "instant":
        return stamp.isoformat().replace("+00:00", "Z")
    return int(stamp.timestamp()) * (1000 if whole == "milliseconds" else 1)


def placed(arguments: dict[str, Json], path: tuple[str, ...], value: Json) -> None:
    """Sets an argument, making the objects on its way."""
    for step in path[:-1]:
        arguments = arguments.setdefault(step, {})
    arguments[path[-1]] = value


def _parameters(schema: Mapping[str, Json], path: tuple[str, ...]) -> Iterator[Parameter]:
    properties = schema.get("properties")
    required = schema.get("required")
    for name, told in properties.items() if isinstance(properties, Mapping) else ():
        told = _merged(told)
        nested = told.get("properties")
        if not path and isinstance(nested, Mapping) and any(key in _EDGES for key in nested):
            yield from _parameters(told, (name,))
            continue
        items = _merged(told.get("items"))
        many = _kind(told) == "array"
        yield Parameter(
            path=(*path, name),
            words=tuple(words_of(" ".join((*path, name)))),
            kind=_kind(told),
            choices=tuple(value for value in _choices(items if many else told) if isinstance(value, str)),
            format=str(told.get("format") or ""),
            description=str(told.get("description") or ""),
            required=not path and isinstance(required, list) and name in required,
            many=many,
        )


def _merged(told: Json) -> Mapping[str, Json]:
    """An argument's schema with the one that is not null of its `anyOf` folded in."""
    if not isinstance(told, Mapping):
        return {}
    options = told.get("anyOf") or told.get("oneOf")
    if isinstance(options, list):
        real = [each for each in options if isinstance(each, Mapping) and each.get("type") != "null"]
        if real:
            return {**real[0], **{key: value for key, value in told.items() if key not in ("anyOf", "oneOf")}}
    return told


def _kind(told: Mapping[str, Json]) -> str:
    kind = told.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "")
    return kind if isinstance(kind, str) else ""


def _choices(told: Mapping[str, Json]) -> list[Json]:
    listed = told.get("enum")
    return listed if isinstance(listed, list) else []


def _is_date(parameter: Parameter) -> bool:
    if parameter.format in ("unix-time", "date", "date-time", "timestamp"):
        return True
    if parameter.kind not in ("string", "integer", "number", "") or "cursor" in parameter.description.lower():
        return False
    dated = bool(_STAMP_WORDS & set(parameter.words)) or "created" in parameter.words or "updated" in parameter.words
    return dated or bool(_DATED.search(parameter.description))


def _wants(parameter: Parameter) -> str:
    told = parameter.description.lower()
    if parameter.format == "unix-time" or parameter.kind in ("integer", "number"):
        return "milliseconds" if "millisecond" in told else "seconds"
    if parameter.format == "date-time" or (not parameter.format and re.search(r"date-?time|instant|rfc ?3339", told)):
        return "instant"
    if not parameter.format and re.search(r"iso[ -]?8601|timestamp", told) and "yyyy-mm-dd" not in told:
        return "instant"
    return "date"
