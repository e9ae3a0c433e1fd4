"""Every encoding of "a list of rows" that servers use, and what only looks like one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_connectors.errors import NotTabular, ReplyRejected, ToolFailed
from jupyter_connectors.frames.decode import decode
from jupyter_connectors.models import Json, Reply

from .support import cells, gather, rows_of

pytestmark = pytest.mark.anyio

ROWS = [{"id": "a", "n": 1}, {"id": "b", "n": None}]

ENCODINGS: dict[str, Reply] = {
    "compact JSON": Reply(texts=(json.dumps(ROWS, separators=(",", ":")),)),
    "indented JSON": Reply(texts=(json.dumps(ROWS, indent=2),)),
    "an envelope": Reply(texts=(json.dumps({"items": ROWS}),)),
    "a sentence, then JSON": Reply(texts=("SOQL query results:\n\n" + json.dumps({"records": ROWS}, indent=2),)),
    "a sentence block, then a JSON block": Reply(texts=("Found 2 rows [see docs]", json.dumps(ROWS))),
    "a code fence": Reply(texts=("Here:\n```json\n" + json.dumps(ROWS) + "\n```",)),
    "structured content beside its text": Reply(texts=(json.dumps({"rows": ROWS}),), structured={"rows": ROWS}),
    "structured content under result": Reply(structured={"result": ROWS}),
    "JSON in a string under result": Reply(structured={"result": json.dumps({"items": ROWS})}),
    "one text block a row": Reply(texts=tuple(json.dumps(row) for row in ROWS)),
    "a byte order mark": Reply(texts=("\ufeff" + json.dumps(ROWS),)),
    "GraphQL edges": Reply(texts=(json.dumps({"data": {"orders": {"edges": [{"node": row} for row in ROWS]}}}),)),
}


@pytest.mark.parametrize("reply", ENCODINGS.values(), ids=ENCODINGS.keys())
async def test_each_encoding_in_use_gives_the_same_rows(reply: Reply, tmp_path: Path) -> None:
    result = await rows_of(tmp_path, reply)

    assert result.json == ROWS
    assert cells(result.df, "id") == ["a", "b"]
    assert cells(result.df, "n") == [1, None]


async def test_csv_is_read_as_text_with_empty_cells_null(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(texts=('id,zip,note\n1,02139,"a, b"\n2,,\n',)))

    assert result.json == [{"id": "1", "zip": "02139", "note": "a, b"}, {"id": "2", "zip": None, "note": None}]
    assert cells(result.df, "zip") == ["02139", None]


async def test_csv_keeps_the_marks_in_its_head_lines(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(texts=("# total_count: 3\nid,title\n1,x\n2,y\n",)))

    assert result.completeness.line == "incomplete: 2 of 3 rows (the server counts 3 and sent 2)"


PROSE = {
    "a sentence": "Successfully retrieved 7 events:\n- standup (Starts: 9:00)",
    "a footnote that parses": "Found 3 open issues [3] in all.",
    "a greeting with a comma": "Hello, world\nGood, bye",
    "a number": "42",
    "nothing": "",
}


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE.keys())
async def test_prose_is_kept_as_text_and_its_frame_is_an_error(text: str, tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(texts=(text,)))

    assert not result.tabular
    assert not result.complete
    assert result.text == text
    assert result.completeness.line == "unknown: 0 rows, the reply is text, not rows"
    with pytest.raises(NotTabular, match=r"list_orders answered with text") as caught:
        _ = result.df
    assert caught.value.hint == "read it with .text"


async def test_a_reply_without_text_says_what_it_is(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(other=("image", "image")))

    assert result.completeness.reason == "the reply is of type image, not rows"


ERRORS: dict[str, Json] = {
    "status": {"object": "error", "status": "error", "code": "unauthorized", "message": "API token is invalid"},
    "ok": {"ok": False, "error": "channel_not_found"},
    "an error object": {"error": {"code": "rate_limited", "message": "slow down"}},
    "an error beside no rows": {"data": None, "errors": [{"message": "no such field"}]},
    "an error beside an empty list": {"items": [], "error": "index is rebuilding"},
}


@pytest.mark.parametrize("payload", ERRORS.values(), ids=ERRORS.keys())
async def test_an_error_that_comes_as_data_is_an_error(payload: Json, tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="answered with an error"):
        await rows_of(tmp_path, payload)


async def test_a_reply_marked_as_an_error_shows_the_servers_words_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed) as caught:
        await rows_of(tmp_path, Reply(texts=("No such customer\x1b[31m: 'cus_1'\nTry again",), is_error=True))

    assert caught.value.problem == "shop.list_orders failed: No such customer: 'cus_1' Try again"


async def test_an_object_with_an_id_is_data_even_when_its_status_is_error(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, {"id": "job_1", "status": "error", "error": "disk full"})

    assert cells(result.df, "error") == ["disk full"]


async def test_an_error_beside_rows_is_a_note(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, {"items": ROWS, "errors": [{"message": "one shard is down"}]})

    assert result.rows == 2
    assert "the server reports an error beside the rows: one shard is down" in result.notes


def test_what_python_adds_to_json_becomes_null_with_a_note() -> None:
    decoded = decode(Reply(texts=('[{"x": NaN, "y": -Infinity}]',)))

    assert decoded.payload == [{"x": None, "y": None}]
    assert decoded.notes == ("NaN or Infinity came where JSON allows none; such values are null",)


def test_a_whole_number_of_any_length_is_exact() -> None:
    long, longer = "9" * 400, "9" * 5_000

    decoded = decode(Reply(texts=(f'[{{"x": {long}}}, {{"x": {longer}}}]',)))

    assert decoded.payload == [{"x": int(long)}, {"x": longer}]


async def test_broken_unicode_neither_crashes_now_nor_when_it_is_stored(tmp_path: Path) -> None:
    inside = await rows_of(tmp_path, Reply(texts=('[{"a\\ud800": "x\\udfffy", "b": "\\ud83d\\ude00"}]',)))
    outside = await rows_of(tmp_path, Reply(texts=('[{"a": "x\ud800y"}]',)))
    structured = await rows_of(tmp_path, Reply(structured=[{"a": "x\ud800y", "b": float("nan")}]))

    assert inside.json == [{"a\ufffd": "x\ufffdy", "b": "😀"}]
    assert inside.df.to_csv().encode()
    assert outside.json == [{"a": "x\ufffdy"}]
    assert structured.json == [{"a": "x\ufffdy", "b": None}]
    assert structured.df.to_csv().encode()


async def test_a_zero_byte_in_a_text_stays(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, [{"a": "x\0y"}])

    assert cells(result.df, "a") == ["x\0y"]


@pytest.mark.parametrize("structured", [False, True])
async def test_nesting_ten_thousand_levels_deep_is_rejected(structured: bool, tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(10_000):
        deep = [deep]
    reply = Reply(structured={"x": deep}) if structured else Reply(texts=("[" * 10_000 + "]" * 10_000,))

    async def fetch(_: object) -> Reply:
        return reply

    with pytest.raises(ReplyRejected, match="nested too deep"):
        await gather(fetch, tmp_path)
