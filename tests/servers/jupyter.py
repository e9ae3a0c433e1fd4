"""A Jupyter server of our own as a process."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..waiting import until


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def jupyter_server(folder: Path, port: int, command: list[str], **environment: str) -> Iterator[None]:
    """From when it listens at the port until the block ends. All it has is below `folder`: its log, its settings."""
    own = {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    command = [*command, "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--ServerApp.port_retries=0"],
            cwd=folder / "work",
            env={**os.environ, **own, **environment},
            stdout=log,
            stderr=log,
        )
        try:
            # It says that it runs before its socket is open, and nothing once it is.
            until(lambda: server.poll() is not None or _listens(port), seconds=60)
            if server.returncode is not None:
                raise RuntimeError(f"the server ended: {(folder / 'server.log').read_text()[-2_000:]}")
            yield
        finally:
            server.terminate()
            server.wait(timeout=20)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
