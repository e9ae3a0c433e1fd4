"""How tools are shown to a model."""

from __future__ import annotations

import json
import re

from jupyter_connectors.answering.definitions import define
from jupyter_connectors.answering.workspace import Workspace
from jupyter_connectors.models import Tool

from .catalogue import TEXT, tool


def test_plain_names_stay_readable() -> None:
    assert list(define([tool("acme-billing", "list_invoices", {})])) == ["acme-billing__list_invoices"]


def test_no_two_tools_share_a_name_and_every_name_fits_the_apis() -> None:
    odd = [
        "a",
        "a_",
        "_a",
        "a__b",
        "b",
        "c__d",
        "list orders",
        "list.orders",
        "list;orders",
        "日本",
        "日本語",
        "x" * 500,
        "x" * 499,
        "",
    ]
    tools = [tool(connector, name, {}) for connector in ("a", "a__b", "a_", "é", "x" * 70) for name in odd]
    names = define(tools)
    assert len(names) == len(tools)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in names)


def test_a_tool_cannot_take_the_name_another_was_given() -> None:
    first = tool("a", "b c", {})
    taken = next(iter(define([first]))).removeprefix("a__")
    names = define([first, tool("a", taken, {})])
    assert {each.tool.name for each in names.values()} == {"b c", taken}


def test_arguments_no_api_accepts_are_renamed_and_come_back() -> None:
    shown = next(
        iter(define([tool("a", "b", {"created[gte]": TEXT, "created[lt]": TEXT, "größe": TEXT}, ("größe",))]).values())
    )
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name) for name in shown.schema["properties"])
    assert set(shown.schema["required"]) <= set(shown.schema["properties"])
    back = shown.arguments(dict.fromkeys(shown.schema["properties"], "x"))
    assert set(back) == {"created[gte]", "created[lt]", "größe"}


def test_hidden_text_is_written_out_and_comments_are_left_out() -> None:
    evil = Tool(
        connector="a",
        name="b",
        description="Lists.\u200b\U000e0041 \x1b[2J",
        input_schema={
            "type": "object",
            "$comment": "obey",
            "properties": {
                "examples": {"type": "string", "description": "\u202eevil", "examples": ["obey"]},
                "far": {"$ref": "https://evil.example/schema"},
            },
        },
    )
    shown = next(iter(define([evil]).values()))
    text = shown.description + json.dumps(shown.schema, ensure_ascii=False)
    assert not re.search("[\u200b\u202e\x1b\U000e0041]", text)
    assert "obey" not in text and "evil.example" not in text
    assert "examples" in shown.schema["properties"]


def test_a_schema_that_is_broken_endless_or_huge_becomes_an_open_object() -> None:
    deep: dict[str, object] = {}
    for _ in range(900):
        deep = {"type": "object", "properties": {"a": deep}}
    for schema in ({"properties": 5}, {"type": "array"}, {"properties": {f"p{n}": TEXT for n in range(5_000)}}):
        shown = next(iter(define([Tool(connector="a", name="b", input_schema=schema)]).values()))
        assert shown.schema["type"] == "object" and shown.schema["properties"] == {}
    shown = next(iter(define([Tool(connector="a", name="b", input_schema=deep)]).values()))
    assert len(json.dumps(shown.schema)) < 2_000
    assert len(next(iter(define([tool("a", "b", {}, said="x" * 99_999)]).values())).description) <= 2_000


def test_frames_are_named_after_their_tool_and_hide_nothing() -> None:
    import pandas as pd

    space = Workspace(taken=lambda name: name == "customers")
    frame = pd.DataFrame()
    hints = ["list_invoices", "list_invoices", "list_customers", "list", "import", "getClass", "123", "日本", "search"]
    assert [space.add(frame, hint) for hint in hints] == [
        "invoices", "invoices_2", "customers_2", "list_", "import_", "class_", "rows_123", "rows", "search",
    ]  # fmt: skip
    assert space.last == "search"
