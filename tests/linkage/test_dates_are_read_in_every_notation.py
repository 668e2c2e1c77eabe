"""Dates as registers write them, whole or in part."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.linkage.dates import Order, order_of, read_day

DAYS = st.dates(date(1850, 1, 1), date(2150, 12, 31))


@given(
    DAYS, st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%Y-%m-%d 00:00:00"])
)
def test_every_notation_of_a_day_says_the_same(day: date, notation: str) -> None:
    assert read_day(day.strftime(notation)) == (day.year, day.month, day.day)


@given(DAYS)
def test_the_order_of_a_column_decides_what_one_date_leaves_open(day: date) -> None:
    assert read_day(day.strftime("%m/%d/%Y"), Order.MONTH_FIRST) == (day.year, day.month, day.day)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = read_day(text)
    assert found is None or (1800 <= found[0] <= 2200 and 0 <= found[1] <= 12 and 0 <= found[2] <= 31)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1985", (1985, 0, 0)),
        ("1985-06", (1985, 6, 0)),
        ("06.1985", (1985, 6, 0)),
        ("198506", (1985, 6, 0)),
        ("1985-00-00", (1985, 0, 0)),
        ("19850231", (1985, 2, 0)),
        ("19851540", (1985, 0, 0)),
        ("19850615.0", (1985, 6, 15)),
        (" 5.6.1985 ", (1985, 6, 5)),
        ("25/12/1985", (1985, 12, 25)),
        ("12/25/1985", (1985, 12, 25)),
        ("unknown", None),
        ("0000-00-00", None),
        ("", None),
    ],
)
def test_what_is_known_of_a_date_is_kept(text, said) -> None:
    assert read_day(text) == said


def test_a_column_tells_whether_the_day_comes_first() -> None:
    assert order_of(["05/06/1985", "31/12/1990"]) is Order.DAY_FIRST
    assert order_of(["05/06/1985", "12/31/1990"]) is Order.MONTH_FIRST
    assert order_of(["1985-06-15", "nonsense"]) is Order.DAY_FIRST
