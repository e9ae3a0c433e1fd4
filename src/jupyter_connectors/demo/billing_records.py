"""How acme-billing's objects are made from rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .database import Database

Record = dict[str, Any]


def invoice_records(rows: Database, found: Sequence[sqlite3.Row], expand: Sequence[str] = ()) -> list[Record]:
    """Invoices with their lines; `expand` names the fields whose ids become whole objects."""
    customers = _fetched(rows, "customer", [row["customer"] for row in found])
    lines = _lines_of(rows, found)
    records = [_invoice(row, lines[row["seq"]], customers[row["customer"]]) for row in found]
    for field in expand:
        table, make = _EXPANDABLE[field]
        objects = _fetched(rows, table, [row[field] for row in found])
        for record in records:
            record[field] = make(objects[record[field]]) if record[field] else None
    return records


def _fetched(rows: Database, table: str, ids: Iterable[str | None]) -> dict[str, sqlite3.Row]:
    """The rows with these ids, by id."""
    wanted = [each for each in set(ids) if each]
    marks = ",".join("?" * len(wanted))
    return {row["id"]: row for row in rows.rows(f"SELECT * FROM {table} WHERE id IN ({marks})", wanted)}


def _lines_of(rows: Database, found: Sequence[sqlite3.Row]) -> dict[int, list[sqlite3.Row]]:
    lines: dict[int, list[sqlite3.Row]] = {row["seq"]: [] for row in found}
    marks = ",".join("?" * len(lines))
    for line in rows.rows(f"SELECT * FROM line WHERE invoice IN ({marks}) ORDER BY invoice, position", list(lines)):
        lines[line["invoice"]].append(line)
    return lines


def customer_record(row: sqlite3.Row) -> Record:
    return {
        "id": row["id"],
        "object": "customer",
        "address": {"city": row["city"], "country": row["country"], "line1": None, "postal_code": None},
        "balance": 0,
        "created": row["created"],
        "currency": row["currency"],
        "delinquent": bool(row["delinquent"]),
        "description": f"Contact: {row['contact']}",
        "email": row["email"],
        "invoice_prefix": row["invoice_prefix"],
        "livemode": False,
        "metadata": json.loads(row["metadata"]),
        "name": row["name"],
        "phone": row["phone"],
    }


def _invoice(row: sqlite3.Row, lines: Sequence[sqlite3.Row], customer: sqlite3.Row) -> Record:
    key, status, created, total = row["id"], row["status"], row["created"], row["total"]
    return {
        "id": key,
        "object": "invoice",
        "amount_due": total,
        "amount_paid": row["amount_paid"],
        "amount_remaining": total - row["amount_paid"],
        "attempt_count": row["attempt_count"],
        "attempted": row["attempt_count"] > 0,
        "auto_advance": status in ("draft", "open"),
        "billing_reason": "subscription_cycle" if row["subscription"] else "manual",
        "collection_method": row["collection_method"],
        "created": created,
        "currency": row["currency"],
        "customer": row["customer"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "description": None,
        "due_date": row["due_date"],
        "lines": _lines(row, lines),
        "livemode": False,
        "metadata": json.loads(row["metadata"]),
        "number": None if status == "draft" else row["number"],
        "payment_intent": row["payment_intent"],
        "period_end": created,
        "period_start": created - 2_592_000,
        "status": status,
        "status_transitions": {
            "finalized_at": row["finalized_at"],
            "marked_uncollectible_at": row["uncollectible_at"],
            "paid_at": row["paid_at"],
            "voided_at": row["voided_at"],
        },
        "subscription": row["subscription"],
        "subtotal": row["subtotal"],
        "tax": row["tax"],
        "total": total,
    }


def _lines(row: sqlite3.Row, lines: Sequence[sqlite3.Row]) -> Record:
    key, created = row["id"], row["created"]
    items = [
        {
            "id": f"il_{key[3:]}{line['position']}",
            "object": "line_item",
            "amount": line["quantity"] * line["unit_amount"],
            "currency": row["currency"],
            "description": line["description"],
            "invoice": key,
            "period": {"end": created, "start": created - 2_592_000},
            "quantity": line["quantity"],
            "unit_amount": line["unit_amount"],
        }
        for line in lines
    ]
    url = f"/v1/invoices/{key}/lines"
    return {"object": "list", "data": items, "has_more": False, "total_count": len(items), "url": url}


def payment_record(row: sqlite3.Row) -> Record:
    return {
        "id": row["id"],
        "object": "payment_intent",
        "amount": row["amount"],
        "amount_received": row["amount_received"],
        "created": row["created"],
        "currency": row["currency"],
        "customer": row["customer"],
        "description": f"Payment for invoice {row['invoice']}",
        "invoice": row["invoice"],
        "last_payment_error": {"code": row["failure"]} if row["failure"] else None,
        "livemode": False,
        "metadata": {},
        "payment_method_types": [row["method"]],
        "status": row["status"],
    }


def refund_record(row: sqlite3.Row) -> Record:
    return {
        "id": row["id"],
        "object": "refund",
        "amount": row["amount"],
        "created": row["created"],
        "currency": row["currency"],
        "metadata": {},
        "payment_intent": row["payment"],
        "reason": row["reason"],
        "status": row["status"],
    }


def subscription_record(row: sqlite3.Row) -> Record:
    key, code = row["id"], row["currency"]
    plan = row["plan"]
    price = {
        "id": f"price_{plan.split()[1]}_{code}",
        "object": "price",
        "currency": code,
        "nickname": plan,
        "recurring": {"interval": "month", "interval_count": 1},
        "unit_amount": row["unit_amount"],
    }
    item = {"id": f"si_{key[4:]}", "object": "subscription_item", "price": price, "quantity": row["quantity"]}
    url = f"/v1/subscription_items?subscription={key}"
    return {
        "id": key,
        "object": "subscription",
        "cancel_at_period_end": bool(row["cancel_at_period_end"]),
        "canceled_at": row["canceled_at"],
        "created": row["created"],
        "currency": code,
        "current_period_end": row["period_end"],
        "current_period_start": row["period_start"],
        "customer": row["customer"],
        "items": {"object": "list", "data": [item | {"subscription": key}], "has_more": False, "url": url},
        "livemode": False,
        "metadata": {},
        "start_date": row["created"],
        "status": row["status"],
    }


_EXPANDABLE: dict[str, tuple[str, Callable[[sqlite3.Row], Record]]] = {
    "customer": ("customer", customer_record),
    "payment_intent": ("payment", payment_record),
    "subscription": ("subscription", subscription_record),
}
