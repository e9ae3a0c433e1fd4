"""The OpenID provider and the MCP server in front of it as processes, for a lesson or a test. Imports nothing of pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Service:
    """Both, until `stop`. They end with the kernel too: their input is closed then."""

    url: str
    """The MCP endpoint."""

    issuer: str
    """The authorization server it trusts."""

    _held: ExitStack = field(repr=False)

    def stop(self) -> None:
        """Ends both."""
        self._held.close()


def start() -> Service:
    """Starts both on free ports of this machine, with a Node of our own and the packages of npm where they are missing."""
    path = _prepared()
    with ExitStack() as held:
        issuer = held.enter_context(program(["node", "server.mjs"], PATH=path))
        url = held.enter_context(program([sys.executable, "resource.py", issuer]))
        return Service(url=url, issuer=issuer, _held=held.pop_all())


@contextmanager
def program(command: list[str], **environment: str) -> Iterator[str]:
    """The address that a program of this folder prints, which runs until the block ends."""
    env = {**os.environ, **environment}
    with subprocess.Popen(
        command,
        cwd=HERE,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.stdout.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _prepared() -> str:
    """The PATH with Node, once the packages are there."""
    tools = HERE.parent.parent / "tools"
    command = [sys.executable, str(tools / "frontend.py"), "oidc"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
