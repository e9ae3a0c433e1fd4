"""What a `Result` is made of: the replies as they came, where they came from, how they were read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_connectors.frames.completeness import Completeness
from jupyter_connectors.frames.decode import decode
from jupyter_connectors.frames.forms import Shape
from jupyter_connectors.frames.records import Record, find
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.models import Json, Reply, Tool, ToolCall

if TYPE_CHECKING:
    from jupyter_connectors.frames.flatten import Sheet
    from jupyter_connectors.frames.gathering import Gathering
    from jupyter_connectors.frames.handles import Share
    from jupyter_connectors.frames.held import Held
    from jupyter_connectors.frames.interface import Interface
    from jupyter_connectors.frames.result import Result


_SAME = True
"""Stands for structured content that is what the text says."""


def packed(reply: Reply) -> tuple[bytes, ...]:
    """A reply as a file keeps it: a line with the sizes of its parts, then the parts as they came, texts first.

    Servers that send structured content send it as text too, for older clients (MCP specification 2025-11-25, "Tools");
    where both say the same to the letter, it is kept once.

    Raises:
        ValueError: it holds lone surrogates, NaN or an infinity.
    """
    parts = [text.encode() for text in reply.texts]
    sizes: Json = [len(part) for part in parts]
    structured: Json = None
    if reply.structured is not None:
        written = _written(reply.structured)
        if len(parts) == 1 and _says(reply.texts[0], written):
            structured = _SAME
        else:
            parts.append(written.encode())
            structured = len(parts[-1])
    return (json.dumps([sizes, structured]).encode() + b"\n", *parts, b"\n")


def unpacked(file: BinaryIO) -> Iterator[Reply]:
    """The replies of a file, in the order they came.

    Raises:
        ValueError: it is cut off or was changed.
    """
    while line := file.readline():
        sizes, structured = json.loads(line)
        texts = tuple(_part(file, size) for size in sizes)
        if structured is _SAME:
            value = json.loads(texts[0])
        else:
            value = None if structured is None else json.loads(_part(file, structured))
        if file.read(1) != b"\n":
            raise ValueError("a reply does not end where it should")
        yield Reply(texts=texts, structured=value)


def _part(file: BinaryIO, size: int) -> str:
    if type(size) is not int or size < 0 or len(part := file.read(size)) != size:
        raise ValueError("a reply is cut off")
    return part.decode()


def _written(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _says(text: str, written: str) -> bool:
    """Whether a text is this JSON value to the letter: `1` is not `1.0`, and keys keep their order."""
    try:
        return text == written or _written(json.loads(text)) == written
    except (ValueError, RecursionError):
        return False


class Archive:
    """The replies of one call as they came, in a spool file."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def add(self, parts: tuple[bytes, ...]) -> None:
        """Adds a reply that `packed` has packed."""
        for part in parts:
            self._spool.write(part)

    def open(self) -> BinaryIO:
        """The file as it is."""
        return self._spool.open()

    def replies(self) -> Iterator[Reply]:
        """The replies in the order they came."""
        with self.open() as file:
            yield from unpacked(file)

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
    share: Share | None = None
    """How workers of a cluster are let in; None where there is no kernel to ask."""


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

    held: Held | None
    """None for a reply without rows."""

    notes: tuple[str, ...]
    fetched_at: str
    interface: Interface | None = None
    """The tool's app, where it has one and the reply is of this kernel."""

    @property
    def sheet(self) -> Sheet | None:
        """All columns of all rows; what was put off is read now."""
        return None if self.held is None else self.held.sheet

    @property
    def text(self) -> str:
        """The text of all replies."""
        return "\n".join(reply.text for reply in self.archive.replies() if reply.texts)

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
