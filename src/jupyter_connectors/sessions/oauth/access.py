"""What connections sign in with, and under what a sign-in is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mcp.shared.auth_utils import resource_url_from_server_url

from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.sessions.http import Reach, Resolve, resolved
from jupyter_connectors.sessions.signin import NOBODY, Person
from jupyter_connectors.vault import Key, Vault, this_user


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where secrets are kept, how the person is reached, what the clock says."""

    vault: Vault = field(repr=False)
    person: Person = NOBODY
    user: str = field(default_factory=this_user)
    client_metadata_url: str | None = None
    """The https address of a document that says who we are; services that read such documents need no registration."""

    now: Callable[[], float] = time.time
    resolve: Resolve = resolved


def key_of(entry: Entry, account: str, access: Access) -> Key:
    """Under what the sign-in of a connector and account is kept."""
    assert isinstance(entry.target, Remote)
    resource = resource_url_from_server_url(entry.target.url)
    return Key(user=access.user, connector=entry.identity, account=account, resource=resource)


def reach_of(target: Remote) -> Reach:
    """Where requests for a sign-in may go besides public addresses: what the person or the directory named."""
    auth = target.auth
    return Reach((*filter(None, (target.url, auth.issuer, auth.idp)), *(f"https://{host}/" for host in auth.hosts)))
