"""Consent while a cell runs, on every supported ipykernel."""

from __future__ import annotations

import time

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


def decide(kernel: Kernel, card: dict, decision: str) -> dict:
    assert kernel.say({"id": card["id"], "type": "hello"}) == {"status": "ok"}
    return kernel.say({"id": card["id"], "type": "decide", "decision": decision})


def last(kernel: Kernel, column: str) -> object:
    return kernel.value(f"str(get_ipython().run_line_magic('audit', '-n 1')[{column!r}].iloc[0])")


def test_the_card_shows_what_will_change_and_a_click_runs_it(any_kernel: Kernel) -> None:
    number, cell, card = waiting(any_kernel)
    assert (card["tool"], card["kind"], card["asked_by"]) == ("update_opportunity", "write", "person")
    assert {"name": "next_step", "value": '"Call on Monday"'} in card["arguments"]
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


def test_a_yes_for_the_session_is_not_asked_again_for_this_tool_only(kernel: Kernel) -> None:
    code = f"opportunity = {ID}\nfor step in 'ab':\n    acme_crm.update_opportunity(opportunity, next_step=step)"
    number, cell, card = waiting(kernel, code)
    decide(kernel, card, "session")
    kernel.follow(number, cell)
    assert cell.error is None
    other = kernel.run("acme_billing.create_refund('pi_x')")
    assert other.error is not None and other.error["ename"] == "Denied"
    kernel.run("%disconnect acme-crm\n%connect acme-crm")
    assert kernel.run(f"acme_crm.update_opportunity({ID}, next_step='c')").error is not None


def test_a_destructive_tool_is_asked_every_time(kernel: Kernel) -> None:
    code = "draft = acme_billing.list_invoices(status='draft', limit=1).df['id'].iloc[0]\nacme_billing.delete_draft_invoice(draft)"
    number, cell, card = waiting(kernel, code)
    assert (card["kind"], card["choices"]) == ("destructive", ["once", "deny"])
    decide(kernel, card, "session")
    kernel.follow(number, cell)
    assert cell.error is None
    number, cell, card = waiting(kernel, code)
    decide(kernel, card, "deny")
    kernel.follow(number, cell)


def test_without_a_view_the_person_is_asked_by_input(any_kernel: Kernel) -> None:
    number, cell, _ = waiting(any_kernel)
    assert any_kernel.ask_for_input() == "Allow acme-crm.update_opportunity? [y]es once / [s]ession / [n]o: "
    any_kernel.type("y")
    any_kernel.follow(number, cell)
    assert cell.error is None
    assert "next_step = Call on Monday" in cell.text


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
