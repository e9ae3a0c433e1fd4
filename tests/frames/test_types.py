"""Types come from declarations, else from every value there is; nothing is sampled and nothing is silently changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jupyter_connectors.models import Json, Reply

from .support import DAY, INSTANT, TEXT_DTYPE, Ask, cells, dtypes, gather, rows_of, shape

pytestmark = pytest.mark.anyio

MANY = 60_000


def in_pages(rows: list[Json], size: int) -> Iterator[Json]:
    for at in range(0, len(rows), size):
        yield {"items": rows[at : at + size], "has_more": at + size < len(rows), "next_cursor": str(at + size)}


async def typed(rows: list[Json], place: Path, *, size: int = 10_000) -> pd.DataFrame:
    result = await rows_of(place, *in_pages(rows, size), ask=Ask(parameters=["cursor"]))
    assert result.complete
    return result.df


async def test_ids_past_two_to_the_53_stay_exact_beside_a_null(tmp_path: Path) -> None:
    frame = await typed([{"id": 9007199254740993}, {"id": None}, {"id": 9007199254740995}], tmp_path)

    assert dtypes(frame) == {"id": "Int64"}
    assert cells(frame, "id") == [9007199254740993, None, 9007199254740995]


async def test_whole_numbers_past_64_bits_stay_exact_as_text_with_a_note(tmp_path: Path) -> None:
    frame = await typed([{"n": 1}, {"n": 2**64}, {"n": None}], tmp_path, size=1)

    assert dtypes(frame) == {"n": TEXT_DTYPE}
    assert cells(frame, "n") == ["1", "18446744073709551616", None]
    assert "n: whole numbers past 64 bits: kept exactly, as text" in frame.attrs["connector"]["notes"]


async def test_a_column_first_seen_at_row_60001_is_there(tmp_path: Path) -> None:
    frame = await typed([{"a": 1}] * MANY + [{"a": 1, "late": "x"}], tmp_path)

    assert frame["late"].iloc[-1] == "x"
    assert frame["late"].isna().sum() == MANY


async def test_a_fraction_after_60000_whole_numbers_is_not_rounded(tmp_path: Path) -> None:
    frame = await typed([{"a": 1}] * MANY + [{"a": 1.5}], tmp_path)

    assert dtypes(frame) == {"a": "float64"}
    assert frame["a"].iloc[-1] == 1.5


async def test_text_after_60000_nulls_is_not_lost(tmp_path: Path) -> None:
    frame = await typed([{"a": None}] * MANY + [{"a": "x"}], tmp_path)

    assert dtypes(frame) == {"a": TEXT_DTYPE}
    assert frame["a"].iloc[-1] == "x"


async def test_text_after_whole_numbers_makes_the_column_text_with_a_note(tmp_path: Path) -> None:
    frame = await typed([{"a": 1}, {"a": "x"}, {"a": True}], tmp_path, size=1)

    assert cells(frame, "a") == ["1", "x", "true"]
    assert frame.attrs["connector"]["notes"] == ["a: mixed values (bool, int, text); kept as text"]


async def test_large_whole_numbers_among_fractions_stay_exact(tmp_path: Path) -> None:
    frame = await typed([{"a": 9007199254740993}, {"a": 0.5}], tmp_path)

    assert cells(frame, "a") == ["9007199254740993", "0.5"]


@pytest.mark.parametrize("size", [1, 10])
async def test_an_id_or_the_object_with_that_id_is_one_column_of_ids(size: int, tmp_path: Path) -> None:
    rows = [{"customer": "cus_1"}, {"customer": {"id": "cus_2", "name": "Acme"}}, {"customer": None}]

    frame = await typed(rows, tmp_path, size=size)

    assert cells(frame, "customer") == ["cus_1", "cus_2", None]
    assert cells(frame, "customer_name") == [None, "Acme", None]


async def test_a_postal_code_stays_text(tmp_path: Path) -> None:
    assert cells(await typed([{"zip": "02139"}, {"zip": "10115"}], tmp_path), "zip") == ["02139", "10115"]


async def test_a_flag_with_a_null_is_a_nullable_flag(tmp_path: Path) -> None:
    frame = await typed([{"a": True}, {"a": None}, {"a": False}], tmp_path)

    assert dtypes(frame) == {"a": "boolean"}
    assert cells(frame, "a") == [True, None, False]


async def test_days_become_days_without_a_zone(tmp_path: Path) -> None:
    frame = await typed([{"due": "2024-05-01"}, {"due": None}, {"due": "0001-01-01"}], tmp_path)

    assert dtypes(frame) == {"due": DAY}
    assert frame["due"].iloc[0] == pd.Timestamp("2024-05-01")
    assert frame["due"].iloc[2].year == 1


async def test_iso_instants_of_every_spelling_become_utc(tmp_path: Path) -> None:
    spelled = [
        "2024-05-01T10:00:00Z",
        "2024-05-01T12:00:00+02:00",
        "2024-05-01T10:00:00.000+0000",
        "2024-05-01 10:00:00+00",
    ]

    frame = await typed([{"at": each} for each in spelled], tmp_path)

    assert dtypes(frame) == {"at": INSTANT}
    assert set(frame["at"]) == {pd.Timestamp("2024-05-01T10:00:00Z")}
    assert frame.attrs["connector"]["notes"] == ["at: every value is an ISO 8601 instant, so it is one"]


@pytest.mark.parametrize("odd", ["2024-02-30T00:00:00Z", "2024-05-01T10:00:00", "soon", ""])
async def test_one_value_that_is_no_instant_keeps_the_column_as_text(odd: str, tmp_path: Path) -> None:
    frame = await typed([{"at": "2024-05-01T10:00:00Z"}, {"at": odd}], tmp_path, size=1)

    assert cells(frame, "at") == ["2024-05-01T10:00:00Z", odd]


async def test_epoch_seconds_need_a_telling_name_and_a_likely_value(tmp_path: Path) -> None:
    rows = [{"created": 1700000000, "updatedAt": 1700000000123, "count": 1700000000, "timeout_at": 30}]

    frame = await typed(rows, tmp_path)

    assert dtypes(frame) == {"created": INSTANT, "updated_at": INSTANT, "count": "Int64", "timeout_at": "Int64"}
    assert frame["updated_at"].iloc[0] == pd.Timestamp("2023-11-14T22:13:20.123Z")


async def test_two_paths_with_one_name_are_two_columns(tmp_path: Path) -> None:
    frame = await typed([{"a.b": 1, "a": {"b": 2}}], tmp_path)

    assert frame.iloc[0].to_dict() == {"a_b": 1, "a_b_2": 2}
    assert frame.attrs["connector"]["notes"] == ["a_b_2: this is 'a.b', the name a_b was taken"]


async def test_infinite_numbers_are_null_with_a_note(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(texts=('[{"a": 1e999}, {"a": 1.5}]',)))

    assert cells(result.df, "a") == [None, 1.5]
    assert result.notes == ("a: infinite numbers or NaN are null",)


async def test_column_names_no_frame_likes_become_valid_ones(tmp_path: Path) -> None:
    row = {"": 1, "__class__": 2, "Class": 3, "a b": 4, "a\u200bb": 5, "größe": 6, "size": 7, 'x"; DROP': 8, "ID": 9}

    frame = await typed([row], tmp_path)

    assert list(frame.columns) == ["column", "class", "class_2", "a_b", "a_b_2", "größe", "size", "x_drop", "id"]
    assert frame.iloc[0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]


async def test_ten_thousand_columns_make_a_frame(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, [{f"c{number}": number for number in range(10_000)}])

    assert result.df.shape == (1, 10_000)
    assert result.df["c9999"].tolist() == [9999]


async def test_an_object_keyed_by_data_stays_json_text(tmp_path: Path) -> None:
    frame = await typed([{"by_user": {f"user {number}": number for number in range(1_500)}}], tmp_path)

    assert list(frame.columns) == ["by_user"]
    assert "by_user: more than 1,000 fields; kept as JSON text" in frame.attrs["connector"]["notes"]


async def test_lists_and_deep_objects_stay_json_text(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(12):
        deep = {"x": deep}

    frame = await typed([{"tags": ["a", {"b": 1}], "deep": deep}], tmp_path)

    assert cells(frame, "tags") == ['["a",{"b":1}]']
    assert cells(frame, "deep" + "_x" * 8) == ['{"x":{"x":{"x":{"x":1}}}}']


async def test_an_object_that_is_null_in_some_rows_is_no_column_of_its_own(tmp_path: Path) -> None:
    for size in (1, 10):
        frame = await typed([{"a": None}, {"a": {"b": 1}}, {"a": {}}], tmp_path, size=size)
        assert list(frame.columns) == ["a_b"]


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
