"""The page that holds the frame of a service's app: the same few lines for every app, and a policy in its headers.

Its headers do what the same page inside a notebook's page can't: a `Connection-Allowlist` is read from headers only.
"""

from __future__ import annotations

import re
from importlib.resources import files
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from jupyter_connectors.appcsp import Origins, allowlist, directives, from_query, policy, text_of, without

SANDBOX = "jupyter-connectors/app/sandbox"
"""Where it is, below the server's base URL."""

_FORWARDED = re.compile(r"""(?:^|[;,])\s*host\s*=\s*"?([^\s";,]+)""", re.IGNORECASE)
"""The hosts in a Forwarded header (RFC 7239, section 4)."""

_ALWAYS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SandboxHandler(JupyterHandler):
    """Gives the page with the policy of the origins in `csp`, which `appcsp.query` wrote."""

    _origins = Origins()

    @property
    def content_security_policy(self) -> str:
        """A page with no origin even where somebody opens it by hand, in frames where this server's pages may be."""
        found = directives(self._origins)
        # The page sets its own base first, and then lets nobody set another: see relay.html.
        del found["base-uri"]
        found["sandbox"] = ("allow-scripts", "allow-forms")
        found["frame-ancestors"] = _ancestors(super().content_security_policy)
        return text_of(found)

    def set_default_headers(self) -> None:
        """Our own headers, also where the answer is an error."""
        super().set_default_headers()
        self._set_policy()

    def _set_policy(self) -> None:
        for name, value in _ALWAYS.items():
            self.set_header(name, value)
        self.set_header("Content-Security-Policy", self.content_security_policy)
        self.set_header("Connection-Allowlist", allowlist(self._origins))

    @web.authenticated
    @authorized("read", resource="kernels")
    async def get(self) -> None:
        """Answers 400 for origins that are none, rather than with another policy than was asked for."""
        try:
            declared = from_query(self.get_query_argument("csp", "", strip=False))
        except ValueError as error:
            raise web.HTTPError(400, "the origins are not a list of origins") from error
        for host in self._own():
            declared = without(declared, host)
        self._origins = declared
        self._set_policy()
        await self.finish(relay().replace("{policy}", policy(self._origins)))

    head = get

    def _own(self) -> list[str]:
        """What this server may be called by: its Host, what a trusted proxy says of it, and the page that asks for this one.

        Each only takes away, so one that is wrong lets an app reach less. That page sends no referrer, but others may.
        """
        headers = self.request.headers
        found = [self.request.host, _host_in(headers.get("Origin", "")), _host_in(headers.get("Referer", ""))]
        if self.serverapp is not None and self.serverapp.trust_xheaders:
            found += headers.get("X-Forwarded-Host", "").split(",")
            found += _FORWARDED.findall(headers.get("Forwarded", ""))
        return [each.strip() for each in found if each.strip()]


def _host_in(address: str) -> str:
    try:
        return urlsplit(address).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _ancestors(server: str) -> tuple[str, ...]:
    """Who may frame the server's own pages, by its own policy; the notebook's page always does."""
    for directive in server.split(";"):
        name, *sources = directive.split() or [""]
        if name.lower() == "frame-ancestors":
            return tuple(dict.fromkeys(("'self'", *(each for each in sources if each != "'none'"))))
    return ("'self'",)


def relay() -> str:
    """The document between the notebook's page and the app's frame; `{policy}` stands for the policy."""
    return files("jupyter_connectors.server").joinpath("relay.html").read_text(encoding="utf-8")
