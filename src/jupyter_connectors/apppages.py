"""The interface of a tool as its server sends it: one HTML page, and what the server asks for it.

The rules are those of MCP Apps 2026-01-26, "UI Resource Format". The page is text of a stranger: it is measured and passed
on to the frame that holds it, and never parsed here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jupyter_connectors.appcsp import Origins, declared
from jupyter_connectors.errors import ConnectorError, ReplyRejected
from jupyter_connectors.models import Json

LARGEST = 10_000_000
"""Bytes of a page; the largest of the published examples has 4.2 million."""

_ITS_SERVER = "the tool's result is there all the same; tell the people who run the server"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPage:
    """The page of an app, and what may be granted to it."""

    html: str
    origins: Origins = field(default_factory=Origins)
    """What it may reach; nothing where the server declares nothing."""

    prefers_border: bool | None = None
    clipboard: bool = False
    """It asks to write to the clipboard."""


def page_of(label: str, found: Json, *, listed: Mapping[str, Json] | None = None, loopback: bool = False) -> AppPage:
    """The page in the result of a `resources/read`; `label` is what to call it, `connector.tool`.

    `listed` is what the server's list of resources says of it, which counts where the content itself says nothing;
    `loopback` lets the page of a server on this machine reach other programs there.

    Raises:
        ReplyRejected: It is not exactly one HTML page of an app, or too large.
    """
    content = _content(label, found)
    html = _html(label, content)
    said = _said(content)
    if said is None:
        said = _said(listed or {}) or {}
    border = said.get("prefersBorder")
    asked = said.get("permissions")
    return AppPage(
        html=html,
        origins=declared(said.get("csp"), loopback=loopback),
        prefers_border=border if isinstance(border, bool) else None,
        clipboard=isinstance(asked, Mapping) and isinstance(asked.get("clipboardWrite"), Mapping),
    )


def says_nothing(found: Json) -> bool:
    """Whether the content is silent on what the page asks for, so that the server's list of resources counts."""
    contents = found.get("contents") if isinstance(found, Mapping) else None
    return not isinstance(contents, Sequence) or all(_said(each) is None for each in contents)


def _content(label: str, found: Json) -> Mapping[str, Any]:
    contents = found.get("contents") if isinstance(found, Mapping) else None
    if not isinstance(contents, list) or len(contents) != 1 or not isinstance(contents[0], Mapping):
        count = len(contents) if isinstance(contents, list) else "no"
        raise _rejected(label, f"its server sent {count} pages, not one")
    content = contents[0]
    if not _is_app(content.get("mimeType")):
        raise _rejected(label, "what its server sent is not of type text/html;profile=mcp-app")
    return content


def _is_app(mime: object) -> bool:
    """Whether a type is an app's, however its parameters are written (RFC 9110, section 8.3.1)."""
    if not isinstance(mime, str):
        return False
    kind, *parameters = (part.strip() for part in mime.split(";"))
    named = dict(part.partition("=")[::2] for part in parameters)
    profile = {name.strip().casefold(): value.strip().strip('"').casefold() for name, value in named.items()}
    return kind.casefold() == "text/html" and profile.get("profile") == "mcp-app"


def _html(label: str, content: Mapping[str, Any]) -> str:
    text, blob = content.get("text"), content.get("blob")
    if isinstance(text, str):
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    elif isinstance(blob, str):
        # Three bytes to four characters; looked at before it is decoded.
        size = len(blob) // 4 * 3 - blob[-2:].count("=")
    else:
        raise _rejected(label, "the page its server sent has no content")
    if size > LARGEST:
        raise _rejected(label, f"its page is larger than {LARGEST / 1e6:,.0f} MB")
    return text if isinstance(text, str) else _decoded(label, str(blob))


def _decoded(label: str, blob: str) -> str:
    try:
        return base64.b64decode(blob, validate=True).decode("utf-8-sig")
    except (binascii.Error, ValueError):
        problem = "the page its server sent cannot be decoded"
    raise _rejected(label, problem)


def _said(holder: object) -> Mapping[str, Any] | None:
    """What `_meta.ui` of a content or of an entry of a list says; None where there is none."""
    meta = holder.get("_meta") if isinstance(holder, Mapping) else None
    told = meta.get("ui") if isinstance(meta, Mapping) else None
    return told if isinstance(told, Mapping) else None


def _rejected(label: str, why: str) -> ConnectorError:
    return ReplyRejected(f"the app of {label} cannot be shown: {why}", hint=_ITS_SERVER)
