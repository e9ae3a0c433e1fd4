"""The four currencies of the demo and their minor units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A currency, how many digits its minor unit has, and what a US dollar costs in it."""

    code: str
    digits: int
    per_usd: float
    tax_percent: int

    def rounded(self, minor: float) -> int:
        """The amount as Stripe takes it: whole minor units, and three-decimal ones end in 0.

        Source: docs.stripe.com/currencies, "Three-decimal currencies".
        """
        return round(minor / 10) * 10 if self.digits == 3 else round(minor)

    def minor(self, usd: float) -> int:
        """A dollar price in this currency's minor units."""
        return self.rounded(usd * self.per_usd * 10**self.digits)

    def tax(self, subtotal: int) -> int:
        """The tax on an amount, both in minor units."""
        return self.rounded(subtotal * self.tax_percent / 100)


CURRENCIES = {
    "usd": Currency(code="usd", digits=2, per_usd=1.0, tax_percent=0),
    "eur": Currency(code="eur", digits=2, per_usd=0.92, tax_percent=19),
    "jpy": Currency(code="jpy", digits=0, per_usd=150.0, tax_percent=10),
    "kwd": Currency(code="kwd", digits=3, per_usd=0.31, tax_percent=0),
}


def written(minor: int, code: str) -> str:
    """The amount as a person reads it: `1,234.50 EUR`, `1,200 JPY`, `9.250 KWD`."""
    digits = CURRENCIES[code].digits
    return f"{minor / 10**digits:,.{digits}f} {code.upper()}"
