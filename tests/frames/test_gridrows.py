"""What a grid reads of a frame: some rows of all as sorted and searched, as plain JSON."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from jupyter_connectors.frames.gridrows import MOST_COLUMNS, Window


def window(meanings: dict[str, str] | None = None, **columns: Any) -> Window:
    return Window(pd.DataFrame(columns), meanings or {})


def texts(shown: Window, **asked: Any) -> list[Any]:
    return [row[0] for row in shown.page(0, 50, **asked)["rows"]]


def test_every_kind_of_value_is_plain_json() -> None:
    shown = window(
        {"meta": "JSON text"},
        id=["a", None],
        count=pd.array([2**60, None], dtype="Int64"),
        rate=[0.5, float("inf")],
        open=pd.array([True, None], dtype="boolean"),
        created=pd.to_datetime(["2026-11-18T09:30:00Z", None]),
        day=pd.to_datetime(["2026-11-18", None]),
        total=[12.5, None],
        total_minor=pd.array([1250, None], dtype="Int64"),
        currency=["eur", "eur"],
        meta=['{"a": 1}', None],
    )
    kinds = ["text", "int", "number", "flag", "instant", "day", "money", "text", "json"]
    assert [each.kind for each in shown.columns] == kinds, "exact minor units repeat an amount that is there"
    first, second = shown.page(0, 10)["rows"]
    assert first == ["a", str(2**60), 0.5, True, 1794994200000.0, "2026-11-18", [12.5, "eur"], "eur", '{"a": 1}']
    assert second == [None, None, "inf", None, None, None, None, "eur", None]
    json.dumps([first, second], allow_nan=False)


@pytest.mark.parametrize(
    ("values", "up", "down"),
    [
        (["b", None, "A", "c"], ["A", "b", "c", None], ["c", "b", "A", None]),
        ([10, 9, None, -1], [-1, 9, 10, None], [10, 9, -1, None]),
        ([True, None, False], [False, True, None], [True, False, None]),
    ],
)
def test_sorting_is_by_value_with_nulls_last_both_ways(values: list[Any], up: list[Any], down: list[Any]) -> None:
    shown = Window(pd.DataFrame({"x": pd.Series(values).convert_dtypes()}), {})
    assert texts(shown, sort=0) == up
    assert texts(shown, sort=0, descending=True) == down


def test_equal_values_stay_in_their_order() -> None:
    shown = window(id=list("abcd"), n=[1, 1, 0, 1])
    assert texts(shown, sort=1, descending=True) == ["a", "b", "d", "c"]


def test_a_search_looks_into_every_shown_column_without_regard_to_case() -> None:
    shown = window(
        id=["a", "b", "STRASSE", "x\x1fy"],
        created=pd.to_datetime(["2026-11-18T09:30Z", "2025-01-01T00:00Z", None, None]),
        total=[1234.5, 2, 3, 4],
        total_minor=[123450, 777, 300, 400],
    )
    assert texts(shown, search="straße") == ["STRASSE"]
    assert texts(shown, search="2026-11-18 09:3") == ["a"]
    assert texts(shown, search="1234.5") == ["a"]
    assert texts(shown, search="777") == [], "a hidden column is not searched"
    assert texts(shown, search="y") == ["x\\u001fy"]
    assert texts(shown, search=" ") == ["a", "b", "STRASSE", "x\\u001fy"]
    page = shown.page(0, 1, search="a", sort=0, descending=True)
    assert (page["rows"][0][0], page["found"], page["total"]) == ("STRASSE", 2, 4)


def test_many_hits_and_few_hits_find_the_same_rows() -> None:
    values = [f"row {number}" for number in range(1_000)]
    shown = window(id=values)
    assert shown.page(0, 0, search="row")["found"] == 1_000
    assert texts(shown, search="row 99") == ["row 99", *(f"row 99{digit}" for digit in range(10))]


def test_hidden_characters_are_written_out_and_long_text_is_cut() -> None:
    shown = window(**{"evil\u202e": ["<b>\u202e", "x" * 5_000]})
    assert shown.columns[0].told()["name"] == "evil\\u202e"
    first, second = texts(shown)
    assert first == "<b>\\u202e"
    assert len(second) == 2_001 and second.endswith("…")


def test_an_amount_has_the_currency_nearest_by_name() -> None:
    shown = window(
        currency=["eur"],
        price_currency=["usd"],
        price_amount=[1.0],
        price_amount_minor=[100],
        total=[2.0],
        total_minor=[200],
    )
    assert shown.page(0, 1)["rows"] == [["eur", "usd", [1.0, "usd"], [2.0, "eur"]]]


def test_labels_that_say_something_are_shown_and_row_numbers_are_not() -> None:
    frame = pd.DataFrame({"who": ["a", "b", "a"], "n": [1, 2, 3]})
    assert [each.name for each in Window(frame[frame.n > 1], {}).columns] == ["who", "n"]
    assert Window(frame.groupby("who").sum(), {}).page(0, 5)["rows"] == [["a", 4], ["b", 2]]
    both = frame.assign(m=frame.n).groupby(["who", "n"]).sum()
    assert [each.name for each in Window(both, {}).columns] == ["who", "n", "m"]


def test_odd_frames_are_shown_too() -> None:
    twice = pd.concat([pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": ["x", None], 7: [[1], {"b": 2}]})], axis=1)
    assert Window(twice, {}).page(0, 5)["rows"] == [[1, "x", "[1]"], [2, None, "{'b': 2}"]]
    assert Window(pd.DataFrame({"a": []}), {}).page(0, 5, sort=0, search="x") == {"rows": [], "found": 0, "total": 0}
    wide = Window(pd.DataFrame({f"c{at}": [at] for at in range(MOST_COLUMNS + 5)}), {})
    assert (len(wide.columns), wide.left_out) == (MOST_COLUMNS, 5)


@pytest.mark.parametrize(("start", "length"), [(-5, 3), (10**12, 5), (0, 10**12), (2, 0)])
def test_a_request_for_rows_that_are_not_there_gives_those_that_are(start: int, length: int) -> None:
    page = window(id=list("abc")).page(start, length)
    assert page["found"] == 3
    assert len(page["rows"]) <= 3
