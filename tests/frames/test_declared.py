"""Declared columns are there with their dtypes, whatever the rows hold and however they fall into pages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from jupyter_connectors.models import Json, Reply

from .support import DAY, INSTANT, TEXT_DTYPE, Ask, cells, dtypes, gather, rows_of, shape

pytestmark = pytest.mark.anyio


SCHEMA = {
    "type": "object",
    "$defs": {
        "Row": {
            "type": "object",
            "required": ["id", "n", "open"],
            "properties": {
                "id": {"type": "integer"},
                "n": {"type": "integer"},
                "open": {"type": "boolean"},
                "score": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                "seen": {"type": ["string", "null"], "format": "date-time"},
                "day": {"type": "string", "format": "date"},
                "code": {"type": "string"},
                "owner": {"type": "object", "properties": {"age": {"type": "integer"}}},
            },
        }
    },
    "properties": {"items": {"type": "array", "items": {"$ref": "#/$defs/Row"}}},
}


async def test_an_output_schema_types_what_the_values_leave_open(tmp_path: Path) -> None:
    row = {
        "id": 1,
        "n": 2,
        "open": True,
        "score": 1,
        "seen": None,
        "day": None,
        "code": "2024-01-01",
        "owner": {"age": None},
    }

    result = await rows_of(tmp_path, {"items": [row]}, ask=Ask(output_schema=SCHEMA))

    assert dtypes(result.df) == {
        "id": "int64",
        "n": "int64",
        "open": "bool",
        "score": "float64",
        "seen": INSTANT,
        "day": DAY,
        "code": TEXT_DTYPE,
        "owner_age": "Int64",
    }
    assert result.notes == ()


async def test_an_output_schema_the_values_contradict_does_not_change_them(tmp_path: Path) -> None:
    rows = [{"id": None, "n": 1.5, "open": True}]

    result = await rows_of(tmp_path, {"items": rows}, ask=Ask(output_schema=SCHEMA))

    assert dtypes(result.df) == {"id": "Int64", "n": "float64", "open": "bool"}
    assert result.notes == ("n: the output schema says int, but not every value is one; the column is float",)


DECLARED = shape(
    """
    [objects.order]
    id = "id"
    maps = ["metadata"]
    refs = ["customer"]
    required = ["id", "paid", "count"]
    [objects.order.columns]
    id = "text"
    created = "instant:s"
    seen = "instant:iso"
    ticked = "instant:ms"
    due = "date"
    count = "int"
    rate = "float"
    paid = "bool"
    customer = "text"
    metadata = "json"
    "owner.name" = "text"
    [objects.order.children.lines]
    path = "lines.data"
    more = "lines.has_more"
    required = ["quantity"]
    [objects.order.children.lines.columns]
    quantity = "int"
    [pages.list]
    cursor = "next"
    param = "after"
    more = "more"
    [[tools]]
    names = ["list_orders"]
    object = "order"
    records = "data"
    pages = "list"
    """
)
FULL = {
    "id": "o1",
    "created": 1700000000,
    "seen": "2024-05-01T10:00:00.5+0000",
    "ticked": 1700000000123,
    "due": "2024-05-01",
    "count": 3,
    "rate": 2,
    "paid": True,
    "customer": {"id": "c1", "name": "Acme"},
    "metadata": {"k": 1},
    "owner": {"name": "Ann"},
    "lines": {"object": "list", "data": [{"quantity": 1}, {"quantity": 2}], "has_more": True},
}
BARE = {"id": "o2", "paid": False, "count": 0}
NULLS = {
    "id": "o3",
    "paid": False,
    "count": 1,
    **dict.fromkeys(["created", "seen", "due", "rate", "customer", "lines"]),
}
KINDS = {
    "id": TEXT_DTYPE,
    "created": INSTANT,
    "seen": INSTANT,
    "ticked": INSTANT,
    "due": DAY,
    "count": "int64",
    "rate": "float64",
    "paid": "bool",
    "customer": TEXT_DTYPE,
    "metadata": TEXT_DTYPE,
    "owner_name": TEXT_DTYPE,
}


def paged(pages: list[list[Json]]) -> list[Json]:
    last = len(pages) - 1
    return [{"data": rows, "more": at < last, "next": f"p{at}"} for at, rows in enumerate(pages)]


CUTS: dict[str, list[list[Json]]] = {
    "whole": [[FULL, BARE, NULLS]],
    "a row a page": [[FULL], [BARE], [NULLS]],
    "an empty page": [[FULL], [], [BARE, NULLS]],
    "another order": [[NULLS], [BARE], [FULL]],
    "all null": [[NULLS]],
    "nothing": [[]],
}


@pytest.mark.parametrize("pages", CUTS.values(), ids=CUTS.keys())
async def test_declared_dtypes_do_not_depend_on_the_rows(pages: list[list[Json]], tmp_path: Path) -> None:
    result = await rows_of(tmp_path, *paged(pages), ask=Ask(shape=DECLARED))

    assert dtypes(result.df) == KINDS
    assert dtypes(result.head(1)) == KINDS
    assert dtypes(result.children["lines"]) == {"parent_id": TEXT_DTYPE, "pos": "int64", "quantity": "int64"}
    assert {each.name: each.dtype for each in result.schema()} == KINDS


async def test_declared_columns_hold_what_was_sent(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, *paged([[FULL], [BARE]]), ask=Ask(shape=DECLARED))

    first = result.df.iloc[0]
    assert first["seen"] == pd.Timestamp("2024-05-01T10:00:00.5Z")
    assert first["ticked"] == pd.Timestamp("2023-11-14T22:13:20.123Z")
    assert first["customer"] == "c1"
    assert first["metadata"] == '{"k":1}'
    assert result.children["lines"].to_dict("list") == {"parent_id": ["o1", "o1"], "pos": [0, 1], "quantity": [1, 2]}
    assert "lines: the server sent only the first lines of some rows (1)" in result.notes


async def test_a_value_that_breaks_its_declaration_keeps_the_column_and_says_so(tmp_path: Path) -> None:
    rows = [FULL | {"created": "yesterday", "count": 1.5, "due": "2024-13-01", "paid": None}]

    result = await rows_of(tmp_path, *paged([rows]), ask=Ask(shape=DECLARED))

    assert cells(result.df, "created") == ["yesterday"]
    assert cells(result.df, "count") == [1.5]
    assert cells(result.df, "due") == ["2024-13-01"]
    assert dtypes(result.df)["paid"] == "boolean"
    assert "created: declared as instant (s), but not every value is one; the column is text" in result.notes


async def test_declared_numbers_and_times_may_come_as_text(tmp_path: Path) -> None:
    row = {"id": 7, "created": "1700000000.000216", "count": "12", "rate": "1.50", "paid": "true", "due": ""}

    result = await rows_of(tmp_path, *paged([[row]]), ask=Ask(shape=DECLARED))

    assert dtypes(result.df) == KINDS
    first = result.df.iloc[0]
    assert first["id"] == "7"
    assert first["created"] == pd.Timestamp("2023-11-14T22:13:20.000216Z")
    assert (first["count"], first["rate"], first["paid"]) == (12, 1.5, True)
    assert pd.isna(first["due"])


async def test_a_lifted_wrapper_leaves_no_trace_but_yields_on_a_clash(tmp_path: Path) -> None:
    lifted = shape(
        """
        [objects.company]
        id = "id"
        lift = ["properties"]
        drop = ["*.url"]
        [[tools]]
        names = ["list_orders"]
        object = "company"
        records = "results"
        """
    )
    row = {"properties": {"name": "Acme", "id": "x", "site": {"url": "u", "lang": "no"}}, "id": "1"}

    result = await rows_of(tmp_path, {"results": [row]}, ask=Ask(shape=lifted))

    assert result.df.iloc[0].to_dict() == {"id": "1", "name": "Acme", "id_2": "x", "site_lang": "no"}


async def test_more_columns_than_any_table_has_are_rejected(tmp_path: Path) -> None:
    from jupyter_connectors.errors import ReplyRejected

    async def fetch(_: object) -> Reply:
        return Reply(structured=[{f"c{number}": number for number in range(20_001)}])

    with pytest.raises(ReplyRejected, match="more than 20,000 columns"):
        await gather(fetch, tmp_path)


async def test_a_day_or_an_instant_is_a_day_and_maybe_an_instant(tmp_path: Path) -> None:
    known = shape("""
[objects.order]
[objects.order.columns]
due = "date-or-instant"
[[tools]]
names = ["list_orders"]
object = "order"
records = "data"
""")
    sent = ["2026-01-02", "2026-01-02T23:30:00-08:00", "2026-01-02T10:00:00.000+0000", "", None]

    result = await rows_of(tmp_path, {"data": [{"due": each} for each in sent]}, ask=Ask(shape=known))
    odd = await rows_of(tmp_path, {"data": [{"due": "2026-01-02"}, {"due": "soon"}]}, ask=Ask(shape=known))

    assert dtypes(result.df) == {"due": DAY, "due_time": INSTANT}
    assert cells(result.df, "due") == [pd.Timestamp("2026-01-02")] * 3 + [None, None]
    instants = [None, pd.Timestamp("2026-01-03T07:30:00Z"), pd.Timestamp("2026-01-02T10:00:00Z"), None, None]
    assert cells(result.df, "due_time") == instants
    assert cells(odd.df, "due") == ["2026-01-02", "soon"]
    assert odd.notes == ("due: declared as date-or-instant, but not every value is one; the column is text",)


async def test_an_id_that_is_a_time_keeps_every_digit(tmp_path: Path) -> None:
    known = shape("""
[objects.order]
id = "ts"
[objects.order.columns]
ts = "slack"
[[tools]]
names = ["list_orders"]
object = "order"
records = "data"
""")

    result = await rows_of(
        tmp_path, {"data": [{"ts": "1512085950.000216"}, {"ts": "1512085950.000217"}]}, ask=Ask(shape=known)
    )

    assert cells(result.df, "ts") == ["1512085950.000216", "1512085950.000217"]
    assert [each.microsecond for each in result.df["ts_time"]] == [216, 217]


async def test_a_sentinel_is_nothing_only_where_it_is_declared(tmp_path: Path) -> None:
    known = shape("""
[objects.order]
na = { "a" = [-1, "none"], "b.*" = [""] }
[[tools]]
names = ["list_orders"]
object = "order"
records = "data"
""")
    row = {"a": -1, "b": {"x": "", "y": "none"}, "c": -1, "d": ""}

    frame = (await rows_of(tmp_path, {"data": [row, {"a": True, "c": 1}]}, ask=Ask(shape=known))).df

    assert cells(frame, "a") == [None, True]
    assert cells(frame, "b_x") == [None, None]
    assert cells(frame, "b_y") == ["none", None]
    assert (cells(frame, "c"), cells(frame, "d")) == ([-1, 1], ["", None])


async def test_a_lifted_wrapper_that_holds_a_list_keeps_its_other_fields(tmp_path: Path) -> None:
    known = shape("""
[objects.order]
id = "id"
lift = ["fields"]
[objects.order.children.lines]
path = "fields.lines"
[[tools]]
names = ["list_orders"]
object = "order"
records = "data"
""")
    row = {"id": "o1", "fields": {"note": "x", "lines": [{"sku": "a"}]}}

    result = await rows_of(tmp_path, {"data": [row]}, ask=Ask(shape=known))

    assert cells(result.df, "note") == ["x"]
    assert cells(result.children["lines"], "sku") == ["a"]
