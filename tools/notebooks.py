"""The runnable notebooks: `check` runs them and compares with the outputs they hold, `write` runs them and keeps the new ones.

Both run in order, with no model, on one day and in one new state, since a notebook's log and permissions are its person's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"


def main() -> int:
    """The exit code of nbval, or 0 once the notebooks are written."""
    if sys.argv[1:] not in (["check"], ["write"]):
        print("Usage: python tools/notebooks.py check|write", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="jupyter-connectors-notebooks-") as place:
        os.environ["JUPYTER_CONNECTORS_TODAY"] = "2026-11-18"
        os.environ["JUPYTER_CONNECTORS_MODEL"] = "offline"
        os.environ["JUPYTER_CONNECTORS_DATA"] = str(Path(place) / "data")
        os.environ["JUPYTER_CONNECTORS_CACHE"] = str(Path(place) / "cache")
        if sys.argv[1] == "check":
            command = [
                sys.executable,
                "-m",
                "pytest",
                "--nbval",
                "--nbval-current-env",
                "-p",
                "no:cacheprovider",
                str(FOLDER),
            ]
            return subprocess.run(command, check=False).returncode
        for path in sorted(FOLDER.glob("*.ipynb")):
            _write(path)
    return 0


def _write(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    # What names this machine, this run or a widget's state is no part of what a reader is shown.
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)
    print(f"{path.name}: {len(notebook.cells)} cells")


if __name__ == "__main__":
    sys.exit(main())
