"""Where the rows are in a payload nobody described."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_connectors.errors import ToolFailed
from jupyter_connectors.frames.forms import ErrorRule
from jupyter_connectors.frames.records import dig, error_told, find, put
from jupyter_connectors.models import Json

from .support import cells, rows_of

ROW = {"id": 1}

PLACES: dict[str, tuple[Json, tuple[str, ...]]] = {
    "the root": ([ROW], ()),
    "a known name": ({"warnings": [{"text": "slow"}], "items": [ROW]}, ("items",)),
    "the only list of objects": ({"total_count": 1, "workflow_runs": [ROW]}, ("workflow_runs",)),
    "one level down": ({"data": {"items": [ROW], "tags": ["x"]}}, ("data", "items")),
    "a GraphQL connection": (
        {"data": {"searchIssues": {"nodes": [ROW], "pageInfo": {"hasNextPage": False}}}},
        ("data", "searchIssues", "nodes"),
    ),
    "an envelope with an id of its own": ({"id": "r1", "has_more": False, "data": [ROW]}, ("data",)),
}


@pytest.mark.parametrize(("payload", "path"), PLACES.values(), ids=PLACES.keys())
def test_the_rows_are_found_by_looking(payload: Json, path: tuple[str, ...]) -> None:
    found = find(payload)

    assert found.rows == [ROW]
    assert found.path == path
    assert not found.single


def test_an_empty_list_is_a_listing_without_rows() -> None:
    assert find({"projects": [], "hasMore": False}).path == ("projects",)
    assert find([]).rows == []


def test_an_object_that_holds_a_list_is_one_row() -> None:
    order = {"id": "o1", "items": [{"sku": "x"}, {"sku": "y"}]}

    found = find(order)

    assert found.single
    assert found.rows == [order]


def test_a_wrapped_object_is_one_row_without_its_wrapper() -> None:
    assert find({"customer": {"id": "c1", "name": "Acme"}}).rows == [{"id": "c1", "name": "Acme"}]


def test_several_lists_and_no_known_name_are_kept_as_one_row_with_a_note() -> None:
    found = find({"buyers": [ROW], "sellers": [ROW]})

    assert found.single
    assert found.notes == ("the reply holds several lists (buyers, sellers); it is kept as one row",)


def test_a_list_of_values_is_a_column_called_value() -> None:
    assert find(["a", "b"]).rows == [{"value": "a"}, {"value": "b"}]


@pytest.mark.anyio
async def test_a_get_is_one_row_and_complete(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, {"id": "cus_1", "address": {"city": "Oslo"}})

    assert result.complete
    assert result.completeness.line == "complete: 1 row in 1 page"
    assert cells(result.df, "address_city") == ["Oslo"]


@pytest.mark.parametrize(
    "text",
    [
        "Failed to list payment intents",
        "Error: 403",
        "HubSpot API error: missing scopes",
        "Error searching HubSpot deals: 400",
        "An unexpected error occurred",
        "Rate limit exceeded, retry in 3 s",
        "Unauthorized",
    ],
)
def test_an_error_in_plain_words_is_one(text: str) -> None:
    assert error_told(text) == text


@pytest.mark.parametrize(
    "text", ["No error: all is well", "The error: see below", "Found 3 errors", "Terror: a history", "x" * 2_000, ""]
)
def test_a_text_about_errors_is_none(text: str) -> None:
    assert error_told(text) is None


def test_a_vendors_own_mark_makes_an_error_only_where_it_is_declared() -> None:
    reply: Json = [{"message": "bad field", "errorCode": "INVALID_FIELD"}]

    assert find(reply).rows == reply
    with pytest.raises(ToolFailed, match="bad field"):
        find(reply, errors=[ErrorRule(path="@rows.errorCode")])
    assert find([ROW], errors=[ErrorRule(path="@rows.errorCode")]).rows == [ROW]
    assert find([], errors=[ErrorRule(path="@rows.errorCode")]).rows == []
    assert find({"items": [ROW], "code": 0}, errors=[ErrorRule(path="code", value=1)]).rows == [ROW]


def test_a_path_may_lead_into_an_argument() -> None:
    assert put({"request": {"limit": 1}}, "request.cursor", "c") == {"request": {"limit": 1, "cursor": "c"}}
    assert put({}, "a.b", 1) == {"a": {"b": 1}}
    assert dig({"@odata.nextLink": "x"}, "@odata.nextLink") == "x"
