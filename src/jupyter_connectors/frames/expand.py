"""Objects kept as JSON text, such as Stripe's `metadata`, as columns of their own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pandas as pd

from jupyter_connectors.errors import UsageProblem, nearest
from jupyter_connectors.frames.flatten import Sheet
from jupyter_connectors.frames.forms import Form
from jupyter_connectors.frames.plan import plan
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.frames.table import Table
from jupyter_connectors.models import Json

_PAGE = 1_000


def expand(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The frame with a column of JSON objects replaced by a column for each of their keys, `metadata_order_id`.

    Types follow from all values, as in any frame of ours: texts stay texts. Rows without an object have nulls.

    Raises:
        UsageProblem: there is no such column, or it holds something other than objects.
    """
    if column not in frame.columns:
        raise UsageProblem(f"there is no column {column!r}", hint=nearest(column, map(str, frame.columns)))
    with tempfile.TemporaryDirectory(prefix="jupyter-connectors-") as folder:
        sheet = Sheet(Form(), lambda: Spool(Path(folder)))
        values = frame[column].tolist()
        for start in range(0, len(values), _PAGE):
            sheet.add([{column: _object(value, column)} for value in values[start : start + _PAGE]])
        made = Table(sheet, plan(sheet), {}).frame()
        sheet.storage.spool.close()
    made.index = frame.index
    made = made[[name for name in made.columns if name != column or made[name].notna().any()]]
    at = frame.columns.get_loc(column)
    rest = frame.drop(columns=column)
    taken = set(rest.columns)
    made = made.rename(columns={name: f"{name}_2" for name in made.columns if name in taken})
    parts = [rest.iloc[:, :at], made, rest.iloc[:, at:]]
    whole = pd.concat(parts, axis=1)
    whole.attrs = frame.attrs
    return whole


def _object(value: object, column: str) -> Json:
    if isinstance(value, float) or value is None or value is pd.NA or value == "":  # the float is NaN
        return None
    made = value
    if isinstance(value, str):
        try:
            made = json.loads(value)
        except ValueError:
            made = value
    if isinstance(made, dict) or made is None:
        return made
    shown = repr(value) if len(repr(value)) < 60 else repr(value)[:57] + "..."
    raise UsageProblem(f"{column} holds {shown}, which is no JSON object", hint="lists are tables in .children")
