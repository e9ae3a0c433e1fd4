from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_connectors.models import Entry, Launch

TODAY = "2026-11-18"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def own_places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every test run has its own state, cache and day, and never touches the person's."""
    places = tmp_path_factory.mktemp("places")
    before = dict(os.environ)
    os.environ["JUPYTER_CONNECTORS_DATA"] = str(places / "data")
    os.environ["JUPYTER_CONNECTORS_CACHE"] = str(places / "cache")
    os.environ["JUPYTER_CONNECTORS_TODAY"] = TODAY
    yield places
    os.environ.clear()
    os.environ.update(before)


def hostile(mode: str, **variables: str) -> Entry:
    """A connector whose server misbehaves as `mode` says (tests/servers/hostile.py)."""
    script = Path(__file__).parent / "servers" / "hostile.py"
    return Entry(
        id="hostile",
        title="Hostile",
        summary="misbehaves",
        category="test",
        target=Launch(command=sys.executable, args=(str(script), mode), env=variables),
    )
