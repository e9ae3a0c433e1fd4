"""What a service's app may reach: the origins it declared, each one judged, and the policies a browser is told.

Declarations are those of `_meta.ui.csp` (MCP Apps 2026-01-26). A host may tighten them and never loosens them: what is
not one plain origin is left out and named, so nothing a server writes becomes another source or another directive.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST = 64
"""Origins of one kind that count; what comes after them is refused."""

LONGEST_QUERY = 6_000
"""Letters of a `query`. Servers between browser and Jupyter take lines of 8,000 (nginx, Apache) with the rest of it."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(
    rf"(?P<scheme>https?|wss?)://(?P<wild>\*\.)?(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[1-9][0-9]{{0,4}}))?"
)
_LOOPBACK = re.compile(rf"127\.0\.0\.1|(?:{_LABEL}\.)*localhost")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")
_SHARED = re.compile(r"(?:ac|co|com|edu|go|gob|gov|ne|net|or|org)\.[a-z]{2}")
"""Names below which strangers live (`co.uk`), as below a single label; a guess in place of the whole public list."""

HOSTERS = (
    "amazonaws.com amplifyapp.com appspot.com azure.com azureedge.net azurestaticapps.net azurewebsites.net bitbucket.io "
    "blogspot.com cloudflarestorage.com cloudfront.net cloudfunctions.net codeberg.page deno.dev digitaloceanspaces.com "
    "duckdns.org elasticbeanstalk.com firebaseapp.com fly.dev github.io gitlab.io glitch.me herokuapp.com hf.space "
    "netlify.app ngrok.app ngrok.dev ngrok.io ngrok-free.app ngrok-free.dev nip.io on.aws ondigitalocean.app onrender.com "
    "pages.dev r2.dev railway.app readthedocs.io repl.co replit.app replit.dev run.app sslip.io streamlit.app supabase.co "
    "surge.sh trycloudflare.com vercel.app web.app webflow.io windows.net workers.dev"
)
"""Names below which everybody gets one of their own; the well-known ones of the public list, not all. In docs/security.md."""

_HOSTING = frozenset(HOSTERS.split())

_KINDS = {"connect": "connectDomains", "resource": "resourceDomains", "frame": "frameDomains", "base": "baseUriDomains"}
_LONGEST = 300
_ROOM = LONGEST_QUERY // 4 * 3 - len(json.dumps(dict.fromkeys(_KINDS.values(), ())))
_AROUND = 3
"""Letters a query spends on an origin beside its own."""

_SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Origins an app may reach, by what for. One that exists holds nothing but plain origins.

    Raises:
        ValueError: for anything else, which `declared` would have put into `refused`.
    """

    connect: tuple[str, ...] = ()
    """For fetch and web sockets."""

    resource: tuple[str, ...] = ()
    """For scripts, styles, pictures, fonts and media."""

    frame: tuple[str, ...] = ()
    """For frames inside the app."""

    base: tuple[str, ...] = ()
    """For the address that relative ones start from."""

    refused: tuple[str, ...] = ()
    """What was declared and does not count, in plain ASCII and cut; for a person to read."""

    def __post_init__(self) -> None:
        for kind in _KINDS:
            for origin in getattr(self, kind):
                if not isinstance(origin, str) or _judged(kind, origin, loopback=True) != origin:
                    raise ValueError(f"not a plain origin: {_shown(origin)}")


def declared(csp: object, *, loopback: bool = False) -> Origins:
    """The origins of an app's `_meta.ui.csp`; `loopback` lets addresses of this machine count too.

    As many as go into an address: each that does not fit any more is refused.

    Those are for services that are programs of this machine: the page of a service elsewhere has no business there.
    """
    if not isinstance(csp, Mapping):
        return Origins()
    kept: dict[str, tuple[str, ...]] = {}
    refused: list[str] = []
    room = _ROOM
    for kind, name in _KINDS.items():
        given = csp.get(name)
        good: dict[str, None] = {}
        for each in given if isinstance(given, (list, tuple)) else () if given is None else (given,):
            origin = _judged(kind, each, loopback=loopback) if len(good) < MOST else None
            if origin is None or (origin not in good and len(origin) + _AROUND > room):
                refused.append(_shown(each))
            elif origin not in good:
                good[origin] = None
                room -= len(origin) + _AROUND
        kept[kind] = tuple(good)
    return Origins(**kept, refused=tuple(refused[:MOST]))


def granted(origins: Origins) -> dict[str, list[str]]:
    """The same in the words of the specification, for an app that asks what it was given."""
    return {name: list(found) for kind, name in _KINDS.items() if (found := getattr(origins, kind))}


def without(origins: Origins, host: str) -> Origins:
    """The origins less those of the server that `host`, a Host header, names: Jupyter's own are never an app's.

    On this machine every name of it and this port count as that server.
    """
    name, _, port = host.lower().rpartition(":") if re.search(r":[0-9]+$", host) else (host.lower(), "", "")

    def own(origin: str) -> bool:
        found = _parts(origin)
        ports = {port} if port else {"80", "443"}
        if (found["port"] or ("443" if found["scheme"] in ("https", "wss") else "80")) not in ports:
            return False
        if name.startswith("[") or _LOOPBACK.fullmatch(name):
            return bool(_LOOPBACK.fullmatch(found["host"]))
        return name.endswith("." + found["host"]) if found["wild"] else bool(name == found["host"])

    kept = {kind: tuple(each for each in getattr(origins, kind) if not own(each)) for kind in _KINDS}
    lost = {each: None for kind in _KINDS for each in getattr(origins, kind) if own(each)}
    return Origins(**kept, refused=(*origins.refused, *lost))


def directives(origins: Origins) -> dict[str, tuple[str, ...]]:
    """The Content-Security-Policy of the app's frames, directive by directive.

    Code of its own may run as it likes, inline, from `eval`, in workers: the frame is what holds it. `'self'` is never in
    it, since for a sandboxed page that is the Jupyter server.
    """
    local = ("data:", "blob:")
    return {
        "default-src": ("'none'",),
        "script-src": ("'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", *local, *origins.resource),
        "style-src": ("'unsafe-inline'", *local, *origins.resource),
        "img-src": (*local, *origins.resource),
        "font-src": (*local, *origins.resource),
        "media-src": (*local, *origins.resource),
        "connect-src": (*local, *origins.connect),
        "worker-src": (*local, *origins.resource),
        "frame-src": origins.frame or ("'none'",),
        "object-src": ("'none'",),
        "form-action": ("'none'",),
        "base-uri": origins.base or ("'none'",),
    }


def policy(origins: Origins) -> str:
    """The same as text, for the document around the app's frame; it stands after that document's own `<base>`."""
    return text_of(directives(origins))


def text_of(found: Mapping[str, Iterable[str]]) -> str:
    """Directives as the text of a policy."""
    return "; ".join(" ".join((name, *sources)) for name, sources in found.items())


def allowlist(origins: Origins) -> str:
    """The Connection-Allowlist (WICG) header: what a policy cannot hold back, names looked up and WebRTC among it."""
    found = dict.fromkeys((*origins.connect, *origins.resource, *origins.frame))
    return "(" + " ".join(f'"{each}/*"' for each in found) + ")"


def query(origins: Origins) -> str:
    """The origins for an address, in letters that no address escapes; empty where there are none."""
    found = granted(origins)
    if not found:
        return ""
    return urlsafe_b64encode(json.dumps(found, separators=(",", ":")).encode()).decode().rstrip("=")


def from_query(text: str) -> Origins:
    """What `query` wrote.

    Raises:
        ValueError: for anything it would not have written.
    """
    if not text:
        return Origins()
    if len(text) > LONGEST_QUERY or not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError("not a list of origins")
    try:
        found: Any = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, RecursionError, UnicodeDecodeError) as error:
        raise ValueError("not a list of origins") from error
    made = declared(found, loopback=True)
    if query(made) != text:
        raise ValueError("not a list of origins")
    return made


def _judged(kind: str, declaration: object, *, loopback: bool) -> str | None:
    """The origin as a source of a policy, or None if it is not one, or too wide a one."""
    if not isinstance(declaration, str) or len(declaration) > _LONGEST:
        return None
    # Not `lower()`, which turns the Kelvin sign into a letter of a host.
    text = "".join(each.lower() if each.isascii() else each for each in declaration)
    found = _ORIGIN.fullmatch(text)
    if not found or int(found["port"] or 1) > 65_535 or len(found["host"]) > 253:
        return None
    here = bool(_LOOPBACK.fullmatch(found["host"]))
    good = (loopback if here else _public(found)) and _speaks(kind, found["scheme"], here=here)
    return text if good and not (here and found["wild"]) else None


def _public(found: re.Match[str]) -> bool:
    host, last = found["host"], found["host"].rpartition(".")[2]
    if _NUMBER.fullmatch(last):
        return False  # an address of any notation, for which policies have no rule
    return not (found["wild"] and ("." not in host or _SHARED.fullmatch(host) or _hosts_anybody(host)))


def _hosts_anybody(host: str) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in _HOSTING for at in range(len(labels)))


def _speaks(kind: str, scheme: str, *, here: bool) -> bool:
    if scheme in ("ws", "wss") and kind != "connect":
        return False
    return here or scheme in ("https", "wss")


def _parts(origin: str) -> re.Match[str]:
    found = _ORIGIN.fullmatch(origin)
    assert found is not None
    return found


def _shown(declaration: object) -> str:
    """What was declared in ASCII: a host as it is looked up, everything else escaped."""
    text = declaration if isinstance(declaration, str) else repr(declaration)[:_LONGEST]
    scheme, mark, rest = text[:_LONGEST].partition("://")
    try:
        host, slash, path = rest.partition("/")
        text = f"{scheme}{mark}{host.encode('idna').decode()}{slash}{path}" if mark and not host.isascii() else text
    except UnicodeError:
        pass
    plain = text[:_LONGEST].encode("ascii", "backslashreplace").decode()
    plain = re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", plain)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "\\"
