"""Personal numbers of the region: their form, their check digits and what they say about the bearer.

The scheme must travel with the value. It can never be told from the length: Belarus, Kyrgyzstan and
Uzbekistan all use 14 characters, and of valid Kazakh IINs about one in a hundred also passes the check of a
Russian INN (domain.md 1.4). What is marked "unpublished" or "unverified" there is not checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from stdnum.md import idno
from stdnum.ru import inn

from gateway.errors import Misuse
from gateway.records.checkdigits import check_731, check_iin, check_snils
from gateway.records.person import Check, Identifier, Sex
from gateway.records.synthetic import synthesise

__all__ = ["SCHEMES", "Embedded", "Scheme", "check", "embedded", "normalise", "scheme", "synthesise"]

# Cyrillic capitals that look like Latin ones and are typed for them ("3150685А001PB5").
LOOKALIKES: Final = str.maketrans("АВСЕНКМОРТХУІЅЈ", "ABCEHKMOPTXYISJ")
_SEPARATORS = re.compile(r"[\s\-–—./№]+")
_NOT_CHECKED_UP_TO: Final = 1_001_998
"""SNILS up to 001-001-998 carry no check number (domain.md 1.4)."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a number says about its bearer; each is None where the number does not say it or not validly."""

    sex: Sex | None = None
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of personal number."""

    key: str
    issuer: str
    """State that issues it, ISO 3166-1 alpha-3; the bearer need not be its citizen."""
    title_ru: str
    title_en: str
    pattern: re.Pattern[str]
    """What a normalised value looks like."""
    holds: Callable[[str], bool | None] | None = None
    """Whether the check digits of a well-formed value are right; None where it has none. No function: no
    check is published."""
    embedded: Callable[[str], Embedded] | None = None
    normalise: Callable[[str], str] | None = None
    """What is folded beyond case, look-alikes and separators."""


def _snils_holds(value: str) -> bool | None:
    return value[9:] == check_snils(value[:9]) if int(value[:9]) > _NOT_CHECKED_UP_TO else None


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


def _in_front(value: str) -> Embedded:
    """Belarus and Uzbekistan: the sign of sex and century, then DDMMYY."""
    sex, century = _sex_and_century(value[0])
    if sex is None:
        return Embedded()
    return Embedded(sex, _day(century + int(value[5:7]), int(value[3:5]), int(value[1:3])))


def _in_iin(value: str) -> Embedded:
    """Kazakhstan: YYMMDD, then the sign of sex and century."""
    sex, century = _sex_and_century(value[6])
    if sex is None:
        return Embedded()
    return Embedded(sex, _day(century + int(value[:2]), int(value[2:4]), int(value[4:6])))


def _in_pin(value: str) -> Embedded:
    """Kyrgyzstan: 1 female or 2 male, then DDMMYYYY (unverified, so only ever a reason to look again)."""
    sex = {"1": Sex.FEMALE, "2": Sex.MALE}.get(value[0])
    return Embedded(sex, _day(int(value[5:9]), int(value[3:5]), int(value[1:3]))) if sex else Embedded()


_CENTURY_OF_MONTH: Final = ((1, 1900), (21, 2000), (41, 2100), (61, 2200), (81, 1800))


def _in_psn(value: str) -> Embedded:
    """Armenia: day + 10 for men and + 50 for women, month + 20 a century from the 1900s, YY."""
    day, month = int(value[:2]), int(value[2:4])
    sex, day = (Sex.FEMALE, day - 50) if day > 50 else (Sex.MALE, day - 10)
    for first, century in _CENTURY_OF_MONTH:
        if first <= month < first + 12:
            return Embedded(sex, _day(century + int(value[4:6]), month - first + 1, day))
    return Embedded(sex)


def _without_o(value: str) -> str:
    """AZ-FIN never uses the letter O, so that one is a zero."""
    return value.replace("O", "0")


def _scheme(key: str, issuer: str, titles: tuple[str, str], pattern: str, **rules: object) -> Scheme:
    return Scheme(key, issuer, *titles, re.compile(pattern), **rules)  # type: ignore[arg-type]


SCHEMES: Final[dict[str, Scheme]] = {
    scheme.key: scheme
    for scheme in (
        _scheme(
            "BY-IDN",
            "BLR",
            ("идентификационный номер", "personal number"),
            r"\d{7}[A-Z]\d{3}[A-Z]{2}\d",
            holds=lambda value: value[13] == check_731(value[:13]),
            embedded=_in_front,
        ),
        _scheme(
            "KZ-IIN",
            "KAZ",
            ("ИИН", "individual identification number"),
            # Zero at the seventh place is met on numbers of foreigners and says nothing about the bearer.
            r"\d{6}[0-6]\d{5}",
            holds=lambda value: value[11] == check_iin(value[:11]),
            embedded=_in_iin,
        ),
        _scheme(
            "UZ-PINFL",
            "UZB",
            ("ПИНФЛ", "personal identification number"),
            r"[1-6]\d{13}",
            holds=lambda value: value[13] == check_731(value[:13]),
            embedded=_in_front,
        ),
        _scheme(
            "RU-SNILS",
            "RUS",
            ("СНИЛС", "insurance number of an individual account"),
            r"\d{11}",
            holds=_snils_holds,
        ),
        _scheme("RU-INN", "RUS", ("ИНН физического лица", "taxpayer number"), r"\d{12}", holds=inn.is_valid),
        _scheme(
            "RU-PASS-INT",
            "RUS",
            ("паспорт гражданина РФ", "internal passport"),
            r"(?!0000)\d{4}(?!000000)\d{6}",
        ),
        _scheme("RU-PASS-EXT", "RUS", ("заграничный паспорт РФ", "passport for travel abroad"), r"\d{9}"),
        _scheme("KG-PIN", "KGZ", ("ПИН", "personal identification number"), r"\d{14}", embedded=_in_pin),
        _scheme(
            "AZ-FIN",
            "AZE",
            ("ФИН", "personal identification number"),
            r"[0-9A-NP-Z]{7}",
            normalise=_without_o,
        ),
        _scheme(
            "MD-IDNP",
            "MDA",
            ("IDNP", "personal state identification number"),
            r"\d{13}",
            holds=idno.is_valid,
        ),
        _scheme(
            "AM-PSN",
            "ARM",
            ("НЗОУ", "public services number"),
            r"(?:1[1-9]|[23]\d|4[01]|5[1-9]|[67]\d|8[01])"
            r"(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|4[1-9]|5[0-2]|6[1-9]|7[0-2]|8[1-9]|9[0-2])(?!\d*666)\d{6}",
            embedded=_in_psn,
        ),
    )
}


def scheme(key: str) -> Scheme:
    """The scheme of this key; Misuse names those that exist."""
    try:
        return SCHEMES[key]
    except KeyError:
        raise Misuse(f"no identifier scheme {key!r}; known are {', '.join(SCHEMES)}", where=key) from None


def normalise(key: str, raw: str) -> str:
    """Upper case, without separators, Cyrillic look-alikes folded to the Latin letters they stand for."""
    value = _SEPARATORS.sub("", raw).upper().translate(LOOKALIKES)
    fold = scheme(key).normalise
    return fold(value) if fold else value


def check(key: str, raw: str) -> Identifier:
    """A raw value as an identifier of the scheme, with what the scheme's own rule says of it."""
    rule = scheme(key)
    value = raw
    if not raw.isascii() or rule.pattern.fullmatch(raw) is None:
        value = normalise(key, raw)
        if not value.isascii() or rule.pattern.fullmatch(value) is None:
            return Identifier(key, value, rule.issuer, Check.INVALID_FORMAT)
    verdict = rule.holds(value) if rule.holds else None
    if verdict is None:
        return Identifier(key, value, rule.issuer, Check.STRUCTURE_OK_NO_CHECK)
    return Identifier(key, value, rule.issuer, Check.VALID if verdict else Check.INVALID_CHECK)


def embedded(key: str, value: str) -> Embedded:
    """Sex and birth date that a normalised number carries; empty for a malformed one."""
    rule = scheme(key)
    if rule.embedded is None or not value.isascii() or rule.pattern.fullmatch(value) is None:
        return Embedded()
    return rule.embedded(value)
