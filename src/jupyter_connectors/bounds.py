"""Bounds on a call's arguments, as rules and grants write them: `{ amount_minor = { max = 50000 } }`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeGuard

Scalar = str | int | float | bool

_KEYS = {"min": "min", "max": "max", "in": "one_of", "like": "like"}
"""How a key is written, and the field it becomes: `in` is no name in Python."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one argument may be. All that is set must hold; with nothing set, nothing holds."""

    min: int | float | None = None
    max: int | float | None = None
    one_of: tuple[Scalar, ...] = ()
    like: str | None = None
    """A glob over the whole text, case and all: `*@corp.example`."""


Pattern = Mapping[str, Bounds]
"""Bounds by argument, as a dotted path into the arguments: `amount_minor`, `customer.country`."""


def parse_pattern(raw: object) -> Pattern:
    """The pattern that `raw`, from TOML or JSON, describes.

    Raises:
        ValueError: It is no table of `{ min, max, in, like }`, has an unknown key, or could never hold.
    """
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("bounds are a table from an argument to what it may be, and not an empty one")
    return {_path(path): _parse(str(path), each) for path, each in raw.items()}


def dump_pattern(pattern: Pattern) -> dict[str, dict[str, Any]]:
    """The pattern as JSON; `parse_pattern` of it gives the same pattern."""
    return {path: _dump(bounds) for path, bounds in pattern.items()}


def holds(pattern: Pattern, arguments: object) -> bool:
    """True if every argument the pattern names is there and inside its bounds. An empty pattern bounds nothing.

    Never raises: a missing value, a list, a truth value where a number should be, NaN, or a text with control
    characters is outside.
    """
    return all(_fits(bounds, _value(arguments, path)) for path, bounds in pattern.items())


def in_words(pattern: Pattern) -> str:
    """The pattern for a person: "amount_minor at most 50000, currency one of 'EUR', 'USD'"."""
    return ", ".join(f"{path} {_words(bounds)}" for path, bounds in pattern.items())


def _path(path: object) -> str:
    if not isinstance(path, str) or not all(path.split(".")):
        raise ValueError(f"{path!r} is no path to an argument")
    return path


def _parse(path: str, raw: object) -> Bounds:
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError(f"the bounds of {path!r} must be a table with some of min, max, in and like")
    unknown = [key for key in raw if key not in _KEYS]
    if unknown:
        raise ValueError(
            f"{unknown[0]!r} is no bound of {path!r}: it can have min, max, in and like; "
            f'an argument inside another is written "{path}.{unknown[0]}"'
        )
    told: dict[str, Any] = {_KEYS[key]: tuple(each) if isinstance(each, list) else each for key, each in raw.items()}
    bounds = Bounds(**told)
    _check(path, bounds, given=set(raw))
    return bounds


def _check(path: str, bounds: Bounds, *, given: set[str]) -> None:
    ends = [end for name, end in (("min", bounds.min), ("max", bounds.max)) if name in given]
    numbers = [end for end in ends if _is_number(end)]
    if len(numbers) < len(ends):
        raise ValueError(f"min and max of {path!r} must be numbers")
    if len(numbers) == 2 and numbers[0] > numbers[1]:
        raise ValueError(f"nothing is between min {numbers[0]!r} and max {numbers[1]!r} of {path!r}")
    choices: object = bounds.one_of
    if "in" in given and not (isinstance(choices, tuple) and choices and all(_is_scalar(each) for each in choices)):
        raise ValueError(f"`in` of {path!r} must be a list with some texts, numbers or truth values")
    if "like" in given and not isinstance(bounds.like, str):
        raise ValueError(f"`like` of {path!r} must be a text")


def _dump(bounds: Bounds) -> dict[str, Any]:
    told: dict[str, Any] = {"min": bounds.min, "max": bounds.max, "in": list(bounds.one_of) or None}
    told["like"] = bounds.like
    return {key: value for key, value in told.items() if value is not None}


def _value(arguments: object, path: str) -> object:
    found = arguments
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found


def _fits(bounds: Bounds, value: object) -> bool:
    if bounds == Bounds() or not _is_scalar(value):
        return False
    if bounds.min is not None and not (_is_number(value) and value >= bounds.min):
        return False
    if bounds.max is not None and not (_is_number(value) and value <= bounds.max):
        return False
    if bounds.one_of and not any(_same(value, each) for each in bounds.one_of):
        return False
    return bounds.like is None or _is_like(value, bounds.like)


def _is_like(value: object, glob: str) -> bool:
    # A line break would let a glob's end match what stands on another line than what the service reads.
    return isinstance(value, str) and value.isprintable() and fnmatchcase(value, glob)


def _same(value: object, other: Scalar) -> bool:
    # True == 1 in Python, and a truth value is no number here.
    return isinstance(value, bool) is isinstance(other, bool) and value == other


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return not isinstance(value, float) or math.isfinite(value)


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | bool) or _is_number(value)


def _words(bounds: Bounds) -> str:
    said = []
    if bounds.min is not None:
        said.append(f"at least {bounds.min!r}")
    if bounds.max is not None:
        said.append(f"at most {bounds.max!r}")
    if bounds.one_of:
        said.append("one of " + ", ".join(repr(each) for each in bounds.one_of))
    if bounds.like is not None:
        said.append(f"like {bounds.like!r}")
    return " and ".join(said)
