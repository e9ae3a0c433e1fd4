"""The nouns every layer shares: what can be connected, a tool, a call, a server's reply."""

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

    @property
    def definition_hash(self) -> str:
        """SHA-256 over everything the server says of the tool: a change makes it another tool."""
        said = self.annotations
        claims = [said.read_only, said.destructive, said.idempotent, said.open_world]
        told = [self.name, self.title, self.description, self.input_schema, self.output_schema, claims]
        return hashlib.sha256(canonical(told).encode()).hexdigest()

    @property
    def context_cost(self) -> int:
        """Tokens this definition takes in a model's context, estimated at 2.8 characters each."""
        said = len(self.connector) + len(self.name) + len(self.description) + len(canonical(self.input_schema))
        return round(said / 2.8)


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
    read: frozenset[str] = frozenset()
    """Connectors whose data the asker has seen in this run."""

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

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to start a local server: an argv, never a shell line."""

    command: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Added to the few variables a child inherits. A value `env:NAME` is read when it starts."""

    cwd: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where a server listens: a Streamable HTTP endpoint."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Sent with every request. A value `env:NAME` is read when it connects and never stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A connector in the directory: how to reach it and what was found when it was reviewed."""

    id: str
    title: str
    summary: str
    category: str
    target: Launch | Remote
    developer: str = ""
    reviewed: Mapping[str, ToolClass] = field(default_factory=dict, hash=False)
    """What each known tool does, by our own review; empty for a connector nobody reviewed."""

    examples: tuple[str, ...] = ()
    custom: bool = False
    """Added by the person, by address or command."""

    @property
    def writes(self) -> bool:
        """True unless every reviewed tool only reads; an unreviewed connector may write."""
        return not self.reviewed or any(each is not ToolClass.READ for each in self.reviewed.values())


def canonical(value: Json) -> str:
    """`value` as JSON text with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
