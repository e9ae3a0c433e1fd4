"""The requests to an authorization server: registering, exchanging, renewing, giving back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import quote

import httpx2
from mcp.client.auth.exceptions import OAuthRegistrationError
from mcp.client.auth.oauth2 import check_registration_usable
from mcp.shared.auth import OAuthClientMetadata
from pydantic import AnyUrl, ValidationError

from jupyter_connectors.entries import Auth
from jupyter_connectors.errors import SignInFailed
from jupyter_connectors.sessions.http import is_here
from jupyter_connectors.sessions.oauth.discovery import Found, Send
from jupyter_connectors.sessions.oauth.record import Service
from jupyter_connectors.sessions.oauth.tokens import Client, error_code, object_of

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
BY_HAND = "register one at the vendor's, then give its id with --client-id (and --client-secret env:NAME)"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def form(endpoint: str, data: Mapping[str, str], client: Client | None) -> httpx2.Request:
    """A request to a token, device or revocation endpoint, with the client's authentication (RFC 6749, section 2.3)."""
    fields, headers = dict(data), dict(_FORM)
    if client is not None:
        secret, method = client.client_secret, client.token_endpoint_auth_method
        if secret and method in ("client_secret_basic", None):  # None is Basic (RFC 7591, section 2)
            pair = f"{quote(client.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            fields["client_id"] = client.client_id
            if secret and method == "client_secret_post":
                fields["client_secret"] = secret
    return httpx2.Request("POST", endpoint, data=fields, headers=headers)


def own_client(found: Found, auth: Auth, client_id: str, secret: str) -> Client:
    """The client that the person or the organisation registered by hand."""
    method = auth.secret_sent or _secret_method(found.service) if secret else "none"
    return Client(
        client_id=client_id, client_secret=secret or None, token_endpoint_auth_method=method, issuer=found.issuer
    )


def _secret_method(service: Service) -> str:
    # Where nothing is said, RFC 8414, section 2, says Basic.
    known = [
        each
        for each in service.token_endpoint_auth_methods_supported or ()
        if each in ("client_secret_basic", "client_secret_post")
    ]
    return known[0] if known else "client_secret_basic"


def metadata_client(url: str, found: Found, redirect_uri: str) -> Client:
    """The client whose id is the address of a document about it."""
    return Client(
        client_id=url, token_endpoint_auth_method="none", redirect_uris=[AnyUrl(redirect_uri)], issuer=found.issuer
    )


async def register(found: Found, redirect_uri: str, scope: str, *, title: str, send: Send) -> Client:
    """Registers us at the service (RFC 7591).

    Raises:
        SignInFailed: It takes no new clients, or gave one that cannot be used.
    """
    endpoint = found.service.registration_endpoint
    if endpoint is None:
        raise SignInFailed(
            f"{title} takes only clients that were registered by hand",
            hint=BY_HAND,
        )
    grants = ["authorization_code", "refresh_token"]
    if found.service.device_authorization_endpoint is not None:
        grants.append(DEVICE)
    native = is_here(httpx2.URL(redirect_uri).host)
    wanted = OAuthClientMetadata(
        client_name="jupyter-connectors",
        redirect_uris=[AnyUrl(redirect_uri)],
        application_type="native" if native else "web",
        grant_types=grants,
        scope=scope or None,
    )
    body = wanted.model_dump(by_alias=True, mode="json", exclude_none=True)
    response = await send(httpx2.Request("POST", str(endpoint), json=body))
    if response.status_code not in (200, 201):
        code = error_code(response.content) or f"status {response.status_code}"
        raise SignInFailed(
            f"{title} did not register us ({code})", hint="a client id of your own can be given with --client-id"
        )
    told = object_of(response.content) | {"issuer": found.issuer}
    try:
        client = Client.model_validate(told)
        check_registration_usable(client)
    except (ValidationError, OAuthRegistrationError):
        pass
    else:
        return client
    raise SignInFailed(f"{title} registered us in a way we cannot use", hint="tell the people who run it")


def resource_field(found_resource: bool, resource: str, protocol: str) -> dict[str, str]:
    """The address a token is for (RFC 8707): from 2025-06-18 on, and wherever the server describes itself."""
    return {"resource": resource} if found_resource or protocol >= "2025-06-18" else {}
