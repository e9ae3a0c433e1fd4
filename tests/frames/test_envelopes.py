"""Without a shape, the marks of known envelopes are followed, and what they do not prove is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_connectors.errors import Incomplete
from jupyter_connectors.frames.collect import collect
from jupyter_connectors.models import Annotations, Json, Reply, Tool, ToolCall

from .support import Ask, Server, gather, rows_of

pytestmark = pytest.mark.anyio


GENERIC: dict[str, tuple[str, list[Json], list[Json]]] = {
    "has_more and next_cursor": (
        "start_cursor",
        [{"results": [{"id": 1}], "has_more": True, "next_cursor": "c"}, {"results": [{"id": 2}], "has_more": False}],
        [None, "c"],
    ),
    "pageInfo beside nodes": (
        "after",
        [
            {"data": {"issues": {"nodes": [{"id": 1}], "pageInfo": {"hasNextPage": True, "endCursor": "c"}}}},
            {"data": {"issues": {"nodes": [{"id": 2}], "pageInfo": {"hasNextPage": False, "endCursor": "d"}}}},
        ],
        [None, "c"],
    ),
    "paging.next.after, absent at the end": (
        "after",
        [{"results": [{"id": 1}], "paging": {"next": {"after": "9"}}}, {"results": [{"id": 2}]}],
        [None, "9"],
    ),
    "nextPageToken": (
        "page_token",
        [{"files": [{"id": 1}], "nextPageToken": "t"}, {"files": [{"id": 2}]}],
        [None, "t"],
    ),
    "nextRecordsUrl and done": (
        "next_records_url",
        [{"records": [{"Id": 1}], "done": False, "nextRecordsUrl": "/2"}, {"records": [{"Id": 2}], "done": True}],
        [None, "/2"],
    ),
    "has_more and the last id": (
        "starting_after",
        [{"data": [{"id": "a"}], "has_more": True}, {"data": [{"id": "b"}], "has_more": False}],
        [None, "a"],
    ),
    "a total and page numbers": (
        "page",
        [{"total_count": 2, "items": [{"id": 1}]}, {"total_count": 2, "items": [{"id": 2}]}],
        [None, 2],
    ),
    "page numbers from zero": (
        "page",
        [{"page": 0, "hasMore": True, "items": [{"id": 1}]}, {"page": 1, "hasMore": False, "items": [{"id": 2}]}],
        [None, 1],
    ),
    "a total and an offset": (
        "offset",
        [{"total": 2, "offset": 0, "items": [{"id": 1}]}, {"total": 2, "offset": 1, "items": [{"id": 2}]}],
        [None, 1],
    ),
    "a cursor in the last row of CSV": (
        "cursor",
        [Reply(texts=("id,cursor\nm1,\nm2,abc\n",)), Reply(texts=("id,cursor\nm3,\nm4,\n",))],
        [None, "abc"],
    ),
}


@pytest.mark.parametrize(("param", "pages", "sent"), GENERIC.values(), ids=GENERIC.keys())
async def test_known_marks_are_followed_without_a_shape(
    param: str, pages: list[Json], sent: list[Json], tmp_path: Path
) -> None:
    server = Server(pages)

    result = await gather(server.fetch, tmp_path, Ask(parameters=[param]))

    assert [each.get(param) for each in server.asked] == sent
    assert result.complete, result.completeness
    assert result.pages == 2


LOUD: dict[str, tuple[Json, str]] = {
    "a flag and no parameter": (
        {"projects": [{"slug": "a"}], "hasMore": True},
        "incomplete: 1 of ? rows (hasMore is true, but no cursor came)",
    ),
    "a cursor and no parameter": (
        {"items": [{"id": 1}], "next_cursor": "c"},
        "incomplete: 1 of ? rows (the server says there is more, but the tool takes no cursor)",
    ),
    "five of 85, as if that were all": (
        {"issues": {"nodes": [{"id": n} for n in range(5)], "totalCount": 85, "pageInfo": {"hasNextPage": False}}},
        "incomplete: 5 of 85 rows (the server counts 85 and sent 5)",
    ),
    "results the server owns up to missing": (
        {"total_count": 1, "incomplete_results": True, "items": [{"id": 1}]},
        "incomplete: 1 of 1 rows (incomplete_results is true)",
    ),
    "a bare list": ([{"id": 1}, {"id": 2}], "unknown: 2 rows, the server does not say whether there are more"),
}


@pytest.mark.parametrize(("payload", "line"), LOUD.values(), ids=LOUD.keys())
async def test_what_cannot_be_proven_complete_says_so(payload: Json, line: str, tmp_path: Path) -> None:
    result = await rows_of(tmp_path, payload)

    assert not result.complete
    assert result.completeness.line == line


async def test_the_end_can_be_proven_without_a_shape(tmp_path: Path) -> None:
    by_flag = await rows_of(tmp_path, {"items": [{"id": 1}], "hasNextPage": False})
    by_count = await rows_of(tmp_path, {"items": [{"id": 1}], "total": 1})
    by_null = await rows_of(tmp_path, {"items": [{"id": 1}], "next_cursor": None})

    assert by_flag.completeness.evidence == "hasNextPage is false"
    assert by_count.completeness.evidence == "the server counts 1 row"
    assert by_null.completeness.evidence == "no further cursor"


async def test_page_numbers_a_server_ignores_are_noticed(tmp_path: Path) -> None:
    same = {"total": 4, "items": [{"name": "a"}, {"name": "b"}]}

    with pytest.raises(Incomplete, match="page 2 repeats an earlier page"):
        await rows_of(tmp_path, same, same, ask=Ask(parameters=["page"]))


@pytest.mark.parametrize(
    ("follow", "claims"), [(False, Annotations()), (True, Annotations(read_only=False))], ids=["hub", "server"]
)
async def test_a_call_that_changes_something_is_sent_once(follow: bool, claims: Annotations, tmp_path: Path) -> None:
    server = Server([{"items": [{"id": 1}], "next_cursor": "c"}])
    call = ToolCall(id="c", connector="shop", tool="create_orders", arguments_json="{}")
    schema = {"type": "object", "properties": {"cursor": {"type": "string"}}}
    tool = Tool(connector="shop", name="create_orders", input_schema=schema, annotations=claims)

    result = await collect(call, tool, server.fetch, shape=None, spool_dir=tmp_path, follow=follow)

    assert len(server.asked) == 1
    assert result.completeness.reason == "the call may change something, so it is sent once"
