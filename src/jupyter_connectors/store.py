"""What outlives a kernel: one SQLite file per user, shared by all kernels."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from jupyter_connectors.errors import StateProblem


def _counted(*tables: str) -> str:
    """Each change of these tables moves their turn, whichever kernel made it."""
    return "".join(
        f"""
INSERT OR IGNORE INTO turn VALUES ('{table}', 0);
CREATE TRIGGER IF NOT EXISTS {table}_{event} AFTER {event} ON {table}
    BEGIN UPDATE turn SET number = number + 1 WHERE name = '{table}'; END;
"""
        for table in tables
        for event in ("INSERT", "UPDATE", "DELETE")
    )


_FIRST = """
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

_SECOND = """
CREATE TABLE IF NOT EXISTS consent (
    id TEXT PRIMARY KEY,
    connector TEXT NOT NULL,     -- the name the person gave it
    identity TEXT NOT NULL,      -- the service that name stood for: Entry.identity
    account TEXT NOT NULL,
    tool TEXT NOT NULL,
    definition TEXT NOT NULL,    -- hash of the definition the person saw
    pattern TEXT NOT NULL,       -- JSON: bounds on the arguments
    expires_at TEXT,             -- ISO instant, UTC; NULL for none
    made_at TEXT NOT NULL,
    notebook TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS permission (
    notebook TEXT NOT NULL,      -- '' for every notebook of the person
    identity TEXT NOT NULL,
    kind TEXT NOT NULL,          -- 'tool', 'class' or 'all'
    name TEXT NOT NULL,
    setting TEXT NOT NULL,       -- 'allow', 'ask' or 'block'
    PRIMARY KEY (notebook, identity, kind, name)
) STRICT;
CREATE TABLE IF NOT EXISTS definition (
    identity TEXT NOT NULL,
    account TEXT NOT NULL,
    tool TEXT NOT NULL,          -- '' for the mark of a service that was met before
    hash TEXT NOT NULL,          -- of the accepted definition; '' where none was
    told TEXT NOT NULL,          -- JSON: what the server said then
    accepted_at TEXT,
    seen TEXT NOT NULL,          -- hash of what the server said last
    gone INTEGER NOT NULL,       -- 1 while the server does not list it
    PRIMARY KEY (identity, account, tool)
) STRICT;
CREATE TABLE IF NOT EXISTS turn (
    name TEXT PRIMARY KEY,       -- a table above, or an account somebody signed out of
    number INTEGER NOT NULL      -- one more with each change of it, whoever made it
) STRICT;
""" + _counted("consent", "permission", "definition")

_THIRD = """
CREATE TABLE IF NOT EXISTS mode (
    notebook TEXT NOT NULL,      -- '' for kernels of no known notebook
    identity TEXT NOT NULL,      -- '' for the notebook as a whole, else Entry.identity of one service
    mode TEXT NOT NULL,          -- 'auto', 'always' or 'on-demand'
    PRIMARY KEY (notebook, identity)
) STRICT;
""" + _counted("mode")

_STEPS = (_FIRST, _SECOND, _THIRD)
"""What each version of the file adds to the one before."""


class Store(sqlite3.Connection):
    """The state, with a lock for its writers in this process. Used from any thread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lock = threading.RLock()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it is kept, or nothing. Other kernels wait."""
        with self.lock:
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.execute("COMMIT")
            except BaseException:  # a stop in the middle too: half a change is never kept
                self.execute("ROLLBACK")
                raise

    def turn(self, table: str) -> int:
        """A number that grows with every change of a table of consents, or each `move`, whichever kernel made it."""
        found = self.rows("SELECT number FROM turn WHERE name = ?", table)
        return int(found[0][0]) if found else 0

    def move(self, name: str) -> None:
        """Lets every kernel see that something of this name happened."""
        with self.writing():
            self.execute("INSERT INTO turn VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET number = number + 1", (name,))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds, outside of any transaction of another thread."""
        with self.lock:
            return self.execute(query, values).fetchall()


def default_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the state lives: `JUPYTER_CONNECTORS_DATA`, else a folder in Jupyter's data directory."""
    chosen = environment.get("JUPYTER_CONNECTORS_DATA")
    if chosen:
        return Path(chosen) / "state.sqlite"
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "jupyter-connectors" / "state.sqlite"


def open_store(path: Path) -> Store:
    """A connection to the state in `path`, made if it is not there, readable by its owner only.

    Several kernels may hold one each (WAL); writers wait up to five seconds for each other. A file of an older version
    is brought to this one.

    Raises:
        StateProblem: The file was written by a newer version, or is no state of ours.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Before SQLite makes it with the process's umask.
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    store = sqlite3.connect(path, timeout=5, check_same_thread=False, isolation_level=None, factory=Store)
    try:
        _prepare(store, path)
    except sqlite3.DatabaseError as error:
        store.close()
        problem, hint = f"the state in {path} cannot be used: {error}", "move the file away to start with an empty one"
    except StateProblem:
        store.close()
        raise
    else:
        return store
    raise StateProblem(problem, hint=hint)


def _prepare(store: Store, path: Path) -> None:
    with closing(store.execute("PRAGMA user_version")) as cursor:
        found = cursor.fetchone()[0]
    if found > len(_STEPS):
        raise StateProblem(
            f"the state in {path} was written by a newer jupyter-connectors (version {found}, this one knows {len(_STEPS)})",
            hint="update jupyter-connectors, or set JUPYTER_CONNECTORS_DATA to another folder",
        )
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = NORMAL")
    if found < len(_STEPS):
        # Each step can be repeated: another kernel may have taken it while this one waited for the lock.
        steps = "".join(_STEPS[found:])
        store.executescript(f"BEGIN IMMEDIATE;{steps}PRAGMA user_version = {len(_STEPS)};COMMIT;")
