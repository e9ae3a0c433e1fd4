"""%%ask in a real kernel, over the wire against a scripted model API."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .driving import WIDGET, Cell, Kernel

ASK = "%%ask --new\n"


@pytest.fixture(scope="module", params=["anthropic", "openai"])
def asking(request: pytest.FixtureRequest, model_api: str) -> Iterator[Kernel]:
    """A kernel whose model is the scripted one."""
    if request.param == "anthropic":
        settings = {"ANTHROPIC_API_KEY": "sk-canary-123456", "ANTHROPIC_BASE_URL": model_api}
    else:
        settings = {
            "OPENAI_API_KEY": "sk-canary-123456",
            "OPENAI_BASE_URL": f"{model_api}/v1",
            "JUPYTER_CONNECTORS_MODEL": "openai:gpt-6.1-sol",
        }
    made = Kernel("python3", **settings)
    try:
        loaded = made.run("%load_ext jupyter_connectors\n%connect acme-billing acme-crm")
        assert loaded.error is None, loaded.error
        yield made
    finally:
        made.close()


def pending(kernel: Kernel, code: str) -> tuple[str, Cell, dict]:
    number, cell = kernel.start(code, allow_stdin=True)
    kernel.follow(number, cell, until=lambda each: kernel.card(each) is not None or each.done)
    card = kernel.card(cell)
    assert card is not None, cell
    kernel.say({"id": card["id"], "type": "hello"})
    return number, cell, card


def test_an_answer_over_two_services_is_text_calls_and_frames(asking: Kernel) -> None:
    question = f"{ASK}Which customers with open invoices owe us most in euros?"
    number, cell = asking.start(question.replace("--new", "--new --into top"), allow_stdin=True)
    asking.follow(number, cell)
    assert cell.error is None, cell.error
    assert "The ten customers who owe most" in cell.text
    assert 'acme_billing.list_invoices(status="open")' in cell.text
    assert "acme_crm.list_accounts()" in cell.text and "SELECT a.name" in cell.text
    assert "tokens in" in cell.text
    assert asking.value("(len(top), list(top.columns), len(invoices) > 1000, len(accounts))") == (
        10,
        ["name", "billing_country", "currency", "owed"],
        True,
        3000,
    )
    assert all(WIDGET not in data for data in cell.shown), "a finished answer is text"


def test_nothing_in_an_answer_is_fetched_or_read_as_html(asking: Kernel) -> None:
    cell = asking.run(f"{ASK}Which customers with open invoices owe us most? (hostile)")
    markdown = "\n".join(data.get("text/markdown", "") for data in cell.shown)
    assert "![" not in markdown and "&#33;[chart]" in markdown
    assert "<img" not in markdown
    assert "<span>&#36;</span>20,000" in markdown, "JupyterLab reads an escaped dollar as the start of a formula"
    assert all("text/html" not in data for data in cell.shown)


def test_where_nothing_is_drawn_the_answer_is_one_display(asking: Kernel) -> None:
    cell = asking.run(f"{ASK}How many are open?", allow_stdin=False)
    assert cell.error is None
    assert len(cell.shown) == 1


def test_a_change_the_model_wants_is_asked_as_the_models(asking: Kernel) -> None:
    number, cell, card = pending(asking, f"{ASK}Move the deal along.")
    assert (card["tool"], card["asked_by"], card["kind"]) == ("update_opportunity", "model", "write")
    asking.say({"id": card["id"], "type": "decide", "decision": "once"})
    asking.follow(number, cell)
    assert cell.error is None, cell.error
    assert "The next step is set." in cell.text
    assert asking.value("get_ipython().run_line_magic('audit', '-n 1')[['asked_by', 'outcome']].iloc[0].tolist()") == [
        "model",
        "ok",
    ]


def test_a_denied_change_is_told_to_the_model_and_the_answer_says_so(asking: Kernel) -> None:
    number, cell, card = pending(asking, f"{ASK}Move the deal along.")
    asking.say({"id": card["id"], "type": "decide", "decision": "deny"})
    asking.follow(number, cell)
    assert cell.error is None
    assert "It was not changed." in cell.text
    assert "denied" in cell.text


def test_where_nobody_is_there_the_models_change_is_denied_and_the_cell_fails(asking: Kernel) -> None:
    cell = asking.run(f"{ASK}Move the deal along.", allow_stdin=False)
    assert cell.error is not None and "nobody is there to ask" in str(cell.error)
    assert "It was not changed." in cell.text


def test_stop_ends_the_answer_within_a_second_and_a_follow_up_goes_on(asking: Kernel) -> None:
    number, cell = asking.start(f"{ASK}Speak slowly.", allow_stdin=True)
    asking.follow(number, cell, until=lambda each: "One" in each.text or each.done)
    started = time.monotonic()
    asking.stop()
    asking.follow(number, cell)
    assert time.monotonic() - started < 1
    assert cell.error is not None and cell.error["ename"] == "Cancelled"
    after = asking.run("%%ask\nAnd now?")
    assert "Now it is quick." in after.text


def test_an_error_of_the_model_is_two_lines_without_the_key(asking: Kernel) -> None:
    cell = asking.run(f"{ASK}Wrong key?")
    assert cell.error is not None and cell.error["ename"] == "AskFailed"
    assert len(cell.error["traceback"]) == 2
    assert "sk-canary" not in str(cell.error) + cell.text


def test_a_follow_up_without_a_model_says_that_no_model_answered(asking: Kernel) -> None:
    cell = asking.run("%%ask --model offline --into big\nopen invoices over 1,000 euros from last month")
    assert "No model is configured" in cell.text
    assert asking.value("set(big['currency']), bool((big['amount_due'] > 1000).all()), set(big['status'])") == (
        {"eur"},
        True,
        {"open"},
    )
    assert asking.value(
        "(str(big['created'].min()) >= '2026-10', str(big['created'].max()) < '2026-11', len(big) > 20)"
    ) == (
        True,
        True,
        True,
    )


def test_the_model_can_be_configured(asking: Kernel) -> None:
    asking.run("%config ConnectorMagics.model = 'offline'")
    cell = asking.run(f"{ASK}How many are open?")
    asking.run("%config ConnectorMagics.model = ''")
    assert "No model is configured" in cell.text


def test_the_key_is_in_no_file_we_write(asking: Kernel) -> None:
    asking.run(f"{ASK}How many are open?")
    place = Path(os.environ["JUPYTER_CONNECTORS_DATA"])
    written = b"".join(each.read_bytes() for each in place.rglob("*") if each.is_file())
    assert written and b"sk-canary-123456" not in written


def test_on_demand_a_model_is_sent_three_tools_and_reaches_the_others(asking: Kernel) -> None:
    set_ = asking.run("%tools --mode on-demand")
    assert set_.error is None and "→ On demand" in set_.text
    try:
        cell = asking.run(f"{ASK}Three tools only: what is open?", allow_stdin=False)
        assert cell.error is None, cell.error
        assert "They are in the frame" in cell.text
        assert 'acme_billing.list_invoices(status="open")' in cell.text
    finally:
        asking.run("%tools --mode default")
