"""What a frame knows of itself: where it comes from, whether it is whole, its lists, its money."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.gathering import Gathering
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import shape_for
from jupyter_connectors.models import Bound, Json, ToolCall

from .support import INSTANT, TEXT_DTYPE, Ask, Server, cells, dtypes, gather, rows_of

pytestmark = pytest.mark.anyio


def invoice(number: int, currency: str | None = "usd", total: int | None = 100, **rest: Json) -> Json:
    lines = [{"id": f"il_{number}", "object": "line_item", "amount": total, "currency": currency, "quantity": 1}]
    return {
        "id": f"in_{number}",
        "object": "invoice",
        "created": 1700000000 + number,
        "currency": currency,
        "customer": f"cus_{number % 2}",
        "total": total,
        "lines": {"object": "list", "data": lines, "has_more": False, "url": "/v1"},
        "metadata": {"po": number},
    } | rest


async def invoices(place: Path, *rows: Json, more: bool = False, **options: Any) -> Result:
    known = shape_for("acme-billing", "list_invoices")
    bound = Bound(limit=len(rows)) if more else Bound()
    ask = Ask(connector="acme-billing", tool="list_invoices", shape=known, bound=bound)
    return await gather(Server([{"object": "list", "data": list(rows), "has_more": more}]).fetch, place, ask, **options)


async def test_provenance_and_verdict_survive_what_pandas_does(tmp_path: Path) -> None:
    frame = (await invoices(tmp_path, invoice(1), invoice(2), more=True)).df

    told = frame[frame["total"] > 0].assign(x=1).sort_values("id").copy().connector

    assert told.complete is False
    assert told.completeness == "incomplete: 2 of ? rows (limit=2)"
    assert json.loads(json.dumps(told.provenance)) == told.provenance
    assert (told.provenance["connector"], told.provenance["tool"]) == ("acme-billing", "list_invoices")


async def test_a_frame_of_ones_own_has_no_connector() -> None:
    assert not hasattr(pd.DataFrame({"a": [1]}), "connector")


async def test_lists_are_there_although_nobody_kept_the_result(tmp_path: Path) -> None:
    frame = (await invoices(tmp_path, invoice(1), invoice(2))).df.query("total > 0")
    gc.collect()

    lines = frame.connector.children["lines"]

    assert cells(lines, "parent_id") == ["in_1", "in_2"]
    assert lines.connector.provenance["list"] == "lines"


async def test_the_spool_goes_with_the_last_frame(tmp_path: Path) -> None:
    frame = (await invoices(tmp_path, invoice(1))).df
    part = frame.head(1).copy(deep=True)
    del frame
    gc.collect()
    assert list(tmp_path.iterdir())

    del part
    gc.collect()
    assert not list(tmp_path.iterdir())


async def test_a_pickled_frame_keeps_its_provenance_and_lets_go_of_the_rest(tmp_path: Path) -> None:
    frame = (await invoices(tmp_path, invoice(1))).df

    loaded = pickle.loads(pickle.dumps(frame))

    assert loaded.connector.provenance == frame.connector.provenance
    assert type(loaded.attrs["connector"]["call"]) is str
    assert copy.deepcopy(frame.attrs)["connector"]["call"] is frame.attrs["connector"]["call"]
    for ask in (lambda: loaded.connector.children, loaded.connector.refresh):
        with pytest.raises(UsageProblem, match="no longer knows its call"):
            ask()


async def test_refresh_is_the_same_call_once_more(tmp_path: Path) -> None:
    called: list[ToolCall] = []
    fresh = await invoices(tmp_path, invoice(7))

    def again(call: ToolCall, entry: str, held: Gathering | None) -> Result:
        called.append(call)
        assert held is None
        return fresh

    frame = (await invoices(tmp_path, invoice(1), again=again)).df

    assert cells(frame.head(0).connector.refresh(), "id") == ["in_7"]
    assert called[0].id != "call-1"
    assert (called[0].tool, called[0].arguments, called[0].asked_by) == ("list_invoices", {}, "person")


async def test_money_is_summed_by_currency_exactly(tmp_path: Path) -> None:
    rows = [
        invoice(1, "usd", 10),
        invoice(2, "usd", 20),
        invoice(3, "jpy", 500),
        invoice(4, "kwd", 1234),
        invoice(5, None, 1),
    ]

    sums = (await invoices(tmp_path, *rows)).df.connector.money()

    assert sums.loc["usd", ["total", "total_minor"]].tolist() == [0.3, 30]
    assert sums.loc["jpy", ["total", "total_minor"]].tolist() == [500.0, 500]
    assert sums.loc["kwd", ["total", "total_minor"]].tolist() == [1.234, 1234]
    assert sums["total_minor"].sum() == 10 + 20 + 500 + 1234 + 1
    assert sums.connector.complete is True


async def test_sums_by_anything_else_still_keep_currencies_apart(tmp_path: Path) -> None:
    rows = [invoice(1, "usd", 100), invoice(3, "eur", 100), invoice(2, "usd", 100)]

    sums = (await invoices(tmp_path, *rows)).df.connector.money(by="customer")

    assert sums.index.names == ["customer", "currency"]
    assert len(sums) == 3


async def test_money_says_what_it_lacks(tmp_path: Path) -> None:
    frame = (await invoices(tmp_path, invoice(1))).df

    with pytest.raises(UsageProblem, match="no column 'curency'"):
        frame.connector.money(by="curency")
    with pytest.raises(UsageProblem, match="no amounts"):
        frame[["id", "currency"]].connector.money()
    with pytest.raises(UsageProblem, match="no column of currencies"):
        frame[["id", "total", "total_minor"]].connector.money(by="id")


async def test_metadata_becomes_columns_on_request(tmp_path: Path) -> None:
    rows = [
        invoice(1, metadata={"po": "007", "paid_at": "2024-05-01T10:00:00Z", "n": 1}),
        invoice(2, metadata={}),
        invoice(3, metadata=None),
        invoice(4, metadata={"n": 2.5, "po": "x"}),
    ]
    result = await invoices(tmp_path, *rows)

    for frame in (result.expand("metadata"), result.df.connector.expand("metadata")):
        assert cells(frame, "metadata_po") == ["007", None, None, "x"]
        assert cells(frame, "metadata_n") == [1.0, None, None, 2.5]
        assert dtypes(frame)["metadata_paid_at"] == INSTANT
        assert "metadata" not in frame.columns
        assert list(frame.columns).index("metadata_po") == list(result.df.columns).index("metadata")
        assert frame.connector.complete is True


async def test_a_filtered_frame_expands_by_its_own_rows(tmp_path: Path) -> None:
    result = await invoices(tmp_path, *(invoice(number, metadata={"n": number}) for number in range(5)))

    frame = result.df.iloc[[4, 2]].connector.expand("metadata")

    assert list(frame.index) == [4, 2]
    assert cells(frame, "metadata_n") == [4, 2]


async def test_what_holds_no_objects_cannot_be_expanded(tmp_path: Path) -> None:
    result = await invoices(tmp_path, invoice(1))

    with pytest.raises(UsageProblem, match="which is no JSON object"):
        result.expand("id")
    with pytest.raises(UsageProblem, match="no column 'meta'"):
        result.expand("meta")


async def test_polars_gets_the_frame_as_it_is_now(tmp_path: Path) -> None:
    result = await invoices(tmp_path, invoice(1), invoice(2, total=None))

    frame = result.df.assign(twice=result.df["total"] * 2).query("id == 'in_2'").connector.to_polars()

    assert frame.shape == (1, len(result.df.columns) + 1)
    assert frame["total_minor"].to_list() == [None]
    assert frame.schema["created"] == pl.Datetime("us", "UTC")
    assert result.to_polars()["id"].to_list() == ["in_1", "in_2"]


async def test_numpy_has_plain_dtypes_and_changes_no_value(tmp_path: Path) -> None:
    result = await rows_of(
        tmp_path,
        [
            {"id": "a", "n": 1, "gap": 1, "big": 2**60 + 1, "flag": True, "maybe": False},
            {"id": "b", "n": 2, "gap": None, "big": None, "flag": True, "maybe": None},
        ],
    )

    frame = result.to_pandas(backend="numpy")

    kinds = dtypes(frame)
    assert (kinds["id"], kinds["n"], kinds["gap"], kinds["big"]) == ("object", "int64", "float64", "object")
    assert (kinds["flag"], kinds["maybe"]) == ("bool", "object")
    assert cells(frame, "big") == [2**60 + 1, None]
    assert frame.connector.complete == result.df.connector.complete
    assert dtypes(result.to_pandas())["id"] == TEXT_DTYPE


async def test_arrow_keeps_every_column(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    result = await invoices(tmp_path, invoice(1), invoice(2, total=None))

    frame = result.to_pandas(backend="pyarrow")

    assert set(map(type, frame.dtypes)) == {pd.ArrowDtype}
    assert dtypes(frame)["created"] == "timestamp[us, tz=UTC][pyarrow]"
    assert cells(frame, "total_minor") == [100, None]
    assert frame.connector.complete is True


async def test_what_is_not_installed_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await invoices(tmp_path, invoice(1))
    for name in ("pyarrow", "polars"):
        monkeypatch.setitem(sys.modules, name, None)  # as where it is not installed

    with pytest.raises(UsageProblem, match="pip install pyarrow"):
        result.to_pandas(backend="pyarrow")
    with pytest.raises(UsageProblem, match="pip install polars"):
        result.to_polars()
    with pytest.raises(UsageProblem, match="no backend 'arrow'"):
        result.to_pandas(backend="arrow")
