"""Comparisons with a number in a question: `over 1,000 euros`, `between €1k and €2k`, `at least 1.5 million yen`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Comparison = Literal[">", ">=", "<", "<=", "=="]

CURRENCIES = {
    "eur": ("€", "eur", "euro", "euros"),
    "usd": ("$", "us$", "usd", "dollar", "dollars", "bucks"),
    "gbp": ("£", "gbp", "pound", "pounds", "sterling"),
    "jpy": ("¥", "jpy", "yen"),
    "chf": ("chf", "franc", "francs"),
    "inr": ("₹", "inr", "rupee", "rupees"),
    "cad": ("cad",),
    "aud": ("aud",),
    "sek": ("sek",),
    "nok": ("nok",),
    "dkk": ("dkk",),
    "pln": ("pln", "zloty"),
    "brl": ("brl", "reais"),
    "krw": ("₩", "krw", "won"),
    "cny": ("cny", "rmb", "yuan"),
}
"""The words and signs of each currency, by its ISO 4217 code in lower case."""

_CODES = {word: code for code, words in CURRENCIES.items() for word in words}
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_COMPARING: dict[Comparison, str] = {
    ">": r"over|above|more\s+than|greater\s+than|larger\s+than|bigger\s+than|higher\s+than|exceeding|exceeds?|>",
    ">=": r"at\s+least|no\s+less\s+than|minimum(?:\s+of)?|from|>=|≥",
    "<": r"under|below|less\s+than|fewer\s+than|smaller\s+than|lower\s+than|<",
    "<=": r"at\s+most|up\s+to|no\s+more\s+than|maximum(?:\s+of)?|<=|≤",
    "==": r"exactly|equal(?:s|\s+to)?|==?",
}
_SIGN = r"[€$£¥₹₩]|US\$"
_NUMBER = (
    rf"(?P<sign{{n}}>{_SIGN})?\s*(?P<number{{n}}>\d{{{{1,3}}}}(?:,\d{{{{3}}}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d-])"
    rf"\s*(?P<scale{{n}}>(?:k|mn|m|bn|thousand|million|billion)\b)?(?:\s*(?P<unit{{n}}>{_SIGN}|%|[A-Za-z]+))?"
)
_WORDS = "|".join(rf"(?P<c{place}>{words})" for place, words in enumerate(_COMPARING.values()))
_COMPARED = re.compile(rf"(?<!\w)(?:{_WORDS})\s*{_NUMBER.format(n=1)}(?P<more>\s+or\s+(?:more|less))?", re.IGNORECASE)
_BETWEEN = re.compile(rf"\bbetween\s+{_NUMBER.format(n=1)}\s+and\s+{_NUMBER.format(n=2)}", re.IGNORECASE)
_OR_MORE = re.compile(rf"(?<![\w.,]){_NUMBER.format(n=1)}\s+or\s+(?P<more>more|less)\b", re.IGNORECASE)
_TIME = re.compile(r"(?:day|week|month|quarter|year|hour|minute)s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A comparison with a number."""

    comparison: Comparison
    value: float
    currency: str | None
    """ISO 4217 in lower case, where the question names one."""

    unit: str
    """The word after the number where it is no currency, else empty."""

    at: tuple[int, int]
    """Where it stands in the text; without the unit, which may be a word of its own."""


def find_amounts(text: str) -> tuple[Amount, ...]:
    """The comparisons in `text`, left to right; `between A and B` is two."""
    found = [*_between(text), *_compared(text), *_or_more(text)]
    kept: list[Amount] = []
    for amount in sorted(found, key=lambda each: each.at[0]):
        if not kept or amount.at[0] >= kept[-1].at[1] or amount.at == kept[-1].at:
            kept.append(amount)
    return tuple(kept)


def currency_of(word: str) -> str | None:
    """The ISO 4217 code a word or sign stands for, in lower case."""
    return _CODES.get(word.lower())


def _between(text: str) -> Iterator[Amount]:
    for match in _BETWEEN.finditer(text):
        low, high = _amount(match, ">=", "1"), _amount(match, "<=", "2")
        currency = low.currency or high.currency
        at = (match.start(), high.at[1])
        for end in (low, high):
            yield Amount(comparison=end.comparison, value=end.value, currency=currency, unit=high.unit, at=at)


def _compared(text: str) -> Iterator[Amount]:
    for match in _COMPARED.finditer(text):
        place = next(place for place in range(len(_COMPARING)) if match[f"c{place}"])
        comparison = tuple(_COMPARING)[place]
        amount = _amount(match, comparison, "1")
        spoken_time = _TIME.fullmatch(amount.unit) is not None
        if not spoken_time and not (match[f"c{place}"].lower() == "from" and not amount.currency):
            yield amount


def _or_more(text: str) -> Iterator[Amount]:
    for match in _OR_MORE.finditer(text):
        amount = _amount(match, ">=" if match["more"].lower() == "more" else "<=", "1")
        yield Amount(
            comparison=amount.comparison,
            value=amount.value,
            currency=amount.currency,
            unit=amount.unit,
            at=match.span(),
        )


def _amount(match: re.Match[str], comparison: Comparison, n: str) -> Amount:
    sign, unit, scale = match[f"sign{n}"], match[f"unit{n}"] or "", match[f"scale{n}"]
    value = float(match[f"number{n}"].replace(",", "")) * _SCALES.get((scale or "").lower(), 1)
    currency = currency_of(sign or "") or currency_of(unit)
    known = currency_of(unit) is not None or unit == "%"
    end = match.end(f"unit{n}") if known and unit else max(match.end(f"number{n}"), match.end(f"scale{n}"))
    shown = "" if currency_of(unit) or unit == "%" else unit
    return Amount(comparison=comparison, value=value, currency=currency, unit=shown, at=(match.start(), end))
