"""Periods of statistical tables are read in every honest form, and written so that they are read again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping import periods

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
QUARTER = (date(2025, 1, 1), date(2025, 3, 31))
HALF = (date(2025, 7, 1), date(2025, 12, 31))
LEAP = (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2025", YEAR),
        ("2025 г.", YEAR),
        ("2025 год", YEAR),
        ("январь–декабрь 2025 года", YEAR),
        ("I квартал 2025 г.", QUARTER),
        ("1 кв. 2025", QUARTER),
        ("2025-Q1", QUARTER),
        ("Январь - март 2025", QUARTER),
        ("01.01.2025–31.03.2025", QUARTER),
        ("II полугодие 2025", HALF),
        ("2025-H2", HALF),
        ("2025-07-01/2025-12-31", HALF),
        ("февраль 2024", LEAP),
        ("2024-02", LEAP),
        ("02.2024", LEAP),
    ],
)
def test_a_period_is_read(text: str, period: periods.Period) -> None:
    assert periods.read(text) == period


@pytest.mark.parametrize(
    "text",
    ["", "25", "2025-13", "00.2025", "V квартал 2025", "2025-H3", "март–январь 2025", "31.12.2025-01.01.2025",
     "2025-02-30/2025-03-01", "весна 2025", "квартал 2025"],
)  # fmt: skip
def test_what_is_no_period_is_not_repaired(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        periods.read(text)


DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1))


@given(DAYS, st.integers(min_value=0, max_value=1000))
def test_what_is_written_is_read_as_what_it_was(first: date, days: int) -> None:
    period = (first, first + timedelta(days=days))
    assert periods.read(periods.write(period)) == period


@given(st.integers(min_value=1900, max_value=2100), st.integers(1, 12), st.integers(1, 12))
def test_whole_months_are_written_short(year: int, first: int, last: int) -> None:
    period = periods.read(f"{year}-{first:02d}")[0], periods.read(f"{year}-{last:02d}")[1]
    if first <= last:
        assert periods.read(periods.write(period)) == period
