"""The part of this package in the Jupyter server: where a browser comes back to after a sign-in, and the page of the apps.

It keeps nothing. What a service sends back with the browser goes on to the kernel that waits for it, over that kernel's
control channel; so kernel and server may live in different environments, and several servers may run. The page of the
apps is the same for all of them but for the policy in its headers, which it makes of its address alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "jupyter_connectors.server"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    from jupyter_connectors.server.handlers import handlers

    app.web_app.add_handlers(".*$", handlers(app.web_app.settings["base_url"]))
