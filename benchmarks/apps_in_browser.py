"""How soon an app is seen in JupyterLab, and how soon it answers a press there.

Seen: from the arrival of the cell's output in the page to the app's first contentful paint, by the browser's own clock,
with the server's page as the outer frame and, where our part of the server is missing, with `srcdoc`. Beside it stands the
floor: the same HTML alone in one sandboxed frame of an empty page, with no notebook, no kernel and no host. The peer is
the MCP Apps project's own host library, `AppBridge`, in an empty page with the TypeScript client straight to the server
over HTTP: from the tool's result to the first paint, in the same two frames.

Pressed: from a press of "Get Server Time" in the first of them to the new time in its page: two frames, the kernel's
control channel, the permissions, the record, the server's process, and back. The peer's way has no kernel in it.

Needs CHROMIUM and `python tools/frontend.py apps` (two of the apps are from npm). Says the load, for it counts.

    python benchmarks/apps_in_browser.py [RUNS]
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from appbridge import host_page, over_http
from common import own_places, print_table, spread

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Frame, Page  # below what lets it find the tests' browser
from tests.browser.lab import Notebook, chromium, jupyter

from jupyter_connectors.demo.appfiles import document

RUNS, PRESSES = 5, 30
PACKAGES = ROOT / "tests" / "apps" / "node_modules" / "@modelcontextprotocol"
APPS = {
    "basic-vanillajs": "vanilla.get_time()",
    "budget-allocator": "budget.get_budget_data()",
    "demo dashboard": "acme_billing.revenue_dashboard()",
}
TOOLS = {"basic-vanillajs": "get-time", "budget-allocator": "get-budget-data"}
"""The tools of the apps that the peer can open too: their servers answer over HTTP."""
CONNECT = f"""%load_ext jupyter_connectors
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.extension import current
from jupyter_connectors.joining import connect
from jupyter_connectors.models import ToolClass
def entry(name, package, tool):
    target = Launch(command="node", args=({str(PACKAGES)!r} + f"/server-{{package}}/dist/index.js", "--stdio"))
    return Entry(id=name, title=name, summary="", category="test", target=target, reviewed={{tool: ToolClass.READ}})
connect(current(), [entry("vanilla", "basic-vanillajs", "get-time"), entry("budget", "budget-allocator", "get-budget-data")])
%connect acme-billing"""
BUSY = {
    "no cell runs": "",
    "a cell sleeps": "import time\ntime.sleep(600)",
    "a cell computes": "n = 0\nwhile True:\n    n += 1",
}

NOTE_ARRIVAL = """(index) => {
    const { model } = window.jupyterapp.shell.currentWidget.content.widgets[index].outputArea;
    window.arrived = 0;
    const note = () => {
        if (model.length === 0) return;
        window.arrived = performance.timeOrigin + performance.now();
        model.changed.disconnect(note);
    };
    model.clear();
    model.changed.connect(note);
}"""
PAINTED = """() => new Promise((found) => {
    new PerformanceObserver((list) => {
        for (const { name, startTime } of list.getEntries())
            if (name === "first-contentful-paint") found(performance.timeOrigin + startTime);
    }).observe({ type: "paint", buffered: true });
})"""
ALONE = """(html) => {
    document.body.replaceChildren();
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts allow-forms");
    frame.style.cssText = "width: 850px; height: 500px";
    frame.srcdoc = html;
    document.body.append(frame);
    return performance.timeOrigin + performance.now();
}"""
PRESS = """() => new Promise((done) => {
    const time = document.getElementById("server-time"), before = time.textContent;
    const began = performance.now();
    new MutationObserver((_, observer) => {
        if (!time.textContent.includes("T") || time.textContent === before) return;
        observer.disconnect();
        done(performance.now() - began);
    }).observe(time, { childList: true, characterData: true, subtree: true });
    document.getElementById("get-time-btn").click();
})"""


def app_frame(page: Notebook, index: int) -> Frame:
    """The inner frame of the app in a cell's output."""
    inner = page.output(index).frame_locator("iframe").locator("iframe").element_handle(timeout=60_000)
    frame = inner.content_frame()
    if frame is None:
        raise RuntimeError("the app's frame is empty")
    return frame


def seen(page: Notebook, index: int) -> float:
    """Milliseconds from the output's arrival to the first paint of the app in it."""
    page.page.evaluate(NOTE_ARRIVAL, index)
    page.run(index)
    page.wait_done(index)
    page.cell(index).evaluate("(cell) => cell.scrollIntoView({ block: 'start' })")
    painted = app_frame(page, index).evaluate(PAINTED)
    return float(painted - page.page.evaluate("() => window.arrived"))


def alone(page: Page, html: str) -> float:
    """The same for HTML in a frame of an empty page."""
    began = page.evaluate(ALONE, html)
    return float(page.frames[-1].evaluate(PAINTED) - began)


@contextmanager
def notebook(browser: Browser, folder: Path, *, own_part: bool) -> Iterator[Notebook]:
    """A notebook with the services connected and a cell for each app."""
    with jupyter(folder, own_part=own_part) as address:
        page = Notebook(browser, address, folder)
        page.open(CONNECT, *APPS.values(), *filter(None, BUSY.values()))
        page.run(0)
        page.wait_done(0)
        try:
            yield page
        finally:
            page.close()


def paints(page: Notebook, runs: int) -> dict[str, float]:
    """The median for each app; the first time loads what stays."""
    found: dict[str, float] = {}
    for index, name in enumerate(APPS, 1):
        times = [seen(page, index) for _ in range(1 + runs)]
        found[name] = statistics.median(times[1:])
    return found


def html_of(name: str) -> str:
    """The page of an app, as its server sends it."""
    if name == "demo dashboard":
        return document("revenue")
    return (PACKAGES / f"server-{name}" / "dist" / "mcp-app.html").read_text()


def pressed(frame: Frame) -> tuple[str, str]:
    """The median and the slow end of presses in one app."""
    times: list[Any] = [frame.evaluate(PRESS) for _ in range(3 + PRESSES)]
    got = spread(times[3:])
    return f"{got.median:.0f}", f"{got.p90:.0f}"


def peer(browser: Browser, folder: Path, runs: int) -> tuple[dict[str, float], tuple[str, str]]:
    """The first paints in AppBridge, and its presses."""
    found: dict[str, float] = {}
    presses = ("", "")
    folder.mkdir()
    with host_page(folder) as address:
        for name, tool in TOOLS.items():
            page = browser.new_page()
            page.goto(address)
            with over_http(PACKAGES / f"server-{name}" / "dist" / "index.js") as server:
                times = []
                for _ in range(1 + runs):
                    came = page.evaluate("([server, tool]) => show(server, tool)", [server, tool])
                    times.append(float(page.frames[-1].evaluate(PAINTED) - came))
                found[name] = statistics.median(times[1:])
                if name == "basic-vanillajs":
                    presses = pressed(page.frames[-1])
            page.close()
    return found, presses


def presses(page: Notebook) -> list[list[str]]:
    """A row for each thing the kernel does meanwhile."""
    page.cell(1).evaluate("(cell) => cell.scrollIntoView({ block: 'start' })")
    frame, rows = app_frame(page, 1), []
    for place, what in enumerate(BUSY):
        if place:
            page.run(len(APPS) + place)
            page.page.wait_for_function(
                "(at) => window.jupyterapp.shell.currentWidget.content.widgets[at].model.executionState === 'running'",
                arg=len(APPS) + place,
            )
            page.cell(1).evaluate("(cell) => cell.scrollIntoView({ block: 'start' })")
        rows.append([what, *pressed(frame)])
        if place:
            page.stop()
            page.page.wait_for_function(
                "(at) => window.jupyterapp.shell.currentWidget.content.widgets[at].model.executionState === 'idle'",
                arg=len(APPS) + place,
            )
    return rows


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    columns: list[dict[str, float]] = []
    rows: list[list[str]] = []
    with own_places() as place, chromium() as browser:
        for own_part in (True, False):
            with notebook(browser, place / f"jupyter-{own_part}", own_part=own_part) as page:
                columns.append(paints(page, runs))
                if own_part:
                    rows = presses(page)
        empty = browser.new_page()
        floor = {name: [alone(empty, html_of(name)) for _ in range(1 + runs)] for name in APPS}
        columns.append({name: statistics.median(times[1:]) for name, times in floor.items()})
        paints_of_peer, presses_of_peer = peer(browser, place / "peer", runs)
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    head = ["ms", "server's page", "srcdoc", "alone", "AppBridge", "ours / AppBridge"]
    seen_rows = [[name, *(f"{column[name]:.0f}" for column in columns)] for name in APPS]
    for row, name in zip(seen_rows, APPS, strict=True):
        if name in paints_of_peer:
            row += [f"{paints_of_peer[name]:.0f}", f"{columns[0][name] / paints_of_peer[name]:.2f}"]
    rows.append(["AppBridge, no kernel", *presses_of_peer])
    print_table(f"From the cell's output to the app's first paint, median of {runs}, {load}", head, seen_rows)
    print_table(f"From a press to the answer in the app, ms of {PRESSES}", ["meanwhile", "median", "p90"], rows)


if __name__ == "__main__":
    main()
