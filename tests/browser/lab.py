"""A real JupyterLab in a real browser, driven as a person does."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import nbformat
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from ..servers.jupyter import free_port, jupyter_server

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A name that nobody has, for attempts to reach one.
    "--host-resolver-rules=MAP *.evil.example 127.0.0.1",
]

_CONFIG = """
c.IdentityProvider.token = {token!r}
c.ServerApp.password = ""
c.ServerApp.disable_check_xsrf = True
c.LabApp.expose_app_in_browser = True
c.JupyterNotebookApp.expose_app_in_browser = True
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
"""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser named by CHROMIUM."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def jupyter(folder: Path, *, program: str = "lab", token: str = "", own_part: bool = True) -> Iterator[str]:
    """A server of our own over `folder`, with settings of its own; gives its address.

    Without `own_part` it is one where our part of the server is not installed.
    """
    (folder / "work").mkdir(parents=True, exist_ok=True)
    quiet = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True, exist_ok=True)
    quiet.write_text('{"fetchNews": "false"}')
    config = folder / "config.py"
    config.write_text(_CONFIG.format(token=token))
    port = free_port()
    command = [sys.executable, "-m", f"jupyter{program}" if program == "lab" else program, f"--config={config}"]
    if not own_part:
        command.append("--ServerApp.jpserver_extensions={'jupyter_connectors.server': False}")
    places = {
        "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
        # Where a test can put kernels of its own, also while the server runs.
        "JUPYTER_DATA_DIR": folder / "data",
    }
    with jupyter_server(folder, port, command, **{name: str(place) for name, place in places.items()}):
        yield f"http://127.0.0.1:{port}"


def new_name(program: str) -> str:
    """A name no other notebook has."""
    return f"{program}-{uuid4().hex[:8]}"


def use_dark_theme(address: str) -> None:
    """Sets JupyterLab's dark theme, as its settings editor does."""
    body = json.dumps({"raw": json.dumps({"theme": "JupyterLab Dark"})}).encode()
    request = urllib.request.Request(
        f"{address}/lab/api/settings/@jupyterlab/apputils-extension:themes",
        data=body,
        method="PUT",
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def answer(button: Locator) -> None:
    """Presses a button of a card as a person does, who looks at it first: it counts where it has stood still."""
    button.scroll_into_view_if_needed()
    button.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    # Not left to the click: each time that finds the button deaf, it scrolls the page.
    expect(button).to_be_enabled()
    button.click()


class Notebook:
    """One notebook in one browser page."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        folder: Path,
        *,
        program: str = "lab",
        name: str = "",
        zone: str | None = None,
        **viewport: int,
    ) -> None:
        self._address = address
        self._program = program
        self.name = f"{name or new_name(program)}.ipynb"
        self.path = folder / "work" / self.name
        self._viewport = {"width": 1280, "height": 900, **viewport}
        self._context = browser.new_context(viewport=self._viewport, device_scale_factor=1, timezone_id=zone)
        self.page: Page = self._context.new_page()
        self.outside: list[str] = []
        """Requests that left this machine."""

        self.problems: list[str] = []
        """Errors in the console that are ours."""

        self.page.on("request", self._note_request)
        self.page.on("console", self._note_console)

    def open(self, *cells: str, kernel: str = "python3") -> Notebook:
        """Writes the notebook with these cells and opens it."""
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        made.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
        nbformat.write(made, self.path)
        self.load()
        self._until("() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'")
        return self

    def load(self) -> Notebook:
        """Loads, or loads again, the page."""
        place = f"lab/tree/{self.name}?reset" if self._program == "lab" else f"notebooks/{self.name}"
        self.page.goto(f"{self._address}/{place}")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        self._until(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.connectionStatus === 'connected'"
        )
        return self

    def run(self, index: int) -> None:
        """Runs a cell and returns at once."""
        self.page.evaluate(
            """(index) => {
                const app = window.jupyterapp, cells = app.shell.currentWidget.content;
                cells.activeCellIndex = index;
                cells.deselectAll();
                app.commands.execute('notebook:run-cell');
            }""",
            index,
        )

    def stop(self) -> None:
        """Presses Stop."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:interrupt-kernel'); }")

    def save(self) -> dict[str, Any]:
        """Saves, and gives what was saved."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        saved: dict[str, Any] = json.loads(self.path.read_text())
        return saved

    def cell(self, index: int) -> Locator:
        """A cell on the page."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def output(self, index: int) -> Locator:
        """The output of a cell."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    def wait_done(self, index: int, *, seconds: float = 60) -> None:
        """Waits until a cell has run."""
        self._until(
            f"""() => {{
                const cell = window.jupyterapp.shell.currentWidget.content.widgets[{index}];
                return cell.model.executionState === 'idle' && cell.model.executionCount !== null;
            }}""",
            seconds=seconds,
        )

    def screenshot(self, path: Path) -> None:
        """A picture of the page."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)

    def close(self) -> None:
        """Ends the notebook's kernel and leaves the page."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget?.sessionContext.shutdown()")
        self._context.close()

    def _until(self, condition: str, *, seconds: float = 60) -> None:
        self.page.wait_for_function(condition, timeout=seconds * 1000)

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((self._address, self._address.replace("http", "ws"), "data:", "blob:")):
            self.outside.append(request.url)

    def _note_console(self, message: Any) -> None:
        if message.type == "error" and "connectors" in message.text:
            self.problems.append(message.text)
