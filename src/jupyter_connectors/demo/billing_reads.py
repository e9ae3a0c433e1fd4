"""The tools of acme-billing that read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from . import billing_shapes as shapes
from .billing_pages import existing, page_after, searched
from .billing_query import CUSTOMER_FIELDS, INVOICE_FIELDS, parse
from .billing_records import (
    customer_record,
    invoice_records,
    payment_record,
    refund_record,
    subscription_record,
)
from .tooling import Ctx, answer, arrived, began, database, reading

Limit = Annotated[int, Field(ge=1, le=100, description="How many objects a page has at most, 1 to 100.")]
After = Annotated[
    str | None, Field(description="The id of the last object of the page before; leave out for the first page.")
]
NextPage = Annotated[
    str | None, Field(description="The `next_page` of the answer before; leave out for the first page.")
]
CreatedFrom = Annotated[
    int | None,
    Field(description="Created at this instant or later, in epoch seconds.", json_schema_extra={"format": "unix-time"}),
]
CreatedBefore = Annotated[
    int | None,
    Field(description="Created before this instant, in epoch seconds.", json_schema_extra={"format": "unix-time"}),
]
DueFrom = Annotated[
    int | None,
    Field(description="Due at this instant or later, in epoch seconds.", json_schema_extra={"format": "unix-time"}),
]
DueBefore = Annotated[
    int | None,
    Field(description="Due before this instant, in epoch seconds.", json_schema_extra={"format": "unix-time"}),
]
OfCustomer = Annotated[str | None, Field(description="Only those of this customer: an id such as `cus_1QXg1o8vcGmo`.")]

# A tool's parameters are what a caller fills in by name, so there may be many: hence PLR0913 below.


async def list_customers(
    ctx: Ctx,
    email: Annotated[str | None, Field(description="Only customers with exactly this e-mail address.")] = None,
    created_gte: CreatedFrom = None,
    created_lt: CreatedBefore = None,
    limit: Limit = 10,
    starting_after: After = None,
) -> Annotated[CallToolResult, shapes.CustomerList]:
    """Lists the customers that are billed, newest first, a page at a time."""
    where = {"email = ?": email, "created >= ?": created_gte, "created < ?": created_lt}
    return await _listed(ctx, "customer", where, limit=limit, starting_after=starting_after)


async def get_customer(
    ctx: Ctx, id: Annotated[str, Field(description="The customer's id, such as `cus_1QXg1o8vcGmo`.")]
) -> Annotated[CallToolResult, shapes.Customer]:
    """Gets one customer: name, e-mail address, country, currency and whether a bill is overdue."""
    return answer(customer_record(existing(database(ctx), "customer", id)))


async def search_customers(
    ctx: Ctx,
    query: Annotated[
        str,
        Field(
            description='Stripe\'s search language: clauses on name, email, phone, created or metadata["key"], joined by '
            'AND. `:` equals, `~` contains: `name~"robotics" AND created>=1760000000`.'
        ),
    ],
    limit: Limit = 10,
    page: NextPage = None,
) -> Annotated[CallToolResult, shapes.CustomerSearch]:
    """Finds customers by name, e-mail address, phone, creation time or metadata, and counts all matches."""
    return await _searched(ctx, "customer", query, limit=limit, page=page)


async def list_invoices(  # noqa: PLR0913  # the arguments are the vendor's
    ctx: Ctx,
    status: Annotated[
        shapes.InvoiceStatus | None,
        Field(description="Only invoices in this state; `open` means sent and not paid yet."),
    ] = None,
    customer: OfCustomer = None,
    subscription: Annotated[
        str | None, Field(description="Only invoices of this subscription: a `sub_...` id.")
    ] = None,
    created_gte: CreatedFrom = None,
    created_lt: CreatedBefore = None,
    due_date_gte: DueFrom = None,
    due_date_lt: DueBefore = None,
    limit: Limit = 10,
    starting_after: After = None,
    expand: Annotated[
        list[Literal["data.customer", "data.subscription", "data.payment_intent"]] | None,
        Field(description="Ids to replace by the whole object."),
    ] = None,
) -> Annotated[CallToolResult, shapes.InvoiceList]:
    """Lists invoices with their lines, newest first, a page at a time. Amounts are integer minor units of the
    invoice's currency (cents; JPY has none, KWD three digits)."""
    where = {
        "status = ?": status,
        "customer = ?": customer,
        "subscription = ?": subscription,
        "created >= ?": created_gte,
        "created < ?": created_lt,
        "due_date >= ?": due_date_gte,
        "due_date < ?": due_date_lt,
    }
    fields = [each.removeprefix("data.") for each in expand or ()]
    return await _listed(ctx, "invoice", where, limit=limit, starting_after=starting_after, expand=fields)


async def get_invoice(
    ctx: Ctx,
    id: Annotated[str, Field(description="The invoice's id, such as `in_1QXg1o8vcGmo`.")],
    expand: Annotated[
        list[Literal["customer", "subscription", "payment_intent"]] | None,
        Field(description="Ids to replace by the whole object."),
    ] = None,
) -> Annotated[CallToolResult, shapes.Invoice]:
    """Gets one invoice with its lines. Amounts are integer minor units of its currency (cents; JPY has none, KWD three
    digits)."""
    rows = database(ctx)
    return answer(invoice_records(rows, [existing(rows, "invoice", id)], expand or ())[0])


async def search_invoices(
    ctx: Ctx,
    query: Annotated[
        str,
        Field(
            description="Stripe's search language: clauses on status, currency, customer, subscription, number, total (minor "
            'units), created, due_date (epoch seconds) or metadata["key"], joined by AND: '
            '`status:"open" AND currency:"eur" AND total>100000`.'
        ),
    ],
    limit: Limit = 10,
    page: NextPage = None,
) -> Annotated[CallToolResult, shapes.InvoiceSearch]:
    """Finds invoices by state, currency, amount, customer, time or metadata, and counts all matches. Amounts are integer
    minor units (cents; JPY has none, KWD three digits)."""
    return await _searched(ctx, "invoice", query, limit=limit, page=page)


async def list_payments(
    ctx: Ctx,
    customer: OfCustomer = None,
    created_gte: CreatedFrom = None,
    created_lt: CreatedBefore = None,
    limit: Limit = 10,
    starting_after: After = None,
) -> Annotated[CallToolResult, shapes.PaymentList]:
    """Lists payments, newest first, also those that failed. Amounts are integer minor units (cents; JPY has none, KWD
    three digits)."""
    where = {"customer = ?": customer, "created >= ?": created_gte, "created < ?": created_lt}
    return await _listed(ctx, "payment", where, limit=limit, starting_after=starting_after)


async def list_refunds(
    ctx: Ctx,
    payment: Annotated[str | None, Field(description="Only refunds of this payment: a `pi_...` id.")] = None,
    created_gte: CreatedFrom = None,
    created_lt: CreatedBefore = None,
    limit: Limit = 10,
    starting_after: After = None,
) -> Annotated[CallToolResult, shapes.RefundList]:
    """Lists refunds, newest first. Amounts are integer minor units (cents; JPY has none, KWD three digits)."""
    where = {"payment = ?": payment, "created >= ?": created_gte, "created < ?": created_lt}
    return await _listed(ctx, "refund", where, limit=limit, starting_after=starting_after)


async def list_subscriptions(  # noqa: PLR0913  # the arguments are the vendor's
    ctx: Ctx,
    customer: OfCustomer = None,
    status: Annotated[shapes.SubscriptionStatus | None, Field(description="Only subscriptions in this state.")] = None,
    created_gte: CreatedFrom = None,
    created_lt: CreatedBefore = None,
    limit: Limit = 10,
    starting_after: After = None,
) -> Annotated[CallToolResult, shapes.SubscriptionList]:
    """Lists subscriptions with their plan and monthly price, newest first."""
    where = {"customer = ?": customer, "status = ?": status, "created >= ?": created_gte, "created < ?": created_lt}
    return await _listed(ctx, "subscription", where, limit=limit, starting_after=starting_after)


def read_tools() -> list[Tool]:
    """Every tool of acme-billing that changes nothing."""
    return [
        reading(list_customers, "List customers"),
        reading(get_customer, "Get a customer"),
        reading(search_customers, "Search customers"),
        reading(list_invoices, "List invoices"),
        reading(get_invoice, "Get an invoice"),
        reading(search_invoices, "Search invoices"),
        reading(list_payments, "List payments"),
        reading(list_refunds, "List refunds"),
        reading(list_subscriptions, "List subscriptions"),
    ]


_MAKERS = {
    "customer": customer_record,
    "payment": payment_record,
    "refund": refund_record,
    "subscription": subscription_record,
}
_PATHS = {"payment": "payment_intents"}


async def _listed(
    ctx: Ctx,
    table: str,
    where: dict[str, Any],
    *,
    limit: int,
    starting_after: str | None,
    expand: list[str] | None = None,
) -> CallToolResult:
    rows, path = database(ctx), _PATHS.get(table, f"{table}s")
    await began(ctx, limit, path)
    for sql, kind in (("customer = ?", "customer"), ("subscription = ?", "subscription"), ("payment = ?", "payment")):
        if where.get(sql) is not None:
            existing(rows, kind, where[sql])  # an unknown id is an error, not an empty list
    page = page_after(rows, table, where, limit=limit, starting_after=starting_after)
    make = _MAKERS.get(table)
    data = [make(row) for row in page.rows] if make else invoice_records(rows, page.rows, expand or ())
    await arrived(ctx, len(data), limit, path)
    return answer({"object": "list", "data": data, "has_more": page.has_more, "url": f"/v1/{path}"})


async def _searched(ctx: Ctx, table: str, query: str, *, limit: int, page: str | None) -> CallToolResult:
    rows = database(ctx)
    await began(ctx, limit, f"{table}s")
    clauses = parse(query, INVOICE_FIELDS if table == "invoice" else CUSTOMER_FIELDS)
    found, total = searched(rows, table, clauses, limit=limit, page=page)
    make = _MAKERS.get(table)
    data = [make(row) for row in found.rows] if make else invoice_records(rows, found.rows)
    await arrived(ctx, len(data), limit, f"{table}s")
    result = {"object": "search_result", "data": data, "has_more": found.has_more, "next_page": found.token}
    return answer(result | {"total_count": total, "url": f"/v1/{table}s/search"})
