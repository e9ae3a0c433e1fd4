"""The objects acme-billing answers with, in Stripe's shapes: what its output schemas are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

# pydantic cannot read typing.TypedDict below Python 3.12.
from typing_extensions import TypedDict

InvoiceStatus = Literal["draft", "open", "paid", "uncollectible", "void"]
SubscriptionStatus = Literal["active", "past_due", "trialing", "unpaid", "canceled"]
Reason = Literal["duplicate", "fraudulent", "requested_by_customer"]

Epoch = Annotated[int, Field(json_schema_extra={"format": "unix-time"})]
Minor = Annotated[int, Field(description="integer minor units of `currency` (cents; JPY has none, KWD three digits)")]
Code = Annotated[str, Field(description="three-letter currency code, lower case")]


class Address(TypedDict):
    city: str
    country: str
    line1: str | None
    postal_code: str | None


class Customer(TypedDict):
    id: str
    object: Literal["customer"]
    address: Address
    balance: Minor
    created: Epoch
    currency: Code
    delinquent: bool
    description: str | None
    email: str
    invoice_prefix: str
    livemode: bool
    metadata: dict[str, str]
    name: str
    phone: str | None


class Period(TypedDict):
    end: Epoch
    start: Epoch


class LineItem(TypedDict):
    id: str
    object: Literal["line_item"]
    amount: Minor
    currency: Code
    description: str
    invoice: str
    period: Period
    quantity: int
    unit_amount: Minor


class Lines(TypedDict):
    object: Literal["list"]
    data: list[LineItem]
    has_more: bool
    total_count: int
    url: str


class StatusTransitions(TypedDict):
    finalized_at: Epoch | None
    marked_uncollectible_at: Epoch | None
    paid_at: Epoch | None
    voided_at: Epoch | None


class Payment(TypedDict):
    id: str
    object: Literal["payment_intent"]
    amount: Minor
    amount_received: Minor
    created: Epoch
    currency: Code
    customer: str
    description: str
    invoice: str
    last_payment_error: dict[str, str] | None
    livemode: bool
    metadata: dict[str, str]
    payment_method_types: list[str]
    status: Literal["succeeded", "requires_payment_method"]


class Price(TypedDict):
    id: str
    object: Literal["price"]
    currency: Code
    nickname: str
    recurring: dict[str, str | int]
    unit_amount: Minor


class SubscriptionItem(TypedDict):
    id: str
    object: Literal["subscription_item"]
    price: Price
    quantity: int
    subscription: str


class SubscriptionItems(TypedDict):
    object: Literal["list"]
    data: list[SubscriptionItem]
    has_more: bool
    url: str


class Subscription(TypedDict):
    id: str
    object: Literal["subscription"]
    cancel_at_period_end: bool
    canceled_at: Epoch | None
    created: Epoch
    currency: Code
    current_period_end: Epoch
    current_period_start: Epoch
    customer: str
    items: SubscriptionItems
    livemode: bool
    metadata: dict[str, str]
    start_date: Epoch
    status: SubscriptionStatus


class Invoice(TypedDict):
    id: str
    object: Literal["invoice"]
    amount_due: Minor
    amount_paid: Minor
    amount_remaining: Minor
    attempt_count: int
    attempted: bool
    auto_advance: bool
    billing_reason: Literal["manual", "subscription_cycle"]
    collection_method: Literal["send_invoice", "charge_automatically"]
    created: Epoch
    currency: Code
    customer: str | Customer
    customer_email: str
    customer_name: str
    description: str | None
    due_date: Epoch | None
    lines: Lines
    livemode: bool
    metadata: dict[str, str]
    number: str | None
    payment_intent: str | Payment | None
    period_end: Epoch
    period_start: Epoch
    status: InvoiceStatus
    status_transitions: StatusTransitions
    subscription: str | Subscription | None
    subtotal: Minor
    tax: Minor
    total: Minor


class Refund(TypedDict):
    id: str
    object: Literal["refund"]
    amount: Minor
    created: Epoch
    currency: Code
    metadata: dict[str, str]
    payment_intent: str
    reason: Reason | None
    status: Literal["succeeded"]


class Deleted(TypedDict):
    id: str
    object: Literal["invoice"]
    deleted: Literal[True]


class Reminder(TypedDict):
    id: str
    object: Literal["reminder_draft"]
    body: str
    created: Epoch
    invoice: str
    note: str
    sent: Literal[False]
    subject: str
    to: str


class RevenueMonth(TypedDict):
    """What was invoiced in a month in one currency, and what became of it: paid, outstanding or written off."""

    id: str
    month: Annotated[str, Field(description="the month's first day (UTC)", json_schema_extra={"format": "date"})]
    currency: Code
    invoices: int
    invoiced: Minor
    paid: Minor
    outstanding: Minor
    written_off: Minor
    refunded: Annotated[int, Field(description="given back in this month, whenever it was paid; minor units")]


# `from` is no name for a field of a class.
RevenueReport = TypedDict(
    "RevenueReport",
    {
        "object": Literal["revenue_report"],
        "from": Annotated[str, Field(json_schema_extra={"format": "date"})],
        "until": Annotated[str, Field(description="the first day after", json_schema_extra={"format": "date"})],
        "as_of": Epoch,
        "data": list[RevenueMonth],
        "has_more": bool,
    },
)


class CustomerList(TypedDict):
    object: Literal["list"]
    data: list[Customer]
    has_more: bool
    url: str


class InvoiceList(TypedDict):
    object: Literal["list"]
    data: list[Invoice]
    has_more: bool
    url: str


class PaymentList(TypedDict):
    object: Literal["list"]
    data: list[Payment]
    has_more: bool
    url: str


class RefundList(TypedDict):
    object: Literal["list"]
    data: list[Refund]
    has_more: bool
    url: str


class SubscriptionList(TypedDict):
    object: Literal["list"]
    data: list[Subscription]
    has_more: bool
    url: str


class CustomerSearch(TypedDict):
    object: Literal["search_result"]
    data: list[Customer]
    has_more: bool
    next_page: str | None
    total_count: int
    url: str


class InvoiceSearch(TypedDict):
    object: Literal["search_result"]
    data: list[Invoice]
    has_more: bool
    next_page: str | None
    total_count: int
    url: str
