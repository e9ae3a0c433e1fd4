"""Where the rows of a result come from, as a frame has it in `attrs` and a file in its metadata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_connectors.frames.parts import Link, Parts
from jupyter_connectors.models import Json

if TYPE_CHECKING:
    import pandas as pd

_MOST_NOTES = 40


def provenance_of(parts: Parts, notes: Sequence[str]) -> dict[str, Json]:
    """Where the rows come from and whether they are all there, as flat JSON."""
    verdict, call = parts.completeness, parts.source.call
    return {
        "connector": call.connector,
        "tool": call.tool,
        "call": call.id,
        "fetched_at": parts.fetched_at,
        "rows_fetched": verdict.rows,
        "pages": verdict.pages,
        "complete": {"complete": True, "partial": False}.get(verdict.state),
        "completeness": verdict.line,
        "cursor": verdict.cursor,
        "notes": list(notes),
    }


def with_provenance(frame: pd.DataFrame, parts: Parts, notes: Sequence[str]) -> pd.DataFrame:
    """The frame itself, told where its rows come from."""
    import jupyter_connectors.frames.accessor  # noqa: F401 - it gives frames their `.connector`

    # Flat and JSON only: pandas copies attrs with every operation and Parquet writers refuse anything else.
    frame.attrs["connector"] = {**provenance_of(parts, notes), "call": Link.to(parts)}
    return frame


def first_notes(notes: Sequence[str]) -> tuple[str, ...]:
    """As many notes as somebody reads, and how many more there are."""
    more = len(notes) - _MOST_NOTES
    return tuple(notes if more <= 0 else [*notes[:_MOST_NOTES], f"and {more} more notes"])
