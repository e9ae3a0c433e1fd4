"""What a view hands over is data: a strange message changes nothing, and a view says what is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_connectors.approval import Request
from jupyter_connectors.auditframe import COLUMNS, audit_frame
from jupyter_connectors.calls import new_call
from jupyter_connectors.directory.catalogue import custom_command, shipped
from jupyter_connectors.frames.collect import Progress
from jupyter_connectors.models import Tool, ToolClass
from jupyter_connectors.progress import ProgressBar
from jupyter_connectors.prompt import front_of
from jupyter_connectors.runtime import Runtime
from jupyter_connectors.schema import checker
from jupyter_connectors.session import Session
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.widgets.approval import card_state
from jupyter_connectors.widgets.cards import Directory, card
from jupyter_connectors.widgets.tools import Tools

from .conftest import hostile


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("JUPYTER_CONNECTORS_DATA", str(tmp_path))
    made = Session(None, limits=Limits(call=20, close=0.5))
    yield made
    made.runtime.run(made.hub.close())
    made.store.close()


def soon(true: Callable[[], bool]) -> None:
    """Waits for something the loop does, at most ten seconds."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def entry_of(directory: Directory, name: str) -> dict[str, Any]:
    return next(each for each in directory.view.view["entries"] if each["id"] == name)


def test_a_card_of_the_directory_says_what_an_entry_may_do() -> None:
    assert [card(each)["badge"] for each in shipped()] == ["read & write", "read & write"]
    unknown = card(custom_command("serve", name="mine"))
    assert (unknown["badge"], unknown["code"], unknown["custom"]) == ("unreviewed", "%connect mine", True)


def test_a_click_connects_and_another_disconnects(session: Session) -> None:
    directory = Directory(session, "1")
    assert entry_of(directory, "acme-crm")["state"] == "idle"
    assert session.desk.deliver({"id": "1", "type": "connect", "entry": "acme-crm"})
    soon(lambda: entry_of(directory, "acme-crm")["state"] == "connected")
    session.desk.deliver({"id": "1", "type": "disconnect", "entry": "acme-crm"})
    soon(lambda: entry_of(directory, "acme-crm")["state"] == "idle")
    assert session.connected() == ()


def test_a_click_that_fails_says_why_and_a_later_connection_says_so(session: Session) -> None:
    session.catalogue.add(custom_command("no-such-program-anywhere", name="broken"))
    directory = Directory(session, "1")
    session.desk.deliver({"id": "1", "type": "connect", "entry": "broken"})
    soon(lambda: entry_of(directory, "broken")["state"] == "failed")
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
    assert [each["state"] for each in directory.view.view["entries"]] == ["idle"] * 2
    assert not session.desk.deliver({"id": "other", **message})
    assert not session.desk.deliver("text") and not session.desk.deliver(None)


def test_a_switch_takes_effect_and_nonsense_does_not(session: Session) -> None:
    session.connect([hostile("well-behaved")])
    tools = Tools(session, "1", ("hostile",))

    def toggled(**message: Any) -> bool:
        session.desk.deliver({"id": "1", "type": "toggle", **message})
        session.runtime.run(nothing())
        return tools.view.view["connectors"][0]["tools"][0]["enabled"] is True

    assert not toggled(connector="hostile", tool="echo", enabled=False)
    assert session.hub.tools() == ()
    assert not toggled(connector="hostile", tool="nothing", enabled=True)
    assert not toggled(connector="nothing", tool="echo", enabled=True)
    assert not toggled(connector="hostile", tool="echo", enabled="yes"), "only a true is on"
    assert not toggled(connector="hostile", tool=["echo"], enabled=True)
    assert toggled(connector="hostile", tool="echo", enabled=True)


async def nothing() -> None:
    """Runs after what is already on the loop."""


def test_what_a_browser_writes_into_a_view_is_not_read(session: Session) -> None:
    session.connect([hostile("well-behaved")])
    tools = Tools(session, "1", ("hostile",))
    tools.view.set_state({"view": {"connectors": []}})
    session.desk.deliver({"id": "1", "type": "toggle", "connector": "hostile", "tool": "echo", "enabled": False})
    soon(lambda: session.hub.tools() == ())


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        (ToolClass.WRITE, ["once", "session", "deny"]),
        (ToolClass.DESTRUCTIVE, ["once", "deny"]),
        (ToolClass.SENDS, ["once", "deny"]),
    ],
)
def test_a_card_offers_only_what_can_be_remembered(kind: ToolClass, choices: list[str]) -> None:
    tool = Tool(connector="shop", name="cancel")
    call = new_call(tool, {"why": "a\u202eb", "rows": [1, {"ü": None}]})
    state = card_state(Request(id="1", call=call, tool=tool, tool_class=kind, connector_title="Shop", why="it does"))
    assert state["choices"] == choices
    values = {each["name"]: each["value"] for each in state["arguments"]}
    assert values["why"] == '"a\\u202eb"'
    assert '"ü": null' in values["rows"]


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
