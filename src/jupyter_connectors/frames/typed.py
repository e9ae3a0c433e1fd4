"""Types that read out of a JSON text the wanted fields and nothing else, strictly.

msgspec checks the whole text, makes Python objects of declared fields only and refuses a value of another type. A field
is wanted at a path; what is read there comes back as one list a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Union

import msgspec

from jupyter_connectors.models import Json

UNSET = msgspec.UNSET
SCALAR = Union[str, int, float, bool, list[Any], None]  # noqa: UP007 - built up at run time below
"""What a column takes as it is; a list becomes JSON text."""


TYPES: Mapping[str, type] = {"text": str, "whole number": int, "flag": bool}
"""What stands in a field of which one type is wanted, unless it is null."""


class Want(Enum):
    """What may stand in a wanted field."""

    SCALAR = "scalar"
    TEXT = "text"
    WHOLE = "whole number"
    FLAG = "flag"
    ANY = "any"
    ID = "id"
    """An id, or the object that has it."""

    TRAP = "trap"
    """Anything; that it is there at all is what matters."""


@dataclass
class Tree:
    """Wanted fields by their keys: a want, or the fields of the object that is there."""

    below: dict[str, Tree | Want] = field(default_factory=dict)

    def add(self, path: Sequence[str], want: Want) -> bool:
        """Adds a field; False where another want is in its way."""
        *above, last = path
        tree = self
        for key in above:
            inner = tree.below.setdefault(key, Tree())
            if not isinstance(inner, Tree):
                return False
            tree = inner
        return tree.below.setdefault(last, want) is want


@dataclass(frozen=True)
class Typed:
    """A type made of a tree of wants, and the way back from its values to lists."""

    type: Any
    attributes: dict[str, str]
    """By key the attribute it is read into."""

    below: dict[str, Typed | Want]


class Objects:
    """The rows of one page as columns, level by level of their objects, each level taken apart once."""

    def __init__(self, typed: Typed, rows: list[Any]) -> None:
        self._typed = typed
        self.rows = rows
        self._levels: dict[tuple[str, ...], dict[str, Sequence[Any]]] = {}

    def column(self, path: tuple[str, ...]) -> list[Any]:
        """What stands at a path, row by row; where an object on the way is null None, of a trap UNSET."""
        *above, key = path
        typed, columns = self._level(tuple(above))
        if typed.below[key] is Want.ID:
            return [each.f0 if isinstance(each, _Identified) else each for each in columns[key]]
        return list(columns[key])

    def types(self, path: tuple[str, ...]) -> frozenset[type] | None:
        """The types of what stands at a path but null, where the reader saw to that."""
        *above, key = path
        want = self._level(tuple(above))[0].below[key]
        return frozenset({TYPES[want.value]}) if isinstance(want, Want) and want.value in TYPES else None

    def sprung(self, path: tuple[str, ...], traps: Iterable[str]) -> bool:
        """Whether one of these traps, in the objects at a path, has anything in it, even null."""
        _, columns = self._level(path)
        return any(columns[key].count(UNSET) != len(self.rows) for key in traps)

    def _level(self, path: tuple[str, ...]) -> tuple[Typed, dict[str, Sequence[Any]]]:
        typed = self._typed
        for key in path:
            inner = typed.below[key]
            assert isinstance(inner, Typed)
            typed = inner
        if path not in self._levels:
            rows = self.rows
            if path:
                blank = typed.type()
                rows = [blank if each is None else each for each in self.column(path)]
            made = zip(*map(msgspec.structs.astuple, rows), strict=True) if rows else [()] * len(typed.below)
            self._levels[path] = dict(zip(typed.below, made, strict=True))
        return typed, self._levels[path]


class _Identified(msgspec.Struct, gc=False, rename={"f0": "id"}):
    f0: SCALAR = None


def typed(tree: Tree, samples: Sequence[Any] = ()) -> Typed:
    """The type that reads these fields of an object.

    They are in the order of the samples, because msgspec looks for a key first after the one it found before.
    """
    attributes: dict[str, str] = {}
    below: dict[str, Typed | Want] = {}
    fields: list[tuple[str, Any, Any]] = []
    order = {key: at for at, key in enumerate(dict.fromkeys(key for each in samples for key in each))}
    for at, (key, want) in enumerate(sorted(tree.below.items(), key=lambda each: order.get(each[0], len(order)))):
        attributes[key] = name = f"f{at}"
        inside = [inner for each in samples if isinstance(inner := each.get(key), dict)]
        below[key] = typed(want, inside) if isinstance(want, Tree) else want
        kind, default = _kind(below[key])
        fields.append((name, kind, default))
    made = msgspec.defstruct("Row", fields, rename={name: key for key, name in attributes.items()}, gc=False)
    return Typed(made, attributes, below)


def _kind(want: Typed | Want) -> tuple[Any, Any]:
    if isinstance(want, Typed):
        return want.type | None, None
    if want is Want.SCALAR:
        return SCALAR, None
    if want is Want.ID:
        return SCALAR | _Identified, None
    if want.value in TYPES:
        return TYPES[want.value] | None, None
    return Any, UNSET if want is Want.TRAP else None


def reply_type(row: Any, way: tuple[str, ...], wanted: Iterable[str]) -> Any:
    """The type of a reply with rows of type `row` at a path, and everything at the dotted paths `wanted`."""
    if not way:
        return list[row]
    beside = {path for each in wanted for path in each.split("|")}
    return _level(row, way, {*beside, ".".join(way)} if len(way) > 1 else beside)


def _level(row: Any, way: tuple[str, ...], beside: Iterable[str]) -> Any:
    """The object that leads to the rows by the first key of `way`; beside it is all that is asked for."""
    key, *rest = way
    inner = [path.removeprefix(f"{key}.") for path in beside if path.startswith(f"{key}.")]
    there = _level(row, tuple(rest), inner) if rest else list[row]
    # A key may hold a dot itself, as `@odata.nextLink` does, so both are looked for.
    found = dict.fromkeys(part for path in beside for part in (path, path.partition(".")[0]))
    keys = [each for each in found if each != key]
    fields: list[Any] = [("rows", there), *((f"f{at}", Any, UNSET) for at in range(len(keys)))]
    return msgspec.defstruct("Reply", fields, rename={"rows": key, **{f"f{at}": each for at, each in enumerate(keys)}})


def taken_apart(reply: Any) -> tuple[dict[str, Json], list[Any]]:
    """What stands beside the rows of such a reply, under its keys and paths, and the rows."""
    if isinstance(reply, list):
        return {}, reply
    beside: dict[str, Json] = {}
    names = type(reply).__struct_encode_fields__
    for attribute, key in zip(type(reply).__struct_fields__, names, strict=True):
        value = getattr(reply, attribute)
        if attribute == "rows":
            inner, rows = taken_apart(value)
            beside[key] = inner
        elif value is not UNSET:
            beside[key] = value
    return beside, rows
