"""Case 10: a kernel that is killed in the middle of a call leaves none of the processes it started behind."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from contextlib import ExitStack
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


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_case_10_a_kernel_that_is_killed_in_a_call_leaves_no_server_behind(tmp_path: Path) -> None:
    log = tmp_path / "log"
    os.mkfifo(log)
    root = Path(__file__).parents[2]
    with ExitStack() as held, subprocess.Popen([sys.executable, "-c", CALLS, str(log)], cwd=root) as kernel:
        # Open for writing too: it has no end between two lines of the server's log.
        lines = held.enter_context(os.fdopen(os.open(log, os.O_RDWR)))
        assert any("tools/call" in line for line in lines)
        servers = [os.pidfd_open(each) for each in _named(str(log))]
        for each in servers:
            held.callback(os.close, each)
        kernel.kill()
        assert servers
        for each in servers:
            ended, _, _ = select.select([each], [], [], 10)
            assert ended, "the server outlived its kernel"


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
