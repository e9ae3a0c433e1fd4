"""Objects inside a record that are listings of their own, as Salesforce's child relationships are."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_connectors.frames.forms import Child
from jupyter_connectors.models import Json
from jupyter_connectors.text import plural


def are_listings(values: Sequence[Json], child: Child | None) -> bool:
    """Whether the values are objects with rows and a flag of their end, as `child` says, or null; not all of them null."""
    found = [value for value in values if value is not None]
    return child is not None and bool(found) and all(_is_listing(each, child) for each in found)


def rows_in(values: Sequence[Json], child: Child) -> list[Json]:
    """The list in each listing; what is none stays as it is."""
    return [value.get(child.records) if isinstance(value, dict) else value for value in values]


def cut_in(values: Sequence[Json], child: Child) -> int:
    """How many listings the server cut."""
    return sum(isinstance(value, dict) and value.get(child.done) is False for value in values)


def told_of(rows: int, cut: int) -> dict[str, Json]:
    """What the provenance of a child table says where the server cut `cut` of its lists; nothing where it cut none."""
    if not cut:
        return {}
    line = f"incomplete: {rows:,} of ? rows (the server cut the lists of {plural(cut, 'row')})"
    return {"complete": False, "completeness": line}


def _is_listing(value: Json, child: Child) -> bool:
    if not isinstance(value, dict):
        return False
    return isinstance(value.get(child.records), list) and isinstance(value.get(child.done), bool)
