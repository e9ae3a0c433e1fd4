"""An authorization server and the MCP server that trusts it, over real sockets; both lie where a test says so.

Nothing of an OAuth library is in it: no library would send these things.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2

from jupyter_connectors.entries import Auth, Entry, Remote
from jupyter_connectors.models import ToolClass
from jupyter_connectors.sessions.connection import Connection
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.sessions.oauth.access import Access
from jupyter_connectors.sessions.signin import Callback, Person, SignInRequest
from jupyter_connectors.vault import Vault

from . import web

CANARY = "canary-7f3a"
"""In every token, code and secret this server gives out."""


@dataclass
class Authority:
    """What it says and whom it knows. Set before or during a test; everything it was asked is in `log`."""

    url: str = ""
    resource: str = ""
    """The MCP endpoint."""

    says: dict[str, Any] = field(default_factory=dict)
    """Over what it says of itself; None leaves a key out."""

    resource_says: dict[str, Any] = field(default_factory=dict)
    names_itself: bool = True
    """Whether the `WWW-Authenticate` header has the right `resource_metadata`."""

    challenge: str = ""
    """More of the `WWW-Authenticate` header, for example `scope="read"`."""

    reply: dict[str, Any] = field(default_factory=dict)
    """Over what the token endpoint answers; None leaves a key out."""

    refuse: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    """What a grant type gets instead, for example {"refresh_token": (400, {"error": "invalid_grant"})}."""

    back: dict[str, str | None] = field(default_factory=dict)
    """Over what is sent back to the client with the code; None leaves a key out."""

    moved: dict[str, str] = field(default_factory=dict)
    """Paths that are redirected, and where to."""

    needs: str = ""
    """The scope a call needs; without it the server asks for it."""

    grants: Callable[[str], str] = str
    """The scope that is granted of what was asked: all of it."""

    deaf: bool = False
    """No token is ever good enough."""

    clients: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    seen: list[web.Request] = field(default_factory=list)
    """Every request the authorization server got."""

    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access: dict[str, str] = field(default_factory=dict)
    """Good access tokens, and their scope."""

    refresh: dict[str, str] = field(default_factory=dict)
    typed: bool = True
    """Whether the person has typed the device's code."""

    renewing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once somebody asks for a renewal."""

    renews: asyncio.Event | None = None
    """Where there is one, a renewal is answered when it is set."""

    made: int = 0

    def token(self, kind: str) -> str:
        self.made += 1
        return f"{CANARY}-{kind}-{self.made}"

    def metadata(self) -> dict[str, Any]:
        told = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "registration_endpoint": f"{self.url}/register",
            "revocation_endpoint": f"{self.url}/revoke",
            "device_authorization_endpoint": f"{self.url}/device",
            "code_challenge_methods_supported": ["S256"],
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "authorization_response_iss_parameter_supported": True,
        }
        return _over(told, self.says)

    def revoke_all(self) -> None:
        """As a person does it on the service's own page."""
        self.access.clear()
        self.refresh.clear()

    def lacks_scope(self, request: web.Request, token: str) -> bool:
        """Whether it is a call for which the token does not do."""
        is_call = request.message.get("method") == "tools/call"
        return bool(self.needs) and is_call and self.needs not in self.access[token].split()

    async def renewed(self) -> None:
        """Says that somebody asks for a renewal, and waits where it is held."""
        self.renewing.set()
        if self.renews is not None:
            await self.renews.wait()

    def expire(self) -> None:
        """Every access token is too old; what renews them is not."""
        self.access.clear()


def _over(told: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**told, **said}.items() if value is not None}


def _json(writer: web.Writer, told: Any, status: str = "200 OK") -> None:
    web.send(writer, status, json.dumps(told).encode(), Content_Type="application/json")


@asynccontextmanager
async def authority(call: web.Handler = web.echo) -> AsyncIterator[Authority]:
    """The pair, on two ports of the loopback."""
    made = Authority()

    async def gives(request: web.Request, writer: web.Writer) -> None:
        made.seen.append(request)
        path = urlsplit(request.path).path
        if path in made.moved:
            web.send(writer, "307 Temporary Redirect", Location=made.moved[path])
        else:
            if b"grant_type=refresh_token" in request.body:
                await made.renewed()
            _STEPS.get(path, _nothing)(made, request, writer)

    async def serves(request: web.Request, writer: web.Writer) -> None:
        if request.path.startswith("/.well-known/oauth-protected-resource"):
            told = {"resource": made.resource, "authorization_servers": [made.url]}
            _json(writer, _over(told, made.resource_says))
            return
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in made.access or made.deaf:
            made.log.append("401")
            place = made.resource.replace("/mcp", "/.well-known/oauth-protected-resource/mcp")
            parts = (f'resource_metadata="{place}"' if made.names_itself else "", made.challenge)
            told = f"Bearer {', '.join(filter(None, parts))}"
            web.send(writer, "401 Unauthorized", WWW_Authenticate=told)
        elif made.lacks_scope(request, token):
            made.log.append("403")
            told = f'Bearer error="insufficient_scope", scope="{made.needs}"'
            web.send(writer, "403 Forbidden", WWW_Authenticate=told)
        else:
            await web.mcp(call)(request, writer)

    async with web.site(gives) as first, web.site(serves) as second:
        made.url = first.url.removesuffix("/mcp")
        made.resource = second.url
        yield made


def _nothing(made: Authority, request: web.Request, writer: web.Writer) -> None:
    web.send(writer, "404 Not Found")


def _register(made: Authority, request: web.Request, writer: web.Writer) -> None:
    made.log.append("register")
    told = {**request.message, "client_id": f"client-{len(made.clients)}"}
    made.clients[told["client_id"]] = told
    _json(writer, told, "201 Created")


def _authorize(made: Authority, request: web.Request, writer: web.Writer) -> None:
    made.log.append("authorize")
    asked = dict(parse_qsl(urlsplit(request.path).query))
    code = made.token("code")
    made.codes[code] = asked
    back = _over({"code": code, "state": asked["state"], "iss": made.url}, made.back)
    web.send(writer, "302 Found", Location=f"{asked['redirect_uri']}?{urlencode(back)}")


def _device(made: Authority, request: web.Request, writer: web.Writer) -> None:
    made.log.append("device")
    told = {"device_code": made.token("device"), "user_code": "WDJB-MJHT", "expires_in": 60, "interval": 0.01}
    _json(writer, {**told, "verification_uri": f"{made.url.replace('127.0.0.1', 'localhost')}/type"})


def _token(made: Authority, request: web.Request, writer: web.Writer) -> None:
    asked = dict(parse_qsl(request.body.decode()))
    grant = asked["grant_type"]
    made.log.append(f"token:{grant.rpartition(':')[2]}")
    if grant in made.refuse:
        status, told = made.refuse[grant]
        _json(writer, told, f"{status} No")
        return
    scope = _scope_of(made, asked)
    if scope is None:
        _json(writer, {"error": "invalid_grant", "error_description": CANARY}, "400 Bad Request")
        return
    granted = made.grants(scope)
    access, refresh = made.token("access"), made.token("refresh")
    made.access[access] = granted
    made.refresh[refresh] = granted
    told = {
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": granted,
    }
    _json(writer, _over(told, made.reply))


def _scope_of(made: Authority, asked: dict[str, str]) -> str | None:
    grant = asked["grant_type"]
    if grant == "authorization_code":
        link = made.codes.pop(asked["code"], None)
        digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        good = (
            link is not None and link["code_challenge"] == challenge and link["redirect_uri"] == asked["redirect_uri"]
        )
        return link.get("scope", "") if good and link is not None else None
    if grant == "refresh_token":
        return made.refresh.pop(asked["refresh_token"], None)  # each is good once
    return asked.get("scope", "")


def _revoke(made: Authority, request: web.Request, writer: web.Writer) -> None:
    asked = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    made.log.append(f"revoke:{asked['token_type_hint']}")
    made.refresh.pop(asked["token"], None)
    made.access.pop(asked["token"], None)
    web.send(writer, "200 OK")


def _metadata(made: Authority, request: web.Request, writer: web.Writer) -> None:
    made.log.append("metadata")
    _json(writer, made.metadata())


_STEPS = {
    "/.well-known/oauth-authorization-server": _metadata,
    "/register": _register,
    "/authorize": _authorize,
    "/token": _token,
    "/revoke": _revoke,
    "/device": _device,
}

REDIRECT = "http://127.0.0.1:33418/callback"


@dataclass
class Browser:
    """A person who follows each link they are shown, in a browser of their own, and says yes."""

    asked: list[SignInRequest] = field(default_factory=list)
    change: dict[str, str] = field(default_factory=dict)
    """Over what comes back."""

    says_no: bool = False
    keep_in_file: bool = False
    by_device: bool = False

    async def __call__(self, request: SignInRequest) -> Callback:
        self.asked.append(request)
        if self.says_no:
            return Callback()
        if self.by_device:
            assert request.start_device is not None
            device = await request.start_device()
            return await device.granted()
        assert request.authorize is not None
        link = await request.authorize(REDIRECT)
        async with httpx2.AsyncClient() as browser:
            answer = await browser.get(link.url)
        back = dict(parse_qsl(urlsplit(answer.headers["location"]).query)) | self.change
        return Callback(
            code=back.get("code", ""),
            state=back.get("state", ""),
            iss=back.get("iss"),
            error=back.get("error", ""),
            keep_in_file=self.keep_in_file,
        )


SignIn = Callable[[SignInRequest], Awaitable[Callback]]
"""How a person signs in: a `Browser`, or what a test makes of one."""


class Clock:
    """The time as a test says."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def entry_at(made: Authority, auth: Auth | None = None, *, id: str = "web", url: str = "") -> Entry:
    """The connector at the MCP server; its one tool was reviewed as reading only."""
    target = Remote(url=url or made.resource, auth=auth or Auth())
    reviewed = {"echo": ToolClass.READ}
    return Entry(id=id, title="Web", summary="listens", category="test", target=target, reviewed=reviewed, custom=True)


@asynccontextmanager
async def connected(
    made: Authority, place: Path, browser: SignIn | None = None, *, auth: Auth | None = None, **more: Any
) -> AsyncIterator[Connection]:
    """A connection with its secrets in files under `place`, closed at the end."""
    account = more.pop("account", "")
    access = access_in(place, browser, **more)
    connection = Connection("web", entry_at(made, auth), limits=LIMITS, account=account, access=access)
    await connection.open()
    try:
        yield connection
    finally:
        await connection.close()


def access_in(place: Path, browser: SignIn | None = None, **more: Any) -> Access:
    """What connections sign in with: files under `place`, and this person."""
    person = Person(sign_in=browser) if browser is not None else Person()
    return Access(**{"vault": Vault(place, prefer="file"), "person": person, "user": "me", **more})


def tokens(made: Authority) -> list[str]:
    """The grants it was asked for tokens by, in the order they came."""
    return [each for each in made.log if each.startswith("token")]


async def echo(connection: Connection, text: str = "hello") -> str:
    return (await connection.call(connection.tools[0], {"text": text})).text


LIMITS = Limits(connect=5, call=5, close=0.3)
