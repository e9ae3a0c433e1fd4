"""How acme-crm's records are made from rows."""

from __future__ import annotations

import sqlite3
from typing import Any

from .moments import iso_instant
from .names import COUNTRIES
from .seed_crm import STAGES

Record = dict[str, Any]

CLOSED = ("Closed Won", "Closed Lost")


def account_record(row: sqlite3.Row) -> Record:
    return {
        "attributes": _attributes("Account", row["id"]),
        "Id": row["id"],
        "Name": row["name"],
        "AnnualRevenue": row["revenue"],
        "BillingCity": row["city"],
        "BillingCountry": COUNTRIES[row["country"]],
        "BillingCountryCode": row["country"],
        "BillingCustomerId__c": row["billing_customer"],
        "CreatedDate": iso_instant(row["created"]),
        "CurrencyIsoCode": row["currency"],
        "Industry": row["industry"],
        "NumberOfEmployees": row["employees"],
        **_owner(row),
        "Phone": row["phone"],
        "Type": row["type"],
        "Website": row["website"],
    }


def opportunity_record(row: sqlite3.Row) -> Record:
    stage = row["stage"]
    return {
        "attributes": _attributes("Opportunity", row["id"]),
        "Id": row["id"],
        "Name": row["name"],
        **_account(row),
        "Amount": row["amount"],
        "CloseDate": row["close_date"],
        "CreatedDate": iso_instant(row["created"]),
        "CurrencyIsoCode": row["currency"],
        "IsClosed": stage in CLOSED,
        "IsWon": stage == "Closed Won",
        "LastModifiedDate": iso_instant(row["modified"]),
        "LeadSource": row["lead_source"],
        "NextStep": row["next_step"],
        **_owner(row),
        "Probability": float(STAGES[stage]),
        "StageName": stage,
        "Type": row["type"],
    }


def contact_record(row: sqlite3.Row) -> Record:
    return {
        "attributes": _attributes("Contact", row["id"]),
        "Id": row["id"],
        "Name": f"{row['first_name']} {row['last_name']}",
        **_account(row),
        "CreatedDate": iso_instant(row["created"]),
        "Department": row["department"],
        "Email": row["email"],
        "FirstName": row["first_name"],
        "LastName": row["last_name"],
        **_owner(row),
        "Phone": row["phone"],
        "Title": row["title"],
    }


def task_record(row: sqlite3.Row) -> Record:
    return {
        "attributes": _attributes("Task", row["id"]),
        "Id": row["id"],
        "AccountId": row["account"],
        "ActivityDate": row["activity_date"],
        "CreatedDate": iso_instant(row["created"]),
        "Description": row["description"],
        "IsClosed": row["status"] == "Completed",
        **_owner(row),
        "Priority": row["priority"],
        "Status": row["status"],
        "Subject": row["subject"],
        "Type": row["kind"],
        "WhatId": row["what"],
        "WhoId": row["who"],
    }


def _attributes(kind: str, key: str) -> Record:
    return {"type": kind, "url": f"/services/data/v62.0/sobjects/{kind}/{key}"}


def _owner(row: sqlite3.Row) -> Record:
    owner = {"attributes": _attributes("User", row["owner"]), "Name": row["owner_name"]}
    return {"Owner": owner, "OwnerId": row["owner"]}


def _account(row: sqlite3.Row) -> Record:
    account = {"attributes": _attributes("Account", row["account"]), "Name": row["account_name"]}
    return {"Account": account, "AccountId": row["account"]}
