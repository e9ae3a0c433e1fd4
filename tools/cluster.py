"""Runs the tests of windows on a cluster, in an environment that has Dask, or Spark, beside what this one has.

Both bring pyarrow, which no other test should find: what works without it is what they are for.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = {"dask": "tests/cluster/test_dask.py", "spark": "tests/cluster/test_spark.py"}


def main(extra: str) -> int:
    """One small environment an extra, made anew when what the extra needs changes; the rest comes from this one."""
    place = ROOT / ".tools" / "cluster" / extra
    python = place / "bin" / "python"
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][extra]
    done = place / "done"
    if not done.exists() or done.read_text() != str(needs):
        venv.create(place, with_pip=True, clear=True)
        own = next(place.glob("lib/python3*/site-packages"))
        packages = sysconfig.get_paths()["purelib"]
        (own / "rest.pth").write_text(f"import site; site.addsitedir({packages!r})\n")
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *needs], check=True)
        done.write_text(str(needs))
    return subprocess.run([str(python), "-m", "pytest", TESTS[extra]], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
