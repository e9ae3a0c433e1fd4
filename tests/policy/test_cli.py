from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_connectors.cli import main
from jupyter_connectors.policy.loading import FILE, find_places

WHOLE = Path(__file__).with_name("whole.toml")


def test_a_good_policy_is_ok_and_said_in_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(WHOLE)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{WHOLE}: OK\n")
    for words in (
        "only id 'acme-billing', url 'https://*.corp.example/mcp'",
        "never url '*://*.evil.example/*'",
        f"block connector 'gmail', tool 'send_*'  [{WHOLE} line 13]",
        "tools that appear later are off until they are reviewed",
        "a result holds at most 50 MB",
        "a call that cannot be recorded is refused",
        "Extends https://policies.corp.example/p.toml",
    ):
        assert words in told


def test_a_policy_that_says_little_is_said_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILE).write_text("version = 1\n[connectors]\nallow = []\ncustom = 'owners'\nlocal = 'no'\n")
    assert main(["policy", "check", str(tmp_path / FILE)]) == 0
    told = capsys.readouterr().out
    for words in ("only none at all", "added by the person: only those", "on this machine: none", "our own log"):
        assert words in told


def test_every_wrong_line_of_a_policy_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / FILE
    file.write_text("version = 1\nrulez = 1\n[defaults]\nnew_tools = 'x'\n")
    assert main(["policy", "check", str(file)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{file}:2: unknown key 'rulez'\n    did you mean 'rules'?\n" in told.err
    assert f"{file}:4: defaults.new_tools cannot be 'x'" in told.err


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_cannot_be_read_is_said(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(tmp_path / name)]) == 1
    assert "cannot be read" in capsys.readouterr().err


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from jupyter_connectors.cli import main; sys.exit(main())"]
    environment = {**os.environ, "JUPYTER_CONFIG_PATH": str(folder), "JUPYTER_CONFIG_DIR": str(folder)}
    return subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_the_policy_that_holds_here_is_shown_with_where_it_comes_from(tmp_path: Path) -> None:
    if any((each / FILE).exists() for each in find_places().system):
        pytest.skip("this machine has a policy of its own")
    empty = run("policy", "show", folder=tmp_path)
    assert empty.returncode == 0 and "There is no policy" in empty.stdout and str(tmp_path) in empty.stdout
    (tmp_path / FILE).write_text("version = 1\n[defaults]\nnew_tools = 'ask'\n")
    shown = run("policy", "show", folder=tmp_path)
    assert shown.returncode == 0
    assert f"your own policy: {tmp_path / FILE}" in shown.stdout
    assert f"tools that appear later are asked about  [{tmp_path / FILE}]" in shown.stdout
    assert "a yes may be kept for ever  [as nothing says otherwise]" in shown.stdout
    (tmp_path / FILE).write_text("version = 1\nx = 1\n")
    broken = run("policy", "show", folder=tmp_path)
    assert broken.returncode == 1 and f"{tmp_path / FILE} line 2: unknown key 'x'" in broken.stderr
