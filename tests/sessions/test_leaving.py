"""Signing out takes along what was allowed: of this account, in every kernel, whatever the service says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_connectors.approval import Answer, Request
from jupyter_connectors.audit import Audit
from jupyter_connectors.calls import new_call
from jupyter_connectors.errors import Denied, SignInNeeded
from jupyter_connectors.hub import Hub
from jupyter_connectors.judgement import Judge
from jupyter_connectors.policy.layers import Policy
from jupyter_connectors.store import open_store

from ..servers.authority import LIMITS, Authority, Browser, access_in, authority, entry_at

pytestmark = pytest.mark.anyio


class Allows:
    """A person who says yes for good, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        return Answer(choice="always", by="you")


async def refuses(_: Request) -> Answer:
    return Answer(choice="deny", by="you")


@asynccontextmanager
async def kernel(made: Authority, place: Path) -> AsyncIterator[Hub]:
    """A hub over the state in `place`, connected with the accounts `live` and `test` to a service nobody reviewed."""
    store = open_store(place / "state.sqlite")
    judge = Judge(store, policy=Policy, notebook=lambda: "")
    access = access_in(place, Browser())
    hub = Hub(audit=Audit(store), spool_dir=place, limits=LIMITS, judge=judge, access=access)
    for account in ("live", "test"):
        await hub.connect(replace(entry_at(made), reviewed={}), name=account, account=account)
    try:
        yield hub
    finally:
        await hub.close()
        store.close()


@asynccontextmanager
async def service(revokes: bool) -> AsyncIterator[Authority]:
    """One that takes tokens back, or has no way to."""
    async with authority() as made:
        if not revokes:
            made.says["revocation_endpoint"] = None
        yield made


async def echo(hub: Hub, account: str, person: Allows | None = None) -> str:
    call = new_call(hub.find(account, "echo"), {"text": "hello"})
    return (await hub.call(call, approve=person or refuses)).text


async def test_a_yes_is_for_the_account_that_was_shown(tmp_path: Path) -> None:
    async with authority() as made, kernel(made, tmp_path) as hub:
        person = Allows()
        assert await echo(hub, "live", person) == "hello"
        assert [each.call.account for each in person.asked] == ["live"]
        assert [each.account for each in hub.judge.grants.all()] == ["live"]
        with pytest.raises(Denied):
            await echo(hub, "test")


@pytest.mark.parametrize("revokes", [True, False])
async def test_signing_out_takes_back_what_was_allowed_with_that_account_in_every_kernel(
    tmp_path: Path, revokes: bool
) -> None:
    async with service(revokes) as made, kernel(made, tmp_path) as mine, kernel(made, tmp_path) as theirs:
        for account in ("live", "test"):
            await echo(mine, account, Allows())
            assert await echo(theirs, account) == "hello", "a lasting yes is every kernel's"
        entry = mine.connected("live").entry
        left = await mine.sign_out(entry, account="live")
        assert left.was_signed_in and left.revoked is revokes
        assert [each.account for each in mine.judge.grants.all()] == ["test"]
        with pytest.raises(SignInNeeded, match="live was signed out in another notebook"):
            await echo(theirs, "live")
        assert theirs.names == ("test",)
        assert await echo(theirs, "test") == "hello"
        await theirs.connect(entry, name="live", account="live")
        with pytest.raises(Denied):
            await echo(theirs, "live")
