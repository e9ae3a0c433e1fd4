"""Cases of results on their way into a frame: what is no table gives none, and what is one keeps every value."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from jupyter_connectors.errors import NotTabular, ToolFailed
from jupyter_connectors.frames.shapes import shape_for
from jupyter_connectors.models import Json, Reply

from ..frames.support import Ask, as_text, cells, dtypes, rows_of

pytestmark = pytest.mark.anyio


async def test_case_38_a_schema_is_a_hint_that_no_value_is_bent_to(tmp_path: Path) -> None:
    said = {"type": "object", "properties": {"rows": {"type": "array", "items": {"properties": {}}}}}
    said["properties"]["rows"]["items"]["properties"] = {"n": {"type": "integer"}, "at": {"format": "date-time"}}
    rows: list[Json] = [{"n": 1}, {"n": "two"}, {"n": [3]}]

    result = await rows_of(tmp_path, Reply(structured={"rows": rows}), ask=Ask(output_schema=said))

    assert cells(result.df, "n") == ["1", "two", "[3]"]
    assert "n: the output schema says int, but not every value is one; the column is text" in result.notes


@pytest.mark.parametrize(
    "payload",
    [
        {"status": "error", "message": "no"},
        {"ok": False, "error": "invalid_auth"},
        {"success": False, "error": "Not found"},
        {"error": {"code": 429, "message": "slow down"}},
        {"errors": [{"message": "bad query"}], "data": None},
        "Failed to list payment intents",
        "Error executing tool list_issues: HTTP 500",
        "HubSpot API error: 403 missing scopes",
        "An error occurred while fetching rows",
    ],
    ids=str,
)
async def test_case_39_an_error_dressed_as_data_is_a_failure(payload: Json, tmp_path: Path) -> None:
    with pytest.raises(ToolFailed):
        await rows_of(tmp_path, payload)
    with pytest.raises(ToolFailed):
        await rows_of(tmp_path, Reply(structured=payload if isinstance(payload, dict) else {"result": payload}))


@pytest.mark.parametrize(
    "prose",
    [
        "Successfully retrieved 7 events",
        "# Error handling\n\nThis page is about errors." + " It is long." * 200,
        "The error: see below",
    ],
    ids=["success", "a page about errors", "a sentence"],
)
async def test_case_39_prose_is_text_and_no_frame_of_one_row(prose: str, tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(texts=(prose,)))

    assert result.text == prose
    with pytest.raises(NotTabular):
        _ = result.df


@pytest.mark.parametrize("other", [(), ("image",), ("resource_link",)])
async def test_case_39_nothing_and_unknown_content_are_no_frame(other: tuple[str, ...], tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(other=other))

    assert not result.tabular
    with pytest.raises(NotTabular):
        _ = result.df


async def test_case_40_addresses_in_cells_are_texts(tmp_path: Path) -> None:
    links = ["file:///etc/passwd", "http://169.254.169.254/", "../../x", "data:text/html,<b>"]

    result = await rows_of(tmp_path, [{"link": each} for each in links])

    assert cells(result.df, "link") == links


async def test_case_41_a_large_blob_in_a_cell_is_kept_and_nothing_else_is_written(tmp_path: Path) -> None:
    blob = base64.b64encode(b"\x7fELF" * 500_000).decode()

    result = await rows_of(tmp_path, [{"name": "../../evil.sh", "blob": blob}])

    assert cells(result.df, "blob") == [blob]
    assert {each.suffix for each in tmp_path.rglob("*") if each.is_file()} <= {".ndjson"}


async def test_case_42_formulas_are_data_and_stay_as_they_are(tmp_path: Path) -> None:
    formulas = ["=cmd|'/c calc'!A0", "@SUM(1)", "+1", "-1", "\t=1"]

    result = await rows_of(tmp_path, [{"x": each} for each in formulas])

    assert cells(result.df, "x") == formulas


async def test_case_43_columns_of_any_name_are_valid_and_none_hides_another(tmp_path: Path) -> None:
    row = {
        "": 1,
        "__class__": 2,
        "Class": 3,
        "__len__": 4,
        "df": 5,
        "a": 6,
        "A": 7,
        "a\u0000": 8,
        "columns": 9,
        "T": 10,
    }

    result = await rows_of(tmp_path, [row, {"a": {"b": [1]}}, {}])

    frame = result.df
    assert len(set(map(str.casefold, frame.columns))) == len(frame.columns) >= 10
    assert all(name == name.strip("_") and "__" not in name for name in frame.columns)
    assert {str(value).removesuffix(".0") for value in frame.iloc[0].dropna()} == {str(each) for each in range(1, 11)}
    assert len(frame) == 3


async def test_case_43_rows_of_every_form_are_one_frame(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, [1, "x", None, {"a": 1}, [2], {"value": 3, "a": {"b": 1}}])

    assert len(result.df) == 6
    assert len(result.json) == 6


async def test_case_43_fields_named_by_the_server_cannot_take_a_columns_place(tmp_path: Path) -> None:
    issue = {"key": "AB-1", "fields": {"summary": "real", "customfield_1": "fake", "customfield_2": "own"}}
    named = {"customfield_1": "Summary", "customfield_2": "__class__"}
    known = shape_for("jira", "searchJiraIssuesUsingJql", {"fields": ["*all"]})

    result = await rows_of(tmp_path, {"issues": [issue], "names": named, "total": 1}, ask=Ask(shape=known))

    assert cells(result.df, "summary") == ["real"]
    assert cells(result.df, "summary_2") == ["fake"]
    assert cells(result.df, "class") == ["own"]


async def test_case_45_escapes_stay_in_the_data_and_out_of_the_names(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, as_text([{"\u001b[31mred": "\u001b[2Jgone"}]))

    frame = result.df
    assert list(frame.columns) == ["31mred"]
    assert cells(frame, "31mred") == ["\u001b[2Jgone"]
    assert "\u001b" not in "".join([*result.notes, repr(result), json.dumps(dtypes(frame))])
