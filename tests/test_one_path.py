"""There is one way to a server: whoever calls a tool, the call is judged, asked where the rules ask, and recorded."""

from __future__ import annotations

import ast
import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import jupyter_connectors
from jupyter_connectors.api import Connector
from jupyter_connectors.approval import Answer, Request
from jupyter_connectors.askmodel import model_caller
from jupyter_connectors.askoffline import answer_offline
from jupyter_connectors.calls import new_call
from jupyter_connectors.conversation import Question, conversation_of
from jupyter_connectors.entries import Before, Entry
from jupyter_connectors.errors import Denied
from jupyter_connectors.joining import connect
from jupyter_connectors.models import Tool, ToolClass
from jupyter_connectors.permissions import Setting
from jupyter_connectors.session import Session
from jupyter_connectors.sessions.limits import Limits

from .appservice import Notebook, OpenApp
from .conftest import hostile

SOURCE = Path(jupyter_connectors.__file__).parent

ROWS = json.dumps({"content": [], "structuredContent": {"data": [{"id": 1}, {"id": 2}], "has_more": False}})


def service(place: Path) -> Entry:
    """A service that logs what reaches it: one reviewed tool that reads, one that changes a record."""
    schema = {"type": "object", "properties": {"id": {"type": "string"}}}
    tools = [
        {"name": "list_parcels", "description": "Lists parcels.", "inputSchema": schema},
        {"name": "move_parcel", "description": "Moves a parcel.", "inputSchema": schema},
    ]
    (place / "tools.json").write_text(json.dumps(tools))
    entry = hostile(
        "well-behaved",
        HOSTILE_TOOLS=str(place / "tools.json"),
        HOSTILE_LOG=str(place / "log"),
        HOSTILE_RESULT=ROWS,
    )
    before = {"move_parcel": Before(tool="list_parcels", arguments={"id": "id"})}
    return replace(entry, id="parcels", reviewed={"list_parcels": ToolClass.READ}, before=before)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(None, limits=Limits(call=20, close=0.5))
    made.judge.forget("parcels")
    connect(made, [service(tmp_path)])
    yield made
    if made._gateway is not None:
        made.runtime.run(made._gateway.close())
    made.runtime.run(made.hub.close())
    made.runtime.close()
    made.store.close()


def listing(session: Session) -> Tool:
    return session.hub.find("parcels", "list_parcels")


Way = Callable[[Session], Callable[[], object]]
"""Prepares a way to call `list_parcels` while it is allowed, and gives what then calls it."""


def as_attribute(session: Session) -> Callable[[], object]:
    return Connector(session, "parcels").list_parcels


def by_name(session: Session) -> Callable[[], object]:
    return Connector(session, "parcels")["list_parcels"]


def awaited(session: Session) -> Callable[[], object]:
    tool = Connector(session, "parcels").list_parcels
    return lambda: asyncio.run(tool.aio())  # type: ignore[attr-defined]  # a function has it as an attribute


def by_a_model(session: Session) -> Callable[[], object]:
    tool, caller = listing(session), model_caller(session, conversation_of(session, new=True), attended=False)
    return lambda: session.runtime.run(caller(tool, {}))


def by_the_offline_router(session: Session) -> Callable[[], object]:
    tools = session.hub.tools()
    return lambda: answer_offline(session, Question(text="list parcels", new=True), tools)


def refreshed(session: Session) -> Callable[[], object]:
    return Connector(session, "parcels").list_parcels().refresh


WAYS = [as_attribute, by_name, awaited, by_a_model, by_the_offline_router, refreshed]
"""Workers of a cluster are another, and the pages that follow a first one: tests/cluster/test_gateway.py and
tests/frames/test_resume.py show that each of theirs is a call in the log."""


def sent(place: Path) -> int:
    return (place / "log").read_text().count('"tools/call"')


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_is_judged_and_recorded(session: Session, tmp_path: Path, way: Way) -> None:
    act = way(session)
    calls, rows = sent(tmp_path), len(session.audit.rows())
    act()
    assert sent(tmp_path) == calls + 1
    row, *others = session.audit.rows()
    assert len(others) == rows
    assert (row["tool"], row["decision"], row["outcome"]) == ("list_parcels", "allowed by rule", "ok")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(
    ("setting", "decision"), [("ask", "denied: nobody is there to ask"), ("block", "denied by rule")]
)
def test_every_way_is_asked_and_refused_where_the_rules_say_so(
    session: Session, tmp_path: Path, way: Way, setting: Setting, decision: str
) -> None:
    act = way(session)
    calls, rows = sent(tmp_path), len(session.audit.rows())
    session.controls.permit("parcels", "list_parcels", setting)
    with pytest.raises(Denied):
        act()
    assert sent(tmp_path) == calls
    row, *others = session.audit.rows()
    assert len(others) == rows
    assert (row["decision"], row["outcome"]) == (decision, "denied")


def test_reading_a_record_before_a_question_is_a_call_of_its_own(session: Session, tmp_path: Path) -> None:
    call = session.hub.find("parcels", "move_parcel")

    async def no(_: Request) -> Answer:
        return Answer(choice="deny", by="you")

    before = len(session.audit.rows())
    with pytest.raises(Denied):
        session.runtime.run(session.hub.call(new_call(call, {"id": "1"}), approve=no))
    made = session.audit.rows()[: len(session.audit.rows()) - before]
    assert [(row["tool"], row["outcome"]) for row in made] == [("move_parcel", "denied"), ("list_parcels", "ok")]
    assert sent(tmp_path) == 1


def test_looking_at_tools_calls_none(session: Session, tmp_path: Path) -> None:
    rows = len(session.audit.rows())
    session.controls.review("parcels", "move_parcel")
    session.hub.explain("parcels", "move_parcel")
    repr(Connector(session, "parcels"))
    assert sent(tmp_path) == 0
    assert len(session.audit.rows()) == rows


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    with closing(Notebook(tmp_path)) as made:
        yield made


APP_WAYS = {
    "poll": ("tools/call", {"name": "poll"}),
    "resources/read": ("resources/read", {"uri": "ui://board/data"}),
    "resources/list": ("resources/list", {}),
}
"""What an app may ask its service for, by the name it has in the log."""


@pytest.mark.parametrize("tool", APP_WAYS)
def test_what_an_app_asks_for_is_judged_asked_and_recorded(notebook: Notebook, tool: str) -> None:
    app = notebook.open()
    method, params = APP_WAYS[tool]
    rows, reached = len(notebook.session.audit.rows()), len(notebook.log)
    cases: list[tuple[Setting | None, str, str]] = [
        (None, "allowed by rule", "ok"),
        ("ask", "denied: nobody is there to ask", "denied"),
        ("block", "denied by rule", "denied"),
    ]
    for setting, decision, outcome in cases:
        # A setting for what reads narrows these as it does tools.
        notebook.session.controls.permit("board", None, setting, tool_class=ToolClass.READ)
        app.ask(type="left" if setting == "ask" else "alive")
        told = notebook_says(app, method, params)
        assert ("result" in told) == (outcome == "ok")
        rows += 1
        row, *others = notebook.session.audit.rows()
        assert len(others) + 1 == rows
        assert (row["tool"], row["asked_by"], row["class"]) == (tool, "app", "read")
        assert (row["decision"], row["outcome"]) == (decision, outcome)
    assert len(notebook.log) == reached + 1


def notebook_says(app: OpenApp, method: str, params: dict[str, object]) -> dict[str, object]:
    """The kernel's answer to a request that names no view."""
    message = {"id": app.id, "type": "request", "method": method, "params": params}
    return asyncio.run(app.notebook.session.desk.answer(message))


def test_reading_an_app_s_page_is_recorded_and_not_done_where_reading_is_blocked(notebook: Notebook) -> None:
    app = notebook.open()
    page = notebook.last
    assert (page["tool"], page["class"], page["outcome"]) == ("resources/read", "read", "ok")
    notebook.session.controls.permit("board", None, "block", tool_class=ToolClass.READ)
    assert app.ask(type="open")["status"] == "error"


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith("demo/"):
            yield name, ast.parse(path.read_text())


def users(*names: str) -> set[str]:
    """The modules that use one of these attributes."""
    return {
        module
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in names
    }


def importing(*names: str) -> set[str]:
    """The modules that import something from one of these, if only for its type."""
    return {
        module
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in names
    }


def test_only_a_connection_speaks_to_a_server_and_only_the_hub_s_sender_has_it_call_a_tool() -> None:
    verbs = ("call_tool", "read_resource", "list_resources", "list_prompts", "get_prompt", "send_request")
    assert users(*verbs) == {"sessions/connection.py"}
    calling = {
        module
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("call", "read", "listing")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "connection"
    }
    assert calling == {"sending.py"}
    assert importing("jupyter_connectors.sending", "jupyter_connectors.sessions.link") == {
        "hub.py",
        "sessions/connection.py",
    }


def test_nobody_but_the_hub_and_what_it_is_made_of_holds_connections() -> None:
    holding = {module for module in users("_pool") if not module.startswith("sessions/")}
    assert holding == {"hub.py", "offering.py", "sending.py"}
    reaching = importing("jupyter_connectors.sessions.pool", "jupyter_connectors.sessions.connection")
    assert {module for module in reaching if not module.startswith("sessions/")} == {"offering.py", "sending.py"}


def test_a_call_is_recorded_by_the_hub_alone() -> None:
    recording = {
        module
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("opened", "closed")
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "_audit"
    }
    assert recording == {"hub.py"}
