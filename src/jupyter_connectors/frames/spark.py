"""Windows as a Spark frame, through Spark's Python Data Source API (PySpark 4, `pyspark.sql.datasource`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.frames.extras import missing
from jupyter_connectors.frames.workers import Load

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession


def need_spark() -> None:
    """Looks whether a Spark that has data sources in Python is there.

    Raises:
        UsageProblem: it is not.
    """
    if (reason := missing("pyarrow", "pyspark.sql.datasource")) is not None:
        problem = f"PySpark 4 is not installed: {reason}"
        raise UsageProblem(problem, hint="pip install 'jupyter-connectors[spark]'; it needs Java 17")


def as_spark(spark: SparkSession, load: Load, windows: int, label: str) -> DataFrame:
    """A Spark frame with one partition for each window."""
    from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

    # The handle travels inside the pickled class. An option would be shown in plans and in Spark's web pages.
    source = f"{label} {load.handle.listing}"
    schema = ", ".join(f"`{name}` {_type(dtype)}" for name, dtype in load.like.dtypes.items())

    class Reader(DataSourceReader):
        def partitions(self) -> list[InputPartition]:
            return [InputPartition(each) for each in range(windows)]

        def read(self, partition: InputPartition) -> Iterator[pyarrow.RecordBatch]:
            yield from batches(load, partition.value)

    class Source(DataSource):
        @classmethod
        def name(cls) -> str:
            return source

        def schema(self) -> str:
            return schema

        def reader(self, schema: Any) -> Reader:
            return Reader()

    spark.dataSource.register(Source)
    return spark.read.format(source).load()


def batches(load: Load, window: int) -> Iterator[pyarrow.RecordBatch]:
    """The rows of one window in Arrow's memory, which holds null and large whole numbers as they are."""
    import pyarrow

    kinds = {
        "bigint": pyarrow.int64(),
        "boolean": pyarrow.bool_(),
        "double": pyarrow.float64(),
        "timestamp": pyarrow.timestamp("us", tz="UTC"),
        "date": pyarrow.date32(),
        "string": pyarrow.string(),
    }
    schema = pyarrow.schema([(str(name), kinds[_type(dtype)]) for name, dtype in load.like.dtypes.items()])
    yield from pyarrow.Table.from_pandas(load(window), schema=schema, preserve_index=False).to_batches()


def _type(dtype: Any) -> str:
    """The Spark type of one of our dtypes. A naive time of ours is a calendar day."""
    name = str(dtype).lower()
    if name.startswith("datetime64"):
        return "timestamp" if "utc" in name else "date"
    return {"int64": "bigint", "bool": "boolean", "boolean": "boolean", "float64": "double"}.get(name, "string")
