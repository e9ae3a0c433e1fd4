"""A small listener on this machine that a browser comes back to after a sign-in (RFC 8252, section 7.3)."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Callable, Mapping
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from jupyter_connectors.returnpage import DONE, HEADERS, NOTHING

_HOST = "127.0.0.1"
_HEAD = 32_768
_PATIENCE = 10.0
_LINGER = 5.0
"""Seconds in which the browser may fetch the page it is sent on to."""


class Listener:
    """Listens on 127.0.0.1 from `Listener()` to `close`, and hands one answer on. Lives on the loop.

    Everything but a GET of the one path, with a state that `take` accepts, gets the same "nothing is waiting": other
    processes of this machine can reach the port, and pages of other sites can send a browser there.
    """

    def __init__(
        self, take: Callable[[Mapping[str, str]], bool], *, port: int = 0, path: str = "/callback", host: str = _HOST
    ) -> None:
        """`take` is offered the parameters of each request to `path`; it says whether they were what was waited for.

        `host` is what the address calls this machine; the port is open on 127.0.0.1, or on ::1 where it says so.

        Raises:
            OSError: The port is taken.
        """
        self._take = take
        self._met = secrets.token_urlsafe(18)
        self.met = asyncio.Event()
        """Set once a browser came to `probe`, which no other process knows: browser and kernel share this machine."""

        self._done = asyncio.Event()
        kind = socket.AF_INET6 if host == "::1" else socket.AF_INET
        opened = socket.create_server((host if host == "::1" else _HOST, port), family=kind)
        opened.setblocking(False)
        self.port: int = opened.getsockname()[1]
        self._at = f"{'[::1]' if host == '::1' else host}:{self.port}"
        self._path = path
        self._over = False
        self._server = HTTPServer(
            Application([(".*", _Handler, {"listener": self})], log_function=lambda _: None),
            max_header_size=_HEAD,
            max_body_size=0,
            no_keep_alive=True,
            idle_connection_timeout=_PATIENCE,
        )
        self._server.add_sockets([opened])
        self._closing: asyncio.Task[None] | None = None

    @property
    def redirect_uri(self) -> str:
        """The address to send the browser to."""
        return f"http://{self._at}{self._path}"

    @property
    def probe(self) -> str:
        """An address that a page in the person's browser fetches to find out whether it gets here."""
        return f"http://{self._at}/{self._met}"

    def close(self) -> None:
        """Stops listening: at once, or if the answer just came, when its page was fetched."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close())

    async def _close(self) -> None:
        if self._over:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LINGER):
                    await self._done.wait()
        self._server.stop()
        await self._server.close_all_connections()

    async def closed(self) -> None:
        """Awaits the end that `close` began."""
        if self._closing is not None:
            await self._closing

    def answer(self, host: str, path: str, told: Mapping[str, list[bytes]]) -> tuple[int, str, str]:
        """Status, page and address to go on to, for a GET."""
        if host != self._at:
            return 403, NOTHING, ""
        if path == "/done" and self._over:
            self._done.set()
            return 200, DONE, ""
        if path == f"/{self._met}":
            self.met.set()
            return 204, "", ""
        if path != self._path or self._over or any(len(values) != 1 for values in told.values()):
            return 404, NOTHING, ""
        if not self._take({name: values[0].decode(errors="replace") for name, values in told.items()}):
            return 404, NOTHING, ""
        self._over = True
        return 303, "", "/done"


class _Handler(RequestHandler):
    def initialize(self, listener: Listener) -> None:
        self._listener = listener

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def get(self) -> None:
        request = self.request
        code, page, onward = self._listener.answer(request.host, request.path, request.query_arguments)
        self.set_status(code)
        if onward:
            self.set_header("Location", onward)
        if code == 204:
            self.clear_header("Content-Type")
        self.finish(page or None)

    def write_error(self, status_code: int, **_: Any) -> None:
        self.finish(NOTHING)

    def log_exception(self, *_: Any) -> None:
        """Nothing: what was sent here may hold a code."""
