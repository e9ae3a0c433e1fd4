"""On demand: the model is sent three tools of ours, and reaches every other through them."""

from __future__ import annotations

import json

import pytest

from jupyter_connectors.answering.agent import Budget
from jupyter_connectors.answering.events import CallFinished, CallStarted
from jupyter_connectors.errors import Denied
from jupyter_connectors.frames.result import Result
from jupyter_connectors.models import Json, Tool

from .catalogue import TOOLS
from .conftest import Script, Talk, invoices

pytestmark = pytest.mark.anyio

LIST = "acme-billing__list_invoices"
EVERY = {tool.connector: "on-demand" for tool in TOOLS}


async def test_a_model_finds_describes_and_calls_a_tool_and_gets_a_frame(talk: Talk) -> None:
    talk.answers["list_invoices"] = invoices(3)
    script = Script(
        [
            {"a": ("find_tools", {"query": "list invoices"})},
            {"b": ("describe_tool", {"name": LIST})},
            {"c": ("call_tool", {"name": LIST, "arguments": {"status": "open"}})},
            "Three.",
        ]
    )
    answer = await talk.ask("How many are open?", script.model, modes=EVERY)
    assert all(names == ["find_tools", "describe_tool", "call_tool", "sql"] for names in script.offered)
    assert LIST in script.told("a") and "untrusted-data" in script.told("a")
    assert '"status"' in script.told("b")
    assert talk.calls == [("list_invoices", {"status": "open"})]
    assert len(answer.frames["invoices"]) == 3
    started = [event for event in talk.events if isinstance(event, CallStarted)]
    assert [(each.connector, each.tool) for each in started] == [("acme-billing", "list_invoices")]


async def test_a_denied_call_is_final_there_too(talk: Talk) -> None:
    async def caller(tool: Tool, arguments: dict[str, Json]) -> Result:
        raise Denied("not allowed: you", hint="nothing was sent")

    name = "acme-billing__create_refund"
    script = Script([{"a": ("call_tool", {"name": name, "arguments": {"payment": "pi_1"}})}, "It was not done."])
    await talk.ask("Refund it", script.model, modes=EVERY, caller=caller)
    assert "DENIED" in script.told("a")
    assert [event.outcome for event in talk.events if isinstance(event, CallFinished)] == ["denied"]


async def test_what_cannot_be_read_calls_nothing_and_says_how(talk: Talk) -> None:
    talk.answers["list_invoices"] = invoices(1)
    script = Script(
        [
            {"a": ("call_tool", {"name": "acme-billing__nope", "arguments": {}})},
            {"b": ("call_tool", {"name": LIST, "arguments": "open"})},
            {"c": ("describe_tool", {"name": "nope"}), "d": ("find_tools", {"query": "zzz"})},
            {"e": ("call_tool", {"name": LIST, "arguments": json.dumps({"status": "open"})})},
            "One.",
        ]
    )
    await talk.ask("How many?", script.model, modes=EVERY)
    assert "no tool of this name" in script.told("a") and "must be an object" in script.told("b")
    assert "no tool of this name" in script.told("c") and "No tool fits" in script.told("d")
    assert talk.calls == [("list_invoices", {"status": "open"})]  # some models write arguments as text


async def test_read_only_holds_for_what_is_called_by_name(talk: Talk) -> None:
    name = "acme-billing__create_refund"
    script = Script([{"a": ("call_tool", {"name": name, "arguments": {"payment": "pi_1"}})}, "No."])
    await talk.ask("Refund it", script.model, modes=EVERY, read_only=True)
    assert "no tool of this name" in script.told("a") and talk.calls == []


async def test_one_connector_on_demand_leaves_the_others_as_they_are(talk: Talk) -> None:
    script = Script(["Nothing to do."])
    await talk.ask("Hello", script.model, modes={"acme-crm": "on-demand"})
    (offered,) = script.offered
    assert LIST in offered and "call_tool" in offered
    assert not [name for name in offered if name.startswith("acme-crm")]


async def test_always_available_passes_the_budget(talk: Talk) -> None:
    script = Script(["Nothing to do."])
    budget = Budget(definitions=10)
    await talk.ask("Hello", script.model, modes={tool.connector: "always" for tool in TOOLS}, budget=budget)
    assert len(script.offered[0]) == len(TOOLS) + 1
