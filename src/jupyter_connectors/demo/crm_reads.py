"""The tools of acme-crm that read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from . import crm_shapes as shapes
from .crm_pages import ACCOUNT, CONTACT, OPPORTUNITY, TASK, Kind, existing, page
from .names import COUNTRIES
from .tooling import Ctx, answer, arrived, began, database, reading

BatchSize = Annotated[int, Field(ge=200, le=2000, description="How many records a page has at most, 200 to 2000.")]
NextRecords = Annotated[
    str | None,
    Field(
        description="The `nextRecordsUrl` of the answer before, for the page that follows; the other arguments are then "
        "ignored. Leave out for the first page."
    ),
]
OfAccount = Annotated[str | None, Field(description="Only records of this account: an 18-character Id (`001...`).")]

# A tool's parameters are what a caller fills in by name, so there may be many: hence PLR0913 below.


async def list_accounts(
    ctx: Ctx,
    industry: Annotated[shapes.Industry | None, Field(description="Only accounts of this industry.")] = None,
    billing_country: Annotated[
        str | None, Field(description="Only accounts of this country: its name or code, such as `Germany` or `DE`.")
    ] = None,
    batch_size: BatchSize = 2000,
    next_records_url: NextRecords = None,
) -> Annotated[CallToolResult, shapes.AccountQuery]:
    """Lists the companies sold to, the oldest first. `BillingCustomerId__c` is the customer's id in acme-billing, where
    it is one."""
    where = {"industry = ?": industry, "country = ?": _country(billing_country)}
    return await _listed(ctx, ACCOUNT, where, batch=batch_size, next_records_url=next_records_url)


async def get_account(
    ctx: Ctx, id: Annotated[str, Field(description="The account's 18-character Id (`001...`).")]
) -> Annotated[CallToolResult, shapes.Account]:
    """Gets one account: industry, country, size, owner and its customer id in billing."""
    return answer(existing(database(ctx), ACCOUNT, id))


async def list_opportunities(  # noqa: PLR0913  # the arguments are the vendor's
    ctx: Ctx,
    stage_name: Annotated[shapes.StageName | None, Field(description="Only opportunities in this stage.")] = None,
    account_id: OfAccount = None,
    is_closed: Annotated[
        bool | None, Field(description="True: only won or lost ones. False: only those still open.")
    ] = None,
    close_date_gte: Annotated[
        date | None, Field(description="Closing, or expected to close, on this day or later.")
    ] = None,
    close_date_lt: Annotated[date | None, Field(description="Closing, or expected to close, before this day.")] = None,
    created_gte: Annotated[
        datetime | None, Field(description="Created at this instant or later; UTC if it has no offset.")
    ] = None,
    created_lt: Annotated[
        datetime | None, Field(description="Created before this instant; UTC if it has no offset.")
    ] = None,
    batch_size: BatchSize = 2000,
    next_records_url: NextRecords = None,
) -> Annotated[CallToolResult, shapes.OpportunityQuery]:
    """Lists sales opportunities with stage, amount and closing date, the oldest first. `Amount` is in major units of
    `CurrencyIsoCode` and may be null."""
    where = {
        "stage = ?": stage_name,
        "account = ?": account_id,
        "(stage IN ('Closed Won', 'Closed Lost')) = ?": is_closed,
        "close_date >= ?": close_date_gte and close_date_gte.isoformat(),
        "close_date < ?": close_date_lt and close_date_lt.isoformat(),
        "created >= ?": _epoch(created_gte),
        "created < ?": _epoch(created_lt),
    }
    return await _listed(ctx, OPPORTUNITY, where, batch=batch_size, next_records_url=next_records_url)


async def get_opportunity(
    ctx: Ctx, id: Annotated[str, Field(description="The opportunity's 18-character Id (`006...`).")]
) -> Annotated[CallToolResult, shapes.Opportunity]:
    """Gets one sales opportunity: stage, amount in major units, closing date, account and owner."""
    return answer(existing(database(ctx), OPPORTUNITY, id))


async def list_contacts(
    ctx: Ctx,
    account_id: OfAccount = None,
    batch_size: BatchSize = 2000,
    next_records_url: NextRecords = None,
) -> Annotated[CallToolResult, shapes.ContactQuery]:
    """Lists people at the accounts with e-mail address and role, the oldest first."""
    return await _listed(ctx, CONTACT, {"account = ?": account_id}, batch=batch_size, next_records_url=next_records_url)


async def list_activities(
    ctx: Ctx,
    account_id: OfAccount = None,
    opportunity_id: Annotated[
        str | None, Field(description="Only activities of this opportunity: an 18-character Id (`006...`).")
    ] = None,
    batch_size: BatchSize = 2000,
    next_records_url: NextRecords = None,
) -> Annotated[CallToolResult, shapes.TaskQuery]:
    """Lists calls, e-mails and meetings, planned and done, the oldest first."""
    where = {"account = ?": account_id, "what = ?": opportunity_id}
    return await _listed(ctx, TASK, where, batch=batch_size, next_records_url=next_records_url)


async def search(
    ctx: Ctx,
    query: Annotated[str, Field(min_length=2, description="Text to look for in names, addresses and subjects.")],
    object: Annotated[shapes.ObjectName, Field(description="What to look for; a Task is an activity.")] = "Account",
    batch_size: BatchSize = 2000,
    next_records_url: NextRecords = None,
) -> Annotated[CallToolResult, shapes.AnyQuery]:
    """Finds accounts, opportunities, contacts or activities that contain a text, whatever its case."""
    kind, places = {
        "Account": (ACCOUNT, ("name", "website")),
        "Opportunity": (OPPORTUNITY, ("name",)),
        "Contact": (CONTACT, ("first_name || ' ' || last_name", "email")),
        "Task": (TASK, ("subject", "coalesce(description, '')")),
    }[object]
    condition = " OR ".join(f"instr(lower({place}), lower(?))" for place in places)
    where = {f"({condition})": [query] * len(places)}
    return await _listed(ctx, kind, where, batch=batch_size, next_records_url=next_records_url)


def read_tools() -> list[Tool]:
    """Every tool of acme-crm that changes nothing."""
    return [
        reading(list_accounts, "List accounts"),
        reading(get_account, "Get an account"),
        reading(list_opportunities, "List opportunities"),
        reading(get_opportunity, "Get an opportunity"),
        reading(list_contacts, "List contacts"),
        reading(list_activities, "List activities"),
        reading(search, "Search the CRM"),
    ]


async def _listed(
    ctx: Ctx, kind: Kind, where: dict[str, Any], *, batch: int, next_records_url: str | None
) -> CallToolResult:
    rows = database(ctx)
    await began(ctx, batch, kind.view)
    for sql, owner in (("account = ?", ACCOUNT), ("what = ?", OPPORTUNITY)):
        if where.get(sql) is not None:
            existing(rows, owner, where[sql])  # an unknown Id is an error, not an empty list
    found = page(rows, kind, where, batch=batch, next_records_url=next_records_url)
    await arrived(ctx, len(found["records"]), batch, kind.view)
    return answer(found)


def _country(told: str | None) -> str | None:
    """The code of the country a caller named."""
    if told is None:
        return None
    for code, name in COUNTRIES.items():
        if told.strip().lower() in (code.lower(), name.lower()):
            return code
    raise ToolError(f"No account is in {told!r}. The countries are {', '.join(COUNTRIES.values())}.")


def _epoch(instant: datetime | None) -> float | None:
    if instant is None:
        return None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
