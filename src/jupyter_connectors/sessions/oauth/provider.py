"""The token of one connection: restored, sent, renewed once for everybody who waits, and asked for anew when lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx2
from mcp.client.auth.utils import (
    extract_field_from_www_auth,
    extract_resource_metadata_from_www_auth,
    extract_scope_from_www_auth,
)

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.errors import ConnectionFailed, ConnectorError, SignInFailed
from jupyter_connectors.sessions.oauth.access import Access, key_of
from jupyter_connectors.sessions.oauth.discovery import Challenge, check
from jupyter_connectors.sessions.oauth.getting import Getting
from jupyter_connectors.sessions.oauth.record import Keeper, SignedIn
from jupyter_connectors.sessions.oauth.requests import form, resource_field
from jupyter_connectors.sessions.oauth.tokens import error_code
from jupyter_connectors.sessions.patience import Patience

_MOST = 3
"""How often one request may lead to a sign-in, the first included."""

_LOST = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_token"})
"""What a service says when no renewal will ever work (RFC 6749, section 5.2)."""


class Provider:
    """Puts the token into the requests of one connection. Used on one loop only."""

    def __init__(self, name: str, entry: Entry, *, account: str, access: Access, patience: Patience) -> None:
        assert isinstance(entry.target, Remote)
        self.over: ConnectorError | None = None
        """Why nobody is signed in any more; nothing is tried again until the connection is made anew."""

        self._title = entry.title
        self._access = access
        self._patience = patience
        self._keeper = Keeper(access.vault, key_of(entry, account, access))
        self._getting = Getting(name, entry, self._keeper, account=account, access=access)
        self._held: SignedIn | None = None
        self._restored: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[str | None] | None = None
        self._one = asyncio.Lock()
        self._protocol = ""

    @property
    def held(self) -> SignedIn | None:
        """The sign-in in use."""
        return self._held

    @property
    def _token(self) -> str | None:
        held = self._held
        return held.tokens.access_token if held is not None and held.tokens is not None else None

    async def flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Yields the request, with a token if there is one, and again with a better one where the server asks for it.

        Raises:
            SignInNeeded: The person said no, or nobody is there.
            SignInFailed: What the server or its authorization server says cannot be trusted or used.
            ConnectionFailed: The authorization server cannot be reached.
        """
        self._protocol = request.headers.get("mcp-protocol-version", self._protocol)
        if self.over is not None:
            raise again(self.over)
        used, given = await self._usable(), 0
        while True:
            if used is not None:
                request.headers["Authorization"] = f"Bearer {used}"
            response = yield request
            challenge = _challenge(response)
            # Nobody is asked for the sake of a stream that only listens, or of a good-bye.
            if challenge is None or request.method != "POST":
                return
            await response.aclose()
            with self._patience.waiting():
                async with self._one:
                    used, new = await self._better(used, challenge, given)
            given += new

    async def _better(self, used: str | None, challenge: Challenge, given: int) -> tuple[str, bool]:
        """Another token than `used`, and whether it was got just now from a person or for a service account.

        `given` is how many were got so for this request.
        """
        if self.over is not None:
            raise again(self.over)
        if self._token is not None and self._token != used:
            return self._token, False
        if not challenge.more and not given and (found := await self._found(used)) is not None:
            return found, False
        if given and not challenge.more:
            self.over = SignInFailed(
                f"{self._title} does not accept the token that was just given for it",
                hint="tell the people who run it",
            )
            raise again(self.over)
        if given >= _MOST or (given and not self._is_more(challenge)):
            raise SignInFailed(
                f"{self._title} keeps asking for more than it was given",
                hint="look at what the account may do there, then connect it again",
            )
        try:
            self._held = await self._getting.get(challenge, self._held, self._protocol)
        except SignInFailed as failed:
            # Declined for more: what was given still stands. Else nobody is asked twice.
            if not challenge.more:
                self.over = failed
            raise
        assert self._token is not None
        return self._token, True

    async def _found(self, used: str | None) -> str | None:
        """A token that needs no person: renewed, or got by another kernel meanwhile."""
        if used is not None and (renewed := await self._renewed(used)) not in (None, used):
            return renewed
        stored = await self._keeper.current()
        if stored is None or stored.tokens is None or stored.tokens.access_token == used:
            return None
        self._held = stored
        return stored.tokens.access_token

    def _is_more(self, challenge: Challenge) -> bool:
        asked = self._held.asked.split() if self._held is not None else []
        return not set((challenge.scope or "").split()) <= set(asked)

    async def _usable(self) -> str | None:
        """The token to send first, renewed in time where it is about to end."""
        if self._restored is None:
            self._restored = asyncio.create_task(self._restore())
        await asyncio.shield(self._restored)
        held = self._held
        if held is None or held.tokens is None:
            return None
        if held.life is not None and held.life.is_over(self._access.now()) and held.tokens.refresh_token:
            try:
                return await self._renewed(held.tokens.access_token)
            except ConnectionFailed:
                # Too early to tell: the server says whether it still takes the old one.
                return held.tokens.access_token
        return held.tokens.access_token

    async def _restore(self) -> None:
        self._held = await self._keeper.current()

    async def _renewed(self, used: str) -> str | None:
        """A newer token than `used`; the same one for all who ask, and finished even if they leave meanwhile.

        A service that rotates its refresh tokens takes each once: an answer that nobody keeps is a sign-in lost.
        """
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew(used))
            self._renewing.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(self._renewing)

    async def _renew(self, used: str) -> str | None:
        held = self._held
        if held is None:
            return None
        async with self._keeper.exclusive(held.issuer):
            stored = await self._keeper.of(held.issuer)
            if stored is None or stored.tokens is None:
                # Another kernel signed out, or was told that nothing is left to renew.
                self._held = None if stored is None else stored
                return None
            self._held = held = stored
            assert held.tokens is not None
            if held.tokens.access_token != used:
                return held.tokens.access_token
            if not held.tokens.refresh_token or held.client is None:
                return None
            how = self._getting
            check(held.service, auth=how.auth, reach=how.reach, title=self._title)
            data = {"grant_type": "refresh_token", "refresh_token": held.tokens.refresh_token}
            data |= resource_field(held.resource is not None, how.resource(held), self._protocol)
            response = await how.send(form(str(held.service.token_endpoint), data, held.client))
            if response.status_code == 200:
                # Held first: the service has forgotten the old one, even if the new one cannot be kept.
                self._held = how.given(held, response.content)
                await self._keeper.save(self._held)
                return self._token
            await self._lost(held, response)
        return None

    async def _lost(self, held: SignedIn, response: httpx2.Response) -> None:
        """What a refused renewal leaves. Only the service's own clear word removes anything."""
        code = error_code(response.content)
        if code not in _LOST:
            said = code or f"status {response.status_code}"
            raise ConnectionFailed(
                f"the sign-in to {self._title} cannot be renewed now ({said})", hint="try again in a while"
            )
        forgets = code in ("invalid_client", "unauthorized_client") and held.ours
        self._held = replace(held.without_tokens(), client=None if forgets else held.client)
        await self._keeper.save(self._held)


def again(error: ConnectorError) -> ConnectorError:
    """The same error as a new object: each raise of one adds its frames to it."""
    return type(error)(error.problem, hint=error.hint)


def _challenge(response: httpx2.Response) -> Challenge | None:
    """What the server wants of somebody who is not known, or not for this; None where the answer is an answer."""
    more = response.status_code == 403 and extract_field_from_www_auth(response, "error") == "insufficient_scope"
    if response.status_code != 401 and not more:
        return None
    return Challenge(
        more=more,
        metadata_url=extract_resource_metadata_from_www_auth(response),
        scope=extract_scope_from_www_auth(response),
    )
