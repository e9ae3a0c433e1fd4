from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from jupyter_connectors.audit import Audit, Closing, redacted
from jupyter_connectors.auditframe import audit_frame
from jupyter_connectors.calls import new_call
from jupyter_connectors.models import Tool
from jupyter_connectors.store import open_store

REFUND = Tool(connector="shop", name="create_refund")


@pytest.fixture
def store(tmp_path: Path):
    made = open_store(tmp_path / "deep" / "state.sqlite")
    yield made
    made.close()


def test_the_state_can_be_read_by_its_owner_only(tmp_path: Path, store: sqlite3.Connection) -> None:
    assert stat.S_IMODE((tmp_path / "deep" / "state.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700


def test_a_call_is_one_row_with_its_outcome_and_without_its_values(store: sqlite3.Connection) -> None:
    audit = Audit(store)
    call = new_call(REFUND, {"payment": "pi_123", "amount": 500})
    audit.opened(call, tool_class="write", decision="allowed: you", rule="it changes data")
    audit.closed(call, Closing(outcome="ok", seconds=0.5, rows=1, pages=1, complete=True))
    (row,) = audit.rows()
    assert (row["tool"], row["outcome"], row["rows"]) == ("create_refund", "ok", 1)
    assert row["arguments"] == {"payment": "text(6)", "amount": "number"}
    assert "pi_123" not in str(store.execute("SELECT * FROM audit").fetchall())


def test_a_call_whose_kernel_died_has_no_outcome(store: sqlite3.Connection) -> None:
    audit = Audit(store)
    audit.opened(new_call(REFUND, {}), tool_class="write", decision="allowed: you", rule="x")
    assert audit.rows()[0]["outcome"] is None


@pytest.mark.parametrize("change", ["UPDATE audit SET record = '{}'", "DELETE FROM audit"])
def test_the_log_refuses_to_be_changed(store: sqlite3.Connection, change: str) -> None:
    audit = Audit(store)
    audit.opened(new_call(REFUND, {}), tool_class="write", decision="x", rule="x")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store.execute(change)


def test_a_row_changed_behind_our_back_breaks_the_chain(store: sqlite3.Connection) -> None:
    audit = Audit(store)
    for _ in range(3):
        audit.opened(new_call(REFUND, {}), tool_class="write", decision="x", rule="x")
    assert audit.verify().whole
    store.execute("DROP TRIGGER audit_keeps")
    store.execute('UPDATE audit SET record = \'{"decision": "allowed"}\' WHERE seq = 2')
    found = audit.verify()
    assert (found.broken, found.at, found.last) == ("changed", 2, 1)


def test_two_kernels_write_one_chain(tmp_path: Path) -> None:
    stores = [open_store(tmp_path / "state.sqlite") for _ in range(2)]
    audits = [Audit(each) for each in stores]
    for turn in range(10):
        audits[turn % 2].opened(new_call(REFUND, {}), tool_class="write", decision="x", rule="x")
    assert audits[0].verify().whole
    assert len(audits[1].rows()) == 10
    for each in stores:
        each.close()


def test_the_log_as_a_frame_has_the_same_types_with_and_without_rows(store: sqlite3.Connection) -> None:
    audit = Audit(store)
    empty = audit_frame(audit.rows())
    call = new_call(REFUND, {})
    audit.opened(call, tool_class="write", decision="x", rule="x")
    filled = audit_frame(audit.rows())
    assert dict(empty.dtypes) == dict(filled.dtypes)
    assert str(filled["at"].dtype) == "datetime64[us, UTC]"
    assert str(filled["rows"].dtype) == "Int64"


def test_redaction_keeps_the_shape_only() -> None:
    assert redacted({"a": "secret", "b": [1, 2], "c": {"d": 1.5}, "e": None, "f": True}) == {
        "a": "text(6)",
        "b": "list(2)",
        "c": {"d": "number"},
        "e": None,
        "f": True,
    }
