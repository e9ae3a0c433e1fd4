"""What a form says of one path in its records: what becomes of the value there, and what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from jupyter_connectors.frames.forms import Child, Form
from jupyter_connectors.frames.nodes import Node, Rule
from jupyter_connectors.frames.types import JSON, TEXT, Kind
from jupyter_connectors.frames.unions import decoder

_T = TypeVar("_T")

ROW = "@row"
"""The path, among a form's unions, of the record itself."""


def root_of(form: Form) -> Node:
    """The place of the record itself."""
    root = Node((), Rule.WALK)
    if ROW in form.unions:
        root.decode = decoder(form.unions[ROW])
    return root


def node_at(form: Form, path: tuple[str, ...]) -> Node:
    """The place of a path, with all that the form says of it."""
    dotted = ".".join(path)
    node = Node(path, _rule(form, dotted))
    if node.rule is Rule.CHILD:
        node.child = next(name for name, child in lists_of(form).items() if child.path == dotted)
    union = _first(dotted, form.unions)
    node.decode = decoder(union) if union is not None else None
    nothing = _first(dotted, form.na) or ()
    node.na = frozenset((type(value), value) for value in nothing)
    return node


def kind_of(form: Form, dotted: str) -> Kind | None:
    """The declared kind of a path: its own, else that of the first pattern it matches."""
    found = _first(dotted, form.columns)
    return TEXT if found is None and dotted and dotted == form.id else found


def lists_of(form: Form) -> dict[str, Child]:
    """The lists whose paths are known."""
    return {name: child for name, child in form.children.items() if name != "*"}


def _rule(form: Form, dotted: str) -> Rule:
    lists = {child.path for child in lists_of(form).values()}
    if dotted in lists:
        return Rule.CHILD
    # What stands beside a list in a wrapper of its own is the wrapper's; a lifted one holds the record's fields.
    wrappers = {path.rpartition(".")[0] for path in lists if "." in path} - set(form.lift)
    if dotted.rpartition(".")[0] in wrappers or _matches(dotted, form.drop):
        return Rule.DROP
    if _matches(dotted, form.maps) or kind_of(form, dotted) == JSON:
        return Rule.TEXT
    return Rule.REF if _matches(dotted, form.refs) else Rule.WALK


def _first(dotted: str, by_path: Mapping[str, _T]) -> _T | None:
    """What stands at a path: its own, else that of the first pattern it matches."""
    if dotted in by_path:
        return by_path[dotted]
    return next((each for path, each in by_path.items() if "*" in path and fnmatchcase(dotted, path)), None)


def _matches(dotted: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(dotted, pattern) for pattern in patterns)
