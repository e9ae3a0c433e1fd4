"""Whatever JSON a server sends, in whatever pages: nothing crashes, nothing changes, the split leaves no trace."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_connectors.frames.result import Result
from jupyter_connectors.models import Json

from .support import Ask, rows_of

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    st.sampled_from(
        ["", "2024-05-01", "2024-05-01T10:00:00Z", "2024-05-01 10:00:00+0200", "007", "1e5", "true", "null"]
    ),
)
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70), st.integers(-5, 5), st.sampled_from([2**53 + 1, 1_700_000_000, 1_700_000_000_000])
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, st.floats(allow_nan=False, allow_infinity=False), TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=6,
)
NAMES = st.one_of(st.sampled_from(["a", "b", "created_at", "Total", "a b", "a.b", "", "customer"]), TEXTS)
ROWS = st.lists(st.dictionaries(NAMES, VALUES, max_size=5), max_size=8)
FLAT = st.lists(st.dictionaries(st.sampled_from(["a", "b", "created_at", "total"]), SCALARS, max_size=4), max_size=8)
LEISURELY = settings(max_examples=60, deadline=None, database=None)


def pages_of(rows: list[dict[str, Json]], cuts: list[int]) -> list[Json]:
    """The rows in pages that end at the cuts; pages may be empty."""
    ends = [*sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    starts = [0, *ends[:-1]]
    last = len(ends) - 1
    return [
        {"items": rows[start:end], "has_more": number < last, "next_cursor": f"c{number}"}
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def result_of(rows: list[dict[str, Json]], cuts: list[int]) -> Result:
    with tempfile.TemporaryDirectory() as place:
        pages = pages_of(rows, cuts)
        result = asyncio.run(rows_of(Path(place), *pages, ask=Ask(parameters=["cursor"])))
        assert isinstance(result.df, pd.DataFrame)  # read while its files are there
        assert result.json == rows
        return result


@LEISURELY
@given(rows=ROWS, cuts=st.lists(st.integers(0, 8), max_size=4))
def test_rows_in_pages_are_the_frame_of_the_rows_in_one(rows: list[dict[str, Json]], cuts: list[int]) -> None:
    whole, split = result_of(rows, []), result_of(rows, cuts)

    pd.testing.assert_frame_equal(whole.df, split.df)
    assert len(split.df) == len(rows)
    assert split.complete


@LEISURELY
@given(rows=FLAT)
def test_no_value_changes_on_its_way_into_a_cell(rows: list[dict[str, Json]]) -> None:
    frame = result_of(rows, []).df

    for name in frame.columns:
        for row, cell in zip(rows, frame[name].tolist(), strict=True):
            assert same(row.get(str(name)), None if pd.isna(cell) else cell), (row, name, cell)


def same(sent: Json, cell: Any) -> bool:
    """Whether a cell still says what was sent: itself, the instant it names, or its JSON text."""
    if sent is None or cell is None:
        return sent is None and cell is None
    if isinstance(cell, pd.Timestamp):
        if isinstance(sent, str):
            return bool(cell == pd.Timestamp(sent))
        return bool(cell.timestamp() == sent or cell.timestamp() * 1000 == sent)
    if isinstance(sent, str):
        return bool(cell == sent)
    return bool(cell == sent if not isinstance(cell, str) else json.loads(cell) == sent)
