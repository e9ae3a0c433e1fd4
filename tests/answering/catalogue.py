"""Tools as acme-billing and acme-crm describe them, for tests that need no server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_connectors.models import Annotations, Tool

EPOCH = {"type": "integer", "format": "unix-time"}
DAY = {"type": "string", "format": "date"}
INSTANT = {"type": "string", "format": "date-time"}
TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 1, "maximum": 100}
PAGE = {"limit": COUNT, "starting_after": TEXT}
CREATED = {"created_gte": EPOCH, "created_lt": EPOCH}
STAGES = ["Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Negotiation/Review", "Closed Won", "Closed Lost"]  # fmt: skip
STATUS = {"type": "string", "enum": ["draft", "open", "paid", "uncollectible", "void"]}


def tool(connector: str, name: str, properties: dict[str, Any], required: tuple[str, ...] = (), said: str = "") -> Tool:
    """A tool with a plain object schema."""
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return Tool(connector=connector, name=name, description=said, input_schema=schema, annotations=Annotations())


BILLING = tuple(
    tool("acme-billing", name, properties, required, said)
    for name, properties, required, said in (
        ("list_customers", {"email": TEXT, **CREATED, **PAGE}, (), "Lists customers, newest first."),
        ("get_customer", {"id": TEXT}, ("id",), "One customer."),
        ("search_customers", {"query": TEXT, "limit": COUNT}, ("query",), "Customers whose name or e-mail match."),
        (
            "list_invoices",
            {
                "status": STATUS,
                "customer": TEXT,
                "subscription": TEXT,
                **CREATED,
                "due_date_gte": EPOCH,
                "due_date_lt": EPOCH,
                **PAGE,
                "expand": {"type": "array", "items": TEXT},
            },
            (),
            "Lists invoices, newest first.",
        ),
        ("get_invoice", {"id": TEXT}, ("id",), "One invoice."),
        ("search_invoices", {"query": TEXT, "limit": COUNT}, ("query",), "Invoices that match a query."),
        ("list_payments", {"customer": TEXT, **CREATED, **PAGE}, (), "Lists payments, newest first."),
        ("list_refunds", {"payment": TEXT, **CREATED, **PAGE}, (), "Lists refunds, newest first."),
        ("list_subscriptions", {"status": TEXT, "customer": TEXT, **PAGE}, (), "Lists subscriptions."),
        (
            "create_refund",
            {"payment": TEXT, "amount": {"type": "integer"}, "reason": TEXT},
            ("payment",),
            "Refunds a payment, whole or in part.",
        ),
        (
            "draft_reminder",
            {"invoice": TEXT, "tone": {"type": "string", "enum": ["friendly", "firm"]}},
            ("invoice",),
            "Drafts a reminder for an unpaid invoice. Sends nothing.",
        ),
        ("delete_draft_invoice", {"id": TEXT}, ("id",), "Deletes an invoice that is still a draft."),
    )
)

CRM = tuple(
    tool("acme-crm", name, properties, required, said)
    for name, properties, required, said in (
        ("list_accounts", {"industry": TEXT, "billing_country": TEXT, "limit": COUNT}, (), "Lists accounts."),
        ("get_account", {"id": TEXT}, ("id",), "One account."),
        (
            "list_opportunities",
            {
                "stage_name": {"type": "string", "enum": STAGES},
                "account_id": TEXT,
                "is_closed": {"type": "boolean"},
                "close_date_gte": DAY,
                "close_date_lt": DAY,
                "created_gte": INSTANT,
                "created_lt": INSTANT,
                "limit": COUNT,
            },
            (),
            "Lists opportunities.",
        ),
        ("get_opportunity", {"id": TEXT}, ("id",), "One opportunity."),
        ("list_contacts", {"account_id": TEXT, "email": TEXT, "limit": COUNT}, (), "Lists contacts."),
        ("list_activities", {"account_id": TEXT, "opportunity_id": TEXT, "limit": COUNT}, (), "Lists activities."),
        (
            "search",
            {"query": TEXT, "object": {"type": "string", "enum": ["account", "contact", "opportunity"]}},
            ("query",),
            "Searches accounts, contacts and opportunities.",
        ),
        (
            "update_opportunity",
            {"id": TEXT, "stage_name": {"type": "string", "enum": STAGES}, "close_date": DAY, "next_step": TEXT},
            ("id",),
            "Changes an opportunity.",
        ),
        ("draft_email", {"contact_id": TEXT, "subject": TEXT, "body": TEXT}, ("contact_id",), "Drafts an e-mail."),
        ("delete_activity", {"id": TEXT}, ("id",), "Deletes an activity."),
    )
)
TOOLS = BILLING + CRM

INVOICE_COLUMNS = {
    "id": "text", "status": "text", "customer": "text", "currency": "text", "amount_due": "money",
    "amount_due_minor": "int", "amount_paid": "money", "amount_paid_minor": "int", "total": "money",
    "created": "instant", "due_date": "instant",
}  # fmt: skip


def columns(each: Tool) -> Mapping[str, str]:
    """The columns some of the tools are known to give."""
    known = {
        "list_invoices": INVOICE_COLUMNS,
        "list_opportunities": {
            "id": "text",
            "name": "text",
            "amount": "money",
            "close_date": "date",
            "probability": "float",
        },
        "list_accounts": {
            "id": "text",
            "number_of_employees": "int",
            "annual_revenue": "money",
            "billing_city": "text",
        },
    }
    return known.get(each.name, {})


def reads(each: Tool) -> bool:
    """The review of these tools: what is not a list, a get or a search writes."""
    return each.name.startswith(("list_", "get_", "search"))
