from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from jupyter_connectors.entries import Entry, Launch

from .servers.model import WIRE, scripted_model

TODAY = "2026-11-18"

# How long an example takes says more of the machine than of us; whole tests have a limit.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")


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


@pytest.fixture(scope="module")
def own_state(tmp_path_factory: pytest.TempPathFactory, own_places: Path) -> Iterator[None]:
    """A state of the module's own: what other modules have blocked or allowed is not there."""
    before = os.environ["JUPYTER_CONNECTORS_DATA"]
    os.environ["JUPYTER_CONNECTORS_DATA"] = str(tmp_path_factory.mktemp("state"))
    yield
    os.environ["JUPYTER_CONNECTORS_DATA"] = before


@pytest.fixture(scope="session")
def model_api() -> Iterator[str]:
    """The address of a scripted model API (tests/wire/server.mjs) that speaks Anthropic's and OpenAI's formats."""
    node = shutil.which("node")
    if node is None or not (WIRE / "node_modules").is_dir():
        reason = "needs Node and `npm ci` in tests/wire"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with scripted_model(node) as address:
        yield address


def tell(fifo: Path) -> None:
    """Lets the server that holds this FIFO, its HOSTILE_TELLS, say that its tools changed; an OSError where none does."""
    side = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    os.write(side, b"changed\n")
    os.close(side)


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
