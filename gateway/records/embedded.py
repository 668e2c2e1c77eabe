"""What a personal number says about its bearer: sex and birth date, read by the rule of its scheme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gateway.records.person import Sex
from gateway.records.value import quick


@quick
@dataclass(frozen=True, slots=True)
class Embedded:
    """What a number says about its bearer; each is None where the number does not say it or not validly."""

    sex: Sex | None = None
    birth_date: date | None = None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _sex_and_century(sign: str) -> tuple[Sex | None, int]:
    """1 and 2 stand for the 1800s, 3 and 4 for the 1900s, 5 and 6 for the 2000s; odd is male."""
    digit = int(sign)
    if not 1 <= digit <= 6:
        return None, 0
    return (Sex.MALE if digit % 2 else Sex.FEMALE), 1800 + (digit - 1) // 2 * 100


def in_front(value: str) -> Embedded:
    """Belarus and Uzbekistan: the sign of sex and century, then DDMMYY."""
    sex, century = _sex_and_century(value[0])
    if sex is None:
        return Embedded()
    return Embedded(sex, _day(century + int(value[5:7]), int(value[3:5]), int(value[1:3])))


def in_iin(value: str) -> Embedded:
    """Kazakhstan: YYMMDD, then the sign of sex and century."""
    sex, century = _sex_and_century(value[6])
    if sex is None:
        return Embedded()
    return Embedded(sex, _day(century + int(value[:2]), int(value[2:4]), int(value[4:6])))


def in_pin(value: str) -> Embedded:
    """Kyrgyzstan: 1 female or 2 male, then DDMMYYYY (unverified, so only ever a reason to look again)."""
    sex = {"1": Sex.FEMALE, "2": Sex.MALE}.get(value[0])
    return Embedded(sex, _day(int(value[5:9]), int(value[3:5]), int(value[1:3]))) if sex else Embedded()


_CENTURY_OF_MONTH: Final = ((1, 1900), (21, 2000), (41, 2100), (61, 2200), (81, 1800))


def in_psn(value: str) -> Embedded:
    """Armenia: day + 10 for men and + 50 for women, month + 20 a century from the 1900s, YY."""
    day, month = int(value[:2]), int(value[2:4])
    sex, day = (Sex.FEMALE, day - 50) if day > 50 else (Sex.MALE, day - 10)
    for first, century in _CENTURY_OF_MONTH:
        if first <= month < first + 12:
            return Embedded(sex, _day(century + int(value[4:6]), month - first + 1, day))
    return Embedded(sex)


_UKRAINIAN_DAY_ZERO: Final = date(1899, 12, 31)


def in_rnokpp(value: str) -> Embedded:
    """Ukraine, tax number: days since the end of 1899, three of a serial, a sign that is odd for men.

    Unverified, so only ever a reason to look again.
    """
    days = int(value[:5])
    born = _UKRAINIAN_DAY_ZERO + timedelta(days=days) if days else None
    return Embedded(Sex.MALE if int(value[8]) % 2 else Sex.FEMALE, born)


def in_unzr(value: str) -> Embedded:
    """Ukraine, number in the demographic register: YYYYMMDD in front; it does not tell the sex."""
    return Embedded(None, _day(int(value[:4]), int(value[4:6]), int(value[6:8])))
