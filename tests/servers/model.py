"""A scripted model API (tests/wire/server.mjs) that speaks Anthropic's and OpenAI's formats, as a process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WIRE = Path(__file__).parents[1] / "wire"


@contextmanager
def scripted_model(node: str) -> Iterator[str]:
    """Its address. Needs `npm ci` in tests/wire."""
    with subprocess.Popen(
        [node, "server.mjs"], cwd=WIRE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(10)
