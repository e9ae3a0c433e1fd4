"""The panel in a real kernel: it is answered while a cell runs, and does what the magics do."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest

from ..servers.authority import Authority, authority
from ..servers.running import beside
from ..wiring import broken
from .driving import Kernel, begun, stopped

PARTS = ["connected", "directory", "tools", "modes", "data", "grants", "questions", "signins"]
CANARY = "sk-canary-5f2e9b71c4"
MINUTE = 60.0


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    return {
        "JUPYTER_CONNECTORS_DATA": str(tmp_path / "data"),
        "JUPYTER_CONNECTORS_SECRETS": "file",
        "IPYTHONDIR": str(tmp_path / "ip"),
        "JPY_SESSION_NAME": "/home/ada/overdue.ipynb",
    }


@pytest.fixture
def kernel(places: dict[str, str]) -> Iterator[Kernel]:
    """A kernel with nothing connected."""
    made = Kernel("python3", **places)
    try:
        assert made.run("%load_ext jupyter_connectors").error is None
        yield made
    finally:
        made.close()


@pytest.fixture
def service() -> Iterator[Authority]:
    with beside(authority()) as made:
        yield made


def say(kernel: Kernel, wanted: str, /, **more: Any) -> dict[str, Any]:
    """The kernel's answer to a request of the panel."""
    reply = kernel.say({"id": "panel", "type": wanted, **more}, timeout=MINUTE)
    assert broken("state" if wanted == "state" else "reply", reply) == []
    return reply


def state(kernel: Kernel, *parts: str) -> Any:
    told = say(kernel, "state", parts=list(parts))
    return told[parts[0]] if len(parts) == 1 else told


def said_meanwhile(kernel: Kernel, seconds: float = 1.0) -> list[dict[str, Any]]:
    """What the kernel has told every front end by now."""
    found = []
    while True:
        try:
            found.append(kernel.client.get_iopub_msg(timeout=seconds))
        except Empty:
            return found


def test_the_panel_is_answered_while_a_cell_sleeps(any_kernel: Kernel) -> None:
    state(any_kernel, *PARTS)  # the first look loads what the panel needs
    number, cell = begun(any_kernel)
    told = state(any_kernel, *PARTS)
    assert {each["id"] for each in told["connected"]} == {"acme-billing", "acme-crm"}
    assert say(any_kernel, "mode", mode="on-demand")["code"] == "%tools --mode on-demand"
    stopped(any_kernel, number, cell)
    assert state(any_kernel, "modes")["mode"] == "on-demand"
    say(any_kernel, "mode", mode=None)


def test_a_connect_by_the_panel_binds_the_variable_and_is_announced(kernel: Kernel) -> None:
    before = state(kernel, "connected", "data")["turn"]
    said_meanwhile(kernel, 0.2)
    told = say(kernel, "connect", entry="acme-billing")
    assert (told["status"], told["code"]) == ("ok", "%connect acme-billing")
    changed = [each["content"]["data"]["changed"] for each in said_meanwhile(kernel) if each["msg_type"] == "comm_msg"]
    assert before < max(changed) == told["turn"]
    cell = kernel.run("overdue = acme_billing.list_invoices(status='open', limit=20)\nframe = overdue.df")
    assert cell.error is None, cell.error
    held = {each["name"]: each for each in state(kernel, "data")}
    assert (held["overdue"]["type"], held["frame"]["type"], held["frame"]["rows"]) == ("result", "frame", 20)
    assert held["frame"]["sources"] == ["acme-billing · list_invoices"] and held["frame"]["complete"] is False
    assert say(kernel, "disconnect", name="acme-billing")["status"] == "ok"
    assert kernel.value("'acme_billing' in globals()") is False


def test_a_connect_while_a_cell_runs_is_there_for_the_next(kernel: Kernel) -> None:
    number, cell = begun(kernel)
    assert say(kernel, "connect", entry="acme-crm")["status"] == "ok"
    stopped(kernel, number, cell)
    assert kernel.value("type(acme_crm).__name__") == "Connector"


def test_a_question_is_answered_from_the_panel_and_once(kernel: Kernel) -> None:
    assert say(kernel, "connect", entry="acme-billing")["status"] == "ok"
    number, cell = kernel.start("acme_billing.create_refund(payment='pi_1')", allow_stdin=True)
    until = time.monotonic() + MINUTE
    while not (waiting := state(kernel, "questions")):
        assert time.monotonic() < until
    (question,) = waiting
    assert (question["tool"], question["state"]) == ("create_refund", "pending")
    kernel.say({"id": question["id"], "type": "hello"})
    assert kernel.say({"id": question["id"], "type": "decide", "decision": "deny"}) == {"status": "ok"}
    kernel.follow(number, cell)
    assert cell.error is not None and cell.error["ename"] == "Denied"
    assert state(kernel, "questions") == []
    assert kernel.say({"id": question["id"], "type": "decide", "decision": "once"}) == {"status": "unknown"}


def test_what_another_kernel_sets_is_seen_at_the_next_look(kernel: Kernel, places: dict[str, str]) -> None:
    other = Kernel("python3", **places)
    try:
        assert other.run("%load_ext jupyter_connectors\n%connect acme-billing").error is None
        assert say(kernel, "connect", entry="acme-billing")["status"] == "ok"
        switch = {"connector": "acme-billing", "tool": "create_refund", "kind": None, "here": False}
        assert say(other, "set", **switch, setting="block")["status"] == "ok"
        assert say(other, "mode", mode="always")["status"] == "ok"
        assert say(kernel, "look")["status"] == "ok"
        tools = state(kernel, "tools")["connectors"][0]["tools"]
        assert next(each for each in tools if each["name"] == "create_refund")["mine"]["stands"] == "block"
        assert state(kernel, "modes")["mode"] == "always"
        allowed = other.run(ALLOW)
        assert allowed.error is None, allowed.error
        assert [(each["tool"], each["lasts"]) for each in state(kernel, "grants")] == [("draft_reminder", "always")]
        said_meanwhile(kernel, 0.2)
        assert say(other, "disconnect", name="acme-billing", revoke=True)["status"] == "ok"
        told = state(kernel, "connected", "grants", "tools")
        assert (told["connected"], told["grants"], told["tools"]["connectors"]) == ([], [], [])
        pushed = [each["content"]["data"] for each in said_meanwhile(kernel) if each["msg_type"] == "comm_msg"]
        assert (pushed[-1]["connected"], pushed[-1]["left"]) == ([], ["acme-billing"])
    finally:
        other.close()


ALLOW = """
from jupyter_connectors.calls import new_call
from jupyter_connectors.extension import current
hub = current().hub
tool = hub.find("acme-billing", "draft_reminder")
call = new_call(tool, {})
hub.judge.grants.allow(call, tool, hub.connected("acme-billing").entry.identity, lasting="always")
"""
"""A lasting yes, as the answer to a question gives it."""


LOGS = """
import logging
logging.basicConfig(filename={path!r}, level=logging.DEBUG, force=True)
logging.getLogger("jupyter_connectors").debug("it logs")
"""


def everything_under(folder: Path, *, but: str = "") -> str:
    """Every byte of every file, as text; of a folder called `but`, nothing."""
    files = [each for each in folder.rglob("*") if each.is_file() and but not in each.relative_to(folder).parts]
    return "".join(path.read_bytes().decode(errors="replace") for path in files)


def test_a_secret_of_the_panel_is_in_the_vault_and_nowhere_else(
    kernel: Kernel, service: Authority, tmp_path: Path
) -> None:
    service.access[CANARY] = "all"
    assert kernel.run(LOGS.format(path=str(tmp_path / "log.txt"))).error is None
    wrong = f"{CANARY}-wrong"
    replies = [
        say(kernel, "connect", address=service.resource, name="web", secrets={"key": key}) for key in (wrong, CANARY)
    ]
    assert [each["status"] for each in replies] == ["error", "ok"]
    assert replies[1]["code"] == f"%connect {service.resource} --as web --key keyring"
    allowed = kernel.run("import jupyter_connectors as jc; jc.permission('web', 'echo', 'allow')")
    assert allowed.error is None, allowed.error
    shown = kernel.run("print(web.echo('hello').text)\nprint(web)\n%connect --status\n%history -n\n%audit")
    assert shown.error is None and "hello" in shown.streams
    everything = state(kernel, *PARTS)
    history = kernel.value("[each[2] for each in get_ipython().history_manager.get_range(raw=True)]")
    held = kernel.value("[name for name, each in list(globals().items()) if 'sk-canary' in repr(each)]")
    told = [replies, everything, shown.shown, shown.streams, said_meanwhile(kernel), history, held, kernel.cards]
    assert CANARY not in json.dumps(told, default=str)
    assert "it logs" in (tmp_path / "log.txt").read_text()
    kernel.close()
    assert CANARY not in everything_under(tmp_path, but="secrets")
    assert CANARY in everything_under(tmp_path / "data" / "secrets"), "so what is looked for would be found"
    assert wrong not in everything_under(tmp_path)


def test_the_panel_is_answered_while_a_first_connect_loads_what_it_needs(kernel: Kernel) -> None:
    state(kernel, "connected", "directory")
    connecting = kernel.post({"id": "panel", "type": "connect", "entry": "acme-crm"})
    seen: set[str] = set()
    until = time.monotonic() + MINUTE
    while "ready" not in seen:
        assert time.monotonic() < until
        seen |= {each["state"] for each in state(kernel, "connected")}
    assert kernel.reply(connecting, MINUTE)["status"] == "ok"
    assert "connecting" in seen
