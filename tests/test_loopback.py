"""The listener a browser comes back to, over real sockets: what it takes, what it ignores, when it closes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from jupyter_connectors.loopback import Listener
from jupyter_connectors.redirects import Page, listening, page_of, pasting, serving
from jupyter_connectors.returning import Return, pasted

pytestmark = pytest.mark.anyio

STATE = "S" * 43


async def ask(listener: Listener, target: str, *, method: str = "GET", host: str = "", body: bytes = b"") -> bytes:
    """The whole answer to one request, byte for byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    host = host or f"127.0.0.1:{listener.port}"
    try:
        writer.write(
            f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )
        with anyio.fail_after(10):
            return await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def waiting() -> Return:
    back = Return()
    back.expect(STATE, "http://127.0.0.1/callback")
    return back


async def test_the_right_answer_is_taken_and_the_address_bar_is_left_without_it() -> None:
    back = waiting()
    listener = Listener(back.offer)
    answer = await ask(listener, f"/callback?code=c0de&state={STATE}&iss=https%3A%2F%2Fid.example")
    assert answer.startswith(b"HTTP/1.1 303") and b"Location: /done\r\n" in answer
    assert b"c0de" not in answer and STATE.encode() not in answer
    found = await back.answered
    assert (found.code, found.state, found.iss) == ("c0de", STATE, "https://id.example")
    listener.close()
    page = await ask(listener, "/done")
    assert b"You can close this tab" in page and b"Content-Security-Policy: default-src 'none'" in page
    assert b"Cache-Control: no-store" in page and b"Referrer-Policy: no-referrer" in page
    await listener.closed()
    with pytest.raises(OSError):
        await ask(listener, "/done")


async def test_case_54_state_missing_wrong_replayed_or_of_another_connector_is_refused() -> None:
    back, other = waiting(), Return()
    other.expect("T" * 43, "http://127.0.0.1/callback")
    listener, second = Listener(back.offer), Listener(other.offer)
    for query in ("code=c", "code=c&state=", f"code=c&state={STATE[1:]}", f"state={STATE}", "code=c&state=%00"):
        assert b"404" in (await ask(listener, f"/callback?{query}"))[:20], query
    assert b"404" in (await ask(second, f"/callback?code=c&state={STATE}"))[:20], "it belongs to another sign-in"
    assert b"404" in (await ask(listener, f"/callback?code=c&code=d&state={STATE}"))[:20], "twice is never"
    assert not back.answered.done() and not other.answered.done()
    assert b"303" in (await ask(listener, f"/callback?code=c&state={STATE}"))[:20]
    assert b"404" in (await ask(listener, f"/callback?code=d&state={STATE}"))[:20], "replayed"
    assert (await back.answered).code == "c"
    listener.close()
    second.close()
    await asyncio.gather(listener.closed(), second.closed())


async def test_case_54_an_answer_that_comes_too_late_is_nobodys() -> None:
    back = waiting()
    listener = Listener(back.offer)
    back.close()
    assert b"404" in (await ask(listener, f"/callback?code=c&state={STATE}"))[:20]
    listener.close()
    await listener.closed()


async def test_case_54_a_code_delivered_by_two_ways_at_once_counts_once() -> None:
    back = waiting()
    told = {"code": "c", "state": STATE}
    taken = await asyncio.gather(*(asyncio.to_thread(back.offer, told) for _ in range(20)))
    assert taken.count(True) == 1


async def test_case_55_a_flood_other_paths_and_half_requests_change_nothing() -> None:
    back = waiting()
    listener = Listener(back.offer)
    silent = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(50)]
    targets = ["/", "/callback", "/callback/", "/CALLBACK?x=1", "/done", "/../callback", "//callback", "/favicon.ico"]
    answers = await asyncio.gather(*(ask(listener, targets[n % len(targets)]) for n in range(300)))
    assert all(b" 404 " in answer[:20] and b"Nothing is waiting for this" in answer for answer in answers)
    right = f"/callback?code=c&state={STATE}"
    for method in ("POST", "PUT", "OPTIONS", "HEAD"):
        assert b" 405 " in (await ask(listener, right, method=method))[:20]
    assert b" 403 " in (await ask(listener, right, host="evil.example"))[:20]
    assert b" 403 " in (await ask(listener, right, host=f"localhost.evil.example:{listener.port}"))[:20]
    assert not (await ask(listener, right, method="GET", body=b"x" * 100)).startswith(b"HTTP/1.1 303")
    assert not back.answered.done()
    assert b" 303 " in (await ask(listener, right))[:20], "the right one still comes through"
    for _, writer in silent:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    listener.close()
    await listener.closed()


async def test_case_55_each_port_is_another_and_a_taken_one_is_no_way() -> None:
    one, two = Listener(waiting().offer), Listener(waiting().offer)
    assert one.port != two.port
    assert listening(waiting(), (f"http://127.0.0.1:{one.port}/back",)) is None
    for each in (one, two):
        each.close()
        await each.closed()


async def test_a_browser_that_reaches_the_probe_is_on_this_machine() -> None:
    listener = Listener(waiting().offer)
    assert not listener.met.is_set()
    assert b" 204 " in (await ask(listener, listener.probe.removeprefix(f"http://127.0.0.1:{listener.port}")))[:20]
    assert listener.met.is_set()
    listener.close()
    await listener.closed()


HUB = "https://hub.example/user/ada/jupyter-connectors/oauth/callback"
KERNEL = "5c0f7a52-4b7e-4a8f-9d1e-1f2a3b4c5d6e"


@pytest.mark.parametrize(
    "told",
    [
        {"callback": "https://evil.example/", "kernel": KERNEL},
        {"callback": HUB.replace("https", "javascript"), "kernel": KERNEL},
        {"callback": HUB.replace("hub", "me@hub"), "kernel": KERNEL},
        {"callback": f"{HUB}?x", "kernel": KERNEL},
        {"callback": f"{HUB}\n", "kernel": KERNEL},
        {"callback": HUB, "kernel": "../other"},
        {"callback": HUB},
        {"callback": 5, "kernel": []},
    ],
)
async def test_a_page_that_names_no_callback_of_ours_has_none(told: Mapping[str, Any]) -> None:
    assert page_of({"host": "hub.example", **told}) == Page(host="hub.example")


async def test_a_client_registered_by_hand_comes_back_only_to_its_own_addresses() -> None:
    page = page_of({"host": "hub.example", "callback": HUB, "kernel": KERNEL})
    way = serving(page, (HUB,))
    assert way is not None and (way.name, way.redirect_uri, way.kernel) == ("server", HUB, KERNEL)
    assert serving(page, ("https://elsewhere.example/back",)) is None
    assert pasting(waiting(), ("https://elsewhere.example/back",)).redirect_uri == "https://elsewhere.example/back"
    mine = listening(waiting(), ("http://localhost/oauth/back",))
    assert mine is not None and mine.listener is not None
    assert mine.redirect_uri == f"http://localhost:{mine.listener.port}/oauth/back"
    mine.close()
    await mine.listener.closed()


async def test_a_pasted_address_must_be_the_very_one() -> None:
    base = "http://127.0.0.1:4711/callback"
    assert pasted(f" <{base}?code=a&state=b> ", base) == {"code": "a", "state": "b"}
    for text in (
        "",
        base.replace("4711", "4712") + "?code=a&state=b",
        base.replace("http", "https") + "?code=a&state=b",
        base.replace("127", "me@127") + "?code=a&state=b",
        f"{base}/more?code=a&state=b",
        f"{base}?code=a&code=b&state=c",
        f"{base}?code=a&state=b c",
        f"{base}?code=ä&state=b",
        "javascript:alert(1)",
        f"{base}?{'x' * 20_000}=1",
    ):
        with pytest.raises(ValueError):
            pasted(text, base)
