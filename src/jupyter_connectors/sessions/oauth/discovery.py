"""Who gives tokens for a server, by the server's own words (RFC 9728, RFC 8414), and whether that can be trusted."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from mcp.client.auth.utils import (
    build_oauth_authorization_server_metadata_discovery_urls,
    build_protected_resource_metadata_discovery_urls,
    create_oauth_metadata_request,
    issuers_match,
)
from mcp.shared.auth import ProtectedResourceMetadata
from mcp.shared.auth_utils import check_resource_allowed, resource_url_from_server_url
from pydantic import ValidationError

from jupyter_connectors.entries import Auth
from jupyter_connectors.errors import ConnectionFailed, SignInFailed
from jupyter_connectors.sessions.http import AddressRefused, Reach
from jupyter_connectors.sessions.oauth.record import Service
from jupyter_connectors.sessions.oauth.tokens import object_of
from jupyter_connectors.text import one_line

Send = Callable[[httpx2.Request], Awaitable[httpx2.Response]]

PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e\u00a1-\U0010ffff]+")
"""No blanks, line ends or backslashes: a parser that drops them reads another address than the person."""

_ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "registration_endpoint",
    "revocation_endpoint",
    "device_authorization_endpoint",
)
_SECRETS_GO_TO = _ENDPOINTS[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The authorization server of a connector, checked."""

    issuer: str
    service: Service
    resource: ProtectedResourceMetadata | None
    """What the server says of itself; None for one of 2025-03-26, which is its own authorization server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a server answers to somebody it does not know, or who may not do this (RFC 6750, section 3)."""

    more: bool = False
    """Known, but for less than this needs: `insufficient_scope`."""

    metadata_url: str | None = None
    scope: str | None = None


async def discover(url: str, challenge: Challenge, *, auth: Auth, reach: Reach, title: str, send: Send) -> Found:
    """Where tokens for the server at `url` come from.

    Raises:
        SignInFailed: It does not say, or what it says contradicts itself or leads where nothing secret may go.
        ConnectionFailed: It does not say at the moment.
    """
    resource = await _resource(url, challenge, title=title, send=send)
    issuer = _issuer(url, resource, auth, title)
    service = await _service(url, resource, issuer, title=title, send=send)
    check(service, auth=auth, reach=reach, title=title)
    return Found(issuer=str(service.issuer), service=service, resource=resource)


def check(service: Service, *, auth: Auth, reach: Reach, title: str) -> None:
    """Holds an authorization server's endpoints against what they may be; before anything secret goes to one.

    Raises:
        SignInFailed: One is not https, or where secrets go is on another site; or PKCE is not supported (the MCP
            specification, "Authorization Code Protection", says a client must refuse then).
    """
    home = urlsplit(str(service.issuer)).hostname or ""
    for name in _ENDPOINTS:
        told = getattr(service, name)
        if told is None:
            continue
        problem = _problem(str(told), reach)
        if problem is not None:
            raise SignInFailed(f"{title}: the {_said(name)} cannot be used: {problem.problem}", hint=problem.hint)
        host = urlsplit(str(told)).hostname or ""
        if name in _SECRETS_GO_TO and not _is_of(host, home) and host not in auth.hosts:
            raise SignInFailed(
                f"{title}: the {_said(name)} is at {one_line(host, 80)}, not at {one_line(home, 80)} who signs in",
                hint=f"if the vendor's pages say that this is right, allow it: hosts = [{one_line(host, 80)!r}]",
            )
    if auth.flow == "authorization_code" and "S256" not in (service.code_challenge_methods_supported or ()):
        raise SignInFailed(
            f"{title} does not say that it protects a sign-in against being intercepted (PKCE with S256)",
            hint="the MCP specification says to refuse; a key can be given with --header, if the service has one",
        )


def _problem(url: str, reach: Reach) -> AddressRefused | None:
    try:
        reach.check(httpx2.URL(url))
    except AddressRefused as refused:
        return refused
    except httpx2.InvalidURL:
        return AddressRefused(f"{one_line(url, 60)} is no address", hint="tell the people who run the connector")
    return None


async def _resource(url: str, challenge: Challenge, *, title: str, send: Send) -> ProtectedResourceMetadata | None:
    for place in build_protected_resource_metadata_discovery_urls(challenge.metadata_url, url):
        response = await send(_asking(place, title))
        if response.status_code == 429 or response.status_code >= 500:
            # It says nothing about whether there is any, so the old way must not be taken.
            raise ConnectionFailed(
                f"{title} does not say now who signs in (status {response.status_code})", hint="try again in a while"
            )
        told = object_of(response.content) if response.status_code == 200 else {}
        try:
            found = ProtectedResourceMetadata.model_validate(told)
        except ValidationError:
            continue
        wanted = resource_url_from_server_url(url)
        if not check_resource_allowed(requested_resource=wanted, configured_resource=str(found.resource)):
            raise SignInFailed(
                f"{title} speaks for another address: {one_line(str(found.resource), 120)}",
                hint="a token for that address must not come here; check the connector's address",
            )
        return found
    return None


def _asking(place: str, title: str) -> httpx2.Request:
    if PLAIN.fullmatch(place):
        with suppress(httpx2.InvalidURL):
            return create_oauth_metadata_request(place)
    raise SignInFailed(
        f"{title} names no web address for what it says of itself: {one_line(place, 60)}",
        hint="nothing was sent; tell the people who run the connector",
    )


def _issuer(url: str, resource: ProtectedResourceMetadata | None, auth: Auth, title: str) -> str:
    parts = urlsplit(url)
    named = [str(each) for each in resource.authorization_servers] if resource else [f"{parts.scheme}://{parts.netloc}"]
    if not auth.issuer:
        return named[0]
    for each in named:
        if issuers_match(each, auth.issuer):
            return each
    raise SignInFailed(
        f"{title} wants another to sign in than was set: {one_line(named[0], 120)}",
        hint=f"only {auth.issuer} may get these credentials",
    )


async def _service(
    url: str, resource: ProtectedResourceMetadata | None, issuer: str, *, title: str, send: Send
) -> Service:
    for place in build_oauth_authorization_server_metadata_discovery_urls(issuer if resource else None, url):
        response = await send(_asking(place, title))
        if response.status_code >= 500:
            break
        told = object_of(response.content) if response.status_code == 200 else {}
        if not told:
            continue
        service = _read(told, title)
        # Servers made with the official Python SDK write a root issuer with a slash its owner does not have.
        if not issuers_match(str(service.issuer), issuer):
            raise SignInFailed(
                f"{title}: {one_line(issuer, 120)} says it is {one_line(str(service.issuer), 120)}",
                hint="one of them poses as the other (RFC 8414, section 3.3); tell the people who run the connector",
            )
        return service
    raise SignInFailed(
        f"{title} wants to know who you are and does not say where to sign in",
        hint='if it takes a key: --header "Authorization: env:NAME" sends what the variable NAME holds',
    )


def _read(told: Mapping[str, Any], title: str) -> Service:
    for name in ("issuer", *_ENDPOINTS):
        value = told.get(name)
        if isinstance(value, str) and not (PLAIN.fullmatch(value) and value.startswith(("https://", "http://"))):
            raise SignInFailed(
                f"{title}: the {_said(name)} is no web address: {one_line(value, 60)}",
                hint="nothing was opened; tell the people who run the connector",
            )
    try:
        return Service.model_validate(dict(told))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = one_line(".".join(str(part) for part in first["loc"]), 60)
        problem = f"{title}: what is said about signing in cannot be used: {place}: {one_line(first['msg'], 80)}"
    raise SignInFailed(problem, hint="tell the people who run the connector")


def _is_of(host: str, home: str) -> bool:
    return host == home or host.endswith(f".{home}")


def _said(name: str) -> str:
    return {"issuer": "issuer"}.get(name, name.replace("_", " "))
