"""How a connection stands."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_connectors.sessions.signing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a connection stands, for the person to see. Instants are seconds since 1970."""

    account: str
    protocol: str
    alive: bool
    standing: Standing
    stored_in: str
    """Where its secrets are kept, in words; empty where nobody signs in."""

    last_call: float | None
    last_error: str
