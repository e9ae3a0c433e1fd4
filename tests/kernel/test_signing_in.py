"""Signing in from a cell: the card, the ways back, words where no card can be drawn, and what is never kept anywhere."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from ..servers.authority import CANARY, Authority, authority
from ..servers.running import beside
from .conftest import KERNELS
from .driving import WIDGET, Cell, Kernel

TEN = 10.0
LOCAL = {"host": "localhost"}
HUB = {"host": "hub.example"}
NO_DEVICE = {"device_authorization_endpoint": None}


@pytest.fixture
def service() -> Iterator[Authority]:
    with beside(authority()) as made:
        yield made


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    folder = str(tmp_path / "data")
    return {"JUPYTER_CONNECTORS_DATA": folder, "JUPYTER_CONNECTORS_SECRETS": "file", "IPYTHONDIR": str(tmp_path / "ip")}


@pytest.fixture
def kernel(request: pytest.FixtureRequest, places: dict[str, str]) -> Iterator[Kernel]:
    name = getattr(request, "param", "python3")
    if name not in KernelSpecManager().find_kernel_specs():
        pytest.skip(f"the kernel {name} is not installed: python tools/kernels.py")
    made = Kernel(name, **places)
    try:
        assert made.run("%load_ext jupyter_connectors").error is None
        yield made
    finally:
        made.close()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def fetch(url: str) -> tuple[int, str, str]:
    """Status, body and the address to go on to; follows nothing."""
    try:
        answer: HTTPResponse = urllib.request.build_opener(_Stay).open(url, timeout=TEN)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers.get("Location", "")
    with answer:
        return answer.status, answer.read().decode(), answer.headers.get("Location", "")


def followed(link: str) -> str:
    """Where the service sends the browser that opened the link."""
    return fetch(link)[2]


def asked(kernel: Kernel, code: str, page: dict[str, str]) -> tuple[str, Cell, dict[str, Any]]:
    """A cell that waits on its card in a page of this kind, and what the view shows once it has a link."""
    number, cell = kernel.start(code, allow_stdin=True)
    kernel.follow(number, cell, until=lambda each: bool(kernel.view(each)) or each.done)
    assert not cell.done, cell
    identity = kernel.view(cell)["id"]
    assert kernel.say({"id": identity, "type": "hello"}) == {"status": "ok"}
    kernel.say({"id": identity, "type": "page", "host": "", "callback": "", "kernel": "", **page})
    tried = []

    def ready(each: Cell) -> bool:
        shown = kernel.view(each)
        if "probe" in shown and not tried:
            tried.append(fetch(shown["probe"]))
        return "link" in shown or shown.get("state") == "device" or each.done

    kernel.follow(number, cell, until=ready)
    return number, cell, kernel.view(cell)


def hears(kernel: Kernel, *names: str) -> bool:
    """Whether each connector answers; nobody reviewed it, so it has to be allowed first."""
    for name in names or ("web",):
        allowed = kernel.run(f"import jupyter_connectors as jc; jc.permission('{name}', 'echo', 'allow')")
        assert allowed.error is None, allowed.error
    said = [kernel.value(f"{name.replace('-', '_')}.echo('hello').text") for name in names or ("web",)]
    return said == ["hello"] * len(said)


def connect(service: Authority, more: str = "") -> str:
    return f"%connect {service.resource} --as web {more}"


@pytest.mark.parametrize("kernel", KERNELS, indirect=True)
def test_a_sign_in_by_the_loopback_binds_the_object(kernel: Kernel, service: Authority) -> None:
    number, cell, shown = asked(kernel, connect(service), LOCAL)
    assert (shown["host"], shown["issuer"], shown["way"]) == ("127.0.0.1", "127.0.0.1", "loopback")
    assert shown["custom"] is True and "files that only you can read" in shown["stored"]
    back = followed(shown["link"])
    assert back.startswith(shown["redirect"])
    status, _, onward = fetch(back)
    assert (status, onward) == (303, "/done")
    assert "You can close this tab" in fetch(shown["redirect"].replace("/callback", "/done"))[1]
    kernel.follow(number, cell)
    assert cell.error is None, cell.error
    assert "web: sign-in at 127.0.0.1 was answered" in cell.text
    assert hears(kernel)
    assert all(WIDGET not in data for data in cell.shown), "a saved notebook keeps text, not a dead widget"


def test_the_servers_callback_reaches_the_kernel_on_its_control_channel(kernel: Kernel, service: Authority) -> None:
    identity = "5c0f7a52-4b7e-4a8f-9d1e-1f2a3b4c5d6e"
    callback = "https://hub.example/user/ada/jupyter-connectors/oauth/callback"
    number, cell, shown = asked(kernel, connect(service), {**HUB, "callback": callback, "kernel": identity})
    assert (shown["way"], shown["redirect"], "probe" in shown) == ("server", callback, False)
    told = {name: values[0] for name, values in parse_qs(urlsplit(followed(shown["link"])).query).items()}
    sent, _, random = told["state"].rpartition(".")
    assert sent == identity
    forged = {"type": "callback", "id": random, **told, "state": f"{identity.replace('5', '6')}.{random}"}
    assert kernel.say(forged) == {"status": "ok", "taken": False}
    assert kernel.say({"type": "callback", "id": "another", **told}) == {"status": "unknown"}
    assert kernel.say({"type": "callback", "id": random, **told}) == {"status": "ok", "taken": True}
    kernel.follow(number, cell)
    assert cell.error is None, cell.error
    assert kernel.say({"type": "callback", "id": random, **told}).get("taken") is not True
    assert service.log.count("token:authorization_code") == 1


def test_a_page_that_only_seems_to_be_here_gets_another_way(kernel: Kernel, service: Authority) -> None:
    """Through a tunnel the page is on localhost, and our listener is on another machine than the browser."""
    service.says = NO_DEVICE
    number, cell = kernel.start(connect(service), allow_stdin=True)
    kernel.follow(number, cell, until=lambda each: bool(kernel.view(each)) or each.done)
    identity = kernel.view(cell)["id"]
    kernel.say({"id": identity, "type": "hello"})
    kernel.say({"id": identity, "type": "page", "host": "localhost"})
    kernel.follow(number, cell, until=lambda each: "link" in kernel.view(each))
    assert kernel.view(cell)["way"] == "paste"
    kernel.say({"id": identity, "type": "cancel"})
    kernel.follow(number, cell)
    assert cell.error is not None and cell.error["ename"] == "SignInNeeded"
    assert "you said no" in cell.text


def test_a_pasted_address_is_read_strictly_and_once(kernel: Kernel, service: Authority) -> None:
    service.says = NO_DEVICE
    number, cell, shown = asked(kernel, connect(service), HUB)
    assert shown["way"] == "paste"
    back = followed(shown["link"])
    wrong = {
        "hello there": "no address",
        back.replace("127.0.0.1", "127.0.0.2"): "must begin with",
        back.replace("state=", "state=x"): "not from this sign-in",
        f"{back}&state=again": "says something twice",
    }
    for tries, (address, problem) in enumerate(wrong.items(), 1):
        kernel.say({"id": shown["id"], "type": "paste", "address": address})
        kernel.follow(number, cell, until=lambda each, tries=tries: kernel.view(each)["tries"] == tries)
        assert problem in kernel.view(cell)["problem"]
    kernel.say({"id": shown["id"], "type": "paste", "address": f"  {back}\n"})
    kernel.follow(number, cell)
    assert cell.error is None, cell.error


def test_a_code_for_another_device_is_shown_and_waited_for(kernel: Kernel, service: Authority) -> None:
    service.typed = False
    number, cell, shown = asked(kernel, connect(service), HUB)
    assert shown["state"] == "device" and shown["device"]["code"]
    service.typed = True
    kernel.follow(number, cell)
    assert cell.error is None, cell.error
    assert hears(kernel)


def test_where_nobody_can_answer_two_lines_say_so(kernel: Kernel, service: Authority) -> None:
    cell = kernel.run(connect(service))
    assert cell.error is not None
    assert cell.error["traceback"] == [
        "SignInNeeded: web needs a sign-in at 127.0.0.1, and nobody is there to give it",
        "connect it once where you can answer, in JupyterLab or a terminal; it then stays signed in",
    ]


def test_without_a_view_words_and_a_hidden_field_do(kernel: Kernel, service: Authority) -> None:
    number, cell = kernel.start(connect(service), allow_stdin=True)
    link = re.compile(r"http://127\.0\.0\.1:\d+/authorize\S+")
    kernel.follow(number, cell, until=lambda each: link.search(each.text) is not None or each.done)
    back = followed(link.search(cell.text)[0])  # type: ignore[index]  # followed until it was there
    message = kernel.client.get_stdin_msg(timeout=TEN)
    assert message["content"]["password"] is True, "what input() reads is shown in the notebook"
    kernel.type(back)
    kernel.follow(number, cell)
    assert cell.error is None, cell.error
    assert "signs in at  127.0.0.1" in cell.text
    assert link.search(cell.text) is None, "the link is taken away when it is over"
    assert "code=" not in cell.text and "state" not in cell.text


def test_stop_ends_the_waiting_and_the_listener(kernel: Kernel, service: Authority) -> None:
    number, cell, shown = asked(kernel, connect(service), {"host": "127.0.0.1"})
    back = followed(shown["link"])
    kernel.stop()
    kernel.follow(number, cell)
    assert cell.error is not None and cell.error["ename"] == "Cancelled"
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        fetch(back)
    assert kernel.run("1 + 1").error is None


def test_each_account_is_an_object_of_its_own(kernel: Kernel, service: Authority) -> None:
    for account in ("live", "test"):
        number, cell, shown = asked(kernel, connect(service, f"--account {account}"), LOCAL)
        assert shown["account"] == account
        fetch(followed(shown["link"]))
        kernel.follow(number, cell)
        assert cell.error is None, cell.error
        assert f"is connected as `web_{account}`" in cell.shown[-1]["text/markdown"]
    assert hears(kernel, "web-live", "web-test")
    told = kernel.run("%connect --status").text
    assert "live" in told and "test" in told and "signed in" in told and "renewed by itself" in told


def test_signed_out_in_one_kernel_is_signed_out_in_the_others(
    kernel: Kernel, places: dict[str, str], service: Authority
) -> None:
    number, cell, shown = asked(kernel, connect(service), LOCAL)
    fetch(followed(shown["link"]))
    kernel.follow(number, cell)
    other = Kernel("python3", **places)
    try:
        assert other.run("%load_ext jupyter_connectors\n%connect web").error is None
        assert hears(other)
        left = kernel.run("%disconnect web --revoke")
        assert "signed out" in left.text and left.error is None
        assert kernel.value("'web' in globals()") is False
        assert {"revoke:refresh_token", "revoke:access_token"} <= set(service.log)
        again = other.run("web.echo('hello')")
        assert again.error is not None and again.error["ename"] == "SignInNeeded"
        assert "nothing is connected" in other.run("%connect --status").text
    finally:
        other.close()


def test_a_key_is_typed_unseen_and_is_in_nothing(kernel: Kernel, service: Authority, tmp_path: Path) -> None:
    service.access[f"{CANARY}-key"] = "all"
    number, cell = kernel.start(
        f'%connect {service.resource} --as web --header "Authorization: Bearer prompt"', allow_stdin=True
    )
    kernel.follow(number, cell, until=lambda each: bool(kernel.view(each)) or each.done)
    shown = kernel.view(cell)
    assert (shown["kind"], shown["what"]) == ("secret", "the value of the header Authorization")
    kernel.say({"id": shown["id"], "type": "hello"})
    kernel.say({"id": shown["id"], "type": "secret", "value": f"{CANARY}-key"})
    kernel.follow(number, cell)
    assert cell.error is None, cell.error
    assert hears(kernel)
    assert CANARY not in json.dumps([cell.shown, cell.streams, kernel.cards, kernel.told])
    assert CANARY not in everything_under(tmp_path)


def test_only_the_server_and_hosts_that_were_named_sign_in(kernel: Kernel, service: Authority) -> None:
    cell = kernel.run(connect(service, "--issuer https://login.example"))
    assert cell.error is not None and cell.error["ename"] == "SignInFailed"
    assert "only https://login.example may get these credentials" in cell.error["traceback"][1]
    service.says["token_endpoint"] = f"{service.url.replace('127.0.0.1', 'localhost')}/token"
    refused = kernel.run(connect(service, f"--issuer {service.url}"))
    assert refused.error is not None and refused.error["ename"] == "SignInFailed"
    code = connect(service, f"--issuer {service.url} --allow-host localhost")
    number, cell, shown = asked(kernel, code, LOCAL)
    fetch(followed(shown["link"]))
    kernel.follow(number, cell)
    assert cell.error is None, cell.error


def test_a_secret_written_out_is_refused_and_not_repeated(kernel: Kernel, service: Authority) -> None:
    for option in (f"--client-secret {CANARY}", f"--key {CANARY}", f'--header "Authorization: Bearer {CANARY}"'):
        cell = kernel.run(f"%connect {service.resource} --as web {option}")
        assert cell.error is not None and cell.error["ename"] == "UsageProblem"
        assert CANARY not in json.dumps(cell.error["traceback"])


def test_case_60_no_code_state_or_token_is_in_any_output_log_history_or_variable(
    kernel: Kernel, service: Authority, tmp_path: Path
) -> None:
    number, cell, shown = asked(kernel, connect(service), LOCAL)
    back = followed(shown["link"])
    secrets = parse_qs(urlsplit(back).query)
    fetch(back)
    kernel.follow(number, cell)
    assert cell.error is None, cell.error
    assert hears(kernel)
    status = kernel.run("%connect --status")
    looks = "[repr(web), str(vars(web)), str(web._session.hub.health('web')), str(web._session.hub._access)]"
    seen = json.dumps([cell.shown, cell.streams, kernel.cards, status.shown, kernel.value(looks)])
    seen += kernel.run("%history").text + kernel.run("%whos").text + str(kernel.value("str(globals())"))
    kept = everything_under(tmp_path, but="secrets")
    (state,), (code,) = secrets["state"], secrets["code"]
    for canary in (state, code, CANARY, state.rpartition(".")[2]):
        assert canary not in seen
        assert canary not in kept
    held = tmp_path / "data" / "secrets"
    assert CANARY in everything_under(held), "the tokens are there, and only there"
    assert all(path.stat().st_mode & 0o077 == 0 for path in held.rglob("*"))


def everything_under(folder: Path, *, but: str = "") -> str:
    """Every byte of every file, as text; of a folder called `but`, nothing."""
    files = [each for each in folder.rglob("*") if each.is_file() and but not in each.relative_to(folder).parts]
    return "".join(path.read_bytes().decode(errors="replace") for path in files)
