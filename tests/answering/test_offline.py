"""Questions answered by keywords alone."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from jupyter_connectors.answering.cell import code
from jupyter_connectors.answering.filters import Filter, narrow
from jupyter_connectors.answering.offline import Routed, route
from jupyter_connectors.models import Tool

from .catalogue import DAY, INSTANT, TEXT, TOOLS, columns, reads, tool

TODAY = date(2026, 11, 22)
OCTOBER = 1790812800  # 2026-10-01 00:00 UTC
NOVEMBER = 1793491200


def routed(question: str, tools: tuple[Tool, ...] = TOOLS) -> Routed:
    return route(question, tools, today=TODAY, columns=columns, reads=reads)


def ran(question: str, tools: tuple[Tool, ...] = TOOLS) -> tuple[str, dict[str, Any], list[tuple[str, str, Any]]]:
    found = routed(question, tools).run
    assert found is not None, [
        (each.tool.name, each.score, each.unused) for each in routed(question, tools).suggestions
    ]
    return found.tool.name, dict(found.arguments), [(each.column, each.operator, each.value) for each in found.filters]


def test_open_invoices_over_an_amount_from_last_month() -> None:
    assert ran("open invoices over 1,000 euros from last month") == (
        "list_invoices",
        {"status": "open", "created_gte": OCTOBER, "created_lt": NOVEMBER},
        [("currency", "same", "eur"), ("amount_due", ">", 1000)],
    )


def test_opportunities_closing_this_quarter() -> None:
    expected = {"close_date_gte": "2026-10-01", "close_date_lt": "2027-01-01"}
    assert ran("opportunities closing this quarter") == ("list_opportunities", expected, [])


@pytest.mark.parametrize(
    ("question", "name", "arguments"),
    [
        ("customers", "list_customers", {}),
        ("contacts", "list_contacts", {}),
        ("accounts in Germany", "list_accounts", {"billing_country": "Germany"}),
        ("paid invoices this year", "list_invoices", {"status": "paid", "created_gte": 1767225600, "created_lt": 1798761600}),
        ("invoices due next week", "list_invoices", {"due_date_gte": 1795392000, "due_date_lt": 1795996800}),
        ("refunds since 2026-01-01", "list_refunds", {"created_gte": 1767225600}),
        ("opportunities in negotiation", "list_opportunities", {"stage_name": "Negotiation/Review"}),
        ("closed won opportunities", "list_opportunities", {"stage_name": "Closed Won"}),
        ("show me all open opportunities, please", "list_opportunities", {"is_closed": False}),
        ("opportunities that are not closed", "list_opportunities", {"is_closed": False}),
        ("overdue invoices", "list_invoices", {"status": "open", "due_date_lt": 1795305600}),
        ("invoice in_1Abc", "get_invoice", {"id": "in_1Abc"}),
        ("invoices of cus_9x8y", "list_invoices", {"customer": "cus_9x8y"}),
        ("contacts jane@acme.com", "list_contacts", {"email": "jane@acme.com"}),
        ("customers named Müller", "search_customers", {"query": "Müller"}),
        ('search crm for "Acme"', "search", {"query": "Acme"}),
        ("draft invoices", "list_invoices", {"status": "draft"}),
    ],
)  # fmt: skip
def test_a_clear_question_runs_by_itself(question: str, name: str, arguments: dict[str, Any]) -> None:
    assert ran(question) == (name, arguments, [])


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("invoices between €1k and €2.5k", [("currency", "same", "eur"), ("amount_due", ">=", 1000), ("amount_due", "<=", 2500)]),
        ("invoices of at least 1.5 million yen", [("currency", "same", "jpy"), ("amount_due", ">=", 1500000)]),
        ("invoices under $500", [("currency", "same", "usd"), ("amount_due", "<", 500)]),
        ("invoices over 900", [("amount_due", ">", 900)]),
        ("invoices with total over 900", [("total", ">", 900)]),
        ("invoices in yen", [("currency", "same", "jpy")]),
        ("accounts with over 500 employees", [("number_of_employees", ">", 500)]),
        ("top 10 invoices", [("amount_due", "largest", 10)]),
        ("latest 5 invoices", [("created", "latest", 5)]),
    ],
)  # fmt: skip
def test_what_no_argument_can_say_filters_the_frame(question: str, filters: list[tuple[str, str, Any]]) -> None:
    assert ran(question)[2] == filters


@pytest.mark.parametrize(
    ("question", "name", "arguments"),
    [
        ("refund payment pi_123", "create_refund", {"payment": "pi_123"}),
        ("delete draft invoice in_123", "delete_draft_invoice", {"id": "in_123"}),
        ("create a refund", "create_refund", {}),
    ],
)
def test_a_write_is_shown_filled_in_and_never_runs(question: str, name: str, arguments: dict[str, Any]) -> None:
    found = routed(question)
    assert found.run is None
    assert (found.suggestions[0].tool.name, dict(found.suggestions[0].arguments)) == (name, arguments)
    assert "Nothing was called" in found.notice


def test_a_tool_nobody_reviewed_never_runs() -> None:
    found = route("customers", TOOLS, today=TODAY, columns=columns, reads=lambda each: False)
    assert found.run is None
    assert found.suggestions[0].tool.name.endswith("customers")


def test_a_question_about_nothing_here_is_refused_plainly() -> None:
    found = routed("what is the meaning of life")
    assert found.suggestions == ()
    assert found.notice.startswith("No model is configured: matched by keywords. Nothing was interpreted.")


@pytest.mark.parametrize(
    ("question", "unused"),
    [
        ("invoices with a purple logo", ("purple", "logo")),
        ("invoices that are not paid", ("not",)),
        ("open or draft invoices", ("draft",)),
        ("payments by weekday", ("weekday",)),
        ("payments over 1,000 euros", ("over 1,000 euros",)),
        ("customers with no invoices", ("no", "invoices")),
    ],
)
def test_words_that_nothing_used_are_told_and_nothing_runs(question: str, unused: tuple[str, ...]) -> None:
    found = routed(question)
    assert found.run is None
    assert set(unused) & set(found.suggestions[0].unused)


def test_paid_last_month_is_not_taken_for_created_last_month() -> None:
    found = routed("invoices paid last month")
    assert found.run is None
    assert found.suggestions[0].notes == ("last month: 2026-10-01 to 2026-10-31, by created",)


def test_two_connectors_with_the_same_tool_are_told_apart_only_by_name() -> None:
    twin = replace(next(each for each in TOOLS if each.name == "list_customers"), connector="other-shop")
    assert routed("customers", (*TOOLS, twin)).run is None
    found = routed("other shop customers", (*TOOLS, twin)).run
    assert found is not None and found.tool.connector == "other-shop"


def test_a_synonym_is_shown_but_not_run() -> None:
    found = routed("open deals")
    assert found.run is None
    assert found.suggestions[0].tool.name == "list_opportunities"


@pytest.mark.parametrize(
    ("properties", "arguments"),
    [
        ({"created": {"type": "object", "properties": {"gte": {"type": "integer"}, "lt": {"type": "integer"}}}},
         {"created": {"gte": OCTOBER, "lt": NOVEMBER}}),
        ({"created[gte]": {"type": "integer"}, "created[lt]": {"type": "integer"}},
         {"created[gte]": OCTOBER, "created[lt]": NOVEMBER}),
        ({"date_from": DAY, "date_to": DAY}, {"date_from": "2026-10-01", "date_to": "2026-10-31"}),
        ({"start_date": DAY, "end_date": DAY}, {"start_date": "2026-10-01", "end_date": "2026-10-31"}),
        ({"since": INSTANT, "until": INSTANT}, {"since": "2026-10-01T00:00:00Z", "until": "2026-10-31T23:59:59Z"}),
        ({"created_after": DAY, "created_before": DAY}, {"created_after": "2026-09-30", "created_before": "2026-11-01"}),
    ],
)  # fmt: skip
def test_pairs_of_date_arguments_of_every_fashion(properties: dict[str, Any], arguments: dict[str, Any]) -> None:
    orders = tool("shop", "list_orders", properties)
    assert ran("orders last month", (orders,)) == ("list_orders", arguments, [])


def test_a_cursor_called_after_is_no_date() -> None:
    orders = tool("shop", "list_orders", {"after": {"type": "string", "description": "The cursor of the last page."}})
    assert routed("orders last month", (orders,)).run is None


def test_a_repository_fills_owner_and_repo() -> None:
    issues = tool("hub", "list_issues", {"owner": TEXT, "repo": TEXT}, ("owner", "repo"))
    assert ran("issues in pandas-dev/pandas", (issues,))[1] == {"owner": "pandas-dev", "repo": "pandas"}


def test_a_schema_that_makes_no_sense_does_not_break_the_question() -> None:
    broken = Tool(
        connector="x", name="list_orders", input_schema={"properties": {"a": 5, "b": {"type": ["null"]}}, "required": 3}
    )
    assert ran("orders", (broken,))[1] == {}
    assert ran("orders", (Tool(connector="x", name="list_orders", input_schema={"properties": [1]}),))[1] == {}


def test_the_suggested_cell_is_python_that_does_what_the_router_would() -> None:
    found = routed("open invoices over 1,000 euros from last month").run
    assert found is not None
    assert code(found, "acme_billing") == (
        "invoices = acme_billing.list_invoices(\n"
        '    created_gte="2026-10-01",\n'
        '    created_lt="2026-11-01",\n'
        '    status="open",\n'
        ").df\n"
        'invoices = invoices[(invoices["currency"].str.lower() == "eur") & (invoices["amount_due"] > 1000)]'
    )


def test_a_suggested_cell_runs_and_agrees_with_narrow() -> None:
    frame = pd.DataFrame({"currency": ["eur", "EUR", "usd", None], "amount_due": [1500.0, 900.0, 2000.0, 3000.0]})
    filters = (
        Filter(column="currency", operator="same", value="eur"),
        Filter(column="amount_due", operator=">", value=1000),
    )
    found = routed("open invoices").suggestions[0]
    lines = code(replace(found, filters=filters), "shop").splitlines()[1:]
    scope = {"invoices": frame}
    exec("\n".join(lines), scope)  # noqa: S102  # the cell itself is what is tested
    pd.testing.assert_frame_equal(scope["invoices"], narrow(frame, filters))
    assert len(narrow(frame, filters)) == 1


def test_odd_names_and_missing_arguments_still_give_python() -> None:
    odd = tool("shop", "list-orders", {"created[gte]": {"type": "integer"}, "class": TEXT}, ("class",))
    found = routed("orders since 2026-01-01", (odd,)).suggestions[0]
    text = code(found, "shop")
    compile(text, "cell", "exec")
    assert 'shop["list-orders"]' in text
    assert '**{"class": ...}' in text


def test_narrow_orders_and_cuts() -> None:
    frame = pd.DataFrame({"amount": [1, 3, 2], "created": pd.to_datetime(["2026-01-03", "2026-01-01", "2026-01-02"])})
    assert list(narrow(frame, (Filter(column="amount", operator="largest", value=2),))["amount"]) == [3, 2]
    assert list(narrow(frame, (Filter(column="created", operator="latest", value=1),))["amount"]) == [1]
    assert list(narrow(frame, (Filter(column="created", operator=">=", value="2026-01-02"),))["amount"]) == [1, 2]
    assert list(narrow(frame, (Filter(column="", operator="first", value=1),))["amount"]) == [1]


def test_the_offline_way_loads_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from jupyter_connectors.answering import cell, offline, providers, workspace\n"
        "print([name for name in ('pandas', 'duckdb', 'pydantic_ai', 'mcp', 'openai') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
