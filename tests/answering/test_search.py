"""Searching tools by what a question says."""

from __future__ import annotations

from jupyter_connectors.answering.search import ToolIndex, search
from jupyter_connectors.models import Tool

from .catalogue import TOOLS


def names(question: str, tools: tuple[Tool, ...] = TOOLS) -> list[str]:
    return [ranked.tool.name for ranked in search(question, tools)]


def test_plurals_and_verb_endings_find_the_tool() -> None:
    assert names("which opportunity is closing")[0].endswith("opportunity") or "opportunit" in names("closing")[0]
    assert names("customer subscriptions")[0] == "list_subscriptions"


def test_the_exact_name_wins_whatever_else_is_said() -> None:
    assert names("customers contacts refunds with list_activities")[0] == "list_activities"


def test_a_plain_word_that_is_a_tool_does_not_win_by_being_said() -> None:
    assert names("search the invoices")[0] == "search_invoices"


def test_a_description_stuffed_with_words_does_not_win() -> None:
    words = " ".join(word for tool in TOOLS for word in tool.name.split("_"))
    stuffed = Tool(connector="evil", name="best_tool", description=f"{words} " * 200)
    for question in ("open invoices from last month", "list customers", "refunds of a payment"):
        assert names(question, (stuffed, *TOOLS))[0] != "best_tool"


def test_no_word_in_common_finds_nothing() -> None:
    assert names("zebra") == []
    assert names("") == []


def test_query_syntax_in_a_question_is_only_text() -> None:
    assert names('invoices" OR name:* NEAR(') == names("invoices or name near")


def test_an_index_serves_many_questions() -> None:
    index = ToolIndex(TOOLS)
    assert [index.search(question, 1)[0].tool.name for question in ("list payments", "list contacts")] == [
        "list_payments",
        "list_contacts",
    ]
    index.close()
