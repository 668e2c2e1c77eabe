"""Shared code lists: closed sets with Russian and English labels (Russian is the CIS working language).

The lists are data in reference/codes.csv; these are their names in code. A list is opened to codes there, and in
codes.xsd, which a test compares.
"""

from __future__ import annotations

from typing import Final

from gateway.records import reference
from gateway.records.reference import Labels

__all__ = [
    "AGENCY_CLASSES",
    "BAN_GROUNDS",
    "DOCUMENT_KINDS",
    "DOCUMENT_STATUSES",
    "PERMIT_KINDS",
    "PURPOSES",
    "SEXES",
    "STATES",
    "VISIT_PURPOSES",
    "Labels",
]

_LISTS: Final = reference.code_lists()

AGENCY_CLASSES: Final[Labels] = _LISTS["agency_class"]
PURPOSES: Final[Labels] = _LISTS["purpose"]
DOCUMENT_KINDS: Final[Labels] = _LISTS["document_kind"]
DOCUMENT_STATUSES: Final[Labels] = _LISTS["document_status"]
VISIT_PURPOSES: Final[Labels] = _LISTS["visit_purpose"]
PERMIT_KINDS: Final[Labels] = _LISTS["permit_kind"]
BAN_GROUNDS: Final[Labels] = _LISTS["ban_ground"]
SEXES: Final[Labels] = _LISTS["sex"]

STATES: Final[dict[str, tuple[str, str, str]]] = {
    "AZE": ("AZ", "Азербайджан", "Azerbaijan"),
    "ARM": ("AM", "Армения", "Armenia"),
    "BLR": ("BY", "Беларусь", "Belarus"),
    "KAZ": ("KZ", "Казахстан", "Kazakhstan"),
    "KGZ": ("KG", "Кыргызстан", "Kyrgyzstan"),
    "MDA": ("MD", "Молдова", "Moldova"),
    "RUS": ("RU", "Россия", "Russia"),
    "TJK": ("TJ", "Таджикистан", "Tajikistan"),
    "TKM": ("TM", "Туркменистан", "Turkmenistan"),
    "UZB": ("UZ", "Узбекистан", "Uzbekistan"),
    "GEO": ("GE", "Грузия", "Georgia"),
    "UKR": ("UA", "Украина", "Ukraine"),
}
"""States of the region: ISO 3166-1 alpha-3 to alpha-2 and the Russian and English name."""
