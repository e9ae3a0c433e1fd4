"""Cases of signing in: what a server, an authorization server or a browser may try. Nothing secret leaves, no loop."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest

from jupyter_connectors.errors import ConnectionFailed, ConnectorError, SignInFailed, SignInNeeded, StateProblem
from jupyter_connectors.models import Auth
from jupyter_connectors.sessions.http import AddressRefused, Reach, client, send
from jupyter_connectors.sessions.oauth.leaving import sign_out
from jupyter_connectors.vault import Key, Vault

from ..servers import web
from ..servers.authority import (
    CANARY,
    Authority,
    Browser,
    Clock,
    access_in,
    authority,
    connected,
    echo,
    entry_at,
)

pytestmark = pytest.mark.anyio


async def refused(made: Authority, place: Path, browser: Browser | None = None, **more: Any) -> ConnectorError:
    """How opening fails: two lines with nothing secret in them."""
    with pytest.raises(ConnectorError) as caught:
        async with connected(made, place, browser or Browser(), **more):
            pass
    error = caught.value
    assert str(error).count("\n") == 1 and CANARY not in str(error)
    assert error.__cause__ is None and not isinstance(error.__context__, BaseExceptionGroup)
    return error


def tokens(made: Authority) -> list[str]:
    return [each for each in made.log if each.startswith("token")]


WRITES = """
import sys
from pathlib import Path
from jupyter_connectors.vault import Key, Vault

vault, number = Vault(Path(sys.argv[1]), prefer="file"), 0
while True:
    number += 1
    vault.put(Key(user="me", connector="x"), {"token": str(number) * 4_000})
    print(number, flush=True)
"""


def test_case_10_a_kernel_that_is_killed_leaves_no_half_written_token(tmp_path: Path) -> None:
    for wanted in (1, 3, 10):
        with subprocess.Popen(
            [sys.executable, "-c", WRITES, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as kernel:
            assert kernel.stdout is not None
            for _ in range(wanted):
                kernel.stdout.readline()
            kernel.kill()
        found = Vault(tmp_path, prefer="file").get(Key(user="me", connector="x"))
        assert found is not None
        assert found["token"] == found["token"][: len(found["token"]) // 4_000] * 4_000


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ms-msdt:/id",
        r"\\evil.example\share",
        "https://evil.example/a b;rm -rf",
        "https://evil.example/\nx",
        "-flag",
        "https://evil.example\\@bank.example/",
    ],
)
async def test_case_48_an_authorize_address_that_is_no_web_page_is_never_opened(tmp_path: Path, address: str) -> None:
    async with authority() as made:
        made.says["authorization_endpoint"] = address
        browser = Browser()
        assert isinstance(await refused(made, tmp_path, browser), SignInFailed)
        assert browser.asked == [] and "register" not in made.log


@pytest.mark.parametrize(
    "address", ["http://auth.example/authorize", "https://user:pw@auth.example/authorize", "http://10.0.0.7/authorize"]
)
async def test_case_49_an_endpoint_without_https_or_with_a_user_is_refused(tmp_path: Path, address: str) -> None:
    async with authority() as made:
        made.says["authorization_endpoint"] = address
        browser = Browser()
        assert "cannot be used" in (await refused(made, tmp_path, browser)).problem
        assert browser.asked == []


async def test_case_49_letters_that_only_look_like_others_are_shown_as_what_they_are(tmp_path: Path) -> None:
    async with authority() as made:
        made.says["authorization_endpoint"] = "https://аpple.example/authorize"  # noqa: RUF001  # a Cyrillic a
        seen: list[str] = []

        async def looks(request: Any) -> Any:
            link = await request.authorize("http://127.0.0.1:1/callback")
            seen.extend((link.host, link.url))
            return await Browser(says_no=True)(request)

        await refused(made, tmp_path, looks)  # type: ignore[arg-type]
        assert seen[0] == "xn--pple-43d.example" and seen[1].startswith("https://xn--pple-43d.example/")


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "fd00::1",
    "fe80::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
    "fec0::1",
    "224.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_case_50_a_name_that_leads_to_a_private_address_is_not_connected(address: str) -> None:
    async def leads(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34", address]

    async with client(resolve=leads) as web_client:
        with pytest.raises(AddressRefused, match="not a public address"):
            await send(web_client, httpx2.Request("GET", "https://auth.example/"))


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost.", "localhost", "[::1]", "0"]
)
async def test_case_50_this_machine_in_every_notation_is_refused_for_what_a_server_names(host: str) -> None:
    """By the system's own resolver."""
    async with client(Reach(("https://mcp.example/mcp",))) as web_client:
        with pytest.raises((AddressRefused, httpx2.ConnectError, httpx2.InvalidURL)) as caught:
            await send(web_client, httpx2.Request("GET", f"https://{host}/"))
        assert not isinstance(caught.value, httpx2.ConnectError) or "has no address" in str(caught.value)


async def test_case_50_a_second_resolution_that_differs_is_never_made() -> None:
    async def handler(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "200 OK", b"hello")

    async with web.site(handler) as site:
        port = httpx2.URL(site.url).port
        asked: list[str] = []

        async def rebinds(host: str, _: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

        reach = Reach((f"http://localhost:{port}/",))
        async with client(reach, resolve=rebinds) as web_client:
            assert (await send(web_client, httpx2.Request("GET", f"http://localhost:{port}/"))).text == "hello"
            assert asked == ["localhost"]
            with pytest.raises(AddressRefused):
                await send(web_client, httpx2.Request("GET", f"http://localhost:{port}/"))


async def test_case_50_what_the_person_typed_may_be_private_and_what_its_server_names_may_not() -> None:
    async def inside(host: str, port: int) -> Sequence[str]:
        return ["10.9.9.9"]

    reach = Reach(("https://wiki.corp.example/mcp",))
    async with client(reach, seconds=0.2, resolve=inside) as web_client:
        with pytest.raises((httpx2.TransportError, TimeoutError)):
            await send(web_client, httpx2.Request("GET", "https://wiki.corp.example/x"), seconds=0.3)
        with pytest.raises(AddressRefused):
            await send(web_client, httpx2.Request("GET", "https://other.corp.example/x"))
        with pytest.raises(AddressRefused):
            await send(web_client, httpx2.Request("GET", "https://wiki.corp.example:8443/x"))

    async def metadata(host: str, port: int) -> Sequence[str]:
        return ["169.254.169.254"]

    async with client(reach, resolve=metadata) as web_client:
        with pytest.raises(AddressRefused):
            await send(web_client, httpx2.Request("GET", "https://wiki.corp.example/x"))


@pytest.mark.parametrize(
    "place",
    ["https://0177.0.0.1/prm", "javascript:alert(1)", "http://169.254.169.254/prm", "https://10.0.0.1/prm", "x"],
)
async def test_case_50_an_address_for_what_a_server_says_of_itself_is_looked_at_too(tmp_path: Path, place: str) -> None:
    async with authority() as made:
        made.challenge = f'resource_metadata="{place}"'
        made.names_itself = False
        assert isinstance(await refused(made, tmp_path), ConnectionFailed)
        assert set(made.log) == {"401"}


@pytest.mark.parametrize("place", ["/.well-known/oauth-authorization-server", "/register", "/token"])
async def test_case_50_a_redirect_to_elsewhere_is_not_followed(tmp_path: Path, place: str) -> None:
    async with authority() as made, authority() as elsewhere:
        made.moved[place] = f"{elsewhere.url}{place}"
        await refused(made, tmp_path)
        assert elsewhere.seen == []


async def test_case_51_an_issuer_that_is_not_the_one_named_is_refused(tmp_path: Path) -> None:
    async with authority() as made:
        made.says["issuer"] = "https://accounts.example"
        assert "says it is https://accounts.example" in (await refused(made, tmp_path)).problem
        assert "register" not in made.log


@pytest.mark.parametrize("iss", [None, "https://evil.example", ""])
async def test_case_51_an_answer_of_another_issuer_or_of_none_is_not_used(tmp_path: Path, iss: str | None) -> None:
    async with authority() as made:
        made.back["iss"] = iss
        assert "another service" in (await refused(made, tmp_path)).problem
        assert tokens(made) == []


async def test_case_52_a_resource_that_is_not_the_server_is_refused(tmp_path: Path) -> None:
    async with authority() as made:
        made.resource_says["resource"] = "https://bank.example/mcp"
        assert "another address: https://bank.example/mcp" in (await refused(made, tmp_path)).problem
        assert "metadata" not in made.log


@pytest.mark.parametrize("methods", [None, [], ["plain"]])
async def test_case_53_without_pkce_nothing_is_sent_and_the_reason_is_said(
    tmp_path: Path, methods: list[str] | None
) -> None:
    async with authority() as made:
        made.says["code_challenge_methods_supported"] = methods
        browser = Browser()
        error = await refused(made, tmp_path, browser)
        assert "PKCE" in error.problem and browser.asked == [] and "register" not in made.log


@pytest.mark.parametrize("state", ["", "forged", "kernel.forged"])
async def test_case_54_an_answer_with_another_state_is_nobodys(tmp_path: Path, state: str) -> None:
    async with authority() as made:
        error = await refused(made, tmp_path, Browser(change={"state": state}))
        assert "belongs to another sign-in" in error.problem and tokens(made) == []


async def test_case_54_an_answer_that_comes_after_ten_minutes_is_too_old(tmp_path: Path) -> None:
    clock = Clock()

    async def late(request: Any) -> Any:
        back = await Browser()(request)
        clock.now += 601
        return back

    async with authority() as made:
        error = await refused(made, tmp_path, late, now=clock)  # type: ignore[arg-type]
        assert "too old" in error.problem and tokens(made) == []


async def test_case_54_an_answer_to_an_earlier_link_is_not_taken_for_the_next(tmp_path: Path) -> None:
    kept: list[Any] = []

    async def replays(request: Any) -> Any:
        back = await Browser()(request)
        kept.append(back)
        return kept[0]

    async with authority() as made:
        async with connected(made, tmp_path / "a", replays) as connection:  # type: ignore[arg-type]
            assert await echo(connection) == "hello"
        error = await refused(made, tmp_path / "b", replays)  # type: ignore[arg-type]
        assert "belongs to another sign-in" in error.problem and len(tokens(made)) == 1


@pytest.mark.parametrize("step", ["token", "registration", "revocation"])
async def test_case_56_an_endpoint_on_another_site_gets_nothing_unless_it_is_allowed(tmp_path: Path, step: str) -> None:
    async with authority() as made:
        made.says[f"{step}_endpoint"] = made.metadata()[f"{step}_endpoint"].replace("127.0.0.1", "localhost")
        error = await refused(made, tmp_path)
        assert "at localhost, not at 127.0.0.1" in error.problem and "hosts =" in error.hint
        assert "register" not in made.log and tokens(made) == []
        async with connected(made, tmp_path, Browser(), auth=Auth(hosts=("localhost",))) as connection:
            assert await echo(connection) == "hello"


async def test_case_56_a_token_endpoint_that_moved_after_the_sign_in_gets_no_refresh_token(tmp_path: Path) -> None:
    async with authority() as made, authority() as thief:
        async with connected(made, tmp_path, Browser()) as connection:
            made.expire()
            made.moved["/token"] = f"{thief.url}/token"
            with pytest.raises(ConnectionFailed):
                await echo(connection)
        assert thief.seen == []


async def test_case_57_what_was_for_one_issuer_is_never_presented_to_another(tmp_path: Path) -> None:
    async with authority() as made, authority() as other:
        async with connected(made, tmp_path, Browser()):
            pass
        old = (*made.access, *made.refresh, *made.clients)
        made.revoke_all()
        made.resource_says["authorization_servers"] = [other.url]
        browser = Browser()
        with pytest.raises(SignInFailed):  # the server does not know the other's tokens
            async with connected(made, tmp_path, browser):
                pass
        assert browser.asked[0].issuer and "register" in other.log
        sent = b"".join(each.body + each.path.encode() + repr(each.headers).encode() for each in other.seen)
        assert not any(each.encode() in sent for each in old if each.startswith(CANARY))


async def test_case_57_a_client_secret_of_ones_own_is_not_sent_to_a_new_issuer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_SECRET", CANARY)
    auth = Auth(client_id="mine", client_secret="env:OWN_SECRET")
    async with authority() as made, authority() as other:
        async with connected(made, tmp_path, Browser(), auth=auth):
            pass
        made.revoke_all()
        made.resource_says["authorization_servers"] = [other.url]
        error = await refused(made, tmp_path, auth=auth)
        assert "was not sent" in error.hint and tokens(other) == [] and "authorize" not in other.log


@pytest.mark.parametrize("code", ["invalid_grant", "invalid_client"])
async def test_case_58_a_refused_renewal_asks_the_person_once_and_keeps_no_dead_token(
    tmp_path: Path, code: str
) -> None:
    async with authority() as made:
        browser = Browser()
        async with connected(made, tmp_path, browser) as connection:
            made.expire()
            made.refuse["refresh_token"] = (400, {"error": code, "error_description": CANARY})
            assert await echo(connection) == "hello"
            assert [each.why for each in browser.asked] == ["first", "again"]
            assert tokens(made).count("token:refresh_token") == 1


@pytest.mark.parametrize("told", [None, "3600", -1, 0, "soon", True, 1e30, "-5", "NaN", [3600]])
async def test_case_58_a_lifetime_of_any_form_is_read_or_taken_as_unknown(tmp_path: Path, told: Any) -> None:
    clock = Clock()
    async with authority() as made:
        made.reply["expires_in"] = told
        async with connected(made, tmp_path, Browser(), now=clock) as connection:
            assert await echo(connection) == "hello"
            until = connection.health.standing.until
            assert until == (clock.now + 3600 if told == "3600" else None)
        assert len(tokens(made)) == 1


async def test_case_58_a_clock_that_jumps_costs_a_renewal_and_no_sign_in(tmp_path: Path) -> None:
    clock = Clock()
    async with authority() as made, connected(made, tmp_path, Browser(), now=clock) as connection:
        clock.now -= 86_400
        assert await echo(connection) == "hello"
        clock.now += 10 * 86_400
        assert await echo(connection) == "hello"
        assert tokens(made) == ["token:authorization_code", "token:refresh_token", "token:refresh_token"]


async def test_case_58_a_renewal_that_leaves_out_the_refresh_token_keeps_the_old_one(tmp_path: Path) -> None:
    async with authority() as made, connected(made, tmp_path, Browser()) as connection:
        made.reply["refresh_token"] = None
        made.expire()
        assert await echo(connection) == "hello"
        assert connection.health.standing.renews


@pytest.mark.parametrize(
    "reply",
    [
        {"access_token": None},
        {"access_token": "two\r\nlines"},
        {"access_token": ["x"]},
        {"token_type": "mac"},
        {"access_token": ""},
    ],
)
async def test_case_58_a_reply_without_a_token_that_can_be_sent_is_an_error(
    tmp_path: Path, reply: dict[str, Any]
) -> None:
    async with authority() as made:
        made.reply.update(reply)
        assert isinstance(await refused(made, tmp_path), SignInFailed)


async def test_case_59_a_server_that_always_wants_more_is_given_up_after_three_sign_ins(tmp_path: Path) -> None:
    async with authority() as made:
        made.grants = lambda asked: "read"
        browser = Browser()
        async with connected(made, tmp_path, browser) as connection:
            made.needs = "everything"
            with pytest.raises(SignInFailed, match="keeps asking for more"):
                await echo(connection)
            assert len(browser.asked) <= 3
            asked = browser.asked[-1]
            assert set(asked.scopes) - set(asked.granted_before or ()) == {"everything"}


def test_case_61_a_file_that_others_could_read_is_not_used(tmp_path: Path) -> None:
    vault, key = Vault(tmp_path, prefer="file"), Key(user="me", connector="x")
    vault.put(key, {"token": CANARY})
    (file,) = (tmp_path / "secrets").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600 and (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    file.chmod(0o644)
    with pytest.raises(StateProblem, match="others can read or change it") as caught:
        vault.get(key)
    assert "sign in again" in caught.value.hint and CANARY not in str(caught.value)


def test_case_61_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    vault, key = Vault(tmp_path, prefer="file"), Key(user="me", connector="x")
    vault.put(key, {"token": CANARY})
    (file,) = (tmp_path / "secrets").iterdir()
    elsewhere = tmp_path / "elsewhere.json"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    with pytest.raises(StateProblem, match="it is a link"):
        vault.get(key)
    vault.put(key, {"token": "new"})
    assert json.loads(elsewhere.read_text()) == {"token": CANARY} and not file.is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_case_61_a_file_of_another_user_is_not_used(tmp_path: Path) -> None:
    vault, key = Vault(tmp_path, prefer="file"), Key(user="me", connector="x")
    vault.put(key, {"token": CANARY})
    (file,) = (tmp_path / "secrets").iterdir()
    os.chown(file, 65534, 65534)
    with pytest.raises(StateProblem, match="belongs to another user"):
        vault.get(key)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_case_61_a_damaged_file_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    vault, key = Vault(tmp_path, prefer="file"), Key(user="me", connector="x")
    vault.put(key, {"token": CANARY})
    (file,) = (tmp_path / "secrets").iterdir()
    file.write_bytes(content)
    with pytest.raises(StateProblem, match="damaged") as caught:
        vault.get(key)
    assert str(file) in caught.value.hint
    vault.delete(key)
    assert vault.get(key) is None


async def test_case_62_a_token_of_one_connector_account_or_user_is_nobody_elses(tmp_path: Path) -> None:
    async with authority() as made:
        async with connected(made, tmp_path, Browser()):
            pass
        for more in ({"account": "other"}, {"user": "you"}):
            assert isinstance(await refused(made, tmp_path, Browser(says_no=True), **more), SignInNeeded)
        moved = entry_at(made, url=made.resource.replace("/mcp", "/mcp/other"))
        vault = Vault(tmp_path, prefer="file")
        kept = Key(user="me", connector=entry_at(made).identity, resource=made.resource, issuer=made.url)
        assert vault.get(kept) is not None
        assert vault.get(Key(user="me", connector=moved.identity, resource=made.resource, issuer=made.url)) is None


async def test_case_63_a_sign_in_that_was_taken_back_asks_once_and_does_not_storm(tmp_path: Path) -> None:
    async with authority() as made:
        browser = Browser()
        async with connected(made, tmp_path, browser) as connection:
            made.revoke_all()
            browser.says_no = True
            del made.log[:]
            for _ in range(20):
                with pytest.raises(SignInNeeded):
                    await echo(connection)
            assert len(browser.asked) == 2 and browser.asked[1].why == "again"
            assert made.log.count("401") == 1 and tokens(made) == ["token:refresh_token"]
            assert connection.over and connection.health.standing.again


async def test_case_63_what_is_here_goes_even_if_the_service_keeps_it(tmp_path: Path) -> None:
    async with authority() as made:
        async with connected(made, tmp_path, Browser()):
            pass
        made.moved["/revoke"] = "https://evil.example/revoke"
        left = await sign_out(entry_at(made), account="", access=access_in(tmp_path), revoke=True)
        assert not left.revoked and left.problem
        assert list((tmp_path / "secrets").iterdir()) == []


async def test_case_11_a_token_does_not_leave_its_origin_by_a_redirect(tmp_path: Path) -> None:
    async def moves(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "307 Temporary Redirect", Location=elsewhere.url)

    seen: list[web.Request] = []

    async def takes(request: web.Request, writer: web.Writer) -> None:
        seen.append(request)
        web.send(writer, "200 OK")

    async with web.site(takes) as elsewhere, authority(moves) as made, connected(made, tmp_path, Browser()) as on:
        with pytest.raises(ConnectorError):
            await echo(on)
        await asyncio.sleep(0)
        assert seen == []
