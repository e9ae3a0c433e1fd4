"""The directory in JupyterLab: found by typing, read by keyboard, connected from its page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from .lab import Notebook

Open = Callable[..., Notebook]

LOAD = "%load_ext jupyter_connectors"


def directory(notebook: Open) -> Notebook:
    page = notebook(LOAD, "%connect")
    for index in (0, 1):
        page.run(index)
        page.wait_done(index)
    return page


def test_typing_and_chips_narrow_the_directory(notebook: Open) -> None:
    page = directory(notebook)
    shown = page.output(1)
    cards = shown.locator(".jcn-card:visible")
    expect(cards.first).to_be_visible(timeout=30_000)
    assert cards.count() > 40
    search = shown.get_by_role("searchbox", name="Search connectors")
    search.fill("jira")
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text("Jira and Confluence")
    search.fill("")
    chip = shown.get_by_role("group", name="Category").get_by_role("button", name="data")
    chip.press("Enter")
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(shown.get_by_role("heading", name="data")).to_be_visible()
    expect(shown.get_by_role("heading", name="communication")).to_have_count(0)
    shown.get_by_role("group", name="What it may do").get_by_role("button", name="interactive").press("Enter")
    expect(cards).to_have_count(2)
    search.fill("nothing has this name")
    expect(shown.get_by_text("No connector matches")).to_be_visible()
    assert page.problems == [] and page.outside == []


def test_the_page_of_a_service_is_read_and_left_by_keyboard(notebook: Open) -> None:
    page = directory(notebook)
    shown = page.output(1)
    about = shown.get_by_role("button", name="About GitHub")
    about.press("Enter")
    heading = shown.get_by_role("heading", name="GitHub", exact=True)
    expect(heading).to_be_focused()
    expect(shown).to_contain_text("https://api.githubcopilot.com/mcp/")
    expect(shown).to_contain_text("delete_repository")
    link = shown.get_by_role("link", name="github.com/settings/developers")
    expect(link).to_have_attribute("href", "https://github.com/settings/developers")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    reads = shown.get_by_role("button", name="Reads data")
    expect(reads).to_have_attribute("aria-expanded", "false")
    reads.press("Enter")
    expect(shown.get_by_text("list_pull_requests", exact=True)).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(about).to_be_focused()
    assert page.outside == []


def test_a_demo_is_connected_and_left_from_its_page(notebook: Open) -> None:
    page = directory(notebook)
    shown = page.output(1)
    shown.get_by_role("button", name="About Acme CRM").click()
    shown.get_by_role("button", name="Connect Acme CRM").click()
    expect(shown.locator(".jcn-page .jcn-connected")).to_be_visible(timeout=30_000)
    shown.get_by_role("button", name="Disconnect Acme CRM").last.click()
    expect(shown.get_by_role("button", name="Connect Acme CRM")).to_be_visible(timeout=30_000)


def test_a_service_whose_address_has_a_gap_asks_for_it(notebook: Open) -> None:
    page = directory(notebook)
    shown = page.output(1)
    shown.get_by_role("button", name="Connect Dataverse and Dynamics 365").click()
    field = shown.get_by_label("org", exact=False).first
    field.fill("not/a/name")
    field.press("Enter")
    expect(shown.locator(".jcn-page .jcn-message")).to_contain_text("cannot be 'not/a/name'", timeout=30_000)
