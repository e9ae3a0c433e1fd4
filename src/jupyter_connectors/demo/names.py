"""Invented companies and people: the same ones in billing and CRM, the same ones every day."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words(
    "Alder Amber Anchor Arbor Ashen Auburn Basalt Beacon Birch Bramble Bright Bronze Calder Candle Cedar Cinder Clover "
    "Cobalt Copper Coral Crimson Dapple Delta Drift Dune Echo Elder Ember Fable Fallow Fern Flint Gable Garnet Glacier "
    "Granite Hazel Heather Heron Hollow Indigo Iron Ivory Juniper Kestrel Larch Lantern Linden Marble Meadow Merlin "
    "Mistral Moss Nimbus North Ochre Opal Orchid Osprey Pebble Plover Quarry Quill Raven Reed Rowan Russet Saffron Sable "
    "Silver Slate Sorrel Spruce Tansy Teal Thistle Timber Umber Velvet Willow"
)
_SECOND = _words(
    "Analytics Bakery Bearings Biotech Brewing Cables Capital Ceramics Chemicals Clinics Components Couriers Dairy "
    "Dental Design Diagnostics Dynamics Energy Engineering Fabrics Farms Fittings Foods Forge Freight Furniture Gardens "
    "Glassworks Health Homes Hydraulics Instruments Interiors Labs Lighting Logistics Machines Marine Media Metals "
    "Mobility Motors Networks Optics Outdoor Packaging Papers Pharma Plastics Power Press Robotics Schools Seeds Software "
    "Steel Textiles Tools Travel Works"
)
_GIVEN = _words(
    "Aiko Alba Amina Anders Anika Bruno Carla Chidi Clara Daniel Dario Deniz Elena Elif Emil Esra Farid Fatima Felix "
    "Freya Gita Hana Hassan Helen Hugo Ines Ivan Jana Jonas Julia Kaito Karim Kenji Laila Lars Leila Lena Liam Lucia "
    "Mara Marco Mei Mila Mina Nadia Nils Noor Nora Olga Omar Paula Petra Priya Rafael Ravi Rosa Samir Sara Sven Tara "
    "Tomas Uma Vera Yara Yusuf Zoe"
)
_FAMILY = _words(
    "Abara Adler Almeida Andersen Arslan Bauer Becker Bianchi Brandt Castro Chen Costa Dahl Demir Duarte Eriksen Farah "
    "Ferrari Fischer Fontana Garcia Haas Haddad Hansen Hoffmann Ibrahim Iyer Jansen Kato Keller Khalil Kim Klein Kovac "
    "Kumar Lang Larsen Lopez Mansour Martin Mori Moretti Nakamura Nielsen Novak Okafor Olsen Park Patel Pereira Petrov "
    "Rahman Ricci Romano Rossi Saito Salem Santos Schmidt Sharma Silva Sorensen Suzuki Tanaka Torres Vogel Wagner Weber "
    "Yamada Yilmaz Zimmer"
)
_LEGAL_FORMS = {"DE": "GmbH", "FR": "SAS", "NL": "BV", "ES": "SL", "IT": "Srl", "JP": "KK", "KW": "WLL", "GB": "Ltd"}

COUNTRIES = {
    "CA": "Canada",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IT": "Italy",
    "JP": "Japan",
    "KW": "Kuwait",
    "NL": "Netherlands",
    "US": "United States",
}

PLACES = (
    ("US", "Portland", "usd", 26),
    ("US", "Austin", "usd", 16),
    ("CA", "Halifax", "usd", 6),
    ("GB", "Leeds", "usd", 7),
    ("DE", "Leipzig", "eur", 12),
    ("FR", "Nantes", "eur", 8),
    ("NL", "Utrecht", "eur", 5),
    ("ES", "Valencia", "eur", 4),
    ("IT", "Bologna", "eur", 3),
    ("JP", "Sendai", "jpy", 8),
    ("KW", "Kuwait City", "kwd", 5),
)
"""Country, city, the currency its customers pay in, weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company as both systems know it."""

    name: str
    domain: str
    country: str
    city: str
    currency: str


def companies(count: int) -> list[Company]:
    """The first `count` of up to 4,800 companies, all with different names; always the same ones."""
    rng = Random(20261)
    words = list(product(_FIRST, _SECOND))
    rng.shuffle(words)
    places = rng.choices(PLACES, weights=[place[3] for place in PLACES], k=len(words))
    made = []
    for (first, second), (country, city, currency, _) in zip(words[:count], places, strict=False):
        name = f"{first} {second} {_LEGAL_FORMS.get(country, 'Inc')}"
        domain = f"{first}{second}.example".lower()
        made.append(Company(name=name, domain=domain, country=country, city=city, currency=currency))
    return made


def person(rng: Random) -> tuple[str, str]:
    """A given and a family name."""
    return rng.choice(_GIVEN), rng.choice(_FAMILY)
