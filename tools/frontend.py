"""Builds, or checks and tests, the front end: `python tools/frontend.py build|check`.

`python tools/frontend.py oidc` only installs the authorization server of the tests, and prints the PATH that has its Node;
`apps` does the same for the servers whose apps the tests open.
"""

from __future__ import annotations

import gzip
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
    "apps": ROOT / "tests" / "apps",
}
PACKAGE = ROOT / "src" / "jupyter_connectors"
LARGEST = 150_000
"""Bytes of the built extension, compressed, all its parts together."""


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


def weigh() -> None:
    """Ends the build where the extension is larger, as a server sends it, than a page should have to load."""
    parts = (PACKAGE / "labextension" / "static").glob("*.js")
    size = sum(len(gzip.compress(each.read_bytes())) for each in parts)
    if size > LARGEST:
        sys.exit(f"the extension has {size:,} bytes compressed; {LARGEST:,} is the limit")


def link() -> None:
    """Puts the built extension where this environment's JupyterLab looks for it.

    Its parts are linked and not its folder: an install writes `install.json` there, which is no part of what is built.
    """
    target = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "jupyter-connectors"
    if target.is_symlink():
        target.unlink()
    target.mkdir(parents=True, exist_ok=True)
    for part in (PACKAGE / "labextension").iterdir():
        place = target / part.name
        # An install leaves a copy of what was built then.
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        place.symlink_to(part)
    shutil.copy(FOLDERS["labextension"] / "install.json", target)
    # The same for the server's part, which an install made before it was there does not name.
    name = "jupyter-connectors.json"
    config = Path(sys.prefix) / "etc" / "jupyter" / "jupyter_server_config.d" / name
    config.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PACKAGE / "server" / name, config)


if __name__ == "__main__":
    if sys.argv[1:] in (["oidc"], ["apps"]):
        install(sys.argv[1])
        print(environment()["PATH"])
        sys.exit()
    install("labextension")
    if sys.argv[1:] == ["check"]:
        install("wire")
        install("oidc")
        install("apps")
        run("check", "test")
    else:
        run("build")
        weigh()
        link()
