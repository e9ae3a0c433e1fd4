"""The lean columns of every object are columns it has, flat, and fewer than all of them.

`wide.json` holds one record of each wide object that no recorded payload shows in full: the vendors' own field names,
values of ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from jupyter_connectors.frames.flatten import Sheet
from jupyter_connectors.frames.plan import plan
from jupyter_connectors.frames.records import look
from jupyter_connectors.frames.shapes import detect, known_columns, shape_for, shape_named, shape_names
from jupyter_connectors.frames.spool import Spool
from jupyter_connectors.frames.table import Table
from jupyter_connectors.models import Json

from .support import PAYLOADS, Ask, needs_payloads, rows_of
from .test_vendors import RECORDED

OURS: dict[str, Json] = json.loads(Path(__file__).with_name("wide.json").read_text("utf-8"))
LEAN = [name for name in shape_names() if (known := shape_named(name)) is not None and known.form.lean]
MANY = 25
"""Columns that still can be looked through: an object with more has a lean choice of them."""
RECORDED_VENDORS = {name.partition(".")[0] for _, name in RECORDED}
CHOSEN_BY_THE_CALL = {"hubspot", "salesforce", "notion", "asana", "mcp-atlassian"}
"""Vendors whose columns the caller asked for or made: what was asked for is not to be left out."""


def recorded() -> Iterator[tuple[str, Json]]:
    """Every payload beside the repository, with the name of the object it holds."""
    known = dict(RECORDED)
    for path in sorted(PAYLOADS.glob("*/*.json")):
        payload = json.loads(path.read_text("utf-8"))
        if path.name == "fixtures3.json":
            yield from ((f"stripe.{name}", [each]) for name, each in payload["resources"].items())
            continue
        found = detect(payload)
        name = known.get(f"{path.parent.name}/{path.name}") or (found.name if found is not None else "")
        yield name, payload
    alerts = json.loads((PAYLOADS / "github/repos__owner__repo__dependabot__alerts.default.json").read_text("utf-8"))
    yield "github.alert", alerts


def frame_of(name: str, payload: Json, place: Path) -> pd.DataFrame:
    known = shape_named(name)
    assert known is not None
    sheet = Sheet(known.form, lambda: Spool(place))
    sheet.add(look(payload, known.records).rows)
    return Table(sheet, plan(sheet), known.exponents).frame()


def all_frames(place: Path) -> dict[str, list[pd.DataFrame]]:
    """Every frame there is of each object: of what was recorded, if it is there, and of ours."""
    found: dict[str, list[pd.DataFrame]] = {}
    ours = ((name.partition(" ")[0], [each]) for name, each in OURS.items())
    for name, payload in [*(recorded() if PAYLOADS.is_dir() else ()), *ours]:
        if shape_named(name) is not None:
            found.setdefault(name, []).append(frame_of(name, payload, place))
    return found


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[pd.DataFrame]]:
    return all_frames(tmp_path_factory.mktemp("lean"))


@pytest.mark.parametrize("name", LEAN)
def test_lean_columns_are_columns_of_the_object(name: str, frames: dict[str, list[pd.DataFrame]]) -> None:
    known = shape_named(name)
    assert known is not None
    if not PAYLOADS.is_dir() and name.partition(".")[0] in RECORDED_VENDORS:
        pytest.skip("the recorded payloads are not beside the repository")
    there = set(known_columns(known)).union(*(frame.columns for frame in frames.get(name, ())))

    assert [each for each in known.form.lean if each not in there] == []
    assert len(set(known.form.lean)) == len(known.form.lean)
    assert set(known.form.lean) < there


@pytest.mark.parametrize("name", LEAN)
def test_no_lean_cell_holds_an_object_or_a_list(name: str, frames: dict[str, list[pd.DataFrame]]) -> None:
    known = shape_named(name)
    assert known is not None

    for frame in frames.get(name, ()):
        cells = frame[[each for each in known.form.lean if each in frame.columns]]
        assert not cells.map(lambda cell: isinstance(cell, dict | list)).to_numpy().any()


@pytest.mark.parametrize("name", LEAN)
def test_lean_columns_begin_with_the_id_and_can_be_looked_through(name: str) -> None:
    known = shape_named(name)
    assert known is not None

    first = known.form.id or "transaction_id"
    assert known.form.lean[0] == first
    assert 15 <= len(known.form.lean) <= 40


@needs_payloads
def test_every_wide_object_says_which_of_its_columns_are_lean(frames: dict[str, list[pd.DataFrame]]) -> None:
    wide = {name for name, each in frames.items() if len(set().union(*(frame.columns for frame in each))) > MANY}

    assert {name for name in wide if name.partition(".")[0] not in CHOSEN_BY_THE_CALL} - set(LEAN) == set()


@pytest.mark.anyio
async def test_a_frame_has_the_lean_columns_in_their_order_and_says_how_many_more_there_are(tmp_path: Path) -> None:
    payment = OURS["square.payment"]

    result = await rows_of(tmp_path, {"payments": [payment]}, ask=Ask(shape=shape_named("square.payment")))

    frame = result.df
    assert list(frame.columns)[:7] == [
        *("id", "created_at", "updated_at"),
        *("amount_money_amount", "amount_money_amount_minor", "amount_money_currency", "tip_money_amount"),
    ]
    everything = result.to_pandas(columns="all")
    assert set(frame.columns) < set(everything.columns)
    assert f"{len(frame.columns)} of {len(everything.columns)} columns" in " ".join(result.notes)


def test_what_the_caller_chose_is_not_chosen_from_again() -> None:
    whole = shape_for("jira", "searchJiraIssuesUsingJql", {"jql": "project = AB", "fields": ["customfield_10016"]})
    usual = shape_for("jira", "searchJiraIssuesUsingJql", {"jql": "project = AB"})

    assert whole is not None
    assert usual is not None
    assert (whole.form.lean, usual.form.lean[:2]) == ((), ("key", "id"))
