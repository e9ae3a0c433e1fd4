"""What is known of a vendor's replies: where the rows are, how pages follow, what each column means.

Vendor knowledge is data: one TOML file per vendor under `shapes/`, chosen by connector and tool because two servers
of one vendor give the same object different shapes. A key this module does not know is an error when the file loads.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from jupyter_connectors.frames.names import snake
from jupyter_connectors.frames.types import Kind, parse_kind

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How the next page is asked for. Paths are dotted; `a|b` tries both."""

    cursor: str = ""
    """Path of the next cursor; `@last:id` takes a field of the last row, `@page` and `@offset` count."""

    param: str = ""
    """The argument that takes the cursor; empty where the tool has none."""

    more: str = ""
    """Path of a flag that is true while there is more. It beats the presence of a cursor."""

    done: str = ""
    """Path of a flag that is true at the end."""

    total: str = ""
    """Path of the number of rows there are; -1 means the server does not know."""

    lowers: str = ""
    """Path of a flag by which the server owns up to missing rows."""

    size: str = ""
    """The argument that takes the page size."""

    min: int = 1
    max: int = 0
    """The smallest and largest page size the server accepts."""

    first: int = 1
    """The number of the first page, where pages are counted."""

    absent_done: bool = False
    """No cursor in the reply means the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What one row is. Paths are dotted from the record; `drop`, `maps`, `refs` and `columns` also take `*`."""

    id: str = ""
    lift: tuple[str, ...] = ()
    """Wrapper objects whose name is left out of the column names."""

    drop: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    """Objects keyed by data: they stay JSON text."""

    refs: tuple[str, ...] = ()
    """Fields that hold an id, or on request the whole object: the id is kept."""

    required: tuple[str, ...] = ()
    """Columns the vendor promises are never null."""

    columns: Mapping[str, Kind] = field(default_factory=dict)
    children: Mapping[str, Child] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A list inside a record that becomes a table of its own."""

    path: str
    form: Form
    more: str = ""
    """Path, from the record, of a flag that says the server cut the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """All that is known of the replies of one connector's tool."""

    connector: str
    tool: str
    records: tuple[str, ...] = ()
    """Where the rows are, first match first; `@root` is the reply itself."""

    form: Form = Form()
    paging: Paging | None = None
    exponents: Mapping[str, int] = field(default_factory=dict)
    """Digits after the point by currency code in lower case; 2 where it is not listed."""


def shape_for(connector: str, tool: str) -> Shape | None:
    """What is known of this connector's tool, or None. `connector` is its id or the name its server gives itself."""
    for shape in packaged():
        if shape.tool == tool and fnmatchcase(connector, shape.connector):
            return shape
    return None


def known_columns(shape: Shape) -> Mapping[str, str]:
    """The names of the columns a shape declares, with their kinds; patterns are left out."""
    form = shape.form
    found = {}
    for path, kind in form.columns.items():
        if "*" not in path:
            words = path.split(".")
            kept = [word for at, word in enumerate(words) if ".".join(words[: at + 1]) not in form.lift]
            found[snake(kept or words)] = kind.name
    return found


@cache
def packaged() -> tuple[Shape, ...]:
    """Every shape that comes with the package."""
    folder = files("jupyter_connectors.frames") / "shapes"
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    return tuple(shape for each in found for shape in read_shapes(each.read_text("utf-8"), each.name))


def read_shapes(text: str, where: str) -> tuple[Shape, ...]:
    """The shapes a TOML text describes.

    Raises:
        ValueError: a key, kind or reference in it is unknown; the message starts with `where`.
    """
    try:
        return tuple(_shapes(tomllib.loads(text)))
    except (ValueError, TypeError) as problem:
        raise ValueError(f"{where}: {problem}") from None


def _shapes(raw: dict[str, Any]) -> list[Shape]:
    _known(raw, {"connectors", "exponents", "pages", "objects", "tools"}, "the file")
    forms = {name: _form(each, f"objects.{name}") for name, each in raw.get("objects", {}).items()}
    pagings = {name: _paging(each, f"pages.{name}") for name, each in raw.get("pages", {}).items()}
    shapes = []
    for index, each in enumerate(raw["tools"]):
        _known(each, {"names", "object", "records", "pages"}, f"tools[{index}]")
        form, paging = _named(forms, each, "object"), _named(pagings, each, "pages")
        for connector in raw["connectors"]:
            for name in each["names"]:
                shape = Shape(
                    connector=connector,
                    tool=name,
                    records=tuple(each["records"].split("|")),
                    form=form or Form(),
                    paging=paging,
                    exponents=raw.get("exponents", {}),
                )
                shapes.append(shape)
    return shapes


def _named(known: dict[str, _T], tool: dict[str, Any], key: str) -> _T | None:
    name = tool.get(key)
    if name is not None and name not in known:
        raise ValueError(f"{key} {name!r} is not described")
    return known.get(name) if name is not None else None


def _paging(raw: dict[str, Any], where: str) -> Paging:
    _known(raw, {each.name for each in fields(Paging)}, where)
    return Paging(**raw)


def _form(raw: dict[str, Any], where: str) -> Form:
    _known(raw, {each.name for each in fields(Form)}, where)
    children = {name: _child(each, f"{where}.children.{name}") for name, each in raw.get("children", {}).items()}
    lists = {name: tuple(raw.get(name, ())) for name in ("lift", "drop", "maps", "refs", "required")}
    columns = {path: parse_kind(kind) for path, kind in raw.get("columns", {}).items()}
    unknown = set(lists["required"]) - set(columns)
    if unknown:
        raise ValueError(f"{where}: required but not in its columns: {sorted(unknown)}")
    return Form(id=raw.get("id", ""), columns=columns, children=children, **lists)


def _child(raw: dict[str, Any], where: str) -> Child:
    rest = {key: value for key, value in raw.items() if key not in ("path", "more")}
    return Child(path=raw["path"], more=raw.get("more", ""), form=_form(rest, where))


def _known(raw: dict[str, Any], keys: set[str], where: str) -> None:
    unknown = sorted(set(raw) - keys)
    if unknown:
        raise ValueError(f"{where} has unknown keys: {', '.join(unknown)}")
