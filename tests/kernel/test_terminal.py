"""Signing in from IPython in a terminal: words, a printed address, and the address pasted unseen."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..servers.authority import Authority, authority
from ..servers.running import beside
from .test_signing_in import everything_under, fetch, followed

pexpect = pytest.importorskip("pexpect", reason="a terminal needs POSIX")

LINK = re.compile(r"http://127\.0\.0\.1:\d+/authorize\S+")
PASTE = r"Paste the address your browser ended at.*: "


@pytest.fixture
def service() -> Iterator[Authority]:
    with beside(authority()) as made:
        yield made


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Any]:
    places = {
        "JUPYTER_CONNECTORS_DATA": str(tmp_path / "data"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    options = ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"]
    made = pexpect.spawn(
        sys.executable,
        options,
        env={**os.environ, **places},
        encoding="utf-8",
        timeout=60,
        dimensions=(40, 2000),
        maxread=65536,
    )
    try:
        made.expect(r"In \[1\]: ")
        made.sendline("%load_ext jupyter_connectors")
        made.expect(r"In \[2\]: ")
        yield made
    finally:
        made.close(force=True)


def linked(terminal: Any, service: Authority, *, keep: str) -> str:
    """Where the browser ends, once the terminal has printed what it waits for."""
    terminal.sendline(f"%connect {service.resource} --as web")
    terminal.expect(r"Keep it in a file that only you can read\? \[y\]es / \[n\]o: ")
    assert "signs in at  127.0.0.1" in terminal.before and "memory, until the kernel ends" in terminal.before
    terminal.sendline(keep)
    terminal.expect(PASTE)
    found = LINK.search(terminal.before)
    assert found is not None, terminal.before
    return followed(found[0])


def test_the_browser_comes_back_by_itself(terminal: Any, service: Authority, tmp_path: Path) -> None:
    back = linked(terminal, service, keep="n")
    terminal.sendline("")
    terminal.expect("nothing has come back yet")
    terminal.expect(PASTE)
    assert fetch(back)[0] == 303
    terminal.sendline("")
    terminal.expect("web is connected as web: 1 tool")
    assert not (tmp_path / "data" / "secrets").exists(), "a no is a no"


def test_the_address_is_pasted_unseen(terminal: Any, service: Authority, tmp_path: Path) -> None:
    back = linked(terminal, service, keep="y")
    terminal.sendline(back.replace("state=", "state=x"))
    terminal.expect("not from this sign-in")
    terminal.expect(PASTE)
    terminal.sendline(back)
    terminal.expect("web is connected as web: 1 tool")
    assert "code=" not in terminal.before
    assert "canary" in everything_under(tmp_path / "data" / "secrets")
    terminal.sendline("exit")
    terminal.expect(pexpect.EOF)
    assert "canary" not in everything_under(tmp_path / "ipython")


def test_q_and_control_c_stop_it(terminal: Any, service: Authority) -> None:
    linked(terminal, service, keep="n")
    terminal.sendline("q")
    terminal.expect("SignInNeeded: web is not signed in")
    linked(terminal, service, keep="n")
    terminal.sendintr()
    terminal.expect("Cancelled: stopped by you")
