"""Dates of a zone: six characters without a century, some of them perhaps fillers for what is unknown."""

from __future__ import annotations

from datetime import date
from typing import Final

from gateway.names.mrz.layouts import FILLER
from gateway.names.mrz.zone import NO_DAY, Day, Note, exists

_HORIZON: Final = 50
"""Years around today in which a document expires."""


def birth_day(text: str, today: date) -> tuple[Day, Note | None]:
    """The latest such day that is not after today: 85 is 1985, and 20 in the year 2026 a child of six."""
    parts = _parts(text)
    if parts is None:
        return NO_DAY, Note.STRANGE_CHARACTER
    short, month, day = parts
    if short is None:
        return _checked(None, month, day)
    year = today.year - (today.year - short) % 100
    if (year, month or 1, day or 1) > (today.year, today.month, today.day):
        year -= 100
    return _checked(year, month, day)


def expiry_day(text: str, today: date) -> tuple[Day, Note | None]:
    """The day of that year which lies within fifty years of today."""
    parts = _parts(text)
    if parts is None:
        return NO_DAY, Note.STRANGE_CHARACTER
    short, month, day = parts
    if short is None:
        return _checked(None, month, day)
    first = today.year - _HORIZON
    return _checked(first + (short - first) % 100, month, day)


def _parts(text: str) -> tuple[int | None, int | None, int | None] | None:
    """Year, month and day of `YYMMDD`; None where a character is neither a digit nor a filler in pairs."""
    found: list[int | None] = []
    for start in (0, 2, 4):
        part = text[start : start + 2]
        if part == FILLER * 2:
            found.append(None)
        elif part.isascii() and part.isdigit():
            found.append(int(part))
        else:
            return None
    return found[0], found[1], found[2]


def _checked(year: int | None, month: int | None, day: int | None) -> tuple[Day, Note | None]:
    # Zeros for an unknown day or month are not ICAO's way, but some states print them.
    month, day = month or None, day or None
    # A leap year, so that the 29th of February passes where the year is not known.
    if not exists(year or 2000, month or 1, day or 1):
        return NO_DAY, Note.DATE_IMPOSSIBLE
    incomplete = None in (year, month, day)
    return Day(year, month, day), Note.DATE_INCOMPLETE if incomplete else None
