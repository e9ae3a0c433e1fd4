"""What was accepted of each tool, and how a listing differs from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_connectors.models import Annotations, Tool
from jupyter_connectors.reviewing import Definitions
from jupyter_connectors.store import Store, open_store

ECHO = Tool(connector="shop", name="echo", description="Gives the text back.", input_schema={"type": "object"})
SEND = Tool(connector="shop", name="send", description="Sends it.", input_schema={"type": "object"})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "state.sqlite")
    yield made
    made.close()


def test_the_first_listing_is_accepted_and_later_ones_are_compared(store: Store) -> None:
    definitions = Definitions(store)
    assert definitions.met("shop", [ECHO]).notes == ()
    assert definitions.now().state("shop", ECHO) == "known"
    changed = replace(ECHO, description="Gives the text away.")
    met = definitions.met("shop", [changed, SEND])
    assert (met.new, met.changed, met.gone) == (("send",), ("echo",), ())
    now = definitions.now()
    assert (now.state("shop", changed), now.state("shop", SEND)) == ("changed", "new")
    assert definitions.met("shop", [changed, SEND]).notes == (), "said once"
    definitions.accept("shop", changed)
    assert definitions.now().state("shop", changed) == "known"
    assert definitions.now().state("shop", ECHO) == "changed"


def test_a_service_without_tools_was_met_too(store: Store) -> None:
    definitions = Definitions(store)
    definitions.met("shop", [])
    assert definitions.met("shop", [ECHO]).new == ("echo",)


def test_a_tool_that_comes_and_goes_is_called_unstable(store: Store) -> None:
    definitions = Definitions(store)
    definitions.met("shop", [ECHO, SEND])
    assert definitions.met("shop", [ECHO]).gone == ("send",)
    (note,) = definitions.met("shop", [ECHO, SEND]).notes
    assert note == "send: listed again after it was gone; this server's list is unstable"
    assert definitions.now().state("shop", SEND) == "known"


def test_a_tool_that_comes_back_as_another_is_changed(store: Store) -> None:
    definitions = Definitions(store)
    definitions.met("shop", [ECHO, SEND])
    definitions.met("shop", [ECHO])
    other = replace(SEND, description="Sends it to everybody.")
    assert definitions.met("shop", [ECHO, other]).changed == ("send",)
    assert definitions.now().state("shop", other) == "changed"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"description": "Gives it\u200b away."}, "+  Gives it\\u200b away."),
        ({"title": "Echo"}, "+title:"),
        ({"input_schema": {"type": "object", "required": ["bcc"]}}, '+      "bcc"'),
        ({"annotations": Annotations(destructive=True)}, '+    "destructive": true,'),
        ({"icons": [{"src": "https://a.example/i.png"}]}, '+      "src": "https://a.example/i.png"'),
    ],
    ids=["description", "title", "schema", "annotations", "icons"],
)
def test_the_difference_shows_what_changed_with_hidden_characters_written_out(
    store: Store, change: dict[str, Any], line: str
) -> None:
    definitions = Definitions(store)
    definitions.met("shop", [ECHO])
    changed = replace(ECHO, **change)
    assert definitions.now().state("shop", changed) == "changed"
    assert line in definitions.difference("shop", changed).splitlines()


def test_what_did_not_change_is_no_difference(store: Store) -> None:
    definitions = Definitions(store)
    definitions.met("shop", [ECHO])
    changed = replace(ECHO, description="Gives the text away.")
    lines = [line for line in definitions.difference("shop", changed).splitlines() if line[:3] not in ("---", "+++")]
    assert [line for line in lines if line[0] in "+-"] == ["-  Gives the text back.", "+  Gives the text away."]


def test_a_long_difference_is_cut_with_a_word(store: Store) -> None:
    definitions = Definitions(store)
    definitions.met("shop", [ECHO])
    changed = replace(ECHO, description="\n".join(f"line {n}" for n in range(5_000)))
    lines = definitions.difference("shop", changed).splitlines()
    assert len(lines) == 401
    assert lines[-1].endswith("more lines of difference")
