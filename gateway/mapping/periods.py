"""Periods as statistical tables write them: a year, a part of one, or a first and a last day.

Reading accepts every form that can mean one thing only; written back is the shortest: `2025`, `2025-Q1`,
`2025-01`, or the two days as ISO 8601 writes an interval.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

Period = tuple[date, date]
"""First and last day, both inclusive."""

_MONTHS: Final = (
    *("январь", "февраль", "март", "апрель", "май", "июнь"),
    *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
)
_NUMBERS: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4, "1-й": 1, "2-й": 2, "3-й": 3}
_PARTS: Final = {"полугодие": 6, "квартал": 3, "кв": 3, "кв.": 3, "полуг.": 6}
"""Russian word to the months of such a part of a year."""

_YEAR = re.compile(r"(\d{4})(?:\s*(?:г\.?|год))?")
_MONTH = re.compile(r"(\d{4})-(\d{2})|(\d{1,2})\.(\d{4})")
_PART = re.compile(r"(\d{4})-([QH])([1-4])")
_WORDY = re.compile(r"(\S+?) (\S+) (\d{4})(?:\s*(?:г\.?|года?))?")
_MONTHS_OF = re.compile(r"([а-я]+)(?:\s*[-–—]\s*([а-я]+))? (\d{4})(?:\s*(?:г\.?|года?))?")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})")
_POINTED = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})\s*[-–—]\s*(\d{2})\.(\d{2})\.(\d{4})")


def read(text: str) -> Period:
    """The period that a text means; ValueError where it means none."""
    text = " ".join(text.split())
    if match := _YEAR.fullmatch(text):
        return _months(int(match[1]), 1, 12)
    if match := _MONTH.fullmatch(text):
        year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        return _months(int(year), int(month), 1)
    if match := _PART.fullmatch(text):
        return _part(int(match[1]), 3 if match[2] == "Q" else 6, int(match[3]))
    if match := _DAYS.fullmatch(text):
        return _ordered(date.fromisoformat(match[1]), date.fromisoformat(match[2]))
    if match := _POINTED.fullmatch(text):
        one, two, three, four, five, six = (int(part) for part in match.groups())
        return _ordered(date(three, two, one), date(six, five, four))
    return _in_words(text.casefold())


def write(period: Period) -> str:
    """The shortest text that is read as this period."""
    first, last = period
    length = last.month - first.month + 1
    whole = first.day == 1 and first.year == last.year and last.day == monthrange(last.year, last.month)[1]
    if whole and length == 12:
        return f"{first.year:04d}"
    if whole and length == 1:
        return f"{first.year:04d}-{first.month:02d}"
    if whole and length in {3, 6} and (first.month - 1) % length == 0:
        return f"{first.year:04d}-{'Q' if length == 3 else 'H'}{(first.month - 1) // length + 1}"
    return f"{first}/{last}"


def _in_words(text: str) -> Period:
    """`I квартал 2025 г.`, `январь–июнь 2025`, `март 2025`."""
    match = _WORDY.fullmatch(text)
    if match and match[2] in _PARTS and match[1] in _NUMBERS:
        return _part(int(match[3]), _PARTS[match[2]], _NUMBERS[match[1]])
    if match := _MONTHS_OF.fullmatch(text):
        first = _MONTHS.index(match[1]) + 1
        last = _MONTHS.index(match[2]) + 1 if match[2] else first
        return _months(int(match[3]), first, last - first + 1)
    raise ValueError("not a period")


def _part(year: int, months: int, number: int) -> Period:
    if number * months > 12:
        raise ValueError("no such part of a year")
    return _months(year, (number - 1) * months + 1, months)


def _months(year: int, first: int, count: int) -> Period:
    if count < 1:
        raise ValueError("it ends before it begins")
    last = first + count - 1
    return date(year, first, 1), date(year, last, monthrange(year, last)[1] if 1 <= last <= 12 else 0)


def _ordered(first: date, last: date) -> Period:
    if last < first:
        raise ValueError("it ends before it begins")
    return first, last
