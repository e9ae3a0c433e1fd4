"""What outlives a kernel: one SQLite file per user, shared by all kernels."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

_SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS connector (
    id TEXT PRIMARY KEY,
    entry TEXT NOT NULL          -- JSON of an Entry the person added; headers and variables by reference only
) STRICT;
CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,            -- ISO instant, UTC
    call_id TEXT NOT NULL,
    event TEXT NOT NULL,         -- 'opened' before the call, 'closed' after it
    record TEXT NOT NULL,        -- JSON
    previous TEXT NOT NULL,      -- hash of the row before: a chain
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS audit_call ON audit (call_id);
CREATE TRIGGER IF NOT EXISTS audit_keeps BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
"""


def default_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the state lives: `JUPYTER_CONNECTORS_DATA`, else a folder in Jupyter's data directory."""
    chosen = environment.get("JUPYTER_CONNECTORS_DATA")
    if chosen:
        return Path(chosen) / "state.sqlite"
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "jupyter-connectors" / "state.sqlite"


def open_store(path: Path) -> sqlite3.Connection:
    """A connection to the state in `path`, made if it is not there, readable by its owner only.

    Several kernels may hold one each (WAL); writers wait up to five seconds for each other.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Before SQLite makes it with the process's umask.
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path, timeout=5, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    with closing(connection.execute("PRAGMA user_version")) as cursor:
        found = cursor.fetchone()[0]
    if found < _SCHEMA_VERSION:
        connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {_SCHEMA_VERSION};COMMIT;")
    return connection
