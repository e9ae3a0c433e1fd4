"""The OpenID provider and the MCP server in front of it, as processes; and a person in a browser without a window."""

from __future__ import annotations

import html
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
import pytest

from jupyter_connectors.entries import Auth, Entry, Remote
from jupyter_connectors.models import ToolClass
from jupyter_connectors.sessions.signin import Callback, SignInRequest

from .started import HERE, program

REDIRECT = "http://127.0.0.1:33418/callback"


@dataclass(frozen=True)
class Rig:
    """Where the two listen."""

    issuer: str
    url: str

    def log(self, path: str) -> list[tuple[str, int]]:
        """What an endpoint was asked for, and the status it gave."""
        return [(what, status) for _, asked, what, status in httpx2.get(f"{self.issuer}/log").json() if asked == path]

    def entry(self, auth: Auth | None = None) -> Entry:
        return Entry(
            id="mail",
            title="Mail",
            summary="messages",
            category="test",
            target=Remote(url=self.url, auth=auth or Auth()),
            reviewed={"unread": ToolClass.READ},
            custom=True,
        )


@contextmanager
def rig(**environment: str) -> Iterator[Rig]:
    """Both, until the block ends."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules").is_dir():
        reason = "needs Node 22 and `npm ci` in tests/oidc"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with (
        program([node, "server.mjs"], **environment) as issuer,
        program([sys.executable, "resource.py", issuer]) as url,
    ):
        yield Rig(issuer=issuer, url=url)


@dataclass
class Person:
    """Logs in and consents on the provider's own pages; or cancels there."""

    asked: list[SignInRequest] = field(default_factory=list)
    cancels: bool = False

    async def __call__(self, request: SignInRequest) -> Callback:
        self.asked.append(request)
        assert request.authorize is not None
        link = await request.authorize(REDIRECT, kernel="kernel-1")
        assert link.state.startswith("kernel-1.")
        async with httpx2.AsyncClient(follow_redirects=False) as browser:
            back = await self._through(browser, await browser.get(link.url), str(link.url))
        return Callback(
            code=back.get("code", ""), state=back.get("state", ""), iss=back.get("iss"), error=back.get("error", "")
        )

    async def _through(self, browser: httpx2.AsyncClient, page: httpx2.Response, at: str) -> dict[str, str]:
        for _ in range(20):
            if page.is_redirect:
                at = urljoin(at, page.headers["location"])
                if at.startswith(REDIRECT):
                    return dict(parse_qsl(urlsplit(at).query))
                page = await browser.get(at)
                continue
            if "Sign-in Success" in page.text:
                return {}
            action, fields = _form(page.text, cancels=self.cancels)
            at = urljoin(at, action)
            page = await (browser.post(at, data=fields) if fields else browser.get(at))
        raise AssertionError("the provider's pages do not end")


class ByDevice(Person):
    """Types the code on the provider's page, in a browser that is elsewhere."""

    async def __call__(self, request: SignInRequest) -> Callback:
        assert request.start_device is not None
        device = await request.start_device()
        async with httpx2.AsyncClient(follow_redirects=False) as browser:
            page = await browser.get(device.verification_uri)
            token = re.search(r'name="xsrf" value="([^"]+)"', page.text)
            assert token is not None
            fields = {"xsrf": token[1], "user_code": device.user_code, "confirm": "yes"}
            at = device.verification_uri
            await self._through(browser, await browser.post(at, data=fields), at)
        return await device.granted()


def _form(page: str, *, cancels: bool) -> tuple[str, dict[str, Any]]:
    if cancels:
        found = re.search(r'href="([^"]+/abort)"', page)
        assert found is not None
        return html.unescape(found[1]), {}
    found = re.search(r'<form[^>]* action="([^"]+)"', page)
    assert found is not None, page[-2_000:]
    if 'name="login"' in page:
        return html.unescape(found[1]), {"prompt": "login", "login": "ada", "password": "any"}
    return html.unescape(found[1]), {"prompt": "consent"}
