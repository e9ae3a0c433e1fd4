"""The data view: what of a notebook comes from connectors, told without touching a value."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from jupyter_connectors.dataview import held
from jupyter_connectors.frames.result import Result
from jupyter_connectors.models import Bound
from jupyter_connectors.querying import joined

from .frames.support import Ask, rows_of

pytestmark = pytest.mark.anyio


async def invoices(place: Path, count: int, *, more: bool = False) -> Result:
    """A result of so many invoices, with more of them at the server or not."""
    rows = [{"id": f"in_{n}", "object": "invoice", "status": "open"} for n in range(count)]
    bound = Bound(limit=count) if more else Bound()
    ask = Ask(connector="acme-billing", tool="list_invoices", bound=bound)
    return await rows_of(place, {"object": "list", "data": rows, "has_more": more}, ask=ask)


async def test_a_result_and_its_frame_are_listed_with_rows_and_completeness(tmp_path: Path) -> None:
    result = await invoices(tmp_path, 3)
    (told,) = held({"open_ones": result, "_": result, "_12": result})
    assert (told["name"], told["type"], told["rows"], told["columns"]) == ("open_ones", "result", 3, None)
    assert (told["sources"], told["complete"]) == (["acme-billing · list_invoices"], True)
    assert told["completeness"].startswith("complete: 3 rows") and told["fetched_at"] == result.fetched_at
    frame = result.df
    by = {each["name"]: each for each in held({"df": frame, "few": frame[frame["id"] == "in_1"], "r": result})}
    assert (by["df"]["columns"], by["r"]["columns"]) == (frame.shape[1], frame.shape[1])
    assert (by["few"]["rows"], by["few"]["fetched"], by["few"]["type"]) == (1, 3, "frame")


async def test_what_is_not_all_there_says_so(tmp_path: Path) -> None:
    (told,) = held({"some": await invoices(tmp_path, 2, more=True)})
    assert told["complete"] is False and told["completeness"].startswith("incomplete: 2 of ? rows")


async def test_what_sql_made_of_several_tables_names_them_all_and_is_as_old_as_the_oldest() -> None:
    sources = {
        "a": {"connector": "acme-billing", "tool": "list_invoices", "complete": True, "fetched_at": "2026-11-18T10:00"},
        "b": {"connector": "acme-crm", "tool": "list_accounts", "complete": None, "fetched_at": "2026-11-18T09:00"},
    }
    frame = pd.DataFrame({"x": [1]})
    frame.attrs["connector"] = joined("SELECT 1", sources)
    (told,) = held({"both": frame})
    assert told["sources"] == ["acme-billing · list_invoices", "acme-crm · list_accounts"]
    assert (told["complete"], told["fetched"], told["fetched_at"]) == (None, None, "2026-11-18T09:00")


async def test_what_is_the_persons_own_is_not_listed() -> None:
    odd = pd.DataFrame({"x": [1]})
    odd.attrs["connector"] = "not ours"
    assert held({"mine": pd.DataFrame({"x": [1]}), "odd": odd, "number": 3, "text": "connector", "module": sys}) == []


class Lazy:
    """Says what it is only by doing its work, as proxies do."""

    @property
    def __class__(self) -> type:
        raise RuntimeError("it was evaluated")


def test_a_lazy_object_is_not_evaluated() -> None:
    assert held({"lazy": Lazy()}) == []


def test_looking_loads_nothing_heavy() -> None:
    code = (
        "import sys; from jupyter_connectors.dataview import held; assert held({'x': 1, 'y': object()}) == []; "
        "print([each for each in ('pandas', 'duckdb', 'mcp') if each in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_frame_is_not_built_to_be_listed(tmp_path: Path) -> None:
    result = await invoices(tmp_path, 3)
    held({"r": result})
    assert "df" not in result.__dict__ and "tables" not in result.__dict__
