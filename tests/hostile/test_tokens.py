"""Cases of tokens: each goes to whom it is for, and a renewal that fails is no loop and no loss."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from jupyter_connectors.entries import Auth
from jupyter_connectors.errors import ConnectionFailed, ConnectorError, SignInFailed, SignInNeeded
from jupyter_connectors.sessions.oauth.leaving import sign_out
from jupyter_connectors.vault import Key, Vault

from ..servers import web
from ..servers.authority import CANARY, Browser, Clock, access_in, authority, connected, echo, entry_at, tokens
from .support import refused

pytestmark = pytest.mark.anyio


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
