"""Runs the official MCP client conformance suite against our own connection layer, one scenario at a time.

    python tools/conformance.py                     # all three legs, about three minutes
    python tools/conformance.py auth/scope-step-up  # some scenarios

A scenario passes only when the client ended well, something was checked and all of it passed: the suite's batch mode
hides crashes and time-outs. Needs npm once: the suite goes to ~/.cache/mcp-conformance. Where it cannot be installed the
status is 0 and the last line says so; with CONFORMANCE=required it is 2.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from node import path_with_node

SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12"
ROOT = Path(__file__).resolve().parent.parent
EXTENSIONS = (
    "auth/client-credentials-jwt",
    "auth/client-credentials-basic",
    "auth/enterprise-managed-authorization",
    "auth/wif-jwt-bearer",
)
"""Of the authorization extensions, those we owe."""

SECONDS = 150


def main(wanted: list[str]) -> int:
    """Prints a line a scenario and the sum; 0 if all passed."""
    environment = {**os.environ, "PATH": path_with_node()}
    suite = installed(environment)
    if suite is None:
        print("conformance: the suite could not be installed; nothing was run")
        return 2 if os.environ.get("CONFORMANCE") == "required" else 0
    passed = total = 0
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        for leg, options, scenario in plan(suite, environment):
            if wanted and scenario not in wanted:
                continue
            good, said = run(suite, scenario, options, environment, Path(folder))
            total, passed = total + 1, passed + good
            print(f"{leg}\t{scenario}\t{'PASS' if good else 'FAIL'}\t{said}", flush=True)
    print(f"conformance: {passed} of {total}")
    return 0 if total and passed == total else 1


def installed(environment: dict[str, str]) -> Path | None:
    """The suite's program, installed if it is not there."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "mcp-conformance"
    program = folder / "node_modules" / ".bin" / "conformance"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), SUITE]
        subprocess.run(command, env=environment, check=False, capture_output=True)
    return program if program.exists() else None


def plan(suite: Path, environment: dict[str, str]) -> Iterator[tuple[str, list[str], str]]:
    """Leg, options and scenario: the frozen required sets of both eras of the protocol, then the extensions."""
    for version in ("2025-11-25", "2026-07-28"):
        command = [str(suite), "list", "--requirements", version]
        listed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        clients = listed[listed.index("Client scenarios") :]
        for scenario in re.findall(r"^  - (\S+)", clients, re.MULTILINE):
            yield version, ["--spec-version", version], scenario
    for scenario in EXTENSIONS:
        yield "extensions", [], scenario


def run(suite: Path, scenario: str, options: list[str], environment: dict[str, str], folder: Path) -> tuple[bool, str]:
    """Whether one scenario passed, and its count of checks."""
    client = shlex.join([sys.executable, str(ROOT / "tests" / "conformance" / "client.py")])
    command = [str(suite), "client", "--command", client, "--scenario", scenario, *options]
    command += ["--timeout", str(1000 * (SECONDS - 30)), "-o", str(folder)]
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, "no end"
    counts = re.findall(r"^Passed: *(\d+)/(\d+)", done.stdout, re.MULTILINE)
    good, of = map(int, counts[-1]) if counts else (0, 0)
    return done.returncode == 0 and good == of > 0, f"{good}/{of}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
