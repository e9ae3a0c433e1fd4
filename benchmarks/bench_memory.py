"""Peak memory while a million invoices are fetched, written as Parquet, queried and streamed.

The demo has 40,000 invoices, so its pages are walked 25 times: they are fetched once from the real server and kept, and
each further walk answers with them under new ids (`in_...` becomes `in_...~7`), behind the same paging, through the
same `collect` as any call, as text and as structured content, which is how the server sends them. The million are therefore 25 times the same values; ids, which a walk must remember, are all
different. The 400 pages kept (about 120 MB) stand for the server, so they count with the imports, not with the peak.

    python benchmarks/bench_memory.py             # 1,000,000 rows, about five minutes, 6 GB of temporary disk
    python benchmarks/bench_memory.py --rows 40000
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from common import own_places, print_table

PAGE = 100
CEILING = 400
"""MB above the imports that no step may pass."""


def main() -> None:
    """Fetches the pages, then measures in a process of its own, where nothing else has run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--frame", action="store_true", help="also build the whole pandas frame")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure is not None:
        measure(args.measure, args.rows, frame=args.frame)
        return
    with own_places() as place:
        asyncio.run(keep_pages(place))
        command = [sys.executable, __file__, "--measure", str(place), "--rows", str(args.rows)]
        subprocess.run([*command, *(["--frame"] if args.frame else [])], check=True)


async def keep_pages(place: Path) -> None:
    """Writes every page of `list_invoices`, as the server sent it, to a line of a file."""
    from jupyter_connectors.approval import Answer
    from jupyter_connectors.audit import Audit
    from jupyter_connectors.calls import new_call
    from jupyter_connectors.directory.catalogue import shipped
    from jupyter_connectors.hub import Hub
    from jupyter_connectors.judgement import Judge
    from jupyter_connectors.sessions.limits import Limits
    from jupyter_connectors.store import open_store

    async def nobody(_: object) -> Answer:
        return Answer(choice="deny", by="nobody")

    store = open_store(place / "state.sqlite")
    hub = Hub(audit=Audit(store), judge=Judge(store), spool_dir=place / "first", limits=Limits())
    await hub.connect(next(entry for entry in shipped() if entry.id == "acme-billing"))
    tool = hub.find("acme-billing", "list_invoices")
    result = await hub.call(new_call(tool, {}), approve=nobody)
    result.save(place / "pages")
    (place / "tool.json").write_text(json.dumps({"input": tool.input_schema, "output": tool.output_schema}))
    await hub.close()


class Walks:
    """A server that answers from the pages kept, walk after walk, and gives each walk ids of its own."""

    def __init__(self, place: Path, rows: int) -> None:
        from jupyter_connectors.frames.parts import unpacked

        with (place / "pages").open("rb") as kept:
            kept.readline()  # the call
            self._texts = [reply.texts[0] for reply in unpacked(kept)]
        self._pages = -(-rows // PAGE)

    async def fetch(self, arguments: Mapping[str, Any]) -> Any:
        from jupyter_connectors.models import Reply

        after = arguments.get("starting_after", "")
        number = int(after.rpartition("~")[2]) + 1 if after else 0
        payload = json.loads(self._texts[number % len(self._texts)])
        for row in payload["data"]:
            row["id"] = f"{row['id']}~{number}"
        payload["has_more"] = number + 1 < self._pages
        return Reply(texts=(json.dumps(payload),), structured=payload)


def measure(place: Path, rows: int, *, frame: bool) -> None:
    """Prints, for each step, how far memory rose above what the imports hold."""
    import duckdb
    import pandas  # noqa: F401 - its memory is not ours

    from jupyter_connectors.frames.collect import collect
    from jupyter_connectors.frames.shapes import shape_for
    from jupyter_connectors.frames.sql import run_sql
    from jupyter_connectors.models import Tool, ToolCall

    schemas = json.loads((place / "tool.json").read_text())
    tool = Tool(connector="acme-billing", name="list_invoices", input_schema=schemas["input"])
    call = ToolCall(id="memory", connector="acme-billing", tool="list_invoices", arguments_json="{}")
    shape = shape_for("acme-billing", "list_invoices")
    with duckdb.connect() as warm:
        warm.execute("SELECT 1").fetchall()
    server = Walks(place, rows)
    base = _now()
    told: list[tuple[str, ...]] = []

    def step(name: str, act: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        with Peak() as peak:
            made = act()
        told.append((name, f"{peak.most - base:,.0f} MB", f"{time.perf_counter() - started:,.1f} s"))
        return made

    result = step(
        "fetch, find, type, spool",
        lambda: asyncio.run(collect(call, tool, server.fetch, shape=shape, spool_dir=place / "spool")),
    )
    assert result.complete and result.rows == rows, result
    step("head(5)", result.head)
    step("to_parquet", lambda: result.to_parquet(place / "invoices.parquet"))
    step("to_parquet by month", lambda: result.to_parquet(place / "by-month", partition_by="month"))
    query = "SELECT status, currency, count(*) n, sum(amount_due) due FROM invoices GROUP BY ALL ORDER BY n DESC"
    grouped = step("SQL on the spool", lambda: run_sql(query, {"invoices": result.tables.whole}, timeout=600))
    assert grouped["n"].sum() == rows
    counted = step("Arrow stream, batch by batch", lambda: _streamed(result))
    assert counted == rows
    if frame:
        step("the whole pandas frame", lambda: result.df)
    print_table(
        f"{rows:,} invoices: peak above {base:,.0f} MB of imports and pages",
        ("step", "peak", "time"),
        [*told, ("whole process, as the system counts it", f"{_rusage():,.0f} MB", "")],
    )
    sizes = [(each.name, sum(f.stat().st_size for f in _files(each)) / 1e6) for each in place.iterdir()]
    print_table("on disk", ("place", "size"), [(name, f"{size:,.0f} MB") for name, size in sizes if size > 1])
    most = max(float(peak.split()[0].replace(",", "")) for name, peak, _ in told if name != "the whole pandas frame")
    print(f"\n{'ok' if most < CEILING else 'too much'}: {most:,.0f} MB, the ceiling is {CEILING} MB")
    sys.exit(0 if most < CEILING else 1)


def _streamed(result: Any) -> int:  # the query finds `result` by its name
    """Reads the stream as another library would: DuckDB, through the Arrow interface alone."""
    import duckdb

    with duckdb.connect() as connection:
        (counted,) = connection.execute("SELECT count(DISTINCT id) FROM result").fetchall()
    return int(counted[0])


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else [each for each in place.rglob("*") if each.is_file()]


class Peak:
    """The highest resident memory of this process while it is open, sampled every 10 ms."""

    def __enter__(self) -> Self:
        self.most = _now()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self.most = max(self.most, _now())

    def _watch(self) -> None:
        while not self._end.wait(0.01):
            self.most = max(self.most, _now())


def _now() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _rusage() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()
