"""Where the cursor is in a call that is being written."""

from __future__ import annotations

import pytest

from jupyter_connectors.opencall import open_call


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("b.list(", ("b", "list", "", 0, "", "")),
        ('b.list(status="op', ("b", "list", "status", 0, '"', "op")),
        ("x = b.list(limit=5, status='past d", ("b", "list", "status", 1, "'", "past d")),
        ("b.list(status=", ("b", "list", "status", 0, "", "")),
        ("b.list(sta", ("b", "list", "", 0, "", "sta")),
        ('b["list all"].aio(sta', ("b", "", "", 0, "", "sta")),
        ("# it's\nb.list(f(1, (2)), '),', sta", ("b", "list", "", 2, "", "sta")),
        ("b.list(\n    status='x',\n    sta", ("b", "list", "", 1, "", "sta")),
        ('b.list(status=["open", "pa', ("b", "list", "status", 0, '"', "pa")),
        ("y = 'unclosed\nb.list(status='", ("b", "list", "status", 0, "'", "")),
        ("""b.list(note='it\\'s', status='""", ("b", "list", "status", 1, "'", "")),
    ],
)
def test_the_call_and_the_argument_the_cursor_is_in(text: str, told: tuple[object, ...]) -> None:
    found = open_call(text)
    assert found is not None
    assert (found.object, found.name, found.argument, found.place, found.quote, found.word) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b.list()",
        "b.list",
        "list(",
        "b.list(status=f'x' + 'y",
        "b.list(x[",
        "[b.list, (",
        "# b.list(",
        'print("b.list(',
        "b.list(status={'",
    ],
)
def test_where_no_call_of_an_object_is_open_nothing_is_found(text: str) -> None:
    assert open_call(text) is None


def test_the_names_given_before_are_known() -> None:
    found = open_call("b.list(1, status='open', limit = 5, x == y, cu")
    assert found is not None
    assert (found.given, found.place) == ({"status", "limit"}, 4)
