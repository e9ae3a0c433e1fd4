from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from jupyter_connectors.errors import PolicyProblem
from jupyter_connectors.policy.fleet import download, parse_pin, pinned
from jupyter_connectors.policy.layers import Policy
from jupyter_connectors.policy.loading import FILE, Places, PolicyFiles, find_places, load_policy
from jupyter_connectors.policy.reading import Pin

BLOCK = b"version = 1\n[[rules]]\neffect = 'block'\n"
ASK = b"version = 1\n[[rules]]\neffect = 'ask'\n"


def user_places(place: Path, *folders: str) -> Places:
    for each in folders:
        (place / each).mkdir(exist_ok=True)
    return Places(system=(), user=tuple(place / each for each in folders), cache=place / "cache")


def nothing_fetched(url: str) -> bytes:
    raise PolicyProblem(f"{url} was asked for", hint="")


def pin_of(data: bytes) -> Pin:
    return Pin(url="https://a.example/p.toml", sha256=hashlib.sha256(data).hexdigest())


def variable(pin: Pin) -> dict[str, str]:
    return {"JUPYTER_CONNECTORS_POLICY_URL": f"{pin.url}#sha256={pin.sha256}"}


def effects(policy: Policy) -> list[tuple[str, str]]:
    return [(layer.source, rule.effect) for layer in policy.layers for rule in layer.rules]


def test_folders_without_a_file_add_nothing(tmp_path: Path) -> None:
    places = user_places(tmp_path, "a")
    assert load_policy({}, places) == Policy()
    nowhere = Places(system=(tmp_path / "no",), user=(tmp_path / "a" / "x",), cache=tmp_path)
    assert load_policy({}, nowhere) == Policy()


def test_every_folder_is_looked_at(tmp_path: Path) -> None:
    places = user_places(tmp_path, "a", "b")
    (tmp_path / "a" / FILE).write_bytes(BLOCK)
    (tmp_path / "b" / FILE).write_bytes(ASK)
    policy = load_policy({}, places)
    assert effects(policy) == [("user", "block"), ("user", "ask")]
    assert [layer.name for layer in policy.layers] == [str(tmp_path / each / FILE) for each in "ab"]


def test_the_folders_are_jupyters_and_those_of_the_machine_cannot_be_left_out(tmp_path: Path) -> None:
    script = "import json; from jupyter_connectors.policy.loading import find_places; p = find_places()"
    script += "; print(json.dumps([list(map(str, p.system)), list(map(str, p.user)), str(p.cache)]))"
    own = {"JUPYTER_NO_CONFIG": "1", "JUPYTER_CONFIG_PATH": str(tmp_path), "JUPYTER_CONNECTORS_DATA": str(tmp_path)}

    def run(**more: str) -> tuple[list[str], list[str], str]:
        environment = {**os.environ, **more}
        out = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
        system, user, cache = json.loads(out.stdout)
        return system, user, cache

    system, user, cache = run(**own)
    assert system == list(map(str, find_places().system)) and cache == str(tmp_path / "policies")
    assert str(tmp_path) in run(**{**own, "JUPYTER_NO_CONFIG": ""})[1] and str(tmp_path) not in user


def test_a_changed_file_counts_at_once(tmp_path: Path) -> None:
    places = user_places(tmp_path, "a")
    files = PolicyFiles({}, places=places, fetch=nothing_fetched)
    assert files.current() == Policy()
    (tmp_path / "a" / FILE).write_bytes(ASK)
    asking = files.current()
    assert effects(asking) == [("user", "ask")]
    assert files.current() is asking
    (tmp_path / "a" / FILE).write_bytes(BLOCK)
    assert effects(files.current()) == [("user", "block")]
    (tmp_path / "a" / FILE).write_bytes(b"version = 2")
    for _ in range(2):
        with pytest.raises(PolicyProblem):
            files.current()
    (tmp_path / "a" / FILE).unlink()
    assert files.current() == Policy()


def test_a_changed_target_of_a_link_counts_at_once(tmp_path: Path) -> None:
    places = user_places(tmp_path, "a")
    (tmp_path / "target").write_bytes(ASK)
    (tmp_path / "a" / FILE).symlink_to(tmp_path / "target")
    files = PolicyFiles({}, places=places, fetch=nothing_fetched)
    assert effects(files.current()) == [("user", "ask")]
    (tmp_path / "target").write_bytes(BLOCK)
    assert effects(files.current()) == [("user", "block")]
    (tmp_path / "target").unlink()
    with pytest.raises(PolicyProblem, match="no such file"):
        files.current()


def test_a_pinned_policy_is_fetched_once_and_kept(tmp_path: Path) -> None:
    fetched: list[str] = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return BLOCK

    places = user_places(tmp_path)
    for _ in range(2):
        assert effects(load_policy(variable(pin_of(BLOCK)), places, fetch=fetch)) == [("organisation", "block")]
    assert fetched == ["https://a.example/p.toml"]
    (kept,) = (tmp_path / "cache").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(ASK)
    assert effects(load_policy(variable(pin_of(BLOCK)), places, fetch=fetch)) == [("organisation", "block")]
    assert len(fetched) == 2, "what was changed in the cache is not believed"


def test_a_file_extends_a_pinned_policy_of_its_own_source(tmp_path: Path) -> None:
    places = user_places(tmp_path, "a")
    pin = pin_of(BLOCK)
    (tmp_path / "a" / FILE).write_text(f'version = 1\nextends = {{ url = "{pin.url}", sha256 = "{pin.sha256}" }}\n')
    policy = load_policy({}, places, fetch=lambda _: BLOCK)
    assert effects(policy) == [("user", "block")]
    assert policy.layers[1].rules[0].where == "https://a.example/p.toml line 2"


def test_a_pinned_policy_that_is_another_or_extends_further_is_refused(tmp_path: Path) -> None:
    places = user_places(tmp_path)
    with pytest.raises(PolicyProblem, match="not the policy that was pinned"):
        load_policy(variable(pin_of(BLOCK)), places, fetch=lambda _: ASK)
    further = f'version = 1\nextends = {{ url = "https://b/", sha256 = "{"0" * 64}" }}\n'.encode()
    with pytest.raises(PolicyProblem, match="extends a further policy"):
        load_policy(variable(pin_of(further)), places, fetch=lambda _: further)


def test_without_network_and_cache_nothing_connects(tmp_path: Path) -> None:
    with pytest.raises(PolicyProblem, match="was asked for"):
        load_policy(variable(pin_of(BLOCK)), user_places(tmp_path), fetch=nothing_fetched)


def test_without_a_place_to_keep_it_a_pinned_policy_is_used_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert pinned(pin_of(BLOCK), cache=tmp_path / "file" / "cache", fetch=lambda _: BLOCK) == BLOCK


@pytest.mark.parametrize(
    "text",
    ["https://a/", "http://a/#sha256=" + "0" * 64, "https://a/#sha256=00", "https://u@a/#sha256=" + "0" * 64, "x"],
)
def test_an_address_without_its_hash_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyProblem, match="JUPYTER_CONNECTORS_POLICY_URL"):
        parse_pin(text)
    with pytest.raises(PolicyProblem):
        load_policy({"JUPYTER_CONNECTORS_POLICY_URL": text}, user_places(tmp_path))


@contextmanager
def site(status: int, body: bytes, location: str = "") -> Iterator[str]:
    """The address of a server that answers every request so."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/p.toml"
        finally:
            server.shutdown()
            thread.join()


def test_a_download_gives_the_bytes() -> None:
    with site(200, BLOCK) as url:
        assert download(url) == BLOCK


def test_a_download_follows_nothing_and_stops_at_its_limit() -> None:
    with site(200, BLOCK) as other, site(302, b"", other) as url, pytest.raises(PolicyProblem, match="it answered 302"):
        download(url)
    with site(404, b"") as url, pytest.raises(PolicyProblem, match="it answered 404"):
        download(url)
    with site(200, b"#" * 300_000) as url, pytest.raises(PolicyProblem, match="larger than 256 KB"):
        download(url)


def test_a_download_from_nowhere_says_so() -> None:
    with site(200, b"") as url:
        pass
    with pytest.raises(PolicyProblem, match="ConnectError"):
        download(url)


def test_a_kernel_without_a_policy_loads_nothing_that_reads_one(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
import jupyter_connectors.policy.judge
from jupyter_connectors.policy.loading import Places, PolicyFiles
PolicyFiles({}, places=Places(system=(Path("none"),), user=(), cache=Path())).current()
print([each for each in ("httpx2", "jsonschema", "jupyter_core", "tomllib", "idna") if each in sys.modules])
"""
    out = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
