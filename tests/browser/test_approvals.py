"""What a person is asked in JupyterLab, and what comes of each answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from .lab import Notebook, answer

Open = Callable[..., Notebook]

CONNECT = "%load_ext jupyter_connectors\n%connect acme-billing acme-crm"
DEAL = "deal = acme_crm.list_opportunities(is_closed=False, limit=1).df['id'].iloc[0]\n"
WRITE = DEAL + "acme_crm.update_opportunity(deal, next_step='Send the offer', amount=1_200_000)"


def asked(notebook: Open, *cells: str) -> tuple[Notebook, Locator]:
    """A notebook whose second cell waits, and the card."""
    page = notebook(CONNECT, *cells)
    page.run(0)
    page.wait_done(0)
    page.run(1)
    card = page.output(1).locator(".jcn-approval")
    expect(card.get_by_role("button", name="Deny").first).to_be_visible(timeout=30_000)
    return page, card


def test_an_edited_argument_is_what_the_server_gets_and_what_the_log_holds(notebook: Open) -> None:
    look = "now = acme_crm.get_opportunity(deal).json[0]\nprint(now['NextStep'], now['Amount'])"
    log = "row = %audit -n 1\nprint('hash', row['arguments_hash'].iloc[0], deal)"
    page, card = asked(notebook, WRITE, log, look)
    answer(card.get_by_role("button", name="Edit"))
    allow = card.get_by_role("button", name="Allow edited")
    expect(allow).to_be_disabled()
    amount = card.get_by_role("textbox", name="amount")
    amount.fill("12,5")
    expect(card).to_contain_text("a number, such as 12 or 12.5")
    expect(allow).to_be_disabled()
    amount.fill("1350000.5")
    card.get_by_role("textbox", name="next_step").fill("Call on Monday")
    allow.click()
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("allowed once, with your changes")
    for index in (2, 3):
        page.run(index)
        page.wait_done(index)
    expect(page.output(3)).to_contain_text("Call on Monday 1350000.5")
    told, deal = re.findall(r"hash (\w+) (\w+)", page.output(2).inner_text())[0]
    sent = json.dumps(
        {"amount": 1350000.5, "id": deal, "next_step": "Call on Monday"}, sort_keys=True, separators=(",", ":")
    )
    assert told == hashlib.sha256(sent.encode()).hexdigest()
    assert page.problems == []


def test_an_edit_that_breaks_the_schema_comes_back_to_the_card(notebook: Open) -> None:
    page, card = asked(notebook, WRITE)
    answer(card.get_by_role("button", name="Edit"))
    card.get_by_role("textbox", name="amount").fill("-5")
    answer(card.get_by_role("button", name="Allow edited"))
    expect(card.locator(".jcn-live")).to_contain_text("Not sent: acme-crm.update_opportunity: amount: -5 is less than")
    card.get_by_role("textbox", name="amount").fill("1300000")
    answer(card.get_by_role("button", name="Allow edited"))
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("allowed once, with your changes")


def test_a_reason_reaches_the_model(notebook: Open, model_api: str) -> None:
    page = notebook(
        f"%env ANTHROPIC_API_KEY=unused\n%env ANTHROPIC_BASE_URL={model_api}\n{CONNECT}", "%%ask\nMove the deal"
    )
    page.run(0)
    page.wait_done(0)
    page.run(1)
    card = page.output(1).locator(".jcn-approval")
    expect(card).to_contain_text("The model asks for this", timeout=30_000)
    answer(card.get_by_role("button", name="Say why not"))
    card.get_by_role("textbox", name="Reason, told to the model").fill("only after the audit")
    card.get_by_role("textbox", name="Reason").press("Enter")
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("It was not changed: you want it only after the audit.")
    expect(page.output(1)).to_contain_text("denied: only after the audit")


def together(steps: tuple[str, ...]) -> str:
    return (
        f"import asyncio\n{DEAL}"
        f"steps = [acme_crm.update_opportunity.aio(deal, next_step=each) for each in {steps!r}]\n"
        "found = await asyncio.gather(*steps, return_exceptions=True)\n"
        "print(sorted(type(each).__name__ for each in found))"
    )


def test_three_calls_at_once_are_one_card_and_each_has_its_own_answer(notebook: Open) -> None:
    page, card = asked(notebook, together(("one", "two", "three")))
    expect(card).to_have_count(1)
    expect(card).to_contain_text("3 calls wait for you: 3 change data")
    expect(card.get_by_role("button", name="Allow all 3 once")).to_be_visible()
    two = card.locator("section", has_text="two")
    two.get_by_role("button", expanded=False).click()
    answer(two.get_by_role("button", name="Deny", exact=True))
    expect(two).to_contain_text("Denied")
    expect(card).to_contain_text("2 calls wait for you")
    answer(card.get_by_role("button", name="Allow all 2 once"))
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("['Denied', 'Result', 'Result']")
    expect(page.output(1)).to_contain_text("allowed once (2 calls)")
    assert page.problems == []


def test_a_list_of_many_folds_and_is_not_allowed_unseen(notebook: Open) -> None:
    page, card = asked(notebook, together(tuple(f"step {each}" for each in range(14))))
    expect(card).to_contain_text("14 calls wait for you", timeout=30_000)
    expect(card.locator("section")).to_have_count(10)
    # A call that came before the others stays unfolded, with a button of its own.
    expect(card.get_by_role("button", name="Allow all")).to_have_count(0)
    card.get_by_role("button", name="Show all 14 calls").click()
    expect(card.locator("section")).to_have_count(14)
    expect(card.get_by_role("button", name="Allow all 14 once")).to_be_visible()
    answer(card.get_by_role("button", name="Deny all"))
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("denied (14 calls)")


def test_always_within_a_limit_runs_below_it_and_asks_above(notebook: Open) -> None:
    amounts = DEAL + "for amount in (77_001, 77_000, 77_002):\n    acme_crm.update_opportunity(deal, amount=amount)"
    page, card = asked(notebook, amounts)
    answer(card.get_by_role("button", name="Always allow"))
    panel = card.get_by_role("group", name="Always allow")
    panel.get_by_role("checkbox", name="id").uncheck()
    limit = panel.get_by_role("textbox", name="Limit of amount, value")
    expect(limit).to_have_value("77001")
    limit.fill("seven")
    expect(panel.get_by_role("button", name="Always allow")).to_be_disabled()
    limit.fill("77001")
    panel.get_by_role("combobox", name="Limit of amount").select_option("at most")
    answer(panel.get_by_role("button", name="Always allow"))
    above = page.output(1).locator(".jcn-approval", has_text="77002")
    expect(above).to_be_visible(timeout=20_000)
    expect(page.output(1)).to_contain_text("allowed always, where amount at most 77001")
    answer(above.get_by_role("button", name="Deny", exact=True))
    page.wait_done(1)


def test_a_fresh_card_takes_no_key_as_a_yes_and_deny_comes_first(notebook: Open) -> None:
    page, card = asked(notebook, WRITE)
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Escape")
    expect(card.get_by_role("button", name="Allow once")).to_be_visible()
    first = card.get_by_role("button").first
    expect(first).to_have_text("Deny")
    first.focus()
    names = [first.inner_text()]
    for _ in range(5):
        page.page.keyboard.press("Tab")
        names.append(page.page.evaluate("() => document.activeElement.textContent"))
    assert names == ["Deny", "Allow once", "Allow for 8 hours", "Always allow…", "Edit…", "Say why not…"]
    expect(card.get_by_role("status").filter(has_text="Approval needed: Update an opportunity")).to_have_count(1)
    first.press("Enter")
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("Denied: acme-crm.update_opportunity was not allowed: you said no")


def test_the_card_shows_what_the_record_holds_now(notebook: Open) -> None:
    page, card = asked(notebook, WRITE)
    row = card.get_by_role("row").filter(has_text="next_step")
    expect(row).to_have_attribute("data-changed", "true")
    expect(row).to_contain_text("Send the offer")
    expect(card.get_by_role("columnheader")).to_have_text(["Field", "Now", "After"])
    answer(card.get_by_role("button", name="Deny", exact=True))
    page.wait_done(1)


def test_a_reload_with_several_waiting_keeps_each_in_the_status_bar(notebook: Open) -> None:
    page, _ = asked(notebook, together(("first", "second")))
    page.save()
    page.load()
    item = page.page.locator(".jp-StatusBar-Widget").get_by_text("2 approvals waiting")
    item.click(timeout=30_000)
    popup = page.page.get_by_role("dialog", name="Connectors")
    expect(popup).to_contain_text("2 calls wait for you")
    answer(popup.get_by_role("button", name="Deny all"))
    expect(item).to_be_hidden(timeout=10_000)
