"""What a `Result` is made of: the replies as they came, where they came from, how they were read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.decode import decode
from jupyter_connectors.frames.flatten import Sheet
from jupyter_connectors.frames.forms import Shape
from jupyter_connectors.frames.records import Record, find
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.models import Json, Reply, Tool, ToolCall

if TYPE_CHECKING:
    from jupyter_connectors.frames.gathering import Gathering
    from jupyter_connectors.frames.result import Result


class Archive:
    """The replies of one call as they came, in a spool file."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    @staticmethod
    def line(reply: Reply) -> str:
        """A reply as one line of the file.

        Raises:
            ValueError: it holds lone surrogates, NaN or an infinity.
        """
        line = json.dumps([reply.texts, reply.structured], ensure_ascii=False, allow_nan=False) + "\n"
        line.encode()
        return line

    def add(self, line: str) -> None:
        self._spool.write(line)

    @staticmethod
    def reply(line: str) -> Reply:
        """The reply of a line."""
        texts, structured = json.loads(line)
        return Reply(texts=tuple(texts), structured=structured)

    def lines(self) -> Iterator[str]:
        """The file as it is."""
        self._spool.rest()
        yield from self._spool.lines()

    def replies(self) -> Iterator[Reply]:
        """The replies in the order they came."""
        yield from map(self.reply, self.lines())

    def records(self, ways: tuple[str, ...]) -> Iterator[Record]:
        """The records of all replies, found as they were when they came."""
        for reply in self.replies():
            yield from find(decode(reply).payload, ways).rows


Again = Callable[[ToolCall, str, "Gathering | None"], "Result"]
"""Calls a tool as the person would, with rules, record and progress.

The text is the id, in the directory, of the service that is meant; a gathering holds the pages to go on from.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a result comes from: all it takes to ask for it again."""

    call: ToolCall
    tool: Tool
    shape: Shape | None
    entry: str
    """The connector's id in the directory; the call has the name the person gave it."""

    follow: bool
    """Further pages may be asked for: it only reads."""

    exact: bool
    """The first request is the call to the letter: the person was shown it and allowed it."""

    spool_dir: Path
    clock: Callable[[], datetime]
    again: Again | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a `Result` is made of."""

    source: Source
    first: Mapping[str, Json]
    """The arguments of the first request, page size included."""

    completeness: Completeness
    archive: Archive
    ways: tuple[str, ...]
    """Where in a payload the rows are."""

    sheet: Sheet | None
    """None for a reply without rows."""

    notes: tuple[str, ...]
    fetched_at: str

    @property
    def name(self) -> str:
        return f"{self.source.call.connector}.{self.source.call.tool}"


class Link(str):
    """The id of a call, as text, that keeps what the call left behind while a frame made of it is alive.

    It sits in `attrs`, which pandas copies with every operation; what is copied there is the reference. A pickled or
    saved frame has the plain text.
    """

    __slots__ = ("parts",)
    parts: Parts

    @classmethod
    def to(cls, parts: Parts) -> Link:
        made = cls(parts.source.call.id)
        made.parts = parts
        return made

    def __copy__(self) -> Link:
        return self

    def __deepcopy__(self, _: object) -> Link:
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


class Lazily(Mapping[str, Any]):
    """A mapping whose values are made when first looked up."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self._made:
            self._made[key] = self._makers[key]()
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __repr__(self) -> str:
        return f"<children: {', '.join(self) or 'none'}>"
