"""An app of a service in a notebook: it runs in the cell's output, wherever that goes, as long as the kernel has it."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, expect

from ..waiting import until
from .lab import Notebook, answer, jupyter, use_dark_theme

Open = Callable[..., Notebook]

SERVER = Path(__file__).parent.parent / "servers" / "panel.py"
CONNECT = f"""%load_ext jupyter_connectors
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.extension import current
from jupyter_connectors.joining import connect
from jupyter_connectors.models import ToolClass
target = Launch(command={sys.executable!r}, args=({str(SERVER)!r},), env={{}})
reads = dict.fromkeys(["panel", "inline_panel", "count"], ToolClass.READ)
connect(current(), [Entry(id="panel", title="Panel", summary="", category="test", target=target, reviewed=reads)])"""
SHOW = "panel.panel()"


def inside(place: Locator) -> FrameLocator:
    """The app's own document."""
    return place.frame_locator("iframe").frame_locator("iframe")


def log(place: Locator) -> Locator:
    return inside(place).get_by_role("list", name="Log")


def press(place: Locator, name: str) -> None:
    inside(place).get_by_role("button", name=name, exact=True).click()


def shown(page: Notebook, *, last: int = 1) -> Locator:
    """The output of the cell `last` with a running app, after that cell and those before it have run."""
    for index in range(last + 1):
        page.run(index)
        page.wait_done(index)
    return running(page.output(last))


def running(place: Locator) -> Locator:
    """The same place, once an app in it has its result."""
    expect(log(place)).to_contain_text("tool-result", timeout=20_000)
    return place


def box(place: Locator) -> Locator:
    return place.locator(".jcn-app-box")


def height(place: Locator) -> float:
    return (place.locator(".jcn-app-stage").bounding_box() or {})["height"]


def top_of(place: Locator) -> float:
    return (place.bounding_box() or {})["y"]


def settle(page: Notebook) -> None:
    """Waits until a card appears and takes answers: it has stood where it is for a moment."""
    expect(page.page.locator(".jcn-app-asks .jcn-button:visible")).not_to_have_count(0)
    expect(page.page.locator("[data-fresh], .jcn-app-asks [aria-disabled=true]")).to_have_count(0)


def active(page: Notebook, index: int) -> None:
    page.page.evaluate("(at) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = at; }", index)


def command(page: Notebook, name: str) -> None:
    page.page.evaluate("(name) => { window.jupyterapp.commands.execute(name); }", name)


def test_an_app_has_its_input_and_its_result_and_calls_its_service(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    lines = log(place).locator("li")
    expect(lines.nth(0)).to_contain_text('initialized light inline {"width":')
    expect(lines.nth(0)).to_contain_text('"maxHeight":500')
    expect(lines.nth(2)).to_have_text('tool-input {"arguments":{"year":2026}}')
    expect(lines.nth(3)).to_contain_text("the panel's result")
    press(place, "Count")
    expect(log(place)).to_contain_text("Count: counted 1")
    head = place.locator(".jcn-app-head")
    expect(head).to_contain_text(re.compile("Panel.*App", re.DOTALL))
    expect(place.get_by_role("region", name="Panel, an app of Panel")).to_be_visible()
    assert page.outside == []
    assert page.problems == []


def test_it_fills_the_page_and_comes_back_as_it_was(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    press(place, "Count")
    expect(log(place)).to_contain_text("counted 1")
    before = box(place).bounding_box()
    place.get_by_role("button", name="Full screen").press("Enter")
    back = place.get_by_role("button", name="Back to the notebook")
    expect(back).to_be_focused()
    assert box(place).bounding_box() == {"x": 0, "y": 0, **page.page.viewport_size}
    expect(log(place)).to_contain_text('"displayMode":"fullscreen"')
    back.press("Escape")
    expect(log(place)).to_contain_text('"displayMode":"inline"')
    expect(place.get_by_role("button", name="Full screen")).to_be_focused()
    # The same document, so what it had said is still there.
    expect(log(place)).to_contain_text("counted 1")
    after = box(place).bounding_box() or {}
    assert (after["x"], after["y"], after["width"]) == tuple((before or {})[each] for each in ("x", "y", "width"))
    press(place, "Whole")
    expect(log(place)).to_contain_text('Whole: {"mode":"fullscreen"}')
    press(place, "Float")
    expect(log(place)).to_contain_text('Float: {"mode":"fullscreen"}')
    place.get_by_role("button", name="Back to the notebook").click()


def test_an_app_that_is_only_for_a_cell_has_no_full_screen(notebook: Open) -> None:
    page = notebook(CONNECT, "panel.inline_panel()")
    place = shown(page)
    expect(place.get_by_role("button", name="Close")).to_be_visible()
    expect(place.get_by_role("button", name="Full screen")).to_be_hidden()
    press(place, "Whole")
    expect(log(place)).to_contain_text('Whole: {"mode":"inline"}')


def test_its_size_is_followed_up_to_a_limit(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    press(place, "Taller")
    first = place.locator(".jcn-app-stage")
    expect(first).not_to_have_css("height", "240px")
    tall = height(place)
    assert 200 < tall < 500
    press(place, "Huge")
    expect(first).to_have_css("height", "500px")
    press(place, "Small")
    expect(first).not_to_have_css("height", "500px")
    assert height(place) == pytest.approx(tall - 200, abs=2)


def test_a_change_is_asked_above_the_app_and_not_by_the_press_that_was_meant_for_it(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    press(place, "Rename")
    card = place.get_by_role("group", name="Approval")
    expect(card).to_contain_text("The app “Panel” asks for this")
    card.get_by_role("button", name="Deny", exact=True).click()
    card.get_by_role("button", name="Allow once").dispatch_event("click")
    expect(card.get_by_role("button", name="Allow once")).to_be_enabled()
    settle(page)
    answer(card.get_by_role("button", name="Allow once"))
    expect(log(place)).to_contain_text("Rename: renamed")
    expect(card).to_be_hidden()
    press(place, "Rename")
    settle(page)
    answer(card.get_by_role("button", name="Deny", exact=True))
    expect(log(place)).to_contain_text("Rename: error")


def test_a_card_that_another_app_moves_below_the_pointer_takes_no_answer(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW, SHOW)
    upper, lower = shown(page), shown(page, last=2)
    stage = upper.locator(".jcn-app-stage")
    allow = lower.get_by_role("button", name="Allow once")
    # High enough for both, so that nothing scrolls.
    page.page.set_viewport_size({"width": 1280, "height": 1600})
    inside(lower).get_by_role("button", name="Rename", exact=True).evaluate("(button) => button.click()")
    settle(page)
    for _ in range(5):
        inside(upper).get_by_role("button", name="Huge", exact=True).evaluate("(button) => button.click()")
        expect(stage).to_have_css("height", "500px")
        before = top_of(allow)
        settle(page)
        # How long ago it moved, as the page sees it when it is pressed.
        page.page.evaluate(
            """([button]) => {
                const where = () => button.getBoundingClientRect().top;
                let last = where(), moved = 0;
                window.ago = null;
                const look = () => {
                    if (where() !== last) moved = performance.now();
                    last = where();
                    if (window.ago === null) requestAnimationFrame(look);
                };
                look();
                const pressed = () => { window.ago = performance.now() - moved; };
                document.addEventListener("pointerdown", pressed, { capture: true, once: true });
            }""",
            [allow.element_handle()],
        )
        inside(upper).get_by_role("button", name="Small", exact=True).evaluate("(button) => button.click()")
        until(lambda edge=before - 50: top_of(allow) < edge)
        after = allow.bounding_box() or {}
        page.page.mouse.click(after["x"] + after["width"] / 2, after["y"] + after["height"] / 2)
        if page.page.evaluate("() => window.ago") < 550:
            break
    expect(allow).to_be_visible()
    expect(log(lower)).not_to_contain_text("Rename:")
    settle(page)
    answer(allow)
    expect(log(lower)).to_contain_text("Rename: renamed")


def test_a_page_is_opened_by_the_persons_press_alone(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    press(place, "Link")
    wish = place.get_by_role("group", name="The app “Panel” asks to open a page of xn--bcher-kva.example")
    expect(wish).to_contain_text("https://xn--bcher-kva.example/in%20voice?id=7")
    link = wish.get_by_role("link", name="Open")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert page.outside == []
    settle(page)
    wish.get_by_role("button", name="Don't open").click()
    expect(log(place)).to_contain_text('Link: {"isError":true}')
    expect(wish).to_have_count(0)
    assert page.outside == []


def test_a_file_is_saved_under_a_plain_name(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    press(place, "Save")
    wish = place.get_by_role("group", name="The app “Panel” asks to save a file")
    expect(wish).to_contain_text("report.csv · text/csv · 5 bytes")
    settle(page)
    with page.page.expect_download() as saved:
        wish.get_by_role("button", name="Save", exact=True).click()
    assert saved.value.suggested_filename == "report.csv"
    assert Path(saved.value.path()).read_text() == "id\n1\n"
    expect(log(place)).to_contain_text("Save: {}")


def test_a_suggestion_becomes_a_cell_that_is_not_run(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW, "print('last')")
    place = shown(page)
    press(place, "Suggest")
    wish = place.get_by_role("group", name="The app “Panel” suggests to ask")
    expect(wish).to_contain_text("Who is late?")
    settle(page)
    wish.get_by_role("button", name="Put it in a cell").click()
    expect(log(place)).to_contain_text("Suggest: {}")
    cells = page.save()["cells"]
    assert "".join(cells[2]["source"]) == "%%ask\nWho is late?"
    assert cells[2]["execution_count"] is None
    assert len(cells) == 4


def test_it_answers_while_a_cell_runs(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW, "import time\ntime.sleep(60)")
    place = shown(page)
    press(place, "Count")
    expect(log(place)).to_contain_text("counted 1")
    page.run(2)
    expect(page.cell(2).locator(".jp-InputPrompt")).to_have_text("[*]:")
    press(place, "Count")
    expect(log(place)).to_contain_text("counted 2", timeout=5_000)
    press(place, "Rename")
    settle(page)
    answer(place.get_by_role("button", name="Allow once"))
    expect(log(place)).to_contain_text("Rename: renamed", timeout=5_000)
    expect(page.cell(2).locator(".jp-InputPrompt")).to_have_text("[*]:")
    page.stop()


def test_it_starts_anew_in_a_cell_that_is_moved_and_in_an_output_that_is_folded(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW, "print('last')")
    place = shown(page)
    press(place, "Count")
    expect(log(place)).to_contain_text("counted 1")
    active(page, 1)
    command(page, "notebook:move-cell-down")
    moved = running(page.output(2))
    press(moved, "Count")
    expect(log(moved)).to_contain_text("counted 2")
    command(page, "notebook:hide-cell-outputs")
    expect(page.cell(2).locator("iframe")).to_have_count(0)
    command(page, "notebook:show-cell-outputs")
    shown_again = running(page.output(2))
    press(shown_again, "Count")
    expect(log(shown_again)).to_contain_text("counted 3")
    assert page.problems == []


def test_two_views_of_one_output_do_not_disturb_each_other(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    active(page, 1)
    command(page, "notebook:create-output-view")
    second = running(page.page.locator(".jp-LinkedOutputView"))
    press(second, "Count")
    expect(log(second)).to_contain_text("counted 1")
    press(place, "Count")
    expect(log(place)).to_contain_text("counted 2")
    expect(log(second)).not_to_contain_text("counted 2")
    command(page, "application:close")
    expect(page.page.locator(".jp-LinkedOutputView")).to_have_count(0)


def test_a_page_that_is_loaded_again_has_the_app_again(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    shown(page)
    page.save()
    page.load()
    place = running(page.output(1))
    press(place, "Count")
    expect(log(place)).to_contain_text("counted 1")


def test_a_cell_that_runs_again_has_one_new_app(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    press(place, "Count")
    expect(log(place)).to_contain_text("counted 1")
    page.run(1)
    page.wait_done(1)
    expect(log(place)).not_to_contain_text("counted")
    running(place)
    expect(place.locator("iframe")).to_have_count(1)


def test_it_says_that_its_kernel_is_gone(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    page.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(place).to_contain_text("The kernel is gone: run the cell again to open the app.")
    expect(place.locator("iframe")).to_have_attribute("inert", "")
    page.run(0)
    page.wait_done(0)
    page.run(1)
    page.wait_done(1)
    running(place)


def test_a_closed_app_can_be_opened_again(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    place.get_by_role("button", name="Close").click()
    expect(place.locator("iframe")).to_have_count(0)
    place.get_by_role("button", name="Open", exact=True).click()
    running(place)
    press(place, "Count")
    # It was told before, and had the time for a call of its own.
    expect(log(place)).to_contain_text("counted 2")


def test_an_app_that_clings_is_closed_without_a_trace_and_does_not_close_the_next(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    for _ in range(2):
        press(place, "Cling")
        expect(log(place)).to_contain_text("Cling:")
        place.get_by_role("button", name="Close").click()
        place.get_by_role("button", name="Open", exact=True).click()
        running(place)
    page.page.wait_for_timeout(1_200)  # the time an app has to put its things away
    expect(place.locator(".jcn-app-wish")).to_have_count(0)
    # Its kernel knows that somebody is here.
    press(place, "Rename")
    settle(page)
    answer(place.get_by_role("button", name="Allow once"))
    expect(log(place)).to_contain_text("Rename: renamed")


def test_an_app_the_kernel_no_longer_has_says_so(notebook: Open) -> None:
    lets_go = "desk = current().desk\nfor each in list(desk._attended):\n    desk.close(each)"
    page = notebook(CONNECT, SHOW, lets_go)
    place = shown(page)
    page.run(2)
    page.wait_done(2)
    press(place, "Count")
    expect(place).to_contain_text("Run this cell to open the app.")
    expect(place.locator("iframe")).to_have_attribute("inert", "")


def test_a_kernel_that_is_silent_for_long_opens_the_app_when_it_speaks(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW, "import os\nprint(os.getpid())")
    shown(page)
    page.run(2)
    page.wait_done(2)
    kernel = int(page.output(2).inner_text())
    os.kill(kernel, signal.SIGSTOP)
    try:
        active(page, 1)
        command(page, "notebook:create-output-view")
        second = page.page.locator(".jp-LinkedOutputView")
        expect(second).to_contain_text("the panel's result")
        page.page.wait_for_timeout(11_000)  # longer than other questions wait
        expect(second).not_to_contain_text("Run this cell")
    finally:
        os.kill(kernel, signal.SIGCONT)
    running(second)
    command(page, "application:close")


def test_where_the_servers_page_does_not_come_nothing_else_takes_its_place(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    sandbox = "**/jupyter-connectors/app/sandbox**"
    page.page.route(
        sandbox, lambda route: route.continue_() if route.request.resource_type == "fetch" else route.abort()
    )
    page.run(0)
    page.wait_done(0)
    page.run(1)
    place = page.output(1)
    again = place.get_by_role("button", name="Try again")
    expect(again).to_be_visible(timeout=30_000)
    expect(place).to_contain_text("The app does not start here.")
    assert place.locator("iframe").get_attribute("srcdoc") is None
    page.page.unroute(sandbox)
    again.click()
    running(place)
    assert "csp=" in str(place.locator("iframe").get_attribute("src"))


def test_a_saved_notebook_has_the_text_and_nothing_of_the_app(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    shown(page)
    saved = page.save()
    (output,) = saved["cells"][1]["outputs"]
    assert set(output["data"]) == {"text/plain", "application/vnd.jupyter-connectors.app+json"}
    assert set(output["data"]["application/vnd.jupyter-connectors.app+json"]) == {"id"}
    whole = json.dumps(saved)
    assert "<script" not in whole
    assert "postMessage" not in whole
    assert len(json.dumps(output)) < 2_000
    assert "widgets" not in saved["metadata"]


def test_a_reopened_notebook_shows_the_text_and_how_to_open_the_app(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    page.save()
    page.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.load()
    expect(place).to_contain_text(re.compile("run (the|this) cell to open", re.IGNORECASE), timeout=20_000)
    expect(place).to_contain_text("the panel's result")
    expect(place.locator("iframe")).to_have_count(0)


def test_it_follows_the_theme(notebook: Open) -> None:
    page = notebook(CONNECT, SHOW)
    place = shown(page)
    expect(log(place)).to_contain_text("prefers light")
    page.page.evaluate(
        "() => window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })"
    )
    expect(log(place)).to_contain_text('"theme":"dark"')
    page.page.evaluate(
        "() => window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' })"
    )
    expect(log(place)).to_contain_text('"theme":"light"')


def test_it_begins_dark_in_a_dark_page(browser: Browser, tmp_path: Path) -> None:
    with jupyter(tmp_path) as address:
        use_dark_theme(address)
        page = Notebook(browser, address, tmp_path).open(CONNECT, SHOW)
        place = shown(page)
        expect(log(place)).to_contain_text("initialized dark inline")
        page.close()


def test_it_runs_in_notebook_7_which_has_no_status_bar(browser: Browser, tmp_path: Path) -> None:
    with jupyter(tmp_path, program="notebook") as address:
        page = Notebook(browser, address, tmp_path, program="notebook").open(CONNECT, SHOW)
        place = shown(page)
        press(place, "Count")
        expect(log(place)).to_contain_text("counted 1")
        page.close()


def test_it_runs_as_a_widget_where_our_extension_is_not(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings-of-pages" / "labconfig"
    settings.mkdir(parents=True)
    (settings / "page_config.json").write_text('{"disabledExtensions": {"jupyter-connectors": true}}')
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(settings.parent))
    with jupyter(tmp_path, own_part=False) as address:
        page = Notebook(browser, address, tmp_path).open(CONNECT, SHOW, "import time\ntime.sleep(60)")
        page.run(0)
        page.wait_done(0)
        # A front end that has no more than comms, as some have.
        page.page.evaluate(
            "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.sendControlMessage = undefined; }"
        )
        place = shown(page)
        press(place, "Rename")
        expect(place.get_by_role("group", name="Approval")).to_contain_text("The app “Panel” asks for this")
        settle(page)
        answer(place.get_by_role("button", name="Allow once"))
        expect(log(place)).to_contain_text("Rename: renamed")
        page.run(2)
        expect(page.cell(2).locator(".jp-InputPrompt")).to_have_text("[*]:")
        press(place, "Count")
        expect(place).to_contain_text("The kernel is busy; the app goes on when the cell ends.")
        page.stop()
        expect(log(place)).to_contain_text("Count: counted 1", timeout=20_000)
        expect(place).not_to_contain_text("The kernel is busy")
        whole = json.dumps(page.save())
        assert "postMessage" not in whole
        assert len(whole) < 12_000
        page.close()
