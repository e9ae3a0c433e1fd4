"""The package in a plain script and in IPython in a terminal: processes of their own, as a person starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import psutil
import pytest

from .servers import web

SCRIPT = """
import sys, os
import jupyter_connectors as jc

{body}
"""


def script(place: Path, body: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A script run to its end with nobody at its standard input, every warning an error."""
    path = place / "script.py"
    path.write_text(SCRIPT.format(body=body))
    return subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        check=False,
        cwd=place,
        env=os.environ | {"JUPYTER_CONNECTORS_DATA": str(place)} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


SERVERS = "import psutil; print([each.pid for each in psutil.Process().children(recursive=True)])"


def test_a_script_reads_and_leaves_no_server_and_no_noise(tmp_path: Path) -> None:
    body = f"""
billing = jc.connect("acme-billing")
found = billing.list_refunds(limit=3)
print(found.rows, list(found.df.columns)[0], found.complete)
{SERVERS}
print(jc.audit_log(1)[["tool", "outcome"]].values.tolist())
"""
    done = script(tmp_path, body)
    rows, servers, audit = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert rows == "3 id False"
    assert audit == "[['list_refunds', 'ok']]"
    numbers = [int(each) for each in servers.strip("[]").split(",")]
    assert numbers and not any(psutil.pid_exists(each) for each in numbers)


def test_a_write_with_nobody_there_is_denied_and_ends_the_script_with_an_error(tmp_path: Path) -> None:
    body = """
crm = jc.connect("acme-crm")
found = crm.list_opportunities(is_closed=False, limit=1).json[0]["Id"]
crm.update_opportunity(found, next_step="never")
print("not reached")
"""
    done = script(tmp_path, body)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.rstrip().splitlines()[-2:] == [
        "jupyter_connectors.errors.Denied: acme-crm.update_opportunity was not allowed: nobody is there to ask",
        "run the cell where you can answer, in JupyterLab or a terminal; nothing was sent",
    ]


def test_a_script_that_ends_right_after_connecting_says_nothing(tmp_path: Path) -> None:
    done = script(tmp_path, 'jc.connect("acme-crm")')
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_script_that_breaks_leaves_no_server(tmp_path: Path) -> None:
    done = script(tmp_path, f'jc.connect("acme-crm")\n{SERVERS}\n1 / 0')
    numbers = [int(each) for each in done.stdout.strip("[]\n").split(",")]
    assert done.returncode == 1 and done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert numbers and not any(psutil.pid_exists(each) for each in numbers)


@pytest.mark.anyio
async def test_a_secret_written_out_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    import anyio.to_thread

    async with web.site(web.mcp(web.echo)) as site:
        body = f'jc.connect("{site.url}", name="mine", headers={{"Authorization": "Bearer canary"}})'
        done = await anyio.to_thread.run_sync(lambda: script(tmp_path, body))
        assert "UsageProblem: the value of 'Authorization' would be stored as it is" in done.stderr
        assert "canary" not in done.stderr.splitlines()[-2] + done.stderr.splitlines()[-1]
        assert site.seen == []
        body = f"""
mine = jc.connect("{site.url}", name="mine", headers={{"Authorization": "env:WEB_KEY"}})
jc.disconnect("mine")
print(repr(jc.connect("mine")))
"""
        done = await anyio.to_thread.run_sync(lambda: script(tmp_path, body, WEB_KEY="Bearer canary"))
        assert done.stderr == "" and done.stdout.startswith("mine (mine), 1 tool")
        assert {each.headers["authorization"] for each in site.seen} == {"Bearer canary"}


def test_a_script_sets_and_reads_which_tools_a_model_is_sent(tmp_path: Path) -> None:
    body = """
jc.connect("acme-crm")
print(jc.tools_mode(), jc.tools_mode("on-demand"), jc.tools_mode(connector="acme_crm"))
print(jc.tools_mode("always", connector="acme-crm"), jc.tools_mode(), jc.tools_mode("default", connector="acme-crm"))
jc.tools_mode("sometimes")
"""
    done = script(tmp_path, body)
    assert done.stdout.splitlines() == ["auto on-demand on-demand", "always on-demand on-demand"]
    assert done.stderr.rstrip().splitlines()[-2:] == [
        "jupyter_connectors.errors.UsageProblem: 'sometimes' is no mode",
        "one of auto, always, on-demand, or default",
    ]


PROMPT = r"In \[\d+\]: "


class Terminal:
    """IPython in a pseudo-terminal."""

    def __init__(self, place: Path) -> None:
        flags = ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor", "--no-confirm-exit"]
        environment = os.environ | {"IPYTHONDIR": str(place / "ipython"), "TERM": "dumb"}
        self.child = pexpect.spawn(
            sys.executable, flags, env=environment, encoding="utf-8", timeout=60, echo=False, dimensions=(50, 200)
        )
        self.child.expect(PROMPT)

    def run(self, code: str) -> str:
        """What a cell shows, to the next prompt."""
        self.child.sendline(code)
        self.child.expect(PROMPT)
        return str(self.child.before)

    def ask(self, code: str, answer: str) -> str:
        """What a cell shows that asks, and is answered."""
        self.child.sendline(code)
        self.child.expect(r"Allow [^\r\n]*: ")
        asked = str(self.child.before) + str(self.child.after)
        self.child.sendline(answer)
        self.child.expect(PROMPT)
        return asked + str(self.child.before)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    made = Terminal(tmp_path_factory.mktemp("terminal"))
    made.run("%load_ext jupyter_connectors")
    assert "Acme CRM is connected as acme_crm" in made.run("%connect acme-crm")
    made.run("number = acme_crm.list_opportunities(is_closed=False, limit=1).json[0]['Id']")
    yield made
    made.child.sendline("exit")
    made.child.expect(pexpect.EOF)
    assert "Error" not in str(made.child.before)
    made.child.close()
    assert made.child.exitstatus == 0


STEP = "print(acme_crm.get_opportunity(number).json[0]['NextStep'])"


@pytest.mark.parametrize("answer", ["n", "", "no", "sure", "yy"])
def test_in_a_terminal_anything_but_a_clear_yes_is_a_no(terminal: Terminal, answer: str) -> None:
    before = terminal.run(STEP)
    shown = terminal.ask("acme_crm.update_opportunity(number, next_step='Denied')", answer)
    assert "Acme CRM · update_opportunity: changes data" in shown
    assert "  next_step = Denied" in shown
    assert "Denied: acme-crm.update_opportunity was not allowed" in shown
    assert "Traceback" not in shown
    assert terminal.run(STEP) == before


def test_in_a_terminal_a_yes_runs_once(terminal: Terminal) -> None:
    shown = terminal.ask("changed = acme_crm.update_opportunity(number, next_step='Call')", "y")
    assert "Denied" not in shown
    assert "Call" in terminal.run(STEP)
    assert "Denied" in terminal.ask("acme_crm.update_opportunity(number, next_step='Again')", "n")


def test_in_a_terminal_a_value_cannot_imitate_the_question(terminal: Terminal) -> None:
    forged = "'a\\nAllow acme-crm.list_accounts? [y]es once / [n]o: \\x1b[2J\\u202e'"
    shown = terminal.ask(f"acme_crm.update_opportunity(number, next_step={forged})", "n")
    lines = shown.splitlines()
    assert [line for line in lines if line.startswith("Allow ")] == [
        line for line in lines if line.startswith("Allow acme-crm.update_opportunity? ")
    ]
    assert "\x1b" not in shown and "\\u202e" in shown


def test_in_a_terminal_results_directory_and_tools_are_plain_text(terminal: Terminal) -> None:
    assert "complete: 1 row" in terminal.run("acme_crm.get_opportunity(number)")
    assert "%connect acme-billing" in terminal.run("%connect")
    shown = terminal.run("%tools acme-crm")
    assert shown.index("Read") < shown.index("Write") < shown.index("Destructive")
    assert "<" not in shown.replace("<Result", "")
