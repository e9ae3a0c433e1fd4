"""A chain of records: each carries a hash over itself and the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from jupyter_connectors.models import Json, canonical

FIRST = "0" * 64
"""What the first record's `previous` is."""

Break = Literal["changed", "removed", "inserted", "unreadable"]


class Link(NamedTuple):
    """One record of a chain."""

    number: int
    at: str
    call: str
    event: str
    record: str
    """JSON text, canonical."""

    previous: str
    hash: str

    @property
    def line(self) -> str:
        """The record as one line of JSON, from which anyone can check the chain."""
        told = {"at": self.at, "call": self.call, "event": self.event, "record": json.loads(self.record)}
        return canonical({**told, "previous": self.previous, "hash": self.hash})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What looking at a chain found: whole from its first to its last record, or broken at one of them."""

    records: int
    first: int | None = None
    last: int | None = None
    """The numbers of the first and the last record that hold together."""

    head: str = FIRST
    """The hash of the last of them. Kept elsewhere, it proves later that nothing before it was touched."""

    broken: Break | None = None
    at: int | None = None
    """The number of the record at which it breaks, and how."""

    @property
    def whole(self) -> bool:
        """True if every record follows from the one before. That none is missing at the end it cannot say."""
        return self.broken is None

    @property
    def line(self) -> str:
        """The finding in words."""
        if self.broken == "removed":
            return f"BROKEN: records before number {self.at} were removed; {self._sound}"
        if self.broken is not None:
            return f"BROKEN: record {self.at} {_HOW[self.broken]}; {self._sound}"
        if not self.records:
            return "whole: there are no records"
        return f"whole: {self.records:,} records, {self.first} to {self.last}; head {self.head}"

    @property
    def _sound(self) -> str:
        return f"{self.first} to {self.last} hold together" if self.last is not None else "nothing before it holds"


_HOW = {
    "changed": "was changed after it was written",
    "inserted": "was put in afterwards",
    "unreadable": "cannot be read",
}


def hash_of(previous: str, at: str, call: str, event: str, record: str) -> str:
    """SHA-256, in hex, over the hash before and the four fields, each on a line of its own."""
    return hashlib.sha256(f"{previous}\n{at}\n{call}\n{event}\n{record}".encode()).hexdigest()


def linked(number: int, previous: str, *, at: str, call: str, event: str, record: str) -> Link:
    """A new record after the one whose hash is `previous`."""
    return Link(number, at, call, event, record, previous, hash_of(previous, at, call, event, record))


def check(links: Iterable[Link]) -> Finding:
    """Whether each record follows from the one before; if not, the first that does not, and what was done to it."""
    first: int | None = None
    count, before = 0, Link(0, "", "", "", "", "", FIRST)
    seen: dict[str, int] = {}
    for each in links:
        broken = _broken(each, before, seen)
        if broken is not None:
            how, number = broken
            last = before.number if number > before.number else before.number - 1
            sound = last if first is not None and last >= first else None
            return Finding(records=count, first=first if sound is not None else None, last=sound, broken=how, at=number)
        first = each.number if first is None else first
        count, before = count + 1, each
        seen[each.hash] = each.number
    return Finding(records=count, first=first, last=before.number if count else None, head=before.hash)


def _broken(each: Link, before: Link, seen: dict[str, int]) -> tuple[Break, int] | None:
    """How a record fails to follow, and which one was touched."""
    if each.hash != hash_of(each.previous, each.at, each.call, each.event, each.record):
        return ("changed" if each.hash else "unreadable"), each.number
    if each.previous == before.hash:
        return None
    if each.number != before.number + 1 or before.number == 0:
        return "removed", each.number
    if each.previous in seen:
        return "inserted", seen[each.previous] + 1
    # It follows from a record that is not there: the one before has another content now, and a new hash to fit.
    return "changed", before.number


def read_lines(path: Path) -> Iterator[Link]:
    """The records of a file of JSON lines, numbered by line. A line that is none comes without a hash.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            yield link_of(line, number)


def link_of(line: bytes, number: int) -> Link:
    """A line of JSON as a record."""
    try:
        told: dict[str, Json] = json.loads(line)
        at, call, event, before, own = (told[name] for name in ("at", "call", "event", "previous", "hash"))
        record = canonical(told["record"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Link(number, "", "", "", "", "", "")
    if not all(isinstance(each, str) for each in (at, call, event, before, own)):
        return Link(number, "", "", "", "", "", "")
    return Link(number, at, call, event, record, before, own)
