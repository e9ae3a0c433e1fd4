"""The yeses that outlive their question: those of this session, and those kept in the store for every kernel."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from jupyter_connectors.approval import HOURS, Grant
from jupyter_connectors.bounds import Pattern, dump_pattern, holds, parse_pattern
from jupyter_connectors.models import Tool, ToolCall
from jupyter_connectors.store import Store

Lasting = Literal["session", "hours", "always"]

_COLUMNS = "id, connector, identity, account, tool, definition, pattern, expires_at, made_at, notebook"
_ANY = "{}"
"""The pattern of a yes to any arguments, as the store has it."""

_Key = tuple[str, str, str, str, str]


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


class Grants:
    """What was allowed, each bound to a connector, what it stands for, account, tool, definition and argument bounds.

    Those for some hours or for good lie in the store, and every check looks there: what one kernel takes back, no
    other has. Those for the session end with the kernel.
    """

    def __init__(self, store: Store, *, notebook: Callable[[], str] = str, clock: Callable[[], datetime] = now) -> None:
        self._store = store
        self._notebook = notebook
        self._clock = clock
        self._session: tuple[Grant, ...] = ()
        self._seen = -1
        self._standing: Mapping[_Key, tuple[Grant, ...]] = {}

    def allow(
        self,
        call: ToolCall,
        tool: Tool,
        identity: str,
        *,
        lasting: Lasting = "session",
        hours: int = HOURS,
        pattern: Pattern | None = None,
    ) -> Grant:
        """Keeps a yes to calls of exactly this definition whose arguments lie within `pattern`."""
        made = self._clock()
        grant = Grant(
            id=secrets.token_hex(4),
            connector=call.connector,
            identity=identity,
            account=call.account,
            tool=tool.name,
            definition_hash=tool.definition_hash,
            pattern=pattern or {},
            expires_at=made + timedelta(hours=min(hours, HOURS)) if lasting == "hours" else None,
            made_at=made,
            notebook=self._notebook(),
            standing=lasting != "session",
        )
        if grant.standing:
            with self._store.writing():
                self._store.execute(f"INSERT INTO consent ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)", _row(grant))
        else:
            self._session = (*self._session, grant)
        return grant

    def covers(
        self, call: ToolCall, tool: Tool, identity: str, *, counts: Callable[[Grant], bool] = lambda _: True
    ) -> Grant | None:
        """The remembered yes that covers this call with these arguments and for which `counts` says yes, or None."""
        key = (call.connector, identity, call.account, tool.name, tool.definition_hash)
        found = [*(each for each in self._session if _key(each) == key), *self._read().get(key, ())]
        if not found:
            return None
        moment, arguments = self._clock(), call.arguments
        return next(
            (each for each in found if _valid(each, moment) and holds(each.pattern, arguments) and counts(each)), None
        )

    def all(self) -> tuple[Grant, ...]:
        """Every yes that still holds, of any kernel and of this session, oldest first."""
        moment = self._clock()
        standing = [each for held in self._read().values() for each in held]
        found = [each for each in (*standing, *self._session) if _valid(each, moment)]
        return tuple(sorted(found, key=lambda each: each.made_at))

    @property
    def turn(self) -> int:
        """A number that grows when a lasting yes is given or taken back, by any kernel."""
        return self._store.turn("consent")

    def standing(self, identity: str, tool: str) -> bool:
        """True if a lasting yes is kept for the tool, whatever its definition was."""
        moment = self._clock()
        kept = (each for key, held in self._read().items() if key[1] == identity and key[3] == tool for each in held)
        return any(_valid(each, moment) for each in kept)

    def revoke(self, *ids: str) -> int:
        """Takes grants back, in every kernel; how many there were."""
        with self._store.writing():
            gone = sum(self._store.execute("DELETE FROM consent WHERE id = ?", (each,)).rowcount for each in ids)
        kept = tuple(each for each in self._session if each.id not in ids)
        gone += len(self._session) - len(kept)
        self._session = kept
        return gone

    def leave(self, identity: str, account: str) -> int:
        """Takes back all that was allowed with one account at a service, in every kernel; how many there were."""
        self._store.move(f"left {identity} {account}")
        return self.revoke(*(each.id for each in self.all() if (each.identity, each.account) == (identity, account)))

    def left(self, identity: str, account: str) -> int:
        """How often an account at a service was left, in whichever kernel."""
        return self._store.turn(f"left {identity} {account}")

    def end_session(self, connector: str) -> None:
        """Forgets the yeses for this session to a connector that is left."""
        self._session = tuple(each for each in self._session if each.connector != connector)

    def _read(self) -> Mapping[_Key, tuple[Grant, ...]]:
        turn = self._store.turn("consent")
        if turn != self._seen:
            rows = self._store.rows(f"SELECT {_COLUMNS} FROM consent ORDER BY made_at")
            self._standing, self._seen = _grouped(_grant(row) for row in rows), turn
        return self._standing


def _key(grant: Grant) -> _Key:
    return (grant.connector, grant.identity, grant.account, grant.tool, grant.definition_hash)


def _grouped(grants: Iterable[Grant | None]) -> Mapping[_Key, tuple[Grant, ...]]:
    grouped: dict[_Key, tuple[Grant, ...]] = {}
    for each in grants:
        if each is not None:
            grouped[_key(each)] = (*grouped.get(_key(each), ()), each)
    return grouped


def _valid(grant: Grant, moment: datetime) -> bool:
    # A yes for some hours that was made in the future: the clock was set back, so nobody knows how old it is.
    return grant.expires_at is None or grant.made_at <= moment < grant.expires_at


def _row(grant: Grant) -> tuple[str | None, ...]:
    return (
        grant.id,
        grant.connector,
        grant.identity,
        grant.account,
        grant.tool,
        grant.definition_hash,
        json.dumps(dump_pattern(grant.pattern)),
        grant.expires_at.isoformat() if grant.expires_at else None,
        grant.made_at.isoformat(),
        grant.notebook,
    )


def _grant(row: tuple[str, ...]) -> Grant | None:
    """The grant of a row; None for one that cannot be read, which is no yes."""
    number, connector, identity, account, tool, definition, pattern, expires, made, notebook = row
    try:
        return Grant(
            id=number,
            connector=connector,
            identity=identity,
            account=account,
            tool=tool,
            definition_hash=definition,
            pattern={} if pattern == _ANY else parse_pattern(json.loads(pattern)),
            expires_at=datetime.fromisoformat(expires) if expires else None,
            made_at=datetime.fromisoformat(made),
            notebook=notebook,
        )
    except ValueError:
        return None
