from __future__ import annotations

import pytest

from jupyter_connectors.calls import new_call
from jupyter_connectors.models import Annotations, Tool, ToolClass
from jupyter_connectors.policy import Rules, classify, judge


def tool(name: str = "list_orders", **claims: bool) -> Tool:
    return Tool(connector="shop", name=name, annotations=Annotations(**claims))


READ, WRITE, DESTRUCTIVE, SENDS = ToolClass.READ, ToolClass.WRITE, ToolClass.DESTRUCTIVE, ToolClass.SENDS


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
    ],
)
def test_a_servers_claims_only_ever_raise_the_class(
    reviewed: ToolClass | None, claims: dict[str, bool], expected: ToolClass
) -> None:
    known = {"list_orders": reviewed} if reviewed else {}
    assert classify(tool(**claims), known) is expected


def test_a_reviewed_read_runs_and_everything_else_is_asked() -> None:
    rules = Rules(reviewed={"shop": {"list_orders": READ, "cancel_order": DESTRUCTIVE}})
    assert judge(new_call(tool(), {}), tool(), rules).decision == "allow"
    cancel = judge(new_call(tool("cancel_order"), {}), tool("cancel_order"), rules)
    assert (cancel.decision, cancel.rule) == ("ask", "it deletes or overwrites")
    unknown = judge(new_call(tool("sync"), {}), tool("sync"), rules)
    assert (unknown.decision, unknown.rule) == ("ask", "nobody has reviewed this tool, so it may change data")


@pytest.mark.parametrize("off", [("shop", "list_orders"), ("shop", None)])
def test_a_tool_that_is_switched_off_is_refused_by_name(off: tuple[str, str | None]) -> None:
    rules = Rules(off=frozenset({off}), reviewed={"shop": {"list_orders": READ}})
    verdict = judge(new_call(tool(), {}), tool(), rules)
    assert (verdict.decision, verdict.rule) == ("deny", "switched off in %tools")


def test_a_changed_definition_has_another_hash() -> None:
    said = tool()
    assert said.definition_hash == tool().definition_hash
    changed = Tool(connector="shop", name="list_orders", description="now does more")
    assert said.definition_hash != changed.definition_hash
    assert said.definition_hash != tool(read_only=True).definition_hash
