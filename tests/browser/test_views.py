"""Parts of the front end alone in an empty page: what needs a document, and neither a kernel nor JupyterLab."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

LABEXTENSION = Path(__file__).parents[2] / "labextension"
FRAMES = """<input aria-label="Cell"><p>The page</p>
<iframe id="first" srcdoc="<input>"></iframe><iframe id="second" srcdoc="<input>"></iframe>"""
TAKE = "() => document.querySelector('#second').contentDocument.querySelector('input').focus()"
KEEP = "() => { parts.keepKeyboard(document.querySelector('#second'), async () => false, () => {}); }"
GERMAN = {
    "": {"domain": "jupyter_connectors", "language": "de", "pluralForms": "nplurals=2; plural=(n != 1);"},
    "%2 grant. Revoking one takes effect in every notebook at once.": [
        "%2 Erlaubnis. Was Sie zurücknehmen, gilt sofort nirgends mehr.",
        "%2 Erlaubnisse. Was Sie zurücknehmen, gilt sofort nirgends mehr.",
    ],
    "Revoke": ["Zurücknehmen"],
    "Revoke %1": ["%1 zurücknehmen"],
    "What you have allowed": ["Was Sie erlaubt haben"],
    "Tool": ["Werkzeug"],
}
SHOW = """(german) => {
    if (german !== null) {
        const words = new parts.Gettext({ domain: 'jupyter_connectors', locale: 'de' });
        words.loadJSON(german, 'jupyter_connectors');
        parts.speak(words);
    }
    parts.mount(document.body, { state: () => parts.grants, onState: () => () => {}, send() {} });
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page()
    yield made
    made.close()


def load(page: Page, *exports: str) -> None:
    """Puts what these exports name into the page, as `parts`."""
    (esbuild,) = (LABEXTENSION / "node_modules" / "@esbuild").glob("*/bin/esbuild")
    options = ("--bundle", "--format=iife", "--global-name=parts", "--loader=ts", "--loader:.css=text")
    done = subprocess.run(
        [esbuild, *options], cwd=LABEXTENSION, input="\n".join(exports), capture_output=True, text=True, check=True
    )
    page.add_script_tag(content=done.stdout)


def test_the_keyboard_goes_back_to_where_it_was_taken_from(page: Page) -> None:
    page.set_content(FRAMES)
    load(page, 'export { keepKeyboard } from "./src/apps/keyboard";')
    page.evaluate(KEEP)
    cell = page.get_by_label("Cell")
    cell.click()
    page.evaluate(TAKE)
    page.wait_for_function("() => document.activeElement.id !== 'second'")
    expect(cell).to_be_focused()


def test_the_keyboard_is_never_handed_to_another_apps_frame(page: Page) -> None:
    page.set_content(FRAMES)
    load(page, 'export { keepKeyboard } from "./src/apps/keyboard";')
    # Somebody works in one app when another one comes, and then leaves the first for the page.
    page.frame_locator("#first").locator("input").click()
    page.evaluate(KEEP)
    page.get_by_text("The page").click()
    assert page.evaluate("() => document.activeElement.tagName") == "BODY"
    page.evaluate(TAKE)
    page.wait_for_function("() => document.activeElement.id !== 'second'")
    assert page.evaluate("() => document.activeElement.tagName") == "BODY"


@pytest.mark.parametrize(
    ("german", "table", "press", "said"),
    [
        (GERMAN, "Was Sie erlaubt haben", "zurücknehmen", "2 Erlaubnisse. Was Sie zurücknehmen"),
        (None, "What you have allowed", "Revoke", "2 grants. Revoking one takes effect"),
    ],
)
def test_a_view_speaks_the_language_of_jupyterlabs_translator(
    page: Page, german: dict[str, Any] | None, table: str, press: str, said: str
) -> None:
    load(
        page,
        'export { Gettext } from "@jupyterlab/translation/lib/gettext";',
        'export { grants } from "./dev/samples/tools";',
        'export { mount } from "./src/views/grants";',
        'export { speak } from "./src/words";',
    )
    page.evaluate(SHOW, german)
    expect(page.get_by_role("status")).to_contain_text(said)
    rows = page.get_by_role("table", name=table).get_by_role("button", name=press)
    expect(rows).to_have_count(2)
    # What a language pack does not have stays English.
    expect(page.get_by_role("columnheader", name="Until")).to_be_visible()
