"""What a person holds after a call: frame, JSON, text, verdict, legend, Arrow."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import polars as pl
import pytest

from jupyter_connectors.errors import NotTabular
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import shape_for
from jupyter_connectors.models import Bound, Json, Reply

from .support import INSTANT, TEXT_DTYPE, Ask, cells, dtypes, rows_of

pytestmark = pytest.mark.anyio


def invoice(number: int, currency: str | None, total: int | None, **rest: Json) -> Json:
    lines = [
        {
            "id": f"il_{number}{at}",
            "object": "line_item",
            "amount": 150 * (at + 1),
            "currency": currency,
            "quantity": at + 1,
        }
        for at in range(2)
    ]
    return {
        "id": f"in_{number}",
        "object": "invoice",
        "created": 1700000000 + number,
        "currency": currency,
        "customer": "cus_1",
        "total": total,
        "lines": {"object": "list", "data": lines, "has_more": False, "url": "/v1"},
        "metadata": {"po": number},
    } | rest


async def invoices(place: Path, *rows: Json, more: bool = False, bound: Bound | None = None) -> Result:
    known = shape_for("acme-billing", "list_invoices")
    ask = Ask(connector="acme-billing", tool="list_invoices", shape=known, bound=bound or Bound())
    return await rows_of(place, {"object": "list", "data": list(rows), "has_more": more}, ask=ask)


async def test_money_is_major_units_exact_minor_units_and_the_currency(tmp_path: Path) -> None:
    amounts = [("usd", 123456), ("jpy", 5000), ("kwd", 9250), ("eur", 1), ("isk", 500), ("ugx", 500), ("KRW", 7)]

    result = await invoices(tmp_path, *(invoice(at, code, total) for at, (code, total) in enumerate(amounts)))

    assert cells(result.df, "total") == [1234.56, 5000.0, 9.25, 0.01, 5.0, 5.0, 7.0]
    assert cells(result.df, "total_minor") == [total for _, total in amounts]
    assert cells(result.df, "currency") == [code for code, _ in amounts]
    assert (dtypes(result.df)["total"], dtypes(result.df)["total_minor"]) == ("float64", "Int64")


async def test_an_amount_without_a_currency_keeps_only_its_minor_units(tmp_path: Path) -> None:
    result = await invoices(tmp_path, invoice(1, None, 100), invoice(2, "usd", None))

    assert cells(result.df, "total") == [None, None]
    assert cells(result.df, "total_minor") == [100, None]
    assert "total: amounts without a currency are only in total_minor (1)" in result.notes


async def test_minor_units_past_two_to_the_53_stay_exact(tmp_path: Path) -> None:
    result = await invoices(tmp_path, invoice(1, "usd", 2**53 + 1), invoice(2, "usd", None))

    assert cells(result.df, "total_minor") == [2**53 + 1, None]


async def test_lines_are_a_table_of_their_own_that_joins_by_parent_id(tmp_path: Path) -> None:
    result = await invoices(tmp_path, invoice(1, "usd", 450), invoice(2, "jpy", 450))

    lines = result.children["lines"]
    assert list(result.children) == ["lines"]
    assert list(lines.columns[:3]) == ["parent_id", "pos", "id"]
    assert cells(lines, "parent_id") == ["in_1", "in_1", "in_2", "in_2"]
    assert cells(lines, "pos") == [0, 1, 0, 1]
    assert cells(lines, "amount") == [1.5, 3.0, 150.0, 300.0]
    joined = lines.merge(result.df, left_on="parent_id", right_on="id", suffixes=("", "_invoice"))
    assert len(joined) == 4


async def test_an_expanded_customer_is_still_an_id(tmp_path: Path) -> None:
    whole = {"id": "cus_2", "object": "customer", "name": "Acme"}

    result = await invoices(tmp_path, invoice(1, "usd", 1), invoice(2, "usd", 1, customer=whole))

    assert cells(result.df, "customer") == ["cus_1", "cus_2"]
    assert result.json[1]["customer"] == whole


async def test_id_comes_first_and_noise_is_gone(tmp_path: Path) -> None:
    frame = (await invoices(tmp_path, invoice(1, "usd", 1, brand_new="x"))).to_pandas(columns="all")

    assert frame.columns[0] == "id"
    assert frame.columns[-1] == "brand_new"
    assert not {"object", "lines", "lines_url"} & set(frame.columns)
    assert cells(frame, "metadata") == ['{"po":1}']


async def test_provenance_survives_a_copy_and_is_plain_json(tmp_path: Path) -> None:
    result = await invoices(tmp_path, invoice(1, "usd", 1), invoice(2, "usd", 1), more=True, bound=Bound(limit=2))

    told = result.df.copy().query("total > 0").attrs["connector"]

    assert (
        json.loads(json.dumps(told))
        == told
        == {
            "connector": "acme-billing",
            "tool": "list_invoices",
            "call": "call-1",
            "fetched_at": "2026-11-18T12:00:00+00:00",
            "rows_fetched": 2,
            "pages": 1,
            "complete": False,
            "completeness": "incomplete: 2 of ? rows (limit=2)",
            "cursor": "in_2",
            "notes": [],
        }
    )


async def test_polars_reads_the_rows_without_pandas_or_pyarrow(tmp_path: Path) -> None:
    result = await invoices(tmp_path, invoice(1, "usd", 100), invoice(2, "jpy", None))

    frame = pl.DataFrame(result)

    assert frame.schema["created"] == pl.Datetime("us", "UTC")
    assert frame.schema["total_minor"] == pl.Int64
    assert frame["total"].to_list() == [1.0, None]
    assert frame.columns == list(result.to_pandas(columns="all").columns)


async def test_the_legend_names_dtype_and_meaning(tmp_path: Path) -> None:
    legend = {each.name: each for each in (await invoices(tmp_path, invoice(1, "usd", 100))).schema()}

    assert (legend["created"].dtype, legend["created"].meaning) == (INSTANT, "instant, UTC")
    assert legend["total"].meaning == "major units of its currency"
    assert legend["total_minor"].meaning == "exact, in minor units of its currency"
    assert (legend["metadata"].dtype.lower(), legend["metadata"].meaning) == (TEXT_DTYPE, "JSON text")


async def test_the_first_rows_come_without_the_rest(tmp_path: Path) -> None:
    result = await invoices(tmp_path, *(invoice(number, "usd", 1) for number in range(9)))

    assert cells(result.head(2), "id") == ["in_0", "in_1"]
    assert result.head(2).attrs == result.df.attrs


async def test_records_and_text_are_as_they_came(tmp_path: Path) -> None:
    rows = [invoice(1, "usd", 1), invoice(2, "usd", 1)]

    result = await invoices(tmp_path, *rows)

    assert result.json == rows
    assert json.loads(result.text)["data"] == rows


async def test_a_result_is_named_on_one_line(tmp_path: Path) -> None:
    result = await invoices(tmp_path, invoice(1, "usd", 1))

    assert repr(result) == "<Result acme-billing.list_invoices: complete: 1 row in 1 page>"
    assert repr(result.children) == "<children: lines>"


async def test_rows_without_fields_are_still_rows(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, [{}, {}])

    assert result.df.shape == (2, 0)


async def test_prose_has_no_legend_and_no_children(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(texts=("Done.",)))

    assert result.children == {}
    assert result.json == "Done."
    for ask in (result.schema, result.head, result.__arrow_c_stream__):
        with pytest.raises(NotTabular):
            ask()


async def test_files_live_as_long_as_the_result(tmp_path: Path) -> None:
    place = tmp_path / "it's [2024]*"
    result = await invoices(place, invoice(1, "usd", 1))

    assert cells(result.df, "id") == ["in_1"]
    held = list(place.iterdir())
    assert held
    assert all(each.stat().st_mode & 0o077 == 0 for each in held)

    del result
    gc.collect()
    assert list(place.iterdir()) == []
