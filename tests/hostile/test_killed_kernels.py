"""Case 10: a kernel that is killed in the middle of a call leaves none of the processes it started behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

CALLS = """
import asyncio, sys
from tests.conftest import hostile
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.limits import Limits

async def main():
    connection = Connection("x", hostile("silent", HOSTILE_LOG=sys.argv[1]), limits=Limits())
    await connection.open()
    await connection.call(connection.tools[0], {"text": "x"})

asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_case_10_a_kernel_that_is_killed_in_a_call_leaves_no_server_behind(tmp_path: Path) -> None:
    log = tmp_path / "log"
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", CALLS, str(log)], cwd=root) as kernel:
        until = time.monotonic() + 30
        while not log.exists() or "tools/call" not in log.read_text():
            assert time.monotonic() < until and kernel.poll() is None
            time.sleep(0.01)
        servers = _named(str(log))
        kernel.kill()
    assert servers
    until = time.monotonic() + 10
    while any(each in _named(str(log)) for each in servers):
        assert time.monotonic() < until, "the server outlived its kernel"
        time.sleep(0.01)


def _named(word: str) -> set[int]:
    """The servers that have this word among their variables; not our own process, nor the kernel, which has none of it."""
    found = set()
    for each in Path("/proc").iterdir():
        if each.name.isdigit() and int(each.name) != os.getpid():
            try:
                if f"HOSTILE_LOG={word}".encode() in (each / "environ").read_bytes():
                    found.add(int(each.name))
            except OSError:
                continue
    return found
