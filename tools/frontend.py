"""Builds, or checks and tests, the front end: `python tools/frontend.py build|check`.

`python tools/frontend.py oidc` only installs the authorization server of the tests, and prints the PATH that has its Node.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from node import path_with_node

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {
    "labextension": ROOT / "labextension",
    "wire": ROOT / "tests" / "wire",
    "oidc": ROOT / "tests" / "oidc",
}
PACKAGE = ROOT / "src" / "jupyter_connectors"


def environment() -> dict[str, str]:
    """The environment for npm: Node 22, and the tools of our own virtual environment (`jupyter-builder`)."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{path_with_node()}"}


def install(name: str) -> None:
    """`npm ci` in a folder, unless its lock file is no newer than what is installed."""
    folder = FOLDERS[name]
    done = folder / "node_modules" / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= (folder / "package-lock.json").stat().st_mtime:
        return
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder,
        env=environment(),
        check=True,
    )


def run(*scripts: str) -> None:
    """Runs npm scripts of the front end, in order."""
    for script in scripts:
        subprocess.run(["npm", "run", "--silent", script], cwd=FOLDERS["labextension"], env=environment(), check=True)


def link() -> None:
    """Puts the built extension where this environment's JupyterLab looks for it."""
    target = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "jupyter-connectors"
    target.parent.mkdir(parents=True, exist_ok=True)
    # An editable install leaves a folder there with what it found when it was made: nothing but install.json.
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    target.symlink_to(PACKAGE / "labextension")
    shutil.copy(FOLDERS["labextension"] / "install.json", target)
    # The same for the server's part, which an install made before it was there does not name.
    name = "jupyter-connectors.json"
    config = Path(sys.prefix) / "etc" / "jupyter" / "jupyter_server_config.d" / name
    config.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PACKAGE / "server" / name, config)


if __name__ == "__main__":
    if sys.argv[1:] == ["oidc"]:
        install("oidc")
        print(environment()["PATH"])
        sys.exit()
    install("labextension")
    if sys.argv[1:] == ["check"]:
        install("wire")
        install("oidc")
        run("check", "test")
    else:
        run("build")
        link()
