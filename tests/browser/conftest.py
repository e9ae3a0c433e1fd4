from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .lab import Notebook, chromium, jupyter

# Where nothing is measured, a machine with other work to do may take its time.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for the tests of this folder: while it is open, Playwright has a loop running in this thread."""
    if not os.environ.get("CHROMIUM"):
        problem = "no Chromium: the browser tests did not run (CHROMIUM names one; `make test` installs one)"
        if os.environ.get("CI"):
            pytest.fail(problem)
        pytest.skip(problem)
    with chromium() as made:
        yield made


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="session")
def lab(folder: Path, own_places: Path) -> Iterator[str]:
    """The address of a running JupyterLab."""
    with jupyter(folder) as address:
        yield address


@pytest.fixture
def notebook(browser: Browser, lab: str, folder: Path) -> Iterator[Callable[..., Notebook]]:
    """Opens notebooks in JupyterLab, and closes them after the test."""
    opened: list[Notebook] = []

    def opening(*cells: str, kernel: str = "python3") -> Notebook:
        made = Notebook(browser, lab, folder)
        opened.append(made)
        return made.open(*cells, kernel=kernel)

    yield opening
    for each in opened:
        each.close()
