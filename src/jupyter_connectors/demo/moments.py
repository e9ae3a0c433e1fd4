"""When things happened, counted back from the anchor day."""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, date, datetime
from random import Random

DAY = 86_400
SPAN_DAYS = 730
"""How far back the demo's history goes: 24 months."""

_GROWTH = 1.2


def midnight(day: date) -> int:
    """The day's first second in UTC, as epoch seconds."""
    return timegm(day.timetuple())


def age_of(index: int, count: int) -> int:
    """Age in days of the `index`-th of `count` things, the oldest first, spread over the span with more of them lately."""
    return int(SPAN_DAYS * (1 - (index + 0.5) / count) ** _GROWTH)


def moment(start: int, age: int, rng: Random) -> int:
    """A second in the working hours of the day that lies `age` days before the anchor's midnight `start`.

    The anchor day itself gets only its first ten minutes, so that nothing is dated after the person looks at it.
    """
    if age <= 0:
        return start + int(rng.random() * 600)
    return start - age * DAY + 6 * 3600 + int(rng.random() * 14 * 3600)


def iso_date(epoch: int) -> str:
    """`2026-11-30`"""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d")


def iso_instant(epoch: int) -> str:
    """`2026-10-01T09:30:00.000+0000`, the way Salesforce writes an instant."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
