"""What a view hands over is data: a strange message changes nothing, and a view says what is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_connectors.approval import Request
from jupyter_connectors.auditframe import COLUMNS, audit_frame
from jupyter_connectors.calls import new_call
from jupyter_connectors.consent import edited, offered
from jupyter_connectors.directory.catalogue import custom_command, shipped
from jupyter_connectors.directory.pages import card
from jupyter_connectors.errors import InvalidArguments
from jupyter_connectors.frames.collect import Progress
from jupyter_connectors.fronts import front_of
from jupyter_connectors.joining import connect, disconnect
from jupyter_connectors.kernel import Desk
from jupyter_connectors.models import Tool, ToolClass
from jupyter_connectors.progress import ProgressBar
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.schema import checker
from jupyter_connectors.session import Session
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.widgets.approval import Cards, card_state
from jupyter_connectors.widgets.cards import Directory
from jupyter_connectors.widgets.tools import Tools

from .conftest import hostile
from .waiting import until


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("JUPYTER_CONNECTORS_DATA", str(tmp_path))
    made = Session(None, limits=Limits(call=20, close=0.5))
    yield made
    made.runtime.run(made.hub.close())
    made.store.close()


def entry_of(directory: Directory, name: str) -> dict[str, Any]:
    return next(each for each in directory.view.view["entries"] if each["id"] == name)


def test_a_card_of_the_directory_says_what_an_entry_may_do() -> None:
    badges = {each.id: card(each)["badge"] for each in shipped()}
    assert (badges["acme-billing"], badges["intercom"], badges["zapier"]) == ("read & write", "read-only", "unreviewed")
    unknown = card(custom_command("serve", name="mine"))
    assert (unknown["badge"], unknown["code"], unknown["custom"]) == ("unreviewed", "%connect mine", True)


def test_a_click_connects_and_another_disconnects(session: Session) -> None:
    directory = Directory(session, "1")
    assert entry_of(directory, "acme-crm")["state"] == "idle"
    assert session.desk.deliver({"id": "1", "type": "connect", "entry": "acme-crm"})
    until(lambda: entry_of(directory, "acme-crm")["state"] == "connected")
    session.desk.deliver({"id": "1", "type": "disconnect", "entry": "acme-crm"})
    until(lambda: entry_of(directory, "acme-crm")["state"] == "idle")
    assert session.connected() == ()


def test_a_click_that_fails_says_why_and_a_later_connection_says_so(session: Session) -> None:
    session.catalogue.add(custom_command("no-such-program-anywhere", name="broken"))
    directory = Directory(session, "1")
    session.desk.deliver({"id": "1", "type": "connect", "entry": "broken"})
    until(lambda: entry_of(directory, "broken")["state"] == "failed")
    assert "'no-such-program-anywhere' was not found" in entry_of(directory, "broken")["message"]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "connect"},
        {"type": "connect", "entry": "nothing"},
        {"type": "connect", "entry": ["acme-crm"]},
        {"type": "delete", "entry": "acme-crm"},
        {"type": "toggle", "entry": {"a": 1}},
    ],
)
def test_a_message_that_means_nothing_does_nothing(session: Session, message: dict[str, Any]) -> None:
    directory = Directory(session, "1")
    session.desk.deliver({"id": "1", **message})
    assert {each["state"] for each in directory.view.view["entries"]} == {"idle"}
    assert not session.desk.deliver({"id": "other", **message})
    assert not session.desk.deliver("text") and not session.desk.deliver(None)


def turned(session: Session, tools: Tools, **message: Any) -> dict[str, Any]:
    """What the view shows of the first tool after a message; by default one about this tool, for all notebooks."""
    told = {"type": "set", "connector": "hostile", "tool": "echo", "kind": None, "setting": None, "here": False}
    session.desk.deliver({"id": "1", **told, **message})
    session.runtime.run(nothing())
    return dict(tools.view.view["connectors"][0]["tools"][0])


def test_a_switch_takes_effect_and_nonsense_does_not(session: Session) -> None:
    connect(session, [hostile("well-behaved")])
    tools = Tools(session, "1", ("hostile",))

    def stands(**message: Any) -> str:
        return str(turned(session, tools, **message)["mine"]["stands"])

    assert stands(setting="block") == "block"
    assert session.hub.tools() == ()
    for nonsense in (
        {"tool": "nothing", "setting": "allow"},
        {"connector": "nothing", "setting": "allow"},
        {"setting": "yes"},
        {"setting": True},
        {"setting": ["allow"]},
        {"tool": ["echo"], "setting": "allow"},
        {"tool": None, "setting": "allow"},
        {"tool": None, "kind": "harmless", "setting": "allow"},
        {"setting": "allow", "here": True},
        {"type": "accept", "hash": "0"},
        {"type": "reset", "kind": 5},
    ):
        assert stands(**nonsense) == "block", nonsense
    assert stands(setting="allow") == "allow"
    assert stands(tool=None, kind="write", setting="block") == "allow", "what was set for it alone counts more"
    assert stands(type="reset", kind="write") == "block"
    assert stands(tool=None, kind="write") == "ask"


def test_what_would_stand_anyway_is_not_kept(session: Session) -> None:
    connect(session, [hostile("well-behaved")])
    tools = Tools(session, "1", ("hostile",))
    assert turned(session, tools, setting="allow")["mine"]["own"] is True
    assert turned(session, tools, setting="ask")["mine"]["own"] is False
    assert turned(session, tools, tool=None, kind="write", setting="block")["mine"]["stands"] == "block"
    assert turned(session, tools, setting="ask")["mine"] | {"why": ""} == {
        "stands": "ask",
        "why": "",
        "own": True,
        "closed": {},
    }


def test_a_definition_is_accepted_only_as_it_was_on_the_screen(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "tools.json"
    path.write_text(json.dumps([{"name": "echo", "inputSchema": {"type": "object"}}]))
    entry = hostile("well-behaved", HOSTILE_TOOLS=str(path))
    connect(session, [entry])
    tools = Tools(session, "1", ("hostile",))
    turned(session, tools, setting="allow")
    disconnect(session, "hostile")
    path.write_text(json.dumps([{"name": "echo", "description": "x\u202e", "inputSchema": {"type": "object"}}]))
    connect(session, [entry])
    row = turned(session, tools, type="look")
    until(lambda: tools.view.view["connectors"][0]["tools"][0]["review"] is not None)
    row = tools.view.view["connectors"][0]["tools"][0]
    assert (row["enabled"], row["review"]["state"], row["review"]["off"]) == (False, "changed", True)
    assert "+  x\\u202e" in row["review"]["difference"]
    refused = turned(session, tools, type="accept", hash="another")
    assert refused["review"] is not None
    assert "changed again meanwhile" in tools.view.view["problem"]
    accepted = turned(session, tools, type="accept", hash=row["review"]["hash"])
    assert (accepted["review"], accepted["mine"]["stands"]) == (None, "ask")


async def nothing() -> None:
    """Runs after what is already on the loop."""


def test_what_a_browser_writes_into_a_view_is_not_read(session: Session) -> None:
    connect(session, [hostile("well-behaved")])
    tools = Tools(session, "1", ("hostile",))
    tools.view.set_state({"view": {"connectors": []}})
    turned(session, tools, setting="block")
    assert session.hub.tools() == ()


SCHEMA = {
    "$defs": {"Reason": {"enum": ["duplicate", "fraud"], "type": "string"}},
    "type": "object",
    "properties": {
        "amount": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
        "reason": {"anyOf": [{"$ref": "#/$defs/Reason"}, {"type": "null"}]},
        "rate": {"type": "number"},
        "notify": {"type": "boolean"},
        "why": {"type": "string"},
        "letter": {"type": "string"},
        "money": {"type": "object"},
        "rows": {"type": "array"},
        "odd": {"type": "boolean"},
    },
}
ARGUMENTS = {
    "amount": 14900,
    "reason": "fraud",
    "rate": 0.5,
    "notify": True,
    "why": "a\u202eb",
    "letter": "Dear all,\n" * 20,
    "money": {"currency": "EUR", "value": 12345678901234567890},
    "rows": [1, {"ü": None}],
    "odd": "no boolean",
}


def request_for(arguments: dict[str, Any], **more: Any) -> Request:
    tool = Tool(connector="shop", name="cancel", input_schema=SCHEMA)
    told = {"tool_class": ToolClass.WRITE, "connector_title": "Shop", "why": "it does", **more}
    return Request(id="1", call=new_call(tool, arguments), tool=tool, **told)


def shown(arguments: dict[str, Any], **more: Any) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in card_state(request_for(arguments, **more))["arguments"]}


def test_a_card_shows_what_may_be_answered_and_every_value_as_it_is() -> None:
    rows = shown(ARGUMENTS)
    assert card_state(request_for({}, choices=("once", "hours", "deny")))["choices"] == ["once", "hours", "deny"]
    assert (rows["why"]["value"], rows["why"]["json"]) == ("a\\u202eb", '"a\\u202eb"')
    assert rows["letter"]["value"] == ARGUMENTS["letter"]
    assert rows["money"]["value"] == '{"currency": "EUR", "value": 12345678901234567890}'
    assert rows["rows"]["value"] == '[1, {"ü": null}]'


def test_a_value_is_edited_by_what_the_schema_says_and_by_what_it_is() -> None:
    fields = {name: each["field"]["kind"] for name, each in shown(ARGUMENTS).items()}
    assert fields == {
        "amount": "integer",
        "reason": "choice",
        "rate": "number",
        "notify": "boolean",
        "why": "json",
        "letter": "long",
        "money": "json",
        "rows": "json",
        "odd": "text",
    }
    assert shown(ARGUMENTS)["reason"]["field"]["options"] == [['"duplicate"', "duplicate"], ['"fraud"', "fraud"]]


@pytest.mark.parametrize("schema", [{"$ref": "#"}, {"anyOf": 5}, {"enum": "abc"}, {"type": ["string", "null"]}, 7])
def test_a_strange_schema_only_makes_a_plain_field(schema: Any) -> None:
    tool = Tool(connector="shop", name="cancel", input_schema={"properties": {"a": schema}})
    asked = Request(
        id="1", call=new_call(tool, {"a": "x"}), tool=tool, tool_class=ToolClass.WRITE, connector_title="", why=""
    )
    assert card_state(asked)["arguments"][0]["field"]["kind"] == "text"


def test_a_record_stands_beside_what_it_becomes() -> None:
    rows = shown({"amount": 5, "why": "new", "rate": 1.0}, before={"amount": 5, "why": "old"})
    assert [(each["now"], each["changed"]) for each in rows.values()] == [("5", False), (None, False), ('"old"', True)]


@pytest.mark.parametrize("rounds", range(8))
@pytest.mark.anyio
async def test_a_stop_that_comes_with_the_views_first_word_is_heard(rounds: int) -> None:
    desk = Desk()
    cards = Cards(None, Runtime(), desk, lambda: None)
    asking = asyncio.create_task(cards.approve(request_for({"amount": 1}, app="an-app")))
    while not cards.pending:
        await asyncio.sleep(0)
    assert desk.deliver({"id": "1", "type": "hello"})
    for _ in range(rounds):
        await asyncio.sleep(0)
    asking.cancel()
    async with asyncio.timeout(5):
        await asyncio.wait([asking])
    assert asking.cancelled() and not cards.pending


def test_a_secret_is_masked_on_the_card_and_no_lasting_yes_is_bound_to_it() -> None:
    key = "AKIA" + "Q3EGRXMPL7ABCD5Z"
    state = card_state(request_for({"why": key, "money": {"note": key, "currency": "EUR"}}))
    assert key not in str(state)
    assert [(each["secret"], each["json"]) for each in state["arguments"]] == [("AWS key", "")] * 2
    assert [each["path"] for each in state["conditions"]] == ["money.currency"]


def test_a_lasting_yes_is_bound_to_single_values_that_can_be_named() -> None:
    arguments = {"money": {"currency": "EUR"}, "a.b": 1, "rows": [1], "notify": True, "why": "a\u202eb"}
    state = card_state(request_for(arguments))
    assert [(each["path"], each["type"]) for each in state["conditions"]] == [
        ("money.currency", "text"),
        ("notify", "boolean"),
    ]


@pytest.mark.parametrize(
    ("said", "choices", "taken"),
    [
        ("always", ("once", "hours", "always", "deny"), "always"),
        ("always", ("once", "session", "hours", "deny"), "hours"),
        ("always", ("once", "deny"), "once"),
        ("once", ("deny",), "deny"),
        ("allow", ("once", "deny"), "deny"),
        (["once"], ("once", "deny"), "deny"),
        (None, ("once", "deny"), "deny"),
    ],
)
def test_an_answer_that_is_not_offered_is_the_next_shorter_one(said: Any, choices: Any, taken: str) -> None:
    assert offered(said, request_for({}, choices=choices)) == taken


def test_an_edit_keeps_what_it_does_not_touch_to_the_letter() -> None:
    request = request_for({"money": {"value": 12345678901234567890}, "amount": 1})
    assert edited(request, {"amount": " 2 "}) == '{"amount":2,"money":{"value":12345678901234567890}}'
    for wrong in ("0", "{", "NaN", '"two"', "[" * 100_000):
        with pytest.raises(InvalidArguments):
            edited(request, {"amount": wrong})


def test_nobody_is_there_without_a_terminal() -> None:
    assert front_of(None) == "nobody"


def test_the_bar_in_a_terminal_appears_after_a_second_and_goes_away(capsys: pytest.CaptureFixture[str]) -> None:
    runtime = Runtime()
    times = iter([0.0, 0.5, 1.5, 1.55, 3.0])
    with ProgressBar(runtime, "terminal", clock=lambda: next(times)) as show:
        for rows in (100, 100_000, 200, 300):
            show(Progress(pages=1, rows=rows, total=None))
        runtime.run(nothing())
    runtime.close()
    first, second, blank, end = capsys.readouterr().out.removeprefix("\r").split("\r")
    assert (first, second.rstrip()) == ("fetching: 100,000 rows in 1 page", "fetching: 300 rows in 1 page")
    assert len(second) == len(first), "the longer line before is covered"
    assert (blank.strip(), end) == ("", "")


def test_the_log_as_a_frame_has_its_columns_whatever_a_row_holds() -> None:
    row = {"at": "2026-11-18T10:00:00.123+00:00", "connector": "shop", "arguments": {"a": "text(1)"}, "more": 1}
    frame = audit_frame([row])
    assert tuple(frame.columns) == COLUMNS
    assert frame["arguments"][0] == '{"a":"text(1)"}'
    assert frame["rows"].isna().all() and frame["outcome"].isna().all()


@pytest.mark.parametrize(
    ("schema", "value", "broken"),
    [
        ({"type": "object"}, {}, None),
        ({"type": "object", "required": ["a"]}, {}, "'a' is a required property"),
        ({"properties": {"a": {"items": {"type": "integer"}}}}, {"a": [1, "x"]}, "a.1: 'x' is not of type 'integer'"),
        ({"$ref": "https://elsewhere.example/s"}, {}, "its schema refers to 'https://elsewhere.example/s'"),
        ({"type": 5}, {}, "its schema cannot be applied"),
        ({"$ref": "#"}, {}, "its schema is nested too deep"),
    ],
)
def test_a_check_gives_the_first_way_a_value_breaks_its_schema(schema: Any, value: Any, broken: str | None) -> None:
    found = checker(schema)(value)
    assert found is None if broken is None else found is not None and found.startswith(broken)
