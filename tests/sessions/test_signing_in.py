"""Signing in to a server, staying signed in, and leaving, against an authorization server on the loopback."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from jupyter_connectors.entries import Auth, Remote
from jupyter_connectors.errors import ConnectionFailed, SignInFailed, SignInNeeded
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.oauth.access import reach_of
from jupyter_connectors.sessions.oauth.leaving import sign_out
from jupyter_connectors.sessions.signin import NOBODY, Callback, SignInRequest

from ..servers import web
from ..servers.authority import (
    CANARY,
    LIMITS,
    REDIRECT,
    Authority,
    Browser,
    Clock,
    access_in,
    authority,
    connected,
    echo,
    entry_at,
    tokens,
)
from ..waiting import eventually

pytestmark = pytest.mark.anyio


async def test_the_first_connection_registers_signs_in_and_lists_tools(tmp_path: Path) -> None:
    async with authority() as made:
        browser = Browser()
        async with connected(made, tmp_path, browser) as connection:
            assert await echo(connection) == "hello"
            standing = connection.health.standing
            assert standing.signed_in and standing.renews and standing.issuer == made.url
        assert made.log[:1] == ["401"]
        assert [each for each in made.log if each not in ("401", "metadata")] == [
            "register",
            "authorize",
            "token:authorization_code",
        ]
        (request,) = browser.asked
        assert (request.host, request.issuer, request.why) == ("127.0.0.1", "127.0.0.1", "first")
        assert request.granted_before is None and "files that only you can read" in request.stored_in


async def test_a_restart_needs_no_new_sign_in(tmp_path: Path) -> None:
    async with authority() as made:
        async with connected(made, tmp_path, Browser()):
            pass
        del made.log[:]
        async with connected(made, tmp_path) as connection:
            assert await echo(connection) == "hello"
        assert made.log == []


async def test_a_restart_with_an_expired_token_renews_it_at_the_right_host(tmp_path: Path) -> None:
    clock = Clock()
    async with authority() as made:
        async with connected(made, tmp_path, Browser(), now=clock):
            pass
        made.expire()
        del made.log[:]
        clock.now += 4_000
        async with connected(made, tmp_path, now=clock) as connection:
            assert await echo(connection) == "hello"
        assert made.log == ["token:refresh_token"]


async def test_a_token_that_ends_early_is_renewed_when_the_server_says_so(tmp_path: Path) -> None:
    async with authority() as made, connected(made, tmp_path, Browser()) as connection:
        del made.log[:]
        made.expire()
        assert await echo(connection) == "hello"
        assert made.log == ["401", "token:refresh_token"]


async def test_five_calls_at_once_on_an_expired_token_renew_it_once(tmp_path: Path) -> None:
    async with authority() as made, connected(made, tmp_path, Browser()) as connection:
        del made.log[:]
        made.expire()
        assert await asyncio.gather(*(echo(connection) for _ in range(5))) == ["hello"] * 5
        assert tokens(made) == ["token:refresh_token"]


async def test_calls_at_once_are_not_sent_one_after_the_other(tmp_path: Path) -> None:
    together = asyncio.Barrier(5)

    async def waits_for_all(request: web.Request, writer: web.Writer) -> None:
        await together.wait()
        await web.echo(request, writer)

    async with authority(waits_for_all) as made, connected(made, tmp_path, Browser()) as connection:
        assert await asyncio.gather(*(echo(connection) for _ in range(5))) == ["hello"] * 5


async def test_two_kernels_that_renew_at_once_send_one_request(tmp_path: Path) -> None:
    async with authority() as made, connected(made, tmp_path, Browser()) as one, connected(made, tmp_path) as other:
        del made.log[:]
        made.expire()
        assert await asyncio.gather(echo(one), echo(other)) == ["hello"] * 2
        assert tokens(made) == ["token:refresh_token"]


async def test_a_renewal_that_nobody_waits_for_any_more_is_kept(tmp_path: Path) -> None:
    async with authority() as made, connected(made, tmp_path, Browser()) as connection:
        made.expire()
        made.renews = asyncio.Event()
        call = asyncio.create_task(echo(connection))
        await made.renewing.wait()
        call.cancel()
        assert isinstance((await asyncio.gather(call, return_exceptions=True))[0], asyncio.CancelledError)
        made.renews.set()
        assert await echo(connection) == "hello"
        assert tokens(made) == ["token:authorization_code", "token:refresh_token"]


async def test_a_client_id_of_ones_own_comes_before_a_document_and_registration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_SECRET", "s3cret")
    document = "https://client.example/metadata.json"
    async with authority() as made:
        made.says["client_id_metadata_document_supported"] = True
        auth = Auth(client_id="mine", client_secret="env:OWN_SECRET", secret_sent="client_secret_post")
        async with connected(made, tmp_path / "own", Browser(), auth=auth, client_metadata_url=document):
            body = dict(parse_qsl(made.seen[-1].body.decode()))
            assert (body["client_id"], body["client_secret"]) == ("mine", "s3cret")
        async with connected(made, tmp_path / "cimd", Browser(), client_metadata_url=document):
            assert dict(parse_qsl(made.seen[-1].body.decode()))["client_id"] == document
        assert "register" not in made.log
        made.says["registration_endpoint"] = None
        with pytest.raises(SignInFailed, match="registered by hand") as caught:
            async with connected(made, tmp_path / "none", Browser()):
                pass
        assert "--client-id" in caught.value.hint


async def test_a_service_that_takes_only_clients_of_its_own_says_so_before_anything_is_sent(tmp_path: Path) -> None:
    async with authority() as made:
        with pytest.raises(SignInFailed, match="registered by hand"):
            async with connected(made, tmp_path, Browser(), auth=Auth(registration="own")):
                pass
        assert "register" not in made.log


async def test_a_person_who_says_no_is_asked_once_and_nothing_is_kept(tmp_path: Path) -> None:
    async with authority() as made:
        browser = Browser(says_no=True)
        with pytest.raises(SignInNeeded, match="Web is not signed in"):
            async with connected(made, tmp_path, browser):
                pass
        assert len(browser.asked) == 1 and tokens(made) == [] and not (tmp_path / "secrets").exists()


async def test_with_nobody_there_nothing_is_asked_and_two_lines_say_so(tmp_path: Path) -> None:
    async with authority() as made:
        with pytest.raises(SignInNeeded) as caught:
            async with connected(made, tmp_path, person=NOBODY):
                pass
        assert str(caught.value).count("\n") == 1 and "register" not in made.log


async def test_two_accounts_are_two_sign_ins(tmp_path: Path) -> None:
    async with authority() as made:
        browser = Browser()
        async with (
            connected(made, tmp_path, browser, account="live"),
            connected(made, tmp_path, browser, account="test"),
        ):
            assert [each.account for each in browser.asked] == ["live", "test"] and len(made.access) == 2


async def test_more_scopes_are_shown_as_what_they_add(tmp_path: Path) -> None:
    async with authority() as made:
        made.challenge = 'scope="read"'
        browser = Browser()
        async with connected(made, tmp_path, browser) as connection:
            made.needs = "write"
            assert await echo(connection) == "hello"
            first, more = browser.asked
            assert first.scopes == ("read",) and more.why == "more"
            assert (more.granted_before, more.scopes) == (("read",), ("read", "write"))
            assert connection.health.standing.scopes == ("read", "write")


async def test_declining_more_scopes_leaves_the_connection_as_it_was(tmp_path: Path) -> None:
    async with authority() as made:
        browser = Browser()
        async with connected(made, tmp_path, browser) as connection:
            made.needs, browser.says_no = "write", True
            with pytest.raises(SignInNeeded):
                await echo(connection)
            made.needs = ""
            assert await echo(connection) == "hello" and connection.health.last_error


async def test_a_device_code_is_typed_elsewhere(tmp_path: Path) -> None:
    async with authority() as made:
        made.refuse["urn:ietf:params:oauth:grant-type:device_code"] = (400, {"error": "authorization_pending"})
        browser = Browser(by_device=True)
        opening = asyncio.create_task(_opened(made, tmp_path, browser))
        await eventually(lambda: "token:device_code" in made.log)
        made.refuse.clear()
        connection = await opening
        assert await echo(connection) == "hello"
        await connection.close()
        assert "authorize" not in made.log


async def _opened(made: Authority, place: Path, browser: Browser) -> Connection:
    connection = Connection("web", entry_at(made), limits=LIMITS, access=access_in(place, browser))
    await connection.open()
    return connection


async def test_a_device_code_that_is_refused_ends_the_waiting(tmp_path: Path) -> None:
    async with authority() as made:
        made.refuse["urn:ietf:params:oauth:grant-type:device_code"] = (400, {"error": "access_denied"})
        with pytest.raises(SignInNeeded, match="you or the service said no"):
            async with connected(made, tmp_path, Browser(by_device=True)):
                pass


@pytest.mark.parametrize("basic", [True, False])
async def test_a_service_account_needs_no_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, basic: bool) -> None:
    monkeypatch.setenv("OWN_SECRET", "s3cret")
    how = "client_secret_basic" if basic else "client_secret_post"
    auth = Auth(flow="client_credentials", client_id="robot", client_secret="env:OWN_SECRET", secret_sent=how)
    async with authority() as made, connected(made, tmp_path, auth=auth) as connection:
        assert await echo(connection) == "hello"
        sent = made.seen[-1]
        assert sent.headers.get("authorization", "").startswith("Basic ") == basic
        assert ("client_secret" in dict(parse_qsl(sent.body.decode()))) != basic
        assert tokens(made) == ["token:client_credentials"]


async def test_leaving_takes_the_refresh_token_back_first_and_forgets_everything(tmp_path: Path) -> None:
    async with authority() as made:
        async with connected(made, tmp_path, Browser()):
            pass
        left = await sign_out(entry_at(made), account="", access=access_in(tmp_path), revoke=True)
        assert left.revoked and left.was_signed_in and not left.problem
        assert [each for each in made.log if each.startswith("revoke")] == [
            "revoke:refresh_token",
            "revoke:access_token",
        ]
        assert list((tmp_path / "secrets").iterdir()) == []
        with pytest.raises(SignInNeeded):
            async with connected(made, tmp_path):
                pass


async def test_leaving_succeeds_when_the_service_is_down_and_says_so(tmp_path: Path) -> None:
    async with authority() as made, connected(made, tmp_path, Browser()):
        pass
    left = await sign_out(entry_at(made), account="", access=access_in(tmp_path), revoke=True)
    assert not left.revoked and "could not be reached" in left.problem
    assert list((tmp_path / "secrets").iterdir()) == []


async def test_a_kernel_that_is_running_learns_that_another_signed_out(tmp_path: Path) -> None:
    browser = Browser()
    async with authority() as made, connected(made, tmp_path, browser) as connection:
        await sign_out(entry_at(made), account="", access=access_in(tmp_path), revoke=True)
        browser.says_no = True
        with pytest.raises(SignInNeeded):
            await echo(connection)
        assert connection.over and "token:refresh_token" not in made.log


async def test_a_service_that_is_down_costs_no_sign_in(tmp_path: Path) -> None:
    async with authority() as made, connected(made, tmp_path, Browser()) as connection:
        made.expire()
        made.refuse["refresh_token"] = (503, {})
        with pytest.raises(ConnectionFailed, match="cannot be renewed now"):
            await echo(connection)
        made.refuse.clear()
        assert await echo(connection) == "hello"
        assert tokens(made) == ["token:authorization_code", "token:refresh_token", "token:refresh_token"]


async def test_the_time_a_person_takes_is_not_the_servers(tmp_path: Path) -> None:
    limits = type(LIMITS)(connect=0.6, call=0.6, close=0.3)

    async def slow(request: SignInRequest) -> Callback:
        await asyncio.sleep(0.9)  # longer than the server may take: what is tested is that this time passes
        return await Browser()(request)

    async with authority() as made:
        access = access_in(tmp_path, slow)
        connection = Connection("web", entry_at(made), limits=limits, access=access)
        await connection.open()
        await connection.close()
        assert REDIRECT in str(made.clients)


async def test_nothing_secret_shows_itself(tmp_path: Path) -> None:
    async with authority() as made, connected(made, tmp_path, Browser()) as connection:
        signing = connection._link.signing
        assert signing is not None and signing.provider is not None
        held = signing.provider.held
        assert held is not None and held.tokens is not None
        shown = [held, held.tokens, held.client, connection.health, connection._access, vars(signing.provider)]
        assert CANARY not in "".join(repr(each) + str(each) for each in shown)
        assert CANARY in held.tokens.access_token


async def test_a_private_host_that_was_named_may_sign_in() -> None:
    entry = entry_at(Authority(), Auth(hosts=("sso.corp.example",)), url="https://mcp.corp.example/mcp")
    target = entry.target
    assert isinstance(target, Remote)
    reach = reach_of(target)
    assert reach.allows("sso.corp.example", 443, ip_address("10.255.255.1"))
    assert not reach.allows("sso.corp.example", 8443, ip_address("10.255.255.1"))
    assert not reach.allows("other.corp.example", 443, ip_address("10.255.255.1"))
