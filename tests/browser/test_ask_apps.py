"""The app of an answer in JupyterLab: open while its tool runs, and not begun anew when the answer ends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from .lab import Notebook
from .test_apps import SERVER, inside, log, press

Open = Callable[..., Notebook]


@pytest.fixture
def asking(notebook: Open, model_api: str, tmp_path: Path) -> Notebook:
    """A notebook whose second cell asks; the tool that is called waits for a file to go."""
    holds = tmp_path / "holds"
    holds.touch()
    connect = f"""import os
os.environ |= {{"ANTHROPIC_API_KEY": "sk-canary-123456", "ANTHROPIC_BASE_URL": {model_api!r}}}
%load_ext jupyter_connectors
from jupyter_connectors.entries import Entry, Launch
from jupyter_connectors.extension import current
from jupyter_connectors.joining import connect
from jupyter_connectors.models import ToolClass
target = Launch(command={sys.executable!r}, args=({str(SERVER)!r},), env={{"PANEL_HOLDS": {str(holds)!r}}})
reads = dict.fromkeys(["panel", "count"], ToolClass.READ)
connect(current(), [Entry(id="panel", title="Panel", summary="", category="test", target=target, reviewed=reads)])"""
    page = notebook(connect, "%%ask\nCall the tool panel__panel {} slowly", "%%ask\nWhat were you told?")
    page.run(0)
    page.wait_done(0)
    page.run(1)
    return page


def begun(page: Notebook) -> Locator:
    """The output of the cell that asks, once its app has its input."""
    place = page.output(1)
    expect(log(place)).to_contain_text('tool-input {"arguments":{"year":2026}}', timeout=20_000)
    return place


def test_an_app_is_open_while_its_tool_runs_and_runs_on_when_the_answer_ends(asking: Notebook, tmp_path: Path) -> None:
    place = begun(asking)
    expect(log(place)).not_to_contain_text("tool-result")
    press(place, "Count")
    expect(log(place)).to_contain_text("counted 1")
    (tmp_path / "holds").unlink()
    expect(log(place)).to_contain_text("the panel's result")
    asking.wait_done(1)
    expect(place).to_contain_text("five six.")
    expect(log(place).locator("li").filter(has_text="initialized")).to_have_count(1)
    expect(log(place)).to_contain_text("counted 1")
    outputs = asking.save()["cells"][1]["outputs"]
    app = outputs[-1]["data"]
    assert "the panel's result" in "".join(app["text/plain"])
    assert "doctype" not in str(outputs)
    assert asking.outside == []
    assert asking.problems == []


def test_stop_tells_the_app(asking: Notebook, tmp_path: Path) -> None:
    place = begun(asking)
    asking.stop()
    expect(log(place)).to_contain_text("stopped by the person")
    (tmp_path / "holds").unlink()
    expect(inside(place).get_by_role("button", name="Count", exact=True)).to_be_visible()
