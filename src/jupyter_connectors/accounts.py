"""Who signs in: several accounts at one service, keys and client ids given by reference, and how each stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import urlsplit

from jupyter_connectors.entries import Auth, Entry, Remote
from jupyter_connectors.errors import UsageProblem
from jupyter_connectors.text import one_line

if TYPE_CHECKING:
    from jupyter_connectors.hub import Hub
    from jupyter_connectors.sessions.oauth.leaving import Left

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._+-]{0,63}")
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|keyring|prompt")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADER = re.compile(r"(?P<name>[^:\s]+)\s*:\s*(?:(?P<scheme>\S+)\s+)?(?P<value>\S+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """How the person wants to be known at a service, where it is not by a plain sign-in."""

    scopes: tuple[str, ...] = ()
    client_id: str = ""
    client_secret: str = ""
    """Reference: `env:NAME`, `keyring` (asked for once, unseen) or `prompt` (asked for in each kernel)."""

    key: str = ""
    """Reference to a key in place of a sign-in, in the header the service takes keys in."""

    issuer: str = ""
    """The only authorization server that may sign in, for a connector the person added."""

    hosts: tuple[str, ...] = ()
    """Further hosts where that server's pages may be."""


class Given(TypedDict, total=False):
    """The same, as keywords."""

    scopes: Iterable[str]
    client_id: str
    client_secret: str
    key: str
    issuer: str
    hosts: Iterable[str]


def means_of(given: Given) -> Means:
    """The same of keywords."""
    return Means(
        scopes=tuple(given.get("scopes", ())),
        client_id=given.get("client_id", ""),
        client_secret=given.get("client_secret", ""),
        key=given.get("key", ""),
        issuer=given.get("issuer", ""),
        hosts=tuple(given.get("hosts", ())),
    )


def account_name(entry: str, account: str) -> str:
    """The name of a connector in use: `stripe` with the account `test` is `stripe-test`.

    Raises:
        UsageProblem: It is no name for an account.
    """
    if not account:
        return entry
    if not _NAME.fullmatch(account):
        raise UsageProblem(
            f"{account!r} is no name for an account",
            hint="use letters, digits and @ . _ + -, for example --account test",
        )
    return f"{entry}-{re.sub(r'[^A-Za-z0-9]+', '-', account).strip('-')}"


def with_means(entry: Entry, means: Means) -> Entry:
    """The entry, with what the person gave for it.

    Raises:
        UsageProblem: A secret is written out, an address is none, or the connector is no service on the web.
    """
    if means == Means():
        return entry
    if not isinstance(entry.target, Remote):
        raise UsageProblem(
            f"nobody signs in to {entry.id}", hint="it runs on this machine; give it variables with --env"
        )
    for option, value in (("--client-secret", means.client_secret), ("--key", means.key)):
        check_reference(option, value)
    auth = _trusting(entry, entry.target.auth, means)
    if means.key:
        header = entry.access.header or auth.header
        scheme = entry.access.scheme if entry.access.header else auth.scheme
        auth = replace(auth, kind="header", header=header, scheme=scheme, value=means.key)
    if means.client_id or means.client_secret:
        auth = replace(
            auth, client_id=means.client_id or auth.client_id, client_secret=means.client_secret or auth.client_secret
        )
    if means.scopes:
        auth = replace(auth, scopes=means.scopes)
    return replace(entry, target=replace(entry.target, auth=auth))


def _trusting(entry: Entry, auth: Auth, means: Means) -> Auth:
    """The same, with who may sign in, where the person said so."""
    if not means.issuer and not means.hosts:
        return auth
    if not entry.custom:
        raise UsageProblem(
            f"the directory knows who signs in to {entry.id}", hint="--issuer and --allow-host are for an address"
        )
    if means.issuer and not _is_issuer(means.issuer):
        raise UsageProblem(
            "--issuer takes the https address of an authorization server",
            hint="as the service names it, without a query: --issuer https://login.example.com",
        )
    if odd := next((each for each in means.hosts if not _HOST.fullmatch(each)), None):
        raise UsageProblem(
            f"{ascii(odd)[1:-1]} is no host", hint="write it as it is sent: --allow-host login.example.com"
        )
    hosts = tuple(dict.fromkeys((*auth.hosts, *(each.lower() for each in means.hosts))))
    return replace(auth, issuer=means.issuer or auth.issuer, hosts=hosts)


def _is_issuer(url: str) -> bool:
    """RFC 8414, section 2: https, without query and fragment; on this machine http will do."""
    try:
        parts, plain = urlsplit(url), url.isascii() and url.isprintable() and " " not in url
        host = parts.hostname or ""
        safe = parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)
        return plain and safe and bool(host) and not (set("?#") & set(url)) and "@" not in parts.netloc
    except ValueError:
        return False


def with_header(entry: Entry, line: str) -> Entry:
    """The entry, with a key in a header: "X-Api-Key: keyring", "Authorization: Bearer env:TOKEN".

    Raises:
        UsageProblem: The value is written out, or the line is no header.
    """
    found = _HEADER.fullmatch(line)
    if found is None or not isinstance(entry.target, Remote):
        # Without the line: it may hold the secret itself.
        raise UsageProblem("this is no header", hint='write it as "X-Api-Key: env:MY_KEY"')
    check_reference("--header", found["value"])
    auth = replace(
        entry.target.auth, kind="header", header=found["name"], scheme=found["scheme"] or "", value=found["value"]
    )
    return replace(entry, target=replace(entry.target, auth=auth))


def is_key(line: str) -> bool:
    """True for a header whose value is asked for or has a scheme before it, so is more than a plain variable."""
    found = _HEADER.fullmatch(line)
    return found is not None and (bool(found["scheme"]) or found["value"] in ("keyring", "prompt"))


def check_reference(option: str, value: str) -> None:
    """Looks whether a secret is named and not written out.

    Raises:
        UsageProblem: It is written out. The error does not repeat it.
    """
    if value and not _REFERENCE.fullmatch(value):
        raise UsageProblem(
            f"{option} takes no secret written out: a notebook is saved and shared",
            hint="write env:NAME for a variable, keyring to be asked once, or prompt to be asked in each kernel",
        )


def left_words(title: str, left: Left) -> str:
    """What a sign-out did, in a sentence."""
    if not left.was_signed_in:
        return f"{title}: nobody was signed in here; nothing is kept"
    if left.revoked:
        return f"{title}: signed out; its tokens are worth nothing any more, and nothing is kept here"
    return f"{title}: nothing is kept here any more" + (f", but {one_line(left.problem)}" if left.problem else "")


def status_rows(hub: Hub) -> list[dict[str, Any]]:
    """How each connector in use stands, a row each."""
    rows = []
    for name in hub.names:
        found, health = hub.connected(name), hub.health(name)
        standing = health.standing
        state = "sign in again" if standing.again else "signed in" if standing.signed_in else "connected"
        rows.append(
            {
                "connector": name,
                "state": state if health.alive else f"{state}, not running",
                "account": health.account,
                "signed in at": standing.issuer,
                "scopes": " ".join(standing.scopes),
                "token until": _until(standing.until, standing.renews),
                "kept in": health.stored_in if standing.signed_in else "",
                "protocol": found.protocol,
                "last call": _instant(health.last_call),
                "last error": one_line(health.last_error, 120),
            }
        )
    return rows


def _until(moment: float | None, renews: bool) -> str:
    told = _instant(moment)
    return f"{told}, renewed by itself" if told and renews else told


def _instant(moment: float | None) -> str:
    return "" if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%MZ")
