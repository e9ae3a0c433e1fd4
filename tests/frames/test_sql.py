"""SQL over frames, and what it cannot reach."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pandas as pd
import pytest

from jupyter_connectors.errors import TimedOut, UsageProblem
from jupyter_connectors.frames.sql import CUT, run_sql, run_sql_async

FRAMES = {
    "invoices": pd.DataFrame(
        {
            "id": ["a", "b", None],
            "n": pd.array([3, 1, None], dtype="Int64"),
            "paid": pd.array([True, None, False], dtype="boolean"),
            "at": pd.to_datetime(["2026-01-01", None, "2026-02-01"], utc=True),
            "tags": [["x"], None, ["y", "z"]],
        }
    )
}
ENDLESS = "SELECT count(*) FROM range(10000000000) a, range(1000) b"
secret_frame = pd.DataFrame({"password": ["hunter2"]})


def test_types_survive() -> None:
    kinds = run_sql("SELECT * FROM invoices ORDER BY n", FRAMES).dtypes.astype(str).to_dict()
    assert kinds == {"id": str(FRAMES["invoices"]["id"].dtype), "n": "Int64", "paid": "boolean",
                     "at": "datetime64[us, UTC]", "tags": "object"}  # fmt: skip


def test_a_sum_of_whole_numbers_is_a_whole_number() -> None:
    assert str(run_sql("SELECT sum(n) AS total FROM invoices", FRAMES)["total"].dtype) == "Int64"


def test_frames_join_by_name() -> None:
    frames = {"a": pd.DataFrame({"k": [1, 2]}), "b": pd.DataFrame({"k": [2, 3], "v": ["x", "y"]})}
    assert run_sql("SELECT v FROM a JOIN b USING (k)", frames)["v"].tolist() == ["x"]


def test_a_cut_result_says_so() -> None:
    frame = run_sql("SELECT * FROM range(50) ORDER BY 1 DESC", {}, row_limit=10)
    assert (len(frame), frame.attrs[CUT], frame.iloc[0, 0]) == (10, 10, 49)
    assert CUT not in run_sql("SELECT * FROM range(10)", {}, row_limit=10).attrs


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('{here}')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM sniff_csv('{here}')",
        "SELECT * FROM 'https://example.com/a.csv'",
        "SELECT * FROM secret_frame",
        "SELECT * FROM FRAMES",
        "INSTALL httpfs",
        "LOAD httpfs",
        "ATTACH '{here}'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "RESET memory_limit",
        "PRAGMA database_list",
        "COPY invoices TO '{here}.csv'",
        "EXPORT DATABASE '{here}'",
        "CREATE TABLE t AS SELECT 1",
        "DROP VIEW invoices",
        "INSERT INTO invoices VALUES (1)",
        "CALL pragma_version()",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY invoices TO '{here}.csv'",
        "EXPLAIN SELECT 1",
        "",
        "SELEKT",
        "SELECT nope FROM invoices",
        "SELECT 1 AS a, at AS b, at AS b FROM invoices",
    ],
)
def test_what_is_not_one_select_over_the_frames_is_refused(query: str, tmp_path: Path) -> None:
    here = tmp_path / "file"
    here.write_text("secret")
    with pytest.raises(UsageProblem) as refused:
        run_sql(query.format(here=here), FRAMES)
    assert "secret" not in str(refused.value).replace("secret_frame", "")
    assert refused.value.__context__ is None
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_query_that_takes_too_long_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(TimedOut):
        run_sql(ENDLESS, {}, timeout=0.3)
    assert time.monotonic() - began < 5


def test_a_query_that_needs_too_much_memory_is_stopped() -> None:
    with pytest.raises(UsageProblem, match="memory"):
        run_sql("SELECT string_agg(repeat('x', 1000000), '') FROM range(4000)", {}, timeout=60)


@pytest.mark.anyio
async def test_cancelling_stops_the_query() -> None:
    task = asyncio.create_task(run_sql_async(ENDLESS, {}))
    await asyncio.sleep(0)
    task.cancel()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 5
