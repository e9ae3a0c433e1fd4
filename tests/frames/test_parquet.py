"""Rows leave the spool as Parquet, whole or in folders, with their provenance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jupyter_connectors.errors import NotTabular, UsageProblem
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import shape_for
from jupyter_connectors.models import Reply

from .support import Ask, rows_of

pytestmark = pytest.mark.anyio

JUNE, JULY = 1_717_200_000, 1_719_792_000  # the first of June and July 2024, midnight UTC


async def invoices(place: Path, *created: int) -> Result:
    rows = [
        {"id": f"in_{at}", "object": "invoice", "created": when, "status": "open", "currency": "usd", "total": at}
        for at, when in enumerate(created)
    ]
    ask = Ask(connector="acme-billing", tool="list_invoices", shape=shape_for("acme-billing", "list_invoices"))
    return await rows_of(place, {"object": "list", "data": rows, "has_more": False}, ask=ask)


def read(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.sql(query).fetchall()


async def test_a_file_has_every_row_with_its_type(tmp_path: Path) -> None:
    result = await invoices(tmp_path / "spool", JUNE, JULY)

    path = result.to_parquet(tmp_path / "invoices.parquet")

    assert path == tmp_path / "invoices.parquet"
    assert read(f"SELECT id, strftime(created, '%d.%m.%y'), total, total_minor FROM '{path}'") == [
        ("in_0", "01.06.24", 0.0, 0),
        ("in_1", "01.07.24", 0.01, 1),
    ]
    types = {name: kind for name, kind, *_ in read(f"DESCRIBE SELECT * FROM '{path}'")}
    assert types["created"] == "TIMESTAMP WITH TIME ZONE"
    assert types["total_minor"] == "BIGINT"
    assert list(types) == list(result.to_pandas(columns="all").columns)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["invoices.parquet", "spool"]


async def test_provenance_is_where_pandas_looks_for_it(tmp_path: Path) -> None:
    result = await invoices(tmp_path / "spool", JUNE)

    for path, file in (
        (result.to_parquet(tmp_path / "one.parquet"), "one.parquet"),
        (result.to_parquet(tmp_path / "many", partition_by="month"), "many/*/*.parquet"),
    ):
        assert path.exists()
        (told,) = {
            value
            for _, value in read(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{tmp_path / file}')")
        }
        assert json.loads(told) == {"connector": {**result.provenance(), "notes": []}}


async def test_a_month_is_a_folder(tmp_path: Path) -> None:
    result = await invoices(tmp_path / "spool", JUNE - 1, JUNE, JULY - 1, JULY)

    path = result.to_parquet(tmp_path / "by-month", partition_by="month")

    assert sorted(each.name for each in path.iterdir()) == ["month=2024-05", "month=2024-06", "month=2024-07"]
    rows = read(f"SELECT month, id FROM read_parquet('{path}/*/*.parquet', hive_partitioning = true) ORDER BY id")
    assert [str(month)[:7] for month, _ in rows] == ["2024-05", "2024-06", "2024-06", "2024-07"]


async def test_columns_and_periods_nest(tmp_path: Path) -> None:
    result = await invoices(tmp_path / "spool", JUNE, JULY)

    path = result.to_parquet(tmp_path / "nested", partition_by=["status", "year"], on="created")

    assert [str(each.relative_to(path)) for each in path.glob("*/*")] == ["status=open/year=2024"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"partition_by": "mont"}, "no column 'mont'"),
        ({"partition_by": "month", "on": "status"}, "'status' is no column of instants or dates"),
    ],
)
async def test_what_cannot_be_a_folder_is_said(tmp_path: Path, options: dict[str, Any], problem: str) -> None:
    result = await invoices(tmp_path / "spool", JUNE)

    with pytest.raises(UsageProblem, match=problem):
        result.to_parquet(tmp_path / "out", **options)

    assert not (tmp_path / "out").exists()


async def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    result = await invoices(tmp_path / "spool", JUNE)
    kept = tmp_path / "out" / "mine.txt"
    kept.parent.mkdir()
    kept.write_text("mine")

    for options in ({"partition_by": "month"}, {}):
        with pytest.raises(UsageProblem):
            result.to_parquet(tmp_path / "out", **options)

    assert kept.read_text() == "mine"


async def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "it's here" / "invoices.parquet"
    path.parent.mkdir()
    path.write_text("old")
    result = await invoices(tmp_path / "spool", JUNE)

    result.to_parquet(path)

    assert read(f"SELECT count(*) FROM '{str(path).replace(chr(39), chr(39) * 2)}'") == [(1,)]
    assert [each.name for each in path.parent.iterdir()] == ["invoices.parquet"]
    assert all(each.suffix == ".ndjson" for each in (tmp_path / "spool").iterdir())


async def test_prose_is_no_file(tmp_path: Path) -> None:
    result = await rows_of(tmp_path, Reply(texts=("Done.",)))

    with pytest.raises(NotTabular):
        result.to_parquet(tmp_path / "out.parquet")


async def test_the_stream_of_rows_is_read_batch_by_batch(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    result = await invoices(tmp_path, *range(JUNE, JUNE + 5_000))

    frame = polars.DataFrame(result)

    assert frame["created"].dt.epoch("s").to_list() == list(range(JUNE, JUNE + 5_000))
