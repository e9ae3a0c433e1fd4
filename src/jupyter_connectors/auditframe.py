"""The audit log as a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_connectors.models import Json, canonical

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
)


def audit_frame(rows: list[dict[str, Json]]) -> pd.DataFrame:
    """One row a call, newest first, with types that do not depend on the data: `at` is an instant in UTC."""
    import pandas as pd

    frame = pd.DataFrame([{name: row.get(name) for name in COLUMNS} for row in rows], columns=list(COLUMNS))
    frame["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    frame["arguments"] = [canonical(value) for value in frame["arguments"]]
    return frame.astype(
        {"seconds": "Float64", "rows": "Int64", "pages": "Int64", "complete": "boolean"}
        | dict.fromkeys(("connector", "tool", "class", "asked_by", "decision", "arguments", "rule", "call"), "str")
    ).assign(outcome=frame["outcome"].astype("string"))
