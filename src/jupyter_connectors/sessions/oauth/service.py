"""Tokens without a person: service accounts, workloads, and people whose organisation vouches for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

import httpx2
from mcp.client.auth.extensions.client_credentials import SignedJWTParameters

from jupyter_connectors.entries import Auth
from jupyter_connectors.errors import SignInFailed, UsageProblem
from jupyter_connectors.sessions.oauth.discovery import Found, Send
from jupyter_connectors.sessions.oauth.requests import form
from jupyter_connectors.sessions.oauth.tokens import Client, error_code, object_of
from jupyter_connectors.sessions.references import ID_TOKEN, PRIVATE_KEY, WORKLOAD

Secret = Callable[[str, str], Awaitable[str]]
"""The value of a reference; told what it is for, in words."""

_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
_ID_JAG = "urn:ietf:params:oauth:token-type:id-jag"


async def token_request(
    auth: Auth, found: Found, client: Client | None, fields: dict[str, str], *, secret: Secret, send: Send
) -> httpx2.Request:
    """The request with which a flow without a person gets its token.

    Args:
        fields: `scope` and `resource`, where they are to be sent.

    Raises:
        SignInFailed: The organisation's identity provider refused, or a key cannot sign.
    """
    endpoint = str(found.service.token_endpoint)
    if auth.flow == "workload":
        token = await secret(auth.client_secret, WORKLOAD)
        # The token says who calls; no client needs to be registered beside it (RFC 7523, section 2.1).
        return form(endpoint, {"grant_type": _BEARER, "assertion": token, **fields}, client)
    if client is None:
        raise UsageProblem("a service account has a client id", hint="give it with --client-id")
    if auth.flow == "client_credentials":
        return form(endpoint, {"grant_type": "client_credentials", **fields}, client)
    if auth.flow == "private_key_jwt":
        signed = await _signed(auth, client.client_id, found.issuer, await secret(auth.client_secret, PRIVATE_KEY))
        data = {"grant_type": "client_credentials", "client_assertion": signed, "client_assertion_type": _ASSERTION}
        return form(endpoint, {**data, **fields}, client)
    jag = await _id_jag(auth, found, fields.get("resource", ""), secret=secret, send=send)
    return form(endpoint, {"grant_type": _BEARER, "assertion": jag, **fields}, client)


async def _signed(auth: Auth, client_id: str, audience: str, key: str) -> str:
    """A statement signed with the client's key (RFC 7523, section 2.2), good for five minutes."""
    made = SignedJWTParameters(
        issuer=client_id, subject=client_id, signing_key=key, signing_algorithm=auth.algorithm, lifetime_seconds=300
    )
    with suppress(Exception):  # the key is no key, or of another kind; the error may quote it
        return await made.create_assertion_provider()(audience)
    raise SignInFailed(
        f"the private key cannot sign with {auth.algorithm}",
        hint="it must be the whole PEM, of the kind the service has",
    )


async def _id_jag(auth: Auth, found: Found, resource: str, *, secret: Secret, send: Send) -> str:
    """What the organisation's identity provider gives for the person's id token (RFC 8693; identity assertion grant)."""
    if not auth.idp:
        raise UsageProblem("no identity provider is set for this connector", hint="set its token endpoint as idp")
    data = {
        "grant_type": _EXCHANGE,
        "requested_token_type": _ID_JAG,
        "subject_token": await secret(auth.idp_token, ID_TOKEN),
        "subject_token_type": _ID_TOKEN,
        "audience": found.issuer,
        "resource": resource,
        "client_id": auth.idp_client_id,
    }
    response = await send(form(auth.idp, {name: value for name, value in data.items() if value}, None))
    told = object_of(response.content)
    token = told.get("access_token")
    if response.status_code == 200 and isinstance(token, str) and told.get("issued_token_type", _ID_JAG) == _ID_JAG:
        return token
    code = error_code(response.content) or f"status {response.status_code}"
    raise SignInFailed(
        f"your organisation's identity provider did not vouch for you ({code})",
        hint="sign in there again, or ask the people who run it",
    )
