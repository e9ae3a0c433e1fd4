"""What `%load_ext jupyter_connectors` adds to the first cell: against `import pandas` in the same kernels.

Each round is a fresh IPython kernel that has run one empty cell. The time is taken inside it, around the line magic
itself; `import pandas` follows in the same kernel, so whatever both need counts as ours. The first kernel is thrown
away: it brings the files into the system's cache.

    python benchmarks/bench_load_ext.py [ROUNDS]
"""

from __future__ import annotations

import ast
import sys
import time
from typing import IO

from common import own_places, print_table, spread
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

ROUNDS = 15
GOAL_MS = 50.0

CELL = """
import time as _time
_began = _time.perf_counter()
get_ipython().run_line_magic("load_ext", "jupyter_connectors")
_loaded = _time.perf_counter()
import pandas as _pandas
_imported = _time.perf_counter()
_times = (_loaded - _began, _imported - _loaded)
"""


def one_round(log: IO[str]) -> tuple[float, float]:
    """Milliseconds of `%load_ext` and of `import pandas` in one fresh kernel, whose own words go to `log`."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(stderr=log)
    client: BlockingKernelClient = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        told(client, "")
        loaded, imported = told(client, CELL, "_times")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return loaded * 1000, imported * 1000


def told(client: BlockingKernelClient, code: str, expression: str = "()") -> tuple[float, ...]:
    """The value of an expression after a cell has run."""
    reply = client.execute_interactive(
        code, user_expressions={"it": expression}, allow_stdin=False, output_hook=lambda _: None, timeout=60
    )
    content = reply["content"]
    if content["status"] != "ok" or content["user_expressions"]["it"]["status"] != "ok":
        raise RuntimeError(f"the cell failed: {content.get('evalue') or content['user_expressions']}")
    value: tuple[float, ...] = ast.literal_eval(content["user_expressions"]["it"]["data"]["text/plain"])
    return value


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    began = time.monotonic()
    with own_places() as place, (place / "kernels.log").open("w") as log:
        times = [one_round(log) for _ in range(rounds + 1)][1:]
    ours, pandas = (spread(column) for column in zip(*times, strict=True))
    print_table(
        f"Loading, {rounds} fresh kernels in {time.monotonic() - began:.0f} s, milliseconds "
        f"(goal: at most {GOAL_MS:.0f} at the median)",
        ("", "median", "p90", "ratio"),
        [
            ("import pandas (peer)", f"{pandas.median:.0f}", f"{pandas.p90:.0f}", "1.00"),
            (
                "%load_ext jupyter_connectors",
                f"{ours.median:.1f}",
                f"{ours.p90:.1f}",
                f"{ours.median / pandas.median:.2f}",
            ),
        ],
    )


if __name__ == "__main__":
    main()
