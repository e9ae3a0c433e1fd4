"""Runs the quickstart notebook headless on the embedded connectors and prints what came of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
QUICKSTART = ROOT / "notebooks" / "01-first-dataframe.ipynb"


def main() -> None:
    """Executes a copy; the notebook in the repository stays as it is."""
    place = Path(tempfile.mkdtemp(prefix="jupyter-connectors-demo-"))
    # No key of yours is used, and no record of yours is written to.
    os.environ["JUPYTER_CONNECTORS_MODEL"] = "offline"
    os.environ["JUPYTER_CONNECTORS_DATA"] = str(place / "data")
    notebook = nbformat.read(QUICKSTART, as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(place)}})
    client.execute()
    executed = place / QUICKSTART.name
    nbformat.write(notebook, executed)
    for tag, title in (("table", "The table"), ("answer", "The answer")):
        print(f"\n{title}\n{'=' * len(title)}")
        for cell in notebook.cells:
            if tag in cell.metadata.get("tags", ()):
                print(f"{cell.source}\n")
                print("\n\n".join(_text(output) for output in cell.outputs))
    print(f"\nThe executed notebook: {executed}")


def _text(output: nbformat.NotebookNode) -> str:
    return str(output.get("data", {}).get("text/plain") or output.get("text", ""))


if __name__ == "__main__":
    main()
