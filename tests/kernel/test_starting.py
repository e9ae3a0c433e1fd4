"""In a kernel: what runs on this machine is shown and asked first, and the audit log answers from the notebook."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .driving import Cell, Kernel

SERVER = "jupyter_connectors.demo.billing"
VARIABLES = " ".join(f"--env {each}=env:{each}" for each in ("JUPYTER_CONNECTORS_CACHE", "JUPYTER_CONNECTORS_TODAY"))


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    made = Kernel("python3", JPY_SESSION_NAME="reports/november.ipynb")
    assert made.run("%load_ext jupyter_connectors").error is None
    yield made
    made.close()


def answered(kernel: Kernel, code: str, answer: str) -> Cell:
    number, cell = kernel.start(code, allow_stdin=True)
    assert "Start it" in kernel.ask_for_input(30)
    kernel.type(answer)
    return kernel.follow(number, cell)


def test_case_64_a_command_is_shown_in_full_and_a_no_runs_nothing(kernel: Kernel, tmp_path: Path) -> None:
    made = tmp_path / "made"
    long = "x" * 3_000
    cell = answered(kernel, f"%connect --command \"sh -c 'sudo true; touch {made} {long}'\" --name mine", "n")
    assert cell.error is not None and cell.error["ename"] == "Denied"
    assert f"'sudo true; touch {made} {long}'" in cell.streams
    assert (
        "/sh" in cell.streams and "a shell runs it" in cell.streams and "more rights than yours (sudo)" in cell.streams
    )
    assert not made.exists()


def test_case_64_a_command_is_asked_about_once_and_another_one_again(kernel: Kernel) -> None:
    connect = f'%connect --command "{sys.executable} -m {SERVER}" --name mine {VARIABLES}'
    cell = answered(kernel, connect, "y")
    assert cell.error is None, cell.error
    assert "variable: JUPYTER_CONNECTORS_TODAY from env:JUPYTER_CONNECTORS_TODAY" in cell.streams
    kernel.run("%disconnect mine")
    assert kernel.run(connect).error is None, "the very same needs no answer"
    kernel.run("%disconnect mine")
    assert kernel.run("%connect mine").error is None
    kernel.run("%disconnect mine")
    other = kernel.run(connect.replace(SERVER, f"{SERVER} --slow 1"))
    assert other.error is not None and other.error["ename"] == "Denied"
    kernel.run("%disconnect mine --forget")


def test_the_audit_says_what_this_notebook_touched_and_that_its_chain_is_whole(kernel: Kernel, tmp_path: Path) -> None:
    assert kernel.run("%connect acme-billing").error is None
    kernel.run("acme_billing.list_refunds(limit=2)\nacme_billing.list_refunds(limit=3)")
    kernel.run("acme_billing.create_refund(payment='pi_1', amount_minor=5)")
    kernel.run("seen = get_ipython().run_line_magic('audit', '--notebook')")
    told = kernel.value("seen[['connector', 'tool', 'class', 'calls', 'denied', 'rows']].values.tolist()")
    assert ["acme-billing", "list_refunds", "read", 2, 0, 5] in told
    assert kernel.value("get_ipython().run_line_magic('audit', '--notebook other.ipynb').empty")
    kernel.run("import jupyter_connectors as jc")
    assert kernel.value("jc.audit_log(notebook=True).equals(seen)")
    verified = kernel.run("%audit --verify").shown[0]["text/plain"]
    assert verified.startswith("your log: whole: ") and "head " in verified
    exported = tmp_path / "log.jsonl"
    assert kernel.run(f"%audit --export {exported}").error is None
    lines = [json.loads(line) for line in exported.read_text().splitlines()]
    assert lines[-1]["hash"] in verified
    assert {line["record"].get("notebook", "reports/november.ipynb") for line in lines} >= {"reports/november.ipynb"}
    assert "whole" in kernel.run(f"%audit --verify {exported}").shown[0]["text/plain"]
    again = kernel.run(f"%audit --export {exported}")
    assert again.error is not None and again.error["ename"] == "AuditProblem"
