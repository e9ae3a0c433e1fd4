"""The audit log as DataFrames and as words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_connectors.audit import Audit
from jupyter_connectors.models import Json, canonical
from jupyter_connectors.text import plural

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "at",
    "connector",
    "tool",
    "class",
    "asked_by",
    "decision",
    "outcome",
    "seconds",
    "rows",
    "pages",
    "complete",
    "arguments",
    "rule",
    "call",
    "user",
    "notebook",
    "account",
    "arguments_hash",
    "bytes",
)

_TEXTS = ("connector", "tool", "class", "asked_by", "decision", "arguments", "rule", "call")
_MAYBE = ("outcome", "user", "notebook", "account", "arguments_hash")


def audit_frame(rows: list[dict[str, Json]]) -> pd.DataFrame:
    """One row a call, newest first, with types that do not depend on the data: `at` is an instant in UTC."""
    import pandas as pd

    frame = pd.DataFrame([{name: row.get(name) for name in COLUMNS} for row in rows], columns=list(COLUMNS))
    frame["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    frame["arguments"] = [canonical(value) for value in frame["arguments"]]
    frame = frame.astype(
        {"seconds": "Float64", "rows": "Int64", "pages": "Int64", "bytes": "Int64", "complete": "boolean"}
    )
    return frame.astype(dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_MAYBE, "string"))


def touched_frame(rows: Iterable[dict[str, Json]]) -> pd.DataFrame:
    """What was touched, one row a tool: how often it was called, how often in vain, its rows, and how it ended last.

    Takes the rows of the log newest first, as it gives them. The tool called last comes first.
    """
    import pandas as pd

    found: dict[tuple[str, str, str], dict[str, Json]] = {}
    for row in rows:
        key = (row["connector"], row["tool"], row["class"])
        told = found.setdefault(
            key, {"calls": 0, "denied": 0, "rows": 0, "first": row["at"], "last": row["at"], "outcome": row["outcome"]}
        )
        told["calls"] += 1
        told["denied"] += row["outcome"] == "denied"
        told["rows"] += row["rows"] or 0
        told["first"] = row["at"]
    names = ["connector", "tool", "class", "calls", "denied", "rows", "first", "last", "outcome"]
    made = [dict(zip(names[:3], key, strict=True)) | told for key, told in found.items()]
    frame = pd.DataFrame(made, columns=names)
    for name in ("first", "last"):
        frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    frame = frame.astype(dict.fromkeys(("calls", "denied", "rows"), "int64"))
    return frame.astype(dict.fromkeys(("connector", "tool", "class"), "str") | {"outcome": "string"})


def verified(audit: Audit, path: Path | None = None) -> str:
    """What checking the log found, a line each for the store and for every file; or for one file.

    Raises:
        AuditProblem: The file cannot be read.
    """
    if path is not None:
        return f"{path}: {audit.verify(path).line}"
    lines = [f"your log: {audit.verify().line}"]
    for each in audit.files():
        lines.append(f"{each.path}: {audit.verify(each.path).line}")
        if missing := audit.missing(each.path):
            lines.append(f"BROKEN: it has {plural(missing, 'record')} of yours that your log has not")
    lines.append("Whether records were taken off the end, a chain cannot say: keep the head, or let a file keep it.")
    return "\n".join(lines)
