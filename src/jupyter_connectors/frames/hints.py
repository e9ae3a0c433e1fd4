"""What a tool's output schema says of its columns. A hint: it types, it adds no column and knows no money or paging."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from jupyter_connectors.frames.types import TEXT, Hint, Kind
from jupyter_connectors.models import Json

_SIMPLE: Mapping[str, Kind] = {
    "integer": Kind(name="int"),
    "number": Kind(name="float"),
    "boolean": Kind(name="bool"),
    "string": TEXT,
}
_FORMATS: Mapping[str, Kind] = {"date-time": Kind(name="instant", unit="iso"), "date": Kind(name="date")}
_DEPTH, _MOST = 5, 2_000


def hints_from(schema: Mapping[str, Json] | None, path: tuple[str, ...]) -> dict[str, Hint]:
    """The column hints in an output schema for the rows at `path`, by dotted path in the row; empty if it is silent."""
    if schema is None:
        return {}
    row = _step(schema, schema, ())
    if set(_properties(row)) == {"result"} and path[:1] != ("result",):
        row = _step(schema, row, ("result",))
    row = _step(schema, row, path)
    if _type(row) == "array":
        row = _resolved(schema, row.get("items"))
    return dict(islice(_walk(schema, row, "", _DEPTH), _MOST))


def _walk(root: Mapping[str, Json], row: Mapping[str, Json], prefix: str, depth: int) -> Iterator[tuple[str, Hint]]:
    required = row.get("required")
    required = set(map(str, required)) if isinstance(required, list) and not prefix else set()
    for name, raw in _properties(row).items():
        said, nullable = _without_null(root, raw)
        if _type(said) == "object" and depth:
            yield from _walk(root, said, f"{prefix}{name}.", depth - 1)
            continue
        kind = _SIMPLE.get(_type(said))
        if kind is TEXT:
            kind = _FORMATS.get(str(said.get("format")), TEXT)
        if kind is not None:
            yield prefix + name, Hint(kind=kind, required=name in required and not nullable)


def _step(root: Mapping[str, Json], at: Mapping[str, Json], path: tuple[str, ...]) -> Mapping[str, Json]:
    at = _resolved(root, at)
    for key in path:
        at, _ = _without_null(root, _properties(at).get(key))
    return at


def _without_null(root: Mapping[str, Json], raw: Json) -> tuple[Mapping[str, Json], bool]:
    """The schema with its null alternative taken out, and whether it had one."""
    said = _resolved(root, raw)
    ways = said.get("anyOf") or said.get("oneOf")
    if isinstance(ways, list):
        real = [each for each in (_resolved(root, way) for way in ways) if each.get("type") != "null"]
        return (real[0] if len(real) == 1 else {}), len(real) < len(ways)
    types = said.get("type")
    if isinstance(types, list):
        real_types = [each for each in types if each != "null"]
        return {**said, "type": real_types[0] if len(real_types) == 1 else ""}, len(real_types) < len(types)
    return said, False


def _resolved(root: Mapping[str, Json], raw: Json) -> Mapping[str, Json]:
    """`raw` with its local `$ref`s followed, a few steps at most; never fetched."""
    for _ in range(_DEPTH):
        if not isinstance(raw, Mapping):
            return {}
        ref = raw.get("$ref")
        if not isinstance(ref, str):
            return raw
        raw = root
        for key in ref.removeprefix("#/").split("/"):
            raw = raw.get(key) if isinstance(raw, Mapping) else None
    return {}


def _properties(schema: Mapping[str, Json]) -> Mapping[str, Json]:
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}


def _type(schema: Mapping[str, Json]) -> str:
    said = schema.get("type")
    return said if isinstance(said, str) else ""
