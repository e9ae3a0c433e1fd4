"""100,000 charges from MCP wire pages to a typed pandas frame: ours against six other ways, and the floors below all.

Each contender is a process of its own, three times over, and the quickest counts: user CPU seconds of all its threads,
wall seconds, rows per CPU second, the most memory above what it had after its imports, and how many times as fast as `json_normalize` it is. Those marked "wire"
begin with JSON-RPC lines whose pages are JSON inside a JSON text, as a server sends them; the others get what they
can read, the bare charges, one a line. Ours goes the whole way of a call but for the pipe: our transport's parser, the
SDK's types, `collect` with paging, proof and the archive on disk, and the frame.

A frame is right in six points: `created` is an instant in UTC; `amount` is in major units with the exact minor units
beside it; ids past 2^53 are exact among nulls; the field that comes late is there; 1.5 is 1.5 after whole numbers;
"02139" is that text. What is not installed is left out. For all of them:

    pip install orjson polars pyarrow dlt
    python benchmarks/frames.py [ROWS] [NAME ...]
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from charges import PAGE, write
from common import print_table

ROWS, ROUNDS = 100_000, 3
CHECKS = ("created", "money", "big ids", "late", "1.5", "02139")
PEER = "orjson + json_normalize"


def pages(place: Path) -> Any:
    import orjson

    with (place / "wire.ndjson").open("rb") as lines:
        for line in lines:
            yield orjson.loads(orjson.loads(line)["result"]["content"][0]["text"])["data"]


def ours(place: Path, columns: Any = None) -> Any:
    import asyncio

    from mcp_types import CallToolResult, jsonrpc_message_adapter

    from jupyter_connectors.calls import new_call
    from jupyter_connectors.frames.collect import collect
    from jupyter_connectors.frames.shapes import shape_for
    from jupyter_connectors.models import Json, Reply, Tool
    from jupyter_connectors.sessions.child import parsed

    known = {"limit": {"type": "integer"}, "starting_after": {"type": "string"}}
    tool = Tool(connector="stripe", name="list_charges", input_schema={"type": "object", "properties": known})
    with (place / "wire.ndjson").open("rb") as lines:

        async def fetch(_: Mapping[str, Json]) -> Reply:
            message = jsonrpc_message_adapter.validate_python(parsed(lines.readline()), by_name=False)
            said = CallToolResult.model_validate(message.result)
            return Reply(texts=tuple(each.text for each in said.content), structured=said.structured_content)

        shape = shape_for("stripe", tool.name)
        result = asyncio.run(collect(new_call(tool, {}), tool, fetch, shape=shape, spool_dir=place / "spool"))
        assert result.complete
        return result.to_pandas(columns=columns)


def json_normalize(place: Path) -> Any:
    import pandas as pd

    return pd.json_normalize([row for page in pages(place) for row in page], sep="_")


def polars_ndjson(place: Path) -> Any:
    import polars as pl

    frame = pl.read_ndjson(place / "charges.ndjson", infer_schema_length=10_000)
    while nested := {name: kind.fields for name, kind in frame.schema.items() if isinstance(kind, pl.Struct)}:
        for name, fields in nested.items():
            frame = frame.with_columns(pl.col(name).struct.rename_fields([f"{name}_{each.name}" for each in fields]))
            frame = frame.unnest(name)
    return frame.to_pandas(use_pyarrow_extension_array=True)


def pyarrow_json(place: Path) -> Any:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.json as pj

    table = pj.read_json(place / "charges.ndjson", read_options=pj.ReadOptions(block_size=16 << 20))
    while any(pa.types.is_struct(each.type) for each in table.schema):
        table = table.flatten()
    table = table.rename_columns([name.replace(".", "_") for name in table.column_names])
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def duckdb_auto(place: Path) -> Any:
    import duckdb

    read = duckdb.sql(f"FROM read_json_auto('{place / 'charges.ndjson'}', maximum_object_size = 33554432)")
    return duckdb.sql(_unnested("read", dict(zip(read.columns, read.types, strict=True)))).df()


def dlt_duckdb(place: Path) -> Any:
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR", "NORMALIZE__WORKERS": "1"}
    os.environ["DLT_DATA_DIR"] = str(place / "dlt")
    import dlt
    import duckdb

    file = str(place / "dlt.duckdb")
    rows = dlt.resource(lambda: pages(place), name="charges", columns={"created": {"data_type": "timestamp"}})
    target = dlt.destinations.duckdb(file)
    pipeline = dlt.pipeline("bench", destination=target, dataset_name="d", pipelines_dir=str(place / "dlt" / "p"))
    pipeline.run(rows(), write_disposition="replace", loader_file_format="parquet")
    with duckdb.connect(file) as connection:
        return connection.sql("FROM d.charges").df().rename(columns=lambda name: name.replace("__", "_"))


def floor_parse(place: Path) -> Any:
    for _ in pages(place):
        pass


def floor_declared(place: Path) -> Any:
    import duckdb

    card = {"brand": "VARCHAR", "last4": "VARCHAR", "country": "VARCHAR", "funding": "VARCHAR"}
    kinds = {
        **dict.fromkeys(("id", "currency", "status", "description", "customer", "payment_intent"), "VARCHAR"),
        **dict.fromkeys(("failure_code", "failure_message", "payment_method", "balance_transaction"), "VARCHAR"),
        **dict.fromkeys(("created", "amount", "amount_captured", "amount_refunded"), "BIGINT"),
        **dict.fromkeys(("paid", "captured", "refunded", "disputed", "livemode"), "BOOLEAN"),
        "metadata": "JSON",
        "outcome": "STRUCT(risk_score BIGINT, risk_level VARCHAR, type VARCHAR, seller_message VARCHAR)",
        "billing_details": "STRUCT(name VARCHAR, email VARCHAR)",
        "payment_method_details": "STRUCT(card STRUCT("
        + ", ".join(f"{name} {kind}" for name, kind in card.items())
        + "))",
    }
    declared = ", ".join(f"'{name}': '{kind}'" for name, kind in kinds.items())
    source = f"read_json('{place / 'charges.ndjson'}', format = 'newline_delimited', columns = {{{declared}}})"
    wanted = [name for name, kind in kinds.items() if not kind.startswith("STRUCT")]
    wanted += ["unnest(outcome)", "unnest(billing_details)", "unnest(payment_method_details.card)"]
    return duckdb.sql(f"SELECT {', '.join(wanted)} FROM {source}").df()


def _unnested(source: str, kinds: Mapping[str, Any]) -> str:
    flat = [f'"{name}"' for name, kind in kinds.items() if kind.id != "struct"]
    deep = [
        (f'"{name}"', name, inner) for name, kind in kinds.items() if kind.id == "struct" for inner in kind.children
    ]
    while deep:
        above, name, (key, kind) = deep.pop(0)
        path, called = f'{above}."{key}"', f"{name}_{key}"
        if kind.id == "struct":
            deep += [(path, called, inner) for inner in kind.children]
        else:
            flat.append(f'{path} AS "{called}"')
    return f"SELECT {', '.join(flat)} FROM {source}"


CONTENDERS: dict[str, tuple[Callable[[Path], Any], tuple[str, ...]]] = {
    "ours, lean columns (wire)": (ours, ("jupyter_connectors", "duckdb", "mcp", "mcp_types")),
    "ours, all columns (wire)": (
        lambda place: ours(place, "all"),
        ("jupyter_connectors", "duckdb", "mcp", "mcp_types"),
    ),
    PEER: (json_normalize, ("orjson", "pandas")),
    "polars.read_ndjson": (polars_ndjson, ("polars", "pyarrow", "pandas")),
    "pyarrow.json": (pyarrow_json, ("pyarrow.json", "pandas")),
    "DuckDB read_json_auto": (duckdb_auto, ("duckdb", "pandas", "numpy")),
    "dlt to DuckDB (wire)": (dlt_duckdb, ("dlt", "orjson", "duckdb", "pyarrow", "pandas")),
    "floor: orjson parse (wire)": (floor_parse, ("orjson",)),
    "floor: DuckDB, declared": (floor_declared, ("duckdb", "pandas", "numpy")),
}


def right(frame: Any, place: Path, *, lean: bool) -> list[bool | None]:
    """Which of the six points hold for a frame, against what was written; None of a column a lean frame leaves out."""
    import pandas as pd

    last = json.loads((place / "last.json").read_text("utf-8"))
    first = json.loads((place / "first.json").read_text("utf-8"))
    row = frame.set_index("id").loc

    def cell(mark: str, name: str) -> Any:
        return row[mark, name] if name in frame.columns else None

    device = "terminal_device"
    exact = next(each for each in (first, last) if each["terminal"]["device"] is not None)
    code = next(each for each in (first, last) if each["billing_details"]["address"]["postal_code"] == "02139")
    columns = ("created", "amount", device, "level3", "terminal_minutes", "billing_details_address_postal_code")
    found = [
        isinstance(frame["created"].dtype, pd.DatetimeTZDtype),
        "amount_minor" in frame.columns and cell(first["id"], "amount_minor") == first["amount"],
        device in frame.columns and int(cell(exact["id"], device)) == exact["terminal"]["device"],
        "level3" in frame.columns and cell(last["id"], "level3") == "yes",
        cell(last["id"], "terminal_minutes") == last["terminal"]["minutes"],
        cell(code["id"], "billing_details_address_postal_code") == "02139",
    ]
    left_out = [lean and name not in frame.columns for name in columns]
    return [None if out else fine is not pd.NA and bool(fine) for out, fine in zip(left_out, found, strict=True)]


def run_one(name: str, place: Path) -> dict[str, Any]:
    act, needs = CONTENDERS[name]
    for each in needs:
        import_module(each)
    if name.startswith("ours"):
        for each in ("frames.accessor", "frames.collect", "frames.table", "calls", "sessions.child"):
            import_module(f"jupyter_connectors.{each}")
    gc.collect()
    held, before, began = memory("VmRSS"), resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    frame = act(place)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    told = {"user": after.ru_utime - before.ru_utime, "wall": wall, "peak": memory("VmHWM") - held}
    if frame is not None and not name.startswith("floor"):
        told |= {"columns": frame.shape[1], "right": right(frame, place, lean="lean" in name)}
    return told


def memory(what: str) -> float:
    """Megabytes this process has, or had at most; `ru_maxrss` would count what our parent had when it started us."""
    told = Path("/proc/self/status").read_text("utf-8").partition(f"{what}:")[2]
    return int(told.split()[0]) / 1024


def measured(name: str, place: Path) -> dict[str, Any] | str:
    """What a contender's own process says, or why there is none."""
    import importlib.util

    missing = [each for each in CONTENDERS[name][1] if importlib.util.find_spec(each.partition(".")[0]) is None]
    if missing:
        return f"left out: {', '.join(missing)} is not installed"
    rounds = []
    for _ in range(ROUNDS):
        command = [sys.executable, __file__, "--one", name, str(place)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            return f"failed: {ran.stderr.strip().splitlines()[-1][:100]}"
        rounds.append(json.loads(ran.stdout.splitlines()[-1]))
    return min(rounds, key=lambda each: float(each["user"]))


def keep_marks(place: Path) -> None:
    """The charges a frame is checked by: an early one and a late one."""
    with (place / "charges.ndjson").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    fit = [
        each
        for each in rows
        if each["billing_details"]["address"]["postal_code"] == "02139" and each["terminal"]["device"] is not None
    ]
    (place / "first.json").write_text(json.dumps(fit[0]), "utf-8")
    (place / "last.json").write_text(json.dumps(fit[-1]), "utf-8")


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--one"]:
        print(json.dumps(run_one(arguments[1], Path(arguments[2]))))
        return
    count = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else ROWS
    names = [name for name in CONTENDERS if not arguments or any(each in name for each in arguments) or name == PEER]
    with tempfile.TemporaryDirectory(prefix="jc-bench-") as folder:
        place = Path(folder)
        wire, _ = write(place, count)
        keep_marks(place)
        print(f"{count:,} charges, {wire.stat().st_size / 1e6:,.0f} MB on the wire in pages of {PAGE}")
        told = {name: measured(name, place) for name in names}
    peer = told[PEER]
    lines = []
    for name, each in told.items():
        if isinstance(each, str):
            lines.append((name, each))
            continue
        speed = peer["user"] / each["user"] if isinstance(peer, dict) else float("nan")
        points = [{True: "yes", False: "NO", None: "-"}[fine] for fine in each.get("right", ())]
        figures = (f"{each['user']:.2f}", f"{each['wall']:.2f}", f"{count / each['user']:,.0f}", f"{each['peak']:,.0f}")
        lines.append((name, *figures, f"{speed:.1f}", str(each.get("columns", "")), *points))
    print_table("To a frame", ("", "user s", "wall s", "rows/s", "peak MB", "times", "columns", *CHECKS), lines)


if __name__ == "__main__":
    main()
