"""What comes back from a sign-in, by whichever way: taken once, and only with the state it was sent with."""

from __future__ import annotations

import asyncio
import hmac
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jupyter_connectors.sessions.signin import Callback

_LONGEST = 16_384


class Return:
    """Waits for one answer with one state. Offered to from any thread; awaited on the loop it was made on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._state = ""
        self._redirect_uri = ""
        self._over = False
        self.answered: asyncio.Future[Callback] = self._loop.create_future()

    def expect(self, state: str, redirect_uri: str) -> None:
        """From now on an answer with this state is taken; before, none is."""
        self._state, self._redirect_uri = state, redirect_uri

    def offer(self, told: Mapping[str, Any]) -> bool:
        """Takes an answer; False for one with another state, for a second one, and after `close`.

        `told` has the parameters of the address the browser came back to (RFC 6749, section 4.1.2; RFC 9207).
        """
        code, error, iss = told.get("code"), told.get("error"), told.get("iss")
        if not _is_same(told.get("state"), self._state) or not (_is_text(code) or _is_text(error)):
            return False
        with self._lock:
            if self._over:
                return False
            self._over = True
        made = Callback(
            code=code if isinstance(code, str) else "",
            state=self._state,
            iss=iss if isinstance(iss, str) else None,
            error=error if isinstance(error, str) else "",
        )
        self._loop.call_soon_threadsafe(self._settle, made)
        return True

    @property
    def is_over(self) -> bool:
        """True once an answer was taken, or none will be. From any thread."""
        return self._over

    def refuse(self) -> None:
        """The person's no. From any thread."""
        with self._lock:
            self._over = True
        self._loop.call_soon_threadsafe(self._settle, Callback())

    def settle(self, callback: Callback) -> None:
        """Ends the waiting with what did not come back with a browser: a no, a device. On the loop."""
        with self._lock:
            self._over = True
        self._settle(callback)

    def fail(self, error: BaseException) -> None:
        """Ends the waiting with an error, on the loop."""
        self.close()
        if not self.answered.done():
            self.answered.set_exception(error)

    def close(self) -> None:
        """Takes nothing any more."""
        with self._lock:
            self._over = True

    def offer_pasted(self, text: str) -> str:
        """Takes an address the person pasted; gives why it was not taken, empty if it was."""
        try:
            found = pasted(text, self._redirect_uri)
        except ValueError as error:
            return str(error)
        if self.offer(found):
            return ""
        return "that address is not from this sign-in, or was used already"

    def _settle(self, callback: Callback) -> None:
        if not self.answered.done():
            self.answered.set_result(callback)


def pasted(text: str, redirect_uri: str) -> dict[str, str]:
    """The parameters of an address the browser was sent to.

    Raises:
        ValueError: It is another address than `redirect_uri`, or has a parameter twice; the text is for the person.
    """
    text = text.strip().strip("<>\"'")
    if not text or len(text) > _LONGEST or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("that is no address; copy all of it from the browser's address bar")
    if not redirect_uri or _place(text) != _place(redirect_uri):
        shown = redirect_uri or "the address the service sends it to"
        raise ValueError(f"the address must begin with {shown}?")
    try:
        pairs = parse_qsl(urlsplit(text).query, keep_blank_values=True, strict_parsing=True, max_num_fields=30)
    except ValueError:
        raise ValueError("the address is not whole; copy all of it from the browser's address bar") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the address says something twice; it is not used")
    return found


def _place(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "", ""
    return parts.scheme.lower(), parts.netloc.lower(), parts.path


def _is_same(told: object, state: str) -> bool:
    return isinstance(told, str) and bool(state) and hmac.compare_digest(told.encode(), state.encode())


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
