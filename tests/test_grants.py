"""What a remembered yes covers, how long, and in which kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jupyter_connectors.bounds import parse_pattern
from jupyter_connectors.calls import new_call
from jupyter_connectors.granting import Grants
from jupyter_connectors.models import Tool, ToolCall
from jupyter_connectors.store import Store, open_store

REFUND = Tool(connector="shop", name="create_refund", input_schema={"type": "object"})
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "state.sqlite")
    yield made
    made.close()


@pytest.fixture
def other(tmp_path: Path, store: Store) -> Iterator[Store]:
    """The same file in another kernel."""
    made = open_store(tmp_path / "state.sqlite")
    yield made
    made.close()


def call(**arguments: object) -> ToolCall:
    return new_call(REFUND, arguments)


def test_a_yes_kept_for_good_is_found_by_another_kernel_and_gone_once_taken_back(store: Store, other: Store) -> None:
    mine, theirs = Grants(store), Grants(other)
    assert theirs.covers(call(), REFUND, "shop") is None
    grant = mine.allow(call(), REFUND, "shop", lasting="always")
    assert theirs.covers(call(), REFUND, "shop") == grant
    assert theirs.all() == (grant,)
    assert theirs.revoke(grant.id) == 1
    assert mine.covers(call(), REFUND, "shop") is None
    assert mine.all() == ()


def test_a_yes_for_the_session_is_of_this_kernel_only(store: Store, other: Store) -> None:
    mine = Grants(store)
    grant = mine.allow(call(), REFUND, "shop")
    assert mine.covers(call(), REFUND, "shop") == grant
    assert Grants(other).covers(call(), REFUND, "shop") is None
    mine.end_session("shop")
    assert mine.covers(call(), REFUND, "shop") is None


def test_a_yes_for_some_hours_ends_with_them(store: Store) -> None:
    clock = Clock()
    grants = Grants(store, clock=clock)
    grant = grants.allow(call(), REFUND, "shop", lasting="hours", hours=2)
    assert grant.expires_at == NOON + timedelta(hours=2)
    clock.now = NOON + timedelta(hours=2) - timedelta(seconds=1)
    assert grants.covers(call(), REFUND, "shop")
    clock.now = NOON + timedelta(hours=2)
    assert grants.covers(call(), REFUND, "shop") is None
    assert grants.all() == ()


def test_no_yes_for_hours_is_longer_than_eight_and_a_clock_set_back_ends_it(store: Store) -> None:
    clock = Clock()
    grants = Grants(store, clock=clock)
    assert grants.allow(call(), REFUND, "shop", lasting="hours", hours=99).expires_at == NOON + timedelta(hours=8)
    clock.now = NOON - timedelta(days=1)
    assert grants.covers(call(), REFUND, "shop") is None


def test_arguments_outside_the_pattern_are_not_covered(store: Store) -> None:
    grants = Grants(store)
    pattern = parse_pattern({"amount": {"max": 50}, "currency": {"in": ["eur"]}})
    grants.allow(call(), REFUND, "shop", lasting="always", pattern=pattern)
    assert grants.covers(call(amount=50, currency="eur"), REFUND, "shop")
    for arguments in (
        {"amount": 51, "currency": "eur"},
        {"amount": "50", "currency": "eur"},
        {"amount": True, "currency": "eur"},
        {"amount": float("nan"), "currency": "eur"},
        {"currency": "eur"},
        {"amount": 5, "currency": "usd"},
    ):
        assert grants.covers(call(**arguments), REFUND, "shop") is None, arguments


@pytest.mark.parametrize(
    "asked",
    [
        lambda: (replace(call(), connector="other"), REFUND, "shop"),
        lambda: (replace(call(), account="b@corp.example"), REFUND, "shop"),
        lambda: (call(), replace(REFUND, name="delete_refund"), "shop"),
        lambda: (call(), replace(REFUND, description="Now also deletes."), "shop"),
        lambda: (call(), REFUND, "shop 0123"),
    ],
    ids=["connector", "account", "tool", "definition", "service"],
)
def test_a_yes_is_to_one_tool_of_one_service_with_one_definition(
    store: Store, asked: Callable[[], tuple[ToolCall, Tool, str]]
) -> None:
    grants = Grants(store)
    grants.allow(call(), REFUND, "shop", lasting="always")
    grants.allow(call(), REFUND, "shop")
    made, tool, identity = asked()
    assert grants.covers(made, tool, identity) is None


@pytest.mark.parametrize("pattern", ["{", '{"amount": {"most": 5}}', '"x"', "[]"])
def test_a_grant_whose_bounds_cannot_be_read_is_no_yes(store: Store, pattern: str) -> None:
    grants = Grants(store)
    grant = grants.allow(call(), REFUND, "shop", lasting="always", pattern=parse_pattern({"amount": {"max": 5}}))
    store.execute("UPDATE consent SET pattern = ? WHERE id = ?", (pattern, grant.id))
    assert grants.covers(call(amount=1), REFUND, "shop") is None


def test_a_grant_says_where_it_was_made(store: Store, other: Store) -> None:
    Grants(store, notebook=lambda: "sales/refunds.ipynb").allow(call(), REFUND, "shop", lasting="always")
    (grant,) = Grants(other).all()
    assert grant.notebook == "sales/refunds.ipynb"
