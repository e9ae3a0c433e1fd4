"""Takes the pictures in docs/images: a real JupyterLab, driven in a real browser, light and dark.

The model behind the picture of an answer is scripted (tests/wire); everything else is as a user meets it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node import path_with_node

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import expect  # needs the path above to be set for the next line
from tests.browser.lab import Notebook, chromium, jupyter, use_dark_theme

IMAGES = ROOT / "docs" / "images"
CONNECT = "%load_ext jupyter_connectors\n%connect acme-billing acme-crm"
DIRECTORY = ("%load_ext jupyter_connectors\n%connect acme-billing", "%connect")
PERMISSIONS = (
    "%load_ext jupyter_connectors\n%connect acme-crm",
    "%tools acme-crm",
    "%connect --explain acme-crm.update_opportunity",
)
QUICKSTART = (
    CONNECT,
    'acme_billing.list_invoices(status="open")',
    'deals = acme_crm.list_opportunities(is_closed=False).df\ndeals.groupby("owner_name")["amount"].sum().nlargest(3)',
    'acme_crm.update_opportunity(deals.loc[0, "id"], stage_name="Negotiation/Review", next_step="Call on Monday")',
)
GRID = (
    CONNECT,
    'acme_billing.list_invoices(status="open")',
    "deals = acme_crm.list_opportunities(is_closed=False).df\ndeals[deals.amount > 50_000]",
)
ANSWER = (CONNECT, "%%ask\nWhich customers with open invoices owe us most in euros?", "owing")


def main() -> None:
    """Every picture, in both themes."""
    with tempfile.TemporaryDirectory() as place, scripted_model() as model, chromium() as browser:
        os.environ |= {
            "JUPYTER_CONNECTORS_DATA": f"{place}/data",
            "ANTHROPIC_API_KEY": "unused",
            "ANTHROPIC_BASE_URL": model,
        }
        for theme in ("light", "dark"):
            with jupyter(Path(place) / theme) as address:
                if theme == "dark":
                    use_dark_theme(address)
                for name, cells, height in (
                    ("quickstart", QUICKSTART, 1040),
                    ("directory", DIRECTORY, 1180),
                    ("permissions", PERMISSIONS, 1060),
                    ("grid", GRID, 1220),
                    ("answer", ANSWER, 900),
                ):
                    notebook = Notebook(
                        browser, address, Path(place) / theme, name=name, width=1180, height=height
                    ).open(*cells)
                    take(notebook, cells, IMAGES / f"{name}-{theme}.png")


def take(notebook: Notebook, cells: tuple[str, ...], path: Path) -> None:
    """One picture of a notebook with these cells; a cell that waits for an answer is left waiting."""
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    for index, cell in enumerate(cells):
        notebook.run(index)
        if "update_opportunity" in cell:
            deny = notebook.output(index).get_by_role("button", name="Deny")
            expect(deny).to_be_visible(timeout=30_000)
            deny.scroll_into_view_if_needed()
        else:
            notebook.wait_done(index)
    notebook.page.wait_for_load_state("networkidle")
    for header in notebook.page.get_by_role("columnheader", name="amount_due").get_by_role("button").all():
        header.click()
    for grid in notebook.page.locator(".jcn-grid").all():
        expect(grid.get_by_role("row").nth(3)).to_be_visible()
        expect(grid.locator("[aria-busy]")).to_have_count(0, timeout=30_000)
    notebook.screenshot(path)
    print(path.relative_to(ROOT))
    notebook.stop()
    notebook.close()


@contextmanager
def scripted_model() -> Iterator[str]:
    """The address of the scripted model API."""
    node = shutil.which("node", path=path_with_node())
    assert node is not None
    command = [node, "server.mjs"]
    with subprocess.Popen(
        command, cwd=ROOT / "tests" / "wire", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


if __name__ == "__main__":
    main()
