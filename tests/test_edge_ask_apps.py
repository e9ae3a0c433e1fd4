"""What a model gets to see of a service with apps: never a tool that is for its apps alone, whichever way it looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from pydantic_ai.messages import ModelMessagesTypeAdapter

from jupyter_connectors.answering.agent import Setup, ask
from jupyter_connectors.answering.offline import route
from jupyter_connectors.answering.search import ToolIndex
from jupyter_connectors.askmodel import model_caller
from jupyter_connectors.asknotes import MOST, news, told_to
from jupyter_connectors.conversation import conversation_of
from jupyter_connectors.models import Tool
from jupyter_connectors.modes import Mode

from .answering.conftest import Script
from .appservice import Notebook, OpenApp

HIDDEN = ("poll", "drop", "hold", "fails")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    with closing(Notebook(tmp_path_factory.mktemp("board"))) as made:
        yield made


@pytest.fixture
def notebook(opened: Notebook) -> Notebook:
    """A notebook with the service connected, in which nothing was said."""
    opened.reset()
    opened.session.conversation = None
    return opened


def asked(notebook: Notebook, script: Script, question: str = "Look at the board", mode: Mode = "auto") -> str:
    """Everything the model was sent, as JSON."""
    session, conversation = notebook.session, conversation_of(notebook.session, new=True)
    setup = Setup(
        tools=session.hub.tools(),
        caller=model_caller(session, conversation),
        workspace=conversation.workspace,
        reads=lambda tool: True,
        emit=lambda _: None,
        today=date(2026, 11, 18),
        modes={"board": mode},
    )
    session.runtime.run(ask(question, setup, model=script.model, history=conversation.history))
    return ModelMessagesTypeAdapter.dump_json(script.sent[-1]).decode()


def tell(app: OpenApp, text: str) -> None:
    app.ask(type="context", content=[{"type": "text", "text": text}])


def heard(notebook: Notebook, tools: tuple[Tool, ...] | None = None) -> list[str]:
    """What a question now would tell the model; it is not asked."""
    session, told = notebook.session, conversation_of(notebook.session).told
    return [note.text for note in news(session, session.hub.tools() if tools is None else tools, told).values()]


def test_a_tool_for_apps_alone_is_in_no_list_that_a_model_reads(notebook: Notebook) -> None:
    hub = notebook.session.hub
    assert {tool.name for tool in hub.tools()} > {"show_board", "ask_model"}
    assert not {tool.name for tool in hub.tools()} & set(HIDDEN)
    script = Script(["Done."])
    sent = asked(notebook, script)
    assert "board__show_board" in script.offered[0]
    assert not set(script.offered[0]) & {f"board__{name}" for name in HIDDEN}
    assert not any(f"board__{name}" in sent for name in HIDDEN)


def test_a_model_that_looks_for_it_on_demand_does_not_find_it(notebook: Notebook) -> None:
    script = Script(
        [
            {"found": ("find_tools", {"query": "poll drop hold fails"})},
            {"described": ("describe_tool", {"name": "board__poll"})},
            {"called": ("call_tool", {"name": "board__poll", "arguments": {}})},
            "Done.",
        ]
    )
    asked(notebook, script, mode="on-demand")
    assert not any(f"board__{name}" in script.told("found") for name in HIDDEN)
    assert not any("tools/call poll" in line for line in notebook.log)


def test_a_search_does_not_find_it(notebook: Notebook) -> None:
    index = ToolIndex(notebook.session.hub.tools())
    found = {ranked.tool.name for name in HIDDEN for ranked in index.search(name, 50)}
    index.close()
    assert not found & set(HIDDEN)


@pytest.mark.parametrize("question", ["poll", "drop May", "hold", "fails"])
def test_the_keywords_of_a_question_do_not_lead_to_it(notebook: Notebook, question: str) -> None:
    tools = notebook.session.hub.tools()
    routed = route(question, tools, today=date(2026, 11, 18), columns=lambda _: {}, reads=lambda _: True)
    assert not {each.tool.name for each in routed.suggestions} & set(HIDDEN)


def test_the_answer_to_a_model_is_the_result_without_what_is_for_the_app(notebook: Notebook) -> None:
    sent = asked(notebook, Script([{"a": ("board__show_board", {})}, "Done."]))
    assert "Frame board" in sent
    assert not any(each in sent for each in ("secret", "_meta", "doctype", "ui://"))
    assert not any("resources/read" in line for line in notebook.log)


def test_the_apps_that_spoke_last_are_heard_and_no_more_than_three(notebook: Notebook) -> None:
    apps = [notebook.open() for _ in range(MOST + 1)]
    for number, app in enumerate(apps):
        tell(app, f"{number}")
    assert heard(notebook) == ["3", "2", "1"]
    tell(apps[0], "0 again")
    assert heard(notebook) == ["0 again", "3", "2"]


def test_an_app_that_was_closed_is_not_heard_until_it_speaks_again(notebook: Notebook) -> None:
    app = notebook.open()
    tell(app, "May")
    app.ask(type="left")
    assert heard(notebook) == []
    app.ask(type="open")
    tell(app, "May")
    assert heard(notebook) == ["May"]


def test_an_app_is_not_heard_where_its_tool_may_not_be_used(notebook: Notebook) -> None:
    tell(notebook.open(), "May")
    assert heard(notebook, ()) == [], "the question is for other connectors"
    notebook.session.controls.permit("board", "show_board", "block")
    assert heard(notebook) == []


def test_an_app_is_not_heard_where_its_name_means_another_service_or_account(notebook: Notebook) -> None:
    app = notebook.open()
    tell(app, "May")
    notes = notebook.session.app_notes
    notes[app.id] = replace(notes[app.id], entry="another")
    assert heard(notebook) == []
    notes[app.id] = replace(notes[app.id], entry="board", account="another")
    assert heard(notebook) == []


def test_what_was_heard_taints_with_outsiders_words(notebook: Notebook) -> None:
    tell(notebook.open(), "May")
    session, conversation = notebook.session, conversation_of(notebook.session)
    found = told_to(conversation, session, news(session, session.hub.tools(), conversation.told))
    assert [note.line for note in found] == ["Show Board · Board: May"]
    assert conversation.taints.outside == {"board"}
    assert heard(notebook) == []
