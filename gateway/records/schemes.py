"""The table of identifier schemes: whose number it is, its form, its check and what it says of the bearer.

Data only; identifiers.py judges values by it, and docs/identifiers.md is this table for readers. A scheme is
added by a row here and a maker in synthetic.py. Forms marked unverified are wide on purpose: they tell a
number from a word, not a real number from an invented one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from stdnum.az import voen
from stdnum.by import unp
from stdnum.md import idno
from stdnum.ru import inn, ogrn
from stdnum.ua import edrpou, rntrc

from gateway.records import embedded as says
from gateway.records.checkdigits import check_731, check_iin, check_ogrnip, check_snils
from gateway.records.embedded import Embedded

Bearer = Literal["person", "document", "organisation"]
Published = Literal["full", "none", "unpublished"]

UNVERIFIED: Final = "unverified"
"""Basis of a form that is common knowledge and was not read in any published source."""

_SNILS_NOT_CHECKED_UP_TO: Final = 1_001_998
"""SNILS up to 001-001-998 carry no check number (domain.md 1.4)."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of number of a person, of a document of a person, or of a legal entity."""

    key: str
    issuer: str
    """State that issues it, ISO 3166-1 alpha-3; the bearer need not be its citizen."""
    bearer: Bearer
    title_ru: str
    title_en: str
    form: str
    """Regular expression of what a normalised value looks like, ASCII digits only."""
    check: Published
    """`full`: the check digits are computed. `none`: it has none. `unpublished`: it has one that nobody may know."""
    basis: str
    """Where the rule comes from, or UNVERIFIED."""
    holds: Callable[[str], bool | None] | None = None
    """Whether the check digits of a well-formed value are right; None where this value carries none."""
    embedded: Callable[[str], Embedded] | None = None
    fold: Callable[[str], str] | None = None
    """What is folded beyond case, look-alikes and separators."""
    letters: Literal["Latn", "Cyrl"] = "Latn"
    """Script of the letters in it; look-alikes of the other script are folded to it."""
    digits: int = 0
    """How many digits it has where it consists of digits only: a spreadsheet then drops leading zeros."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """The form, compiled."""
        return _PATTERNS[self.key]

    @property
    def verified(self) -> bool:
        """Whether the form and the check were read in a published source."""
        return self.basis != UNVERIFIED


def _holds_731(value: str) -> bool:
    return value[-1] == check_731(value[:-1])


def _holds_iin(value: str) -> bool:
    return value[11] == check_iin(value[:11])


def _holds_snils(value: str) -> bool | None:
    return value[9:] == check_snils(value[:9]) if int(value[:9]) > _SNILS_NOT_CHECKED_UP_TO else None


def _holds_ogrnip(value: str) -> bool:
    return value[14] == check_ogrnip(value[:14])


def _without_o(value: str) -> str:
    """AZ-FIN never uses the letter O, so that one is a zero."""
    return value.replace("O", "0")


_PERSONS: Final = (
    Scheme(
        "BY-IDN", "BLR", "person", "идентификационный номер", "personal number",
        r"\d{7}[A-Z]\d{3}[A-Z]{2}\d", "full", "belarus-passport-personal-number-validator",
        _holds_731, says.in_front,
    ),
    Scheme(
        # Zero at the seventh place is met on numbers of foreigners and says nothing about the bearer.
        "KZ-IIN", "KAZ", "person", "ИИН", "individual identification number",
        r"\d{6}[0-6]\d{5}", "full", "Government Resolution 406 of 2007 (P070000406)",
        _holds_iin, says.in_iin, digits=12,
    ),
    Scheme(
        "UZ-PINFL", "UZB", "person", "ПИНФЛ", "personal identification number",
        r"[1-6]\d{13}", "full", "Cabinet of Ministers Resolution 177 of 12.04.2022",
        _holds_731, says.in_front, digits=14,
    ),
    Scheme(
        "RU-SNILS", "RUS", "person", "СНИЛС", "insurance number of an individual account",
        r"\d{11}", "full", "kontur-courses/clean-code", _holds_snils, digits=11,
    ),
    Scheme(
        "RU-INN", "RUS", "person", "ИНН физического лица", "taxpayer number of a person",
        r"\d{12}", "full", "python-stdnum ru.inn", inn.is_valid, digits=12,
    ),
    Scheme(
        "KG-PIN", "KGZ", "person", "ПИН", "personal identification number",
        r"\d{14}", "none", UNVERIFIED, embedded=says.in_pin, digits=14,
    ),
    Scheme(
        "AZ-FIN", "AZE", "person", "ФИН", "personal identification number",
        r"[0-9A-NP-Z]{7}", "none", "validatetin.com", fold=_without_o,
    ),
    Scheme(
        "MD-IDNP", "MDA", "person", "IDNP", "personal state identification number",
        r"\d{13}", "full", "python-stdnum md.idno", idno.is_valid, digits=13,
    ),
    Scheme(
        "AM-PSN", "ARM", "person", "НЗОУ", "public services number",
        r"(?:1[1-9]|[23]\d|4[01]|5[1-9]|[67]\d|8[01])"
        r"(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|4[1-9]|5[0-2]|6[1-9]|7[0-2]|8[1-9]|9[0-2])(?!\d*666)\d{6}",
        "unpublished", "armenia-ssn-validator", embedded=says.in_psn, digits=10,
    ),
    Scheme(
        "TJ-INN", "TJK", "person", "ИНН Республики Таджикистан", "taxpayer number",
        r"\d{9}", "none", UNVERIFIED, digits=9,
    ),
    Scheme("TM-PN", "TKM", "person", "личный номер", "personal number", r"[A-Z0-9]{6,14}", "none", UNVERIFIED),
    Scheme(
        "GE-PN", "GEO", "person", "личный номер", "personal number",
        r"\d{11}", "none", "idnumbers geo", digits=11,
    ),
    Scheme(
        "UA-RNOKPP", "UKR", "person", "РНОКПП", "taxpayer card number",
        r"\d{10}", "full", "python-stdnum ua.rntrc", rntrc.is_valid, says.in_rnokpp, digits=10,
    ),
    Scheme(
        "UA-UNZR", "UKR", "person", "УНЗР", "record number in the demographic register",
        r"\d{13}", "full", "mvs.gov.ua, 14.11.2023: the check digits of machine-readable passports",
        _holds_731, says.in_unzr, digits=13,
    ),
)  # fmt: skip

_DOCUMENTS: Final = (
    Scheme(
        "RU-PASS-INT", "RUS", "document", "паспорт гражданина РФ", "internal passport",
        r"(?!0000)\d{4}(?!000000)\d{6}", "none", "Decree 2267 of 23.12.2023, in idnumbers rus", digits=10,
    ),
    Scheme(
        "RU-PASS-EXT", "RUS", "document", "заграничный паспорт РФ", "passport for travel abroad",
        r"\d{9}", "none", UNVERIFIED, digits=9,
    ),
    Scheme(
        "RU-PATENT", "RUS", "document", "патент иностранного работника", "patent of a foreign worker",
        r"\d{12}", "none", UNVERIFIED, digits=12,
    ),
    Scheme(
        "RU-VNZH", "RUS", "document", "вид на жительство", "residence permit",
        r"8[23]\d{7}", "none", "Order 141 of 05.06.2008, annex 1",
    ),
    Scheme(
        "TJ-PASS", "TJK", "document", "паспорт или удостоверение", "passport or identity card",
        r"[A-Z]{0,2}\d{7,9}", "none", UNVERIFIED,
    ),
    Scheme(
        "TM-PASS", "TKM", "document", "заграничный паспорт", "passport for travel abroad",
        r"[A-Z]\d{7}", "none", UNVERIFIED,
    ),
    Scheme(
        "TM-PASS-INT", "TKM", "document", "внутренний паспорт", "internal passport",
        r"[IVX]{1,4}[A-ZÄÇŇÖŞÜÝŽ]{2}\d{6}", "none", UNVERIFIED,
    ),
    Scheme(
        "UA-PASS", "UKR", "document", "паспорт-книжка", "passport, booklet",
        r"[А-ЩЬЮЯҐЄІЇ]{2}\d{6}", "none", UNVERIFIED, letters="Cyrl",
    ),
    Scheme(
        "UA-ID", "UKR", "document", "паспорт-карта", "passport, card",
        r"\d{9}", "none", UNVERIFIED, digits=9,
    ),
)  # fmt: skip

_ORGANISATIONS: Final = (
    Scheme(
        "BY-UNP", "BLR", "organisation", "УНП", "payer number",
        r"[1-7ABCEHKM][0-9ABCEHKMOPT]\d{7}", "full", "python-stdnum by.unp", unp.is_valid,
    ),
    Scheme(
        "RU-INN-ORG", "RUS", "organisation", "ИНН организации", "taxpayer number of an organisation",
        r"\d{10}", "full", "python-stdnum ru.inn", inn.is_valid, digits=10,
    ),
    Scheme(
        "RU-OGRN", "RUS", "organisation", "ОГРН", "state registration number",
        r"[1-9]\d{12}", "full", "python-stdnum ru.ogrn", ogrn.is_valid,
    ),
    Scheme(
        "RU-OGRNIP", "RUS", "organisation", "ОГРНИП", "registration number of a sole trader",
        r"[34]\d{14}", "full", "python-stdnum ru.ogrn, with rests of two digits", _holds_ogrnip,
    ),
    Scheme(
        "KZ-BIN", "KAZ", "organisation", "БИН", "business identification number",
        r"\d{4}[456]\d{7}", "full", "Government Resolution 406 of 2007 (P070000406)", _holds_iin, digits=12,
    ),
    Scheme(
        "MD-IDNO", "MDA", "organisation", "IDNO", "state identification number of an organisation",
        r"\d{13}", "full", "python-stdnum md.idno", idno.is_valid, digits=13,
    ),
    Scheme(
        "AZ-VOEN", "AZE", "organisation", "ИНН (VÖEN)", "taxpayer number",
        r"\d{9}[12]", "full", "python-stdnum az.voen", voen.is_valid, digits=10,
    ),
    Scheme(
        "UA-EDRPOU", "UKR", "organisation", "ЕГРПОУ", "code in the register of organisations",
        r"\d{8}", "full", "python-stdnum ua.edrpou", edrpou.is_valid, digits=8,
    ),
    Scheme(
        "KG-INN", "KGZ", "organisation", "ИНН организации", "taxpayer number of an organisation",
        r"\d{14}", "none", UNVERIFIED, digits=14,
    ),
    Scheme(
        "UZ-INN", "UZB", "organisation", "ИНН (STIR)", "taxpayer number",
        r"\d{9}", "none", UNVERIFIED, digits=9,
    ),
    Scheme(
        "TJ-INN-ORG", "TJK", "organisation", "ИНН организации", "taxpayer number of an organisation",
        r"\d{9}", "none", UNVERIFIED, digits=9,
    ),
    Scheme(
        "AM-TIN", "ARM", "organisation", "УНН", "taxpayer number",
        r"\d{8}", "none", UNVERIFIED, digits=8,
    ),
    Scheme(
        "TM-TIN", "TKM", "organisation", "ИНН организации", "taxpayer number of an organisation",
        r"\d{12}", "none", UNVERIFIED, digits=12,
    ),
)  # fmt: skip

SCHEMES: Final[dict[str, Scheme]] = {row.key: row for row in (*_PERSONS, *_DOCUMENTS, *_ORGANISATIONS)}
"""Every scheme by its key: of persons first, then of their documents, then of legal entities."""

_PATTERNS: Final = {row.key: re.compile(row.form, re.ASCII) for row in SCHEMES.values()}
