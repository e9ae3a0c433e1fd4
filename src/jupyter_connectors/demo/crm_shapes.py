"""The records acme-crm answers with, in Salesforce's shapes: what its output schemas are made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field

# pydantic cannot read typing.TypedDict below Python 3.12.
from typing_extensions import TypedDict

StageName = Literal[
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
]
Industry = Literal[
    "Agriculture", "Consulting", "Education", "Energy", "Healthcare", "Manufacturing", "Retail", "Technology"
]
ObjectName = Literal["Account", "Opportunity", "Contact", "Task"]

Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Instant = Annotated[str, Field(description="ISO 8601 with the offset +0000")]
Money = Annotated[float, Field(description="major units of `CurrencyIsoCode`")]


class Attributes(TypedDict):
    type: str
    url: str


class Named(TypedDict):
    """A record looked up through a reference."""

    attributes: Attributes
    Name: str


class Account(TypedDict):
    attributes: Attributes
    Id: str
    Name: str
    AnnualRevenue: Money | None
    BillingCity: str
    BillingCountry: str
    BillingCountryCode: str
    BillingCustomerId__c: Annotated[str | None, Field(description="this customer's id in acme-billing")]
    CreatedDate: Instant
    CurrencyIsoCode: str
    Industry: Industry | None
    NumberOfEmployees: int
    Owner: Named
    OwnerId: str
    Phone: str | None
    Type: Literal["Customer", "Prospect", "Partner"]
    Website: str


class Opportunity(TypedDict):
    attributes: Attributes
    Id: str
    Name: str
    Account: Named
    AccountId: str
    Amount: Money | None
    CloseDate: Day
    CreatedDate: Instant
    CurrencyIsoCode: str
    IsClosed: bool
    IsWon: bool
    LastModifiedDate: Instant
    LeadSource: str | None
    NextStep: str | None
    Owner: Named
    OwnerId: str
    Probability: Annotated[float, Field(description="percent")]
    StageName: StageName
    Type: str


class Contact(TypedDict):
    attributes: Attributes
    Id: str
    Name: str
    Account: Named
    AccountId: str
    CreatedDate: Instant
    Department: str | None
    Email: str
    FirstName: str
    LastName: str
    Owner: Named
    OwnerId: str
    Phone: str | None
    Title: str


class Task(TypedDict):
    attributes: Attributes
    Id: str
    AccountId: str
    ActivityDate: Day | None
    CreatedDate: Instant
    Description: str | None
    IsClosed: bool
    Owner: Named
    OwnerId: str
    Priority: Literal["High", "Normal", "Low"]
    Status: str
    Subject: str
    Type: Literal["Call", "Email", "Meeting"]
    WhatId: str
    WhoId: str


class AccountQuery(TypedDict):
    totalSize: int
    done: bool
    nextRecordsUrl: NotRequired[str]
    records: list[Account]


class OpportunityQuery(TypedDict):
    totalSize: int
    done: bool
    nextRecordsUrl: NotRequired[str]
    records: list[Opportunity]


class ContactQuery(TypedDict):
    totalSize: int
    done: bool
    nextRecordsUrl: NotRequired[str]
    records: list[Contact]


class TaskQuery(TypedDict):
    totalSize: int
    done: bool
    nextRecordsUrl: NotRequired[str]
    records: list[Task]


class AnyQuery(TypedDict):
    totalSize: int
    done: bool
    nextRecordsUrl: NotRequired[str]
    records: Annotated[
        list[dict[str, Any]], Field(description="records of the object searched, as its list tool gives them")
    ]


class StageAmount(TypedDict):
    CurrencyIsoCode: str
    Amount: Money


class Stage(TypedDict):
    """A stage with all that matches, whether it is listed or not."""

    StageName: StageName
    Probability: float
    IsClosed: bool
    count: int
    amounts: list[StageAmount]


class Board(TypedDict):
    totalSize: int
    done: Annotated[bool, Field(description="whether `records` has all that match")]
    stages: list[Stage]
    owners: list[str]
    records: list[Opportunity]


class Change(TypedDict):
    before: str | float | bool | None
    after: str | float | bool | None


class Updated(TypedDict):
    record: Opportunity
    changed: Annotated[dict[str, Change], Field(description="only the fields that are different now")]


class EmailDraft(TypedDict):
    id: str
    body: str
    contact_id: str
    created: Instant
    note: str
    sent: Literal[False]
    status: Literal["draft"]
    subject: str
    to: str


class Deleted(TypedDict):
    id: str
    success: Literal[True]
    errors: list[str]
