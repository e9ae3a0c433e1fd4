"""One sign-in of a person, from the link they are shown to the code that comes back. Single use, ten minutes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping

import httpx2
from mcp.client.auth.exceptions import OAuthFlowError
from mcp.client.auth.utils import validate_authorization_response_iss

from jupyter_connectors.errors import SignInFailed, SignInNeeded
from jupyter_connectors.sessions.http import AddressRefused, Reach, ascii_host
from jupyter_connectors.sessions.oauth.discovery import PLAIN, Found, Send
from jupyter_connectors.sessions.oauth.requests import DEVICE, form
from jupyter_connectors.sessions.oauth.tokens import Client, error_code, object_of
from jupyter_connectors.sessions.signin import SECONDS, Callback, Device, Link

Registered = Callable[[str], Awaitable[Client]]
"""The client to use with this redirect address; registers one if it must."""

_SLOWER = 5.0
"""What `slow_down` adds to the interval, and the interval where none is told (RFC 8628, sections 3.2 and 3.5)."""

_SAYS_NO = {"access_denied": "you or the service said no", "expired_token": "the code was not typed in time"}


class Attempt:
    """A link or device code that was given out, and what must come back for it."""

    def __init__(
        self,
        found: Found,
        fields: Mapping[str, str],
        *,
        title: str,
        registered: Registered,
        send: Send,
        now: Callable[[], float],
    ) -> None:
        """`fields` are `scope` and `resource`, where they are to be sent."""
        self.client: Client | None = None
        self._found = found
        self._fields = dict(fields)
        self._title = title
        self._registered = registered
        self._send = send
        self._now = now
        self._until = now() + SECONDS
        self._link: Link | None = None
        self._verifier = ""
        self._used = False
        self._body: bytes | None = None

    async def authorize(self, redirect_uri: str, kernel: str = "") -> Link:
        """The link for the person to open. A second one makes the first worthless."""
        self.client = await self._registered(redirect_uri)
        self._verifier = secrets.token_urlsafe(64)
        digest = hashlib.sha256(self._verifier.encode()).digest()
        state = ".".join(filter(None, (kernel, secrets.token_urlsafe(32))))
        fields = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            **self._fields,
        }
        if "offline_access" in self._fields.get("scope", "").split():
            fields["prompt"] = "consent"  # OpenID Connect Core 1.0, section 11
        url = str(httpx2.URL(str(self._found.service.authorization_endpoint)).copy_merge_params(fields))
        self._link = Link(url=url, host=ascii_host(url), state=state, redirect_uri=redirect_uri)
        return self._link

    async def start_device(self) -> Device:
        """A code for the person to type on another device (RFC 8628)."""
        endpoint = self._found.service.device_authorization_endpoint
        assert endpoint is not None
        self.client = await self._registered("")
        data = {"client_id": self.client.client_id, **self._fields}
        response = await self._send(form(str(endpoint), data, self.client))
        told = object_of(response.content)
        words = [told.get(name) for name in ("device_code", "user_code", "verification_uri")]
        if response.status_code != 200 or not all(isinstance(each, str) and each for each in words):
            code = error_code(response.content) or f"status {response.status_code}"
            raise SignInFailed(f"{self._title} gave no code to type ({code})", hint="use the link instead")
        device_code, user_code, page = (str(each) for each in words)
        complete = told.get("verification_uri_complete")
        complete = complete if isinstance(complete, str) and self._is_page(complete) else ""
        if not self._is_page(page):
            raise SignInFailed(f"{self._title} names no page where the code can be typed", hint="use the link instead")
        seconds = min(_number(told.get("expires_in"), SECONDS), SECONDS)
        pace = _number(told.get("interval"), _SLOWER)
        return Device(
            user_code=user_code[:40],
            verification_uri=page,
            verification_uri_complete=complete,
            host=ascii_host(page),
            seconds=seconds,
            granted=lambda: self._granted(device_code, pace, self._now() + seconds),
        )

    def exchange(self, callback: Callback) -> httpx2.Request | bytes:
        """The request that turns what came back into tokens, or the reply that a device's code already got.

        Raises:
            SignInNeeded: The person or the service said no, or it took too long.
            SignInFailed: What came back is not the answer to this link.
        """
        if callback.device and self._body is not None:
            return self._body
        link, again = self._link, "try to sign in again"
        if callback == Callback() or link is None or self.client is None:
            raise SignInNeeded(f"{self._title} is not signed in", hint="nothing was sent; connect it again to sign in")
        self._check(callback, link, again)
        if callback.error or not callback.code:
            said = callback.error if callback.error.replace("_", "").isalpha() else "no code"
            raise SignInNeeded(f"{self._title} did not sign you in ({said[:60]})", hint=again)
        data = {
            "grant_type": "authorization_code",
            "code": callback.code,
            "redirect_uri": link.redirect_uri,
            "code_verifier": self._verifier,
            **{name: value for name, value in self._fields.items() if name == "resource"},
        }
        return form(str(self._found.service.token_endpoint), data, self.client)

    def _is_page(self, url: str) -> bool:
        """Whether a person can be sent to an address: https, or on this machine if the service is."""
        try:
            Reach((self._found.issuer,)).check(httpx2.URL(url))
        except (AddressRefused, httpx2.InvalidURL):
            return False
        return PLAIN.fullmatch(url) is not None

    def _check(self, callback: Callback, link: Link, again: str) -> None:
        if self._used or self._now() > self._until:
            raise SignInNeeded(f"the link to sign in to {self._title} is used up or too old", hint=again)
        if not secrets.compare_digest(callback.state.encode(), link.state.encode()):
            raise SignInFailed("what came back from the browser belongs to another sign-in", hint=again)
        self._used = True
        stranger = False
        try:
            validate_authorization_response_iss(callback.iss, self._found.service)
        except OAuthFlowError:
            stranger = True
        if stranger:
            raise SignInFailed(
                f"another service than that of {self._title} answered the sign-in, or it does not say who it is",
                hint="the code was not used (RFC 9207)",
            )

    async def _granted(self, device_code: str, pace: float, until: float) -> Callback:
        assert self.client is not None
        data = {"grant_type": DEVICE, "device_code": device_code}
        data |= {name: value for name, value in self._fields.items() if name == "resource"}
        while self._now() < until:
            await asyncio.sleep(pace)
            response = await self._send(form(str(self._found.service.token_endpoint), data, self.client))
            if response.status_code == 200:
                self._body = response.content
                return Callback(device=True)
            code = error_code(response.content)
            if code == "slow_down":
                pace += _SLOWER
            elif code != "authorization_pending":
                said = _SAYS_NO.get(code, code or f"status {response.status_code}")
                raise SignInNeeded(f"{self._title} did not sign you in ({said})", hint="try to sign in again")
        raise SignInNeeded(f"the code for {self._title} was not typed in time", hint="try to sign in again")


def _number(told: object, otherwise: float) -> float:
    return float(told) if isinstance(told, int | float) and not isinstance(told, bool) and told > 0 else otherwise
