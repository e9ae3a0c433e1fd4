"""A state of an earlier version is brought to this one; one of a later version is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from jupyter_connectors.audit import Audit
from jupyter_connectors.calls import new_call
from jupyter_connectors.directory.catalogue import Catalogue
from jupyter_connectors.errors import StateProblem
from jupyter_connectors.granting import Grants
from jupyter_connectors.models import Tool
from jupyter_connectors.store import open_store

VERSION_1 = """
CREATE TABLE connector (id TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT;
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, call_id TEXT NOT NULL, event TEXT NOT NULL, record TEXT NOT NULL,
    previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_call ON audit (call_id);
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
INSERT INTO connector VALUES ('mine', '{"id":"mine","summary":"x","url":"https://mine.example/mcp","headers":{}}');
INSERT INTO audit VALUES (1, '2026-11-18T12:00:00.000+00:00', 'c1', 'opened',
    '{"account":"","arguments":{},"asked_by":"person","class":"read","connector":"shop","decision":"allowed by rule",'
    || '"rule":"x","tool":"list"}', '0', 'h');
PRAGMA user_version = 1;
"""


def version_1(path: Path) -> Path:
    with sqlite3.connect(path) as old:
        old.executescript(VERSION_1)
    old.close()
    return path


def test_a_state_of_version_1_keeps_its_rows_and_takes_grants(tmp_path: Path) -> None:
    store = open_store(version_1(tmp_path / "state.sqlite"))
    assert Catalogue(store).find("mine").id == "mine"
    assert [row["tool"] for row in Audit(store).rows()] == ["list"]
    tool = Tool(connector="shop", name="create_refund")
    call = new_call(tool, {})
    Grants(store).allow(call, tool, "shop", lasting="always")
    store.close()
    again = open_store(tmp_path / "state.sqlite")
    assert Grants(again).covers(call, tool, "shop")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        again.execute("DELETE FROM audit")
    again.close()


def test_two_kernels_may_bring_it_up_at_once(tmp_path: Path) -> None:
    path = version_1(tmp_path / "state.sqlite")
    stores = [open_store(path) for _ in range(2)]
    assert [each.turn("consent") for each in stores] == [0, 0]
    for each in stores:
        each.close()


def test_a_state_of_a_newer_version_is_refused_in_two_lines_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(StateProblem, match="newer") as refused:
        open_store(path)
    assert str(refused.value).count("\n") == 1
    assert path.read_bytes() == before


def test_a_file_that_is_no_state_is_refused_in_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_text("not a database, but long enough to look like a file of some kind" * 100)
    with pytest.raises(StateProblem) as refused:
        open_store(path)
    assert str(refused.value).count("\n") == 1
