"""Birth dates in every notation that registers write, as year, month and day; 0 where unknown."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from enum import Enum
from typing import Final

Day = tuple[int, int, int]


class Order(Enum):
    """Which of the first two numbers of 05/06/1985 is the day."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


_YEAR_FIRST: Final = re.compile(r"(\d{4})(?:[-./ ](\d{1,2})(?:[-./ ](\d{1,2}))?)?(?:[T ]\d\d:\d\d.*)?")
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)?(?:\.0)?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})(?: \d\d:\d\d.*)?")
_MONTH_YEAR: Final = re.compile(r"(\d{1,2})[-./ ](\d{4})")


def order_of(values: Iterable[str]) -> Order:
    """Which order a column writes: the one in which more of its dates are dates; day first where both are."""
    month_first = day_first = 0
    for value in values:
        if found := _YEAR_LAST.fullmatch(value.strip()):
            month_first += int(found[2]) > 12
            day_first += int(found[1]) > 12
    return Order.MONTH_FIRST if month_first > day_first else Order.DAY_FIRST


def read_day(text: str, order: Order = Order.DAY_FIRST) -> Day | None:
    """A date or the part of it that is known; None where the text is no date.

    A day or month that no calendar has counts as unknown, for the rest of such a date still says something.
    """
    text = text.strip()
    if found := _COMPACT.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        return _settled(int(found[1]), int(found[2] or 0), int(found[3] or 0))
    if found := _YEAR_LAST.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        if (order is Order.MONTH_FIRST and first <= 12) or second > 12:
            first, second = second, first
        return _settled(int(found[3]), second, first)
    if found := _MONTH_YEAR.fullmatch(text):
        return _settled(int(found[2]), int(found[1]), 0)
    return None


def _settled(year: int, month: int, day: int) -> Day | None:
    if not 1800 <= year <= 2200:
        return None
    if not 1 <= month <= 12:
        return year, 0, 0
    if not 1 <= day <= monthrange(year, month)[1]:
        return year, month, 0
    return year, month, day
