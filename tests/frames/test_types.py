"""Where nothing is declared, types come from every value there is: none is sampled, none silently changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jupyter_connectors.models import Json, Reply

from .support import DAY, INSTANT, TEXT_DTYPE, Ask, cells, dtypes, rows_of

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
