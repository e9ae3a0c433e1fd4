from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from mcp.server.mcpserver import MCPServer

from jupyter_connectors.demo.billing import billing_server
from jupyter_connectors.demo.crm import crm_server
from jupyter_connectors.demo.database import Database

DAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the demo's rows that no test changes."""
    database = Database(tmp_path_factory.mktemp("seeded"), DAY)
    database.open()
    database.close()
    return database.path


@pytest.fixture(scope="session")
def rows(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The rows, for tests that only read."""
    folder = tmp_path_factory.mktemp("rows")
    shutil.copy(seeded, folder)
    database = Database(folder, DAY)
    yield database
    database.close()


@pytest.fixture(scope="session")
def billing(rows: Database) -> MCPServer[Database]:
    """acme-billing, for tests that only read."""
    return billing_server(rows)


@pytest.fixture(scope="session")
def crm(rows: Database) -> MCPServer[Database]:
    """acme-crm, for tests that only read."""
    return crm_server(rows)


@pytest.fixture
def cache(seeded: Path, tmp_path: Path) -> Path:
    """A cache folder of this test's own, with the day's rows already made."""
    shutil.copy(seeded, tmp_path)
    return tmp_path


@pytest.fixture
def own_rows(cache: Path) -> Iterator[Database]:
    """Rows of this test's own, to change."""
    database = Database(cache, DAY)
    yield database
    database.close()
