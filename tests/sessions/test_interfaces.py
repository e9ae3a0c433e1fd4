"""What a listed tool says of its interface and of who may call it, and what of that counts."""

from __future__ import annotations

from typing import Any

import pytest
from mcp_types import CallToolResult

from jupyter_connectors.models import EVERYBODY, Json
from jupyter_connectors.sessions.translating import reply_of, tool_of


def told(meta: Json = None) -> dict[str, Any]:
    plain = {"name": "board", "inputSchema": {"type": "object"}}
    return plain if meta is None else {**plain, "_meta": meta}


def test_a_plain_tool_is_the_tool_it_was_before_there_were_interfaces() -> None:
    plain = tool_of("a", told())
    assert (plain.app, plain.audience, plain.for_people, plain.for_apps) == ("", EVERYBODY, True, True)
    assert "app" not in plain.definition and "audience" not in plain.definition
    beside = tool_of("a", told({"com.example/other": 1, "ui": {"visibility": ["model", "app"]}}))
    assert beside.definition_hash == plain.definition_hash


def test_an_interface_and_an_audience_are_part_of_the_definition() -> None:
    hashes = {
        tool_of("a", told(meta)).definition_hash
        for meta in (
            None,
            {"ui": {"resourceUri": "ui://a/b"}},
            {"ui": {"resourceUri": "ui://a/c"}},
            {"ui": {"resourceUri": "ui://a/b", "visibility": ["app"]}},
            {"ui": {"resourceUri": "ui://a/b", "visibility": ["model"]}},
        )
    }
    assert len(hashes) == 5


@pytest.mark.parametrize(
    ("meta", "address"),
    [
        ({"ui": {"resourceUri": "ui://a/b"}}, "ui://a/b"),
        ({"ui/resourceUri": "ui://a/b"}, "ui://a/b"),
        ({"ui": {"resourceUri": "ui://new"}, "ui/resourceUri": "ui://old"}, "ui://new"),
        ({"ui": {"resourceUri": "https://a.example"}, "ui/resourceUri": "ui://old"}, "ui://old"),
        ({"ui": {"resourceUri": "https://a.example"}}, ""),
        ({"ui": {"resourceUri": "UI://a"}}, ""),
        ({"ui": {"resourceUri": "ui://"}}, ""),
        ({"ui": {"resourceUri": "ui://a\u202eb"}}, ""),
        ({"ui": {"resourceUri": "ui://a b"}}, ""),
        ({"ui": {"resourceUri": "ui://" + "x" * 3_000}}, ""),
        ({"ui": {"resourceUri": ["ui://a"]}}, ""),
        ({"ui": "ui://a"}, ""),
        ({"ui": None}, ""),
        ("ui://a", ""),
        ([], ""),
    ],
)
def test_only_addresses_of_interfaces_count(meta: Json, address: str) -> None:
    assert tool_of("a", told(meta)).app == address


@pytest.mark.parametrize(
    ("visibility", "audience"),
    [
        (["model", "app"], {"model", "app"}),
        (["app"], {"app"}),
        (["model"], {"model"}),
        ([], set()),
        (["app", "admin", 7, None], {"app"}),
        (["admin"], set()),
        ("app", {"model"}),
        ({"app": True}, {"model"}),
        (None, {"model"}),
    ],
)
def test_unknown_words_are_dropped_and_what_cannot_be_read_gives_apps_nothing(visibility: Json, audience: set) -> None:
    assert tool_of("a", told({"ui": {"visibility": visibility}})).audience == audience


def test_a_whole_result_is_kept_only_where_it_is_wanted_and_as_it_came() -> None:
    wire = {
        "content": [{"type": "text", "text": "x", "_meta": {"a": None}}],
        "structuredContent": {"a": None, "b": [None]},
        "_meta": {"c": None},
    }
    result = CallToolResult.model_validate(wire)
    assert reply_of(result).wire is None
    assert reply_of(result, keep=True).wire == wire
    failed = CallToolResult.model_validate({"content": [], "isError": True})
    assert reply_of(failed, keep=True).wire == {"content": [], "isError": True}
