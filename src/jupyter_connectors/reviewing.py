"""What each server said of its tools when the person accepted them, and what it says now."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from jupyter_connectors.models import Json, Tool, canonical
from jupyter_connectors.store import Store
from jupyter_connectors.text import visible

State = Literal["known", "new", "changed"]

_MARK = ""
"""The name of the row that says a service was met before, even one that had no tools then."""

_WIDTH = 100
_LONGEST = 400
"""Lines of a difference that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """How a listing differs from what this person's kernels have seen of the service before. Names of tools."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    """Were gone from an earlier listing: the server does not always list the same tools."""

    @property
    def notes(self) -> tuple[str, ...]:
        """A line each for what the person should know."""
        told = {
            "new since it was connected before": self.new,
            "changed since it was connected before": self.changed,
            "no longer listed": self.gone,
            "listed again after it was gone; this server's list is unstable": self.back,
        }
        return tuple(f"{_some(names)}: {what}" for what, names in told.items() if names)


@dataclass(frozen=True, slots=True)
class _Held:
    hash: str
    seen: str
    gone: bool


class Accepted:
    """The accepted definitions at one moment."""

    def __init__(self, held: Mapping[tuple[str, str, str], _Held]) -> None:
        self._held = held

    def state(self, identity: str, tool: Tool, *, account: str = "") -> State:
        """Whether the tool is as it was accepted. A service that was never met has only new tools."""
        held = self._held.get((identity, account, tool.name))
        if held is None or not held.hash:
            return "new"
        return "known" if held.hash == tool.definition_hash else "changed"


class Definitions:
    """The accepted definition of each tool, kept in the store for all kernels."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._clock = clock
        self._seen = -1
        self._held = Accepted({})

    def met(self, identity: str, tools: Iterable[Tool], *, account: str = "") -> Met:
        """Takes note of a listing: the first one of a service is accepted whole, each later one is compared."""
        listed = {tool.name: tool for tool in tools}
        with self._store.writing():
            held = {
                name: each for (who, whose, name), each in self._load().items() if (who, whose) == (identity, account)
            }
            if not held:
                self._write(identity, account, _MARK)
                for tool in listed.values():
                    self._accept(identity, account, tool)
                return Met()
            met = _compare(held, listed)
            for name in met.new:
                self._write(identity, account, name, seen=listed[name].definition_hash)
            for name in (*met.changed, *met.back, *met.gone):
                seen = listed[name].definition_hash if name in listed else held[name].seen
                self._store.execute(
                    "UPDATE definition SET seen = ?, gone = ? WHERE identity = ? AND account = ? AND tool = ?",
                    (seen, name not in listed, identity, account, name),
                )
        return met

    def now(self) -> Accepted:
        """The accepted definitions at this moment, whichever kernel accepted them."""
        turn = self._store.turn("definition")
        if turn != self._seen:
            self._held, self._seen = Accepted(self._load()), turn
        return self._held

    def accept(self, identity: str, tool: Tool, *, account: str = "") -> None:
        """From now on the tool is known as it is."""
        with self._store.writing():
            self._accept(identity, account, tool)

    def difference(self, identity: str, tool: Tool, *, account: str = "") -> str:
        """What changed, line by line as `diff -u` writes it, with hidden characters written out; all of a new tool."""
        kept = self._store.rows(
            "SELECT told FROM definition WHERE identity = ? AND account = ? AND tool = ?", identity, account, tool.name
        )
        held = json.loads(kept[0][0]) if kept and kept[0][0] else {}
        # In the order of the other side: what only stands elsewhere is no difference.
        before = {name: held[name] for name in (*tool.definition, *held) if name in held}
        lines = list(
            difflib.unified_diff(readable(before), readable(tool.definition), "accepted", "now", lineterm="", n=2)
        )
        if len(lines) > _LONGEST:
            lines = [*lines[:_LONGEST], f"… and {len(lines) - _LONGEST:,} more lines of difference"]
        return "\n".join(lines)

    def forget(self, identity: str) -> None:
        """Forgets a service: the next time it is connected is the first."""
        with self._store.writing():
            self._store.execute("DELETE FROM definition WHERE identity = ?", (identity,))

    def _accept(self, identity: str, account: str, tool: Tool) -> None:
        digest = tool.definition_hash
        self._write(identity, account, tool.name, hash=digest, told=canonical(tool.definition), seen=digest)

    def _write(self, identity: str, account: str, name: str, *, hash: str = "", told: str = "", seen: str = "") -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO definition VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (identity, account, name, hash, told, self._clock().isoformat() if hash else None, seen),
        )

    def _load(self) -> dict[tuple[str, str, str], _Held]:
        rows = self._store.rows("SELECT identity, account, tool, hash, seen, gone FROM definition")
        return {(row[0], row[1], row[2]): _Held(row[3], row[4], bool(row[5])) for row in rows}


def _compare(held: Mapping[str, _Held], listed: Mapping[str, Tool]) -> Met:
    changed = [name for name, tool in listed.items() if name in held and held[name].seen != tool.definition_hash]
    return Met(
        new=tuple(name for name in listed if name not in held),
        changed=tuple(changed),
        gone=tuple(name for name, each in held.items() if name not in listed and name != _MARK and not each.gone),
        back=tuple(name for name in listed if name in held and held[name].gone and name not in changed),
    )


def readable(definition: Mapping[str, Json]) -> list[str]:
    """A definition as lines for a person: first the description in words, then claims, then schemas."""
    lines: list[str] = []
    for key, value in definition.items():
        if value in (None, "", {}):
            continue
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
        lines.append(f"{key.replace('_', ' ')}:")
        lines += [f"  {part}" for line in visible(text).splitlines() for part in _folded(line)]
    return lines


def _folded(line: str) -> list[str]:
    return [line[start : start + _WIDTH] for start in range(0, len(line), _WIDTH)] or [""]


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5:,} more"
