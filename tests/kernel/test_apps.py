"""Apps on a real kernel: their calls go on while cells run, by the control channel and by a widget's comm."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import nbformat
import pytest
from nbconvert import HTMLExporter

from jupyter_connectors.widgets.view import code_of

from ..appservice import READING, SERVER
from .driving import SLEEPS, WIDGET, Cell, Kernel, begun, stopped

MIME = "application/vnd.jupyter-connectors.app+json"
LINE = "interactive app: run the cell to open it"

CONNECT = f"""
import sys
from jupyter_connectors import joining
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.extension import current
from jupyter_connectors.models import ToolClass

target = Launch(command=sys.executable, args=({str(SERVER)!r},))
reviewed = dict.fromkeys({READING!r}, ToolClass.READ)
entry = Entry(id='board', title='Board', summary='', category='test', target=target, reviewed=reviewed)
joining.connect(current(), [entry]);
"""

COMPUTES = "print('begun', flush=True)\nn = 0\nwhile True:\n    n += 1"


@pytest.fixture(scope="module")
def any_board(any_kernel: Kernel) -> Kernel:
    """A kernel of each supported ipykernel with the service of apps connected."""
    return _with_board(any_kernel)


@pytest.fixture(scope="module")
def a_board(kernel: Kernel) -> Kernel:
    """A kernel of the newest ipykernel with it."""
    return _with_board(kernel)


def _with_board(kernel: Kernel) -> Kernel:
    connected = kernel.run(CONNECT)
    assert connected.error is None, connected.error
    assert kernel.say({"type": "status"})["status"] == "ok"  # as our extension does when it sees the kernel
    return kernel


class App:
    """An app that a cell has shown, and one view on it."""

    def __init__(self, kernel: Kernel, code: str = "board.show_board(month='May')") -> None:
        self.kernel = kernel
        self.cell = kernel.run(code, allow_stdin=True)
        assert self.cell.error is None, self.cell.error
        self.id = self.cell.shown[-1][MIME]["id"]

    def say(self, kind: str, **content: Any) -> dict[str, Any]:
        return self.kernel.reply(self.post(kind, **content))

    def post(self, kind: str, **content: Any) -> str:
        return self.kernel.post({"id": self.id, "view": "v", "type": kind, **content})

    def call(self, tool: str, **arguments: Any) -> str:
        params = {"name": tool, "arguments": arguments}
        return self.post("request", method="tools/call", params=params)


def question(app: App) -> dict[str, Any]:
    """The question that waits, by the status that the front end asks for."""
    while True:
        waiting = app.kernel.say({"type": "status"})["pending"]
        if waiting:
            (found,) = waiting
            assert found["app"] == app.id
            assert app.kernel.say({"id": found["id"], "type": "hello"}) == {"status": "ok"}
            return dict(found)


def test_an_app_opens_and_calls_while_no_cell_runs(any_board: Kernel) -> None:
    app = App(any_board)
    assert set(app.cell.shown[-1]) >= {MIME, "text/plain"}
    assert WIDGET not in app.cell.shown[-1]
    told = app.say("open")
    assert (told["status"], told["title"], told["state"]) == ("ok", "Show Board", "done")
    assert "A board." in told["html"]
    result = any_board.reply(app.call("poll"))["result"]
    assert result["content"] == [{"type": "text", "text": "poll is done"}]


@pytest.mark.parametrize("code", [SLEEPS, COMPUTES], ids=["sleeps", "computes"])
def test_an_app_opens_and_calls_while_a_cell_runs(any_board: Kernel, code: str) -> None:
    app = App(any_board)
    number, cell = begun(any_board, code)
    assert app.say("open")["status"] == "ok"
    assert "result" in any_board.reply(app.call("poll"))
    stopped(any_board, number, cell)


def test_a_change_is_asked_and_answered_while_a_cell_runs(any_board: Kernel) -> None:
    app = App(any_board)
    app.say("open")
    number, cell = begun(any_board, SLEEPS)
    asked = app.call("rename", name="June")
    found = question(app)
    assert (found["asked_by"], found["app_title"]) == ("app", "Show Board")
    assert "result" in any_board.reply(app.call("poll")), "the channel is free while the person thinks"
    any_board.say({"id": found["id"], "type": "decide", "decision": "once"})
    assert any_board.reply(asked)["result"]["content"][0]["text"] == "rename June"
    stopped(any_board, number, cell)


def test_a_change_is_asked_and_answered_while_no_cell_runs(any_board: Kernel) -> None:
    app = App(any_board)
    app.say("open")
    asked = app.call("rename", name="June")
    any_board.say({"id": question(app)["id"], "type": "decide", "decision": "deny"})
    assert any_board.reply(asked)["error"]["code"] == -32000


def test_the_displayed_app_stays_though_nothing_holds_its_result(a_board: Kernel) -> None:
    app = App(a_board, "display(board.show_board())\nimport gc\ngc.collect();")
    assert app.say("open")["status"] == "ok"
    assert a_board.say({"id": uuid4().hex, "type": "open"}) == {"status": "unknown"}


def test_an_error_that_ends_a_cell_is_two_lines_with_the_app_below_that_shows_it(a_board: Kernel) -> None:
    cell = a_board.run("board.failing_board()", allow_stdin=True)
    assert cell.error is not None and cell.error["ename"] == "ToolFailed"
    assert len(cell.error["traceback"]) == 2
    (bundle,) = cell.shown
    assert bundle["text/plain"] == f"board · failing_board\n{LINE}"
    opened = a_board.say({"id": bundle[MIME]["id"], "view": "v", "type": "open"})
    assert (opened["state"], opened["result"]["isError"]) == ("done", True)


def test_an_error_that_the_cell_takes_care_of_shows_no_app(a_board: Kernel) -> None:
    cell = a_board.run("try:\n    board.failing_board()\nexcept Exception:\n    pass", allow_stdin=True)
    assert cell.error is None and not cell.shown
    assert a_board.run("board.lost_board()", allow_stdin=True).shown == [], "no answer, no app"
    assert a_board.run("board.failing_board()").shown == [], "nobody is there to look"


def widget(kernel: Kernel) -> tuple[str, str]:
    """The ids of an app and of its widget, in a front end without our extension."""
    cell = kernel.run("current().desk.extension = False\nboard.show_board()", allow_stdin=True)
    assert cell.error is None, cell.error
    return cell.shown[-1][MIME]["id"], cell.shown[-1][WIDGET]["model_id"]


def exported(cell: Cell, widgets: dict[str, Any]) -> str:
    """The page that nbconvert makes of a saved notebook with this cell in it."""
    saved = json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "id": "a",
                    "execution_count": 1,
                    "metadata": {},
                    "source": "board.show_board()",
                    "outputs": [{"output_type": "display_data", "metadata": {}, "data": each} for each in cell.shown],
                }
            ],
            "metadata": {"widgets": {"application/vnd.jupyter.widget-state+json": widgets}} if widgets else {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    page: str = HTMLExporter().from_notebook_node(nbformat.reads(saved, as_version=4))[0]
    return page


def test_an_exported_notebook_holds_the_text_of_the_result_and_how_to_open_the_app(a_board: Kernel) -> None:
    app = App(a_board)
    assert "A board." in app.say("open")["html"]
    page = exported(app.cell, {})
    assert LINE in page and "show_board" in page and "unknown: 1 row" in page
    for each in ("A board.", MIME, app.id, code_of("app")[:200], "api.board.example"):
        assert each not in page, each


def test_an_exported_notebook_with_widgets_holds_neither_the_app_nor_its_code(a_board: Kernel) -> None:
    cell = a_board.run("current().desk.extension = False\nboard.show_board()", allow_stdin=True)
    model = cell.shown[-1][WIDGET]["model_id"]
    a_board.comm(model, {"id": cell.shown[-1][MIME]["id"], "type": "open", "view": "w", "rid": "1"})
    assert "A board." in told(a_board, model, "reply")["html"]
    state = {"model_name": "AnyModel", "model_module": "anywidget", "model_module_version": "~0.9.*"}
    widgets = {"version_major": 2, "version_minor": 0, "state": {model: {**state, "state": a_board.cards[model]}}}
    page = exported(cell, widgets)
    assert model in page
    for each in ("A board.", code_of("app")[:200], "api.board.example"):
        assert each not in page, each


def told(kernel: Kernel, model: str, what: str) -> Any:
    """What the widget is sent next under this name."""
    kernel.follow("", Cell(), until=lambda _: what in kernel.told.get(model, {}))
    return kernel.told[model].pop(what)


def test_without_our_extension_an_app_is_a_widget_that_asks_by_its_comm(any_board: Kernel) -> None:
    app, model = widget(any_board)
    state = any_board.cards[model]
    assert state["view"] == {"id": app, "pending": []}
    assert len(state["_esm"]) < 4_000, "a notebook keeps no code but the loader"
    assert "A board." not in str(state)
    any_board.comm(model, {"id": app, "type": "code", "rid": "1"})
    assert "export" in told(any_board, model, "reply")["code"]
    any_board.told.clear()
    any_board.comm(model, {"id": app, "type": "open", "view": "w", "rid": "2"})
    assert told(any_board, model, "ack") is True
    assert told(any_board, model, "reply")["title"] == "Show Board"


def test_a_widget_s_question_is_in_its_state_and_is_answered_by_its_comm(any_board: Kernel) -> None:
    app, model = widget(any_board)
    any_board.told.clear()
    params = {"name": "rename", "arguments": {"name": "July"}}
    message = {"id": app, "type": "request", "view": "w", "method": "tools/call", "params": params, "rid": "1"}
    any_board.comm(model, message)
    any_board.follow("", Cell(), until=lambda _: any_board.cards[model]["view"]["pending"])
    (found,) = any_board.cards[model]["view"]["pending"]
    any_board.comm(model, {"id": found["id"], "type": "hello"})
    any_board.comm(model, {"id": found["id"], "type": "decide", "decision": "once"})
    assert told(any_board, model, "reply")["result"]["content"][0]["text"] == "rename July"
    any_board.follow("", Cell(), until=lambda _: not any_board.cards[model]["view"]["pending"])


def test_a_widget_s_request_waits_for_the_running_cell_and_does_not_fail(any_board: Kernel) -> None:
    app, model = widget(any_board)
    any_board.told.clear()
    number, cell = begun(any_board, SLEEPS)
    any_board.comm(model, {"id": app, "type": "open", "view": "w", "rid": "1"})
    stopped(any_board, number, cell)
    assert told(any_board, model, "ack") is True
    assert told(any_board, model, "reply")["title"] == "Show Board"
