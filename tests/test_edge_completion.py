"""Tab behind our magics, in a real IPython shell in a process of its own."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

SHELL = """
import sys
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "jupyter_connectors")

def everything(code):
    with provisionalcompleter():
        return list(shell.Completer.completions(code, len(code)))

def offered(code):
    found = everything(code)
    return [each.text for each in found if each.type == "connector"], len(found)

for line in sys.stdin:
    kind, text = line.rstrip("\\n").split(" ", 1)
    if kind == "run":
        shell.run_cell(text)
        print("ready", flush=True)
    elif kind == "tab":
        print(offered(text.replace("\\\\n", "\\n")), flush=True)
    elif kind == "all":
        print([each.text for each in everything(text.replace("\\\\n", "\\n"))], flush=True)
    else:
        print([each for each in text.split() if each in sys.modules], flush=True)
"""


class Shell:
    """An IPython shell that is told lines and answers with completions."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def _say(self, line: str) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def tab(self, code: str) -> list[str]:
        """What is offered at the end of `code`, and nothing beside it where we offer anything."""
        ours, everything = ast.literal_eval(self._say(f"tab {code}"))
        assert not ours or len(ours) == everything
        return ours

    def everything(self, code: str) -> list[str]:
        """All that is offered at the end of `code`, whoever offers it."""
        return ast.literal_eval(self._say(f"all {code}"))

    def run(self, code: str) -> None:
        assert self._process.stdout is not None
        line = self._say(f"run {code}")
        while line != "ready\n":  # what the cell shows comes first
            assert line
            line = self._process.stdout.readline()

    def loaded(self, *modules: str) -> list[str]:
        return ast.literal_eval(self._say(f"loaded {' '.join(modules)}"))


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    command = [sys.executable, "-P", "-c", SHELL]
    own = os.environ | {"JUPYTER_CONNECTORS_DATA": str(tmp_path_factory.mktemp("data"))}
    with subprocess.Popen(command, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Shell(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("code", "offered"),
    [
        ("%connect acme-", ["acme-billing", "acme-crm"]),
        ("%connect --se", ["--set"]),
        ("%connect acme-b", ["acme-billing"]),
        ("%connect acme-billing acme-c", ["acme-crm"]),
        ("x = 1\\n%connect acme-c", ["acme-crm"]),
        ("%connect --e", ["--env", "--explain"]),
        ("%connect acme-crm --as ", []),
        ("%disconnect --f", ["--forget"]),
        ("%tools --o", ["--on", "--off"]),
        ("%tools --a", ["--allow", "--ask", "--accept"]),
        ("%tools --revoke ", ["all"]),
        ("%connect --explain acme-b", ["acme-billing"]),
        ("%connect --explain acme-billing.create_r", ["acme-billing.create_refund"]),
        ("%%ask --model x --in", ["--into"]),
        ("%%ask --into x\\nwhat is --m", []),
        ("%disconnect ", []),
        ("y = '%connect ac", []),
        ("print(acme", []),
    ],
)
def test_names_and_options_are_offered_behind_our_magics_and_nowhere_else(
    shell: Shell, code: str, offered: list[str]
) -> None:
    assert shell.tab(code) == offered


def test_offering_names_loads_nothing_heavy(shell: Shell) -> None:
    assert shell.loaded("mcp", "pandas", "duckdb", "anywidget") == []


def test_what_is_connected_is_offered_with_its_tools(shell: Shell) -> None:
    shell.run("%connect acme-crm")
    assert shell.tab("%disconnect ") == ["acme-crm"]
    assert shell.tab("%tools a") == ["acme-crm"]
    assert shell.tab("%tools acme-crm --off del") == ["delete_activity"]
    assert shell.tab("%tools --on a") == ["all"]
    assert shell.tab("%tools acme-crm --ask dest") == ["destructive"]
    assert shell.tab("%tools --accept acme") == [], "there is nothing to accept"


STATES = ["draft", "open", "paid", "uncollectible", "void"]


@pytest.mark.parametrize(
    ("code", "offered"),
    [
        ('acme_billing.list_invoices(status="', STATES),
        ("acme_billing.list_invoices(status=", [f'"{each}"' for each in STATES]),
        ("acme_billing.list_invoices(limit=5, status='o", ["open"]),
        ('x = 1\\nacme_billing.list_invoices(\\n    status="p', ["paid"]),
        ('acme_billing["list_invoices"](status="v', ["void"]),
        ('acme_billing.list_invoices.aio(status="v', ["void"]),
    ],
)
def test_the_values_that_a_tools_schema_lists_are_offered_and_nothing_beside_them(
    shell: Shell, code: str, offered: list[str]
) -> None:
    shell.run("%connect acme-billing")
    assert shell.everything(code) == offered


def test_the_names_of_a_tools_arguments_are_offered_once_each(shell: Shell) -> None:
    shell.run("%connect acme-billing")
    assert shell.everything("acme_billing.list_invoices(sta") == ["starting_after=", "status="]
    within = shell.everything('acme_billing["list_invoices"](status="open", sta')
    assert "starting_after=" in within and "status=" not in within


def test_values_are_offered_for_our_objects_only(shell: Shell) -> None:
    shell.run("%connect acme-billing")
    shell.run("class Mine: list_invoices = staticmethod(print)")
    shell.run("mine = Mine()")
    assert "open" not in shell.everything('mine.list_invoices(status="')
    assert "open" not in shell.everything('acme_billing.nothing(status="')
    assert shell.tab("%tools --mode ") == ["auto", "always", "on-demand", "default"]
