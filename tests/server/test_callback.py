"""The server's part of a sign-in: who may come back here, what is handed on, and what nobody ever sees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from .conftest import TOKEN, Server

PLACE = "jupyter-connectors/oauth/"
RANDOM = "Zq3" * 12
CODE = "canary-code-91b7"

WAITS = f"""
from threading import Event
from jupyter_connectors.extension import load
taken, came = [], Event()
def take(told):
    taken.append(told)
    came.set()
    return {{"taken": len(taken) == 1}}
load(get_ipython()).desk.serve({RANDOM!r}, take)
"""


@pytest.fixture
def waiting(server: Server) -> Iterator[tuple[str, BlockingKernelClient]]:
    """A kernel that waits for one answer."""
    identity, client = server.start_kernel()
    run(client, WAITS)
    yield identity, client
    server.get(f"api/kernels/{identity}", method="DELETE")


def run(client: BlockingKernelClient, code: str) -> None:
    reply = client.execute_interactive(code, timeout=60, allow_stdin=False, output_hook=lambda _: None)
    assert reply["content"]["status"] == "ok", reply["content"]


def value(client: BlockingKernelClient, expression: str) -> object:
    reply = client.execute_interactive(
        "", user_expressions={"it": expression}, timeout=60, allow_stdin=False, output_hook=lambda _: None
    )
    return ast.literal_eval(reply["content"]["user_expressions"]["it"]["data"]["text/plain"])


def callback(state: str, **more: str) -> str:
    asked = {"code": CODE, "state": state, "iss": "https://id.example", **more}
    return f"{PLACE}callback?" + "&".join(f"{name}={quote(each)}" for name, each in asked.items())


def test_an_answer_reaches_the_kernel_that_waits_even_while_its_cell_runs(
    server: Server, waiting: tuple[str, BlockingKernelClient]
) -> None:
    kernel, client = waiting
    client.execute("came.wait(60)")
    answer = server.get(callback(f"{kernel}.{RANDOM}", scope="read"))
    assert (answer.status, answer.headers["Location"]) == (303, "done")
    assert value(client, "taken") == [
        {"type": "callback", "id": RANDOM, "code": CODE, "state": f"{kernel}.{RANDOM}", "iss": "https://id.example"}
    ]
    again = server.get(callback(f"{kernel}.{RANDOM}"))
    assert (again.status, again.headers["Location"]) == (303, "nothing"), "each answer is taken once"


def test_the_pages_say_nothing_of_the_request_and_are_not_kept(server: Server) -> None:
    for name, status, words in (("done", 200, "You can close this tab"), ("nothing", 404, "Nothing is waiting")):
        page = server.get(f"{PLACE}{name}?code={CODE}&state=%3Cscript%3E")
        assert page.status == status and words in page.text
        assert CODE not in page.text and "script" not in page.text
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"


def test_case_15_a_foreign_host_and_a_person_who_is_not_signed_in_get_nothing(
    server: Server, waiting: tuple[str, BlockingKernelClient]
) -> None:
    kernel, client = waiting
    right = callback(f"{kernel}.{RANDOM}")
    assert server.get(right, Host="evil.example").status == 403
    turned_away = server.get(right, signed=False)
    assert turned_away.status == 302 and turned_away.headers["Location"].startswith("/user/ada/login?next=")
    assert CODE not in turned_away.headers["Location"], "a login page writes its address into the log"
    for method in ("POST", "PUT", "DELETE"):
        assert server.get(right, method=method, signed=False).status in (403, 405)
        assert server.get(right, method=method).status == 405
    assert server.get(f"{PLACE}ready?kernel={kernel}", signed=False).status == 403
    assert server.get(f"{PLACE}ready?kernel={kernel}", Origin="https://evil.example", signed=False).status in (403, 404)
    assert value(client, "taken") == []


def test_a_forged_state_finds_nothing_waiting(server: Server, waiting: tuple[str, BlockingKernelClient]) -> None:
    kernel, client = waiting
    right = f"{kernel}.{RANDOM}"
    forged = [
        "",
        RANDOM,
        f"{kernel}.",
        f"{kernel}.{RANDOM[::-1]}",
        f"{kernel.upper()}.{RANDOM}",
        f"../{kernel}.{RANDOM}",
        f"00000000-0000-4000-8000-000000000000.{RANDOM}",
        f"{right}\n",
        f"{right}.{RANDOM}",
    ]
    for state in forged:
        answer = server.get(callback(state))
        assert (answer.status, answer.headers["Location"]) == (303, "nothing"), state
    twice = server.get(callback(right) + f"&state={right}")
    assert twice.headers["Location"] == "nothing"
    long = server.get(callback(right, code="x" * 9000))
    assert long.headers["Location"] == "nothing"
    assert value(client, "taken") == []


def test_a_kernel_that_does_not_know_us_is_no_reason_to_wait_for_long(server: Server) -> None:
    identity, _ = server.start_kernel()
    assert server.get(callback(f"{identity}.{RANDOM}")).headers["Location"] == "nothing"


def test_each_of_several_servers_knows_its_own_kernels(
    server: Server, other: Server, waiting: tuple[str, BlockingKernelClient]
) -> None:
    kernel, client = waiting
    assert other.get(callback(f"{kernel}.{RANDOM}")).headers["Location"] == "nothing"
    assert value(client, "taken") == []
    assert '"ready": true' in server.get(f"{PLACE}ready?kernel={kernel}").text
    assert '"ready": false' in other.get(f"{PLACE}ready?kernel={kernel}").text
    assert '"ready": false' in server.get(f"{PLACE}ready?kernel=..").text


def test_a_kernel_of_a_gateway_is_reached_too(ahead: Server, other: Server) -> None:
    kernel, client = ahead.start_kernel(at=other)
    run(client, WAITS)
    assert '"ready": true' in ahead.get(f"{PLACE}ready?kernel={kernel}").text
    assert ahead.get(callback(f"{kernel}.{RANDOM}")).headers["Location"] == "done"
    assert value(client, "taken[0]['code']") == CODE
    assert ahead.get(callback(f"{kernel}.{RANDOM}")).headers["Location"] == "nothing"


def test_case_60_no_code_and_no_state_is_in_the_servers_log(
    server: Server, waiting: tuple[str, BlockingKernelClient]
) -> None:
    kernel, _ = waiting
    server.get(callback(f"{kernel}.{RANDOM}"))
    server.get(callback(f"{kernel}.{RANDOM[::-1]}"))
    log = server.log
    assert "jupyter-connectors/oauth/callback" in log, "the request itself is logged"
    for canary in (CODE, RANDOM, RANDOM[::-1], TOKEN):
        assert canary not in log
