"""Cases of rows on their way out of a frame: a spreadsheet that opens the file runs nothing and misses nothing."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.export import ExportNotice
from jupyter_connectors.models import Json

from ..frames.support import rows_of

pytestmark = pytest.mark.anyio

FORMULAS = ("=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+cmd|x", "-2+3", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\0=1")


def row(number: int, note: str, **rest: Json) -> Json:
    return {"id": f"o_{number}", "=HYPERLINK(x)": "plain", "note": note, "delta": -number, "rate": -0.5} | rest


async def whole(place: Path, *rows: Json) -> pd.DataFrame:
    result = await rows_of(place, {"data": list(rows), "has_more": False})
    assert result.complete
    return result.df


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def read_sheet(path: Path) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


async def test_case_42_a_cell_that_begins_as_a_formula_is_text_in_a_csv_and_that_is_said(tmp_path: Path) -> None:
    frame = await whole(tmp_path, *(row(number, note) for number, note in enumerate([*FORMULAS, "a = b", ""])))
    with pytest.warns(ExportNotice, match="^9 cells in note: ") as told:
        path = frame.connector.to_csv(tmp_path / "rows.csv")
    read = read_csv(path)
    assert [each["note"] for each in read] == [*(f"'{each}" for each in FORMULAS), "a = b", ""]
    assert [each["delta"] for each in read] == [str(-number) for number in range(11)], "numbers stay numbers"
    assert {each["rate"] for each in read} == {"-0.5"}
    assert not any(name.startswith("=") for name in read[0])
    assert frame["note"].tolist()[:9] == list(FORMULAS), "the frame keeps what the server sent"
    assert "apostrophe" in str(told[0].message) and "raw=True" in str(told[0].message)
    assert told[0].filename == __file__


async def test_case_42_raw_writes_every_cell_as_it_is_and_says_nothing(tmp_path: Path) -> None:
    frame = await whole(tmp_path, row(1, "=1+1"))
    path = frame.connector.to_csv(tmp_path / "rows.csv", raw=True, sep=";")
    assert "=1+1;" in path.read_text()


async def test_case_42_names_of_columns_are_escaped_too(tmp_path: Path) -> None:
    frame = (await whole(tmp_path, row(1, "plain"))).rename(columns={"note": "@note"})
    with pytest.warns(ExportNotice, match="in the header"):
        path = frame.connector.to_csv(tmp_path / "rows.csv")
    assert "'@note" in read_csv(path)[0]


async def test_case_42_a_workbook_holds_no_formula(tmp_path: Path) -> None:
    frame = await whole(tmp_path, *(row(number, note) for number, note in enumerate(FORMULAS[:5])))
    with pytest.warns(ExportNotice, match="5 cells in note"):
        path = frame.connector.to_excel(tmp_path / "rows.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
    note = [cell.value for cell in sheet[1]].index("note")
    assert [line[note] for line in read_sheet(path)[1:]] == [f"'{each}" for each in FORMULAS[:5]]


async def test_what_a_sheet_cannot_hold_is_written_as_text_or_said(tmp_path: Path) -> None:
    frame = await whole(
        tmp_path,
        row(2**60, "bell \x07", created="2026-11-18T09:30:00+01:00", born="1850-03-04"),
        row(2, "x" * 40_000, created="2026-11-19T09:30:00Z", born="1999-03-04"),
    )
    with pytest.warns(ExportNotice) as told:
        path = frame.connector.to_excel(tmp_path / "rows.xlsx")
    words = "\n".join(str(each.message) for each in told)
    assert "1 cell in note: the text has characters that no sheet can hold" in words
    assert "1 cell in note: the text has more than the 32,767 letters" in words
    assert "born" in words and "delta" in words and "written as text" in words
    sheet = openpyxl.load_workbook(path).active
    head = {cell.value: cell for cell in sheet[1]}
    first = {name: sheet.cell(row=2, column=cell.column).value for name, cell in head.items()}
    assert first["delta"] == str(-(2**60))
    assert first["born"].startswith("1850-03-04")
    assert str(first["created"]) == "2026-11-18 08:30:00"
    assert first["note"] == "bell \\u0007"
    assert head["created"].comment.text == "in UTC"
    assert "complete: 2 rows" in head["id"].comment.text


async def test_the_file_of_a_frame_that_lacks_rows_is_loud(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, {"data": [{"id": "o_1"}], "has_more": True})
    with pytest.warns(ExportNotice, match="rows may be missing from this file: incomplete: 1 of"):
        result.df.connector.to_csv(tmp_path / "rows.csv")


async def test_labels_that_say_something_are_columns_of_the_file(tmp_path: Path) -> None:
    frame = await whole(tmp_path, row(1, "a"), row(2, "a"))
    sums = frame.groupby("note")[["rate"]].sum()
    assert read_csv(sums.connector.to_csv(tmp_path / "sums.csv")) == [{"note": "a", "rate": "-1.0"}]


async def test_a_frame_larger_than_a_sheet_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    frame = await whole(tmp_path, row(1, "a"))
    wide = pd.concat([frame[["id"]]] * 17_000, axis=1)
    wide.attrs = frame.attrs
    with pytest.raises(UsageProblem, match="a sheet holds"):
        wide.connector.to_excel(tmp_path / "rows.xlsx")
    assert not (tmp_path / "rows.xlsx").exists()


async def test_without_openpyxl_a_workbook_is_refused_with_the_way_out(tmp_path: Path) -> None:
    frame = await whole(tmp_path, row(1, "a"))
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, "openpyxl", None)
        with pytest.raises(UsageProblem) as caught:
            frame.connector.to_excel(tmp_path / "rows.xlsx")
    assert "pip install openpyxl" in caught.value.hint


async def test_case_42_a_result_is_written_as_its_frame_is(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, {"data": [row(1, "=1+1")], "has_more": False})
    with pytest.warns(ExportNotice, match="in note") as told:
        path = result.to_csv(tmp_path / "rows.csv")
    assert read_csv(path)[0]["note"] == "'=1+1"
    assert told[0].filename == __file__
    with pytest.warns(ExportNotice, match="in note"):
        assert "'=1+1" in read_sheet(result.to_excel(tmp_path / "rows.xlsx"))[1]
