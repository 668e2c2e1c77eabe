"""Belarus: a table of arrivals and departures, two figures a row, with marks that are no numbers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

By = Callable[[str], dict[Any, Any]]
ARRIVALS, DEPARTURES = "blr-arrivals-statistics", "blr-departures-statistics"


@pytest.mark.parametrize(
    ("name", "row", "value", "flag"),
    [
        (ARRIVALS, "2024/Россия", 12345, ""),
        (ARRIVALS, "2024/Украина", 1204, ""),
        (ARRIVALS, "2024/Узбекистан", 0, ""),
        (ARRIVALS, "2025/Науру", None, "SUPPRESSED"),
        (DEPARTURES, "2024/Украина", None, "MISSING"),
        (DEPARTURES, "2024 г./Респ. Молдова", 0, ""),
    ],
)
def test_zero_missing_and_not_shown_are_three_things(
    records: By, name: str, row: str, value: int | None, flag: str
) -> None:
    figure = records(name)[row].detail
    assert (figure.value, figure.flag) == (value, flag)


def test_one_table_gives_two_series_that_nobody_adds_up(records: By) -> None:
    arrived, left = records(ARRIVALS)["2024/Россия"], records(DEPARTURES)["2024/Россия"]
    assert (arrived.detail.table, arrived.detail.value) == ("MIG-ARRIVALS", 12345)
    assert (left.detail.table, left.detail.value) == ("MIG-DEPARTURES", 9876)
    assert arrived.record_id != left.record_id


def test_periods_in_words_are_days(records: By) -> None:
    figures = records(ARRIVALS)
    quarter, half = figures["I квартал 2025/Казахстан"].detail, figures["январь–июнь 2025/Китай"].detail
    assert (quarter.period_from, quarter.period_to) == (date(2025, 1, 1), date(2025, 3, 31))
    assert (half.period_from, half.period_to) == (date(2025, 1, 1), date(2025, 6, 30))


def test_an_empty_cell_and_a_negative_number_are_no_figures(codes: By) -> None:
    assert codes(ARRIVALS)[12] == ["MAP-VALUE-MISSING"]
    assert codes(ARRIVALS)[13] == ["MAP-COUNT"]


def test_the_sum_over_all_countries_is_passed_over(codes: By, records: By) -> None:
    assert 9 not in codes(ARRIVALS)
    assert not any("Всего" in row for row in records(ARRIVALS))


def test_nobody_stands_in_a_table(records: By) -> None:
    assert {figure.person for figure in records(ARRIVALS).values()} == {None}
