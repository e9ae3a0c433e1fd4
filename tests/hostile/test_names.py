"""Cases of names: of tools, of arguments, of servers. None hides another, and all give valid Python."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_connectors.answering.definitions import define
from jupyter_connectors.models import Tool
from jupyter_connectors.signatures import parameters

from ..bench import bench
from ..conftest import hostile
from . import well_behaved
from .support import listed, tool

pytestmark = pytest.mark.anyio


async def test_case_19_a_tool_written_with_other_letters_is_shown_by_their_numbers(tmp_path: Path) -> None:
    async with bench(tmp_path, listed(tmp_path, tool("\u0455\u0435arch"), tool("search"))) as on:
        said = "is written \\u0455\\u0435arch and only looks like search"
        assert any(said in note for note in on.hub.connected("hostile").notes)
        await on.call("hostile", "\u0455\u0435arch", text="x")
        assert said in on.asked[0].warnings


async def test_case_19_a_connector_named_like_another_is_told_of(tmp_path: Path) -> None:
    entry = replace(hostile("well-behaved"), id="g00d", title="Good")
    async with bench(tmp_path, well_behaved(), entry) as on:
        assert "its name g00d can be taken for good, another connector" in on.hub.connected("g00d").notes


@pytest.mark.parametrize("called", ["good", "g\u043e\u043ed", "G0OD"])
async def test_case_20_a_server_that_calls_itself_as_another_is_told_of(tmp_path: Path, called: str) -> None:
    async with bench(tmp_path, well_behaved(), listed(tmp_path, tool(), HOSTILE_NAME=called)) as on:
        notes = on.hub.connected("hostile").notes
        assert any("as if it were good" in note for note in notes) and all(note.isascii() for note in notes)
        assert not any("calls itself" in note for note in on.hub.connected("good").notes)


ODD = [
    "class",
    "def",
    "a b",
    "a;b",
    "a__b",
    "a.b",
    "",
    "1",
    "__class__",
    "self",
    "limit",
    "x" * 500,
    "\ufb01le",
    "file",
    "a\u202eb",
]


def test_case_21_arguments_of_any_name_are_valid_python_and_none_hides_another() -> None:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in ODD}, "required": ODD[:5]}
    made = parameters(Tool(connector="a", name="b", input_schema=schema))
    assert sorted(made.wire.values()) == sorted(ODD) and len(made.wire) == len(ODD)
    assert all(name.isidentifier() for name in made.wire)
    compile(f"def f{made.signature.replace(parameters=unannotated(made.signature))}: ...", "stub", "exec")


def unannotated(signature: inspect.Signature) -> list[inspect.Parameter]:
    return [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]


async def test_case_21_tools_of_any_name_get_different_names_for_the_model(tmp_path: Path) -> None:
    names = ["a b", "a;b", "a.b", "a_b", "a__b", "print", "class", "\u00e9", "x" * 128]
    async with bench(tmp_path, listed(tmp_path, *(tool(name) for name in names))) as on:
        offered = define(on.hub.tools())
        assert {each.tool.name for each in offered.values()} == set(names)
        assert all(len(name) <= 64 and name.isascii() and name.replace("-", "_").isidentifier() for name in offered)
