"""Signing in at an authorization server that nobody here wrote: oidc-provider, certified, over HTTP on the loopback."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from jupyter_connectors.entries import Auth, Remote
from jupyter_connectors.errors import SignInFailed, SignInNeeded
from jupyter_connectors.sessions import signin
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.oauth.access import Access
from jupyter_connectors.sessions.oauth.leaving import sign_out
from jupyter_connectors.vault import Vault

from .rig import ByDevice, Person, Rig, rig
from .started import HERE

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def at() -> Iterator[Rig]:
    with rig() as made:
        yield made


def access(place: Path, person: Person | None = None, *, later: float = 0.0) -> Access:
    asks = signin.Person(sign_in=person) if person is not None else signin.NOBODY
    return Access(vault=Vault(place, prefer="file"), person=asks, user="me", now=lambda: time.time() + later)


@asynccontextmanager
async def connected(
    at: Rig, place: Path, person: Person | None = None, *, auth: Auth | None = None, later: float = 0.0
) -> AsyncIterator[Connection]:
    connection = Connection("mail", at.entry(auth), limits=Limits(), access=access(place, person, later=later))
    await connection.open()
    try:
        yield connection
    finally:
        await connection.close()


async def first_sender(connection: Connection) -> str:
    reply = await connection.call(connection.tools[0], {})
    return str(reply.structured["result"][0]["from"])


async def test_a_person_logs_in_consents_and_calls(at: Rig, tmp_path: Path) -> None:
    person = Person()
    async with connected(at, tmp_path, person) as connection:
        assert await first_sender(connection) == "ada@example.com"
        health = connection.health
        assert health.standing.signed_in and health.standing.renews and health.last_call is not None
        assert "mail.read" in health.standing.scopes and health.protocol == "2026-07-28"
        assert health.standing.until is not None and 3000 < health.standing.until - time.time() < 3700
    (request,) = person.asked
    assert (request.host, request.issuer, request.why) == ("localhost", "localhost", "first")


async def test_a_person_who_cancels_on_the_services_page_is_told_so(at: Rig, tmp_path: Path) -> None:
    with pytest.raises(SignInNeeded, match=r"did not sign you in \(access_denied\)"):
        async with connected(at, tmp_path, Person(cancels=True)):
            pass


async def test_a_restart_needs_no_sign_in_today_and_a_renewal_tomorrow(at: Rig, tmp_path: Path) -> None:
    async with connected(at, tmp_path, Person()):
        pass
    before = at.log("/token")
    async with connected(at, tmp_path) as connection:
        assert await first_sender(connection) == "ada@example.com"
    assert at.log("/token") == before
    for _ in range(3):  # each takes the refresh token that the one before was given
        async with connected(at, tmp_path, later=_next_day(tmp_path)) as connection:
            assert await first_sender(connection) == "ada@example.com"
    assert at.log("/token")[len(before) :] == [("refresh_token", 200)] * 3


def _next_day(place: Path) -> float:
    """Later than anything this vault has seen."""
    count = len(list(place.glob("day*")))
    (place / f"day{count}").touch()
    return 86_400.0 * (count + 1)


async def test_two_kernels_that_renew_at_once_send_one_request(at: Rig, tmp_path: Path) -> None:
    async with connected(at, tmp_path, Person()):
        pass
    before = len(at.log("/token"))
    command = [sys.executable, str(HERE / "kernel.py"), at.url, str(tmp_path), "86400"]
    assert await asyncio.to_thread(_said_by_two, command) == ["ada@example.com\n"] * 2
    assert at.log("/token")[before:] == [("refresh_token", 200)]


def _said_by_two(command: list[str]) -> list[str]:
    kernels = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for each in kernels:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    for each in kernels:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    return [each.communicate(timeout=60)[0] for each in kernels]


async def test_a_code_typed_on_the_services_page_signs_in(at: Rig, tmp_path: Path) -> None:
    person = ByDevice()
    async with connected(at, tmp_path, person) as connection:
        assert await first_sender(connection) == "ada@example.com"
        assert connection.health.standing.renews
    assert ("urn:ietf:params:oauth:grant-type:device_code", 200) in at.log("/token")


async def test_what_was_taken_back_at_the_service_asks_for_a_new_sign_in(at: Rig, tmp_path: Path) -> None:
    person = Person()
    async with connected(at, tmp_path, person) as connection:
        signing = connection._link.signing
        assert signing is not None and signing.provider is not None
        held = signing.provider.held
        assert held is not None and held.tokens is not None and held.client is not None
        async with httpx2.AsyncClient() as browser:
            for token in (held.tokens.refresh_token, held.tokens.access_token):
                data = {"token": token, "client_id": held.client.client_id}
                secret = held.client.client_secret
                auth = (held.client.client_id, secret) if secret else None
                answer = await browser.post(f"{at.issuer}/token/revocation", data=data, auth=auth)
                assert answer.status_code == 200
        assert await first_sender(connection) == "ada@example.com"
        assert [each.why for each in person.asked] == ["first", "again"]


async def test_leaving_takes_tokens_and_registration_back(at: Rig, tmp_path: Path) -> None:
    async with connected(at, tmp_path, Person()):
        pass
    left = await sign_out(at.entry(), account="", access=access(tmp_path), revoke=True)
    assert left.revoked and not left.problem
    assert at.log("/token/revocation")[-2:] == [("refresh_token", 200), ("access_token", 200)]
    asked = [(method, path.count("/")) for method, path, _, _ in httpx2.get(f"{at.issuer}/log").json()]
    assert asked[-1] == ("DELETE", 2)
    assert list((tmp_path / "secrets").iterdir()) == []


async def test_another_issuer_than_the_one_set_gets_nothing(at: Rig, tmp_path: Path) -> None:
    person = Person()
    with pytest.raises(SignInFailed, match="wants another to sign in"):
        async with connected(at, tmp_path, person, auth=Auth(issuer="https://accounts.example")):
            pass
    assert person.asked == []


async def test_a_token_for_one_server_is_not_taken_by_another(at: Rig, tmp_path: Path) -> None:
    with rig() as other:
        async with connected(at, tmp_path, Person()):
            pass
        entry = at.entry()
        assert isinstance(entry.target, Remote)
        swapped = replace(entry, target=replace(entry.target, url=other.url))
        connection = Connection("mail", swapped, limits=Limits(), access=access(tmp_path))
        with pytest.raises(SignInNeeded):
            await connection.open()
