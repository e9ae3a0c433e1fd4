"""What one connection says of who calls: a key in a header, a token that is renewed, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.errors import ConnectorError
from jupyter_connectors.sessions.http import Resolve, resolved
from jupyter_connectors.sessions.oauth.access import Access
from jupyter_connectors.sessions.oauth.provider import Provider
from jupyter_connectors.sessions.patience import Patience
from jupyter_connectors.sessions.references import References


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a connection stands with its service."""

    signed_in: bool = False
    again: bool = False
    """Nobody is signed in any more: only a new sign-in helps."""

    issuer: str = ""
    """The host that signs in."""

    scopes: tuple[str, ...] = ()
    until: float | None = None
    """When the token ends, in seconds since 1970; None where the service does not say."""

    renews: bool = False
    """It is renewed without the person."""


class Signing:
    """The means of one connection, from `open` to `close`."""

    def __init__(self, name: str, entry: Entry, *, account: str, access: Access | None, patience: Patience) -> None:
        """Without `access` nobody signs in: a server that asks for it is told nothing."""
        assert isinstance(entry.target, Remote)
        auth = entry.target.auth
        named = {each.lower() for each in entry.target.headers}
        self.provider: Provider | None = None
        if access is not None and auth.kind == "oauth" and "authorization" not in named:
            self.provider = Provider(name, entry, account=account, access=access, patience=patience)
        self.resolve: Resolve = access.resolve if access is not None else resolved
        self._auth = auth
        self._patience = patience
        self._references = None
        if access is not None:
            self._references = References(
                name, entry, account=account, vault=access.vault, person=access.person, user=access.user
            )
        self._errors: dict[str, ConnectorError] = {}

    async def headers(self) -> Mapping[str, str]:
        """The header with the key, where one is set.

        Raises:
            ConnectionFailed: The variable it is read from is not set.
            SignInNeeded: The person was asked for it and did not give it.
        """
        if self._auth.kind != "header" or self._references is None:
            return {}
        with self._patience.waiting():
            name, value = await self._references.header(self._auth)
        return {name: value}

    def keep(self, error: ConnectorError) -> str:
        """Puts an error aside while word of it passes through the protocol; the id it is kept under."""
        number = uuid4().hex
        self._errors[number] = error
        return number

    def kept(self, number: object) -> ConnectorError | None:
        """The error kept under an id, once. An id that a server made up finds none."""
        return self._errors.pop(number, None) if isinstance(number, str) else None

    @property
    def standing(self) -> Standing:
        """How the connection stands with its service now."""
        provider = self.provider
        held = provider.held if provider is not None else None
        if provider is None or held is None:
            return Standing(again=provider is not None and provider.over is not None)
        return Standing(
            signed_in=held.tokens is not None and provider.over is None,
            again=provider.over is not None,
            issuer=held.issuer,
            scopes=held.scopes,
            until=held.life.until if held.life is not None else None,
            renews=held.tokens is not None and held.tokens.refresh_token is not None,
        )
