"""Whether all rows are there, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jupyter_connectors.models import Json
from jupyter_connectors.text import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """The verdict on one listing."""

    state: Literal["complete", "partial", "unknown"]
    rows: int
    pages: int
    total: int | None = None
    """How many rows there are by the server's own count."""

    evidence: str = ""
    """What the server said that proves the end."""

    reason: str = ""
    """Why it is not proven complete."""

    cursor: Json = None
    """Where the listing can go on, if it stopped between two pages."""

    @property
    def line(self) -> str:
        """One line for a person: `incomplete: 200 of 8,000 rows (page 2 failed: ...)`."""
        if self.state == "complete":
            return f"complete: {plural(self.rows, 'row')} in {plural(self.pages, 'page')}"
        if self.state == "partial":
            total = "?" if self.total is None else f"{self.total:,}"
            return f"incomplete: {self.rows:,} of {total} rows ({self.reason})"
        return f"unknown: {plural(self.rows, 'row')}, {self.reason}"
