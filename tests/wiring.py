"""The wire as both sides describe it: `src/jupyter_connectors/wire/*.schema.json`."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by its name."""
    wire = files("jupyter_connectors") / "wire"
    return {each.name.removesuffix(".schema.json"): json.loads(each.read_text()) for each in wire.iterdir()}


def broken(name: str, value: object) -> list[str]:
    """Where a value breaks a schema: each place, and why."""
    known = schemas()
    found: Registry[Any] = Registry().with_resources(
        (f"{each}.schema.json", Resource.from_contents(schema)) for each, schema in known.items()
    )
    validator = Draft202012Validator(known[name], registry=found)
    # As it arrives: a tuple is no list before it was sent.
    errors = validator.iter_errors(json.loads(json.dumps(value)))
    return [f"{inner.json_path}: {inner.message}" for each in errors for inner in (each.context or [each])]
