"""JSON Schema checks that never fetch: a `$ref` out of the document is a violation, not a download."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from jupyter_connectors.text import one_line

_UNBOUNDED = ("pattern", "patternProperties", "unevaluatedProperties", "uniqueItems")
"""Keywords that are not applied: a server's regular expression, or its rows compared in pairs, can take for ever."""

_DEPTH = 3
"""References that are followed."""

Checker = Callable[[Any], str | None]


def checker(schema: Mapping[str, Any]) -> Checker:
    """A function that gives the first way a value breaks `schema` (JSON Schema 2020-12), as a phrase to show, or None.

    A schema that cannot be applied counts as broken. Making one costs more than using it: keep it for a schema that
    is used often.
    """
    from jsonschema.exceptions import best_match
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    # An empty registry, because the default one opens URLs it finds in a server's schema.
    validator = _validator()(schema, registry=Registry())

    def check(value: Any) -> str | None:
        try:
            if validator.is_valid(value):
                return None
            error = best_match(validator.iter_errors(value))
        except Unresolvable as unresolved:
            return f"its schema refers to {one_line(unresolved.ref, 80)!r}, which is not in it"
        except RecursionError:
            return "its schema is nested too deep"
        except Exception as broken:  # noqa: BLE001  # a hostile schema can make any keyword raise anything
            return f"its schema cannot be applied ({type(broken).__name__})"
        if error is None:
            return None
        where = ".".join(str(part) for part in error.absolute_path)
        return (f"{where}: " if where else "") + one_line(error.message, 160)

    return check


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    plain = Draft202012Validator.VALIDATORS["additionalProperties"]

    def skip(*_: object) -> Iterable[Any]:
        return ()

    def additional(validator: Any, allowed: Any, instance: Any, schema: Mapping[str, Any]) -> Iterable[Any]:
        # Which properties are additional is decided by the regular expressions beside it.
        return () if "patternProperties" in schema else plain(validator, allowed, instance, schema) or ()

    return extend(  # type: ignore[no-untyped-call]  # jsonschema has no annotations here
        Draft202012Validator, {**dict.fromkeys(_UNBOUNDED, skip), "additionalProperties": additional}
    )


def argument(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What a tool's schema says of an argument; an optional one without its null, one that is referred to as it is."""
    found = _at(schema, ("properties", name))
    for _ in range(_DEPTH):
        kinds = found.get("anyOf")
        if isinstance(kinds, list):
            real = [each for each in kinds if isinstance(each, Mapping) and each.get("type") != "null"]
            found = real[0] if len(real) == 1 else found if all("const" in each for each in real) else {}
        reference = found.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        found = _at(schema, tuple(reference[2:].split("/")))
    return found


def _at(schema: Any, path: tuple[str, ...]) -> Mapping[str, Any]:
    for part in path:
        schema = schema.get(part) if isinstance(schema, Mapping) else None
    return schema if isinstance(schema, Mapping) else {}
