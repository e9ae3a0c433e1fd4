from __future__ import annotations

import pytest

from jupyter_connectors.models import Annotations, Tool, ToolClass
from jupyter_connectors.policy.classes import classify, contradiction

from .support import DESTRUCTIVE, READ, SENDS, WRITE, tool


@pytest.mark.parametrize(
    ("reviewed", "claims", "expected"),
    [
        (None, {}, WRITE),
        (None, {"read_only": True}, WRITE),
        (None, {"destructive": True}, DESTRUCTIVE),
        (None, {"read_only": True, "destructive": True}, DESTRUCTIVE),
        (READ, {"read_only": True}, READ),
        (READ, {}, READ),
        (READ, {"read_only": False}, WRITE),
        (READ, {"destructive": True}, DESTRUCTIVE),
        (WRITE, {"read_only": True}, WRITE),
        (DESTRUCTIVE, {"read_only": True}, DESTRUCTIVE),
        (SENDS, {"read_only": True}, SENDS),
        (READ, {"read_only": "yes"}, WRITE),
        (READ, {"destructive": "no"}, DESTRUCTIVE),
        (READ, {"destructive": []}, DESTRUCTIVE),
    ],
)
def test_a_servers_claims_only_ever_raise_the_class(
    reviewed: ToolClass | None, claims: dict[str, bool], expected: ToolClass
) -> None:
    known = {"list_orders": reviewed} if reviewed else {}
    assert classify(tool(**claims), known) is expected


@pytest.mark.parametrize("name", ["get_post", "list_delete_requests", "listOrders", "orders"])
def test_a_name_that_reads_contradicts_nothing(name: str) -> None:
    assert contradiction(tool(name, read_only=True)) is None


def test_a_tool_that_claims_nothing_contradicts_nothing() -> None:
    assert contradiction(tool("delete_order")) is None
    assert contradiction(tool("delete_order", read_only=False)) is None


def test_a_changed_definition_has_another_hash() -> None:
    said = tool()
    assert said.definition_hash == tool().definition_hash
    assert said.definition_hash != Tool(connector="shop", name="list_orders", description="more").definition_hash
    assert (
        said.definition_hash
        != Tool(connector="shop", name="list_orders", annotations=Annotations(read_only=True)).definition_hash
    )
