"""The record of every call: append-only, hash-chained, values redacted."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from jupyter_connectors.models import Json, ToolCall, canonical

Outcome = Literal["ok", "partial", "tool error", "denied", "cancelled", "timed out", "unknown", "failed"]

FIRST = "0" * 64
"""What the first row's `previous` is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a call ended."""

    outcome: Outcome
    seconds: float
    rows: int | None = None
    pages: int | None = None
    complete: bool | None = None


class Audit:
    """The audit log in one store. Rows are written in one transaction each, so kernels share one chain."""

    def __init__(self, store: sqlite3.Connection, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()

    def opened(self, call: ToolCall, *, tool_class: str, decision: str, rule: str) -> None:
        """Records a call before it is sent, or one that is denied. Argument values are not kept, only their types."""
        self._append(
            call.id,
            "opened",
            {
                "connector": call.connector,
                "account": call.account,
                "tool": call.tool,
                "class": tool_class,
                "arguments": redacted(call.arguments),
                "asked_by": call.asked_by,
                "decision": decision,
                "rule": rule,
            },
        )

    def closed(self, call: ToolCall, closing: Closing) -> None:
        """Records how the call ended."""
        self._append(
            call.id,
            "closed",
            {
                "outcome": closing.outcome,
                "seconds": round(closing.seconds, 4),
                "rows": closing.rows,
                "pages": closing.pages,
                "complete": closing.complete,
            },
        )

    def rows(self, *, limit: int | None = None) -> list[dict[str, Json]]:
        """One dict a call, newest first; `outcome` is None for a call that has not ended (or whose kernel died)."""
        import json

        with self._lock:
            found = self._store.execute(
                "SELECT o.at, o.call_id, o.record, c.record FROM audit o"
                " LEFT JOIN audit c ON c.call_id = o.call_id AND c.event = 'closed'"
                " WHERE o.event = 'opened' ORDER BY o.seq DESC LIMIT ?",
                (-1 if limit is None else limit,),
            ).fetchall()
        unended = {"outcome": None, "seconds": None, "rows": None, "pages": None, "complete": None}
        return [
            {"at": at, "call": call, **json.loads(opened), **(json.loads(closed) if closed else unended)}
            for at, call, opened, closed in found
        ]

    def broken_at(self) -> int | None:
        """The first row whose hash does not follow from the row before, or None if the chain is whole."""
        previous = FIRST
        with self._lock:
            rows = self._store.execute(
                "SELECT seq, at, call_id, event, record, previous, hash FROM audit ORDER BY seq"
            ).fetchall()
        for seq, at, call, event, record, before, digest in rows:
            if before != previous or digest != _hash(before, at, call, event, record):
                return int(seq)
            previous = digest
        return None

    def _append(self, call_id: str, event: str, record: dict[str, Json]) -> None:
        at = self._clock().isoformat(timespec="milliseconds")
        text = canonical(record)
        with self._lock:
            self._store.execute("BEGIN IMMEDIATE")
            try:
                last = self._store.execute("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
                previous = last[0] if last else FIRST
                self._store.execute(
                    "INSERT INTO audit (at, call_id, event, record, previous, hash) VALUES (?, ?, ?, ?, ?, ?)",
                    (at, call_id, event, text, previous, _hash(previous, at, call_id, event, text)),
                )
                self._store.execute("COMMIT")
            except BaseException:
                self._store.execute("ROLLBACK")
                raise


def _hash(previous: str, at: str, call_id: str, event: str, record: str) -> str:
    return hashlib.sha256(f"{previous}\n{at}\n{call_id}\n{event}\n{record}".encode()).hexdigest()


def redacted(value: Json) -> Json:
    """The shape of `value` without its contents: `{"email": "text(17)", "amount": "number"}`."""
    if isinstance(value, dict):
        return {str(key): redacted(each) for key, each in value.items()}
    if isinstance(value, list):
        return f"list({len(value)})"
    if isinstance(value, str):
        return f"text({len(value)})"
    if isinstance(value, bool) or value is None:
        return value
    return "number"
