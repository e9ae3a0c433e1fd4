"""Reading shape files: TOML, every key known, every reference resolved, or an error when the file loads.

A file holds `connectors` (patterns of connector ids), `vendor` (the first half of public names), `exponents`, `errors`,
`rate`, `pages.<name>`, `objects.<name>` and `[[tools]]`; what stands in them is told at the nouns in `forms`. An object
may be `like` another of its file. A tool has `names`, an `object`, `records` (`a|b`), `pages`, and where it needs them
`when`, `window` and `detects`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from typing import Any, TypeVar, get_args

from jupyter_connectors.frames.forms import Child, ErrorRule, Form, Paging, Rate, Shape, Window
from jupyter_connectors.frames.types import parse_kind
from jupyter_connectors.frames.unions import UnionName

_T = TypeVar("_T")
_FILE = {"vendor", "connectors", "exponents", "errors", "rate", "pages", "objects", "tools"}
_TOOL = {"names", "object", "records", "pages", "when", "window", "detects"}
_LISTS = ("lift", "drop", "maps", "refs", "required", "lean")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeFile:
    """What one file describes: its tools, and its objects by their public names."""

    shapes: tuple[Shape, ...]
    objects: tuple[Shape, ...]


def read_shapes(text: str, where: str) -> tuple[Shape, ...]:
    """The shapes of the tools a TOML text describes.

    Raises:
        ValueError: a key, kind or reference in it is unknown; the message starts with `where`.
    """
    return read_file(text, where).shapes


def read_file(text: str, where: str) -> ShapeFile:
    """All that a TOML text describes.

    Raises:
        ValueError: a key, kind or reference in it is unknown; the message starts with `where`.
    """
    try:
        return _file(tomllib.loads(text))
    except (ValueError, TypeError) as problem:
        raise ValueError(f"{where}: {problem}") from None


def _file(raw: dict[str, Any]) -> ShapeFile:
    _known(raw, _FILE, "the file")
    vendor = raw.get("vendor", raw["connectors"][0])
    objects = raw.get("objects", {})
    forms = {name: _form(_like(objects, each, name), f"objects.{name}") for name, each in objects.items()}
    pagings = {name: _noun(Paging, each, f"pages.{name}") for name, each in raw.get("pages", {}).items()}
    common = {
        "exponents": raw.get("exponents", {}),
        "errors": tuple(_noun(ErrorRule, each, "errors") for each in raw.get("errors", ())),
        "rate": _noun(Rate, raw["rate"], "rate") if "rate" in raw else None,
    }
    shapes = []
    for index, tool in enumerate(raw["tools"]):
        _known(tool, _TOOL, f"tools[{index}]")
        form, paging = _named(forms, tool, "object"), _named(pagings, tool, "pages")
        shapes += [
            Shape(
                connector=connector,
                tool=name,
                name=f"{vendor}.{tool['object']}" if "object" in tool else "",
                when=tool.get("when", {}),
                records=tuple(tool["records"].split("|")),
                form=form or Form(),
                detects=tool.get("detects", False),
                paging=paging,
                window=_noun(Window, tool["window"], f"tools[{index}].window") if "window" in tool else None,
                **common,
            )
            for connector in raw["connectors"]
            for name in tool["names"]
        ]
    objects = [_object(f"{vendor}.{name}", form, shapes, common) for name, form in forms.items()]
    return ShapeFile(shapes=tuple(shapes), objects=tuple(objects))


def _like(objects: dict[str, Any], raw: dict[str, Any], name: str) -> dict[str, Any]:
    """An object with what it takes over from the one it names under `like`: its own keys and columns come first."""
    base = raw.get("like")
    if base is None:
        return raw
    if base not in objects or "like" in objects[base]:
        raise ValueError(f"objects.{name} is like {base!r}, which is not described or is itself like another")
    rest = {key: value for key, value in raw.items() if key != "like"}
    inherited = {key: value for key, value in objects[base].items() if key != "detect"}
    own, other = rest.get("columns", {}), inherited.get("columns", {})
    columns = own | {path: kind for path, kind in other.items() if path not in own}
    return inherited | rest | {"columns": columns}


def _object(name: str, form: Form, shapes: list[Shape], common: dict[str, Any]) -> Shape:
    """An object by its own name, found and paged as the tools that answer with it do."""
    users = [shape for shape in shapes if shape.name == name]
    ways = dict.fromkeys(way for shape in users for way in shape.records if way != "@root")
    paging = next((shape.paging for shape in users if shape.paging is not None), None)
    return Shape(connector="", tool="", name=name, records=tuple(ways), form=form, paging=paging, **common)


def _named(known: dict[str, _T], tool: dict[str, Any], key: str) -> _T | None:
    name = tool.get(key)
    if name is not None and name not in known:
        raise ValueError(f"{key} {name!r} is not described")
    return known.get(name) if name is not None else None


def _noun(noun: type[_T], raw: dict[str, Any], where: str) -> _T:
    _known(raw, {each.name for each in fields(noun)}, where)  # type: ignore[arg-type]  # a dataclass type, which `fields` takes
    return noun(**raw)


def _form(raw: dict[str, Any], where: str) -> Form:
    _known(raw, {each.name for each in fields(Form)}, where)
    children = {name: _child(each, f"{where}.children.{name}") for name, each in raw.get("children", {}).items()}
    columns = {path: parse_kind(kind) for path, kind in raw.get("columns", {}).items()}
    unions = raw.get("unions", {})
    _known(dict.fromkeys(unions.values()), set(get_args(UnionName)), f"{where}.unions")
    lists: dict[str, Any] = {name: tuple(raw.get(name, ())) for name in _LISTS}
    unknown = set(lists["required"]) - set(columns)
    if unknown:
        raise ValueError(f"{where}: required but not in its columns: {sorted(unknown)}")
    plain: dict[str, Any] = {key: raw[key] for key in ("id", "source", "detect", "names", "chosen") if key in raw}
    na = {path: tuple(values) for path, values in raw.get("na", {}).items()}
    return Form(columns=columns, children=children, unions=unions, na=na, **lists, **plain)


def _child(raw: dict[str, Any], where: str) -> Child:
    plain = {key: raw[key] for key in ("more", "records", "done") if key in raw}
    rest = {key: value for key, value in raw.items() if key != "path" and key not in plain}
    return Child(path=raw["path"], form=_form(rest, where), **plain)


def _known(raw: dict[str, Any], keys: set[str], where: str) -> None:
    unknown = sorted(set(raw) - keys)
    if unknown:
        raise ValueError(f"{where} has unknown keys: {', '.join(unknown)}")
