from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from typing import Any

import pytest

from jupyter_connectors.api import bind
from jupyter_connectors.errors import InvalidArguments
from jupyter_connectors.models import Bound, Tool
from jupyter_connectors.signatures import docstring, identifier, parameters

TOOL = Tool(
    connector="shop",
    name="list_orders",
    description="Lists orders.\u200b",
    input_schema={
        "type": "object",
        "properties": {
            "status": {"type": "string", "enum": ["open", "paid"], "description": "Only these."},
            "from": {"type": "string"},
            "created[gte]": {"type": "integer", "format": "unix-time"},
            "customer": {"type": "string"},
            "limit": {"type": "integer", "maximum": 100, "default": 10},
        },
        "required": ["customer"],
    },
)


def bound(*args: Any, **kwargs: Any) -> tuple[dict[str, Any], Bound]:
    return bind(TOOL, parameters(TOOL), args, kwargs)


def test_the_signature_has_the_required_first_and_enums_as_literals() -> None:
    signature = parameters(TOOL).signature
    assert list(signature.parameters) == ["customer", "status", "from_", "created_gte", "limit", "pages"]
    assert "Literal['open', 'paid']" in str(signature)
    assert signature.parameters["customer"].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD


def test_names_that_python_cannot_say_are_mangled_without_collision() -> None:
    assert identifier("class", taken={}) == "class_"
    assert identifier("2fa", taken={}) == "_2fa"
    assert identifier("a b", taken={"a_b": "a-b"}) == "a_b_"


def test_arguments_go_out_under_the_names_the_server_knows() -> None:
    arguments, _ = bound("cus_1", from_="x", created_gte=date(2026, 11, 1), status=None)
    assert arguments == {"customer": "cus_1", "from": "x", "created[gte]": 1793491200}


def test_a_time_without_a_zone_counts_as_utc() -> None:
    naive, aware = datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
    assert bound("c", created_gte=naive) == bound("c", created_gte=aware)


def test_limit_is_rows_in_all_even_where_the_server_calls_its_page_size_so() -> None:
    assert bound("c", limit=5) == ({"customer": "c", "limit": 5}, Bound(limit=5))
    assert bound("c", limit=250) == ({"customer": "c"}, Bound(limit=250))


@pytest.mark.parametrize("written", ["2026-11-01", "2026-11-01T01:00+01:00", datetime(2026, 11, 1)])
def test_seconds_may_be_written_as_a_date(written: Any) -> None:
    assert bound("c", created_gte=written)[0]["created[gte]"] == 1793491200


@pytest.mark.parametrize(
    ("kwargs", "problem"),
    [
        ({"customer": "c", "stauts": "open"}, "has no argument 'stauts'"),
        ({}, "missing a required argument: 'customer'"),
        ({"customer": "c", "limit": 0}, "limit=0 is no positive whole number"),
        ({"customer": "c", "pages": "all"}, "pages='all' is no positive whole number"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_sent(kwargs: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidArguments, match=problem):
        bound(**kwargs)


def test_a_misspelt_argument_gets_the_nearest_name() -> None:
    with pytest.raises(InvalidArguments) as caught:
        bound(customer="c", stauts="open")
    assert caught.value.hint == "did you mean 'status'?"


def test_the_docstring_shows_the_servers_hidden_characters() -> None:
    said = docstring(TOOL, parameters(TOOL))
    assert "Lists orders.\\u200b" in said
    assert "status (Literal['open', 'paid']): Only these." in said
