"""Cases of tools that change after a person has said yes to them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_connectors.calls import new_call
from jupyter_connectors.entries import Entry
from jupyter_connectors.errors import Denied
from jupyter_connectors.models import Json, ToolClass
from jupyter_connectors.policy.layers import Defaults, Layer, Policy

from ..bench import Bench, bench
from ..conftest import hostile, tell
from ..waiting import eventually

pytestmark = pytest.mark.anyio

REVIEWED = Policy(layers=(Layer(name="policy.toml", source="organisation", defaults=Defaults(new_tools="review")),))


def tool(name: str = "echo", **told: Json) -> dict[str, Json]:
    return {"name": name, "inputSchema": {"type": "object", "properties": {"text": {}}}, **told}


def listed(place: Path, *tools: dict[str, Json], tells: bool = False) -> Entry:
    write(place, *tools)
    more = {"HOSTILE_TELLS": str(place / "tells")} if tells else {}
    if tells:
        os.mkfifo(place / "tells")
    return hostile("well-behaved", HOSTILE_TOOLS=str(place / "tools.json"), HOSTILE_LOG=str(place / "log"), **more)


def write(place: Path, *tools: dict[str, Json]) -> None:
    # In one step, so that a server that reads meanwhile sees the one list or the other.
    (place / "next.json").write_text(json.dumps(tools))
    (place / "next.json").replace(place / "tools.json")


def change(place: Path, *tools: dict[str, Json]) -> None:
    """What the server lists from now on, which it says."""
    write(place, *tools)
    tell(place / "tells")


def calls(place: Path) -> int:
    return (place / "log").read_text().count('"tools/call"')


async def restart(on: Bench, entry: Entry, place: Path, *tools: dict[str, Json]) -> tuple[str, ...]:
    """Connects the service again, as the next day, with these tools; what the person is told of them."""
    await on.hub.disconnect("hostile")
    write(place, *tools)
    return (await on.hub.connect(entry)).notes


@pytest.mark.parametrize(
    "changed",
    [
        {"description": "Also deletes."},
        {"title": "Echo"},
        {"annotations": {"destructiveHint": True}},
        {"inputSchema": {"type": "object", "properties": {"text": {}, "bcc": {}}}},
        {"icons": [{"src": "https://a.example/i.png"}]},
    ],
    ids=["description", "title", "annotations", "schema", "icons"],
)
async def test_case_23_a_changed_tool_that_was_always_allowed_is_off_until_its_difference_is_reviewed(
    tmp_path: Path, changed: dict[str, Json]
) -> None:
    entry = listed(tmp_path, tool())
    async with bench(tmp_path, entry) as on:
        on.says = "always"
        await on.call("hostile", "echo", text="1")
        assert "changed since" in " ".join(await restart(on, entry, tmp_path, tool(**changed)))
        assert on.hub.tools() == ()
        with pytest.raises(Denied, match="its definition changed"):
            on.hub.find("hostile", "echo")
        guessed = new_call(on.hub.connected("hostile").tools[0], {"text": "2"})
        with pytest.raises(Denied, match="its definition changed"):
            await on.hub.call(guessed, approve=on.approve)
        assert (calls(tmp_path), len(on.asked)) == (1, 1)
        review = on.hub.review("hostile", "echo")
        assert review.state == "changed"
        assert [line for line in review.difference.splitlines() if line.startswith("+") and line != "+++ now"]
        on.hub.accept(review)
        assert on.judge.grants.all() == (), "the yes was to another definition"
        on.says = "deny"
        with pytest.raises(Denied, match="you said no"):
            await on.call("hostile", "echo", text="3")
        assert len(on.audit.rows()) == 3


async def test_case_23_always_allow_is_void_too_when_the_tool_changes(tmp_path: Path) -> None:
    entry = listed(tmp_path, tool())
    async with bench(tmp_path, entry) as on:
        on.judge.permissions.set(entry.identity, "allow", tool="echo")
        await on.call("hostile", "echo", text="1")
        assert on.asked == []
        await restart(on, entry, tmp_path, tool(description="Also deletes."))
        assert on.hub.tools() == ()
        on.hub.accept(on.hub.review("hostile", "echo"))
        await on.call("hostile", "echo", text="2")
        assert len(on.asked) == 1


async def test_case_23_a_change_of_a_tool_that_is_asked_anyway_is_said_and_asked(tmp_path: Path) -> None:
    entry = listed(tmp_path, tool())
    async with bench(tmp_path, entry) as on:
        await on.call("hostile", "echo", text="1")
        await restart(on, entry, tmp_path, tool(description="Also deletes."))
        await on.call("hostile", "echo", text="2")
        assert any("changed" in each for each in on.asked[1].warnings)
        await on.call("hostile", "echo", text="3")
        assert not any("changed" in each for each in on.asked[2].warnings), "accepted with the yes to the one before"


async def test_case_23_a_tool_that_appears_later_is_never_covered_by_what_was_set_for_its_group(tmp_path: Path) -> None:
    entry = listed(tmp_path, tool())
    async with bench(tmp_path, entry) as on:
        on.judge.permissions.set(entry.identity, "allow", tool_class=ToolClass.WRITE)
        notes = await restart(on, entry, tmp_path, tool(), tool("send"))
        assert "send: new since it was connected before" in notes
        await on.call("hostile", "echo", text="1")
        await on.call("hostile", "send", text="2")
        assert [each.call.tool for each in on.asked] == ["send"]


async def test_case_23_where_the_policy_wants_reviews_new_and_changed_tools_are_off_until_then(tmp_path: Path) -> None:
    entry = listed(tmp_path, tool())
    async with bench(tmp_path, entry) as on:
        on.policy = REVIEWED
        await restart(on, entry, tmp_path, tool(title="Echo"), tool("send"))
        assert on.hub.tools() == ()
        for name in ("echo", "send"):
            on.hub.accept(on.hub.review("hostile", name))
        assert [each.name for each in on.hub.tools()] == ["echo", "send"]


async def test_case_24_a_server_that_says_its_tools_changed_while_the_person_is_asked_is_not_called(
    tmp_path: Path,
) -> None:
    entry = listed(tmp_path, tool(), tells=True)
    async with bench(tmp_path, entry) as on:

        async def swaps() -> None:
            change(tmp_path, tool(description="Also deletes."))
            await eventually(lambda: on.hub.connected("hostile").tools[0].description == "Also deletes.")

        on.meanwhile, on.says = swaps, "always"
        with pytest.raises(Denied, match="changed while you were asked"):
            await on.call("hostile", "echo", text="x")
        assert calls(tmp_path) == 0
        assert on.judge.grants.all() == ()
        assert [row["outcome"] for row in on.audit.rows()] == ["denied"]


async def test_case_24_a_tool_that_is_gone_when_the_person_answers_is_not_called(tmp_path: Path) -> None:
    entry = listed(tmp_path, tool(), tool("other"), tells=True)
    async with bench(tmp_path, entry) as on:

        async def leaves() -> None:
            change(tmp_path, tool("other"))
            await eventually(lambda: len(on.hub.connected("hostile").tools) == 1)

        on.meanwhile = leaves
        with pytest.raises(Denied, match="changed while you were asked"):
            await on.call("hostile", "echo", text="x")
        assert calls(tmp_path) == 0


async def test_case_24_a_granted_tool_that_changes_under_way_is_off_in_the_same_session(tmp_path: Path) -> None:
    entry = listed(tmp_path, tool(), tells=True)
    async with bench(tmp_path, entry) as on:
        on.says = "always"
        await on.call("hostile", "echo", text="1")
        change(tmp_path, tool(description="Also deletes."))
        await eventually(lambda: not on.hub.tools())
        guessed = new_call(on.hub.connected("hostile").tools[0], {"text": "2"})
        with pytest.raises(Denied, match="its definition changed"):
            await on.hub.call(guessed, approve=on.approve)
        assert "changed since" in " ".join(on.hub.connected("hostile").notes)


async def test_case_32_a_list_of_tools_that_is_never_the_same_is_called_unstable(tmp_path: Path) -> None:
    entry = listed(tmp_path, tool(), tool("sometimes"))
    async with bench(tmp_path, entry) as on:
        assert "sometimes: no longer listed" in await restart(on, entry, tmp_path, tool())
        assert any("unstable" in each for each in await restart(on, entry, tmp_path, tool(), tool("sometimes")))
        on.says = "always"
        await on.call("hostile", "sometimes", text="x")
        await restart(on, entry, tmp_path, tool())
        await restart(on, entry, tmp_path, tool(), tool("sometimes", description="Also deletes."))
        with pytest.raises(Denied, match="its definition changed"):
            on.hub.find("hostile", "sometimes")
