"""Charges as a payments service lists them: 40 fields, objects within objects, about 2.5 kB each. Seeded, made up.

Among them, on purpose: a card number's last digits with leading zeros, ids of devices beyond 2^53 that are sometimes
null, whole numbers with a fraction late in the list, a field that first comes near the end, and four currencies of
which two have other digits than two.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = 100
LATE = 0.9
"""From this share of the rows on there is a field that was not there before, and fractions among whole numbers."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_COINS = ("usd", "usd", "usd", "eur", "gbp", "jpy", "kwd")
_NAMES = ("Ada Muster", "José Álvarez", "王小明", "Anne-Marie O'Neil", "Müller, Jürgen")


def charges(count: int, seed: int = 20261122) -> Iterator[dict[str, Any]]:
    """So many charges, the same for the same seed."""
    dice = random.Random(seed)
    for number in range(count):
        yield _charge(dice, number, late=number >= count * LATE)


def _charge(dice: random.Random, number: int, *, late: bool) -> dict[str, Any]:
    def made(prefix: str, length: int = 24) -> str:
        return prefix + "".join(dice.choices(_LETTERS, k=length))

    amount, country, coin = dice.randint(50, 250_000), dice.choice(("US", "DE", "JP", "KW")), dice.choice(_COINS)
    mark, failed = made("ch_"), dice.random() < 0.02
    refunded = dice.random() < 0.05
    charge = {
        "id": mark,
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": amount if refunded else 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": amount // 100 if dice.random() < 0.3 else None,
        "balance_transaction": made("txn_") if dice.random() < 0.97 else None,
        "billing_details": {
            "address": {
                "city": dice.choice(("Boston", "Berlin", None)),
                "country": country,
                "line1": "1 Example Street",
                "line2": None,
                "postal_code": dice.choice(("02139", "10115", "00100", None)),
                "state": None,
            },
            "email": f"user{dice.randint(0, 99_999)}@example.com",
            "name": dice.choice(_NAMES),
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": "EXAMPLE* SHOP",
        "captured": True,
        "created": 1_700_000_000 + number * 37,
        "currency": coin,
        "customer": made("cus_", 14) if dice.random() < 0.8 else None,
        "description": dice.choice((None, "Subscription update", f"Invoice {number}", f'Order "{number}", gift')),
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": "card_declined" if failed else None,
        "failure_message": "Your card was declined." if failed else None,
        "fraud_details": {},
        "livemode": True,
        "metadata": {
            key: str(dice.randint(1, 99_999))
            for key in dice.sample(("order_id", "user_id", "plan", "sku"), dice.randint(0, 3))
        },
        "on_behalf_of": None,
        "outcome": {
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": dice.randint(0, 99) if dice.random() < 0.7 else None,
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        "paid": not failed,
        "payment_intent": made("pi_") if dice.random() < 0.9 else None,
        "payment_method": made("pm_"),
        "payment_method_details": {"card": _card(dice, made, country, amount), "type": "card"},
        "radar_options": {},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": "https://pay.example.com/receipts/payment/" + made("", 60),
        "refunded": refunded,
        "refunds": {
            "object": "list",
            "data": [_refund(made, mark, amount, coin)] if refunded else [],
            "has_more": False,
            "total_count": int(refunded),
            "url": f"/v1/charges/{mark}/refunds",
        },
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "status": "failed" if failed else "succeeded",
        "terminal": {
            "device": 2**53 + 1 + 2 * number if dice.random() < 0.9 else None,
            "minutes": dice.randint(1, 9) + (0.5 if late else 0),
        },
        "transfer_data": None,
        "transfer_group": None,
    }
    return {**charge, "level3": "yes"} if late else charge


def _card(dice: random.Random, made: Any, country: str, amount: int) -> dict[str, Any]:
    sure = {"authentication_flow": "frictionless", "result": "authenticated", "version": "2.2.0"}
    return {
        "amount_authorized": amount,
        "authorization_code": made("", 6),
        "brand": dice.choice(("visa", "mastercard", "amex")),
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": "pass",
            "cvc_check": dice.choice(("pass", "fail", None)),
        },
        "country": country,
        "exp_month": dice.randint(1, 12),
        "exp_year": dice.randint(2026, 2033),
        "extended_authorization": {"status": "disabled"},
        "fingerprint": made("", 16),
        "funding": "credit",
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": f"{dice.randint(0, 9999):04}",
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": "visa",
        "network_token": {"used": False},
        "network_transaction_id": made("", 15),
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": sure if dice.random() < 0.4 else None,
        "wallet": None,
    }


def _refund(made: Any, charge: str, amount: int, coin: str) -> dict[str, Any]:
    return {
        "id": made("re_"),
        "object": "refund",
        "amount": amount,
        "charge": charge,
        "created": 1_700_086_400,
        "currency": coin,
        "metadata": {},
        "reason": "requested_by_customer",
        "status": "succeeded",
    }


def write(place: Path, count: int) -> tuple[Path, Path]:
    """The charges as MCP replies, one JSON-RPC line a page with the page as JSON text in it; and one charge a line."""
    wire, bare = place / "wire.ndjson", place / "charges.ndjson"
    rows: list[dict[str, Any]] = []
    with wire.open("w", encoding="utf-8") as pages, bare.open("w", encoding="utf-8") as lines:
        for number, row in enumerate(charges(count), start=1):
            rows.append(row)
            lines.write(_compact(row) + "\n")
            if number % PAGE == 0 or number == count:
                page = {"object": "list", "url": "/v1/charges", "has_more": number < count, "data": rows}
                content = [{"type": "text", "text": _compact(page)}]
                reply = {"jsonrpc": "2.0", "id": number, "result": {"content": content, "isError": False}}
                pages.write(_compact(reply) + "\n")
                rows = []
    return wire, bare


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
