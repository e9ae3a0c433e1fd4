"""What the audit log says of a call, what its chain proves, and the files an organisation has it written to."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_connectors.audit import Audit, Closing, Where
from jupyter_connectors.auditfile import AuditFile
from jupyter_connectors.auditframe import COLUMNS, audit_frame, touched_frame, verified
from jupyter_connectors.calls import new_call
from jupyter_connectors.chain import FIRST, hash_of, read_lines
from jupyter_connectors.errors import AuditProblem
from jupyter_connectors.models import Json, Tool
from jupyter_connectors.store import Store, open_store

REFUND = Tool(connector="acme-billing", name="create_refund")
LIST = Tool(connector="acme-billing", name="list_invoices")
HERE = Where(user="ada", notebook="reports/november.ipynb")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "state.sqlite")
    yield opened
    opened.close()


def record(audit: Audit, tool: Tool = LIST, *, rows: int = 3, kind: str = "read", **arguments: Json) -> None:
    call = new_call(tool, arguments)
    audit.opened(call, tool_class=kind, decision="allowed by rule", rule="a reviewed tool that only reads")
    audit.closed(call, Closing(outcome="ok", seconds=0.1, rows=rows, pages=1, complete=True, bytes=1200))


def tampered(store: Store, *statements: str) -> Audit:
    """The log after somebody with the file in hand wrote to it."""
    store.executescript("DROP TRIGGER audit_keeps; DROP TRIGGER audit_stays;")
    for each in statements:
        store.execute(each)
    return Audit(store)


def test_a_row_says_who_called_what_from_where_and_what_came(store: Store) -> None:
    audit = Audit(store, where=HERE)
    record(audit, customer="cus_1", amount=5)
    (row,) = audit.rows()
    assert (row["user"], row["notebook"], row["connector"], row["tool"]) == (
        "ada",
        "reports/november.ipynb",
        "acme-billing",
        "list_invoices",
    )
    assert row["arguments_hash"] == hashlib.sha256(b'{"amount":5,"customer":"cus_1"}').hexdigest()
    assert row["arguments"] == {"amount": "number", "customer": "text(5)"}
    assert (row["rows"], row["bytes"], row["outcome"], row["class"]) == (3, 1200, "ok", "read")
    assert list(audit_frame([row]).columns) == list(COLUMNS)


def test_where_a_kernel_runs_is_known_from_what_jupyter_tells_it() -> None:
    told = Where.here({"JUPYTERHUB_USER": "grace", "JPY_SESSION_NAME": "a/b.ipynb"})
    assert told == Where(user="grace", notebook="a/b.ipynb")
    assert Where.here({}).user


def test_records_of_the_first_version_are_read_and_verified_beside_new_ones(store: Store) -> None:
    old = '{"account":"","arguments":{},"asked_by":"person","class":"read","connector":"c","decision":"x","rule":"r","tool":"t"}'
    digest = hash_of(FIRST, "2026-01-01T00:00:00.000+00:00", "one", "opened", old)
    values = ("2026-01-01T00:00:00.000+00:00", "one", "opened", old, FIRST, digest)
    store.execute("INSERT INTO audit (at, call_id, event, record, previous, hash) VALUES (?, ?, ?, ?, ?, ?)", values)
    audit = Audit(store, where=HERE)
    record(audit)
    assert audit.verify().line.startswith("whole: 3 records, 1 to 3; head ")
    assert [row["user"] for row in audit.rows()] == ["ada", None]
    assert len(audit_frame(audit.rows())) == 2


def test_a_secret_in_the_name_of_an_argument_is_masked(store: Store) -> None:
    audit = Audit(store)
    key = "AKIA" + "Q" * 16
    audit.opened(new_call(LIST, {key: 1}), tool_class="read", decision="x", rule=f"because of {key}")
    assert key not in str(store.rows("SELECT * FROM audit"))


def test_arguments_without_end_leave_a_record_that_has_one(store: Store, tmp_path: Path) -> None:
    audit = Audit(store, files=(AuditFile(tmp_path / "log.jsonl"),))
    for _ in range(2):
        audit.opened(
            new_call(LIST, {f"argument_{n}": n for n in range(5_000)}), tool_class="read", decision="x", rule="y"
        )
    assert audit.rows()[0]["arguments"] == {"(too many to list)": "5000 arguments"}
    assert audit.verify(tmp_path / "log.jsonl").whole


@pytest.mark.parametrize(
    ("statements", "kind", "at", "last"),
    [
        (["UPDATE audit SET at = '2020' WHERE seq = 3"], "changed", 3, 2),
        (["UPDATE audit SET hash = '0' WHERE seq = 1"], "changed", 1, None),
        (["DELETE FROM audit WHERE seq = 3"], "removed", 4, 2),
        (["DELETE FROM audit WHERE seq <= 2"], "removed", 3, None),
    ],
)
def test_what_was_done_to_the_chain_is_told(
    store: Store, statements: list[str], kind: str, at: int, last: int | None
) -> None:
    audit = Audit(store)
    for _ in range(3):
        record(audit)
    found = tampered(store, *statements).verify()
    assert (found.broken, found.at, found.last) == (kind, at, last)
    assert found.line.startswith("BROKEN")


def test_a_record_put_in_with_a_fitting_hash_is_found(store: Store) -> None:
    audit = Audit(store)
    for _ in range(2):
        record(audit)
    before = store.rows("SELECT hash FROM audit WHERE seq = 2")[0][0]
    tampered(store, "UPDATE audit SET seq = -seq WHERE seq > 2", "UPDATE audit SET seq = 1 - seq WHERE seq < 0")
    forged = ("2026-01-01", "x", "opened", "{}", before, hash_of(before, "2026-01-01", "x", "opened", "{}"))
    store.execute("INSERT INTO audit VALUES (3, ?, ?, ?, ?, ?, ?)", forged)
    found = audit.verify()
    assert (found.broken, found.at, found.last) == ("inserted", 3, 2)


def test_a_record_rewritten_with_a_new_hash_is_found_at_the_next(store: Store) -> None:
    audit = Audit(store)
    for _ in range(2):
        record(audit)
    ((at, call, before),) = store.rows("SELECT at, call_id, previous FROM audit WHERE seq = 2")
    digest = hash_of(before, at, call, "closed", "{}")
    found = tampered(store, f"UPDATE audit SET record = '{{}}', hash = '{digest}' WHERE seq = 2").verify()
    assert (found.broken, found.at) == ("changed", 2)


def test_records_taken_off_the_end_show_only_against_a_head_that_was_kept(store: Store, tmp_path: Path) -> None:
    file = AuditFile(tmp_path / "log.jsonl")
    audit = Audit(store, where=HERE, files=(file,))
    for _ in range(3):
        record(audit)
    head = audit.verify().head
    assert audit.knows(head) and audit.missing(file.path) == 0
    shorter = tampered(store, "DELETE FROM audit WHERE seq > 4")
    assert shorter.verify().whole, "the chain alone cannot say"
    assert not shorter.knows(head)
    assert audit.missing(file.path) == 2
    assert "2 records of yours that your log has not" in verified(audit)


def test_the_log_can_be_exported_and_checked_by_anyone(store: Store, tmp_path: Path) -> None:
    audit = Audit(store, where=HERE)
    for _ in range(3):
        record(audit)
    assert audit.export(tmp_path / "log.jsonl") == 6
    lines = (tmp_path / "log.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["opened", "closed"] * 3
    assert audit.verify(tmp_path / "log.jsonl").head == audit.verify().head
    (tmp_path / "log.jsonl").write_text("\n".join([lines[0], *lines[2:]]))
    assert audit.verify(tmp_path / "log.jsonl").broken == "changed"
    with pytest.raises(AuditProblem, match="exists"):
        audit.export(tmp_path / "log.jsonl")
    with pytest.raises(AuditProblem, match="cannot be read"):
        audit.verify(tmp_path / "nowhere")


def test_what_a_notebook_touched_is_one_row_a_tool(store: Store) -> None:
    elsewhere = Audit(store, where=Where(user="ada", notebook="other.ipynb"))
    record(elsewhere)
    audit = Audit(store, where=HERE)
    record(audit, rows=3)
    refused = new_call(REFUND, {})
    audit.opened(refused, tool_class="write", decision="denied: you", rule="it changes data")
    audit.closed(refused, Closing(outcome="denied", seconds=0))
    record(audit, rows=4)
    frame = touched_frame(audit.rows(notebook="reports/november.ipynb"))
    assert list(frame["tool"]) == ["list_invoices", "create_refund"]
    assert list(frame["calls"]) == [2, 1] and list(frame["denied"]) == [0, 1] and list(frame["rows"]) == [7, 0]
    assert list(frame["outcome"]) == ["ok", "denied"]
    assert dict(touched_frame([]).dtypes) == dict(frame.dtypes)


def test_a_file_has_every_record_with_a_chain_of_its_own(store: Store, tmp_path: Path) -> None:
    file = AuditFile(tmp_path / "log.jsonl", required=True)
    audit = Audit(store, where=HERE, files=(file,))
    for _ in range(3):
        record(audit)
    told = [json.loads(link.record) for link in read_lines(file.path)]
    assert len(told) == 6 and {each["user"] for each in told} == {"ada"}
    assert told[-1]["row"] == audit.verify().head, "the file keeps the head of the log"
    assert audit.verify(file.path).whole
    assert file.path.stat().st_mode & 0o077 == 0
    lines = file.path.read_bytes().splitlines(keepends=True)
    file.path.write_bytes(b"".join([*lines[:2], lines[2].replace(b"read", b"sent"), *lines[3:]]))
    assert (audit.verify(file.path).broken, audit.verify(file.path).at) == ("changed", 3)


def test_a_line_cut_short_by_a_power_cut_is_told_and_the_log_goes_on(store: Store, tmp_path: Path) -> None:
    file = AuditFile(tmp_path / "log.jsonl")
    audit = Audit(store, files=(file,))
    record(audit)
    with file.path.open("ab") as cut:
        cut.write(b'{"at": "2026')
    record(audit)
    assert len(file.path.read_bytes().splitlines()) == 5
    assert (audit.verify(file.path).broken, audit.verify(file.path).at) == ("unreadable", 3)


WRITER = """
import sys
from pathlib import Path
from jupyter_connectors.auditfile import AuditFile
file = AuditFile(Path(sys.argv[1]))
for n in range(40):
    file.append(at="2026", call=f"{sys.argv[2]}-{n}", event="opened", record="{}")
"""


def test_processes_that_write_at_once_make_one_chain(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(n)]) for n in range(3)]
    assert [each.wait(60) for each in writers] == [0, 0, 0]
    found = Audit(store).verify(path)
    assert found.whole and found.records == 120


def unwritable(place: Path) -> list[Path]:
    """Places where no log can be kept."""
    (place / "folder").mkdir()
    (place / "real").write_text("")
    (place / "link").symlink_to(place / "real")
    os.mkfifo(place / "pipe")
    return [place / "nowhere" / "log.jsonl", place / "folder", place / "link", place / "pipe"]


@pytest.mark.parametrize("which", range(4), ids=["no folder", "a folder", "a link", "a pipe"])
def test_a_required_file_that_cannot_be_written_stops_the_call(store: Store, tmp_path: Path, which: int) -> None:
    path = unwritable(tmp_path)[which]
    audit = Audit(store, files=(AuditFile(path, required=True),))
    with pytest.raises(AuditProblem, match="nothing was sent") as caught:
        audit.opened(new_call(REFUND, {}), tool_class="write", decision="allowed: you", rule="x")
    assert str(caught.value).count("\n") == 1
    (row,) = audit.rows()
    assert row["outcome"] == "denied" and row["decision"].startswith("stopped: ")
    assert audit.verify().whole


def test_a_file_that_is_not_required_is_told_of_once(store: Store, tmp_path: Path) -> None:
    told: list[str] = []
    audit = Audit(store, files=(AuditFile(tmp_path / "nowhere" / "log.jsonl"),), warn=told.append)
    for _ in range(3):
        record(audit)
    assert len(told) == 1 and "cannot be written" in told[0]
    assert [row["outcome"] for row in audit.rows()] == ["ok"] * 3


def test_a_call_that_has_happened_keeps_its_result_whatever_becomes_of_the_file(store: Store, tmp_path: Path) -> None:
    told: list[str] = []
    folder = tmp_path / "logs"
    folder.mkdir()
    audit = Audit(store, files=(AuditFile(folder / "log.jsonl", required=True),), warn=told.append)
    call = new_call(REFUND, {})
    audit.opened(call, tool_class="write", decision="allowed: you", rule="x")
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()
    audit.closed(call, Closing(outcome="ok", seconds=0.1))
    assert len(told) == 1 and audit.rows()[0]["outcome"] == "ok"
    with pytest.raises(AuditProblem):
        audit.opened(new_call(REFUND, {}), tool_class="write", decision="allowed: you", rule="x")


def test_a_log_that_cannot_be_written_stops_the_call(store: Store) -> None:
    store.execute("DROP TABLE audit")
    with pytest.raises(AuditProblem, match="nothing is sent that is not recorded"):
        Audit(store).opened(new_call(REFUND, {}), tool_class="read", decision="x", rule="x")


def test_files_that_a_policy_no_longer_tells_of_are_written_on(store: Store, tmp_path: Path) -> None:
    readable = [True]

    def files() -> tuple[AuditFile, ...]:
        if not readable[0]:
            raise AuditProblem("the policy cannot be read", hint="x")
        return (AuditFile(tmp_path / "log.jsonl", required=True),)

    audit = Audit(store, files=files)
    record(audit)
    readable[0] = False
    record(audit)
    assert audit.verify(tmp_path / "log.jsonl").records == 4
