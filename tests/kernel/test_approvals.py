"""Consent while a cell runs, on every supported ipykernel."""

from __future__ import annotations

import time

import pytest

from .driving import WIDGET, Cell, Kernel

ID = "acme_crm.list_opportunities(is_closed=False, limit=1).df['id'].iloc[0]"
WRITE = f"updated = acme_crm.update_opportunity({ID}, next_step='Call on Monday')"


def waiting(kernel: Kernel, code: str = WRITE) -> tuple[str, Cell, dict]:
    """A cell that waits on its approval card, and the card."""
    number, cell = kernel.start(code, allow_stdin=True)
    kernel.follow(number, cell, until=lambda each: kernel.card(each) is not None or each.done)
    card = kernel.card(cell)
    assert card is not None, cell
    return number, cell, card


def decide(kernel: Kernel, card: dict, decision: str, **more: object) -> dict:
    assert kernel.say({"id": card["id"], "type": "hello"}) == {"status": "ok"}
    return kernel.say({"id": card["id"], "type": "decide", "decision": decision, **more})


def place(card: dict, name: str) -> str:
    return str([each["name"] for each in card["arguments"]].index(name))


def last(kernel: Kernel, column: str) -> object:
    return kernel.value(f"str(get_ipython().run_line_magic('audit', '-n 1')[{column!r}].iloc[0])")


def test_the_card_shows_what_will_change_and_a_click_runs_it(any_kernel: Kernel) -> None:
    number, cell, card = waiting(any_kernel)
    assert (card["tool"], card["kind"], card["asked_by"]) == ("update_opportunity", "write", "person")
    step = next(each for each in card["arguments"] if each["name"] == "next_step")
    assert (step["value"], step["type"], step["json"]) == ("Call on Monday", "text", '"Call on Monday"')
    assert decide(any_kernel, card, "once") == {"status": "ok"}
    any_kernel.follow(number, cell)
    assert cell.error is None
    assert "Call on Monday" in any_kernel.value("str(updated.json)")
    assert all(WIDGET not in data for data in cell.shown), "a saved notebook keeps text, not a dead widget"
    assert "allowed once" in cell.text


def test_deny_is_two_lines_and_nothing_is_sent(any_kernel: Kernel) -> None:
    number, cell, card = waiting(any_kernel)
    decide(any_kernel, card, "deny")
    any_kernel.follow(number, cell)
    assert cell.error is not None
    assert cell.error["traceback"] == [
        "Denied: acme-crm.update_opportunity was not allowed: you said no",
        "nothing was sent; run the cell again to be asked again",
    ]
    assert last(any_kernel, "outcome") == "denied"


def test_the_first_answer_stands_and_a_strangers_id_is_nobodys(any_kernel: Kernel) -> None:
    number, cell, card = waiting(any_kernel)
    assert any_kernel.say({"id": "made-up", "type": "decide", "decision": "once"}) == {"status": "unknown"}
    decide(any_kernel, card, "deny")
    any_kernel.say({"id": card["id"], "type": "decide", "decision": "once"})
    any_kernel.follow(number, cell)
    assert cell.error is not None and cell.error["ename"] == "Denied"
    assert any_kernel.say({"id": card["id"], "type": "decide", "decision": "once"}) == {"status": "unknown"}


def test_anything_but_a_clear_yes_is_a_no(kernel: Kernel) -> None:
    number, cell, card = waiting(kernel)
    decide(kernel, card, "allow-everything-forever")
    kernel.follow(number, cell)
    assert cell.error is not None and cell.error["ename"] == "Denied"


def test_a_yes_for_hours_is_not_asked_again_for_this_tool_only(kernel: Kernel) -> None:
    code = f"opportunity = {ID}\nfor step in 'ab':\n    acme_crm.update_opportunity(opportunity, next_step=step)"
    number, cell, card = waiting(kernel, code)
    assert (card["choices"], card["hours"]) == (["once", "hours", "always", "deny"], 8)
    # Kept in the person's store, so within bounds that no other test is in.
    decide(kernel, card, "hours", pattern='{"next_step":{"in":["a","b"]}}')
    kernel.follow(number, cell)
    assert cell.error is None
    assert "allowed for 8 hours, where next_step one of 'a', 'b'" in cell.text
    other = kernel.run("acme_billing.create_refund('pi_x')")
    assert other.error is not None and other.error["ename"] == "Denied"
    assert kernel.run(f"acme_crm.update_opportunity({ID}, next_step='c')").error is not None


def test_a_destructive_tool_is_asked_every_time(kernel: Kernel) -> None:
    code = "draft = acme_billing.list_invoices(status='draft', limit=1).df['id'].iloc[0]\nacme_billing.delete_draft_invoice(draft)"
    number, cell, card = waiting(kernel, code)
    assert (card["kind"], card["choices"]) == ("destructive", ["once", "deny"])
    decide(kernel, card, "always")
    kernel.follow(number, cell)
    assert cell.error is None, "a yes for longer than is offered is one for once"
    assert "allowed once" in cell.text
    number, cell, card = waiting(kernel, code)
    decide(kernel, card, "deny")
    kernel.follow(number, cell)


def test_without_a_view_the_person_is_asked_by_input(any_kernel: Kernel) -> None:
    number, cell, _ = waiting(any_kernel)
    assert any_kernel.ask_for_input() == (
        "Allow acme-crm.update_opportunity? [y]es once / for 8 [h]ours / [a]lways, any arguments / [e]dit / [n]o, and why: "
    )
    any_kernel.type("y")
    any_kernel.follow(number, cell)
    assert cell.error is None
    assert "next_step = Call on Monday   (you typed it, now " in cell.text


def test_where_nobody_can_answer_it_is_a_denial(any_kernel: Kernel) -> None:
    cell = any_kernel.run(WRITE, allow_stdin=False)
    assert cell.error is not None
    assert cell.error["traceback"] == [
        "Denied: acme-crm.update_opportunity was not allowed: nobody is there to ask",
        "run the cell where you can answer, in JupyterLab or a terminal; nothing was sent",
    ]


def test_stop_while_the_card_waits_ends_the_cell_within_a_second(any_kernel: Kernel) -> None:
    number, cell, card = waiting(any_kernel)
    any_kernel.say({"id": card["id"], "type": "hello"})
    started = time.monotonic()
    any_kernel.stop()
    any_kernel.follow(number, cell)
    assert time.monotonic() - started < 1
    assert cell.error is not None and cell.error["ename"] == "Cancelled"
    assert any_kernel.run("acme_crm.list_accounts(limit=1)").error is None


def test_a_front_end_that_lost_its_view_can_ask_what_waits(any_kernel: Kernel) -> None:
    number, cell, card = waiting(any_kernel)
    status = any_kernel.say({"type": "status", "id": "x"})
    assert [each["id"] for each in status["pending"]] == [card["id"]]
    assert {each["id"] for each in status["connected"]} == {"acme-billing", "acme-crm"}
    decide(any_kernel, card, "deny")
    any_kernel.follow(number, cell)
    assert any_kernel.say({"type": "status", "id": "x"})["pending"] == []


def test_the_click_also_arrives_by_the_widgets_comm(kernel: Kernel) -> None:
    """After the cell on a kernel without subshells, so here it only must not harm."""
    number, cell, card = waiting(kernel)
    model = next(data[WIDGET]["model_id"] for data in cell.shown if WIDGET in data)
    kernel.say({"id": card["id"], "type": "hello"})
    kernel.comm(model, {"id": card["id"], "type": "decide", "decision": "deny"})
    kernel.say({"id": card["id"], "type": "decide", "decision": "deny"})
    kernel.follow(number, cell)
    assert cell.error is not None and cell.error["ename"] == "Denied"
    assert kernel.run("1 + 1").error is None


def test_edited_arguments_are_what_is_sent_and_are_not_asked_about_twice(any_kernel: Kernel) -> None:
    number, cell, card = waiting(any_kernel)
    decide(any_kernel, card, "once", edits={place(card, "next_step"): '"Call on Tuesday"'})
    any_kernel.follow(number, cell)
    assert cell.error is None
    assert "Call on Tuesday" in any_kernel.value("str(updated.json)")
    assert "allowed once, with your changes" in cell.text


@pytest.mark.parametrize(
    ("edit", "problem"),
    [("7", "next_step: 7 is not"), ("{", "is not JSON"), ("NaN", "is not JSON"), (5, "cannot be read")],
)
def test_an_edit_that_does_not_fit_is_said_on_the_card_and_the_question_stays(
    kernel: Kernel, edit: object, problem: str
) -> None:
    number, cell, card = waiting(kernel)
    decide(kernel, card, "once", edits={place(card, "next_step"): edit})
    kernel.follow(number, cell, until=lambda each: kernel.questions(each)[0]["tries"] == 1)
    assert problem in kernel.questions(cell)[0]["problem"]
    decide(kernel, card, "deny")
    kernel.follow(number, cell)
    assert cell.error is not None and cell.error["ename"] == "Denied"


def test_a_reason_is_told_and_stays_in_the_notebook(kernel: Kernel) -> None:
    number, cell, card = waiting(kernel)
    decide(kernel, card, "deny", reason="not before\nthe *audit*")
    kernel.follow(number, cell)
    assert cell.error is not None
    assert cell.error["traceback"][0].endswith("was not allowed: you said no: not before the *audit*")
    assert "denied: not before the *audit*" in cell.text


THREE = f"""
import asyncio
deal = {ID}
steps = [acme_crm.update_opportunity.aio(deal, next_step=each) for each in ("one", "two", "three")]
found = await asyncio.gather(*steps, return_exceptions=True)
"""


def test_calls_that_wait_together_are_on_one_card_each_with_its_own_answer(any_kernel: Kernel) -> None:
    number, cell = any_kernel.start(THREE, allow_stdin=True)
    any_kernel.follow(number, cell, until=lambda each: len(any_kernel.questions(each)) == 3 or each.done)
    cards = {each["arguments"][1]["value"]: each for each in any_kernel.questions(cell)}
    assert sum(WIDGET in data for data in cell.shown) == 1
    assert len({each["id"] for each in any_kernel.say({"type": "status", "id": "x"})["pending"]}) == 3
    decide(any_kernel, cards["two"], "deny", reason="two is too many")
    any_kernel.follow(number, cell, until=lambda each: len(any_kernel.questions(each)) == 2)
    decide(any_kernel, cards["one"], "once")
    decide(any_kernel, cards["three"], "once")
    any_kernel.follow(number, cell)
    assert cell.error is None
    assert any_kernel.value("[type(each).__name__ for each in found]") == ["Result", "Denied", "Result"]
    lines = "acme-crm.update_opportunity: allowed once (2 calls)\nacme-crm.update_opportunity: denied: two is too many"
    assert cell.shown[-1]["text/plain"] == lines


def test_an_always_with_limits_runs_within_them_and_asks_above(kernel: Kernel) -> None:
    code = f"deal = {ID}\nfor amount in AMOUNTS:\n    acme_crm.update_opportunity(deal, amount=amount)"
    number, cell, card = waiting(kernel, code.replace("AMOUNTS", "(100, 50, 101)"))
    assert [(each["path"], each["type"]) for each in card["conditions"]] == [("amount", "number"), ("id", "text")]
    decide(kernel, card, "always", pattern='{"amount":{"max":99}}')
    kernel.follow(number, cell, until=lambda each: kernel.questions(each)[0]["tries"] == 1)
    assert kernel.questions(cell)[0]["problem"] == "this very call is not within these limits"
    decide(kernel, card, "always", pattern='{"amount":{"max":100}}')
    kernel.follow(
        number, cell, until=lambda each: kernel.card(each) not in (None, card) and kernel.card(each)["id"] != card["id"]
    )
    above = kernel.card(cell)
    assert above is not None and "101" in str(above["arguments"])
    decide(kernel, above, "deny")
    kernel.follow(number, cell)
    assert "allowed always, where amount at most 100" in cell.text


def test_in_a_terminals_words_an_edit_is_json_and_a_no_may_say_why(kernel: Kernel) -> None:
    number, cell, _ = waiting(kernel)
    kernel.ask_for_input()
    kernel.type("e")
    assert kernel.ask_for_input() == "acme-crm.update_opportunity: "
    kernel.type('{"next_step": 7}')
    kernel.ask_for_input()
    kernel.type('{"next_step": "Call on Wednesday"}')
    kernel.follow(number, cell)
    assert cell.error is None
    assert "Call on Wednesday" in kernel.value("str(updated.json)")
    number, cell, _ = waiting(kernel)
    kernel.ask_for_input()
    kernel.type("no, wrong deal")
    kernel.follow(number, cell)
    assert cell.error is not None and "you said no: wrong deal" in cell.error["traceback"][0]
