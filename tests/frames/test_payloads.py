"""Replies that real services sent, or publish as their examples, become sensible frames."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_connectors.frames.shapes import shape_for
from jupyter_connectors.models import Json, Reply

from .support import DAY, INSTANT, PAYLOADS, TEXT_DTYPE, Ask, Server, cells, dtypes, gather, needs_payloads, rows_of

pytestmark = [pytest.mark.anyio, needs_payloads]


def recorded(path: str) -> Json:
    return json.loads((PAYLOADS / path).read_text("utf-8"))


def lists() -> list[str]:
    if not PAYLOADS.is_dir():
        return []
    return sorted(
        str(each.relative_to(PAYLOADS)) for each in PAYLOADS.glob("*/*.json") if each.name != "fixtures3.json"
    )


@pytest.mark.parametrize("path", lists())
async def test_every_recorded_reply_becomes_a_frame_with_each_record_as_a_row(path: str, tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(texts=((PAYLOADS / path).read_text("utf-8"),)))

    frame = result.df
    assert len(frame) == result.rows == len(result.json)
    assert len(set(frame.columns)) == len(frame.columns)
    assert dtypes(frame) == {each.name: each.dtype for each in result.schema()}
    assert all(str(kind) != "object" or TEXT_DTYPE == "object" for kind in frame.dtypes)


async def test_stripes_invoice_through_the_billing_shape(tmp_path: Path) -> None:
    known = shape_for("acme-billing", "list_invoices")
    payload = recorded("stripe/list_invoice.json")

    result = await rows_of(tmp_path, payload, ask=Ask(connector="acme-billing", shape=known))

    row = result.df.iloc[0]
    assert (row["id"], row["total"], row["total_minor"]) == ("in_1Pgc6tB7WZ01zgkWu9fdqL6I", 10.0, 1000)
    assert str(row["created"]) == "2009-02-13 23:31:30+00:00"
    assert dtypes(result.df)["status_transitions_paid_at"] == INSTANT
    assert len(result.children["lines"]) == len(payload["data"][0]["lines"]["data"])


async def test_githubs_issue_search(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, recorded("github/search__issues.default.json"))

    assert result.completeness.line == "incomplete: 1 of 280 rows (the server counts 280 and sent 1)"
    assert dtypes(result.df)["created_at"] == INSTANT
    assert dtypes(result.df)["id"] == "Int64"
    assert cells(result.df, "user_login") == ["Nick3C"]


async def test_salesforces_records_behind_a_sentence(tmp_path: Path) -> None:
    records = recorded("salesforce/dreamhouse_properties-data.json")["records"]
    body = {"totalSize": len(records), "done": True, "records": records}

    result = await rows_of(tmp_path, Reply(texts=("SOQL query results:\n\n" + json.dumps(body, indent=2),)))

    assert result.complete
    assert result.rows == len(records)
    assert "price_c" in result.df.columns


async def test_a_recorded_run_of_notion_is_followed_page_by_page(tmp_path: Path) -> None:
    pages = [recorded(f"notion/iterate_paginated_api.{number}.json") for number in (2, 3)]
    first = pages[0] | {"has_more": True, "next_cursor": "c-2"}
    other = pages[1] | {"results": [row | {"id": f"{row['id']}-2"} for row in pages[1]["results"]], "has_more": False}
    server = Server([first, other])

    result = await gather(server.fetch, tmp_path, Ask(parameters=["start_cursor"]))

    assert server.asked[1] == {"start_cursor": "c-2"}
    assert result.complete
    assert result.rows == len(first["results"]) + len(other["results"])


async def test_jiras_567_projects(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, recorded("jira/all_projects.json"))

    assert result.completeness.state == "unknown"
    assert len(result.df) == 567
    assert result.df["id"].iloc[0] == "10730"


async def test_hubspots_dates_and_empty_texts_stay_what_they_are(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, recorded("hubspot/mock_deals_data.json"))

    assert dtypes(result.df)["created_at"] in (INSTANT, DAY)
    assert dtypes(result.df)["properties_amount"] == TEXT_DTYPE
