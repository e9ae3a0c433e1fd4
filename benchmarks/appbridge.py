"""A peer for apps: `AppBridge`, the host that the MCP Apps project offers, in an empty page (labextension/dev/appbridge.ts)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from frontend import environment
from tests.servers.jupyter import free_port

from jupyter_connectors.appcsp import Origins, policy
from jupyter_connectors.server.sandbox import relay


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the table is what is printed."""


@contextmanager
def host_page(folder: Path) -> Iterator[str]:
    """The address of a page whose `show(server, tool)` opens the app of a tool, built into `folder`."""
    front = ROOT / "labextension"
    built = folder / "appbridge.js"
    command = ["npx", "esbuild", "dev/appbridge.ts", "--bundle", "--minify", "--target=es2022", f"--outfile={built}"]
    subprocess.run([*command, "--log-level=error"], cwd=front, env=environment(), check=True)
    (folder / "index.html").write_text("<!doctype html><body></body><script src='appbridge.js'></script>")
    (folder / "sandbox.html").write_text(relay().replace("{policy}", policy(Origins())))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def over_http(program: Path) -> Iterator[str]:
    """The address of an example server that answers over HTTP."""
    port = free_port()
    command = ["node", str(program)]
    told = {**os.environ, "PORT": str(port), "PATH": environment()["PATH"]}
    with subprocess.Popen(command, env=told, stdout=subprocess.PIPE, text=True) as server:
        try:
            if server.stdout is None or not server.stdout.readline():
                raise RuntimeError(f"{program} did not start")
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            server.kill()  # asked to end, it writes to a pipe that nobody reads any more
