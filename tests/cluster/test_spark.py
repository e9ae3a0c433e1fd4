"""Windows as a Spark frame, in a real local Spark."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .ledger import ROWS, YEAR, ledger

pytest.importorskip("pyspark", reason="PySpark is not installed here; `make spark` has it")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Spark needs Java 17 or later, and there is none here", allow_module_level=True)

# Starting a Java machine takes what it takes; the warnings are PySpark's own.
pytestmark = [pytest.mark.timeout(600), pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    building = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    building = building.config("spark.driver.host", "127.0.0.1").config(
        "spark.sql.session.timeZone", "America/New_York"
    )
    made = building.getOrCreate()
    yield made
    made.stop()


def test_a_spark_frame_has_every_row_its_instants_in_utc_and_exact_numbers(spark: Any, tmp_path: Path) -> None:
    with ledger(tmp_path) as on:
        windows = on.first.windows("created", "QS", **YEAR)
        frame = windows.to_spark(spark, ["id", "created", "serial", "paid", "total"])
        assert frame.rdd.getNumPartitions() == len(windows) == 4
        kinds = {each.name: (each.dataType.simpleString(), each.nullable) for each in frame.schema}
        assert kinds["serial"] == ("bigint", True)
        assert kinds["created"] == ("timestamp", True)
        table = frame.toArrow()
        assert str(table.schema.field("created").type) == "timestamp[us, tz=UTC]"
        whole = on.connector.list_invoices().df
        assert table.num_rows == len(whole) == ROWS
        rows = {row["id"]: row for row in table.to_pylist()}
        assert {each: row["created"] for each, row in rows.items()} == dict(
            zip(whole["id"], whole["created"], strict=True)
        )
        numbers = {each: None if row["serial"] is None else row["serial"] for each, row in rows.items()}
        assert numbers == {
            each: None if value is whole["serial"].dtype.na_value else value
            for each, value in zip(whole["id"], whole["serial"], strict=True)
        }


def test_a_window_that_is_not_whole_fails_the_spark_job_and_plans_show_no_secret(spark: Any, tmp_path: Path) -> None:
    with ledger(tmp_path, "cuts-march") as on:
        windows = on.first.windows("created", "MS", start="2026-02-01", end="2026-04-01")
        frame = windows.to_spark(spark)
        secret = windows._shared[0].handle.secret
        assert secret not in frame._jdf.queryExecution().toString()
        with pytest.raises(Exception, match="Incomplete"):
            frame.count()
