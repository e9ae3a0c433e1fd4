"""The fast way through pages of a known form and the full way: one frame, to the last value, dtype and note."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")

from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import shape_for
from jupyter_connectors.models import Bound, Json, Reply

from .support import PAYLOADS, Ask, Server, gather, needs_payloads, shape

ORDERS = """
[exponents]
jpy = 0
[pages.list]
cursor = "@last:id"
param = "after"
more = "has_more"
[objects.order]
id = "id"
drop = ["object"]
maps = ["tags"]
refs = ["customer"]
required = ["id", "created"]
lean = ["id", "created", "amount", "fee", "currency", "status", "day", "moment", "score", "paid", "tags", "customer",
  "place_city", "place_zip", "note", "late", "place_late"]
na = { status = ["Unassigned", ""], score = [-1] }
[objects.order.columns]
id = "text"
created = "instant:s"
amount = "money:currency"
fee = "money:currency"
currency = "text"
status = "text"
day = "date"
moment = "instant:iso"
score = "float"
paid = "bool"
"place.city" = "text"
"place.count" = "int"
[objects.order.children.lines]
path = "lines.data"
more = "lines.has_more"
[[tools]]
names = ["list_orders"]
object = "order"
records = "data"
pages = "list"
"""
ORDER = shape(ORDERS)

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=6),
    st.sampled_from(["", "Unassigned", "2024-05-01", "2024-05-01T10:00:00Z", "02139", "1700000000", "null", "é\u2028"]),
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["id", "city", "x"]), st.one_of(st.integers(0, 3), TEXTS), max_size=2),
)
WHOLE = st.one_of(st.none(), st.integers(-5, 5), st.sampled_from([2**53 + 1, 2**63 - 1, 2**63, 1_700_000_000]))


def mostly(usual: Any) -> Any:
    """Values that are what they should be, and now and then are not."""
    return st.integers(0, 30).flatmap(lambda dice: ODD if dice == 0 else usual)


LINES = st.fixed_dictionaries({"n": WHOLE})
FIELDS = {
    "object": st.just("order"),
    "created": mostly(st.integers(0, 2_000_000_000)),
    "amount": mostly(WHOLE),
    "fee": mostly(WHOLE),
    "currency": mostly(st.sampled_from(["usd", "jpy", None])),
    "status": mostly(TEXTS),
    "day": mostly(st.sampled_from(["2024-05-01", "1999-12-31", None, ""])),
    "moment": mostly(st.sampled_from(["2024-05-01T10:00:00Z", "2024-05-01T10:00:00+0200", None, ""])),
    "score": mostly(st.one_of(WHOLE, st.floats(-1e9, 1e9), st.sampled_from(["1.5", "", -1]))),
    "paid": mostly(st.one_of(st.none(), st.booleans())),
    "tags": mostly(st.dictionaries(TEXTS, st.one_of(TEXTS, st.floats(-1, 1)), max_size=2)),
    "customer": mostly(st.one_of(st.none(), TEXTS, st.fixed_dictionaries({"id": TEXTS, "name": TEXTS}))),
    "place": mostly(st.fixed_dictionaries({}, optional={"city": TEXTS, "zip": TEXTS, "count": WHOLE, "late": TEXTS})),
    "lines": mostly(st.fixed_dictionaries({"data": st.lists(LINES, max_size=2), "has_more": st.booleans()})),
    "note": mostly(TEXTS),
    "late": ODD,
    "amount_minor": WHOLE,
    "Late": TEXTS,
}
RECORDS = st.lists(st.fixed_dictionaries({}, optional=FIELDS), min_size=1, max_size=12)
STEADY = st.lists(
    st.fixed_dictionaries({key: each for key, each in FIELDS.items() if key not in ("late", "Late", "amount_minor")}),
    min_size=2,
    max_size=12,
)


@contextmanager
def listing(pages: list[Reply], ask: Ask, *, fast: bool) -> Iterator[Result]:
    """The listing, read on the fast way where that can be, or in full: every page after one the fast way refuses."""
    if not fast:
        # What begins with a byte order mark the fast way leaves to the full one.
        pages = [Reply(texts=(" \ufeff" + each.texts[0],)) for each in pages]
    with tempfile.TemporaryDirectory() as place:
        yield asyncio.run(gather(Server(pages).fetch, Path(place), ask))


def pages_of(rows: list[dict[str, Json]], size: int) -> list[Reply]:
    starts = range(0, len(rows), size)
    return [
        Reply(texts=(json.dumps({"object": "list", "data": rows[at : at + size], "has_more": at + size < len(rows)}),))
        for at in starts
    ]


def numbered(rows: list[dict[str, Json]]) -> list[dict[str, Json]]:
    return [{"id": f"o{at}", **row} for at, row in enumerate(rows)]


def told(result: Result) -> list[str]:
    """The notes on values; how many columns are left out is counted less exactly on the fast way."""
    return [note for note in result.notes if "columns; " not in note]


def assert_same(pages: list[Reply], ask: Ask) -> bool:
    """Both ways give one frame; whether the fast one was gone to its end."""
    with listing(pages, ask, fast=True) as fast, listing(pages, ask, fast=False) as full:
        went = fast._parts.held is not None and fast._parts.held.lean is not None
        assert full._parts.held is None or full._parts.held.lean is None
        pd.testing.assert_frame_equal(fast.df, full.df)
        assert told(fast) == told(full)
        assert fast.schema() == full.schema()
        assert (fast.completeness, fast.json) == (full.completeness, full.json)
        pd.testing.assert_frame_equal(fast.head(3), full.head(3))
        pd.testing.assert_frame_equal(fast.to_pandas(columns="all"), full.to_pandas(columns="all"))
        for name in full.children:
            pd.testing.assert_frame_equal(fast.children[name], full.children[name])
        return went


@settings(max_examples=40, deadline=None, database=None)
@example(rows=[{}, {"Late": ""}], size=1, limit=None)
@given(rows=st.one_of(RECORDS, STEADY), size=st.integers(1, 5), limit=st.one_of(st.none(), st.integers(1, 12)))
def test_any_orders_in_any_pages(rows: list[dict[str, Json]], size: int, limit: int | None) -> None:
    assert_same(pages_of(numbered(rows), size), Ask(shape=ORDER, bound=Bound(limit=limit)))


ROW: dict[str, Json] = {
    "created": 1_700_000_000, "amount": 100, "fee": None, "currency": "jpy", "status": "open", "day": "2024-05-01",
    "moment": "2024-05-01T10:00:00Z", "score": 1, "paid": True, "tags": {"a": "1"}, "customer": "c1",
    "place": {"city": "Bern", "zip": "02139", "count": 2**53 + 1}, "lines": {"data": [{"n": 1}], "has_more": False},
    "note": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "went"),
    [
        ({}, True),
        ({"amount": 2**70}, True),
        ({"score": 1.5}, True),
        ({"score": -1, "status": "Unassigned"}, True),
        ({"created": "soon"}, False),
        ({"customer": {"id": "c2", "name": "Ada"}}, True),
        ({"currency": None}, True),
        ({"lines": {"data": [], "has_more": True}}, True),
        ({"brand_new": {"deep": 1}}, True),
        ({"tags": {"b": [1, 2.5, {"c": None}]}}, True),
        ({"place": None}, True),
        ({"place": "Bern"}, False),
        ({"status": {"name": "open"}}, False),
        ({"late": None}, False),
        ({"place": {"late": "x"}}, False),
        ({"id": None}, False),
    ],
)
def test_one_page_that_is_different(change: dict[str, Json], went: bool) -> None:
    rows = numbered([ROW] * 6)
    rows[4] |= change

    assert assert_same(pages_of(rows, 2), Ask(shape=ORDER)) is went


def test_structured_content_goes_the_fast_way_too() -> None:
    payloads = [json.loads(each.texts[0]) for each in pages_of(numbered([ROW] * 6), 2)]

    pages = [Reply(structured=each, texts=(json.dumps(each, indent=2),)) for each in payloads]
    assert assert_same(pages, Ask(shape=ORDER))


@needs_payloads
def test_stripes_own_objects_go_both_ways() -> None:
    found = 0
    for path in sorted((PAYLOADS / "stripe").glob("list_*.json")):
        payload = json.loads(path.read_text("utf-8"))
        known = shape_for("stripe", f"{path.stem}s")
        if known is None or not isinstance(payload.get("data"), list) or not payload["data"]:
            continue
        rows = [{**payload["data"][at % len(payload["data"])], "id": f"x{at}"} for at in range(7)]
        found += assert_same(pages_of(rows, 2), Ask(connector="stripe", shape=known))
    assert found
