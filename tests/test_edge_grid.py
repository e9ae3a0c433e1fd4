"""Which objects are shown as a grid, what a display says of them, and what lives for how long."""

from __future__ import annotations

import asyncio
import gc
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

from jupyter_connectors.frames.result import Result
from jupyter_connectors.kernel import Desk
from jupyter_connectors.models import Json
from jupyter_connectors.widgets.grid import MIME, Grids

from .frames.support import rows_of


class Page:
    """A notebook page: what a cell shows, and what the kernel answers."""

    def __init__(self, *, listens: bool = True) -> None:
        self.desk = Desk()
        parent = {"content": {"allow_stdin": listens}}
        shell = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda _: parent))
        self.formatter = DisplayFormatter()
        Grids(shell, self.desk).register(self.formatter)

    def show(self, thing: object) -> dict[str, Any]:
        bundle: dict[str, Any] = self.formatter.format(thing)[0]
        return bundle

    def ask(self, bundle: dict[str, Any], **message: Json) -> dict[str, Any] | None:
        return asyncio.run(self.desk.reply({"id": bundle[MIME]["id"], **message}))


async def orders(place: Path, count: int = 40, *, more: bool = False) -> Result:
    rows = [{"id": f"o_{number}", "total": number, "status": "ab"[number % 2]} for number in range(count)]
    return await rows_of(place, {"data": rows, "has_more": more})


@pytest.fixture
def result(tmp_path: Path) -> Result:
    return asyncio.run(orders(tmp_path))


def test_a_display_holds_the_preview_and_an_id_and_no_other_row(result: Result) -> None:
    page = Page()
    bundle = page.show(result)
    assert set(bundle) == {"text/html", "text/plain", MIME}
    assert "o_4" in bundle["text/html"]
    assert "o_31" not in json.dumps(bundle)
    assert set(bundle[MIME]) == {"id"}


def test_rows_come_when_they_are_asked_for_and_the_frame_is_built_only_then(result: Result) -> None:
    page = Page()
    bundle = page.show(result)
    about = page.ask(bundle, type="about")
    assert about is not None
    assert [each["name"] for each in about["columns"]] == ["id", "total", "status"]
    assert about["facts"] | {"fetched_at": ""} == {
        "source": "shop · list_orders",
        "list": "",
        "state": "complete",
        "line": "complete: 40 rows in 1 page",
        "fetched_at": "",
        "fetched": 40,
        "here": 40,
        "derived": False,
        "notes": [],
    }
    page.ask(bundle, type="page", start=0, length=30)
    assert "df" not in vars(result)
    found = page.ask(bundle, type="page", start=0, length=2, sort=1, descending=True)
    assert found is not None
    assert (found["status"], [row[0] for row in found["rows"]]) == ("ok", ["o_39", "o_38"])


@pytest.mark.parametrize(
    "message",
    [
        {"start": -1, "length": 10**15},
        {"start": "x", "length": None},
        {"start": 0, "length": 5, "sort": 99},
        {"start": 0, "length": 5, "sort": "total; drop"},
        {"start": 0, "length": 5, "search": ["x"]},
        {},
    ],
)
def test_a_strange_request_gets_rows_or_none_and_never_breaks_the_grid(result: Result, message: Json) -> None:
    page = Page()
    bundle = page.show(result)
    reply = page.ask(bundle, type="page", **message)
    assert reply is not None and reply["status"] == "ok"


@pytest.mark.parametrize("setting", ["off", "0", "False"])
def test_the_person_can_have_the_plain_table(result: Result, setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONNECTORS_GRID", setting)
    assert set(Page().show(result)) == {"text/html", "text/plain"}
    assert MIME not in Page().show(result.df)


def test_where_nobody_looks_no_grid_is_made(result: Result) -> None:
    assert set(Page(listens=False).show(result)) == {"text/html", "text/plain"}
    assert MIME not in Page(listens=False).show(result.df)


def test_prose_and_frames_of_elsewhere_are_shown_as_ever(result: Result, tmp_path: Path) -> None:
    page = Page()
    assert MIME not in page.show(pd.DataFrame({"a": range(100)}))
    assert MIME not in page.show(result.df[[]])
    few = page.show(result.df.groupby("status")[["total"]].sum())
    assert MIME not in few and "<table" in few["text/html"], "what was made of a frame and is small, pandas shows whole"
    assert MIME not in page.show(result.df.head(5))


def test_a_part_of_a_frame_says_of_how_many_rows_it_is(result: Result) -> None:
    page = Page()
    for frame, here, derived in (
        (result.df, 40, False),
        (result.df.assign(more=1), 40, False),
        (result.df[result.df.status == "a"], 20, True),
        (result.df.sort_values("total", ascending=False), 40, True),
        (result.df[["id"]], 40, True),
    ):
        about = page.ask(page.show(frame), type="about")
        assert about is not None
        facts = about["facts"]
        assert (facts["here"], facts["fetched"], facts["derived"]) == (here, 40, derived)


def test_a_display_stays_what_it_was_when_the_frame_is_changed(result: Result) -> None:
    page = Page()
    frame = result.df
    before = page.show(frame)
    assert page.show(frame)[MIME] == before[MIME], "the same rows are one grid however often they are shown"
    frame["total"] = frame["total"] + 1000
    after = page.show(frame)
    first, second = (page.ask(each, type="page", start=0, length=1) for each in (before, after))
    assert first is not None and second is not None
    assert (first["rows"][0][1], second["rows"][0][1]) == (0, 1000)


def test_a_grid_ends_with_its_frame_and_never_keeps_it(result: Result) -> None:
    page = Page()
    frame = result.df.copy()
    shown = []
    for number in range(50):
        frame["total"] = frame["total"] + number
        shown.append(page.show(frame))
    assert page.ask(shown[-1], type="page", start=0, length=1, sort=1) is not None
    assert sum(page.ask(each, type="about") is not None for each in shown) <= 4
    assert frame.connector.complete, "the accessor and the frame hold one another"
    del frame
    gc.collect()
    assert [page.ask(each, type="about") for each in shown] == [None] * 50


def test_a_result_is_not_kept_by_its_display(tmp_path: Path) -> None:
    page = Page()
    result = asyncio.run(orders(tmp_path))
    bundle = page.show(result)
    page.ask(bundle, type="page", start=0, length=2, sort=1)
    del result
    gc.collect()
    assert page.ask(bundle, type="about") is None


def test_missing_rows_are_said_and_a_secret_is_masked(tmp_path: Path) -> None:
    page = Page()
    rows: list[Json] = [{"id": "o_1", "note": "key AKIAIOSFODNN7EXAMPLE \u202e"}]
    result = asyncio.run(rows_of(tmp_path, {"data": rows, "has_more": True}))
    bundle = page.show(result)
    about, found = page.ask(bundle, type="about"), page.ask(bundle, type="page", start=0, length=5)
    assert about is not None and found is not None
    assert about["facts"]["state"] == "partial"
    assert about["facts"]["line"].startswith("incomplete: 1 of ")
    assert "AKIA" not in json.dumps(found)
    assert "\\u202e" in found["rows"][0][1]
