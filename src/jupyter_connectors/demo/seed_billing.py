"""The rows of acme-billing, made from a fixed seed: the same anchor day gives the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from .moments import DAY, SPAN_DAYS, age_of, moment
from .money import CURRENCIES
from .names import Company, companies, person

CUSTOMERS, INVOICES, PAYMENTS, FAILED_PAYMENTS, REFUNDS = 2_000, 40_000, 27_900, 500, 1_600

Row = dict[str, Any]
"""Column name to value."""

Load = Callable[[str, list[Row]], None]
"""Puts rows into a table."""

_PRODUCTS = (
    ("Platform, team plan", 49.0),
    ("Platform, business plan", 129.0),
    ("Platform, enterprise plan", 890.0),
    ("Additional seats", 19.5),
    ("Premium support", 350.0),
    ("Onboarding workshop", 1450.0),
    ("API calls, per 10,000", 7.25),
    ("Storage, per 100 GB", 12.4),
    ("Data export", 75.0),
)
"""What Acme sells and its price in US dollars."""

_PLANS = _PRODUCTS[:3]
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = tuple(a + b for a in _DIGITS for b in _DIGITS)[:2048]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Customer:
    id: str
    company: Company
    age: int
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subscription:
    id: str
    plan: int
    age: int
    ended: int
    """Days ago; -1 while it runs."""


def ids(prefix: str, count: int) -> list[str]:
    """`count` different ids such as `in_1QXg1o8vcGmo`; they depend on nothing but the prefix."""
    rng = Random(prefix)
    found: dict[str, None] = {}
    while len(found) < count:
        bits = rng.getrandbits(66)
        found[f"{prefix}_1" + "".join([_PAIRS[bits >> shift & 2047] for shift in (0, 11, 22, 33, 44, 55)])] = None
    return list(found)


def seed(load: Load, start: int) -> None:
    """Loads the billing tables as of the anchor day whose midnight is `start`."""
    rng = Random(20262)
    customers = _customers()
    subscribed = _subscriptions(rng, customers)
    invoices, lines = _invoices(rng, start, customers, subscribed)
    payments = _payments(rng, invoices)
    overdue = {row["customer"] for row in invoices if row["status"] == "open" and (row["due_date"] or start) < start}
    load("customer", _customer_rows(rng, start, customers, overdue))
    load("subscription", _subscription_rows(rng, start, customers, subscribed))
    load("invoice", invoices)
    load("line", lines)
    load("payment", payments)
    load("refund", _refunds(rng, start, payments))


def _customers() -> list[_Customer]:
    """The oldest first; a third was there before the history begins."""
    made = []
    before = CUSTOMERS // 3
    for index, (company, key) in enumerate(zip(companies(CUSTOMERS), ids("cus", CUSTOMERS), strict=True)):
        early = SPAN_DAYS + (before - index) // 2
        age = early if index < before else age_of(index - before, CUSTOMERS - before)
        prefix = f"{(index * 40_503 + 7_919) % 1_048_576:05X}"
        made.append(_Customer(id=key, company=company, age=age, prefix=prefix))
    return made


def _customer_rows(rng: Random, start: int, customers: list[_Customer], overdue: set[str]) -> list[Row]:
    rows = []
    for seq, each in enumerate(customers):
        where = each.company
        segment = rng.choice(("self-serve", "mid-market", "enterprise"))
        metadata = {"segment": segment, "source": rng.choice(("web", "partner", "event"))} if rng.random() < 0.8 else {}
        rows.append(
            {
                "seq": seq,
                "id": each.id,
                "created": moment(start, each.age, rng),
                "name": where.name,
                "email": f"accounts@{where.domain}",
                "phone": f"+{rng.randrange(10**10, 10**11)}" if rng.random() < 0.6 else None,
                "contact": " ".join(person(rng)),
                "country": where.country,
                "city": where.city,
                "currency": where.currency,
                "delinquent": int(each.id in overdue),
                "invoice_prefix": each.prefix,
                "metadata": json.dumps(metadata),
            }
        )
    return rows


def _subscriptions(rng: Random, customers: list[_Customer]) -> dict[int, _Subscription]:
    """By the customer's position; three in five have one."""
    found = {}
    for index, key in enumerate(ids("sub", CUSTOMERS)):
        if rng.random() < 0.6 and customers[index].age > 0:
            age = max(0, customers[index].age - 1 - rng.randrange(30))
            ended = rng.randrange(age) if age > 60 and rng.random() < 0.2 else -1
            found[index] = _Subscription(id=key, plan=rng.randrange(len(_PLANS)), age=age, ended=ended)
    return found


def _subscription_rows(
    rng: Random, start: int, customers: list[_Customer], subscribed: dict[int, _Subscription]
) -> list[Row]:
    rows = []
    for index, each in subscribed.items():
        currency = customers[index].company.currency
        plan, usd = _PLANS[each.plan]
        ended = moment(start, each.ended, rng) if each.ended >= 0 else None
        period = start - (each.age % 30) * DAY if ended is None else ended - 30 * DAY
        running = rng.choices(("active", "past_due", "trialing", "unpaid"), (88, 6, 4, 2))[0]
        rows.append(
            {
                "id": each.id,
                "created": moment(start, each.age, rng),
                "customer": customers[index].id,
                "status": "canceled" if ended else running,
                "currency": currency,
                "plan": plan,
                "unit_amount": CURRENCIES[currency].minor(usd),
                "quantity": rng.randrange(1, 40),
                "canceled_at": ended,
                "cancel_at_period_end": int(ended is None and rng.random() < 0.05),
                "period_start": period,
                "period_end": period + 30 * DAY,
            }
        )
    return rows


def _invoices(
    rng: Random, start: int, customers: list[_Customer], subscribed: dict[int, _Subscription]
) -> tuple[list[Row], list[Row]]:
    """Invoices, oldest first, and their lines."""
    prices = {code: [money.minor(usd) for _, usd in _PRODUCTS] for code, money in CURRENCIES.items()}
    numbers = [0] * len(customers)
    known = 0
    invoices: list[Row] = []
    lines: list[Row] = []
    for seq, key in enumerate(ids("in", INVOICES)):
        age = age_of(seq, INVOICES)
        while known < len(customers) and customers[known].age > age:
            known += 1
        index = int(known * rng.random() ** 1.4)  # the oldest customers buy most
        customer, subscription = customers[index], subscribed.get(index)
        numbers[index] += 1
        code = customer.company.currency
        bought = _lines(rng, seq, prices[code])
        running = subscription is not None and subscription.ended < age < subscription.age
        invoice: Row = {
            "seq": seq,
            "id": key,
            "created": moment(start, age, rng),
            "number": f"{customer.prefix}-{numbers[index]:04d}",
            "customer": customer.id,
            "subscription": subscription.id if subscription and running and rng.random() < 0.7 else None,
            "currency": code,
        }
        subtotal = sum(line["quantity"] * line["unit_amount"] for line in bought)
        tax = CURRENCIES[code].tax(subtotal)
        invoice |= {"subtotal": subtotal, "tax": tax, "total": subtotal + tax}
        invoices.append(invoice | _life(rng, start, age, invoice))
        lines += bought
    return invoices, lines


def _lines(rng: Random, seq: int, prices: list[int]) -> list[Row]:
    made = []
    for position in range(1 + int(4 * rng.random() ** 2)):
        product = int(len(_PRODUCTS) * rng.random())
        quantity = 1 + int(12 * rng.random() ** 2)
        made.append(
            {
                "invoice": seq,
                "position": position,
                "description": _PRODUCTS[product][0],
                "quantity": quantity,
                "unit_amount": prices[product],
            }
        )
    return made


def _status(rng: Random, age: int) -> str:
    roll = rng.random()
    if age < 10 and roll > 0.94:
        return "draft"
    still_open = 0.25 if age < 45 else 0.10 if age < 90 else 0.02 if age < 180 else 0.004
    if roll < still_open:
        return "open"
    if age > 60 and roll > 0.985:
        return "uncollectible"
    return "void" if 0.90 < roll < 0.915 else "paid"


def _life(rng: Random, start: int, age: int, invoice: Row) -> Row:
    """What has become of an invoice of this age."""
    status = _status(rng, age)
    created = invoice["created"]
    sent = rng.random() < (0.9 if status == "open" else 0.6)
    finalized = None if status == "draft" else created + (3600 if age > 0 else 5)
    due = finalized + rng.choice((14, 30, 30, 60)) * DAY if sent and finalized else None
    wait = 3700 + int(rng.random() * min(age, 40) * 0.9 * DAY) if age > 0 else 30
    ended = min(created + wait, start + 630)
    return {
        "status": status,
        "collection_method": "send_invoice" if sent else "charge_automatically",
        "due_date": due,
        "amount_paid": invoice["total"] if status == "paid" else 0,
        "finalized_at": finalized,
        "paid_at": ended if status == "paid" else None,
        "voided_at": ended if status == "void" else None,
        "uncollectible_at": ended if status == "uncollectible" else None,
        "payment_intent": None,
        "attempt_count": 0 if status == "draft" or (sent and status == "open") else 1 + int(rng.random() < 0.1),
        "metadata": f'{{"po_number": "PO-{10_000 + int(rng.random() * 90_000)}"}}' if rng.random() < 0.3 else "{}",
    }


def _payments(rng: Random, invoices: list[Row]) -> list[Row]:
    """Payments of three paid invoices in four (the rest was paid elsewhere), and some that failed on open ones."""
    paid = rng.sample([row for row in invoices if row["status"] == "paid"], PAYMENTS)
    failed = rng.sample([row for row in invoices if row["status"] == "open"], FAILED_PAYMENTS)
    rows: list[Row] = []
    for key, invoice in zip(ids("pi", PAYMENTS + FAILED_PAYMENTS), paid + failed, strict=True):
        invoice["payment_intent"] = key
        row = {
            "id": key,
            "created": invoice["paid_at"] or invoice["finalized_at"],
            "customer": invoice["customer"],
            "invoice": invoice["id"],
            "currency": invoice["currency"],
            "amount": invoice["total"],
            "amount_received": invoice["amount_paid"],
            "status": "succeeded",
            "method": rng.choice(("card", "card", "sepa_debit", "us_bank_account")),
            "failure": None,
        }
        if not invoice["paid_at"]:
            declined = rng.choice(("card_declined", "expired_card"))
            row |= {"status": "requires_payment_method", "method": "card", "failure": declined}
        rows.append(row)
    return rows


def _refunds(rng: Random, start: int, payments: list[Row]) -> list[Row]:
    rows: list[Row] = []
    refunded = rng.sample([row for row in payments if row["status"] == "succeeded"], REFUNDS)
    for key, payment in zip(ids("re", REFUNDS), refunded, strict=True):
        amount, currency = payment["amount"], CURRENCIES[payment["currency"]]
        whole = rng.random() < 0.6
        rows.append(
            {
                "id": key,
                "created": min(payment["created"] + int(rng.random() * 25 * DAY), start + 660),
                "payment": payment["id"],
                "currency": currency.code,
                "amount": amount if whole else currency.rounded(max(10, amount * (0.1 + 0.8 * rng.random()))),
                "reason": rng.choice(("requested_by_customer", "duplicate", "fraudulent", None)),
                "status": "succeeded",
            }
        )
    return rows
