"""The rows of acme-crm, made from a fixed seed: the same anchor day gives the same rows."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase, ascii_uppercase, digits

from .moments import DAY, SPAN_DAYS, age_of, iso_date, moment
from .names import Company, companies, person
from .seed_billing import CUSTOMERS, Load, Row, ids

ACCOUNTS, LINKED, OPPORTUNITIES, CONTACTS, ACTIVITIES = 3_000, 600, 8_000, 6_000, 10_000

STAGES = {
    "Prospecting": 10,
    "Qualification": 10,
    "Needs Analysis": 20,
    "Value Proposition": 50,
    "Id. Decision Makers": 60,
    "Perception Analysis": 70,
    "Proposal/Price Quote": 75,
    "Negotiation/Review": 90,
    "Closed Won": 100,
    "Closed Lost": 0,
}
"""A standard Salesforce sales process: stage and its default probability in percent."""

INDUSTRIES = ("Agriculture", "Consulting", "Education", "Energy", "Healthcare", "Manufacturing", "Retail", "Technology")

_OPEN = tuple(STAGES)[:8]
_ALPHABET = ascii_uppercase + ascii_lowercase + digits
_CHECKSUM = ascii_uppercase + "012345"
_OWNERS = 12
_SUBJECTS = {
    "Call": ("Call: pricing questions", "Call: renewal terms", "Call: introduction", "Call: open points"),
    "Email": ("Email: proposal sent", "Email: follow-up", "Email: meeting notes", "Email: security questionnaire"),
    "Meeting": ("Meeting: product demo", "Meeting: quarterly review", "Meeting: contract negotiation"),
}
_TITLES = (
    "Head of Finance",
    "Buyer",
    "Chief Executive",
    "Head of IT",
    "Operations Manager",
    "Data Analyst",
    "Controller",
)


def salesforce_id(prefix: str, number: int) -> str:
    """The 18-character id of the `number`-th record of a kind: 15 characters and three that make case irrelevant.

    Source: help.salesforce.com, "15 and 18 character IDs": one checksum letter per five characters, bit n set where
    character n is upper case.
    """
    tail = ""
    for _ in range(5):
        number, digit = divmod(number, 62)
        tail = _ALPHABET[digit] + tail
    short = f"{prefix}gK00000{tail}"
    suffix = ""
    for chunk in (short[0:5], short[5:10], short[10:15]):
        suffix += _CHECKSUM[sum(1 << place for place, letter in enumerate(chunk) if "A" <= letter <= "Z")]
    return short + suffix


def seed(load: Load, start: int) -> None:
    """Loads the CRM tables as of the anchor day whose midnight is `start`."""
    rng = Random(20263)
    owners = [salesforce_id("005", number) for number in range(_OWNERS)]
    load("owner", [{"id": key, "name": " ".join(person(rng))} for key in owners])
    accounts = _accounts(rng, start, owners)
    opportunities = [_opportunity(rng, start, seq, accounts) for seq in range(OPPORTUNITIES)]
    contacts = [_contact(rng, start, seq, accounts) for seq in range(CONTACTS)]
    people: dict[str, list[Row]] = {}
    for each in contacts:
        people.setdefault(each["account"], []).append(each)
    load("account", accounts)
    load("opportunity", opportunities)
    load("contact", contacts)
    load("activity", [_activity(rng, start, seq, opportunities, people) for seq in range(ACTIVITIES)])


def _accounts(rng: Random, start: int, owners: list[str]) -> list[Row]:
    """Accounts, oldest first. The linked ones are customers of billing, under the same name."""
    everyone = companies(CUSTOMERS + ACCOUNTS - LINKED)
    customers = list(zip(everyone[:CUSTOMERS], ids("cus", CUSTOMERS), strict=True))
    strangers: list[tuple[Company, str | None]] = [(company, None) for company in everyone[CUSTOMERS:]]
    mixed = strangers + rng.sample(customers, LINKED)
    rng.shuffle(mixed)
    return [_account(rng, start, seq, found, rng.choice(owners)) for seq, found in enumerate(mixed)]


def _account(rng: Random, start: int, seq: int, found: tuple[Company, str | None], owner: str) -> Row:
    company, customer = found
    employees = int(10 * 10 ** (rng.random() * 3))
    return {
        "seq": seq,
        "id": salesforce_id("001", seq),
        "created": moment(start, max(1, age_of(seq, ACCOUNTS)), rng),
        "name": company.name,
        "industry": rng.choice(INDUSTRIES) if rng.random() < 0.95 else None,
        "type": "Customer" if customer else rng.choice(("Prospect", "Prospect", "Partner")),
        "country": company.country,
        "city": company.city,
        "website": f"https://www.{company.domain}",
        "phone": f"+{rng.randrange(10**10, 10**11)}" if rng.random() < 0.7 else None,
        "employees": employees,
        "revenue": float(employees * rng.randrange(60_000, 240_000)) if rng.random() < 0.8 else None,
        "currency": company.currency.upper(),
        "owner": owner,
        "billing_customer": customer,
    }


def _opportunity(rng: Random, start: int, seq: int, accounts: list[Row]) -> Row:
    age = age_of(seq, OPPORTUNITIES)
    account = accounts[int(len(accounts) * (1 - age / SPAN_DAYS) * rng.random())]
    for _ in range(2):  # customers are sold to more often
        if account["billing_customer"] is None and rng.random() < 0.5:
            account = accounts[int(len(accounts) * (1 - age / SPAN_DAYS) * rng.random())]
    created = max(moment(start, age, rng), account["created"])
    close = start - age * DAY + rng.randrange(15, 200) * DAY
    slipped = close > start - 60 * DAY and rng.random() < 0.25
    stage = rng.choice(_OPEN) if close >= start or slipped else rng.choice(("Closed Won", "Closed Won", "Closed Lost"))
    if stage in _OPEN and close >= start and rng.random() < 0.1 and age > 3:  # decided before its day
        stage, close = rng.choice(("Closed Won", "Closed Lost")), start - rng.randrange(min(age, 30)) * DAY
    kind = rng.choice(("New Business", "Renewal", "Expansion"))
    usd = 500 * 10 ** (rng.random() * 2.2)
    amount = {"USD": usd, "EUR": usd * 0.92, "JPY": round(usd) * 150.0, "KWD": usd * 0.31}[account["currency"]]
    return {
        "seq": seq,
        "id": salesforce_id("006", seq),
        "created": created,
        "name": f"{account['name']}, {kind.lower()}",
        "account": account["id"],
        "owner": account["owner"],
        "amount": None if stage == "Prospecting" and rng.random() < 0.4 else round(amount, 2),
        "currency": account["currency"],
        "close_date": iso_date(close),
        "stage": stage,
        "type": kind,
        "lead_source": rng.choice(("Web", "Partner", "Event", "Phone Inquiry", None)),
        "next_step": rng.choice(("Send proposal", "Book demo", "Clarify terms", None)) if stage in _OPEN else None,
        "modified": max(created, min(start, close)),
    }


def _contact(rng: Random, start: int, seq: int, accounts: list[Row]) -> Row:
    account = accounts[seq // 2]
    given, family = person(rng)
    domain = account["website"].removeprefix("https://www.")
    return {
        "seq": seq,
        "id": salesforce_id("003", seq),
        "created": max(account["created"], moment(start, age_of(seq, CONTACTS), rng)),
        "account": account["id"],
        "first_name": given,
        "last_name": family,
        "email": f"{given}.{family}@{domain}".lower(),
        "phone": f"+{rng.randrange(10**10, 10**11)}" if rng.random() < 0.5 else None,
        "title": rng.choice(_TITLES),
        "department": rng.choice(("Finance", "IT", "Purchasing", "Operations", None)),
        "owner": account["owner"],
    }


def _activity(rng: Random, start: int, seq: int, opportunities: list[Row], people: dict[str, list[Row]]) -> Row:
    age = age_of(seq, ACTIVITIES)
    opportunity = opportunities[int(len(opportunities) * (1 - age / SPAN_DAYS) * rng.random() ** 0.5)]
    kind = rng.choice(tuple(_SUBJECTS))
    done = rng.random() < (0.95 if age > 14 else 0.5)
    day = start - age * DAY + rng.randrange(-3, 15) * DAY
    return {
        "seq": seq,
        "id": salesforce_id("00T", seq),
        "created": max(moment(start, age, rng), opportunity["created"]),
        "subject": rng.choice(_SUBJECTS[kind]),
        "kind": kind,
        "status": "Completed" if done else rng.choice(("Not Started", "In Progress", "Waiting on someone else")),
        "priority": rng.choice(("Normal", "Normal", "High", "Low")),
        "activity_date": iso_date(min(day, start) if done else day) if rng.random() < 0.97 else None,
        "description": "Agreed on the next steps." if rng.random() < 0.3 else None,
        "who": rng.choice(people[opportunity["account"]])["id"],
        "what": opportunity["id"],
        "account": opportunity["account"],
        "owner": opportunity["owner"],
    }
