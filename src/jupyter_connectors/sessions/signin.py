"""What is asked of the person while a connector is opened: a sign-in, a secret, an answer to a server's question.

The edge hands in how (`Person`); nothing here knows a browser or a notebook. Without an edge every answer is a no.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from jupyter_connectors.models import Json

SECONDS = 600.0
"""How long a sign-in may take: the link, and what comes back from it, are worthless afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The page the person is to open, and how what comes back from it is known."""

    url: str = field(repr=False)
    """The service's own page, http(s) only. Opened by the person's click, never by us; given to no shell."""

    host: str
    """Whose page it is, to be shown in full: ASCII, so that letters that only look like others do not."""

    state: str = field(repr=False)
    """Comes back with the code. Anything that comes back with another is nobody's."""

    redirect_uri: str
    """Where the browser is sent afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What came back. `Callback()` is a no."""

    code: str = field(default="", repr=False)
    state: str = field(default="", repr=False)
    iss: str | None = None
    error: str = ""
    """What the service answered instead of a code, for example "access_denied" (RFC 6749, section 4.1.2.1)."""

    device: bool = False
    """True from `Device.granted` only."""

    keep_in_file: bool = False
    """The person said yes to a file that only they can read, where there is no system keyring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A code that the person types on another device (RFC 8628)."""

    user_code: str
    verification_uri: str
    verification_uri_complete: str = ""
    host: str
    """Whose page it is, as in `Link`."""

    seconds: float
    """How long the code is good."""

    granted: Callable[[], Awaitable[Callback]] = field(repr=False)
    """Awaits until the person has typed it; asks the service in the pace the service wants.

    Raises SignInFailed: The person said no there, or the code is too old.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """One sign-in, as the person is to see it before anything is opened."""

    id: str
    connector: str
    """The name the person gave the connection."""

    title: str
    host: str
    """The connector's host in full, ASCII (`xn--` where it has other letters)."""

    issuer: str
    """The host of the service that signs in, in the same form."""

    account: str = ""
    custom: bool = False
    """True where nobody reviewed the connector."""

    scopes: tuple[str, ...] = ()
    """What is asked for; empty where the service decides."""

    granted_before: tuple[str, ...] | None = None
    """The scopes of the sign-in before; None for the first. What is in `scopes` and not here is new."""

    expected: tuple[str, ...] = ()
    """The scopes the directory or the person named; empty where none were. More than these should be pointed out."""

    stored_in: str
    """Where what is given is kept: "the system keyring", "a file that only you can read: …", "memory, until the kernel ends"."""

    can_keep_in_file: bool = False
    """Whether `Callback.keep_in_file` would mean something: there is no keyring and no yes yet."""

    why: Literal["first", "again", "more"] = "first"
    """First time; what was stored is no longer accepted; or the server wants more scopes."""

    redirect_uris: tuple[str, ...] = ()
    """The only addresses the browser may come back to, for a client that was registered by hand; empty for any."""

    authorize: Callable[..., Awaitable[Link]] | None = field(default=None, repr=False)
    """`await authorize(redirect_uri, kernel="")` gives the link. Registers us at the service if it must, so it can fail.

    What listens at `redirect_uri` must do so before. The link's state is `<kernel>.<random>`, or the random part alone.
    None where there is only the device flow.

    Raises SignInFailed: The service cannot be used; the two lines say why.
    """

    start_device: Callable[[], Awaitable[Device]] | None = field(default=None, repr=False)
    """Asks the service for a code to type elsewhere; None where it has no device flow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRequest:
    """A key or password that the person has and the connector needs. It is never typed into the notebook."""

    connector: str
    title: str
    host: str
    what: str
    """In our words, for example "the value of the header X-Api-Key"."""

    stored_in: str
    can_keep_in_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What the person typed; `Secret()` is a no."""

    value: str = field(default="", repr=False)
    keep_in_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Elicitation:
    """A server's question to the person (MCP specification, "Elicitation"). All of it is the server's own words."""

    connector: str
    title: str
    message: str
    schema: Mapping[str, Json] = field(default_factory=dict, hash=False)
    """What is wanted: a flat object schema. Empty where `url` is set."""

    url: str = ""
    """A page to be opened instead, http(s) only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elicited:
    """The person's answer to a server's question."""

    action: Literal["accept", "decline", "cancel"] = "decline"
    content: Mapping[str, Json] = field(default_factory=dict, hash=False)
    """With "accept": the values; what is left out gets the default the server named."""


async def _no_sign_in(_: SignInRequest) -> Callback:
    return Callback()


async def _no_secret(_: SecretRequest) -> Secret:
    return Secret()


async def _no_answer(_: Elicitation) -> Elicited:
    return Elicited()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """How the person is reached. Each function is awaited on the runtime's loop and may be cancelled: then it tidies up."""

    sign_in: Callable[[SignInRequest], Awaitable[Callback]] = _no_sign_in
    secret: Callable[[SecretRequest], Awaitable[Secret]] = _no_secret
    elicit: Callable[[Elicitation], Awaitable[Elicited]] | None = None
    """None where no server may ask anything: it is then told so at the start."""


NOBODY = Person()
