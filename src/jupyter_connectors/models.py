"""The nouns every layer shares: a tool, a call, a server's reply."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Json = Any
"""A value that `json.loads` can give."""

Asker = Literal["person", "model", "app", "replay"]

EVERYBODY = frozenset({"model", "app"})
"""Who may call a tool that says nothing of it (MCP Apps 2026-01-26, "Resource Discovery")."""


class ToolClass(StrEnum):
    """What a tool does to the world, from harmless to not."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"
    SENDS = "sends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """The server's own claims about a tool; None where it says nothing. Hints, never permissions."""

    read_only: bool | None = None
    destructive: bool | None = None
    idempotent: bool | None = None
    open_world: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool as its server describes it, under our connector's id."""

    connector: str
    name: str
    title: str = ""
    description: str = ""
    input_schema: Mapping[str, Json] = field(default_factory=dict, hash=False)
    output_schema: Mapping[str, Json] | None = field(default=None, hash=False)
    annotations: Annotations = Annotations()
    icons: Json = field(default=None, hash=False)
    """The pictures the server offers for it, as it said. Never fetched; a change of them is a change."""

    app: str = ""
    """The address of its interface, `ui://…`; empty for most tools."""

    audience: frozenset[str] = EVERYBODY
    """Who may call it: "model", which is people too, and "app", the interfaces of the same service."""

    listed: bool = True
    """False for a request of the protocol itself, which reads and which no server lists: `resources/read`."""

    _hash: str = field(default="", init=False, repr=False, compare=False)

    @property
    def definition(self) -> dict[str, Json]:
        """Everything the server says of the tool, as JSON."""
        said = self.annotations
        told: dict[str, Json] = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "input_schema": dict(self.input_schema),
            "output_schema": None if self.output_schema is None else dict(self.output_schema),
            "annotations": {
                "read_only": said.read_only,
                "destructive": said.destructive,
                "idempotent": said.idempotent,
                "open_world": said.open_world,
            },
            "icons": self.icons,
        }
        # Only where it says so: a plain tool is the same tool as it was before there were interfaces.
        if self.app:
            told["app"] = self.app
        if self.audience != EVERYBODY:
            told["audience"] = sorted(self.audience)
        return told

    @property
    def for_people(self) -> bool:
        """False for a tool that only the apps of its own service may call."""
        return "model" in self.audience

    @property
    def for_apps(self) -> bool:
        """True for a tool that the apps of its own service may call."""
        return "app" in self.audience

    @property
    def definition_hash(self) -> str:
        """SHA-256 over everything the server says of the tool: a change makes it another tool."""
        if not self._hash:
            digest = hashlib.sha256(canonical(self.definition).encode("utf-8", "surrogatepass")).hexdigest()
            object.__setattr__(self, "_hash", digest)  # computed once: a listing of hundreds of tools asks for each
        return self._hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Where a person cuts a listing short; None means to the end."""

    limit: int | None = None
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One call, immutable: what is judged, asked, recorded and sent is this."""

    id: str
    connector: str
    tool: str
    arguments_json: str
    """The arguments as canonical JSON text, so that what was approved is byte for byte what is sent."""

    account: str = ""
    asked_by: Asker = "person"
    bound: Bound = Bound()
    outside: frozenset[str] = frozenset()
    """Connectors from which the asker has read, in this run, what outsiders wrote: mail, issues, pages."""

    private: frozenset[str] = frozenset()
    """Connectors whose own data the asker has read in this run."""

    @property
    def arguments(self) -> dict[str, Json]:
        """A fresh copy of the arguments."""
        loaded: dict[str, Json] = json.loads(self.arguments_json)
        return loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A server's answer to one request, in our words."""

    texts: tuple[str, ...] = ()
    """The text blocks, in order."""

    structured: Json = None
    """`structuredContent`, where the server sent one."""

    is_error: bool = False
    other: tuple[str, ...] = ()
    """The types of the blocks that are not text: image, audio, resource_link, resource."""

    wire: Mapping[str, Json] | None = None
    """The whole `CallToolResult` as JSON, kept where an app wants it; None elsewhere."""

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def canonical(value: Json) -> str:
    """`value` as JSON text with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
