"""Finds a Chromium for the browser tests, or installs one: Playwright's own, else Debian's package as root.

Prints its path, or nothing where none can be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found() -> str | None:
    """The path of a Chromium that is already there."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen
    return next((path for name in NAMES if (path := shutil.which(name))), None) or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def installed() -> str | None:
    """The path of a Chromium, installed if there was none; None where that fails."""
    path = found()
    if path is None:
        _run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"])
        path = found()
    if path is None and shutil.which("apt-get") and os.geteuid() == 0:
        _run(["apt-get", "update", "-qq"])
        _run(["apt-get", "install", "-y", "-qq", "chromium"])
        path = found()
    return path


def _run(command: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        print(f"{' '.join(command[:4])} failed", file=sys.stderr)


if __name__ == "__main__":
    print(installed() or "")
