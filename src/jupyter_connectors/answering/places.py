"""Country names a question may use, with their ISO 3166-1 alpha-2 codes."""

from __future__ import annotations

_COUNTRIES = """
AE United Arab Emirates|AR Argentina|AT Austria|AU Australia|BE Belgium|BG Bulgaria|BR Brazil|CA Canada|CH Switzerland
CL Chile|CN China|CO Colombia|CY Cyprus|CZ Czechia|CZ Czech Republic|DE Germany|DK Denmark|EE Estonia|EG Egypt|ES Spain
FI Finland|FR France|GB United Kingdom|GB UK|GB Great Britain|GB England|GR Greece|HK Hong Kong|HR Croatia|HU Hungary
ID Indonesia|IE Ireland|IL Israel|IN India|IS Iceland|IT Italy|JP Japan|KE Kenya|KR South Korea|KR Korea|LT Lithuania
LU Luxembourg|LV Latvia|MA Morocco|MT Malta|MX Mexico|MY Malaysia|NG Nigeria|NL Netherlands|NL The Netherlands|NO Norway
NZ New Zealand|PE Peru|PH Philippines|PK Pakistan|PL Poland|PT Portugal|RO Romania|RS Serbia|SA Saudi Arabia|SE Sweden
SG Singapore|SI Slovenia|SK Slovakia|TH Thailand|TN Tunisia|TR Turkey|TR Türkiye|TW Taiwan|UA Ukraine|US United States
US USA|US US|UY Uruguay|VN Vietnam|ZA South Africa
"""
_CODES = {pair[3:].lower(): pair[:2] for line in _COUNTRIES.strip().splitlines() for pair in line.split("|")}


def country_code(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country by its English name, None for any other word."""
    return _CODES.get(name.strip().lower())
