"""A listing in windows of time: no row lost, none twice, and an error where that is not certain."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_connectors.errors import Incomplete, ReplyRejected, UsageProblem
from jupyter_connectors.frames.collect import collect
from jupyter_connectors.frames.forms import Rate, Shape, Window
from jupyter_connectors.frames.gathering import Gathering
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.spans import Span, at_once, edges, reach
from jupyter_connectors.frames.workers import conform
from jupyter_connectors.models import Bound, Json, Reply, Tool, ToolCall, canonical

from .support import NOON, TEXT_DTYPE, as_text, shape

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
STEP = timedelta(hours=6)
ROWS = 2480
"""From March 2025 to the morning of the day on which it is NOON."""

EVERY = [
    (moment, {"id": f"o{number}", "created": moment.isoformat(), "total": number})
    for number, moment in reversed([(each, FIRST + each * STEP) for each in range(ROWS)])
]
"""With its time, newest first."""

SHAPE = """
[pages.list]
cursor = "@last:id"
param = "after"
more = "more"
size = "limit"
max = 100
{cap}
[objects.order]
id = "id"
required = ["id", "created"]
[objects.order.columns]
id = "text"
created = "instant:iso"
total = "int"
[[tools]]
names = ["list_orders"]
object = "order"
records = "data"
pages = "list"
window = {{ {window} }}
"""
OPEN = 'column = "created", start = "since", end = "until"'
CLOSED = OPEN + ", closed = true"
BY_DAY = 'column = "created", start = "filter.from", end = "filter.to", unit = "date"'


def known(window: str = OPEN, cap: str = "") -> Shape:
    return shape(SHAPE.format(window=window, cap=cap))


@dataclass
class Orders:
    """A vendor with an order every six hours, newest first; what it was asked is kept."""

    place: Path
    shape: Shape
    zone: timedelta = timedelta(0)
    """How far its account's days are from UTC's."""

    strays: int = 0
    """So many rows too old come with each listing."""

    cap: int = 10**9
    touching: bool = False
    """A row that began within a day before the window comes too."""

    asked: list[Mapping[str, Json]] = field(default_factory=list)

    async def fetch(self, arguments: Mapping[str, Json]) -> Reply:
        self.asked.append(arguments)
        inside = [row for moment, row in EVERY if self._is_in(moment, arguments)][: self.cap]
        ids = [row["id"] for row in inside]
        begin = ids.index(arguments["after"]) + 1 if "after" in arguments else 0
        page = inside[begin : begin + arguments["limit"]]
        return as_text({"data": page, "more": begin + len(page) < len(inside)})

    def call(self, arguments: Mapping[str, Json] | None = None, bound: Bound | None = None) -> Result:
        asked = canonical(dict(arguments or {}))
        return self.again(
            ToolCall(id="1", connector="shop", tool="list_orders", arguments_json=asked, bound=bound or Bound())
        )

    def again(self, call: ToolCall, entry: str = "shop", held: Gathering | None = None) -> Result:
        names = ("since", "until", "filter", "limit", "after", "status")
        tool = Tool(connector="shop", name="list_orders", input_schema={"properties": {name: {} for name in names}})
        made = collect(
            call,
            tool,
            self.fetch,
            shape=self.shape,
            entry=entry,
            spool_dir=self.place,
            clock=lambda: NOON,
            again=self.again,
        )
        return asyncio.run(made)

    def _is_in(self, moment: datetime, arguments: Mapping[str, Any]) -> bool:
        if "filter" in arguments:
            day = (moment + self.zone).date().isoformat()
            return arguments["filter"].get("from", "0") <= day < arguments["filter"].get("to", "9")
        low, high = self._instant(arguments, "since"), self._instant(arguments, "until")
        if self.touching and low is not None:
            low -= timedelta(days=1)
        if low is not None and not low - self.strays * STEP <= moment:
            return False
        closed = self.shape.window is not None and self.shape.window.closed
        return high is None or moment < high or (moment == high and closed)

    def _instant(self, arguments: Mapping[str, Any], name: str) -> datetime | None:
        return datetime.fromisoformat(arguments[name]) if name in arguments else None


def of(windows: Any) -> pd.DataFrame:
    return pd.concat(list(windows.frames()), ignore_index=True)


def test_a_first_look_at_few_rows_gives_windows_of_the_whole_listing(tmp_path: Path) -> None:
    orders = Orders(tmp_path, known())
    windows = orders.call({"limit": 5}, Bound(limit=5)).windows("created", "MS")
    assert len(orders.asked) < 15, "the beginning is found with few calls of one row"
    frame = of(windows)
    assert len(frame) == frame["id"].nunique() == ROWS
    assert windows.spans[0] == Span(start=FIRST, end=datetime(2025, 4, 1, tzinfo=UTC))
    assert windows.spans[-1].end == windows.as_of == NOON
    assert {each["limit"] for each in orders.asked[-20:]} == {100}, "the limit was for the first look"
    assert repr(windows) == (
        "<Windows shop.list_orders: 21 windows of created (MS), 2025-03-01 to 2026-11-18T12:00:00Z,"
        " at most 2 asked for at a time>"
    )


def test_a_complete_result_knows_where_its_listing_begins(tmp_path: Path) -> None:
    orders = Orders(tmp_path, known())
    result = orders.call()
    asked = len(orders.asked)
    windows = result.windows("created", "QS")
    assert len(orders.asked) == asked
    assert windows.spans[0].start == FIRST
    assert len(of(windows)) == ROWS


def test_bounds_in_the_calls_arguments_are_those_of_the_windows(tmp_path: Path) -> None:
    orders = Orders(tmp_path, known())
    look = orders.call(
        {"since": "2026-01-05T00:00:00Z", "until": "2026-03-02T00:00:00Z", "status": "open"}, Bound(limit=3)
    )
    windows = look.windows("created", "MS")
    assert [str(each) for each in windows] == [
        "2026-01-05 to 2026-02-01",
        "2026-02-01 to 2026-03-01",
        "2026-03-01 to 2026-03-02",
    ]
    assert len(of(windows)) == 56 * 4
    assert {each["status"] for each in orders.asked} == {"open"}


@pytest.mark.parametrize("window", [OPEN, CLOSED])
def test_a_row_on_the_boundary_is_in_one_window_only(tmp_path: Path, window: str) -> None:
    orders = Orders(tmp_path, known(window))
    windows = orders.call().windows("created", "D", start="2026-01-01", end="2026-01-11")
    frames = list(windows.frames())
    assert [len(each) for each in frames] == [4] * 10
    assert [each["created"].min() for each in frames] == [pd.Timestamp(span.start) for span in windows]


@pytest.mark.parametrize("hours", [-8, 0, 13])
def test_days_of_the_vendors_own_time_zone_lose_no_row(tmp_path: Path, hours: int) -> None:
    orders = Orders(tmp_path, known(BY_DAY), zone=timedelta(hours=hours))
    windows = orders.call({"filter": {"state": "new"}}, Bound(limit=3)).windows(
        "created", "W", start="2026-01-01", end="2026-02-01T07:30:00"
    )
    frame = of(windows)
    assert len(frame) == frame["id"].nunique() == 31 * 4 + 2
    assert all(each["filter"]["state"] == "new" for each in orders.asked)
    assert len(of(orders.call({"filter": {}}, Bound(limit=3)).windows("created", "QS"))) == ROWS


def test_rows_that_only_reach_into_a_window_are_in_the_one_they_began_in(tmp_path: Path) -> None:
    orders = Orders(tmp_path, known(OPEN + ", touching = true"), touching=True)
    windows = orders.call({}, Bound(limit=3)).windows("created", "W", start="2026-01-01", end="2026-02-01")
    assert len(of(windows)) == 31 * 4


def test_a_server_that_does_not_keep_to_the_bounds_is_an_error(tmp_path: Path) -> None:
    orders = Orders(tmp_path, known(), strays=1)
    windows = orders.call({}, Bound(limit=3)).windows("created", "MS", start="2026-01-01", end="2026-02-01")
    with pytest.raises(ReplyRejected, match="2026-01-01 to 2026-02-01: 1 row of 125 came from outside the bounds"):
        of(windows)


def test_a_server_that_gives_the_same_rows_whatever_is_asked_is_an_error(tmp_path: Path) -> None:
    deaf = Orders(tmp_path, known('column = "created", start = "from", end = "to"'))
    with pytest.raises(Incomplete, match="where the listing begins cannot be found") as caught:
        deaf.call({}, Bound(limit=3)).windows("created", "MS")
    assert "start='2024-01-01'" in caught.value.hint
    with pytest.raises(ReplyRejected, match="came from outside the bounds"):
        of(deaf.call({}, Bound(limit=3)).windows("created", "MS", start="2026-01-01"))


def test_a_window_with_as_many_rows_as_the_server_ever_gives_is_an_error(tmp_path: Path) -> None:
    orders = Orders(tmp_path, known(cap="cap = 120"), cap=120)
    look = orders.call({}, Bound(limit=3))
    with pytest.raises(Incomplete, match="no more than 120 for one question") as caught:
        of(look.windows("created", "MS", start="2026-01-01", end="2026-02-01"))
    assert caught.value.hint == "choose smaller windows than 'MS'"
    assert len(of(look.windows("created", "W", start="2026-01-01", end="2026-02-01"))) == 31 * 4


def test_each_window_with_rows_becomes_a_parquet_file(tmp_path: Path) -> None:
    windows = (
        Orders(tmp_path, known())
        .call({}, Bound(limit=3))
        .windows("created", "MS", start="2025-01-01", end="2025-06-01")
    )
    folder = windows.to_parquet(tmp_path / "orders")
    assert sorted(each.name for each in folder.iterdir()) == [
        "2025-03-01.parquet",
        "2025-04-01.parquet",
        "2025-05-01.parquet",
    ]
    with pytest.raises(UsageProblem, match="is there and not empty"):
        windows.to_parquet(folder)


def test_what_cannot_be_cut_into_windows_says_why(tmp_path: Path) -> None:
    orders = Orders(tmp_path, known())
    look = orders.call({}, Bound(limit=3))
    for column, every, bounds, told in (
        ("total", "MS", {}, "windows of 'created', not of 'total'"),
        ("created", "fortnight", {}, "'fortnight' cannot cut"),
        ("created", "-1D", {}, "does not go forward"),
        ("created", "1s", {"start": "2025-01-01"}, "more than 10,000 windows"),
        ("created", "MS", {"start": "soon"}, "start='soon' is no instant"),
        ("created", "MS", {"start": "2026-02-01", "end": "2026-01-01"}, "not after their start"),
    ):
        with pytest.raises(UsageProblem, match=told):
            look.windows(column, every, **bounds)


def test_a_tool_whose_windows_are_not_known_says_what_to_do_instead(tmp_path: Path) -> None:
    text = SHAPE.format(window=OPEN, cap="")
    without = shape(text[: text.index("window")])
    with pytest.raises(UsageProblem, match="cannot be asked for windows of time") as caught:
        Orders(tmp_path, without).call({}, Bound(limit=3)).windows("created", "MS")
    assert "filter it with its own arguments" in caught.value.hint
    no_end = known('column = "created", start = "since"')
    with pytest.raises(UsageProblem, match="no argument for the end of a window"):
        Orders(tmp_path, no_end).call({}, Bound(limit=3)).windows("created", "MS")


def test_a_call_that_starts_midway_has_no_windows(tmp_path: Path) -> None:
    result = Orders(tmp_path, known()).call({"after": "o2000"}, Bound(limit=3))
    with pytest.raises(UsageProblem, match="was called with after=, so it starts in the midst"):
        result.windows("created", "MS")


@pytest.mark.skipif(importlib.util.find_spec("dask") is not None, reason="Dask is installed here")
def test_without_dask_it_says_how_to_get_it(tmp_path: Path) -> None:
    windows = Orders(tmp_path, known()).call({}, Bound(limit=3)).windows("created", "MS", start="2026-01-01")
    with pytest.raises(UsageProblem, match="Dask is not installed") as caught:
        windows.to_dask()
    assert caught.value.hint == "pip install 'jupyter-connectors[dask]'"


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is not None, reason="PySpark is installed here")
def test_without_spark_it_says_how_to_get_it(tmp_path: Path) -> None:
    windows = Orders(tmp_path, known()).call({}, Bound(limit=3)).windows("created", "MS", start="2026-01-01")
    with pytest.raises(UsageProblem, match="PySpark 4 is not installed"):
        windows.to_spark(None)


MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2030, 1, 1)).map(
    lambda m: m.replace(tzinfo=UTC)
)


@settings(deadline=None)
@given(
    start=MOMENTS,
    length=st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=900)),
    every=st.sampled_from(["MS", "ME", "W", "QS", "YS", "D", "6h", "36h", "2MS", "B"]),
)
def test_windows_meet_without_gap_or_overlap(start: datetime, length: timedelta, every: str) -> None:
    spans = edges(start, start + length, every)
    assert (spans[0].start, spans[-1].end) == (start, start + length)
    assert all(before.end == after.start for before, after in pairwise(spans))
    assert all(each.start < each.end for each in spans)


@settings(deadline=None)
@given(
    start=MOMENTS,
    length=st.timedeltas(min_value=timedelta(microseconds=1)),
    unit=st.sampled_from(["s", "ms", "iso", "date"]),
)
def test_what_is_asked_for_holds_the_window(start: datetime, length: timedelta, unit: Any) -> None:
    span = Span(start=start, end=start + min(length, timedelta(days=9000)))
    low, high = reach(span, Window(column="t", start="a", end="b", unit=unit))
    assert low <= span.start < span.end <= high


def test_how_many_at_a_time_follows_the_vendors_rate() -> None:
    rates = [None, Rate(per_second=0.2), Rate(per_second=0.8), Rate(per_second=3), Rate(per_second=25)]
    assert [at_once(rate) for rate in rates] == [2, 1, 1, 3, 4]


def test_a_frame_is_brought_to_the_dtypes_of_the_first_rows_or_refused() -> None:
    like = pd.DataFrame(
        {"n": pd.array([], "Int64"), "x": pd.array([], "float64"), "t": pd.Series([], dtype=TEXT_DTYPE)}
    )
    numbers = pd.DataFrame({"n": pd.array([1, None], "Int64"), "x": pd.array([2, 3], "Int64")})
    made = conform(numbers, like, strict=True)
    assert made.dtypes.to_dict() == like.dtypes.to_dict()
    assert made["x"].tolist() == [2.0, 3.0]
    assert made["t"].isna().all()
    with pytest.raises(ReplyRejected, match="'x' is Int64 in a window and float64"):
        conform(numbers.assign(x=pd.array([2**60 + 1, 0], "Int64")), like, strict=True)
    with pytest.raises(ReplyRejected, match="a column 'more'"):
        conform(numbers.assign(more=1), like, strict=True)
    required = pd.DataFrame({"n": pd.array([], "int64")})
    with pytest.raises(ReplyRejected, match="'n' is Int64 in a window and int64"):
        conform(numbers[["n"]], required, strict=True)
    with pytest.raises(ReplyRejected, match="'n' is missing"):
        conform(numbers[["x"]], required, strict=False)
