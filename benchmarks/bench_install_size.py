"""What `pip install jupyter-connectors` adds to an environment with JupyterLab and pandas: against `mcp` and `duckdb` alone.

One fresh virtual environment, measured three times: with JupyterLab and pandas; then with the peer, `mcp` and `duckdb` as
we require them, which is the least that speaks MCP and reads rows; then with our wheel, built from this folder. A size is
the sum of all file sizes in the environment, compiled Python included. Takes one to three minutes and the registries.

    python benchmarks/bench_install_size.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

from common import print_table

ROOT = Path(__file__).resolve().parent.parent
BEFORE = ("jupyterlab>=4.6,<5", "pandas>=2.2")
PEER = ("mcp", "duckdb")
GOAL_MB, SHOWN = 120, 8


def run(*command: str | Path, **variables: str) -> str:
    """What a program prints.

    Raises:
        RuntimeError: it failed; the message has its last words.
    """
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **variables}
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stderr[-2_000:]}")
    return done.stdout


def wheel(folder: Path) -> Path:
    """Our wheel, with the front end in it; builds that first where it was never built."""
    if not (ROOT / "src/jupyter_connectors/labextension/package.json").exists():
        run(sys.executable, ROOT / "tools/frontend.py", "build")
    skip = {"SKIP_JUPYTER_BUILDER": "1"}
    run(sys.executable, "-m", "pip", "wheel", ROOT, "--no-deps", "--wheel-dir", folder, **skip)
    return next(folder.glob("jupyter_connectors-*.whl"))


class Environment:
    """A virtual environment that lasts as long as its folder."""

    def __init__(self, folder: Path) -> None:
        run(sys.executable, "-m", "venv", folder)
        self._folder = folder
        self._python = next(each for each in (folder / "bin/python", folder / "Scripts/python.exe") if each.exists())
        self._site = Path(run(self._python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())

    def install(self, *wanted: str | Path) -> None:
        run(self._python, "-m", "pip", "install", "--disable-pip-version-check", *wanted)

    def size(self) -> int:
        """Bytes in all its files."""
        files = (each for each in self._folder.rglob("*") if each.is_file() and not each.is_symlink())
        return sum(each.stat().st_size for each in files)

    def sizes(self) -> dict[str, int]:
        """Bytes of each distribution, by name."""
        return {each.name: _size(each) for each in distributions(path=[str(self._site)])}


def _size(distribution: Distribution) -> int:
    files = (Path(str(each.locate())) for each in distribution.files or ())
    return sum(each.stat().st_size for each in files if each.is_file())


def both(size: float) -> tuple[str, str]:
    """A size in MB and in MiB, because the tools that show it differ."""
    return f"{size / 1e6:,.1f}", f"{size / 2**20:,.1f}"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jc-bench-") as name:
        ours = wheel(Path(name) / "wheel")
        needed = [each for each in Distribution.at(_unpacked(ours)).requires or () if each.startswith(PEER)]
        environment = Environment(Path(name) / "venv")
        environment.install(*BEFORE)
        before, had = environment.size(), set(environment.sizes())
        environment.install(*needed)
        peer = environment.size() - before
        environment.install(ours)
        added = environment.size() - before
        found = {name: size for name, size in environment.sizes().items() if name not in had}
    largest = sorted(found, key=lambda each: -found[each])
    rest = sum(found[each] for each in largest[SHOWN:])
    print_table(
        f"Added to an environment of {before / 1e6:,.0f} MB (goal: at most {GOAL_MB} MB)",
        ("", "MB", "MiB", "ratio"),
        [
            ("mcp and duckdb (peer)", *both(peer), "1.00"),
            ("jupyter-connectors, with both", *both(added), f"{added / peer:.2f}"),
            *((f"  {each}", *both(found[each])) for each in largest[:SHOWN]),
            (f"  {len(found) - SHOWN} others", *both(rest)),
        ],
    )


def _unpacked(wheel: Path) -> Path:
    """The folder of metadata in a wheel."""
    run(sys.executable, "-m", "zipfile", "-e", wheel, wheel.parent / "unpacked")
    return next((wheel.parent / "unpacked").glob("*.dist-info"))


if __name__ == "__main__":
    main()
