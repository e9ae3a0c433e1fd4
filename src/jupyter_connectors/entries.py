"""The nouns of the directory: an entry, how its server is started or reached, how it is told who calls."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jupyter_connectors.models import Json, ToolClass, canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to start a local server: an argv, never a shell line."""

    command: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Added to the few variables a child inherits. A value `env:NAME` is read when it starts."""

    cwd: str | None = None


Flow = Literal["authorization_code", "device", "client_credentials", "private_key_jwt", "id_jag", "workload"]
"""How a token is got: by a person in a browser, by a person on another device, or by a service account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """How a connector is told who calls. Secrets are named here and never written.

    Where a field holds a *reference*, it is `env:NAME` (read when it connects), `keyring` (asked for once by a hidden
    prompt, then kept in the vault) or `prompt` (asked for each time a kernel connects it).
    """

    kind: Literal["none", "header", "oauth"] = "oauth"
    """`oauth` signs in if and when the server asks for it; one that never asks is open."""

    header: str = "Authorization"
    scheme: str = "Bearer"
    """What stands before the value in the header; empty for the bare value. `Basic` encodes a `user:password`."""

    value: str = ""
    """Reference to what the header carries."""

    registration: Literal["any", "own"] = "any"
    """`own`: the service takes only a client id that the person or the organisation registered there."""

    client_id: str = ""
    """A client id as it is (it is no secret), or `env:NAME`. Comes before any other way to register."""

    client_secret: str = ""
    """Reference; for `private_key_jwt` to the key in PEM, for `workload` to the workload's own token."""

    secret_sent: Literal["", "client_secret_basic", "client_secret_post"] = ""
    """How the secret goes to the token endpoint; empty for whichever the service names first."""

    scopes: tuple[str, ...] = ()
    """What is asked for; empty for what the server says it needs."""

    flow: Flow = "authorization_code"
    issuer: str = ""
    """The only authorization server that may get the client's credentials, where one is named; https."""

    hosts: tuple[str, ...] = ()
    """Further hosts where its token and authorization endpoints may be, where they are not on the issuer's site."""

    redirect_uris: tuple[str, ...] = ()
    """The addresses a client registered by hand may come back to; empty for any."""

    algorithm: str = "ES256"
    """How a `private_key_jwt` is signed (RFC 7518, section 3.1)."""

    idp: str = ""
    """For `id_jag`: the organisation's identity provider, its token endpoint (https)."""

    idp_client_id: str = ""
    idp_token: str = ""
    """For `id_jag`: reference to the id token the person has from the organisation's identity provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where a server listens: a Streamable HTTP endpoint."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Sent with every request. A value `env:NAME` is read when it connects and never stored."""

    auth: Auth = Auth()
    typed: bool = True
    """The person named the address. False for one the directory named, or a registry outside their network: it may
    only be a public one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A part of an entry's address that the person gives: `{org}`."""

    name: str
    description: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a person must bring to sign in to a service, and where they get it."""

    needs: str = ""
    """One sentence; empty where an account at the service is enough."""

    page: str = ""
    """The service's page on it: where a client id is registered, or what its administrator switches on."""

    header: str = ""
    """The header that takes a key in place of a sign-in; empty where none does, or nobody knows."""

    scheme: str = ""
    key_page: str = ""
    """Where the key is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact of an entry comes from, and of what day it is."""

    date: str
    url: str = ""
    """Empty for what has no address of its own, as the tool lists in other people's settings."""

    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """How the record that a change is made to is read as it is now: by a tool that only reads."""

    tool: str
    arguments: Mapping[str, str]
    """The reading tool's arguments, each with the name of the change's argument it takes."""

    record: str = "@root"
    """Where the record is in the reply: `@root`, or the dotted way to it."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """What the record calls an argument of the change, where it has another name for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A connector in the directory: how to reach it and what was found when it was reviewed."""

    id: str
    title: str
    summary: str
    category: str
    target: Launch | Remote
    developer: str = ""
    reviewed: Mapping[str, ToolClass] = field(default_factory=dict, hash=False)
    """What each known tool does, by our own review; empty for a connector nobody reviewed."""

    examples: tuple[str, ...] = ()
    custom: bool = False
    """Added by the person, by address or command."""

    outside: frozenset[str] = frozenset()
    """The tools whose results hold what outsiders wrote: mail, issues, pages."""

    private: bool = True
    """Its data is not for everyone. False for a service of public pages only."""

    before: Mapping[str, Before] = field(default_factory=dict, hash=False)
    """For a tool that changes a record: how the record's present values are read."""

    aliases: tuple[str, ...] = ()
    """Other names a person may look for: `jira`."""

    homepage: str = ""
    repository: str = ""
    interactive: bool = False
    """Some of its tools show a view of their own (MCP Apps)."""

    note: str = ""
    """What a person should know before connecting it: a preview, addresses that disagree, a list of clients let in."""

    variables: tuple[Variable, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the person gave for the variables; the target then has its final address."""

    access: Access = Access()
    sources: tuple[Source, ...] = ()
    registry: str = ""
    """The host of the registry it was read from; such an entry is `custom` too, for nobody here reviewed it."""

    _identity: str = field(default="", init=False, repr=False, compare=False)

    @property
    def identity(self) -> str:
        """What a lasting yes is bound to: the entry of the directory, or the very address or command the person added."""
        if not self._identity:
            object.__setattr__(self, "_identity", self._bound_to())  # computed once, as for `Tool.definition_hash`
        return self._identity

    def _bound_to(self) -> str:
        if not self.custom:
            # Another organisation's instance of a service is another service.
            given = hashlib.sha256(canonical(dict(self.given)).encode()).hexdigest() if self.given else ""
            return f"{self.id} {given}".rstrip()
        target = self.target
        told: list[Json] = (
            [target.command, list(target.args), dict(target.env), target.cwd]
            if isinstance(target, Launch)
            else [target.url, dict(target.headers)]
        )
        return f"{self.id} {hashlib.sha256(canonical(told).encode()).hexdigest()}"

    def tainted(self, tool: str) -> tuple[bool, bool]:
        """Whether a result of the tool holds what outsiders wrote, and what is not for everyone. Unreviewed: both."""
        if tool not in self.reviewed:
            return True, True
        return tool in self.outside, self.private

    @property
    def writes(self) -> bool:
        """True unless every reviewed tool only reads; an unreviewed connector may write."""
        return not self.reviewed or any(each is not ToolClass.READ for each in self.reviewed.values())
