"""Apps that nobody here wrote: those of the example servers on npm are shown, work, and follow light and dark."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, expect

from ..waiting import until
from .lab import Notebook, answer
from .published import APPS, TIME, ask_the_time, other_text, pdf, program

Open = Callable[..., Notebook]

OFFLINE = "data:text/javascript,globalThis.fetch = async () => { throw new TypeError('fetch failed') }"
"""Takes the internet from a server, wherever the tests run."""

CONNECT = """%load_ext jupyter_connectors
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.extension import current
from jupyter_connectors.joining import connect
from jupyter_connectors.models import ToolClass
def entry(name, tools, *command):
    target = Launch(command=NODE, args=command)
    reviewed = dict.fromkeys(tools, ToolClass.READ)
    return Entry(id=name, title=name.title(), summary="", category="test", target=target, reviewed=reviewed)
"""

LIGHT = """(body) => {
    const [red, green, blue] = getComputedStyle(body).color.match(/\\d+/g).map(Number);
    return [matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light", red + green + blue > 384];
}"""
"""What an app's page takes the theme to be, and whether its text is light."""


def entry(name: str, tools: tuple[str, ...], *command: str) -> str:
    """The code of an entry of the directory, as somebody's organisation may have reviewed it."""
    return f"entry({name!r}, {tools!r}, *{command!r})"


@pytest.fixture(scope="module")
def node() -> str:
    """A Node that runs the servers, once they are installed."""
    if shutil.which("npm") is None:
        reason = "no npm: the apps of its servers were not opened"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    installing = [sys.executable, str(Path(__file__).parents[2] / "tools" / "frontend.py"), "apps"]
    path = subprocess.run(installing, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
    return shutil.which("node", path=path) or ""


@pytest.fixture(scope="module")
def opened(node: str, browser: Browser, lab: str, folder: Path) -> Iterator[Notebook]:
    """A notebook that is connected to all of them, with a cell for each."""
    file = folder / "work" / "two.pdf"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(pdf("The first page", "The second page"))
    page = Notebook(browser, lab, folder)
    # What the browser says of its own would stand in the way of what the theme says.
    page.page.emulate_media(color_scheme="null")
    told = {"pdf": (str(file),)}
    entries = [
        entry(name, each.tools, program(each.package), "--stdio", *told.get(name, ())) for name, each in APPS.items()
    ]
    calls = [f"{name}.{each.call.replace('{file!r}', repr(str(file)))}" for name, each in APPS.items()]
    page.open(f"{CONNECT}NODE = {node!r}\nconnect(current(), [{', '.join(entries)}]);", *calls)
    page.run(0)
    page.wait_done(0)
    yield page
    page.close()


def theme(page: Notebook, name: str) -> None:
    page.page.evaluate(
        "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", f"JupyterLab {name}"
    )


def inside(place: Locator) -> FrameLocator:
    return place.frame_locator("iframe").frame_locator("iframe")


def looks(app: FrameLocator, kind: str) -> None:
    """Waits until an app is as light or as dark as the notebook, to the text it writes."""
    body = app.locator("body")
    until(lambda: body.evaluate(LIGHT) == [kind, kind == "dark"])


def picture(place: Locator, name: str) -> None:
    """A picture of an app, where somebody wants to look at them."""
    if pictures := os.environ.get("APP_PICTURES"):
        place.screenshot(path=Path(pictures) / f"{name}.png")


@pytest.mark.parametrize("name", APPS)
def test_an_app_nobody_here_wrote_is_shown_and_works_in_light_and_dark(opened: Notebook, name: str) -> None:
    index = 1 + list(APPS).index(name)
    theme(opened, "Light")
    opened.run(index)
    opened.wait_done(index)
    place = opened.output(index)
    expect(place.locator("iframe")).to_have_count(1)
    # An app that is out of sight draws nothing.
    opened.cell(index).evaluate("(cell) => cell.scrollIntoView({ block: 'start' })")
    app = inside(place)
    for kind in ("light", "dark"):
        theme(opened, kind.title())
        looks(app, kind)
        APPS[name].work(app)
        picture(place, f"{name}-{kind}")
    # So that only one draws at a time.
    place.get_by_role("button", name="Close").click()
    expect(place.locator("iframe")).to_have_count(0)
    assert opened.problems == [] and opened.outside == []


def test_those_that_need_the_internet_say_so_and_the_rest_goes_on(notebook: Open, node: str) -> None:
    cut_off = ("--import", OFFLINE)
    entries = [
        entry("globe", ("show-map",), *cut_off, program("map"), "--stdio"),
        entry("film", ("play_video",), *cut_off, program("video-resource"), "--stdio"),
        entry("wiki", ("get-first-degree-links",), *cut_off, program("wiki-explorer"), "--stdio"),
        entry("clock", ("get-time",), *cut_off, program("basic-vanillajs"), "--stdio"),
    ]
    calls = ["globe.show_map()", "film.play_video()", "wiki.get_first_degree_links()", "clock.get_time()"]
    page = notebook(f"{CONNECT}NODE = {node!r}\nconnect(current(), [{', '.join(entries)}]);", *calls)
    page.page.route(re.compile("^https:"), lambda route: route.abort())
    for index in range(5):
        page.run(index)
        page.wait_done(index)
    failed = inside(page.output(1)).get_by_text("Failed to load CesiumJS")
    expect(failed).to_be_visible(timeout=20_000)
    # It never says that it is there. That we wait for it is not written over what it says.
    ours = page.output(1).locator(".jcn-app-over > span")
    expect(ours).not_to_be_empty()
    said, waits = failed.bounding_box(), ours.bounding_box()
    assert said and waits and said["y"] + said["height"] < waits["y"]
    expect(inside(page.output(2)).locator("body")).to_contain_text("fetch failed", timeout=20_000)
    # One that answers with an error has nothing for its app to show.
    expect(page.output(3)).to_contain_text("wiki.get-first-degree-links answered with an error: fetch failed")
    ask_the_time(inside(page.output(4)))
    for index, name in enumerate(("globe", "film", "wiki"), 1):
        picture(page.output(index), name)
    assert page.problems == []
    assert all(each.startswith("https://cesium.com/") for each in page.outside)


def test_a_command_of_ones_own_is_asked_about_and_so_is_each_call_of_its_app(notebook: Open, node: str) -> None:
    command = f"{node} {program('basic-vanillajs')} --stdio"
    page = notebook(f"%load_ext jupyter_connectors\n%connect --command {command!r} --name clock", "clock.get_time()")
    page.run(0)
    prompt = page.output(0).locator("input.jp-Stdin-input")
    expect(page.output(0)).to_contain_text("starts a program on this machine, with your rights")
    prompt.fill("y")
    prompt.press("Enter")
    page.wait_done(0)
    page.run(1)
    place = page.output(1)
    answer(place.get_by_role("button", name="Allow once"))
    page.wait_done(1)

    def ask_and_allow() -> None:
        app.get_by_role("button", name="Get Server Time").click()
        expect(place).to_contain_text("The app “Get Time” asks for this")
        expect(page.page.locator("[data-fresh]")).to_have_count(0)
        answer(place.get_by_role("button", name="Allow once"))

    app = inside(place)
    other_text(app.get_by_text(TIME), ask_and_allow)
    assert page.problems == [] and page.outside == []
