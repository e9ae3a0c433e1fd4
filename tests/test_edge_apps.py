"""The apps of a notebook: what a display holds, what a view is answered, who is asked where, and what lives for how long."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import jupyter_connectors.functions as jc
from jupyter_connectors import joining
from jupyter_connectors.appturns import MOST, WAITING
from jupyter_connectors.calls import new_call
from jupyter_connectors.errors import Denied, ToolFailed
from jupyter_connectors.frames.interface import Interface, begun, cancelled
from jupyter_connectors.liveapp import LiveApp
from jupyter_connectors.widgets.apps import KEPT, MIME, apps_of
from jupyter_connectors.widgets.grid import MIME as GRID

from .appservice import Notebook, OpenApp, board
from .waiting import eventually


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    with closing(Notebook(tmp_path_factory.mktemp("board"))) as made:
        yield made


@pytest.fixture
def notebook(opened: Notebook) -> Notebook:
    """A notebook with the service connected, in which nothing has happened."""
    opened.reset()
    return opened


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Notebook]:
    """The same, newly connected."""
    with closing(Notebook(tmp_path)) as made:
        yield made


def questions(notebook: Notebook) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = notebook.session.status()["pending"]
    return found


async def question(notebook: Notebook) -> dict[str, Any]:
    """The question that waits, once a view has said that it shows it."""
    await eventually(lambda: questions(notebook))
    (found,) = questions(notebook)
    assert await notebook.session.desk.answer({"id": found["id"], "type": "hello"}) == {"status": "ok"}
    return found


async def decide(notebook: Notebook, found: dict[str, Any], decision: str, **more: object) -> None:
    message = {"id": found["id"], "type": "decide", "decision": decision, **more}
    assert await notebook.session.desk.answer(message) == {"status": "ok"}


def test_a_display_holds_an_id_and_the_text_of_the_result(notebook: Notebook) -> None:
    bundle = notebook.show(notebook.call(month="2026-05"))
    assert set(bundle) == {"text/plain", "text/html", MIME, GRID}
    assert set(bundle[MIME]) == {"id"}
    assert bundle["text/plain"].endswith("\ninteractive app: run the cell to open it")
    assert "interactive app: run the cell to open it" in bundle["text/html"]
    written = json.dumps(bundle)
    assert "A board." not in written
    assert "2026-05" not in written
    assert notebook.log == ["tools/call show_board"], "the page is read when it is opened"


def test_the_same_result_is_the_same_app_and_another_is_not(notebook: Notebook) -> None:
    result = notebook.call()
    one = notebook.show(result)[MIME]
    assert notebook.show(result)[MIME] == one
    assert notebook.show(notebook.call())[MIME] != one


def test_where_nobody_looks_the_display_is_the_text_alone(fresh: Notebook) -> None:
    notebook = fresh
    notebook.session.shell.kernel.get_parent = lambda _: {"content": {"allow_stdin": False}}
    assert set(notebook.show(notebook.call())) == {"text/plain", "text/html"}


def test_a_tool_without_an_interface_has_no_app(notebook: Notebook) -> None:
    notebook.session.controls.permit("board", "odd_address", "allow")
    result = notebook.call("odd_address")
    assert result.interface is None
    assert MIME not in notebook.show(result)


def test_a_saved_result_has_no_app(notebook: Notebook, tmp_path: Path) -> None:
    path = notebook.call().save(tmp_path / "board.result")
    loaded = jc.load(path)
    assert loaded.interface is None
    assert MIME not in notebook.show(loaded)


def test_a_view_is_told_all_it_needs_to_show_the_app(notebook: Notebook) -> None:
    app = OpenApp(notebook, notebook.show(result := notebook.call(month="2026-05"))[MIME]["id"], result)
    told = app.ask(type="open")
    assert {name: told[name] for name in ("status", "title", "service", "connector", "state", "reason")} == {
        "status": "ok",
        "title": "Show Board",
        "service": "Board",
        "connector": "board",
        "state": "done",
        "reason": "",
    }
    assert told["arguments"] == {"month": "2026-05", "size": 3}, "defaults of the schema included"
    assert told["tool"]["name"] == "show_board"
    assert told["tool"]["inputSchema"]["properties"]["size"] == {"type": "integer", "default": 3}
    assert told["result"]["content"] == [{"type": "text", "text": "show_board is done"}]
    assert told["result"]["structuredContent"]["items"] == [{"id": 1, "due": None}]
    assert told["result"]["_meta"]["board"] == {"secret": None}
    assert "A board." in told["html"]
    assert "connect-src data: blob: https://api.board.example" in told["policy"]
    assert told["granted"]["connectDomains"] == ["https://api.board.example"]
    assert (told["clipboard"], told["border"], told["refused"]) == (True, False, [])
    assert told["query"]
    assert {**app.ask(type="outcome"), "status": "ok"} == {
        "status": "ok",
        "state": "done",
        "result": told["result"],
        "reason": "",
    }


def test_the_page_is_read_once_a_connection_and_each_reading_is_recorded(fresh: Notebook) -> None:
    notebook = fresh
    app = notebook.open()
    app.ask(type="open")
    assert notebook.log.count("resources/read ui://board/main") == 1
    assert (notebook.last["tool"], notebook.last["rule"], notebook.last["outcome"]) == (
        "resources/read",
        "the app of board.show_board",
        "ok",
    )
    joining.disconnect(notebook.session, "board")
    joining.connect(notebook.session, [board(notebook.place)])
    assert app.ask(type="open")["status"] == "ok"
    assert notebook.log.count("resources/read ui://board/main") == 2


def test_a_page_in_base64_counts_by_what_it_says_of_itself(notebook: Notebook) -> None:
    told = notebook.open("blob_board").ask(type="open")
    assert "äöü" in told["html"]
    assert told["granted"] == {
        "connectDomains": ["https://api.board.example"],
        "resourceDomains": ["https://cdn.board.example"],
    }


def test_a_silent_page_counts_by_the_list_of_resources(notebook: Notebook) -> None:
    told = notebook.open("listed_board").ask(type="open")
    assert told["granted"] == {"connectDomains": ["https://listed.example"]}
    assert told["refused"] == ["javascript:alert(1)"]


@pytest.mark.parametrize(
    ("tool", "problem"), [("wrong_board", "not of type text/html;profile=mcp-app"), ("gone_board", "no such page")]
)
def test_an_app_that_cannot_be_shown_is_two_lines(notebook: Notebook, tool: str, problem: str) -> None:
    told = notebook.open(tool).ask(type="open")
    assert set(told) == {"status", "problem", "hint"}
    assert told["status"] == "error"
    assert problem in told["problem"]


def test_an_app_calls_the_tools_of_its_own_service(notebook: Notebook) -> None:
    app = notebook.open()
    told = app.call("poll")
    assert told["result"]["content"] == [{"type": "text", "text": "poll is done"}]
    assert told["result"]["_meta"]["board"] == {"secret": None}
    record = notebook.last
    assert (record["tool"], record["asked_by"], record["class"], record["outcome"]) == ("poll", "app", "read", "ok")
    assert isinstance(record["bytes"], int) and record["bytes"] > 100


def test_a_tool_s_own_error_is_a_result(notebook: Notebook) -> None:
    told = notebook.open().call("fails")
    assert told["result"]["isError"] is True
    assert notebook.last["outcome"] == "tool error"


def test_the_error_of_a_call_holds_the_whole_answer_for_the_app_of_its_tool(notebook: Notebook) -> None:
    with pytest.raises(ToolFailed, match="failing_board failed: failing_board is done") as failed:
        notebook.call("failing_board")
    interface = failed.value.interface
    assert isinstance(interface, Interface) and interface.wire is not None
    assert (interface.state, interface.wire["isError"], interface.reason) == ("done", True, "")
    assert interface.wire["_meta"]["board"] == {"secret": None}
    with pytest.raises(ToolFailed) as failed:
        notebook.call("lost_board")
    assert failed.value.interface is None, "the server gave no result"


def test_an_app_reads_and_lists_what_its_service_offers(notebook: Notebook) -> None:
    app = notebook.open()
    assert app.request("resources/read", uri="ui://board/data")["result"]["contents"][0]["text"] == "some data"
    record = notebook.last
    assert (record["tool"], record["asked_by"], record["class"]) == ("resources/read", "app", "read")
    first = app.request("resources/list")["result"]
    assert first["nextCursor"] == "2"
    assert [each["name"] for each in app.request("resources/list", cursor="2")["result"]["resources"]] == ["listed"]
    names = [each["name"] for each in app.request("tools/list")["result"]["tools"]]
    assert "poll" in names and "ask_model" not in names and "odd_address" not in names


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("ui/open-link", {"url": "https://a.example"}, -32601),
        ("sampling/createMessage", {}, -32601),
        ("tools/call", {}, -32602),
        ("tools/call", {"name": 7}, -32602),
        ("tools/call", {"name": "poll", "arguments": "x"}, -32602),
        ("tools/call", {"name": "rename", "arguments": {}}, -32602),
        ("tools/call", {"name": "no_such_tool"}, -32602),
        ("tools/call", [], -32602),
        ("tools/call", {"name": "poll", "arguments": {"x": "x" * 1_000_000}}, -32602),
        ("tools/call", {"name": "poll", "arguments": {"x": "例" * 340_000}}, -32602),
        ("resources/read", {}, -32602),
        ("resources/read", {"uri": "ui://board/none"}, -32603),
        ("prompts/list", {}, -32603),
    ],
)
def test_what_cannot_be_done_is_an_error_of_the_protocol(
    notebook: Notebook, method: str, params: Any, code: int
) -> None:
    calls = len([each for each in notebook.log if each.startswith("tools/call")])
    told = notebook.open().ask(type="request", method=method, params=params)
    assert set(told) == {"status", "error"}
    assert (told["status"], told["error"]["code"]) == ("ok", code)
    assert len([each for each in notebook.log if each.startswith("tools/call")]) == calls + 1


def test_tools_for_apps_are_in_no_list_and_no_person_calls_them(notebook: Notebook) -> None:
    session = notebook.session
    assert "poll" not in [each.name for each in session.hub.tools()]
    assert "poll" not in [each.name for each in session.hub.connected("board").tools]
    assert "poll" not in dir(session.shell.user_ns["board"])
    with pytest.raises(Denied, match="only the app of this service may call it"):
        session.hub.find("board", "poll")


@pytest.mark.anyio
async def test_a_change_is_asked_where_the_app_is_and_names_it(notebook: Notebook) -> None:
    app = await asyncio.to_thread(notebook.open)
    calling = asyncio.create_task(app.called("rename", name="May"))
    found = await question(notebook)
    assert (found["app"], found["app_title"]) == (app.id, "Show Board")
    assert (found["asked_by"], found["tool"], found["kind"]) == ("app", "rename", "write")
    assert found["arguments"][0]["origin"] == "the app chose it"
    assert "tools/call rename" not in notebook.log
    await decide(notebook, found, "once")
    assert (await calling)["result"]["content"][0]["text"] == "rename May"
    assert notebook.last["decision"] == "allowed: you"
    assert questions(notebook) == []


@pytest.mark.anyio
async def test_a_no_tells_the_app_nothing_of_the_person(notebook: Notebook) -> None:
    app = await asyncio.to_thread(notebook.open)
    calling = asyncio.create_task(app.called("rename", name="May"))
    await decide(notebook, await question(notebook), "deny", reason="not before the audit by Ms Weber")
    assert await calling == {"status": "ok", "error": {"code": -32000, "message": "this was not allowed"}}
    assert "tools/call rename" not in notebook.log
    assert (notebook.last["decision"], notebook.last["outcome"]) == ("denied: you", "denied")


@pytest.mark.anyio
async def test_what_the_person_edits_is_what_is_sent(notebook: Notebook) -> None:
    app = await asyncio.to_thread(notebook.open)
    calling = asyncio.create_task(app.called("rename", name="May"))
    await decide(notebook, await question(notebook), "once", edits={"0": '"June"'})
    assert (await calling)["result"]["content"][0]["text"] == "rename June"


@pytest.mark.anyio
async def test_a_yes_for_longer_answers_those_that_wait_behind_it(notebook: Notebook) -> None:
    app = await asyncio.to_thread(notebook.open)
    calling = [asyncio.create_task(app.called("rename", name=each)) for each in "abc"]
    found = await question(notebook)
    await decide(notebook, found, "session" if "session" in found["choices"] else "hours")
    told = await asyncio.gather(*calling)
    assert [each["result"]["content"][0]["text"] for each in told] == ["rename a", "rename b", "rename c"]


@pytest.mark.anyio
async def test_a_question_that_no_view_shows_is_a_no(notebook: Notebook) -> None:
    app = await asyncio.to_thread(notebook.open)
    told = await app.called("rename", name="May")
    assert told["error"]["code"] == -32000
    assert notebook.last["decision"] == "denied: nobody is there to ask"


@pytest.mark.anyio
async def test_without_a_view_nobody_is_there_to_ask(notebook: Notebook) -> None:
    app = await asyncio.to_thread(notebook.open)
    await app.asked(type="left")
    told = await notebook.session.desk.answer(
        {
            "id": app.id,
            "type": "request",
            "method": "tools/call",
            "params": {"name": "rename", "arguments": {"name": "a"}},
        }
    )
    assert told["error"]["code"] == -32000
    assert notebook.last["decision"] == "denied: nobody is there to ask"


@pytest.mark.anyio
async def test_when_the_last_view_leaves_what_waits_for_an_answer_is_denied(notebook: Notebook) -> None:
    app = await asyncio.to_thread(notebook.open)
    await app.asked(type="alive", view="v2")
    calling = asyncio.create_task(app.called("rename", name="May"))
    await question(notebook)
    await app.asked(type="left")
    assert not calling.done() and questions(notebook)
    assert await app.asked(type="left", view="v2") == {"status": "ok"}
    assert (await calling)["error"]["code"] == -32000
    assert notebook.last["decision"] == "denied: the app was closed"
    assert questions(notebook) == []


@pytest.mark.anyio
async def test_at_most_eight_requests_are_under_way(notebook: Notebook) -> None:
    holds = notebook.place / "holds"
    holds.touch()
    app = await asyncio.to_thread(notebook.open)
    held = [asyncio.create_task(app.called("hold")) for _ in range(10)]
    await eventually(lambda: notebook.log.count("tools/call hold") == 8)
    other = await asyncio.to_thread(notebook.open)
    assert "result" in await other.called("poll"), "another app goes on"
    assert notebook.log.count("tools/call hold") == 8
    holds.unlink()
    assert all("result" in each for each in await asyncio.gather(*held))
    assert notebook.log.count("tools/call hold") == 10


@pytest.mark.anyio
async def test_questions_that_wait_do_not_hold_up_what_an_app_reads(notebook: Notebook) -> None:
    app = await asyncio.to_thread(notebook.open)
    waiting = [asyncio.create_task(app.called("rename", name=str(number))) for number in range(WAITING)]
    await question(notebook)
    for _ in range(MOST):
        assert "result" in await app.called("poll")
    assert await app.called("rename", name="more") == {
        "status": "ok",
        "error": {"code": -32000, "message": "too many waiting"},
    }
    assert (await app.called("drop", name="more"))["error"]["message"] == "too many waiting"
    assert not any(each.done() for each in waiting)
    await app.asked(type="left")
    assert all("error" in each for each in await asyncio.gather(*waiting))
    assert "tools/call rename" not in notebook.log
    await app.asked(type="alive")
    again = asyncio.create_task(app.called("rename", name="May"))
    await decide(notebook, await question(notebook), "once")
    assert "result" in await again, "those that were answered wait no longer"


@pytest.mark.anyio
async def test_what_waits_for_a_person_is_sent_when_there_is_room_again(notebook: Notebook) -> None:
    holds = notebook.place / "holds"
    holds.touch()
    app = await asyncio.to_thread(notebook.open)
    asked = asyncio.create_task(app.called("rename", name="May"))
    found = await question(notebook)
    held = [asyncio.create_task(app.called("hold")) for _ in range(MOST)]
    await eventually(lambda: notebook.log.count("tools/call hold") == MOST)
    await decide(notebook, found, "once")
    other = await asyncio.to_thread(notebook.open)
    assert "result" in await other.called("poll")
    assert "tools/call rename" not in notebook.log, "eight are under way"
    holds.unlink()
    told = await asyncio.gather(asked, *held)
    assert [set(each) for each in told] == [{"status", "result"}] * (1 + MOST), told


@pytest.mark.anyio
async def test_what_waits_for_its_turn_is_dropped_when_its_view_leaves(notebook: Notebook) -> None:
    holds = notebook.place / "holds"
    holds.touch()
    app = await asyncio.to_thread(notebook.open)
    held = [asyncio.create_task(app.called("hold")) for _ in range(10)]
    await eventually(lambda: notebook.log.count("tools/call hold") == 8)
    await app.asked(type="left")
    holds.unlink()
    told = await asyncio.gather(*held)
    assert ["result" in each for each in told] == [True] * 8 + [False] * 2
    assert told[-1]["error"]["message"] == "the app was closed"
    assert notebook.log.count("tools/call hold") == 8


def test_context_is_kept_as_text_for_the_next_question(notebook: Notebook) -> None:
    app = notebook.open()
    notes = notebook.session.app_notes
    image = {"type": "image", "data": "AAAA", "mimeType": "image/png"}
    assert app.ask(type="context", content=[{"type": "text", "text": "May\u202e"}, image, "x"]) == {"status": "ok"}
    note = notes[app.id]
    assert (note.connector, note.tool, note.title, note.text) == ("board", "show_board", "Show Board", "May\\u202e")
    app.ask(type="context", structuredContent={"month": "June"})
    assert notes[app.id].text == '{"month":"June"}'
    app.ask(type="context", content=[{"type": "text", "text": "x" * 5_000}])
    assert len(notes[app.id].text) == 2_000
    app.ask(type="context", content=[{"type": "text", "text": "key sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"}])
    assert "4eC39" not in notes[app.id].text
    app.ask(type="context", content=[])
    assert notes == {}


@pytest.mark.parametrize("text", ["x" * 1_000_000, "例" * 340_000])
def test_a_context_that_is_too_large_is_an_error_and_changes_nothing(notebook: Notebook, text: str) -> None:
    app = notebook.open()
    app.ask(type="context", content=[{"type": "text", "text": "May"}])
    for context in ({"content": [{"type": "text", "text": text}]}, {"structuredContent": {"text": text}}):
        told = app.ask(type="context", **context)
        assert (told["status"], told["problem"]) == ("error", "the context is larger than 1 MB")
    assert notebook.session.app_notes[app.id].text == "May"


def test_an_app_that_was_closed_says_nothing_until_it_is_opened_and_says_it_again(notebook: Notebook) -> None:
    app = notebook.open()
    notes = notebook.session.app_notes
    context = [{"type": "text", "text": "May"}]
    app.ask(type="context", content=context)
    app.ask(type="alive", view="v2")
    app.ask(type="left")
    assert app.id in notes, "somebody still sees it"
    app.ask(type="left", view="v2")
    assert notes == {}
    app.ask(type="open")
    assert notes == {}
    app.ask(type="context", content=context)
    assert notes[app.id].text == "May"


def running(notebook: Notebook) -> tuple[OpenApp, LiveApp, Interface]:
    """An app whose call is under way."""
    session = notebook.session
    tool = session.hub.find("board", "slow_board")
    interface = begun(tool, new_call(tool, {}), entry="board")
    app = LiveApp(session.hub, interface, session.approve, apps_of(session).take_note)
    apps_of(session).keep(app)
    return OpenApp(notebook, app.id), app, interface


@pytest.mark.anyio
async def test_a_view_that_starts_over_waits_for_the_outcome_once(notebook: Notebook) -> None:
    opened, app, interface = running(notebook)
    first = asyncio.create_task(opened.asked(type="outcome"))
    other = asyncio.create_task(opened.asked(type="outcome", view="v2"))
    leaving = asyncio.create_task(opened.asked(type="outcome", view="v3"))
    await asyncio.sleep(0)
    second = asyncio.create_task(opened.asked(type="outcome"))
    assert (await first)["state"] == "running"
    await opened.asked(type="left", view="v3")
    assert (await leaving)["state"] == "running"
    assert not second.done() and not other.done()
    notebook.session.runtime.post(lambda: app.end(cancelled(interface, "stopped")))
    assert [(each["state"], each["reason"]) for each in await asyncio.gather(second, other)] == [
        ("cancelled", "stopped"),
        ("cancelled", "stopped"),
    ]
    notebook.session.runtime.post(lambda: app.end(interface))
    assert (await opened.asked(type="outcome"))["state"] == "cancelled", "what is over stays so"


def test_what_is_no_request_is_an_error(notebook: Notebook) -> None:
    app = notebook.open()
    assert app.ask(type="evaluate")["status"] == "error"
    assert app.ask(type=None)["status"] == "error"


def test_an_app_lives_as_long_as_its_result_and_the_newest_in_any_case(notebook: Notebook) -> None:
    held = notebook.call()
    kept = OpenApp(notebook, notebook.show(held)[MIME]["id"])
    first = OpenApp(notebook, notebook.show(notebook.call())[MIME]["id"])
    gc.collect()
    assert first.ask(type="alive") == {"status": "ok"}
    for _ in range(KEPT):
        notebook.show(notebook.call())
    gc.collect()
    assert first.ask(type="alive") == {"status": "unknown"}
    assert kept.ask(type="alive") == {"status": "ok"}
    del held
    gc.collect()
    assert kept.ask(type="alive") == {"status": "unknown"}


def test_an_app_does_not_go_on_with_another_service_under_its_name(fresh: Notebook, tmp_path: Path) -> None:
    notebook = fresh
    app = notebook.open()
    joining.disconnect(notebook.session, "board")
    assert app.ask(type="open")["status"] == "error"
    assert "error" in app.call("poll")
    joining.connect(notebook.session, [board(tmp_path, "other")], name="board")
    assert app.ask(type="open")["status"] == "error"
    assert "error" in app.call("poll")
    assert not (tmp_path / "other.log").exists(), "nothing reached it"
