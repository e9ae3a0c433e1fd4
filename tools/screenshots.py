"""Takes the pictures in docs/images: a real JupyterLab, driven in a real browser, light and dark.

`python tools/screenshots.py app panel` takes those whose names begin so. The model behind the picture of an answer is
scripted (tests/wire); everything else is as a user meets it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from node import path_with_node

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pictures import MOVE, PICTURES, Picture  # needs the path above to be set
from playwright.sync_api import Browser, expect
from tests.browser.lab import Notebook, chromium, jupyter, use_dark_theme
from tests.servers.model import scripted_model

IMAGES = ROOT / "docs" / "images"


def main(*wanted: str) -> None:
    """The pictures whose names begin so, or every one, in both themes."""
    node = shutil.which("node", path=path_with_node())
    assert node is not None
    with tempfile.TemporaryDirectory() as place, scripted_model(node) as model, chromium() as browser:
        os.environ |= {
            "JUPYTER_CONNECTORS_DATA": f"{place}/data",
            "ANTHROPIC_API_KEY": "unused",
            "ANTHROPIC_BASE_URL": model,
        }
        for theme in ("light", "dark"):
            with jupyter(Path(place) / theme) as address:
                if theme == "dark":
                    use_dark_theme(address)
                for picture in PICTURES:
                    if picture.name.startswith(wanted or ("",)):
                        take(picture, browser, address, Path(place) / theme, theme)


def take(picture: Picture, browser: Browser, address: str, folder: Path, theme: str) -> None:
    """One notebook, and its pictures; a cell that waits for an answer is left waiting."""
    notebook = Notebook(browser, address, folder, name=picture.name, width=picture.width, height=picture.height).open(
        *picture.cells
    )
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    for index, cell in enumerate(picture.cells if picture.is_run else ()):
        notebook.run(index)
        if cell == MOVE:
            expect(notebook.output(index).get_by_role("button", name="Deny")).to_be_visible(timeout=30_000)
        else:
            notebook.wait_done(index)
    notebook.page.wait_for_load_state("networkidle")
    for suffix, stage in picture.stages:
        part = stage(notebook)
        path = IMAGES / f"{picture.name}{suffix}-{theme}.png"
        if part is None:
            notebook.screenshot(path)
        else:
            part.screenshot(path=path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
    notebook.stop()
    notebook.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
