"""What the benchmarks share: places of their own, spreads, a table."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TODAY = "2026-11-18"
"""The day the demo's data leads up to, so that every run reads the same rows."""


@contextmanager
def own_places() -> Iterator[Path]:
    """A folder of this run alone, and state, cache and day of the demo set to it. Never touches the person's."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="jc-bench-") as name:
        place = Path(name)
        os.environ["JUPYTER_CONNECTORS_DATA"] = str(place / "data")
        os.environ["JUPYTER_CONNECTORS_CACHE"] = str(place / "cache")
        os.environ["JUPYTER_CONNECTORS_TODAY"] = TODAY
        try:
            yield place
        finally:
            os.environ.clear()
            os.environ.update(before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The middle and the slow end of some measurements, in the unit they came in."""

    median: float
    p90: float


def spread(values: Iterable[float]) -> Spread:
    """Median and 90th percentile."""
    found = sorted(values)
    return Spread(median=statistics.median(found), p90=found[min(len(found) - 1, round(0.9 * (len(found) - 1)))])


def print_table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A title and aligned columns, the first to the left and the others to the right."""
    lines = [list(head), *([*row, *[""] * (len(head) - len(row))] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    print(title)
    for line in lines:
        first, *rest = (
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  " + "  ".join([first, *rest]).rstrip())
