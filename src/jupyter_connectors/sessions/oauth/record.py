"""What is remembered of a sign-in, and where it is kept between kernels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from mcp.shared.auth import OAuthMetadata, ProtectedResourceMetadata
from pydantic import AnyHttpUrl, ValidationError

from jupyter_connectors.errors import ConnectionFailed, StateProblem
from jupyter_connectors.models import Json
from jupyter_connectors.sessions.oauth.tokens import Client, Lifetime, Tokens
from jupyter_connectors.vault import Key, Vault


class Service(OAuthMetadata):
    """What an authorization server says of itself (RFC 8414), with its device flow (RFC 8628, section 4)."""

    device_authorization_endpoint: AnyHttpUrl | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """All we hold from one authorization server for one connector and account."""

    issuer: str
    service: Service
    resource: ProtectedResourceMetadata | None = None
    client: Client | None = field(default=None, repr=False)
    ours: bool = False
    """The client was registered by us, so it is ours to give back."""

    tokens: Tokens | None = field(default=None, repr=False)
    life: Lifetime | None = None
    asked: str = ""
    """The scopes asked for last."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """What was granted, as the service said it."""
        return tuple((self.tokens.scope or "").split()) if self.tokens is not None else ()

    def without_tokens(self) -> SignedIn:
        return replace(self, tokens=None, life=None)


class Keeper:
    """The sign-ins of one connector and account in the vault. Which issuer is current is kept beside them."""

    def __init__(self, vault: Vault, key: Key) -> None:
        """`key` is without an issuer."""
        self.vault = vault
        self._key = key

    async def current(self) -> SignedIn | None:
        """The sign-in used last, None if there is none."""
        issuer = await self.issuer()
        return await self.of(issuer) if issuer else None

    async def issuer(self) -> str:
        """The authorization server used last; empty before the first time."""
        found = await asyncio.to_thread(self.vault.get, self._key)
        return str((found or {}).get("issuer", ""))

    async def of(self, issuer: str) -> SignedIn | None:
        """What is held from one authorization server; nothing that another gave can come of it."""
        found = await asyncio.to_thread(self.vault.get, self._of(issuer))
        made = _signed_in(found) if found else None
        return made if made is not None and made.issuer == issuer else None

    async def save(self, made: SignedIn) -> None:
        """Keeps a sign-in and makes it the current one.

        Raises:
            StateProblem: It could not be kept.
        """
        await asyncio.to_thread(self.vault.put, self._of(made.issuer), _record(made))
        if await self.issuer() != made.issuer:
            await asyncio.to_thread(self.vault.put, self._key, {"issuer": made.issuer})

    async def forget(self) -> None:
        """Removes the current sign-in."""
        with suppress(StateProblem):  # whose it was is damaged too; a new sign-in replaces it
            if issuer := await self.issuer():
                await asyncio.to_thread(self.vault.delete, self._of(issuer))
        await asyncio.to_thread(self.vault.delete, self._key)

    @asynccontextmanager
    async def exclusive(self, issuer: str) -> AsyncIterator[None]:
        """One renewal at a time across the kernels of this user.

        Raises:
            ConnectionFailed: Another kernel has held it for a minute.
            StateProblem: There is no place for the lock.
        """
        try:
            lock = self.vault.exclusive(self._of(issuer))
            await lock.acquire()
        except TimeoutError:
            raise ConnectionFailed(
                "another kernel has been renewing this sign-in for a minute", hint="wait, or restart that kernel"
            ) from None
        except OSError as error:
            raise StateProblem(
                f"sign-ins cannot be renewed here: {error.strerror}", hint="look at the rights of Jupyter's data folder"
            ) from None
        try:
            yield
        finally:
            await lock.release()

    def _of(self, issuer: str) -> Key:
        return replace(self._key, issuer=issuer)


def _record(made: SignedIn) -> dict[str, Json]:
    def dumped(model: Any) -> Json:
        return None if model is None else model.model_dump(mode="json", exclude_none=True)

    return {
        "version": 1,
        "issuer": made.issuer,
        "service": dumped(made.service),
        "resource": dumped(made.resource),
        "client": dumped(made.client),
        "ours": made.ours,
        "tokens": dumped(made.tokens),
        "since": None if made.life is None else made.life.since,
        "seconds": None if made.life is None else made.life.seconds,
        "asked": made.asked,
    }


def _signed_in(told: dict[str, Json]) -> SignedIn | None:
    """What a record says; None for one of another version, which is a sign-in to be made again."""
    try:
        since = told["since"]
        return SignedIn(
            issuer=told["issuer"],
            service=Service.model_validate(told["service"]),
            resource=told["resource"] and ProtectedResourceMetadata.model_validate(told["resource"]),
            client=told["client"] and Client.model_validate(told["client"]),
            ours=told["ours"] is True,
            tokens=told["tokens"] and Tokens.model_validate(told["tokens"]),
            life=None if since is None else Lifetime(since=float(since), seconds=told["seconds"]),
            asked=told["asked"],
        )
    except (KeyError, TypeError, ValueError, ValidationError):
        return None
