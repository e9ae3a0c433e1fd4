"""Date phrases become half-open ranges of days."""

from __future__ import annotations

from datetime import date

import pytest

from jupyter_connectors.answering.calendar import find_spans, months_after

SUNDAY = date(2026, 11, 22)


def days(text: str, *, ahead: bool = False) -> list[tuple[str, str]]:
    return [(str(span.start), str(span.stop)) for span in find_spans(text, today=SUNDAY, ahead=ahead)]


@pytest.mark.parametrize(
    ("said", "start", "stop"),
    [
        ("today", "2026-11-22", "2026-11-23"),
        ("yesterday", "2026-11-21", "2026-11-22"),
        ("this week", "2026-11-16", "2026-11-23"),
        ("last week", "2026-11-09", "2026-11-16"),
        ("next week", "2026-11-23", "2026-11-30"),
        ("past week", "2026-11-16", "2026-11-23"),
        ("this month", "2026-11-01", "2026-12-01"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("next month", "2026-12-01", "2027-01-01"),
        ("this quarter", "2026-10-01", "2027-01-01"),
        ("last quarter", "2026-07-01", "2026-10-01"),
        ("next quarter", "2027-01-01", "2027-04-01"),
        ("this year", "2026-01-01", "2027-01-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("last 7 days", "2026-11-16", "2026-11-23"),
        ("last 3 months", "2026-08-23", "2026-11-23"),
        ("next 30 days", "2026-11-22", "2026-12-22"),
        ("Q3", "2026-07-01", "2026-10-01"),
        ("Q3 2025", "2025-07-01", "2025-10-01"),
        ("the third quarter of 2025", "2025-07-01", "2025-10-01"),
        ("October", "2026-10-01", "2026-11-01"),
        ("October 2025", "2025-10-01", "2025-11-01"),
        ("Oct 5, 2025", "2025-10-05", "2025-10-06"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2026-02-28", "2026-02-28", "2026-03-01"),
        ("year 2025", "2025-01-01", "2026-01-01"),
        ("invoices 2025", "2025-01-01", "2026-01-01"),
        ("year to date", "2026-01-01", "2026-11-23"),
        ("since 2026-01-01", "2026-01-01", "None"),
        ("since last month", "2026-10-01", "None"),
        ("before 2026-01-01", "None", "2026-01-01"),
        ("after 2026-01-01", "2026-01-02", "None"),
        ("until 2026-01-31", "None", "2026-02-01"),
        ("between 2026-01-01 and 2026-03-31", "2026-01-01", "2026-04-01"),
        ("since 2026-01-01 and before 2026-02-01", "2026-01-01", "2026-02-01"),
        ("from October to December 2025", "2025-10-01", "2026-01-01"),
    ],
)
def test_a_phrase_is_a_range_of_days(said: str, start: str, stop: str) -> None:
    assert days(f"things {said}") == [(start, stop)]


@pytest.mark.parametrize(
    "said", ["over 2025", "2025 euros", "€2025", "you may march on", "2025-02-31", "last 9999 years", "id 2026-11-22x"]
)
def test_what_is_no_date_is_left_alone(said: str) -> None:
    assert days(said) == []


def test_a_bare_month_is_the_latest_begun_or_the_next_to_end() -> None:
    assert days("December") == [("2025-12-01", "2026-01-01")]
    assert days("December", ahead=True) == [("2026-12-01", "2027-01-01")]


def test_two_phrases_are_two_ranges_with_their_places() -> None:
    text = "created last month and due next week"
    spans = find_spans(text, today=SUNDAY)
    assert [text[slice(*span.at)] for span in spans] == ["last month", "next week"]


def test_a_month_later_never_leaves_the_month() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 1, 31), -2) == date(2025, 11, 30)
