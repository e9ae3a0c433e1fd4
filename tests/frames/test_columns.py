"""Which columns a frame has: the lean ones, all, or those that were asked for; and the archive all others come from."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.parts import packed, unpacked
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.saved import load
from jupyter_connectors.models import Reply

from .support import Ask, Server, gather
from .test_lanes import ORDER, ROW, numbered, pages_of

pytestmark = pytest.mark.anyio


async def orders(place: Path, count: int = 6, **arguments: str) -> Result:
    rows = numbered([{**ROW, "weight": 3, "note": {"text": "x"} if at > 90 else None} for at in range(count)])
    known = replace(ORDER, form=replace(ORDER.form, chosen="fields"))
    ask = Ask(shape=known, arguments=arguments)
    return await gather(Server(pages_of(rows, 2)).fetch, place, ask)


async def test_a_frame_has_the_lean_columns_and_says_that_there_are_more(tmp_path: Path) -> None:
    result = await orders(tmp_path)

    assert not {"weight", "place_count"} & set(result.df.columns)
    assert {"amount", "amount_minor", "place_zip"} <= set(result.df.columns)
    assert list(result.head(2).columns) == list(result.df.columns) == [each.name for each in result.schema()]
    note = f'{len(result.df.columns)} of at least 19 columns; .to_pandas(columns="all") has the rest'
    assert note in result.notes
    assert note in result.df.attrs["connector"]["notes"]


async def test_all_columns_are_there_for_the_asking_and_no_note_says_otherwise(tmp_path: Path) -> None:
    result = await orders(tmp_path)

    frame = result.to_pandas(columns="all")

    assert list(frame["weight"]) == [3] * 6
    assert len(frame.columns) == len(result.schema(columns="all")) == len(result.head(1, columns="all").columns)
    assert not [note for note in frame.attrs["connector"]["notes"] if "columns" in note]


async def test_columns_by_name_come_in_the_order_asked_for(tmp_path: Path) -> None:
    result = await orders(tmp_path)

    assert list(result.to_pandas(columns=["weight", "id"]).columns) == ["weight", "id"]
    assert list(result.to_pandas("numpy", columns=["paid", "id"]).columns) == ["paid", "id"]
    with pytest.raises(UsageProblem, match="there is no column 'wieght'") as told:
        result.to_pandas(columns=["wieght"])
    assert "weight" in told.value.hint


async def test_where_the_call_chose_its_fields_all_that_came_are_shown(tmp_path: Path) -> None:
    result = await orders(tmp_path, fields="id,weight")

    assert "weight" in result.df.columns


async def test_a_column_of_objects_that_is_not_shown_can_be_expanded(tmp_path: Path) -> None:
    result = await orders(tmp_path)

    assert list(result.expand("tags")["tags_a"]) == ["1"] * 6


async def test_a_saved_listing_has_every_column_again(tmp_path: Path) -> None:
    result = await orders(tmp_path / "spool")

    again = load(result.save(tmp_path / "orders.jsonl"), tmp_path / "other", None)

    assert list(again.to_pandas(columns="all")["weight"]) == [3] * 6
    assert (again.json, again.text) == (result.json, result.text)


def test_a_file_of_another_version_says_so(tmp_path: Path) -> None:
    (tmp_path / "old.jsonl").write_text('{"format": "jupyter-connectors result 1"}\n', "utf-8")

    with pytest.raises(UsageProblem, match="another version of this package wrote it"):
        load(tmp_path / "old.jsonl", tmp_path, None)


@pytest.mark.parametrize(
    ("reply", "once"),
    [
        (Reply(texts=('{"a": [1, "é\u2028"]}',), structured={"a": [1, "é\u2028"]}), True),
        (Reply(texts=('{\n  "a": 1\n}',), structured={"a": 1}), True),
        (Reply(texts=('{"a": 1.0}',), structured={"a": 1}), False),
        (Reply(texts=('{"b": 2, "a": 1}',), structured={"a": 1, "b": 2}), False),
        (Reply(texts=("two\nlines", ""), structured={"a": 1}), False),
        (Reply(texts=(), structured=[1]), False),
        (Reply(texts=("a\n[1]\n",)), False),
        (Reply(), False),
    ],
)
def test_a_reply_comes_out_of_the_archive_as_it_went_in(reply: Reply, once: bool) -> None:
    kept = b"".join(packed(reply))

    (back,) = unpacked(io.BytesIO(kept))

    assert back == reply
    assert json.dumps(back.structured) == json.dumps(reply.structured)
    assert (len(kept) < 60 + sum(len(each.encode()) for each in reply.texts)) is True or not once


def test_a_reply_that_is_cut_off_is_an_error() -> None:
    kept = b"".join(packed(Reply(texts=("some text",))))

    with pytest.raises(ValueError, match="cut off"):
        list(unpacked(io.BytesIO(kept[:-4])))


@pytest.mark.parametrize("size", [1, 3, 6])
async def test_an_empty_text_is_null_in_a_declared_time_however_the_rows_fall_into_pages(
    tmp_path: Path, size: int
) -> None:
    moments = [None, "2024-05-01T10:00:00Z", "", "", "soon", ""]
    rows = numbered([{**ROW, "moment": each} for each in moments])

    result = await gather(Server(pages_of(rows, size)).fetch, tmp_path, Ask(shape=ORDER))

    assert result.df["moment"].isna().tolist() == [True, False, True, True, False, True]


async def test_a_table_past_its_size_in_memory_goes_to_the_spool_and_gives_the_same_frame(tmp_path: Path) -> None:
    rows = numbered([{**ROW, "score": at / 4, "note": "x" * at} for at in range(40)])
    result = await gather(Server(pages_of(rows, 10)).fetch, tmp_path, Ask(shape=ORDER))
    storage = result.tables.whole.sheet.storage

    assert storage.blocks is not None
    held = result.to_pandas(columns="all")
    assert storage.spool.path.stat().st_size > 0
    assert storage.blocks is None

    pd.testing.assert_frame_equal(held, result.to_pandas(columns="all"))
