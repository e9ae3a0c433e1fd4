"""What the directory shows of an entry: its card, and the page behind it. Plain values; a view draws them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from jupyter_connectors.directory.custom import CATEGORY as ADDED
from jupyter_connectors.directory.entryfile import CATEGORIES
from jupyter_connectors.directory.listing import CATEGORY as LISTED
from jupyter_connectors.directory.remotes import is_open
from jupyter_connectors.entries import Entry, Launch, Remote
from jupyter_connectors.models import ToolClass
from jupyter_connectors.text import one_line, visible

ORDER = (*CATEGORIES, LISTED, ADDED)
"""The categories in the order they are shown."""


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """The entries as they are shown: by category, then by title."""
    return sorted(entries, key=lambda each: (_place(each.category), each.title.casefold()))


def _place(category: str) -> int:
    return ORDER.index(category) if category in ORDER else len(ORDER)


_BY_BROWSER = "You sign in at the service, in your browser."


def card(entry: Entry) -> dict[str, Any]:
    """What a card says of an entry."""
    badge = "unreviewed" if not entry.reviewed else "read & write" if entry.writes else "read-only"
    return {
        "id": entry.id,
        "title": visible(entry.title),
        "summary": visible(entry.summary),
        "category": entry.category,
        "developer": visible(entry.developer),
        "badge": badge,
        "custom": entry.custom,
        "interactive": entry.interactive,
        "code": f"%connect {entry.id}{_settings(entry)}",
        "words": " ".join(entry.aliases),
    }


def page(entry: Entry) -> dict[str, Any]:
    """What the page of an entry says beside its card."""
    return {
        "review": _review(entry),
        "where": _where(entry),
        "signin": _signin(entry),
        "needs": entry.access.needs,
        "note": visible(entry.note),
        "links": [{"label": label, "url": url} for label, url in _links(entry) if url],
        "tools": [{"kind": kind.value, "names": names} for kind in ToolClass if (names := _tools(entry, kind))],
        "outside": sorted(entry.outside),
        "examples": list(entry.examples),
        "ask": [
            {
                "name": each.name,
                "description": one_line(each.description, 160),
                "value": entry.given.get(each.name, each.default),
                "choices": list(each.choices),
            }
            for each in entry.variables
        ],
        "sources": [
            " · ".join(filter(None, (each.date, each.says, urlsplit(each.url).hostname or "")))
            for each in entry.sources
        ],
    }


def provenance(entry: Entry) -> str:
    """Of an entry that nobody here reviewed: that it is so, and where it is in full; empty for a shipped one."""
    return f"{_review(entry)}. It is at {_where(entry)}" if entry.custom else ""


def _settings(entry: Entry) -> str:
    """The part of the line that gives what the entry's address needs and nobody has given."""
    missing = [each.name for each in entry.variables if not each.default] if is_open(entry) else []
    return "".join(f" --set {name}=…" for name in missing)


def _review(entry: Entry) -> str:
    if entry.registry:
        known = "; its tools are reviewed for this address" if entry.reviewed else ""
        return f"From your organisation's registry {one_line(entry.registry, 80)}: not reviewed{known}"
    if entry.custom:
        return "Custom: not reviewed"
    return "Reviewed" if entry.reviewed else "In the directory; its tools are not reviewed, so each counts as a write"


def _where(entry: Entry) -> str:
    target = entry.target
    if isinstance(target, Launch):
        if not entry.custom:
            return "this machine"
        return f"this machine: {one_line(shlex.join((target.command, *target.args)), 300)}"
    address, query, _ = target.url.partition("?")
    # What a person typed there may be a key.
    return one_line(f"{address}?…" if query and entry.custom else target.url, 300)


def _signin(entry: Entry) -> str:
    target = entry.target
    if not isinstance(target, Remote):
        return "It runs on this machine and needs no sign-in."
    auth, access = target.auth, entry.access
    if auth.kind == "none":
        return "It is open and needs no sign-in."
    if auth.kind == "header":
        return f"By a key, sent in the header {auth.header}."
    own = " It takes only a client id that you register there first." if auth.registration == "own" else ""
    if entry.custom:
        return f"As it asks for: openly, or {_BY_BROWSER[0].lower()}{_BY_BROWSER[1:]}"
    key = f" Or by a key, sent in the header {access.header}." if access.header else ""
    return f"{_BY_BROWSER}{own}{key}"


def _links(entry: Entry) -> tuple[tuple[str, str], ...]:
    return (
        ("About it", entry.homepage),
        ("Source", entry.repository),
        ("What you must bring", entry.access.page),
        ("Where keys are made", entry.access.key_page),
    )


def _tools(entry: Entry, kind: ToolClass) -> list[str]:
    return [name for name, each in entry.reviewed.items() if each is kind]
