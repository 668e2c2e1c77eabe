"""The dates that follow from a refugee's status, by the calendar and never by the clock."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.records.dates import years_after
from gateway.records.protection import RefugeeStatus


def test_an_absence_is_looked_at_a_year_after_the_departure_unless_the_person_is_back() -> None:
    away = RefugeeStatus("1", date(2020, 1, 1), absent_since=date(2026, 3, 2))
    assert away.absence_deadline == date(2027, 3, 2)
    back = RefugeeStatus("1", date(2020, 1, 1), absent_since=date(2026, 3, 2), returned=date(2026, 5, 1))
    assert back.absence_deadline is None
    assert RefugeeStatus("1", date(2020, 1, 1)).absence_deadline is None


def test_citizenship_may_be_asked_for_seven_years_after_the_grant() -> None:
    assert RefugeeStatus("1", date(2019, 12, 31)).citizenship_from == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(9999, 12, 31), 1, date(9999, 12, 31)),
        (date(9993, 6, 1), 7, date(9999, 12, 31)),
    ],
)
def test_a_leap_day_falls_on_the_last_of_february_and_the_calendar_ends(day: date, years: int, later: date) -> None:
    assert years_after(day, years) == later


@given(some.dates(date(1900, 1, 1), date(2100, 1, 1)), some.integers(1, 50))
def test_years_later_is_the_same_month_so_many_years_on(day: date, years: int) -> None:
    later = years_after(day, years)
    assert (later.year, later.month) == (day.year + years, day.month)
    assert day.day - later.day in {0, 1}
