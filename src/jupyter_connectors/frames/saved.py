"""A result as a file: a line of JSON about the call, then the replies as they came."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from jupyter_connectors.errors import ConnectorError, UsageProblem
from jupyter_connectors.frames.gathering import Gathering, now
from jupyter_connectors.frames.parts import Again, Parts, Source, unpacked
from jupyter_connectors.frames.result import Result
from jupyter_connectors.frames.shapes import shape_for, shape_named
from jupyter_connectors.models import Annotations, Bound, Tool, ToolCall, canonical
from jupyter_connectors.store import default_path
from jupyter_connectors.text import one_line

_FORMAT = "jupyter-connectors result 2"


def save(parts: Parts, path: Path | None) -> Path:
    """Writes the file, mode 0600; an older one of the same name is replaced when the new one is whole."""
    call = parts.source.call
    if path is None:
        path = default_path().parent / "results" / f"{call.connector}.{call.tool}-{call.id[:8]}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file, parts.archive.open() as replies:
            file.write(canonical(_head(parts)).encode() + b"\n")
            shutil.copyfileobj(replies, file)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)  # it is there only where it was not finished
    return path


def load(path: Path, spool_dir: Path, again: Again | None) -> Result:
    """The result that was saved there.

    Raises:
        UsageProblem: the file is not one of ours, or is damaged.
    """
    problem = ""
    try:
        with path.open("rb") as file:
            return _read(file, spool_dir, again)
    except FileNotFoundError:
        problem = "there is no such file"
    except (KeyError, TypeError, ValueError, AttributeError, ConnectorError) as error:
        problem = f"it is no saved result or is damaged ({one_line(str(error), 120)})"
    raise UsageProblem(f"{str(path)!r} cannot be loaded: {problem}", hint="load what result.save(path) wrote")


def _head(parts: Parts) -> dict[str, Any]:
    source, call = parts.source, parts.source.call
    return {
        "format": _FORMAT,
        "call": {
            "id": call.id,
            "connector": call.connector,
            "tool": call.tool,
            "arguments_json": call.arguments_json,
            "account": call.account,
        },
        "bound": {"limit": call.bound.limit, "pages": call.bound.pages},
        "entry": source.entry,
        "shape": source.shape.name if source.shape is not None else "",
        "follow": source.follow,
        "exact": source.exact,
        "input_schema": source.tool.input_schema,
        "output_schema": source.tool.output_schema,
        "read_only": source.tool.annotations.read_only,
        "first": parts.first,
        "state": parts.completeness.state,
        "reason": parts.completeness.reason,
        "notes": parts.notes,
        "fetched_at": parts.fetched_at,
    }


def _read(file: BinaryIO, spool_dir: Path, again: Again | None) -> Result:
    head = json.loads(file.readline() or "{}")
    told = str(head.get("format", "")) if isinstance(head, dict) else ""
    if told != _FORMAT:
        ours = told.startswith(_FORMAT[:-1])
        raise ValueError("another version of this package wrote it" if ours else "the first line is not ours")
    datetime.fromisoformat(head["fetched_at"])
    call = ToolCall(**head["call"], bound=Bound(**head["bound"]))
    tool = Tool(
        connector=call.connector,
        name=call.tool,
        input_schema=head["input_schema"],
        output_schema=head["output_schema"],
        annotations=Annotations(read_only=head["read_only"]),
    )
    source = Source(
        call=call,
        tool=tool,
        shape=shape_for(head["entry"], call.tool, call.arguments) or shape_named(head["shape"]),
        entry=head["entry"],
        follow=bool(head["follow"]),
        exact=bool(head["exact"]),
        spool_dir=spool_dir,
        clock=now,
        again=again,
    )
    gathering = Gathering(source)
    gathering.first = sent = dict(head["first"])
    gathering.note(*head["notes"])
    for reply in unpacked(file):
        gathering.take(sent, reply)
        sent = gathering.next or sent
    stopped = head["state"] == "partial" and gathering.next is not None
    return gathering.result(str(head["reason"]) if stopped else "", fetched_at=head["fetched_at"])
