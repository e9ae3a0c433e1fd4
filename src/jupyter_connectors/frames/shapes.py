"""Finding what is known of a vendor's replies: by connector and tool, by public name, or by the look of a payload.

Vendor knowledge is data: one TOML file per vendor under `shapes/`. A shape is chosen by connector and tool because
two servers of one vendor give the same object different shapes, and by arguments where one tool answers with several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from jupyter_connectors.frames.forms import Child, ErrorRule, Form, Paging, Rate, Shape, Window
from jupyter_connectors.frames.names import snake
from jupyter_connectors.frames.records import dig, look
from jupyter_connectors.frames.shapefile import ShapeFile, read_file, read_shapes
from jupyter_connectors.frames.types import Kind
from jupyter_connectors.models import Json

__all__ = [
    "Child",
    "ErrorRule",
    "Form",
    "Paging",
    "Rate",
    "Shape",
    "Window",
    "column_name",
    "detect",
    "known_columns",
    "packaged",
    "read_shapes",
    "refined",
    "shape_for",
    "shape_named",
    "shape_names",
]


def shape_for(connector: str, tool: str, arguments: Mapping[str, Json] | None = None) -> Shape | None:
    """What is known of this connector's tool, or None. `connector` is its id or the name its server gives itself.

    Where one tool answers with several objects, `arguments` say with which; without them it is what all have in common.
    """
    for shape in packaged():
        if shape.tool == tool and fnmatchcase(connector, shape.connector) and _asked(shape.when, arguments or {}):
            return _unabridged(shape, arguments or {})
    return None


def _unabridged(shape: Shape, arguments: Mapping[str, Json]) -> Shape:
    """The shape without its choice of columns, where the caller made one."""
    form = shape.form
    chosen = form.lean and form.chosen and dig(arguments, form.chosen) is not None
    return replace(shape, form=replace(form, lean=())) if chosen else shape


def shape_named(name: str) -> Shape | None:
    """What is known of an object by its public name, `stripe.invoice`, or None."""
    return _named().get(name)


def shape_names() -> tuple[str, ...]:
    """The public names of all objects that are described."""
    return tuple(_named())


def detect(payload: Json) -> Shape | None:
    """The one described object that all records of a payload are by their distinctive fields; None when in doubt."""
    return _detected(payload, "")


def refined(shape: Shape, payload: Json) -> Shape:
    """The shape with the object that came, for a tool that only shows in its reply which of the vendor's it is."""
    found = _detected(payload, f"{shape.name.partition('.')[0]}.") if shape.detects else None
    return shape if found is None else replace(shape, name=found.name, form=found.form)


def known_columns(shape: Shape) -> Mapping[str, str]:
    """The names of the columns a shape declares, with their kinds; patterns are left out."""
    found: dict[str, str] = {}
    for path, kind in shape.form.columns.items():
        if "*" not in path:
            found |= _kinds(column_name(shape.form, path), kind)
    return found


def column_name(form: Form, path: str) -> str:
    """What the frame's column of a path in the record is called, unless its name is taken."""
    words = path.split(".")
    kept = [word for at, word in enumerate(words) if ".".join(words[: at + 1]) not in form.lift]
    return snake(kept or words)


def _kinds(name: str, kind: Kind) -> dict[str, str]:
    """The columns one declared path becomes."""
    if kind.name == "slack":
        return {name: "text", f"{name}_time": "instant"}
    return {name: "date", f"{name}_time": "instant"} if kind.name == "date-or-instant" else {name: kind.name}


@cache
def packaged() -> tuple[Shape, ...]:
    """Every tool's shape that comes with the package; of one tool those that ask for arguments come first."""
    return tuple(sorted((shape for each in _packaged() for shape in each.shapes), key=lambda shape: not shape.when))


@cache
def _named() -> Mapping[str, Shape]:
    return {shape.name: shape for each in _packaged() for shape in each.objects}


@cache
def _packaged() -> tuple[ShapeFile, ...]:
    folder = files("jupyter_connectors.frames") / "shapes"
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    return tuple(read_file(each.read_text("utf-8"), each.name) for each in found)


def _asked(when: Mapping[str, str], arguments: Mapping[str, Json]) -> bool:
    return all(path_fits(arguments, path, pattern) for path, pattern in when.items())


def _detected(payload: Json, prefix: str) -> Shape | None:
    fitting = [
        shape
        for name, shape in _named().items()
        if shape.form.detect and name.startswith(prefix) and _is_all(shape, payload)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _is_all(shape: Shape, payload: Json) -> bool:
    rows = look(payload, shape.records).rows
    rules = shape.form.detect.items()
    return bool(rows) and all(path_fits(row, path, pattern) for row in rows for path, pattern in rules)


def path_fits(value: Json | Mapping[str, Json], path: str, pattern: str) -> bool:
    """Whether what stands at a path is a text or number that fits the pattern; `*` takes whatever is not null."""
    found = dig(value, path)
    if pattern == "*":
        return found is not None
    return isinstance(found, str | int) and fnmatchcase(str(found), pattern)
