from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each session has its own log of calls."""
    monkeypatch.setenv("JUPYTER_CONNECTORS_DATA", str(tmp_path / "data"))
