"""Getting a new token: from a person in a browser or on another device, or for a service account."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Literal
from uuid import uuid4

import httpx2
from mcp.client.auth.utils import get_client_metadata_scopes, issuers_match, union_scopes
from mcp.shared.auth_utils import check_resource_allowed, resource_url_from_server_url

from jupyter_connectors.entries import Auth, Entry, Remote
from jupyter_connectors.errors import ConnectionFailed, SignInFailed, StateProblem
from jupyter_connectors.sessions.http import ascii_host, client, send
from jupyter_connectors.sessions.oauth.access import Access, reach_of
from jupyter_connectors.sessions.oauth.attempt import Attempt
from jupyter_connectors.sessions.oauth.discovery import Challenge, Found, discover
from jupyter_connectors.sessions.oauth.record import Keeper, SignedIn
from jupyter_connectors.sessions.oauth.requests import BY_HAND, metadata_client, own_client, register, resource_field
from jupyter_connectors.sessions.oauth.service import token_request
from jupyter_connectors.sessions.oauth.tokens import Client, error_code, lifetime, tokens_of
from jupyter_connectors.sessions.references import CLIENT_SECRET, References
from jupyter_connectors.sessions.signin import SignInRequest

Why = Literal["first", "again", "more"]

_SERVICE_FLOWS = frozenset({"client_credentials", "private_key_jwt", "id_jag", "workload"})


class Getting:
    """How one connection gets tokens. It keeps what it gets in the vault and nothing itself."""

    def __init__(self, name: str, entry: Entry, keeper: Keeper, *, account: str, access: Access) -> None:
        assert isinstance(entry.target, Remote)
        self.auth: Auth = entry.target.auth
        self.title = entry.title
        self.reach = reach_of(entry.target)
        self._name = name
        self._entry = entry
        self._url = entry.target.url
        self._keeper = keeper
        self._account = account
        self._access = access
        self._references = References(
            name, entry, account=account, vault=access.vault, person=access.person, user=access.user
        )

    async def get(self, challenge: Challenge, held: SignedIn | None, protocol: str) -> SignedIn:
        """A new sign-in, kept.

        Args:
            held: The sign-in until now, None for the first.
            protocol: The version of MCP that is spoken, empty where nothing was said yet.

        Raises:
            SignInNeeded: The person said no, or nobody is there.
            SignInFailed: What the server or its authorization server says cannot be trusted or used.
            ConnectionFailed: The authorization server cannot be reached.
        """
        why: Why = "more" if challenge.more else "first" if held is None else "again"
        found = await discover(self._url, challenge, auth=self.auth, reach=self.reach, title=self.title, send=self.send)
        before = None
        with suppress(StateProblem):  # what is damaged is replaced by what comes
            before = await self._keeper.of(found.issuer)
        scope = self._scope(challenge, found, held or before)
        fields = {"scope": scope} if scope else {}
        blank = before or SignedIn(issuer=found.issuer, service=found.service)
        base = replace(blank, service=found.service, resource=found.resource, asked=scope)
        fields |= resource_field(found.resource is not None, self.resource(base), protocol)
        own = await self._own_client(found)
        if self.auth.flow in _SERVICE_FLOWS:
            request = await token_request(self.auth, found, own, fields, secret=self._references.value, send=self.send)
            return await self._given(base, own, await self.send(request))
        return await self._by_person(found, base, own, fields, why)

    async def _by_person(
        self, found: Found, base: SignedIn, own: Client | None, fields: dict[str, str], why: Why
    ) -> SignedIn:
        ours = False

        async def registered(redirect_uri: str) -> Client:
            nonlocal ours
            made, ours = await self._client(found, base, own, redirect_uri)
            return made

        attempt = Attempt(found, fields, title=self.title, registered=registered, send=self.send, now=self._access.now)
        before = await self._keeper.current()
        request = self._request(found, base, why, before)
        device = found.service.device_authorization_endpoint is not None
        callback = await self._access.person.sign_in(
            replace(
                request,
                authorize=None if self.auth.flow == "device" else attempt.authorize,
                start_device=attempt.start_device if device else None,
            )
        )
        if callback.keep_in_file:
            await asyncio.to_thread(self._access.vault.keep_in_file)
        wanted = attempt.exchange(callback)
        if isinstance(wanted, bytes):
            base = replace(base, client=attempt.client, ours=ours, tokens=None, life=None)
            return await self._keep(base, wanted)
        return await self._given(replace(base, ours=ours), attempt.client, await self.send(wanted))

    async def _given(self, base: SignedIn, client_: Client | None, response: httpx2.Response) -> SignedIn:
        if response.status_code not in (200, 201):
            code = error_code(response.content) or f"status {response.status_code}"
            if code == "invalid_client" and base.ours:
                await self._keeper.save(replace(base.without_tokens(), client=None))
            raise SignInFailed(
                f"{self.title} gave no token ({code})",
                hint="try to sign in again; check the client id if you gave one",
            )
        return await self._keep(replace(base, client=client_, tokens=None, life=None), response.content)

    def given(self, made: SignedIn, body: bytes) -> SignedIn:
        """A sign-in with the tokens of a reply. Nothing is kept yet.

        Raises:
            SignInFailed: There is none in it that could be sent.
        """
        now = self._access.now()
        tokens, told = tokens_of(body, self.title, asked=made.asked, before=made.tokens)
        return replace(made, tokens=tokens, life=lifetime(told, now))

    async def _keep(self, made: SignedIn, body: bytes) -> SignedIn:
        kept = self.given(made, body)
        await self._keeper.save(kept)
        return kept

    def _request(self, found: Found, base: SignedIn, why: Why, before: SignedIn | None) -> SignInRequest:
        vault, granted = self._access.vault, None
        if before is not None:
            granted = before.scopes or tuple(before.asked.split())
        return SignInRequest(
            id=uuid4().hex,
            connector=self._name,
            title=self.title,
            host=ascii_host(self._url),
            issuer=ascii_host(found.issuer),
            account=self._account,
            custom=self._entry.custom,
            scopes=tuple(base.asked.split()),
            granted_before=granted,
            expected=self.auth.scopes,
            stored_in=vault.told,
            can_keep_in_file=vault.may_keep_in_file,
            why=why,
            redirect_uris=self.auth.redirect_uris,
        )

    async def _client(self, found: Found, base: SignedIn, own: Client | None, redirect_uri: str) -> tuple[Client, bool]:
        """The client to sign in with, and whether we registered it: one given, one described at an address, one made."""
        if own is not None:
            return own, False
        url = self._access.client_metadata_url
        if url and found.service.client_id_metadata_document_supported:
            return metadata_client(url, found, redirect_uri or url), False
        known = base.client
        fits = known is not None and (not redirect_uri or redirect_uri in map(str, known.redirect_uris or ()))
        if known is not None and base.ours and fits and not self._expired(known):
            return known, True
        made = await register(found, redirect_uri or "http://127.0.0.1/", base.asked, title=self.title, send=self.send)
        if redirect_uri and redirect_uri not in map(str, made.redirect_uris or ()):
            made = made.model_copy(update={"redirect_uris": [redirect_uri]})
        return made, True

    def _expired(self, known: Client) -> bool:
        """Whether the secret of a client we registered is no longer good (RFC 7591, section 3.2.1)."""
        return bool(known.client_secret_expires_at) and known.client_secret_expires_at < self._access.now()  # type: ignore[operator]  # 0 and None never end

    async def _own_client(self, found: Found) -> Client | None:
        """The client the person or the organisation gave, bound to the authorization server it was first used with."""
        if not self.auth.client_id:
            if self.auth.registration == "own":
                raise SignInFailed(f"{self.title} takes only clients that were registered by hand", hint=BY_HAND)
            return None
        last = await self._keeper.issuer()
        if self.auth.client_secret and not self.auth.issuer and last and not issuers_match(last, found.issuer):
            raise SignInFailed(
                f"{self.title} is now signed in to at {ascii_host(found.issuer)}, not at {ascii_host(last)}",
                hint="your client secret is for the old one and was not sent; sign out, then connect it anew if this is right",
            )
        plain = self.auth.flow in ("private_key_jwt", "workload") or not self.auth.client_secret
        secret = "" if plain else await self._references.value(self.auth.client_secret, CLIENT_SECRET)
        client_id = await self._references.plain(self.auth.client_id, "the client id")
        return own_client(found, self.auth, client_id, secret)

    def _scope(self, challenge: Challenge, found: Found, held: SignedIn | None) -> str:
        """What to ask for: what was set or the server says it needs; for more, that beside what there was."""
        grants = ["authorization_code", "refresh_token"] if self.auth.flow not in _SERVICE_FLOWS else []
        named = " ".join(self.auth.scopes) or challenge.scope
        if challenge.more:
            prior = union_scopes(held.asked, " ".join(held.scopes)) if held is not None else None
            named = union_scopes(prior, challenge.scope)
        return get_client_metadata_scopes(named or None, found.resource, found.service, grants) or ""

    def resource(self, held: SignedIn) -> str:
        """The address the token is for: the server's own word where it is a part of the address we have."""
        said = str(held.resource.resource) if held.resource is not None else ""
        allowed = said and check_resource_allowed(
            requested_resource=resource_url_from_server_url(self._url), configured_resource=said
        )
        return said if allowed else resource_url_from_server_url(self._url)

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        """The reply of an authorization server, through the one client for our own requests."""
        host = request.url.host
        try:
            async with client(self.reach, resolve=self._access.resolve) as web:
                return await send(web, request)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError):
            pass
        raise ConnectionFailed(
            f"{self.title}: {host}, where it signs in, cannot be reached", hint="try again in a while"
        )
