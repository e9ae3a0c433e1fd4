"""The cases a trustworthy connector host survives, each played by a real server or a real file."""

from __future__ import annotations

from dataclasses import replace

from jupyter_connectors.entries import Entry

from ..conftest import hostile


def well_behaved() -> Entry:
    """A connector that must still work when the case is over."""
    return replace(hostile("well-behaved"), id="good", title="Good")
