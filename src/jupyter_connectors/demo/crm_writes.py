"""The tools of acme-crm that change something."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Annotated

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from . import crm_shapes as shapes
from .crm_pages import CONTACT, OPPORTUNITY, TASK, existing
from .moments import iso_instant
from .tooling import Ctx, answer, database, destroying, writing


async def update_opportunity(
    ctx: Ctx,
    id: Annotated[str, Field(description="The opportunity's 18-character Id (`006...`).")],
    stage_name: Annotated[
        shapes.StageName | None, Field(description="The new stage; it sets the probability and whether it is closed.")
    ] = None,
    amount: Annotated[
        float | None, Field(ge=0, description="The new amount, in major units of the opportunity's currency.")
    ] = None,
    close_date: Annotated[date | None, Field(description="The new closing date.")] = None,
    next_step: Annotated[str | None, Field(max_length=255, description="What happens next.")] = None,
) -> Annotated[CallToolResult, shapes.Updated]:
    """Changes stage, amount, closing date or next step of an opportunity; what is left out stays. Answers the record and
    what it was before."""
    day = close_date and close_date.isoformat()
    wanted = {"stage": stage_name, "amount": amount, "close_date": day, "next_step": next_step}
    given = {column: value for column, value in wanted.items() if value is not None}
    if not given:
        raise ToolError("Nothing to change. Give at least one of stage_name, amount, close_date, next_step.")
    rows = database(ctx)
    with rows.changing() as connection:
        before = existing(rows, OPPORTUNITY, id)
        columns = ", ".join(f"{column} = ?" for column in given)
        values = [*given.values(), rows.now(), id]
        connection.execute(f"UPDATE opportunity SET {columns}, modified = ? WHERE id = ?", values)
        after = existing(rows, OPPORTUNITY, id)
    watched = [field for field in after if field != "LastModifiedDate" and after[field] != before[field]]
    changed = {field: {"before": before[field], "after": after[field]} for field in watched}
    return answer({"record": after, "changed": changed})


async def draft_email(
    ctx: Ctx,
    contact_id: Annotated[str, Field(description="Whom it is for: a contact's 18-character Id (`003...`).")],
    subject: Annotated[str, Field(min_length=1, max_length=255, description="The subject line.")],
    body: Annotated[str, Field(min_length=1, description="The text, plain.")],
) -> Annotated[CallToolResult, shapes.EmailDraft]:
    """Stores an e-mail to a contact as a draft. It is not sent: this server cannot send mail."""
    rows = database(ctx)
    contact = existing(rows, CONTACT, contact_id)
    draft = {"id": f"draft_{secrets.token_hex(8)}", "contact_id": contact_id, "to": contact["Email"]}
    draft |= {"subject": subject, "body": body}
    now = rows.now()
    with rows.changing() as connection:
        sql = "INSERT INTO email_draft VALUES (:id, :created, :contact_id, :to, :subject, :body)"
        connection.execute(sql, draft | {"created": now})
    note = "Stored as a draft. Not sent: this server cannot send mail."
    return answer(draft | {"created": iso_instant(now), "status": "draft", "sent": False, "note": note})


async def delete_activity(
    ctx: Ctx, id: Annotated[str, Field(description="The activity's 18-character Id (`00T...`).")]
) -> Annotated[CallToolResult, shapes.Deleted]:
    """Deletes a call, e-mail or meeting from the history, for good."""
    rows = database(ctx)
    with rows.changing() as connection:
        existing(rows, TASK, id)
        connection.execute("DELETE FROM activity WHERE id = ?", [id])
    return answer({"id": id, "success": True, "errors": []})


def write_tools() -> list[Tool]:
    """Every tool of acme-crm that changes something."""
    return [
        # Not marked destructive: the answer tells the old values, so it can be taken back.
        writing(update_opportunity, "Update an opportunity", idempotent=True),
        writing(draft_email, "Draft an e-mail"),
        destroying(delete_activity, "Delete an activity"),
    ]
