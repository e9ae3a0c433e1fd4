"""Shape files are read strictly and fit the servers they describe."""

from __future__ import annotations

import pytest

from jupyter_connectors.demo import billing_shapes, crm_shapes
from jupyter_connectors.frames.paging import fitted
from jupyter_connectors.frames.shapes import (
    Paging,
    detect,
    known_columns,
    packaged,
    read_shapes,
    shape_for,
    shape_named,
    shape_names,
)

GOOD = """
connectors = ["shop*"]
[pages.list]
cursor = "next"
param = "after"
[objects.order]
id = "id"
[objects.order.columns]
id = "text"
[[tools]]
names = ["list_orders", "search_orders"]
object = "order"
records = "data|items"
pages = "list"
"""


def test_a_shape_file_describes_every_tool_it_names() -> None:
    shapes = read_shapes(GOOD, "shop.toml")

    assert [each.tool for each in shapes] == ["list_orders", "search_orders"]
    assert shapes[0].records == ("data", "items")
    assert shapes[0].paging is not None
    assert shapes[0].paging.param == "after"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("colour = 1", "the file has unknown keys: colour"),
        ("[pages.other]\ncurser = 'x'", "pages.other has unknown keys: curser"),
        ("[objects.x]\nmapping = []", "objects.x has unknown keys: mapping"),
        ("[objects.x.columns]\na = 'instant'", "no such kind of column: 'instant'"),
        ("[objects.x.columns]\na = 'money'", "no such kind of column: 'money'"),
        ("[objects.x]\nrequired = ['a']", "objects.x: required but not in its columns: ['a']"),
        ("[[tools]]\nnames = ['y']\nrecords = 'x'\nobject = 'z'", "object 'z' is not described"),
        ("[[tools]]\nnames = ['y']\nrecords = 'x'\nlimit = 3", "tools[1] has unknown keys: limit"),
        ("[objects.x.children.y]\npath = 'a'\nnom = 1", "objects.x.children.y has unknown keys: nom"),
        ("[objects.x.unions]\na = 'b'", "objects.x.unions has unknown keys: b"),
        ("[objects.x]\nlike = 'y'", "objects.x is like 'y', which is not described or is itself like another"),
        ("errors = [{ pat = 'x' }]", "errors has unknown keys: pat"),
        ("rate = { per_minute = 3 }", "rate has unknown keys: per_minute"),
        ("[[tools]]\nnames = ['y']\nrecords = 'x'\nwindow = { from = 'a' }", "tools[1].window has unknown keys: from"),
    ],
)
def test_a_mistake_in_a_shape_file_is_an_error_when_it_loads(wrong: str, told: str) -> None:
    text = f"{wrong}\n{GOOD}" if not wrong.startswith("[") else f"{GOOD}\n{wrong}\n"

    with pytest.raises(ValueError) as caught:
        read_shapes(text, "shop.toml")

    assert str(caught.value) == f"shop.toml: {told}"


def test_a_shape_is_found_by_connector_and_tool() -> None:
    found = shape_for("acme-billing", "list_invoices")

    assert found is not None
    assert found.form.children["lines"].path == "lines.data"
    assert found.exponents["jpy"] == 0
    assert shape_for("acme-billing", "unheard_of") is None
    assert shape_for("other", "list_invoices") is None


def test_each_tool_has_one_shape() -> None:
    keys = [(each.connector, each.tool, tuple(each.when.items())) for each in packaged()]

    assert len(keys) == len(set(keys))


OBJECTS = {
    ("acme-billing", "list_customers"): billing_shapes.Customer,
    ("acme-billing", "list_invoices"): billing_shapes.Invoice,
    ("acme-billing", "list_payments"): billing_shapes.Payment,
    ("acme-billing", "list_refunds"): billing_shapes.Refund,
    ("acme-billing", "list_subscriptions"): billing_shapes.Subscription,
    ("acme-billing", "revenue_dashboard"): billing_shapes.RevenueMonth,
    ("acme-billing", "draft_reminder"): billing_shapes.Reminder,
    ("acme-crm", "list_accounts"): crm_shapes.Account,
    ("acme-crm", "list_opportunities"): crm_shapes.Opportunity,
    ("acme-crm", "pipeline_board"): crm_shapes.Opportunity,
    ("acme-crm", "list_contacts"): crm_shapes.Contact,
    ("acme-crm", "list_activities"): crm_shapes.Task,
    ("acme-crm", "draft_email"): crm_shapes.EmailDraft,
}


@pytest.mark.parametrize(("tool", "sent"), OBJECTS.items(), ids=[tool for _, tool in OBJECTS])
def test_the_demos_shapes_declare_every_field_the_demo_sends(tool: tuple[str, str], sent: type) -> None:
    shape = shape_for(*tool)

    assert shape is not None
    declared = {path.partition(".")[0] for path in shape.form.columns}
    declared |= {child.path.partition(".")[0] for child in shape.form.children.values()}
    declared |= set(shape.form.drop) | {"object"}
    fields = set(sent.__annotations__)
    assert fields <= declared
    assert declared - {"object", "attributes", "*.attributes"} <= fields


def vendors() -> list[str]:
    return [name for name in shape_names() if not name.startswith("acme-")]


@pytest.mark.parametrize("name", vendors())
def test_every_object_of_a_vendor_says_where_it_is_known_from(name: str) -> None:
    shape = shape_named(name)

    assert shape is not None
    assert shape.form.source
    assert shape.form.id == "" or shape.form.id in shape.form.columns or shape.form.columns == {}


def test_the_mission_is_covered() -> None:
    known = {name.partition(".")[0] for name in vendors()}

    assert known >= {"stripe", "paypal", "square", "hubspot", "salesforce", "intercom", "zendesk", "linear", "asana"}
    assert known >= {"jira", "mcp-atlassian", "monday", "github", "gitlab", "sentry", "notion", "confluence"}
    assert known >= {"google", "microsoft", "slack"}
    assert len(vendors()) >= 60


def test_one_tool_answers_with_the_object_its_arguments_name() -> None:
    deals = shape_for("hubspot", "hubspot-list-objects", {"objectType": "deals"})
    other = shape_for("hubspot", "hubspot-list-objects", {"objectType": "2-123"})

    assert deals is not None
    assert deals.name == "hubspot.deal"
    assert other == shape_for("hubspot", "hubspot-list-objects")
    assert other is not None
    assert other.name == "hubspot.record"


def test_a_payload_is_known_only_when_every_row_is_one_object_and_no_other() -> None:
    invoice = {"object": "invoice", "id": "in_1", "lines": {"data": []}}
    page = {"object": "page", "id": "p", "properties": {}}

    assert (found := detect({"data": [invoice]})) is not None
    assert found.name == "stripe.invoice"
    assert (found := detect(invoice)) is not None
    assert found.name == "stripe.invoice"
    assert detect({"results": [page, invoice]}) is None
    assert detect([]) is None
    assert detect([{"id": 1, "name": "x"}]) is None
    assert detect("text") is None


def test_a_tool_is_asked_with_the_arguments_it_has() -> None:
    paging = Paging(cursor="cursor", param="cursor|after", size="limit")

    assert fitted(paging, {"after": {}, "first": {}}) == Paging(cursor="cursor", param="after")
    assert fitted(paging, {}) == Paging(cursor="cursor", param="cursor", size="limit")
    assert fitted(Paging(param="request.cursor"), {"request": {}}).param == "request.cursor"


def test_the_columns_a_shape_declares_are_the_columns_of_its_frame() -> None:
    shape = shape_named("slack.message")

    assert shape is not None
    columns = known_columns(shape)
    assert (columns["ts"], columns["ts_time"]) == ("text", "instant")
