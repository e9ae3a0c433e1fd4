"""Giving a sign-in back: revoked at the service where it can be, forgotten here in any case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2

from jupyter_connectors.entries import Auth, Entry, Remote
from jupyter_connectors.errors import ConnectorError, SignInFailed
from jupyter_connectors.sessions.http import client, send
from jupyter_connectors.sessions.oauth.access import Access, key_of, reach_of
from jupyter_connectors.sessions.oauth.discovery import check
from jupyter_connectors.sessions.oauth.record import Keeper, SignedIn
from jupyter_connectors.sessions.oauth.requests import form
from jupyter_connectors.sessions.references import References


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a sign-out did. Nothing is kept here any more, whatever the service said."""

    was_signed_in: bool
    revoked: bool
    """The service said that the tokens are worth nothing now, or that it never knew them."""

    problem: str = ""
    """Why they may still be good there; empty where they are not, or nothing was asked of the service."""


async def sign_out(entry: Entry, *, account: str, access: Access, revoke: bool) -> Left:
    """Forgets the sign-in of a connector and account; with `revoke` the service is told first (RFC 7009).

    Raises:
        StateProblem: The system keyring does not let it be removed.
    """
    assert isinstance(entry.target, Remote)
    keeper = Keeper(access.vault, key_of(entry, account, access))
    try:
        held = await keeper.current()
    except ConnectorError:
        held = None  # damaged, or others could read it: it is removed all the same
    left = Left(was_signed_in=held is not None and held.tokens is not None, revoked=False)
    if held is not None and held.tokens is not None:
        async with keeper.exclusive(held.issuer):
            # Another kernel may have renewed it while this one waited.
            held = await keeper.of(held.issuer) or held
            if revoke:
                left = await _revoked(entry, held, access)
            await keeper.forget()
    else:
        await keeper.forget()
    references = References(
        entry.id, entry, account=account, vault=access.vault, person=access.person, user=access.user
    )
    await references.forget_all(entry.target.auth)
    return left


async def _revoked(entry: Entry, held: SignedIn, access: Access) -> Left:
    target = entry.target
    assert isinstance(target, Remote)
    problem = ""
    try:
        check(held.service, auth=target.auth, reach=reach_of(target), title=entry.title)
        if held.service.revocation_endpoint is None:
            problem = f"{entry.title} has no way to take tokens back; they end by themselves"
        else:
            async with client(reach_of(target), resolve=access.resolve) as web:
                async for refused in _refusals(web, held):
                    problem = problem or f"{entry.title} did not take the tokens back ({refused})"
                await _unregister(web, held, target.auth)
    except SignInFailed as failed:
        problem = failed.problem
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ConnectorError):
        problem = f"{entry.title} could not be reached to take the tokens back"
    return Left(was_signed_in=True, revoked=not problem, problem=problem)


async def _refusals(web: httpx2.AsyncClient, held: SignedIn) -> AsyncIterator[str]:
    """Revokes the refresh token first: with the other one gone it could still get a new one."""
    assert held.tokens is not None
    endpoint = str(held.service.revocation_endpoint)
    tokens = (("refresh_token", held.tokens.refresh_token), ("access_token", held.tokens.access_token))
    for hint, token in tokens:
        if token:
            response = await send(web, form(endpoint, {"token": token, "token_type_hint": hint}, held.client))
            if response.status_code != 200:
                yield f"status {response.status_code}"


async def _unregister(web: httpx2.AsyncClient, held: SignedIn, auth: Auth) -> None:
    """Takes our registration back where we made it and were told how (RFC 7592). What comes of it changes nothing."""
    made = held.client
    if not held.ours or made is None or made.registration_access_token is None or not made.registration_client_uri:
        return
    url = httpx2.URL(made.registration_client_uri)
    if url.host != httpx2.URL(str(held.service.registration_endpoint)).host and url.host not in auth.hosts:
        return
    headers = {"Authorization": f"Bearer {made.registration_access_token}"}
    await send(web, httpx2.Request("DELETE", url, headers=headers))
