"""What a person sees and clicks in JupyterLab."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .lab import Notebook, answer, jupyter, use_dark_theme

Open = Callable[..., Notebook]

LOAD = "%load_ext jupyter_connectors"
CONNECT = f"{LOAD}\n%connect acme-billing acme-crm"
WRITE = (
    "deal = acme_crm.list_opportunities(is_closed=False, limit=1).df['id'].iloc[0]\n"
    "acme_crm.update_opportunity(deal, next_step='Call on Monday')"
)


def waiting(page: Notebook, index: int) -> None:
    expect(page.output(index).get_by_role("button", name="Allow once")).to_be_visible(timeout=30_000)


def test_from_an_empty_notebook_to_a_frame(notebook: Open) -> None:
    page = notebook(LOAD, "%connect", "acme_billing.list_invoices(status='open')")
    page.run(0)
    page.wait_done(0)
    page.run(1)
    card = page.output(1).locator(".jcn-card", has_text="Acme Billing").first
    card.get_by_role("button", name=re.compile("^Connect")).click()
    expect(card.locator(".jcn-connected")).to_be_visible(timeout=30_000)
    page.run(2)
    expect(page.output(2)).to_contain_text("complete: ", timeout=30_000)
    expect(page.output(2).get_by_role("table")).to_be_visible()
    assert page.outside == []
    assert page.problems == []


def test_a_click_on_allow_runs_the_waiting_call_while_the_cell_runs(notebook: Open) -> None:
    page = notebook(CONNECT, WRITE)
    page.run(0)
    page.wait_done(0)
    page.run(1)
    waiting(page, 1)
    expect(page.output(1)).to_contain_text("Call on Monday")
    answer(page.output(1).get_by_role("button", name="Allow once"))
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("allowed once")
    saved = page.save()["cells"][1]["outputs"]
    assert all("application/vnd.jupyter.widget-view+json" not in each.get("data", {}) for each in saved)
    assert page.problems == []


@pytest.mark.parametrize("kernel", ["python3", "ipykernel-7.3.0", "ipykernel-6.31.0"])
def test_deny_by_keyboard_stops_the_cell_with_two_lines(notebook: Open, kernel: str) -> None:
    page = notebook(CONNECT, WRITE, kernel=kernel)
    page.run(0)
    page.wait_done(0)
    page.run(1)
    waiting(page, 1)
    page.output(1).get_by_role("button", name="Deny").press("Enter")
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("Denied: acme-crm.update_opportunity was not allowed: you")
    expect(page.output(1)).not_to_contain_text("Traceback")


def test_stop_while_the_card_waits_ends_the_cell_at_once(notebook: Open) -> None:
    page = notebook(CONNECT, WRITE, "acme_crm.list_accounts(limit=1)")
    page.run(0)
    page.wait_done(0)
    page.run(1)
    waiting(page, 1)
    started = time.monotonic()
    page.stop()
    expect(page.output(1)).to_contain_text("Cancelled: stopped by you", timeout=5_000)
    assert time.monotonic() - started < 2, "a second for the kernel, one for the browser"
    page.run(2)
    expect(page.output(2)).to_contain_text("1 of ", timeout=20_000)


def test_a_page_reload_does_not_lose_the_question(notebook: Open) -> None:
    page = notebook(CONNECT, WRITE)
    page.run(0)
    page.wait_done(0)
    page.save()
    page.run(1)
    waiting(page, 1)
    page.load()
    item = page.page.locator(".jp-StatusBar-Widget").get_by_text("1 approval waiting")
    item.click(timeout=30_000)
    answer(page.page.locator(".jcn-root").get_by_role("button", name="Deny"))
    expect(item).to_be_hidden(timeout=10_000)


def test_notebook_7_shows_the_card_and_takes_the_click(browser: Browser, folder: Path, own_places: Path) -> None:
    place = folder / "notebook7"
    with jupyter(place, program="notebook") as address:
        page = Notebook(browser, address, place, program="notebook").open(CONNECT, WRITE)
        page.run(0)
        page.wait_done(0)
        page.run(1)
        waiting(page, 1)
        answer(page.output(1).get_by_role("button", name="Allow once"))
        page.wait_done(1)
        expect(page.output(1)).to_contain_text("allowed once")
        page.close()


def test_an_answer_shows_its_calls_while_they_run_and_stays_as_text(notebook: Open, model_api: str) -> None:
    page = notebook(
        f"%env ANTHROPIC_API_KEY=unused\n%env ANTHROPIC_BASE_URL={model_api}\n{CONNECT}",
        "%%ask\nWhich customers with open invoices owe us most in euros?",
        "owing",
    )
    page.run(0)
    page.wait_done(0)
    page.run(1)
    expect(page.output(1).locator(".jcn-root")).to_contain_text("list_invoices", timeout=30_000)
    page.wait_done(1)
    expect(page.output(1)).to_contain_text("The ten customers who owe most in euros")
    expect(page.output(1).locator(".jcn-root")).to_have_count(0)
    page.run(2)
    expect(page.output(2).locator("tbody tr")).to_have_count(10)
    saved = page.save()["cells"][1]["outputs"]
    assert all("application/vnd.jupyter.widget-view+json" not in each.get("data", {}) for each in saved)
    assert page.outside == []


def test_a_question_without_a_model_fills_in_a_cell_to_edit(notebook: Open) -> None:
    page = notebook(f"%env JUPYTER_CONNECTORS_MODEL=offline\n{CONNECT}", "%%ask\nrefund payment pi_123")
    page.run(0)
    page.wait_done(0)
    page.run(1)
    expect(page.output(1)).to_contain_text("Nothing was called", timeout=30_000)
    expect(page.cell(2)).to_contain_text('acme_billing.create_refund(payment="pi_123")')


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_card_can_be_read_in_both_themes(browser: Browser, folder: Path, own_places: Path, dark: bool) -> None:
    place = folder / ("dark" if dark else "light")
    with jupyter(place) as address:
        if dark:
            use_dark_theme(address)
        page = Notebook(browser, address, place).open(CONNECT, WRITE)
        page.run(0)
        page.wait_done(0)
        page.run(1)
        waiting(page, 1)
        page.screenshot(place / "card.png")
        shades = page.page.evaluate(
            """() => {
                const shade = (colour) => {
                    const [r, g, b] = colour.match(/\\d+/g).map(Number);
                    return (r * 299 + g * 587 + b * 114) / 1000;
                };
                const card = document.querySelector('.jp-OutputArea .jcn-card');
                const title = getComputedStyle(card.querySelector('.jcn-title')).color;
                return [shade(getComputedStyle(card).backgroundColor), shade(title)];
            }"""
        )
        page.stop()
        page.close()
    ground, ink = shades
    assert (ground < 100) is dark
    assert abs(ground - ink) > 125
