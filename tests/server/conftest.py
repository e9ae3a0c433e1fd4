from __future__ import annotations

import contextlib
import http.client
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from ..servers.jupyter import free_port, jupyter_server

TOKEN = "a-token-of-this-test"


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    text: str
    headers: Mapping[str, str]


@dataclass
class Server:
    """A running Jupyter server and how it is asked."""

    port: int
    base: str
    folder: Path
    clients: list[BlockingKernelClient] = field(default_factory=list)

    def get(self, path: str, *, method: str = "GET", signed: bool = True, **headers: str) -> Answer:
        """One request; redirects are not followed. `path` is below the server's base URL."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if signed:
            sent["Authorization"] = f"token {TOKEN}"
        try:
            line.request(method, f"{self.base}{path}", headers=sent)
            answer = line.getresponse()
            return Answer(answer.status, answer.read().decode(), dict(answer.headers))
        finally:
            line.close()

    def start_kernel(self, *, at: Server | None = None) -> tuple[str, BlockingKernelClient]:
        """A kernel of this server, and a client of it; `at` is the server it runs at, where that is a gateway."""
        identity = json.loads(self.get("api/kernels", method="POST").text)["id"]
        folder = (at or self).folder
        client = BlockingKernelClient(connection_file=str(folder / "runtime" / f"kernel-{identity}.json"))
        client.load_connection_file()
        # Without a heartbeat: one that is asked before the kernel listens counts as a kernel that died.
        client.start_channels(hb=False)
        client.wait_for_ready(timeout=60)
        self.clients.append(client)
        return identity, client

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()


@contextlib.contextmanager
def serving(folder: Path, base: str, *options: str) -> Iterator[Server]:
    """A Jupyter server of our own, as it is started for a person: our part of it is found by its configuration."""
    (folder / "work").mkdir(parents=True)
    port = free_port()
    command = [sys.executable, "-m", "jupyter_server", "--debug", f"--ServerApp.base_url={base}", *options]
    own = {"JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "JUPYTER_TOKEN": TOKEN}
    with jupyter_server(folder, port, command, **own):
        made = Server(port, base, folder)
        try:
            yield made
        finally:
            for client in made.clients:
                client.stop_channels()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, own_places: Path) -> Iterator[Server]:
    """A server below a base URL, as behind JupyterHub's proxy."""
    with serving(tmp_path_factory.mktemp("server"), "/user/ada/") as made:
        yield made


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory, own_places: Path) -> Iterator[Server]:
    """A second server of the same person."""
    with serving(tmp_path_factory.mktemp("other"), "/") as made:
        yield made


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory, other: Server) -> Iterator[Server]:
    """A server whose kernels run at another one, its gateway."""
    options = (f"--GatewayClient.url=http://127.0.0.1:{other.port}", f"--GatewayClient.auth_token={TOKEN}")
    with serving(tmp_path_factory.mktemp("ahead"), "/", *options) as made:
        yield made


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory, own_places: Path) -> Iterator[Server]:
    """A server that believes the proxy before it."""
    with serving(tmp_path_factory.mktemp("proxied"), "/", "--ServerApp.trust_xheaders=True") as made:
        yield made


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, own_places: Path) -> Iterator[Server]:
    """A server that somebody else's page may frame."""
    policy = "frame-ancestors 'none' https://portal.example; report-uri /told"
    option = f'--ServerApp.tornado_settings={{"headers": {{"Content-Security-Policy": "{policy}"}}}}'
    with serving(tmp_path_factory.mktemp("portal"), "/", option) as made:
        yield made
