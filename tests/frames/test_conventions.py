"""How vendors write values and the ends of their listings, each as its own documents say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from jupyter_connectors.frames.shapes import shape_for, shape_named
from jupyter_connectors.models import Bound, Json, Reply

from .support import INSTANT, Ask, Server, as_text, cells, dtypes, gather, rows_of

pytestmark = pytest.mark.anyio


def ask(connector: str, tool: str, **arguments: Json) -> Ask:
    known = shape_for(connector, tool, arguments)
    assert known is not None
    return Ask(connector=connector, tool=tool, arguments=arguments, bound=Bound(), shape=known)


ZERO = ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
THREE = ["bhd", "jod", "kwd", "omr", "tnd"]


@pytest.mark.parametrize("name", ["stripe.invoice", "acme-billing.invoice"])
async def test_every_currency_stripe_counts_otherwise_than_in_hundredths(name: str, tmp_path: Path) -> None:
    codes = [*ZERO, *THREE, "isk", "ugx", "huf", "usd"]
    rows = [{"id": f"in_{code}", "created": 0, "currency": code, "total": 123456} for code in codes]

    frame = (await rows_of(tmp_path, {"data": rows, "has_more": False}, ask=Ask(shape=shape_named(name)))).df

    totals = dict(zip(frame["currency"], frame["total"], strict=True))
    assert {totals[code] for code in ZERO} == {123456.0}
    assert {totals[code] for code in THREE} == {123.456}
    assert {totals[code] for code in ("isk", "ugx", "huf", "usd")} == {1234.56}
    assert set(frame["total_minor"]) == {123456}


async def test_stripes_decimal_texts_are_numbers_beside_the_minor_units_they_refine(tmp_path: Path) -> None:
    price = {
        "id": "price_1",
        "created": 0,
        "currency": "usd",
        "unit_amount": None,
        "unit_amount_decimal": "0.123456789012",
    }

    frame = (await rows_of(tmp_path, {"data": [price], "has_more": False}, ask=ask("stripe", "list_prices"))).df

    assert cells(frame, "unit_amount_decimal") == [0.123456789012]
    assert dtypes(frame)["unit_amount_minor"] == "Int64"


async def test_gmails_milliseconds_as_text_are_an_instant_and_its_estimate_is_no_total(tmp_path: Path) -> None:
    message = {
        "id": "18c",
        "threadId": "18c",
        "historyId": "77",
        "internalDate": "1663597223456",
        "labelIds": ["INBOX"],
    }
    page = {"messages": [message], "resultSizeEstimate": 201}

    result = await rows_of(tmp_path, page, ask=ask("gmail", "search_messages"))

    assert cells(result.df, "internal_date") == [pd.Timestamp("2022-09-19T14:20:23.456Z")]
    assert cells(result.df, "history_id") == ["77"]
    assert result.completeness.total is None
    assert result.complete


async def test_drives_whole_numbers_as_text_are_numbers_and_an_incomplete_search_is_told(tmp_path: Path) -> None:
    page = {"files": [{"id": "f", "quotaBytesUsed": "0", "size": "9007199254740993"}], "incompleteSearch": True}

    result = await rows_of(tmp_path, page, ask=ask("google-drive", "search_files"))

    assert cells(result.df, "quota_bytes_used") == [0]
    assert cells(result.df, "size") == [9007199254740993]
    assert result.completeness.line == "incomplete: 1 of ? rows (incompleteSearch is true)"


async def test_githubs_incomplete_search_is_told_though_its_count_fits(tmp_path: Path) -> None:
    page = {"total_count": 1, "incomplete_results": True, "items": [{"number": 1, "title": "x"}]}

    result = await rows_of(tmp_path, page, ask=ask("github", "search_issues", query="x"))

    assert result.completeness.line == "incomplete: 1 of 1 rows (incomplete_results is true)"


@pytest.mark.parametrize("last", [{"next_page": None}, {}], ids=["null", "left out"])
async def test_asanas_listing_ends_where_there_is_no_next_page(last: dict[str, Json], tmp_path: Path) -> None:
    first = {"data": [{"gid": "1"}], "next_page": {"offset": "e1", "path": "/tasks", "uri": "https://x.example"}}
    server = Server([first, {"data": [{"gid": "2"}], **last}])

    result = await gather(server.fetch, tmp_path, ask("asana", "get_tasks"))

    assert server.asked[1]["offset"] == "e1"
    assert result.completeness.line == "complete: 2 rows in 2 pages"


async def test_hubspots_listing_is_done_where_no_paging_is_said(tmp_path: Path) -> None:
    first = {"results": [{"id": "1", "properties": {}}], "paging": {"next": {"after": "1", "link": "x"}}}
    server = Server([first, {"results": [{"id": "2", "properties": {}}]}])

    result = await gather(server.fetch, tmp_path, ask("hubspot", "hubspot-list-objects", objectType="deals"))

    assert server.asked[1]["after"] == "1"
    assert result.completeness.line == "complete: 2 rows in 2 pages"


class Hosted(Server):
    """HubSpot's hosted search: a total, an offset, and no cursor."""

    async def fetch(self, arguments: Mapping[str, Json]) -> Reply:
        self.asked.append(arguments)
        first = arguments.get("offset", 0)
        rows = [{"id": str(number), "properties": {}} for number in range(first, min(first + 100, 250))]
        return as_text({"results": rows, "total": 250, "offset": first})


async def test_hubspots_hosted_search_is_followed_by_its_offset(tmp_path: Path) -> None:
    server = Hosted([])

    result = await gather(server.fetch, tmp_path, ask("hubspot", "search_crm_objects", objectType="deals"))

    assert [each.get("offset") for each in server.asked] == [None, 100, 200]
    assert result.completeness.line == "complete: 250 rows in 3 pages"
    assert result.completeness.evidence == "the server counts 250 rows"


async def test_intercoms_records_have_another_key_at_every_tool(tmp_path: Path) -> None:
    seconds = 1663597223
    for tool, key in (("search_tickets", "tickets"), ("list_contacts", "data"), ("list_companies", "data")):
        page = {"type": "list", key: [{"id": "1", "created_at": seconds}], "total_count": 1, "pages": {"next": None}}

        result = await rows_of(tmp_path, page, ask=ask("intercom", tool))

        assert result.complete
        assert cells(result.df, "created_at") == [pd.Timestamp("2022-09-19T14:20:23Z")]
        assert dtypes(result.df)["created_at"] == INSTANT
