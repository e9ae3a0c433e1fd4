"""The tools of acme-billing that change something."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated, Literal

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from . import billing_shapes as shapes
from .billing_pages import existing
from .billing_records import refund_record
from .money import written
from .tooling import Ctx, answer, database, destroying, writing

Tone = Literal["friendly", "firm", "final"]

_OPENINGS = {
    "friendly": "Perhaps it slipped by: invoice {number} over {amount} is still open.",
    "firm": "Invoice {number} over {amount} is open. Please settle it within seven days.",
    "final": "This is the last reminder of invoice {number} over {amount} before we hand it to collection.",
}


async def create_refund(
    ctx: Ctx,
    payment: Annotated[str, Field(description="The payment to give back: a `pi_...` id.")],
    amount: Annotated[
        int | None,
        Field(
            ge=1,
            description="How much, in integer minor units of the payment's currency (cents; JPY has none, KWD three digits). "
            "Leave out to refund all that is left.",
        ),
    ] = None,
    reason: Annotated[shapes.Reason | None, Field(description="Why the money goes back.")] = None,
) -> Annotated[CallToolResult, shapes.Refund]:
    """Gives a payment back to the customer, wholly or in part. Refuses more than what is left of the payment."""
    rows = database(ctx)
    key = f"re_1{secrets.token_hex(6)}"
    with rows.changing() as connection:
        paid = existing(rows, "payment", payment)
        code = paid["currency"]
        given = rows.row("SELECT coalesce(sum(amount), 0) FROM refund WHERE payment = ?", [payment])
        left = paid["amount_received"] - (given[0] if given else 0)
        if left <= 0:
            raise ToolError(f"Nothing is left to refund of payment {payment!r} ({paid['status']}).")
        if amount is not None and amount > left:
            raise ToolError(
                f"A refund of {written(amount, code)} is more than is left of payment {payment!r}: {written(left, code)}, "
                f"which is {left} in minor units. Refund at most that."
            )
        values = (key, rows.now(), payment, code, amount or left, reason, "succeeded")
        connection.execute("INSERT INTO refund VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    return answer(refund_record(existing(rows, "refund", key)))


async def draft_reminder(
    ctx: Ctx,
    invoice: Annotated[str, Field(description="The open invoice to remind of: an `in_...` id.")],
    tone: Annotated[Tone, Field(description="How it sounds, from mild to last warning.")] = "friendly",
) -> Annotated[CallToolResult, shapes.Reminder]:
    """Writes a payment reminder for an open invoice and stores it as a draft. It is not sent: this server cannot send
    mail."""
    rows = database(ctx)
    found = existing(rows, "invoice", invoice)
    if found["status"] != "open":
        raise ToolError(
            f"Invoice {invoice!r} is {found['status']}, so there is nothing to remind of. Choose an open one."
        )
    customer = existing(rows, "customer", found["customer"])
    draft = {
        "id": f"rem_1{secrets.token_hex(6)}",
        "created": rows.now(),
        "invoice": invoice,
        "to": customer["email"],
        "subject": f"Invoice {found['number']}",
    }
    text = _OPENINGS[tone].format(
        number=found["number"], amount=written(found["total"] - found["amount_paid"], found["currency"])
    )
    due = found["due_date"]
    when = f" It was due on {datetime.fromtimestamp(due, UTC):%Y-%m-%d}." if due and due < draft["created"] else ""
    draft["body"] = f"Dear {customer['contact']},\n\n{text}{when}\n\nAcme Billing"
    with rows.changing() as connection:
        sql = "INSERT INTO reminder VALUES (:id, :created, :invoice, :to, :subject, :body)"
        connection.execute(sql, draft)
    note = "Stored as a draft. Not sent: this server cannot send mail."
    return answer(draft | {"object": "reminder_draft", "sent": False, "note": note})


async def delete_draft_invoice(
    ctx: Ctx, id: Annotated[str, Field(description="The draft's id, such as `in_1QXg1o8vcGmo`.")]
) -> Annotated[CallToolResult, shapes.Deleted]:
    """Deletes an invoice that is still a draft, for good. Finalized invoices cannot be deleted."""
    rows = database(ctx)
    with rows.changing() as connection:
        found = existing(rows, "invoice", id)
        if found["status"] != "draft":
            raise ToolError(f"Invoice {id!r} is {found['status']}; only drafts can be deleted.")
        connection.execute("DELETE FROM line WHERE invoice = ?", [found["seq"]])
        connection.execute("DELETE FROM invoice WHERE id = ?", [id])
    return answer({"id": id, "object": "invoice", "deleted": True})


def write_tools() -> list[Tool]:
    """Every tool of acme-billing that changes something."""
    return [
        writing(create_refund, "Create a refund"),
        writing(draft_reminder, "Draft a payment reminder"),
        destroying(delete_draft_invoice, "Delete a draft invoice"),
    ]
