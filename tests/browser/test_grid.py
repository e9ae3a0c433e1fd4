"""A frame in a notebook: a table that scrolls, sorts and searches all rows, which stay in the kernel."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from .lab import Notebook, jupyter, use_dark_theme

Open = Callable[..., Notebook]

CONNECT = "%load_ext jupyter_connectors\n%connect acme-billing"
INVOICES = "invoices = acme_billing.list_invoices(status='open')\ninvoices"
FAULTY = """%load_ext jupyter_connectors
from dataclasses import replace
from jupyter_connectors.extension import current
from jupyter_connectors.joining import connect
billing = current().catalogue.find("acme-billing")
target = replace(billing.target, args=(*billing.target.args, "--fail-on-page", "3"))
connect(current(), [replace(billing, target=target)])"""


def shown(page: Notebook, *, last: int = 1) -> Locator:
    """The grid in the output of the cell `last`, after that cell and those before it have run."""
    for index in range(last + 1):
        page.run(index)
        page.wait_done(index)
    expect(rows(page, last).nth(3)).to_be_visible(timeout=30_000)
    return page.output(last).locator(".jcn-grid")


def rows(page: Notebook, index: int) -> Locator:
    return page.output(index).locator(".jcn-grid tbody tr")


def scroll(page: Notebook, index: int, top: int) -> None:
    page.output(index).locator(".dt-scroll-body").evaluate("(body, top) => { body.scrollTop = top; }", top)


def cell_of(page: Notebook, index: int, row: int, name: str) -> Locator:
    """A value, by the name of its column."""
    names = page.output(index).locator(".dt-scroll-head .jcn-name").all_text_contents()
    return rows(page, index).nth(row).locator("td").nth(names.index(name))


def sort_by(grid: Locator, name: str) -> None:
    grid.locator(".dt-scroll-head").get_by_role("button", name=re.compile(f"^{name}: ")).press("Enter")


def test_the_header_stays_and_rows_far_down_come_from_the_kernel(notebook: Open) -> None:
    page = notebook(CONNECT, INVOICES, "print(invoices.df['id'].iloc[700])")
    grid = shown(page, last=1)
    expect(grid.get_by_role("table")).to_have_count(1)
    assert (grid.locator(".jcn-box").bounding_box() or {})["height"] <= 450
    expect(grid.locator(".jcn-foot")).to_contain_text(
        re.compile(r"acme-billing · list_invoices.*complete: 1,\d{3} rows")
    )
    page.run(2)
    page.wait_done(2)
    wanted = page.output(2).inner_text().strip()
    expect(grid).not_to_contain_text(wanted)
    before = grid.locator(".dt-scroll-head").bounding_box()
    scroll(page, 1, 700 * 28)
    expect(grid.get_by_role("cell", name=wanted)).to_be_visible(timeout=10_000)
    assert grid.locator(".dt-scroll-head").bounding_box() == before
    expect(grid.get_by_role("columnheader", name="amount_due")).to_be_visible()
    assert page.outside == []
    assert page.problems == []


def test_a_click_on_an_amount_shows_the_largest_of_all_rows(notebook: Open) -> None:
    largest = "print(f'{invoices.df.amount_due.max():,.2f}', f'{invoices.df.amount_due.min():,.2f}')"
    page = notebook(CONNECT, INVOICES, largest)
    grid = shown(page)
    page.run(2)
    page.wait_done(2)
    most, least = page.output(2).inner_text().split()
    sort_by(grid, "amount_due")
    header = grid.locator(".dt-scroll-head").get_by_role("columnheader", name="amount_due")
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(cell_of(page, 1, 0, "amount_due")).to_contain_text(most.removesuffix(".00"))
    sort_by(grid, "amount_due")
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(cell_of(page, 1, 0, "amount_due")).to_contain_text(least.removesuffix(".00"))


def test_a_search_looks_at_all_rows_and_says_how_many_it_found(notebook: Open) -> None:
    page = notebook(CONNECT, INVOICES, "wanted = invoices.df['id'].iloc[900]\nprint(wanted)")
    grid = shown(page)
    page.run(2)
    page.wait_done(2)
    wanted = page.output(2).inner_text().strip()
    grid.get_by_role("searchbox").fill(wanted.upper())
    expect(grid.locator(".jcn-rows")).to_have_text(re.compile(r"^1 of 1,\d{3} rows$"))
    expect(rows(page, 1).first).to_contain_text(wanted)
    grid.get_by_role("searchbox").fill("no such text anywhere")
    expect(grid).to_contain_text("No row matches")
    grid.get_by_role("searchbox").fill("")
    expect(grid.locator(".jcn-rows")).to_have_text(re.compile(r"^1,\d{3} rows$"))


def test_it_scrolls_sorts_and_searches_while_another_cell_runs(notebook: Open) -> None:
    page = notebook(CONNECT, INVOICES, "import time\ntime.sleep(60)")
    grid = shown(page)
    page.run(2)
    expect(page.cell(2).locator(".jp-InputPrompt")).to_have_text("[*]:")
    first = cell_of(page, 1, 0, "id").inner_text()
    sort_by(grid, "amount_due")
    expect(cell_of(page, 1, 0, "id")).not_to_have_text(first, timeout=5_000)
    scroll(page, 1, 20_000)
    expect(rows(page, 1).first).not_to_be_in_viewport()
    grid.get_by_role("searchbox").fill("gmbh")
    expect(grid.locator(".jcn-rows")).to_contain_text(" of ", timeout=5_000)
    expect(page.cell(2).locator(".jp-InputPrompt")).to_have_text("[*]:")
    page.stop()


def test_a_saved_notebook_holds_no_row_but_the_preview(notebook: Open) -> None:
    page = notebook(CONNECT, INVOICES, "frame = invoices.df.sort_values('amount_due')\nframe")
    shown(page, last=1)
    shown(page, last=2)
    canary = cell_of(page, 1, 40, "id").inner_text()
    page.save()
    text = page.path.read_text()
    assert canary.startswith("in_")
    assert canary not in text
    assert cell_of(page, 1, 0, "id").inner_text() in text, "the preview is there"
    outputs = page.save()["cells"][1]["outputs"]
    assert {"text/html", "text/plain"} <= set(outputs[-1]["data"])
    assert "application/vnd.jupyter.widget-state+json" not in text


def test_a_reopened_notebook_shows_the_preview_and_a_reloaded_page_the_grid(notebook: Open) -> None:
    page = notebook(CONNECT, INVOICES)
    shown(page)
    page.save()
    page.load()
    expect(rows(page, 1).nth(3)).to_be_visible(timeout=30_000)
    page.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    page.load()
    expect(page.output(1).locator(".dataframe tbody tr")).to_have_count(5, timeout=30_000)
    expect(page.output(1)).to_contain_text("complete: ")
    expect(page.output(1).locator(".jcn-grid")).to_have_count(0)


def test_the_hover_says_when_it_was_where_the_reader_is(browser: Browser, lab: str, folder: Path) -> None:
    page = Notebook(browser, lab, folder, zone="Asia/Kolkata").open(CONNECT, INVOICES)
    try:
        shown(page)
        created = cell_of(page, 1, 0, "created")
        expect(created).to_have_text(re.compile(r"^2026-\d\d-\d\d \d\d:\d\d$"))
        title = created.get_attribute("title") or ""
    finally:
        page.close()
    assert re.fullmatch(r"(\d{4}-\d\d-\d\d [\d:]{8}) UTC\n\d{4}-\d\d-\d\d [\d:]{8} Asia/\w+ \(GMT\+5:30\)", title)
    assert title.startswith(created_text(title))


def created_text(title: str) -> str:
    return title.split(" UTC")[0]


def test_rows_that_are_missing_are_said_above_the_table(notebook: Open) -> None:
    page = notebook(
        FAULTY,
        "try:\n    acme_billing.list_invoices()\nexcept Exception as error:\n    part = error.partial\npart",
        "part.df[part.df.status == 'paid']",
    )
    shown(page, last=1)
    banner = page.output(1).locator(".jcn-banner")
    expect(banner).to_contain_text("⚠")
    expect(banner).to_contain_text("incomplete: 200 of ")
    shown(page, last=2)
    expect(page.output(2).locator(".jcn-banner")).to_contain_text("made of rows that are incomplete: 200 of ")
    expect(page.output(2).locator(".jcn-foot")).to_contain_text("here, derived from acme-billing · list_invoices")


def test_a_part_of_a_frame_never_claims_the_rows_of_the_whole(notebook: Open) -> None:
    page = notebook(
        CONNECT,
        "whole = acme_billing.list_invoices(status='open').df\nwhole[whole.currency == 'jpy']",
        "whole.groupby('currency')['amount_due'].sum().to_frame()",
    )
    grid = shown(page)
    expect(grid.locator(".jcn-foot")).to_contain_text(
        re.compile(r"\d+ rows here, derived from acme-billing · list_invoices ?of 1,\d{3} rows fetched, complete")
    )
    amount = cell_of(page, 1, 0, "amount_due").inner_text()
    assert re.fullmatch(r"[\d,]+\s*JPY", amount), "a yen has no decimals"
    page.run(2)
    page.wait_done(2)
    expect(page.output(2).locator("table.dataframe")).to_be_visible()
    expect(page.output(2).locator(".jcn-grid")).to_have_count(0)


def test_notebook_7_shows_the_grid(browser: Browser, folder: Path, own_places: Path) -> None:
    place = folder / "notebook7-grid"
    with jupyter(place, program="notebook") as address:
        page = Notebook(browser, address, place, program="notebook").open(CONNECT, INVOICES)
        grid = shown(page)
        sort_by(grid, "amount_due")
        expect(grid.locator("th[aria-sort=descending]").first).to_be_visible()
        page.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_grid_can_be_read_in_both_themes(browser: Browser, folder: Path, own_places: Path, dark: bool) -> None:
    place = folder / ("grid-dark" if dark else "grid-light")
    with jupyter(place) as address:
        if dark:
            use_dark_theme(address)
        page = Notebook(browser, address, place).open(CONNECT, INVOICES)
        shown(page)
        page.screenshot(place / "grid.png")
        shades = page.output(1).evaluate(
            """(output) => {
                const shade = (colour) => {
                    const canvas = document.createElement('canvas').getContext('2d');
                    canvas.fillStyle = colour;
                    canvas.fillRect(0, 0, 1, 1);
                    const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
                    return (r * 299 + g * 587 + b * 114) / 1000;
                };
                return ['td', 'th', '.jcn-type'].map((each) => {
                    const node = output.querySelector(`.dt-scroll ${each}`);
                    let ground = node;
                    while (/, 0\\)$/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
                    return [shade(getComputedStyle(ground).backgroundColor), shade(getComputedStyle(node).color)];
                });
            }"""
        )
        page.close()
    for ground, ink in shades:
        assert (ground < 110) is dark
        assert abs(ground - ink) > 80
