"""What vendors send becomes plain typed columns, by the shapes that come with the package."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jupyter_connectors.errors import Incomplete, ToolFailed
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import detect, shape_for, shape_named
from jupyter_connectors.models import Bound, Json, Reply

from .support import (
    DAY,
    INSTANT,
    PAYLOADS,
    TEXT_DTYPE,
    Ask,
    Server,
    as_text,
    cells,
    dtypes,
    gather,
    needs_payloads,
    rows_of,
)

pytestmark = pytest.mark.anyio


def ask(connector: str, tool: str, bound: Bound | None = None, **arguments: Json) -> Ask:
    known = shape_for(connector, tool, arguments)
    assert known is not None
    return Ask(connector=connector, tool=tool, arguments=arguments, bound=bound or Bound(), shape=known)


async def frame_of(place: Path, payload: Json, known: Ask) -> pd.DataFrame:
    return (await rows_of(place, payload, ask=known)).df


def plain(frame: pd.DataFrame) -> bool:
    """No cell holds an object or a list, and every dtype is one of ours."""
    kinds = {"int64", "Int64", "float64", "bool", "boolean", INSTANT, DAY, TEXT_DTYPE}
    nested = frame.map(lambda cell: isinstance(cell, dict | list)).to_numpy().any()
    return not nested and set(dtypes(frame).values()) <= kinds


STRIPE = ("balance_transaction", "charge", "coupon", "customer", "event", "invoice", "payment_intent")
RECORDED = [
    *(
        (f"stripe/list_{name}.json", f"stripe.{name}")
        for name in (*STRIPE, "price", "product", "refund", "subscription")
    ),
    ("hubspot/mock_companies_data.json", "hubspot.company"),
    ("hubspot/mock_contacts_data.json", "hubspot.contact"),
    ("hubspot/mock_deals_data.json", "hubspot.deal"),
    ("hubspot/mock_products_data.json", "hubspot.product"),
    ("hubspot/mock_quotes_data.json", "hubspot.quote"),
    ("hubspot/mock_tickets_data.json", "hubspot.ticket"),
    ("hubspot/mock_contacts_properties.json", "hubspot.property"),
    ("salesforce/dreamhouse_properties-data.json", "salesforce.record"),
    ("jira/issues_in_sprint.json", "jira.issue"),
    ("jira/all_projects.json", "jira.project"),
    ("jira/sprints.json", "jira.sprint"),
    ("jira/all_boards.json", "jira.board"),
    ("notion/jomei_database_query.json", "notion.page"),
    ("notion/jomei_database_list.json", "notion.database"),
    ("notion/iterate_paginated_api.1.json", "notion.block"),
    ("notion/users_list.0.json", "notion.user"),
    ("notion/comments_list.2.json", "notion.comment"),
    ("notion/file_uploads_list.0.json", "notion.file_upload"),
    ("github/search__issues.default.json", "github.issue"),
    ("github/repos__owner__repo__issues.default.json", "github.issue"),
    ("github/repos__owner__repo__pulls.default.json", "github.pull_request"),
    ("github/repos__owner__repo__commits.default.json", "github.commit"),
    ("github/repos__owner__repo__releases.default.json", "github.release"),
    ("github/search__repositories.default.json", "github.repository"),
    ("github/repos__owner__repo__actions__runs.default.json", "github.workflow_run"),
    ("github/repos__owner__repo__branches.default.json", "github.ref"),
    ("github/search__code.default.json", "github.code"),
    ("github/orgs__org__members.default.json", "github.user"),
    ("github/repos__owner__repo__code-scanning__alerts.default.json", "github.alert"),
    ("github/notifications.default.json", "github.notification"),
]


@needs_payloads
@pytest.mark.parametrize(("path", "name"), RECORDED)
async def test_a_recorded_reply_has_the_declared_types_and_no_nested_cell(path: str, name: str, tmp_path: Path) -> None:
    known = shape_named(name)
    assert known is not None

    payload = json.loads((PAYLOADS / path).read_text("utf-8"))
    result = await rows_of(tmp_path, payload, ask=Ask(shape=known, bound=Bound(pages=1)))

    assert plain(result.df)
    assert all(plain(result.children[each]) for each in result.children)
    assert [note for note in result.notes if "declared as" in note] == []
    for each in known.form.required:
        assert result.df[each].notna().all()


@needs_payloads
@pytest.mark.parametrize(
    ("path", "name"), [each for each in RECORDED if (known := shape_named(each[1])) and known.form.detect]
)
async def test_a_recorded_reply_is_known_by_its_look(path: str, name: str) -> None:
    payload = json.loads((PAYLOADS / path).read_text("utf-8"))

    found = detect(payload)

    assert found is None or found.name == name
    if name.partition(".")[0] in ("stripe", "notion"):
        assert found is not None


@needs_payloads
@pytest.mark.parametrize("name", [*STRIPE, "price", "product", "refund", "subscription", "payout", "dispute"])
async def test_stripes_own_example_of_an_object_fits_what_is_declared(name: str, tmp_path: Path) -> None:
    examples = json.loads((PAYLOADS / "stripe/fixtures3.json").read_text("utf-8"))["resources"]
    known = shape_named(f"stripe.{name}")

    result = await rows_of(tmp_path, {"data": [examples[name]], "has_more": False}, ask=Ask(shape=known))

    assert result.complete
    assert plain(result.df)
    assert [note for note in result.notes if "declared as" in note] == []


JIRAS_TIME = "2015-12-02T07:39:15.000+0000"
CURRENCIES = {"isk": 1234.0, "jpy": 123400.0, "kwd": 123.4, "ugx": 1234.0, "usd": 1234.0}


async def test_money_has_the_vendors_exponents_and_stays_exact(tmp_path: Path) -> None:
    invoices = [{"id": f"in_{code}", "object": "invoice", "currency": code, "total": 123400} for code in CURRENCIES]

    stripe = await frame_of(tmp_path, {"data": invoices, "has_more": False}, ask("stripe", "list_invoices"))

    assert dict(zip(stripe["currency"], stripe["total"], strict=True)) == CURRENCIES
    assert set(stripe["total_minor"]) == {123400}
    payments = [{"id": code, "amount_money": {"amount": 500, "currency": code}} for code in ("ISK", "USD", "JPY")]
    square = await frame_of(
        tmp_path, {"payments": payments}, ask("square", "make_api_request", service="payments", method="list")
    )
    assert square["amount_money_amount"].tolist() == [500.0, 5.0, 500.0]


async def test_which_of_stripes_objects_came_is_seen_in_the_reply(tmp_path: Path) -> None:
    refund = {"id": "re_1", "object": "refund", "payment_intent": "pi_1", "amount": 5, "currency": "jpy", "created": 0}
    payload = {"object": "list", "data": [refund], "has_more": False}

    frame = await frame_of(tmp_path, payload, ask("stripe", "stripe_api_read", operation="unknown"))

    assert frame["amount"].tolist() == [5.0]
    assert dtypes(frame)["created"] == INSTANT


async def test_hubspots_texts_become_numbers_and_times_where_that_is_declared(tmp_path: Path) -> None:
    deal = {
        "id": "9007199254740993",
        "properties": {"amount": "1500.50", "dealname": "", "closedate": "2026-03-01", "zip": "02139", "id": "x"},
        "createdAt": "2026-01-02T03:04:05.678Z",
    }
    later = {"id": "2", "properties": {"amount": "", "closedate": "2026-03-01T10:00:00Z", "zip": "1"}}

    frame = await frame_of(
        tmp_path, {"results": [deal, later]}, ask("hubspot", "hubspot-list-objects", objectType="deals")
    )

    assert cells(frame, "id") == ["9007199254740993", "2"]
    assert cells(frame, "amount") == [1500.5, None]
    assert cells(frame, "dealname") == [None, None]
    assert cells(frame, "zip") == ["02139", "1"]
    assert cells(frame, "id_2") == ["x", None]
    assert [str(day.date()) for day in frame["closedate"]] == ["2026-03-01", "2026-03-01"]
    assert cells(frame, "closedate_time") == [None, pd.Timestamp("2026-03-01T10:00:00Z")]


ISSUE = {
    "key": "AB-1",
    "id": "1",
    "self": "https://x.example",
    "fields": {
        "summary": "One",
        "created": "2015-12-02T07:39:15.000-0800",
        "updated": "2015-12-02T07:39:15.000+0000",
        "duedate": "2015-12-24",
        "workratio": -1,
        "customfield_10105": 13.0,
        "fixVersions": [{"id": "7", "name": "1.0", "releaseDate": "2016-01-01"}],
        "assignee": {"displayName": "Ann", "avatarUrls": {"16x16": "u"}, "self": "u"},
    },
}


async def test_jiras_times_names_and_sentinels(tmp_path: Path) -> None:
    payload = {"nodes": [ISSUE], "names": {"customfield_10105": "Story Points"}, "pageInfo": {"hasNextPage": False}}

    result = await rows_of(tmp_path, payload, ask=ask("atlassian", "searchJiraIssuesUsingJql", fields=["*all"]))

    frame = result.df
    assert cells(frame, "created") == [pd.Timestamp("2015-12-02T15:39:15Z")]
    assert cells(frame, "updated") == [pd.Timestamp("2015-12-02T07:39:15Z")]
    assert dtypes(frame)["duedate"] == DAY
    assert cells(frame, "workratio") == [None]
    assert cells(frame, "story_points") == [13.0]
    assert cells(frame, "assignee_display_name") == ["Ann"]
    assert not [name for name in frame.columns if "avatar" in name or name.startswith("fields") or "self" in name]
    assert cells(result.children["fix_versions"], "parent_id") == ["AB-1"]


async def test_mcp_atlassians_issue_without_an_assignee_has_none(tmp_path: Path) -> None:
    issue = {
        "key": "AB-1",
        "assignee": {"display_name": "Unassigned"},
        "created": "2024-01-02 10:30:00 EST",
        "customfield_1": {"value": 3, "name": "Story Points"},
        "customfield_2": {"value": "x"},
    }

    result = await rows_of(
        tmp_path, {"total": -1, "start_at": -1, "issues": [issue]}, ask=ask("mcp-atlassian", "jira_search")
    )

    assert cells(result.df, "assignee_display_name") == [None]
    assert cells(result.df, "created") == ["2024-01-02 10:30:00 EST"]
    assert cells(result.df, "story_points") == [3]
    assert cells(result.df, "customfield_2") == ["x"]
    assert result.completeness.total is None


async def test_atlassians_server_that_sends_five_of_85_and_says_that_was_all_is_caught(tmp_path: Path) -> None:
    nodes = [{"key": f"AB-{number}", "fields": {}} for number in range(5)]
    lie = {"nodes": nodes, "pageInfo": {"hasNextPage": False}, "totalCount": 85, "remainingCount": 80}

    result = await rows_of(tmp_path, lie, ask=ask("atlassian", "searchJiraIssuesUsingJql", maxResults=100))
    unknown = await rows_of(tmp_path, {key: lie[key] for key in ("nodes", "pageInfo", "remainingCount")})

    assert result.completeness.line == "incomplete: 5 of 85 rows (the server counts 85 and sent 5)"
    assert unknown.completeness.state == "partial"
    assert unknown.completeness.reason == "pageInfo.hasNextPage is false, but remainingCount is 80"


@pytest.mark.parametrize(
    ("more", "count", "state", "reason"),
    [
        (True, 25, "partial", "hasMore is true, but no cursor came"),
        (None, 25, "partial", "the server stops at 25 rows; ask a narrower question for the rest"),
        (None, 24, "unknown", "the server does not say whether there are more"),
        (False, 25, "complete", ""),
    ],
)
async def test_sentrys_cap_without_a_cursor_is_told(
    more: bool | None, count: int, state: str, reason: str, tmp_path: Path
) -> None:
    projects = {"projects": [{"slug": f"p{number}"} for number in range(count)]}
    payload = projects if more is None else projects | {"hasMore": more}

    result = await rows_of(tmp_path, Reply(structured=payload), ask=ask("sentry", "find_projects"))

    assert (result.completeness.state, result.completeness.reason) == (state, reason)


class Search(Server):
    """A search that gives `cap` of `total` rows and is in error past them."""

    def __init__(self, total: int, cap: int) -> None:
        super().__init__([])
        self.total, self.cap = total, cap

    async def fetch(self, arguments: Mapping[str, Json]) -> Reply:
        self.asked.append(arguments)
        first, size = int(arguments.get("after", 0)), arguments["limit"]
        if first >= self.cap:
            raise AssertionError("asked past the cap")
        rows = [{"id": str(number), "properties": {}} for number in range(first, min(first + size, self.cap))]
        payload: dict[str, Json] = {"results": rows, "total": self.total}
        if first + size < self.total:
            payload["paging"] = {"next": {"after": str(first + size)}}
        return as_text(payload)


async def test_hubspots_search_ends_at_its_cap_and_says_so(tmp_path: Path) -> None:
    server = Search(12_000, 10_000)

    result = await gather(server.fetch, tmp_path, ask("hubspot", "hubspot-search-objects", objectType="deals"))

    assert len(server.asked) == 100
    assert result.completeness.line == (
        "incomplete: 10,000 of 12,000 rows "
        "(the server gives no more than 10,000 rows for one question; ask a narrower one for the rest)"
    )


async def test_githubs_search_stops_before_the_page_that_is_an_error(tmp_path: Path) -> None:
    pages = [
        {"total_count": 5_000, "items": [{"number": page * 100 + row, "id": 1} for row in range(100)]}
        for page in range(10)
    ]
    server = Server(pages)

    result = await gather(server.fetch, tmp_path, ask("github", "search_issues", query="x"))

    assert [each.get("page") for each in server.asked] == [None, *range(2, 11)]
    assert result.rows == 1_000
    assert result.completeness.state == "partial"


async def test_pages_by_number_that_shrink_on_the_way_are_suspicious(tmp_path: Path) -> None:
    sizes = (100, 30, 30, 0)
    pages = [[{"sha": f"{page}-{row}"} for row in range(size)] for page, size in enumerate(sizes)]

    result = await rows_of(tmp_path, *pages, ask=ask("github", "list_commits"))
    calm = await rows_of(tmp_path, pages[0], pages[1], [], ask=ask("github", "list_commits"))

    assert result.completeness.state == "partial"
    assert result.completeness.reason.startswith("a page of 30 rows came after one of 100, and more followed")
    assert calm.complete


@needs_payloads
async def test_a_recorded_run_of_notion_is_the_whole_listing(tmp_path: Path) -> None:
    pages = [json.loads((PAYLOADS / f"notion/iterate_paginated_api.{n}.json").read_text("utf-8")) for n in (1, 2, 3, 4)]
    known = ask("notion", "API-get-block-children", block_id="b", page_size=2)
    server = Server(pages[1:])

    stitched = await gather(server.fetch, tmp_path, known)
    whole = await rows_of(tmp_path, pages[0], ask=known)

    assert [each.get("start_cursor") for each in server.asked] == [None, *(page["next_cursor"] for page in pages[1:3])]
    assert stitched.completeness.line == "complete: 5 rows in 3 pages"
    shared = [name for name in whole.df.columns if name in stitched.df.columns]
    pd.testing.assert_frame_equal(stitched.df[shared], whole.df[shared])
    assert shared == list(whole.df.columns)


PROPERTIES: dict[str, Json] = {
    "Name": {"id": "title", "type": "title", "title": [{"plain_text": "A "}, {"plain_text": "page"}]},
    "Notes": {"type": "rich_text", "rich_text": []},
    "Score": {"type": "number", "number": 3},
    "Stage": {"type": "status", "status": {"id": "s", "name": "Done", "color": "red"}},
    "Size": {"type": "select", "select": None},
    "Tags": {"type": "multi_select", "multi_select": [{"name": "a, b"}, {"name": "c"}]},
    "Who": {
        "type": "people",
        "people": [{"object": "user", "id": "u1", "name": "Ann"}, {"object": "user", "id": "u2"}],
    },
    "Due": {"type": "date", "date": {"start": "2026-05-01", "end": None, "time_zone": None}},
    "Done": {"type": "checkbox", "checkbox": True},
    "Sum": {"type": "formula", "formula": {"type": "number", "number": 7.5}},
    "Count": {"type": "rollup", "rollup": {"type": "array", "array": [{"type": "number", "number": 1}]}},
    "Key": {"type": "unique_id", "unique_id": {"prefix": "T", "number": 4}},
    "New": {"type": "unheard_of", "unheard_of": {"x": 1}},
}


async def test_notions_typed_properties_become_plain_columns(tmp_path: Path) -> None:
    page = {"object": "page", "id": "p1", "created_by": {"object": "user", "id": "u1"}, "properties": PROPERTIES}

    frame = await frame_of(tmp_path, {"results": [page], "has_more": False}, ask("notion", "API-query-data-source"))

    row = frame.iloc[0]
    assert plain(frame)
    assert (row["name"], row["notes"], row["score"], row["stage"]) == ("A page", "", 3, "Done")
    assert (json.loads(row["tags"]), json.loads(row["who"])) == (["a, b", "c"], ["Ann", "u2"])
    assert (row["due_start"], bool(row["done"]), row["sum"]) == (pd.Timestamp("2026-05-01"), True, 7.5)
    assert (row["count"], row["key"], row["new_x"], row["created_by"]) == ("[1]", "T-4", 1, "u1")
    assert pd.isna(row["due_start_time"])


async def test_asanas_custom_fields_become_plain_columns(tmp_path: Path) -> None:
    fields = [
        {"gid": "1", "name": "Cost", "resource_subtype": "number", "number_value": 12.5, "display_value": "12.5"},
        {"gid": "2", "name": "Stage", "type": "enum", "enum_value": {"gid": "9", "name": "Open"}},
        {"gid": "3", "name": "When", "type": "date", "date_value": {"date": "2026-01-02", "date_time": None}},
        {"gid": "4", "name": "Areas", "type": "multi_enum", "multi_enum_values": [{"name": "x"}, {"name": "y"}]},
        {"gid": "5", "name": "Cost", "type": "text", "text_value": None, "display_value": None},
    ]
    task = {"gid": "120412345678901234567", "resource_type": "task", "custom_fields": fields, "due_on": "2026-01-03"}

    frame = await frame_of(tmp_path, {"data": [task], "next_page": None}, ask("asana", "get_tasks"))

    assert plain(frame)
    assert cells(frame, "gid") == ["120412345678901234567"]
    assert cells(frame, "custom_fields_cost") == [12.5]
    assert cells(frame, "custom_fields_stage") == ["Open"]
    assert cells(frame, "custom_fields_areas") == ['["x","y"]']
    assert dtypes(frame)["due_on"] == DAY


@pytest.mark.parametrize(
    ("count", "state"), [(100, "partial"), (99, "unknown")], ids=["as many as there ever are", "fewer"]
)
async def test_asanas_search_has_no_pages_and_a_cap(count: int, state: str, tmp_path: Path) -> None:
    tasks = [{"gid": str(number)} for number in range(count)]

    result = await rows_of(tmp_path, {"data": tasks}, ask=ask("asana", "search_tasks"))

    assert result.completeness.state == state


SLACK = """msgID,userID,userUser,realName,channelID,ThreadTs,text,time,reactions,botName,fileCount,attachmentIDs,hasMedia,cursor
1512085950.000216,U1,ann,Ann,C1,,"hi, all",2017-11-30T23:52:30Z,,,0,,false,
1512085951.000001,U2,bob,Bob,C1,1512085950.000216,yes,2017-11-30T23:52:31Z,,,0,,false,{cursor}
"""


async def test_slacks_ts_stays_an_id_and_is_a_time_as_well(tmp_path: Path) -> None:
    first = Reply(texts=(SLACK.format(cursor="abc"),))
    last = Reply(texts=(SLACK.format(cursor="").replace(".0002", ".0003").replace("51.", "52."),))
    server = Server([first, last])

    result = await gather(server.fetch, tmp_path, ask("slack", "conversations_history", channel_id="#a"))

    assert [each.get("cursor") for each in server.asked] == [None, "abc"]
    assert result.complete
    frame = result.df
    assert cells(frame, "msg_id")[:2] == ["1512085950.000216", "1512085951.000001"]
    assert frame["msg_id_time"].iloc[0] == pd.Timestamp("2017-11-30T23:52:30.000216Z")
    assert cells(frame, "thread_ts")[:2] == [None, "1512085950.000216"]
    assert dtypes(frame)["thread_ts_time"] == dtypes(frame)["time"] == INSTANT
    assert "cursor" not in frame.columns


async def test_the_start_of_an_event_is_a_day_or_an_instant(tmp_path: Path) -> None:
    google: list[Json] = [
        {"id": "1", "iCalUID": "u", "start": {"date": "2026-05-01"}, "end": {"date": "2026-05-02"}},
        {"id": "2", "iCalUID": "v", "start": {"dateTime": "2026-05-01T23:30:00-07:00", "timeZone": "America/Boise"}},
    ]
    outlook: list[Json] = [
        {"id": "1", "start": {"dateTime": "2026-05-01T10:00:00.0000000", "timeZone": "UTC"}},
    ]

    frame = await frame_of(tmp_path, {"items": google}, ask("google-calendar", "list_events"))
    graph = await frame_of(tmp_path, {"value": outlook}, ask("ms-365", "list-calendar-events"))

    assert [str(day.date()) for day in frame["start"]] == ["2026-05-01", "2026-05-01"]
    assert cells(frame, "start_time") == [None, pd.Timestamp("2026-05-02T06:30:00Z")]
    assert cells(graph, "start_time") == [pd.Timestamp("2026-05-01T10:00:00Z")]


async def test_a_time_in_a_zone_that_only_has_a_name_stays_text(tmp_path: Path) -> None:
    event = {"id": "1", "start": {"dateTime": "2026-05-01T10:00:00.0000000", "timeZone": "Pacific Standard Time"}}

    frame = await frame_of(tmp_path, {"value": [event]}, ask("outlook", "list-calendar-events"))

    assert cells(frame, "start") == ["2026-05-01T10:00:00.0000000 Pacific Standard Time"]


async def test_graphs_next_link_goes_back_as_it_came(tmp_path: Path) -> None:
    link = "https://graph.microsoft.com/v1.0/me/messages?$skiptoken=abc"
    server = Server([{"value": [{"id": "1"}], "@odata.nextLink": link}, {"value": [{"id": "2"}]}])

    result = await gather(server.fetch, tmp_path, ask("outlook", "list-mail-messages"))

    assert server.asked[1]["skiptoken"] == link
    assert result.complete


async def test_ids_beyond_two_to_the_53_stay_exact_beside_a_null(tmp_path: Path) -> None:
    ticket = {"id": 9007199254740993, "assignee_id": 9007199254740995, "created_at": "2026-01-01T00:00:00Z"}
    payload = {"tickets": [ticket, {"id": 9007199254740997, "assignee_id": None}], "has_more": False}

    frame = await frame_of(tmp_path, payload, ask("zendesk", "get_tickets"))

    assert cells(frame, "id") == [9007199254740993, 9007199254740997]
    assert cells(frame, "assignee_id") == [9007199254740995, None]


async def test_linears_flag_beats_the_cursor_it_keeps(tmp_path: Path) -> None:
    issue = {"id": "AB-1", "title": "x", "priority": {"value": 2, "name": "High"}, "labels": ["Bug"], "dueDate": None}

    result = await rows_of(
        tmp_path, {"issues": [issue], "hasNextPage": False, "cursor": "stale"}, ask=ask("linear", "list_issues")
    )

    assert result.complete
    assert cells(result.df, "priority_name") == ["High"]
    assert cells(result.df, "labels") == ['["Bug"]']
    assert dtypes(result.df)["due_date"] == DAY


async def test_mondays_columns_are_the_items_own(tmp_path: Path) -> None:
    items = [{"id": "1", "name": "x", "column_values": {"status": "Done", "people": {"ids": [1]}}, "subitems": []}]
    pages = [
        {"board": {"id": "b"}, "items": items, "pagination": {"has_more": True, "nextCursor": "c", "count": 1}},
        {"board": {"id": "b"}, "items": [{"id": "2", "name": "y"}], "pagination": {"has_more": False}},
    ]
    server = Server(pages)

    result = await gather(server.fetch, tmp_path, ask("monday", "get_board_items_page", boardId=1))

    assert server.asked[1]["cursor"] == "c"
    assert cells(result.df, "status") == ["Done", None]
    assert plain(result.df)


async def test_intercoms_seconds_and_parts(tmp_path: Path) -> None:
    part = {"type": "conversation_part", "id": "9", "created_at": 1663597223, "body": "<p>hi</p>"}
    talk = {
        "type": "conversation",
        "id": "1",
        "created_at": 1663597223,
        "waiting_since": None,
        "conversation_parts": {"type": "conversation_part.list", "conversation_parts": [part], "total_count": 1},
    }
    payload = {"type": "conversation.list", "pages": {"type": "pages"}, "total_count": 1, "conversations": [talk]}

    result = await rows_of(tmp_path, payload, ask=ask("intercom", "search_conversations"))

    assert result.complete
    assert cells(result.df, "created_at") == [pd.Timestamp("2022-09-19T14:20:23Z")]
    assert cells(result.children["parts"], "body") == ["<p>hi</p>"]


async def test_paypals_decimal_texts_are_numbers(tmp_path: Path) -> None:
    info = {
        "transaction_id": "5TY",
        "transaction_status": "S",
        "transaction_initiation_date": "2014-07-11T04:03:52+0000",
        "transaction_amount": {"currency_code": "JPY", "value": "-465"},
        "fee_amount": {"currency_code": "USD", "value": "-13.79"},
    }
    payload = {"transaction_details": [{"transaction_info": info}], "page": 1, "total_items": 1, "total_pages": 1}

    result = await rows_of(tmp_path, payload, ask=ask("paypal", "list_transactions"))

    assert result.complete
    assert result.df.iloc[0][["transaction_amount_value", "fee_amount_value"]].tolist() == [-465.0, -13.79]
    assert cells(result.df, "transaction_initiation_date") == [pd.Timestamp("2014-07-11T04:03:52Z")]


async def test_squares_cursor_goes_inside_the_request(tmp_path: Path) -> None:
    server = Server([{"payments": [{"id": "a"}], "cursor": "c1"}, {"payments": [{"id": "b"}]}])
    known = ask("square", "make_api_request", service="payments", method="list", request={"limit": 1})

    result = await gather(server.fetch, tmp_path, known)

    assert server.asked[1]["request"] == {"limit": 1, "cursor": "c1"}
    assert result.complete


@pytest.mark.parametrize(
    ("connector", "tool", "payload"),
    [
        ("salesforce", "run_soql_query", [{"message": "No such column", "errorCode": "INVALID_FIELD"}]),
        ("github", "list_commits", {"message": "Not Found", "documentation_url": "https://docs.github.com"}),
        ("atlassian", "searchJiraIssuesUsingJql", {"errorMessages": ["bad JQL"], "errors": {}}),
        ("paypal", "list_invoices", {"name": "INVALID", "message": "no", "debug_id": "1"}),
        ("notion", "API-post-search", {"status": "error", "message": "no"}),
        ("slack", "slack_list_channels", {"ok": False, "error": "ratelimited"}),
        ("stripe", "list_payment_intents", "Failed to list payment intents"),
        ("intercom", "search_contacts", {"type": "error.list", "errors": [{"code": "x", "message": "no"}]}),
        ("hubspot", "hubspot-list-objects", {"status": "error", "correlationId": "c", "message": "no"}),
        ("square", "make_api_request", {"errors": [{"detail": "no"}]}),
    ],
)
async def test_an_error_that_comes_as_data_is_an_error(
    connector: str, tool: str, payload: Json, tmp_path: Path
) -> None:
    known = shape_for(connector, tool)

    with pytest.raises(ToolFailed):
        await rows_of(tmp_path, payload, ask=Ask(connector=connector, tool=tool, shape=known))


class Salesforce:
    """The DX server's tool over a table: it runs the query it is given, once, and gives at most `most` records."""

    def __init__(self, count: int, most: int = 2_000) -> None:
        self._most = most
        self._table = sqlite3.connect(":memory:")
        self._table.row_factory = sqlite3.Row
        self._table.execute("CREATE TABLE Account (Id TEXT, Name TEXT, Amount REAL)")
        rows = [(f"001{number:012d}", f"O'Hara {number}", number % 7) for number in range(count)]
        self._table.executemany("INSERT INTO Account VALUES (?, ?, ?)", rows[::-1])
        self.asked: list[str] = []

    async def fetch(self, arguments: Mapping[str, Json]) -> Reply:
        self.asked.append(arguments["query"])
        found = [dict(row) for row in self._table.execute(arguments["query"].replace("\\'", "''"))]
        records = [{"attributes": {"type": "Account", "url": "/x"}, **row} for row in found[: self._most]]
        body = {"totalSize": len(found), "done": len(found) <= self._most, "records": records}
        return Reply(texts=("SOQL query results:\n\n" + json.dumps(body, indent=2),))


def soql(query: str, bound: Bound | None = None) -> Ask:
    return ask("salesforce", "run_soql_query", bound, query=query, usernameOrAlias="me")


def numbers(result: Result) -> list[Any]:
    return [int(each[3:]) for each in cells(result.df, "id")]


@pytest.mark.parametrize("most", [2_000, 500], ids=["full batches", "batches that shrink"])
async def test_salesforces_tool_is_paged_through_its_query(most: int, tmp_path: Path) -> None:
    server = Salesforce(4_500, most)

    result = await gather(server.fetch, tmp_path, soql("SELECT Id, Name FROM Account"))

    assert numbers(result) == list(range(4_500))
    assert result.complete
    assert result.completeness.evidence.startswith("key-set paging by Id: the last query asked for 2,000 rows and got")
    assert server.asked[0] == "SELECT Id, Name FROM Account ORDER BY Id LIMIT 2000"
    assert server.asked[1].endswith(f"WHERE Id > '001{most - 1:012d}' ORDER BY Id LIMIT 2000")


async def test_the_rules_of_a_query_hold_on_every_page(tmp_path: Path) -> None:
    server = Salesforce(6_000)

    result = await gather(
        server.fetch,
        tmp_path,
        soql("select Name from Account where Amount > 3 and (Name != 'order by' or Name like '%x%')"),
    )

    assert numbers(result) == [number for number in range(6_000) if number % 7 > 3]
    assert cells(result.df, "name")[0] == "O'Hara 4"
    assert result.complete


async def test_a_query_with_an_order_of_its_own_is_sent_as_it_is_and_its_loss_told(tmp_path: Path) -> None:
    server = Salesforce(2_500)
    query = "SELECT Id FROM Account ORDER BY Name"

    result = await gather(server.fetch, tmp_path, soql(query))

    assert server.asked == [query]
    assert result.completeness.line == (
        "incomplete: 2,000 of 2,500 rows (the server counts 2,500 and sent 2,000; done is false, "
        "but the tool has no next page, and a query with an order, a limit or groups of its own has no key-set pages)"
    )


async def test_a_bound_is_the_limit_of_the_query(tmp_path: Path) -> None:
    server = Salesforce(50)

    result = await gather(server.fetch, tmp_path, soql("SELECT Id FROM Account", Bound(limit=10)))

    assert server.asked == ["SELECT Id FROM Account ORDER BY Id LIMIT 10"]
    assert result.rows == 10
    assert result.completeness.reason == "limit=10"


async def test_an_id_that_is_none_is_never_put_into_a_query(tmp_path: Path) -> None:
    evil = {"totalSize": 1, "done": False, "records": [{"Id": "1' OR Id > '"}]}

    result = await rows_of(tmp_path, evil, ask=soql("SELECT Id FROM Account"))

    assert result.completeness.state == "partial"
    assert "no Id to go on from" in result.completeness.reason


def record(kind: str, **fields: Json) -> Json:
    return {"attributes": {"type": kind, "url": f"/services/data/v65.0/sobjects/{kind}/x"}, **fields}


def listing(*records: Json, done: bool = True) -> Json:
    body: dict[str, Json] = {"totalSize": len(records) + (not done) * 300, "done": done, "records": list(records)}
    return body if done else body | {"nextRecordsUrl": "/services/data/v65.0/query/01g-200"}


NESTED = "SELECT Name, Owner.Manager.Name, (SELECT LastName FROM Contacts), (SELECT Id FROM Plots__r) FROM Account"


async def test_salesforces_child_relationships_are_tables_whatever_their_names(tmp_path: Path) -> None:
    owner = record("User", Name="Ann", Manager=record("User", Name="Bob"))
    contacts = [
        record("Contact", Id="003A", LastName="One", Account=record("Account", Name="First"), CreatedDate=JIRAS_TIME),
        record("Contact", Id="003B", LastName="Two", Account=None, CreatedDate=None),
    ]
    plots = listing(record("Plot__c", Id="a01A", Crops__r=listing(record("Crop__c", Name="Rye")), Size__c=2.5))
    rows = [
        record("Account", Id="001A", Name="None yet", Contacts=None, Plots__r=None, Owner=owner),
        record("Account", Id="001B", Name="First", Contacts=listing(*contacts), Plots__r=plots, Owner=owner),
    ]

    result = await rows_of(tmp_path, listing(*rows), ask=soql(NESTED))

    assert list(result.df.columns[-1:]) == ["owner_manager_name"]
    assert cells(result.df, "owner_manager_name") == ["Bob", "Bob"]
    assert set(result.children) == {"contacts", "plots_r", "plots_r_crops_r"}
    people = result.children["contacts"]
    assert list(people.columns) == ["parent_id", "pos", "id", "last_name", "account_name", "created_date"]
    assert cells(people, "parent_id") == ["001B", "001B"]
    assert cells(people, "account_name") == ["First", None]
    assert cells(people, "created_date") == [pd.Timestamp("2015-12-02T07:39:15Z"), None]
    assert cells(result.children["plots_r"], "size_c") == [2.5]
    assert cells(result.children["plots_r_crops_r"], "parent_id") == ["a01A"]
    every = [*result.df.columns, *(name for each in result.children.values() for name in each.columns)]
    assert not [name for name in every if "attributes" in name or "total_size" in name or name.endswith("done")]
    assert people.attrs["connector"]["complete"] is True


async def test_a_child_relationship_salesforce_cut_is_told_on_the_result_and_on_its_table(tmp_path: Path) -> None:
    cut = listing(record("Contact", Id="003A"), done=False)
    rows = [record("Account", Id="001A", Contacts=cut), record("Account", Id="001B", Contacts=listing())]

    result = await rows_of(tmp_path, listing(*rows), ask=soql("SELECT (SELECT Id FROM Contacts) FROM Account"))

    assert "contacts: the server sent only the first contacts of some rows (1)" in result.notes
    told = result.children["contacts"].attrs["connector"]
    assert told["complete"] is False
    assert told["completeness"] == "incomplete: 1 of ? rows (the server cut the lists of 1 row)"


async def test_child_rows_of_a_record_without_an_id_say_so(tmp_path: Path) -> None:
    rows = [record("Account", Name="x", Contacts=listing(record("Contact", Id="003A")))]
    query = "SELECT Name, (SELECT Id FROM Contacts) FROM Account ORDER BY Name"

    result = await rows_of(tmp_path, listing(*rows), ask=soql(query))

    assert "contacts: rows whose parent_id is null, for the record came without its Id (1)" in result.notes


@pytest.mark.parametrize("pages", [1, 2], ids=["one page", "a page for each row"])
async def test_a_relationship_is_the_same_table_however_rows_fall_into_pages(pages: int, tmp_path: Path) -> None:
    rows = [
        record("Account", Id="001000000000001", Contacts=None),
        record("Account", Id="001000000000002", Contacts=listing(record("Contact", Id="003A"))),
    ]
    size = len(rows) // pages
    parts = [rows[at : at + size] for at in range(0, len(rows), size)]
    replies = [{**listing(*part), "done": part is parts[-1]} for part in parts]

    result = await rows_of(tmp_path, *replies, ask=soql("SELECT (SELECT Id FROM Contacts) FROM Account"))

    assert list(result.df.columns)[:1] == ["id"]
    assert "contacts" not in result.df.columns
    assert cells(result.children["contacts"], "parent_id") == ["001000000000002"]


async def test_a_server_that_ignores_its_cursor_is_stopped(tmp_path: Path) -> None:
    page = {"data": [{"id": f"in_{number}"} for number in range(10)], "has_more": True}

    with pytest.raises(Incomplete) as caught:
        await rows_of(tmp_path, page, page, ask=ask("stripe", "list_invoices"))

    assert caught.value.partial is not None
    assert caught.value.partial.rows == 10
