"""The demo's SQLite file: one a day, made on first use, shared by every process of the user."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import platformdirs

from . import schema, seed_billing, seed_crm
from .moments import DAY, midnight

CACHE_VARIABLE = "JUPYTER_CONNECTORS_CACHE"
TODAY_VARIABLE = "JUPYTER_CONNECTORS_TODAY"


def cache_folder() -> Path:
    """Where the files lie: `$JUPYTER_CONNECTORS_CACHE`, else `demo` in the user's cache folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("jupyter-connectors")) / "demo"


def anchor_day() -> date:
    """The day the demo's data leads up to: `$JUPYTER_CONNECTORS_TODAY` (YYYY-MM-DD), else today in UTC.

    Raises:
        ValueError: The variable holds something else than a day.
    """
    pinned = os.environ.get(TODAY_VARIABLE)
    return date.fromisoformat(pinned) if pinned else datetime.now(UTC).date()


class Database:
    """The rows of one anchor day. Opened on first use, which takes some seconds on a day's first use."""

    def __init__(self, folder: Path, day: date) -> None:
        self.path = folder / f"demo-v{schema.VERSION}-{day.isoformat()}.sqlite"
        self.day = day
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def open(self) -> sqlite3.Connection:
        """The connection, the same one each time; makes the file first if there is none."""
        with self._lock:
            if self._connection is None:
                if not self.path.exists():
                    _make(self.path, self.day)
                self._connection = _connect(self.path)
            return self._connection

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        return self.open().execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        found = self.rows(sql, values)
        return found[0] if found else None

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from the start, so that what is read in it stays true."""
        connection = self.open()
        connection.execute("BEGIN IMMEDIATE")
        with ExitStack() as undo:
            undo.callback(connection.execute, "ROLLBACK")
            yield connection
            undo.pop_all()
        connection.execute("COMMIT")

    def now(self) -> int:
        """The present, in epoch seconds; on a pinned day, that day at the present time of day."""
        seconds = int(time.time())
        return midnight(self.day) + seconds % DAY if os.environ.get(TODAY_VARIABLE) else seconds

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _connect(path: Path) -> sqlite3.Connection:
    # mode=rw: a file that vanished in between is an error, not a fresh empty database. The connection may be opened
    # on a worker thread and is then used by the event loop's thread alone.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA busy_timeout=5000")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


def _make(path: Path, day: date) -> None:
    """Fills a file of our own and gives it its name at the end; the first of several processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    own.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(own, isolation_level=None)) as connection:
            _fill(connection, day)
        _publish(own, path)
    finally:
        own.unlink(missing_ok=True)
    _remove_older(path, day)


def _fill(connection: sqlite3.Connection, day: date) -> None:
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.executescript(f"BEGIN; {schema.TABLES}")

    def load(table: str, rows: list[dict[str, Any]]) -> None:
        names = list(rows[0])
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})"
        connection.executemany(sql, rows)

    seed_billing.seed(load, midnight(day))
    seed_crm.seed(load, midnight(day))
    connection.execute("COMMIT")
    connection.executescript(f"BEGIN; {schema.INDEXES} ANALYZE; COMMIT;")
    # Set here, while nobody else has the file: the mode stays with it, and changing it later can meet a lock.
    connection.execute("PRAGMA journal_mode=WAL")


def _publish(own: Path, path: Path) -> None:
    # A hard link never replaces a file. Replacing one would put the log of a process that has it open, and is already
    # writing, beside another database.
    try:
        os.link(own, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        own.replace(path)


def _remove_older(path: Path, day: date) -> None:
    for old in path.parent.glob("demo-v*-*.sqlite*"):
        written = old.name.split(".")[0].split("-", 2)[2]
        if written < day.isoformat():
            with suppress(OSError):  # another process holds it open; it goes tomorrow
                old.unlink()
