"""Makes kernels with other versions of ipykernel, for the tests: the same packages, another kernel."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("6.31.0", "7.3.0")


def main() -> None:
    """One small environment a version; everything but ipykernel comes from this one."""
    packages = sysconfig.get_paths()["purelib"]
    for version in VERSIONS:
        place = ROOT / ".tools" / "kernels" / version
        python = place / "bin" / "python"
        if not (place / "done").exists():
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
            own = next(place.glob("lib/python3*/site-packages"))
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "install",
                    "-q",
                    "--no-deps",
                    "--target",
                    str(own),
                    f"ipykernel=={version}",
                ],
                check=True,
            )
            (own / "rest.pth").write_text(f"import site; site.addsitedir({packages!r})\n")
            (place / "done").touch()
        spec = Path(sys.prefix) / "share" / "jupyter" / "kernels" / f"ipykernel-{version}"
        spec.mkdir(parents=True, exist_ok=True)
        command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        told = {"argv": command, "display_name": f"ipykernel {version}", "language": "python"}
        (spec / "kernel.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
