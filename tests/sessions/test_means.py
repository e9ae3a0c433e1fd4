"""Being known without a browser: keys in headers, service accounts, workloads; and answering what a server asks."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jupyter_connectors.audit import Audit
from jupyter_connectors.entries import Auth
from jupyter_connectors.errors import ConnectionFailed, SignInFailed, SignInNeeded, StateProblem, UnknownConnector
from jupyter_connectors.hub import Hub
from jupyter_connectors.judgement import Judge
from jupyter_connectors.policy.layers import Policy
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.oauth.leaving import sign_out
from jupyter_connectors.sessions.signin import Elicitation, Elicited, Person, Secret, SecretRequest
from jupyter_connectors.store import open_store
from jupyter_connectors.vault import Vault

from ..servers import web
from ..servers.authority import LIMITS, Authority, Browser, access_in, authority, connected, echo, entry_at

pytestmark = pytest.mark.anyio


def typed(value: str, asked: list[SecretRequest]) -> Person:
    """A person who types this value into the hidden prompt."""

    async def secret(request: SecretRequest) -> Secret:
        asked.append(request)
        return Secret(value=value)

    return Person(secret=secret)


async def headers_with(auth: Auth, place: Path, person: Person | None = None) -> dict[str, str]:
    """What a server is sent of a connector with these settings."""
    async with web.site(web.mcp(web.echo)) as site:
        entry = entry_at(Authority(), auth, url=site.url)
        connection = Connection("web", entry, limits=LIMITS, access=access_in(place, person=person or Person()))
        await connection.open()
        await connection.close()
        return site.seen[0].headers


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (Auth(kind="header", value="env:OWN_KEY"), "authorization", "Bearer k3y"),
        (Auth(kind="header", header="x-api-key", scheme="", value="env:OWN_KEY"), "x-api-key", "k3y"),
        (Auth(kind="header", scheme="Sentry-Bearer", value="env:OWN_KEY"), "authorization", "Sentry-Bearer k3y"),
        (
            Auth(kind="header", scheme="Basic", value="env:OWN_PAIR"),
            "authorization",
            f"Basic {base64.b64encode(b'me@corp:k3y').decode()}",
        ),
    ],
)
async def test_a_key_goes_into_the_header_the_service_wants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, auth: Auth, name: str, value: str
) -> None:
    monkeypatch.setenv("OWN_KEY", "k3y\n")
    monkeypatch.setenv("OWN_PAIR", "me@corp:k3y")
    assert (await headers_with(auth, tmp_path))[name] == value


async def test_a_key_from_the_vault_is_asked_for_once_and_forgotten_on_leaving(tmp_path: Path) -> None:
    asked: list[SecretRequest] = []
    auth = Auth(kind="header", header="x-api-key", scheme="", value="keyring")
    for _ in range(2):
        assert (await headers_with(auth, tmp_path, typed("k3y", asked)))["x-api-key"] == "k3y"
    # Two sites, so two addresses: what was typed for one is not sent to the other.
    assert [each.what for each in asked] == ["the value of the header x-api-key"] * 2
    async with web.site(web.mcp(web.echo)) as site:
        entry = entry_at(Authority(), auth, url=site.url)
        access = access_in(tmp_path, person=typed("k3y", asked))
        for _ in range(2):
            connection = Connection("web", entry, limits=LIMITS, access=access)
            await connection.open()
            await connection.close()
        assert len(asked) == 3
        await sign_out(entry, account="", access=access, revoke=True)
        connection = Connection("web", entry, limits=LIMITS, access=access_in(tmp_path))
        with pytest.raises(SignInNeeded, match="was not given the value of the header"):
            await connection.open()


async def test_a_key_from_a_prompt_is_kept_nowhere(tmp_path: Path) -> None:
    asked: list[SecretRequest] = []
    auth = Auth(kind="header", value="prompt")
    assert (await headers_with(auth, tmp_path, typed("k3y", asked)))["authorization"] == "Bearer k3y"
    assert asked[0].stored_in == "memory, until the kernel ends" and not (tmp_path / "secrets").exists()


@pytest.mark.parametrize("value", ["", "k3y", "env:NOT_SET_ANYWHERE"])
async def test_a_key_that_is_written_out_or_missing_is_refused_and_not_repeated(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        await headers_with(Auth(kind="header", value=value), tmp_path)
    assert "k3y" not in str(caught.value)


@pytest.mark.parametrize("key", ["two\r\nlines", "not ascii é"])
async def test_a_key_no_header_can_have_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConnectionFailed, match="cannot be sent") as caught:
        await headers_with(Auth(kind="header", value="prompt"), tmp_path, typed(key, []))
    assert key[:3] not in str(caught.value).replace("not ", "")


def pem(key: ec.EllipticCurvePrivateKey) -> str:
    how = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, how, serialization.NoEncryption()).decode()


async def test_a_service_account_signs_with_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    monkeypatch.setenv("OWN_PEM", pem(key))
    auth = Auth(flow="private_key_jwt", client_id="robot", client_secret="env:OWN_PEM")
    async with authority() as made, connected(made, tmp_path, auth=auth) as connection:
        assert await echo(connection) == "hello"
        sent = dict(parse_qsl(made.seen[-1].body.decode()))
        claims = jwt.decode(sent["client_assertion"], key.public_key(), algorithms=["ES256"], audience=made.url)
        assert (claims["iss"], claims["sub"]) == ("robot", "robot") and claims["exp"] - claims["iat"] == 300
        assert sent["client_assertion_type"].endswith("jwt-bearer") and sent["resource"] == made.resource


async def test_a_key_that_is_none_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_PEM", "-----BEGIN PRIVATE KEY----- canary")
    auth = Auth(flow="private_key_jwt", client_id="robot", client_secret="env:OWN_PEM")
    async with authority() as made:
        with pytest.raises(SignInFailed, match="cannot sign with ES256") as caught:
            async with connected(made, tmp_path, auth=auth):
                pass
        assert "canary" not in str(caught.value)


async def test_a_workload_shows_its_own_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_JWT", "workload-token")
    auth = Auth(flow="workload", client_secret="env:OWN_JWT")
    async with authority() as made, connected(made, tmp_path, auth=auth) as connection:
        assert await echo(connection) == "hello"
        sent = dict(parse_qsl(made.seen[-1].body.decode()))
        assert sent["assertion"] == "workload-token" and sent["grant_type"].endswith("jwt-bearer")
        assert "client_secret" not in sent and "workload-token" not in str(list(tmp_path.rglob("*")))


async def test_an_organisation_vouches_for_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_SECRET", "s3cret")
    monkeypatch.setenv("OWN_ID", "id-token")
    exchanged: list[dict[str, str]] = []

    async def idp(request: web.Request, writer: web.Writer) -> None:
        exchanged.append(dict(parse_qsl(request.body.decode())))
        told = {
            "access_token": "jag",
            "issued_token_type": "urn:ietf:params:oauth:token-type:id-jag",
            "token_type": "N_A",
        }
        web.send(writer, "200 OK", json.dumps(told).encode(), Content_Type="application/json")

    async with web.site(idp) as provider, authority() as made:
        auth = Auth(
            flow="id_jag",
            client_id="app",
            client_secret="env:OWN_SECRET",
            idp=provider.url,
            idp_client_id="app-at-idp",
            idp_token="env:OWN_ID",
        )
        async with connected(made, tmp_path, auth=auth) as connection:
            assert await echo(connection) == "hello"
        (asked,) = exchanged
        assert (asked["subject_token"], asked["audience"], asked["resource"]) == ("id-token", made.url, made.resource)
        assert dict(parse_qsl(made.seen[-1].body.decode()))["assertion"] == "jag"


async def test_an_organisation_that_does_not_vouch_is_two_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_ID", "id-token")

    async def idp(request: web.Request, writer: web.Writer) -> None:
        web.send(writer, "400 Bad Request", b'{"error": "access_denied", "error_description": "canary"}')

    async with web.site(idp) as provider, authority() as made:
        auth = Auth(flow="id_jag", client_id="app", idp=provider.url, idp_token="env:OWN_ID")
        with pytest.raises(SignInFailed, match=r"did not vouch for you \(access_denied\)"):
            async with connected(made, tmp_path, auth=auth):
                pass


def asking(schema: dict[str, Any], seen: list[dict[str, Any]]) -> web.Handler:
    """A call of 2026-07-28 that asks the person first."""

    async def call(request: web.Request, writer: web.Writer) -> None:
        given = request.message["params"].get("inputResponses")
        if given is None:
            question = {"mode": "form", "message": "How much?", "requestedSchema": schema}
            wanted = {"q": {"method": "elicitation/create", "params": question}}
            web.reply(request, writer, {"resultType": "input_required", "inputRequests": wanted, "requestState": "s"})
        else:
            seen.append(given["q"])
            web.reply(request, writer, {**web.text_result("done"), "resultType": "complete"})

    return call


def modern(call: web.Handler) -> web.Handler:
    """The well-behaved server, as one of 2026-07-28."""
    older = web.mcp(call)

    kept = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}

    async def handler(request: web.Request, writer: web.Writer) -> None:
        method = request.message.get("method")
        if method == "server/discover":
            told = {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}}
            web.reply(request, writer, {**kept, **told, "serverInfo": {"name": "web", "version": "1"}})
        elif method == "tools/list":
            web.reply(request, writer, {**kept, "tools": [web.GOOD]})
        else:
            await older(request, writer)

    return handler


AMOUNT = {"type": "object", "properties": {"amount": {"type": "integer", "default": 7}, "note": {"type": "string"}}}


async def test_a_server_s_question_reaches_the_person_with_its_defaults(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []
    asked: list[Elicitation] = []

    async def elicit(question: Elicitation) -> Elicited:
        asked.append(question)
        await asyncio.sleep(0.7)  # longer than the call may take: a person is not the server
        return Elicited(action="accept", content={"note": "mine"})

    async with web.site(modern(asking(AMOUNT, seen))) as site:
        limits = Limits(connect=5, call=0.5, close=0.3)
        entry = entry_at(Authority(), url=site.url)
        access = access_in(tmp_path, person=Person(elicit=elicit))
        connection = Connection("web", entry, limits=limits, access=access)
        await connection.open()
        assert await echo(connection) == "done"
        await connection.close()
    assert asked[0].message == "How much?" and seen[0]["content"] == {"amount": 7, "note": "mine"}


async def test_an_account_is_part_of_what_is_connected_and_signed_out(tmp_path: Path) -> None:
    async with authority() as made:
        store = open_store(tmp_path / "state.sqlite")
        judge = Judge(store, policy=Policy, notebook=lambda: "")
        access = access_in(tmp_path, Browser())
        hub = Hub(audit=Audit(store), spool_dir=tmp_path, limits=LIMITS, judge=judge, access=access)
        entry = entry_at(made)
        await hub.connect(entry, name="live", account="live")
        await hub.connect(entry, name="test", account="test")
        assert hub.health("live").account == "live" and hub.health("live").standing.signed_in
        with pytest.raises(UnknownConnector, match="taken by another"):
            await hub.connect(entry, name="live", account="test")
        left = await hub.sign_out(entry, account="live")
        assert left.revoked and hub.names == ("test",)
        assert (await hub.sign_out(replace(entry, id="other"), account="test")).was_signed_in is False
        await hub.close()
        store.close()


async def test_a_damaged_vault_is_two_lines_and_leaving_mends_it(tmp_path: Path) -> None:
    async with authority() as made:
        async with connected(made, tmp_path, Browser()):
            pass
        for each in (tmp_path / "secrets").iterdir():
            each.write_text("{")
        with pytest.raises(StateProblem, match="damaged"):
            async with connected(made, tmp_path, Browser()):
                pass
        await sign_out(entry_at(made), account="", access=access_in(tmp_path), revoke=True)
        async with connected(made, tmp_path, Browser()) as connection:
            assert await echo(connection) == "hello"
        assert Vault(tmp_path, prefer="file").place == "file"


@pytest.mark.anyio
async def test_a_scheme_that_ends_in_an_equals_sign_has_its_key_right_behind_it(tmp_path: Path) -> None:
    auth = Auth(kind="header", scheme="Token token=", value="prompt")
    assert (await headers_with(auth, tmp_path, typed("k3y", [])))["authorization"] == "Token token=k3y"
