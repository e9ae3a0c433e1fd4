from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_connectors.bounds import Bounds, dump_pattern, holds, in_words, parse_pattern

from .support import patterns, values


@pytest.mark.parametrize(
    ("bounds", "value", "inside"),
    [
        ({"max": 50}, 50, True),
        ({"max": 50}, 50.5, False),
        ({"min": 1, "max": 50}, 0, False),
        ({"max": 50}, -(10**400), True),
        ({"max": 50}, 10**400, False),
        ({"max": 50}, True, False),
        ({"max": 50}, "7", False),
        ({"max": 50}, None, False),
        ({"max": 50}, float("nan"), False),
        ({"max": 50}, float("-inf"), False),
        ({"max": 50}, [7], False),
        ({"max": 50}, {"max": 7}, False),
        ({"in": ["EUR", "USD"]}, "EUR", True),
        ({"in": ["EUR", "USD"]}, "eur", False),
        ({"in": [1]}, 1.0, True),
        ({"in": [1]}, True, False),
        ({"in": [True]}, 1, False),
        ({"in": [True]}, True, True),
        ({"like": "*@corp.example"}, "ann@corp.example", True),
        ({"like": "*@corp.example"}, "eve@evil.example", False),
        ({"like": "*@corp.example"}, "eve@evil.example\n@corp.example", False),
        ({"like": "*@corp.example"}, "eve\u202e@corp.example", False),
        ({"like": "*"}, 7, False),
        ({"like": "a*", "in": ["ab", "b"]}, "b", False),
    ],
)
def test_a_value_is_inside_only_where_everything_said_of_it_holds(
    bounds: dict[str, Any], value: object, inside: bool
) -> None:
    assert holds(parse_pattern({"it": bounds}), {"it": value}) is inside


@pytest.mark.parametrize(
    "arguments", [{}, {"customer": 7}, {"customer": {}}, {"customer.country": "DE"}, [], None, "x"]
)
def test_an_argument_that_is_not_there_is_outside(arguments: object) -> None:
    pattern = parse_pattern({"customer.country": {"like": "*"}})
    assert holds(pattern, {"customer": {"country": "DE"}})
    assert not holds(pattern, arguments)


def test_bounds_that_say_nothing_hold_for_nothing_and_no_bounds_for_everything() -> None:
    assert not holds({"amount": Bounds()}, {"amount": 1})
    assert holds({}, {"amount": 1})


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"a": {}},
        {"a": 7},
        {"a": {"max": "7"}},
        {"a": {"max": True}},
        {"a": {"max": None}},
        {"a": {"max": float("nan")}},
        {"a": {"min": 2, "max": 1}},
        {"a": {"maximum": 7}},
        {"a": {"in": []}},
        {"a": {"in": "abc"}},
        {"a": {"in": [[1]]}},
        {"a": {"like": 7}},
        {"a": {"b": {"max": 7}}},
        {"a..b": {"max": 7}},
        {"": {"max": 7}},
        {7: {"max": 7}},
    ],
)
def test_what_is_no_pattern_is_refused(raw: object) -> None:
    with pytest.raises(ValueError):
        parse_pattern(raw)


@given(patterns)
def test_a_pattern_written_down_is_read_back_the_same(pattern: dict[str, Bounds]) -> None:
    written = dump_pattern(pattern)
    try:
        assert parse_pattern(written) == pattern
    except ValueError:
        # What could never hold cannot be written, and holds for nothing.
        assert not pattern or not any(holds(pattern, {"amount": each}) for each in (-3, 0, 3, "a"))


@given(patterns, values | st.dictionaries(st.text(max_size=3), values))
def test_any_arguments_are_answered(pattern: dict[str, Bounds], arguments: object) -> None:
    assert holds(pattern, arguments) in (True, False)


def test_a_pattern_reads_as_a_sentence_would() -> None:
    pattern = parse_pattern(
        {"amount": {"min": 1, "max": 50}, "currency": {"in": ["EUR", "USD"]}, "to": {"like": "*@x"}}
    )
    assert in_words(pattern) == "amount at least 1 and at most 50, currency one of 'EUR', 'USD', to like '*@x'"
