"""The nouns of a shape: a record's form, its lists, how pages follow, what an error looks like, how fast one may ask.

Every noun is what a shape file writes under the same names; `shapefile` reads the files, `shapes` finds a shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jupyter_connectors.frames.types import Kind
from jupyter_connectors.frames.unions import UnionName
from jupyter_connectors.models import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How the next page is asked for. Paths are dotted; `a|b` tries both."""

    cursor: str = ""
    """Path of the next cursor; `@last:id` takes a field of the last row, `@page` and `@offset` count."""

    param: str = ""
    """The argument that takes the cursor; empty where the tool has none."""

    counted: str = ""
    """The argument that takes how many rows to pass over, where one tool answers for two kinds of server: a first reply
    without the cursor, but with the total, is followed by count."""

    more: str = ""
    """Path of a flag that is true while there is more. It beats the presence of a cursor."""

    done: str = ""
    """Path of a flag that is true at the end."""

    total: str = ""
    """Path of the number of rows there are; -1 means the server does not know."""

    remaining: str = ""
    """Path of the number of rows that are still to come."""

    lowers: str = ""
    """Path of a flag by which the server owns up to missing rows."""

    size: str = ""
    """The argument that takes the page size."""

    min: int = 1
    max: int = 0
    """The smallest and largest page size the server accepts."""

    first: int = 1
    """The number of the first page, where pages are counted."""

    cap: int = 0
    """The most rows the server gives for one question, whatever its cursor says; 0 where none is known."""

    keyset: str = ""
    """The argument that takes a SOQL query. Where the tool has no next page, pages follow by rewriting it."""

    short_done: bool = False
    """A page of fewer rows than were asked for is the last."""

    absent_done: bool = False
    """No cursor in the reply means the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What one row is. Paths are dotted from the record; all but `id` and `children` also take `*`."""

    id: str = ""
    source: str = ""
    """Where this is known from: a page of documentation or a file, and when it was read."""

    detect: Mapping[str, str] = field(default_factory=dict)
    """Paths and patterns of their values that together tell this object from every other; empty where none do."""

    lift: tuple[str, ...] = ()
    """Wrapper objects whose name is left out of the column names."""

    drop: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    """Objects keyed by data: they stay JSON text."""

    refs: tuple[str, ...] = ()
    """Fields that hold an id, or on request the whole object: the id is kept."""

    required: tuple[str, ...] = ()
    """Columns the vendor promises are never null."""

    na: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    """Values that stand for "nothing here", by path: `Unassigned`, -1, an empty text."""

    unions: Mapping[str, UnionName] = field(default_factory=dict)
    """Objects whose fields say their own type, by path; `@row` is the record itself. See `frames.unions`."""

    names: str = ""
    """Path, from the reply, of a map from the keys of fields to the names people gave them."""

    columns: Mapping[str, Kind] = field(default_factory=dict)
    lean: tuple[str, ...] = ()
    """Names of the frame's columns that are shown unless all are asked for; empty where all are few enough."""

    chosen: str = ""
    """The argument by which a caller says which fields are to come: where it is given, all that came are shown."""

    children: Mapping[str, Child] = field(default_factory=dict)
    """Lists that become tables of their own, by name; `*` stands for every object that is a listing, at any path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A list inside a record that becomes a table of its own."""

    path: str
    form: Form
    more: str = ""
    """Path, from the record, of a flag that says the server cut the list."""

    records: str = ""
    """Where the rows are in an object that is a listing of its own. The child named `*` is for every such object."""

    done: str = ""
    """The flag in that object that is false where the server cut the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRule:
    """A mark by which a vendor's error is told from data where there are no rows."""

    path: str
    """From the reply; `@rows.` begins a path in every row of a bare list."""

    value: Json = None
    """What stands there; any value but null where this is null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast a vendor lets one account ask."""

    per_second: float
    burst: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The arguments that bound a listing in time."""

    column: str
    """Path, in a record, of the time they bound."""

    start: str
    """Argument of the first instant, inclusive; a dot means an object inside an argument."""

    end: str = ""
    """Argument of the instant after the last; empty where there is none."""

    unit: Literal["iso", "date", "s", "ms"] = "iso"
    """How the instants are written."""

    closed: bool = False
    """The end is included too."""

    touching: bool = False
    """Records that began before the start and reach into the window come too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """All that is known of the replies of one connector's tool."""

    connector: str
    tool: str
    name: str = ""
    """Vendor and object, as in `stripe.invoice`; empty for a tool without a described object."""

    when: Mapping[str, str] = field(default_factory=dict)
    """Arguments and patterns of their values: one tool may answer with several objects."""

    records: tuple[str, ...] = ()
    """Where the rows are, first match first; `@root` is the reply itself."""

    form: Form = Form()
    detects: bool = False
    """Which of the vendor's objects came is only seen in the reply."""

    paging: Paging | None = None
    errors: tuple[ErrorRule, ...] = ()
    rate: Rate | None = None
    window: Window | None = None
    exponents: Mapping[str, int] = field(default_factory=dict)
    """Digits after the point by currency code in lower case; 2 where it is not listed."""
