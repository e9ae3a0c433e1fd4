"""Shape files are read strictly and fit the servers they describe."""

from __future__ import annotations

import pytest

from jupyter_connectors.demo import billing_shapes, crm_shapes
from jupyter_connectors.frames.shapes import packaged, read_shapes, shape_for

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
    keys = [(each.connector, each.tool) for each in packaged()]

    assert len(keys) == len(set(keys))


OBJECTS = {
    ("acme-billing", "list_customers"): billing_shapes.Customer,
    ("acme-billing", "list_invoices"): billing_shapes.Invoice,
    ("acme-billing", "list_payments"): billing_shapes.Payment,
    ("acme-billing", "list_refunds"): billing_shapes.Refund,
    ("acme-billing", "list_subscriptions"): billing_shapes.Subscription,
    ("acme-billing", "draft_reminder"): billing_shapes.Reminder,
    ("acme-crm", "list_accounts"): crm_shapes.Account,
    ("acme-crm", "list_opportunities"): crm_shapes.Opportunity,
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
