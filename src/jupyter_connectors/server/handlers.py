"""The addresses below `<base_url>/jupyter-connectors/`: where a sign-in comes back to, and the page of the apps."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httputil import url_concat

from jupyter_connectors.returnpage import CALLBACK, DONE, HEADERS, NOTHING
from jupyter_connectors.server.delivery import deliver
from jupyter_connectors.server.sandbox import SANDBOX, SandboxHandler

_RANDOM = re.compile(r"[A-Za-z0-9_-]{16,256}")
_FIELDS = ("code", "state", "iss", "error")
_LONGEST = 8192


class _Static(JupyterHandler):
    """One of our pages, with our own headers."""

    @property
    def content_security_policy(self) -> str:
        return HEADERS["Content-Security-Policy"]

    def set_default_headers(self) -> None:
        super().set_default_headers()
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def get_login_url(self) -> str:
        """The login page, from where nobody comes back with a code: it would stand in that page's address and its log."""
        onward = url_path_join(self.base_url, CALLBACK.removesuffix("callback"), "nothing")
        return url_concat(super().get_login_url(), {"next": onward})

    def log_exception(self, kind: Any, *_: Any) -> None:
        """Says what went wrong without the query, which tornado would write out."""
        self.log.warning("%s %s: %s", self.request.method, self.request.path, getattr(kind, "__name__", kind))


class CallbackHandler(_Static):
    """Hands what came back to the kernel that waits for it, and sends the browser on to a page without it.

    `state` is `<kernel id>.<random>` and stands for a token against forged requests (RFC 6749, section 10.12): the
    kernel alone knows the random part, and takes it once.
    """

    @web.authenticated
    @authorized("execute", resource="kernels")
    async def get(self) -> None:
        """Redirects to a page that says whether somebody waited. The query is in no page and in no log."""
        taken = await self._taken()
        # Without a script this is the way to take the code out of the address bar: the next address has none.
        self.redirect("done" if taken else "nothing", status=303)

    async def _taken(self) -> bool:
        found = {name: self.get_query_arguments(name, strip=False) for name in _FIELDS}
        # A parameter must not come twice (RFC 6749, section 3.1).
        if any(len(values) > 1 or any(len(each) > _LONGEST for each in values) for values in found.values()):
            return False
        content = {name: values[0] for name, values in found.items() if values}
        kernel, _, random = content.get("state", "").rpartition(".")
        if not _is_kernel(kernel) or not _RANDOM.fullmatch(random):
            return False
        return await deliver(self.kernel_manager, kernel, {"type": "callback", "id": random, **content})


class PageHandler(_Static):
    """Where the browser ends."""

    def initialize(self, page: str, code: int) -> None:
        self._page, self._code = page, code

    @web.authenticated
    async def get(self) -> None:
        self.set_status(self._code)
        await self.finish(self._page)


class ReadyHandler(APIHandler):
    """Tells a card in a notebook whether this server would hand an answer to its kernel."""

    _track_activity = False

    @web.authenticated
    @authorized("read", resource="kernels")
    async def get(self) -> None:
        """Answers `{"ready": true}` for a kernel of this server."""
        kernel = self.get_query_argument("kernel", "")
        self.set_header("Cache-Control", "no-store")
        await self.finish({"ready": _is_kernel(kernel) and kernel in self.kernel_manager})


def handlers(base_url: str) -> list[tuple[Any, ...]]:
    """What is served, for tornado."""
    place = CALLBACK.removesuffix("/callback")

    def at(name: str) -> str:
        return url_path_join(re.escape(base_url), place, name)

    return [
        (at("callback"), CallbackHandler),
        (at("ready"), ReadyHandler),
        (at("done"), PageHandler, {"page": DONE, "code": 200}),
        (at("nothing"), PageHandler, {"page": NOTHING, "code": 404}),
        (url_path_join(re.escape(base_url), SANDBOX), SandboxHandler),
    ]


def _is_kernel(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
