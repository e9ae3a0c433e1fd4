"""The interfaces of the demo services in a notebook: a dashboard that refunds, a board whose cards move."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import FrameLocator, Locator, expect

from .lab import Notebook

Open = Callable[..., Notebook]


def app_of(page: Notebook, index: int) -> FrameLocator:
    """What is in the app of a cell: the inner one of its two frames."""
    return page.output(index).frame_locator("iframe").frame_locator("iframe")


def shown(notebook: Open, connector: str, call: str) -> tuple[Notebook, FrameLocator]:
    page = notebook(f"%load_ext jupyter_connectors\n%connect {connector}", call)
    for index in range(2):
        page.run(index)
        page.wait_done(index)
    return page, app_of(page, 1)


def stage(board: FrameLocator, name: str) -> Locator:
    return board.get_by_role("region", name=name, exact=True)


def answer(page: Notebook, name: str) -> None:
    """The person's answer to what the app asks for, once the card takes one."""
    button = page.output(1).get_by_role("button", name=name, exact=True)
    button.wait_for()
    expect(page.page.locator("[data-fresh]")).to_have_count(0)
    button.click()


def test_a_month_of_the_dashboard_narrows_its_sums_and_its_invoices(notebook: Open) -> None:
    page, app = shown(notebook, "acme-billing", "acme_billing.revenue_dashboard()")
    months = app.locator(".month")
    expect(months).to_have_count(12, timeout=30_000)
    everything = app.locator(".tile").first.inner_text()
    months.nth(6).click()
    expect(months.nth(6)).to_have_attribute("aria-pressed", "true")
    expect(app.locator(".tile").first).not_to_have_text(everything)
    app.get_by_role("button", name="Show invoices").click()
    app.get_by_label("Status").select_option("open")
    expect(app.locator("tbody tr").first).to_contain_text("open")
    expect(app.locator("tbody")).not_to_contain_text("paid")
    assert page.problems == [] and page.outside == []


def test_a_refund_is_asked_of_the_person_and_a_no_is_told_calmly(notebook: Open) -> None:
    page, app = shown(notebook, "acme-billing", "acme_billing.revenue_dashboard(currency='usd')")
    app.get_by_role("button", name="Invoices").click()
    app.get_by_label("Status").select_option("paid")
    app.get_by_role("button", name="Refund ").first.click()
    app.get_by_label("Amount in USD").fill("1.00")
    app.get_by_role("button", name="Refund…", exact=True).click()
    expect(app.get_by_text("Waiting for your approval")).to_be_visible()
    answer(page, "Deny")
    expect(app.get_by_text("Nothing was refunded.")).to_be_visible()
    app.get_by_role("button", name="Refund…", exact=True).click()
    answer(page, "Allow once")
    expect(app.get_by_text("$1.00 refunded to")).to_be_visible()
    expect(app.get_by_text("part refunded", exact=True)).to_be_visible()
    assert page.problems == [] and page.outside == []


def test_a_card_moves_by_its_menu_and_goes_back_where_the_person_says_no(notebook: Open) -> None:
    page, app = shown(notebook, "acme-crm", "acme_crm.pipeline_board()")
    card = stage(app, "Prospecting").locator(".card").first
    card.wait_for()
    name = card.locator("b").inner_text()
    card.click()
    app.get_by_role("menuitem", name="Qualification").click()
    waiting = stage(app, "Qualification").locator(".card.waiting")
    expect(waiting).to_contain_text(name)
    answer(page, "Deny")
    expect(waiting).to_have_count(0)
    expect(stage(app, "Prospecting").locator(".card").first).to_contain_text("Not moved to Qualification")
    assert page.problems == [] and page.outside == []


def test_a_card_that_is_dragged_stays_once_it_is_allowed(notebook: Open) -> None:
    page, app = shown(notebook, "acme-crm", "acme_crm.pipeline_board(owner='Lars Hansen')")
    card = stage(app, "Prospecting").locator(".card").first
    card.wait_for()
    name = card.locator("b").inner_text()
    card.drag_to(stage(app, "Needs Analysis"))
    answer(page, "Allow once")
    expect(app.locator(".card.waiting")).to_have_count(0)
    expect(stage(app, "Needs Analysis").locator(".card").filter(has_text=name).first).to_be_visible()
    assert page.problems == [] and page.outside == []
