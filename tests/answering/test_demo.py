"""Questions to the real demo connectors, answered by keywords and run through the hub."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from pydantic_ai.messages import ModelMessagesTypeAdapter

from jupyter_connectors.answering.agent import History, Setup, ask
from jupyter_connectors.answering.filters import narrow
from jupyter_connectors.answering.offline import Routed, route
from jupyter_connectors.answering.preview import tokens
from jupyter_connectors.answering.workspace import Workspace
from jupyter_connectors.approval import Answer, Request
from jupyter_connectors.audit import Audit
from jupyter_connectors.calls import new_call
from jupyter_connectors.directory.catalogue import Catalogue
from jupyter_connectors.frames.result import Result
from jupyter_connectors.hub import Hub
from jupyter_connectors.judgement import Judge
from jupyter_connectors.models import Json, Tool, ToolClass
from jupyter_connectors.sessions.limits import Limits
from jupyter_connectors.store import open_store

from .conftest import Script

pytestmark = pytest.mark.anyio

TODAY = date(2026, 11, 18)
"""The day the demo's rows are made for, as the tests' environment says."""


class Office:
    """Both demo connectors behind a hub."""

    def __init__(self, folder: Path) -> None:
        store = open_store(folder / "state.sqlite")
        self.catalogue = Catalogue(store)
        self.hub = Hub(audit=Audit(store), judge=Judge(store), spool_dir=folder, limits=Limits())
        self.tools: tuple[Tool, ...] = ()

    def reads(self, tool: Tool) -> bool:
        return self.catalogue.find(tool.connector).reviewed.get(tool.name) is ToolClass.READ

    def route(self, question: str) -> Routed:
        return route(
            question,
            self.tools,
            today=TODAY,
            columns=self.hub.known_columns,
            reads=self.reads,
        )


async def nobody(request: Request) -> Answer:
    raise AssertionError(f"a read asked for leave: {request.call}")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(tmp_path)
    for name in ("acme-billing", "acme-crm"):
        office.tools += (await office.hub.connect(office.catalogue.find(name))).tools
    yield office
    await office.hub.close()


async def test_both_example_questions_run_by_themselves_and_give_the_right_rows(office: Office) -> None:
    found = office.route("open invoices over 1,000 euros from last month").run
    assert found is not None
    result = await office.hub.call(new_call(found.tool, found.arguments), approve=nobody)
    rows = narrow(result.df, found.filters)
    assert 0 < len(rows) < len(result.df)
    assert set(rows["status"]) == {"open"} and set(rows["currency"].str.lower()) == {"eur"}
    assert rows["amount_due"].min() > 1000
    assert set(rows["created"].dt.strftime("%Y-%m")) == {"2026-10"}

    found = office.route("opportunities closing this quarter").run
    assert found is not None
    result = await office.hub.call(new_call(found.tool, found.arguments), approve=nobody)
    assert len(result.df) and result.complete
    assert result.df["close_date"].min().date() >= date(2026, 10, 1)
    assert result.df["close_date"].max().date() <= date(2026, 12, 31)


async def test_plain_questions_to_the_demo_run_by_themselves(office: Office) -> None:
    for question, tool in {
        "paid invoices this year": "list_invoices",
        "customers": "list_customers",
        "invoices due next week": "list_invoices",
        "accounts in Germany": "list_accounts",
        "contacts": "list_contacts",
        "refunds since 2026-01-01": "list_refunds",
        "opportunities in negotiation": "list_opportunities",
        "invoices paid last month": "list_invoices",
        "open opportunities over 50,000 euros": "list_opportunities",
        "overdue invoices": "list_invoices",
        "top 10 invoices": "list_invoices",
    }.items():
        found = office.route(question).run
        assert found is not None, (question, office.route(question).suggestions[:2])
        assert found.tool.name == tool, question


async def test_the_demo_never_writes_or_guesses_by_itself(office: Office) -> None:
    for question in (
        "what is the meaning of life",
        "refund payment pi_123",
        "delete activity 00T000000000001AAA",
        "which customers are happy",
    ):
        assert office.route(question).run is None, question
    assert office.route("refund payment pi_123").suggestions[0].tool.name == "create_refund"


async def test_a_model_answers_over_both_connectors_and_its_refund_needs_the_person(office: Office) -> None:
    asked: list[Request] = []

    async def no(request: Request) -> Answer:
        asked.append(request)
        return Answer(choice="deny", by="you")

    async def caller(tool: Tool, arguments: dict[str, Json]) -> Result:
        return await office.hub.call(new_call(tool, arguments, asked_by="model"), approve=no)

    query = "SELECT c.name, sum(i.amount_due) AS due FROM invoices i JOIN customers c ON i.customer = c.id GROUP BY 1"
    script = Script(
        [
            {"a": ("acme-billing__list_invoices", {"status": "open"}), "b": ("acme-billing__list_customers", {})},
            {"c": ("sql", {"query": query, "name": "due"}), "d": ("acme-crm__list_accounts", {"nonsense": 1})},
            {"e": ("acme-billing__create_refund", {"payment": "pi_1"})},
            "Done (`due`).",
        ]
    )
    workspace = Workspace()
    setup = Setup(
        tools=office.tools,
        caller=caller,
        workspace=workspace,
        reads=office.reads,
        emit=lambda event: None,
        today=TODAY,
    )
    answer = await ask("Who owes most?", setup, model=script.model, history=History())
    assert answer.last == "due"
    assert len(answer.frames["due"]) > 10
    assert str(answer.frames["invoices"]["created"].dtype) == "datetime64[us, UTC]"
    assert "FAILED" in script.told("d")
    assert [request.call.tool for request in asked] == ["create_refund"]
    assert "DENIED" in script.told("e")
    sent = ModelMessagesTypeAdapter.dump_json(script.sent[-1]).decode()
    assert tokens(sent) < 12_000 and len(answer.frames["invoices"]) > 50
