"""The interfaces of the demo servers: one HTML document each, complete in itself, as MCP Apps serve them.

Source: the MCP Apps specification 2026-01-26 (modelcontextprotocol/ext-apps).
"""

from __future__ import annotations

import re
from importlib.resources import files

from mcp.server.apps import Apps

_SHARED = re.compile(r'<link rel="stylesheet" href="(?P<style>\w+\.css)">|<script src="(?P<script>\w+\.js)"></script>')
_ASIDE = re.compile(r"^\s*(//.*|/\*\*.*\*/)\n|^\s+", re.MULTILINE)


def document(name: str) -> str:
    """The page `apps/<name>.html` with the style sheet and the script it shares with the others written into it.

    An app has no address to load anything from, so what it needs is in it. It goes without
    indentation, empty lines and comments.
    """
    folder = files(__package__) / "apps"

    def written(found: re.Match[str]) -> str:
        tag = "style" if found["style"] else "script"
        text = (folder / (found["style"] or found["script"])).read_text("utf-8")
        return f"<{tag}>\n{text}</{tag}>"

    whole = _SHARED.sub(written, (folder / f"{name}.html").read_text("utf-8"))
    return _ASIDE.sub("", whole)


def interface(address: str, name: str, *, title: str, description: str) -> Apps:
    """The extension that serves the page `name` at a `ui://` address. It declares no origins, so it can reach none."""
    apps = Apps()
    apps.add_html_resource(address, document(name), name=name, title=title, description=description)
    return apps
