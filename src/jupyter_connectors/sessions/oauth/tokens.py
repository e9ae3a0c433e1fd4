"""What a token endpoint answers, read with care: vendors differ in what the standard leaves no room for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mcp.shared.auth import OAuthClientInformationFull, OAuthToken

from jupyter_connectors.errors import SignInFailed

_SENDABLE = re.compile(r"[\x21-\x7e]+")
_CODE = re.compile(r"[a-z][a-z_.-]{0,60}")
_LONGEST = 10 * 365 * 86400
_EARLY = 30.0


class Tokens(OAuthToken):
    """Tokens that do not show themselves."""

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield "scope", self.scope


class Client(OAuthClientInformationFull):
    """How we are registered at a service, without the secret in what is shown."""

    registration_access_token: str | None = None
    registration_client_uri: str | None = None
    """With both, the registration can be taken back (RFC 7592, section 2.3)."""

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield "client_id", self.client_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long an access token is good, by our own clock alone: the service says seconds, not an instant."""

    since: float
    seconds: float | None
    """None where the service does not say."""

    @property
    def until(self) -> float | None:
        return None if self.seconds is None else self.since + self.seconds

    def is_over(self, now: float) -> bool:
        """True a little before the end, and for a clock that was set back, when nobody can tell."""
        if self.seconds is None:
            return False
        return now < self.since - 60 or now > self.since + self.seconds - min(_EARLY, self.seconds / 5)


def lifetime(told: object, now: float) -> Lifetime:
    """`expires_in` as vendors send it: a number, a number in quotes, nothing; zero and below say nothing."""
    try:
        seconds = float(told) if isinstance(told, int | float | str) and not isinstance(told, bool) else 0.0
    except (ValueError, OverflowError):
        seconds = 0.0
    return Lifetime(since=now, seconds=seconds if 0 < seconds < _LONGEST else None)


def tokens_of(body: bytes, title: str, *, asked: str | None, before: OAuthToken | None = None) -> tuple[Tokens, object]:
    """The tokens in a reply (RFC 6749, section 5.1) and what it says of `expires_in`.

    Args:
        asked: The scopes asked for, which are granted where the reply does not say (section 5.1).
        before: The tokens that are renewed; what the reply leaves out stays (section 6).

    Raises:
        SignInFailed: It holds no token that could be sent. Nothing of the reply is quoted.
    """
    told = object_of(body)
    access, kind = told.get("access_token"), told.get("token_type", "Bearer")
    if not isinstance(access, str) or not _SENDABLE.fullmatch(access):
        raise SignInFailed(f"{title} gave no access token", hint="try again; tell the people who run it")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise SignInFailed(
            f"{title} gave a token of a kind we do not know", hint="it must be a bearer token (RFC 6750)"
        )
    refresh, scope = told.get("refresh_token"), told.get("scope")
    if isinstance(scope, list):
        scope = " ".join(each for each in scope if isinstance(each, str))
    renewed = refresh if isinstance(refresh, str) and refresh else None
    found = Tokens(
        access_token=access,
        refresh_token=renewed or (before.refresh_token if before is not None else None),
        scope=scope if isinstance(scope, str) else (before.scope if before is not None else asked),
    )
    return found, told.get("expires_in")


def error_code(body: bytes) -> str:
    """The `error` of a refusal (RFC 6749, section 5.2): a word; anything else is not repeated."""
    told = object_of(body).get("error")
    return told if isinstance(told, str) and _CODE.fullmatch(told) else ""


def object_of(body: bytes) -> dict[str, Any]:
    """The JSON object of a reply, empty where it is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
