"""A reply that came another way becomes a result like any other."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from mcp_types import CallToolResult, TextContent

from jupyter_connectors.errors import ToolFailed, UsageProblem
from jupyter_connectors.frames.given import result_of
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.saved import load

from .support import INSTANT, cells, dtypes

ROWS = {"data": [{"id": "a", "at": "2024-05-01T10:00:00Z"}, {"id": "b", "at": None}], "has_more": False}


def given(payload: object, place: Path, shape: str | None = None) -> Result:
    return result_of(payload, shape=shape, spool_dir=place)


@pytest.mark.parametrize(
    "payload",
    [
        ROWS,
        ROWS["data"],
        json.dumps(ROWS),
        json.dumps(ROWS).encode(),
        b"\xef\xbb\xbf" + json.dumps(ROWS).encode(),
        "Results:\n\n" + json.dumps(ROWS, indent=2),
        CallToolResult(content=[TextContent(type="text", text=json.dumps(ROWS))]),
        CallToolResult(content=[], structured_content=ROWS),
        {"content": [{"type": "text", "text": json.dumps(ROWS)}]},
        {"content": [], "structuredContent": ROWS, "isError": False},
    ],
)
def test_rows_are_found_however_they_come(payload: object, tmp_path: Path) -> None:
    result = given(payload, tmp_path)

    assert cells(result.df, "id") == ["a", "b"]
    assert dtypes(result.df)["at"] == INSTANT


def test_a_row_with_content_of_its_own_is_a_row(tmp_path: Path) -> None:
    row = {"id": "m1", "content": [{"type": "text", "text": "hello"}], "author": "x"}

    assert cells(given([row], tmp_path).df, "id") == ["m1"]


def test_one_reply_of_many_is_not_called_complete(tmp_path: Path) -> None:
    result = given({"data": [{"id": 1}], "has_more": True}, tmp_path)

    assert result.complete is False


def test_a_named_shape_types_money(tmp_path: Path) -> None:
    invoice = {"id": "in_1", "object": "invoice", "created": 1_717_200_000, "currency": "jpy", "total": 500}

    result = given({"object": "list", "data": [invoice], "has_more": False}, tmp_path, "stripe.invoice")

    for each in (result, load(result.save(tmp_path / "kept.jsonl"), tmp_path, None)):
        assert cells(each.df, "total") == [500.0]
        assert dtypes(each.df)["created"] == INSTANT


def test_values_that_json_does_not_have_become_text(tmp_path: Path) -> None:
    assert cells(given([{"day": date(2024, 5, 1)}], tmp_path).df, "day")[0].date() == date(2024, 5, 1)


def test_an_error_is_an_error(tmp_path: Path) -> None:
    failed = CallToolResult(content=[TextContent(type="text", text="no such field")], is_error=True)

    with pytest.raises(ToolFailed, match="no such field"):
        given(failed, tmp_path)


@pytest.mark.parametrize(
    ("payload", "options", "problem"),
    [(7, {}, "not int"), (object(), {}, "not object"), ([{}], {"shape": "stripe.invoce"}, "no shape 'stripe.invoce'")],
)
def test_what_is_no_reply_is_refused(payload: object, options: dict[str, Any], problem: str, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=problem):
        given(payload, tmp_path, **options)


def test_prose_keeps_its_text(tmp_path: Path) -> None:
    result = given("Nothing was found.", tmp_path)

    assert (result.tabular, result.text) == (False, "Nothing was found.")
