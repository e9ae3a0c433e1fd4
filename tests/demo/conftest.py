from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from jupyter_connectors.demo.database import Database

DAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the demo's rows that no test changes."""
    database = Database(tmp_path_factory.mktemp("seeded"), DAY)
    database.open()
    database.close()
    return database.path


@pytest.fixture
def cache(seeded: Path, tmp_path: Path) -> Path:
    """A cache folder of this test's own, with the day's rows already made."""
    shutil.copy(seeded, tmp_path / seeded.name)
    return tmp_path


@pytest.fixture
def rows(cache: Path) -> Iterator[Database]:
    database = Database(cache, DAY)
    yield database
    database.close()
