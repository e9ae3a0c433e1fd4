"""The record of every call: append-only, hash-chained, values redacted."""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from jupyter_connectors.auditfile import AuditFile
from jupyter_connectors.chain import FIRST, Finding, Link, check, linked, read_lines
from jupyter_connectors.errors import AuditProblem, ConnectorError
from jupyter_connectors.models import Json, ToolCall, canonical
from jupyter_connectors.secrets import masked
from jupyter_connectors.store import Store

Outcome = Literal["ok", "partial", "tool error", "denied", "cancelled", "timed out", "unknown", "failed"]

_LARGEST = 8_000
"""Characters of the redacted arguments that are kept; what is longer is kept as its number of parts."""

_UNENDED = dict.fromkeys(("outcome", "seconds", "rows", "pages", "complete", "bytes"))
_NEW = dict.fromkeys(("user", "notebook", "arguments_hash"))
"""What records of the first version do not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Who calls, and from which notebook."""

    user: str = ""
    notebook: str = ""
    """Its path as the Jupyter server names it; empty where there is none, as in a script."""

    @classmethod
    def here(cls, environment: Mapping[str, str] = os.environ) -> Where:
        """The user of JupyterHub or of the operating system, and the notebook that Jupyter started this kernel for."""
        try:
            user = environment.get("JUPYTERHUB_USER") or getpass.getuser()
        except (KeyError, OSError):  # a container may run under a number that has no name
            user = str(os.getuid()) if hasattr(os, "getuid") else ""
        return cls(user=user, notebook=environment.get("JPY_SESSION_NAME", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a call ended."""

    outcome: Outcome
    seconds: float
    rows: int | None = None
    pages: int | None = None
    complete: bool | None = None
    bytes: int | None = None
    """What the server sent, where that is known."""


class Audit:
    """The audit log in one store, and in the files an organisation asks for.

    A record of the store is one transaction, so kernels share one chain. It outlives a crash of the kernel; what was
    written in the last moments before a power cut may be lost, but for a required file, where a record is on the disk
    before a call that changes something is sent.
    """

    def __init__(
        self,
        store: Store,
        *,
        where: Where | None = None,
        files: Callable[[], tuple[AuditFile, ...]] | tuple[AuditFile, ...] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        warn: Callable[[str], object] = warnings.warn,
    ) -> None:
        """`files` may be a function, for a policy that can change; `warn` is told once of a file that fails."""
        self.where = where or Where()
        self._store = store
        self._files = files if callable(files) else lambda: files
        self._latest: tuple[AuditFile, ...] = ()
        self._clock = clock
        self._warn = warn
        self._warned: set[Path | None] = set()

    def opened(self, call: ToolCall, *, tool_class: str, decision: str, rule: str) -> None:
        """Records a call before it is sent, or one that is denied. Argument values are not kept, only their types.

        Raises:
            AuditProblem: The log, or a file the policy requires, cannot be written; nothing must be sent.
        """
        record = {
            "user": self.where.user,
            "notebook": self.where.notebook,
            "connector": call.connector,
            "account": call.account,
            "tool": call.tool,
            "class": str(tool_class),
            "arguments": _kept(call.arguments),
            "arguments_hash": hashlib.sha256(call.arguments_json.encode("utf-8", "surrogatepass")).hexdigest(),
            "asked_by": call.asked_by,
            "decision": masked(decision),
            "rule": masked(rule),
        }
        self._append(call.id, "opened", record, durable=tool_class != "read")

    def closed(self, call: ToolCall, closing: Closing) -> None:
        """Records how the call ended. It has happened: a file that cannot be written is told of, not raised."""
        record: dict[str, Json] = {
            "outcome": closing.outcome,
            "seconds": round(closing.seconds, 4),
            "rows": closing.rows,
            "pages": closing.pages,
            "complete": closing.complete,
        }
        if closing.bytes is not None:
            record["bytes"] = closing.bytes
        try:
            self._append(call.id, "closed", record, stops=False)
        except AuditProblem as error:
            self._tell(None, error.problem)

    def rows(self, *, limit: int | None = None, notebook: str | None = None) -> list[dict[str, Json]]:
        """One dict a call, newest first, of every notebook or of one.

        `outcome` is None for a call that has not ended (or whose kernel died).
        """
        found = self._store.rows(
            "SELECT o.at, o.call_id, o.record, c.record FROM audit o"
            " LEFT JOIN audit c ON c.call_id = o.call_id AND c.event = 'closed'"
            " WHERE o.event = 'opened' AND (?1 IS NULL OR json_extract(o.record, '$.notebook') = ?1)"
            " ORDER BY o.seq DESC LIMIT ?2",
            notebook,
            -1 if limit is None else limit,
        )
        return [
            {"at": at, "call": call, **_NEW, **json.loads(opened), **_UNENDED, **(json.loads(closed) if closed else {})}
            for at, call, opened, closed in found
        ]

    def verify(self, path: Path | None = None) -> Finding:
        """Whether the chain of the store, or of a file, is whole.

        Records taken off the end leave no gap. They show where a head kept elsewhere, or an audit file, has a record
        that the store has not: see `missing`.

        Raises:
            AuditProblem: The file cannot be read.
        """
        if path is None:
            return check(self._links())
        try:
            return check(read_lines(path))
        except OSError as error:
            raise _unreadable(path, error) from None

    def missing(self, path: Path) -> int:
        """How many records an audit file has of this user that the store has not: taken off its end, or rewritten.

        Raises:
            AuditProblem: The file cannot be read.
        """
        held = {link.hash for link in self._links()}
        try:
            told = [json.loads(link.record) for link in read_lines(path) if link.record]
        except OSError as error:
            raise _unreadable(path, error) from None
        return sum(each.get("user") == self.where.user and each.get("row") not in held for each in told)

    def knows(self, head: str) -> bool:
        """True if a head that was kept earlier is still the hash of a record."""
        return head == FIRST or bool(self._store.rows("SELECT 1 FROM audit WHERE hash = ?", head))

    def export(self, path: Path) -> int:
        """Writes every record, oldest first, as JSON lines with their chain; gives how many.

        Raises:
            AuditProblem: The file cannot be written, or is there already.
        """
        count = 0
        try:
            with path.open("x", encoding="utf-8") as file:
                for link in self._links():
                    file.write(f"{link.line}\n")
                    count += 1
        except OSError as error:
            hint = "choose another file" if isinstance(error, FileExistsError) else "check the folder"
            raise AuditProblem(f"{path} cannot be written: {error.strerror}", hint=hint) from None
        return count

    def files(self) -> tuple[AuditFile, ...]:
        """Where records also go. While the policy that says so cannot be read, where they went last."""
        with contextlib.suppress(ConnectorError):
            self._latest = self._files()
        return self._latest

    def _links(self) -> Iterator[Link]:
        yield from (
            Link(*row)
            for row in self._store.rows(
                "SELECT seq, at, call_id, event, record, previous, hash FROM audit ORDER BY seq"
            )
        )

    def _append(
        self, call_id: str, event: str, record: dict[str, Json], *, durable: bool = False, stops: bool = True
    ) -> None:
        at = self._clock().isoformat(timespec="milliseconds")
        made = self._to_store(at, call_id, event, canonical(record))
        if not (files := self.files()):
            return
        text = canonical({**record, "user": self.where.user, "row": made.hash})
        for file in files:
            try:
                file.append(at=at, call=call_id, event=event, record=text, durable=durable and file.required)
            except OSError as error:
                if file.required and stops:
                    self._stopped(at, call_id, event, file.path)
                    raise AuditProblem(
                        f"the audit file {file.path} cannot be written ({error.strerror or error}); nothing was sent",
                        hint="your organisation's policy requires it; tell the people who look after it",
                    ) from None
                self._tell(file.path, f"the audit file {file.path} cannot be written ({error.strerror or error})")

    def _stopped(self, at: str, call_id: str, event: str, path: Path) -> None:
        """The store says that a call it has as opened was not sent."""
        if event == "opened":
            told = {"outcome": "denied", "seconds": 0.0, "decision": f"stopped: {path} cannot be written"}
            self._to_store(at, call_id, "closed", canonical(told))

    def _tell(self, what: Path | None, problem: str) -> None:
        if what not in self._warned:
            self._warned.add(what)
            self._warn(problem)

    def _to_store(self, at: str, call_id: str, event: str, record: str) -> Link:
        try:
            with self._store.writing():
                last = self._store.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
                number, previous = last or (0, FIRST)
                made = linked(number + 1, previous, at=at, call=call_id, event=event, record=record)
                self._store.execute(
                    "INSERT INTO audit (seq, at, call_id, event, record, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (number + 1, *made[1:]),
                )
        except sqlite3.Error as error:
            problem = f"the audit log cannot be written ({error}); nothing is sent that is not recorded"
            raise AuditProblem(problem, hint="look at the disk and at who may write to the state folder") from None
        return made


def _unreadable(path: Path, error: OSError) -> AuditProblem:
    return AuditProblem(f"{path} cannot be read: {error.strerror}", hint="check its name and who may read it")


def _kept(arguments: Mapping[str, Json]) -> Json:
    shape = masked(redacted(dict(arguments)))
    return shape if len(canonical(shape)) <= _LARGEST else {"(too many to list)": f"{len(arguments)} arguments"}


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
