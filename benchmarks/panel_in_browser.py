"""How soon the sidebar is usable in a real JupyterLab, with 40 services and 2,000 tools behind a real kernel.

From the click to the first list a person can use, and from the click on a tab to its list, by the browser's own clock. The
services are MCP servers over HTTP in this process, 50 tools each. The peer is a part of JupyterLab in the same page: its
own panel of running terminals and kernels, from the click to its content. Needs CHROMIUM.

    python benchmarks/panel_in_browser.py [RUNS]
"""

from __future__ import annotations

import os
import statistics
import sys
from pathlib import Path
from typing import Any

from common import own_places, print_table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.lab import Notebook, chromium, jupyter  # below what lets it find the tests' parts
from tests.servers import web
from tests.servers.running import beside

RUNS = 5
SERVICES, TOOLS = 40, 50
CONNECT = """%load_ext jupyter_connectors
from jupyter_connectors.entries import Entry, Remote
from jupyter_connectors.extension import current
from jupyter_connectors.joining import connect
def entry(n):
    target = Remote(url=f"{url}/{{n}}")
    return Entry(id=f"service-{{n}}", title=f"Service {{n}}", summary="", category="test", target=target)
connect(current(), [entry(n) for n in range({services})])"""
OPEN = """async ([button, found]) => {
    const begun = performance.now();
    document.querySelector(button).click();
    const there = () => [...document.querySelectorAll(found)].some((each) => each.checkVisibility());
    while (!there()) await new Promise(requestAnimationFrame);
    return performance.now() - begun;
}"""
SIDEBAR = '[data-id="jupyter-connectors-panel"]'
PLACES = {
    "connected": ("Connected", ".jcn-use"),
    "tools": ("Tools", ".jcn-sidebar .jcn-tool"),
    "directory": ("Directory", ".jcn-sidebar .jcn-card"),
}
PEER = ('[data-id="jp-running-sessions"]', ".jp-RunningSessions-item")


def tool(number: int) -> dict[str, Any]:
    """A listing as services have them: a paragraph of words, five arguments."""
    text = "Lists records of one kind, newest first, with filters by state, owner and date. " * 3
    names = ("status", "customer", "since", "until", "limit")
    fields = {name: {"type": "string", "description": "one of the filters"} for name in names}
    schema = {"type": "object", "properties": fields, "required": ["status"]}
    return {
        "name": f"list_records_{number}",
        "title": f"List records {number}",
        "description": text,
        "inputSchema": schema,
        "annotations": {"readOnlyHint": number % 3 > 0, "destructiveHint": number % 9 == 0},
    }


def opened(page: Notebook, button: str, found: str) -> float:
    """Milliseconds from a click on the button to the first of what is looked for."""
    return float(page.page.evaluate(OPEN, [button, found]))


def closed(page: Notebook) -> None:
    """Puts the sidebar away, as at the start."""
    page.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")


def measure(page: Notebook, runs: int) -> list[list[str]]:
    """A row for each list: the first time, and the median of the others."""
    rows, times = [], [opened(page, SIDEBAR, PLACES["connected"][1])]
    for _ in range(runs):
        closed(page)
        times.append(opened(page, SIDEBAR, PLACES["connected"][1]))
    rows.append(["sidebar, connected", *spelled(times)])
    for tab, found in list(PLACES.values())[1:]:
        times = []
        for _ in range(1 + runs):
            opened(page, tab_of("Connected"), PLACES["connected"][1])
            times.append(opened(page, tab_of(tab), found))
        rows.append([tab.lower(), *spelled(times)])
    closed(page)
    times = [opened(page, *PEER)]
    for _ in range(runs):
        closed(page)
        times.append(opened(page, *PEER))
    rows.append(["JupyterLab's running sessions", *spelled(times)])
    return rows


def tab_of(name: str) -> str:
    """The selector of a tab."""
    return f"#jcn-panel-{name.lower()}-tab"


def spelled(times: list[float]) -> tuple[str, str]:
    """The first and the median of the others, in whole milliseconds."""
    return f"{times[0]:.0f}", f"{statistics.median(times[1:]):.0f}"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    handler = web.mcp(web.echo, tools=[tool(number) for number in range(TOOLS)])
    with (
        own_places() as place,
        beside(web.site(handler)) as served,
        chromium() as browser,
        jupyter(place / "jupyter") as address,
    ):
        page = Notebook(browser, address, place / "jupyter")
        page.open(CONNECT.format(url=served.url, services=SERVICES))
        page.run(0)
        page.wait_done(0)
        rows = measure(page, runs)
        page.close()
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    title = f"{SERVICES} services, {SERVICES * TOOLS:,} tools: from the click to the list, {load}"
    print_table(title, ["ms", "first", f"median of {runs}"], rows)


if __name__ == "__main__":
    main()
