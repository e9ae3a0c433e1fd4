"""Where the browser is sent after a sign-in: to a listener of ours, to the Jupyter server, or to where a person copies from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from jupyter_connectors.loopback import Listener
from jupyter_connectors.returning import Return
from jupyter_connectors.returnpage import CALLBACK

HERE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
"""What a page's address calls this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a card is shown, by its own word."""

    host: str = ""
    callback: str = ""
    """Where the page's Jupyter server takes answers; empty where it does not."""

    kernel: str = ""
    """The kernel's id at that server."""

    @property
    def is_here(self) -> bool:
        """True where the browser may be on the kernel's machine. A tunnel looks the same."""
        return self.host in HERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way back."""

    name: Literal["loopback", "server", "paste"]
    redirect_uri: str
    kernel: str = ""
    """Stands before the state, so that the server knows whose it is."""

    listener: Listener | None = None

    def close(self) -> None:
        """Ends the listening, if there is any."""
        if self.listener is not None:
            self.listener.close()


def page_of(message: Mapping[str, Any]) -> Page:
    """A view's word on where it is; what cannot be is left out."""
    host, callback, kernel = (message.get(name) for name in ("host", "callback", "kernel"))
    known = Page(host=host if isinstance(host, str) else "")
    if isinstance(callback, str) and isinstance(kernel, str) and _is_callback(callback) and _is_id(kernel):
        return Page(host=known.host, callback=callback, kernel=kernel)
    return known


def listening(back: Return, allowed: Sequence[str]) -> Way | None:
    """A listener of ours that is already there; None where the service allows no such address, or the port is taken."""
    try:
        if not allowed:
            listener = Listener(back.offer)
            return Way(name="loopback", redirect_uri=listener.redirect_uri, listener=listener)
        for each in allowed:
            parts = urlsplit(each)
            if parts.scheme == "http" and parts.hostname in HERE and not parts.query:
                # The port may be any (RFC 8252, section 7.3), but one that was registered is the safer choice.
                listener = Listener(back.offer, port=parts.port or 0, path=parts.path or "/", host=parts.hostname or "")
                return Way(name="loopback", redirect_uri=listener.redirect_uri, listener=listener)
    except (OSError, ValueError):
        pass
    return None


def serving(page: Page, allowed: Sequence[str]) -> Way | None:
    """The page's Jupyter server; None where it does not take answers, or the service does not allow its address."""
    if not page.callback or (allowed and page.callback not in allowed):
        return None
    return Way(name="server", redirect_uri=page.callback, kernel=page.kernel)


def pasting(back: Return, allowed: Sequence[str]) -> Way:
    """An address whose page may stay empty: the person copies it from the browser's address bar."""
    way = listening(back, allowed)
    if way is not None:
        return Way(name="paste", redirect_uri=way.redirect_uri, listener=way.listener)
    return Way(name="paste", redirect_uri=allowed[0] if allowed else "http://127.0.0.1/callback")


def _is_callback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = not parts.query and not parts.fragment and "@" not in parts.netloc and port != 0
    fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path.endswith(f"/{CALLBACK}")
    return plain and fits and url.isascii() and url.isprintable() and " " not in url


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
