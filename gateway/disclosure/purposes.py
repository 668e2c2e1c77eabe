"""Which class of agency may ask for which category, and to what end.

A closed matrix (domain.md 3.4). What does not stand here is not permitted, whatever an agreement says: an
agreement can only narrow it.
"""

from __future__ import annotations

from typing import Final

from gateway.records.record import Category

MATRIX: Final[dict[Category, dict[str, tuple[str, ...]]]] = {
    Category.LABOUR_PERMIT: {
        "LABOUR_REGULATION": ("MIG", "INT", "LAB"),
        "STAY_CONTROL": ("MIG", "INT"),
    },
    Category.STAY_REGISTRATION: {
        "STAY_CONTROL": ("MIG", "INT"),
        "FAMILY_UNITY": ("MIG",),
    },
    Category.BORDER_CROSSING: {
        "BORDER_CHECK": ("BOR",),
        "STAY_CONTROL": ("MIG", "INT", "BOR"),
    },
    Category.ENTRY_BAN: {
        "BORDER_CHECK": ("BOR", "MIG", "INT"),
        "ENTRY_BAN_ADMIN": ("MIG", "INT"),
    },
    Category.RECRUITMENT_LICENCE: {
        "LABOUR_REGULATION": ("MIG", "INT", "LAB"),
    },
    Category.EMPLOYMENT_NOTICE: {
        "LABOUR_REGULATION": ("MIG", "INT", "LAB"),
        "STAY_CONTROL": ("MIG", "INT"),
    },
    Category.RESIDENCE_PERMIT: {
        "STAY_CONTROL": ("MIG", "INT"),
        "BORDER_CHECK": ("BOR",),
        "FAMILY_UNITY": ("MIG",),
    },
    Category.EXPULSION: {
        "STAY_CONTROL": ("MIG", "INT"),
        "ENTRY_BAN_ADMIN": ("MIG", "INT"),
        "BORDER_CHECK": ("BOR",),
    },
    Category.DOCUMENT_STATUS: {
        "DOCUMENT_VALIDATION": ("MIG", "INT", "BOR", "MFA"),
        "BORDER_CHECK": ("BOR",),
    },
    Category.QUOTA: {
        "LABOUR_REGULATION": ("MIG", "INT", "LAB"),
        "STATISTICS": ("STAT", "MIG", "LAB"),
    },
    Category.STATISTIC: {
        "STATISTICS": ("STAT", "MIG", "INT", "LAB"),
    },
    # Rule R1: a protection record is not disclosed to another state at all in this version; the owner's own
    # asylum unit and courts read it.
    Category.ASYLUM_APPLICATION: {"PROTECTION": ("REF", "COURT")},
    Category.REFUGEE_STATUS: {"PROTECTION": ("REF", "COURT")},
    Category.SUBSIDIARY_PROTECTION: {"PROTECTION": ("REF", "COURT")},
    Category.TEMPORARY_PROTECTION_GROUP: {"PROTECTION": ("REF", "COURT")},
    Category.TEMPORARY_PROTECTION: {"PROTECTION": ("REF", "COURT")},
    Category.NON_REMOVAL: {"PROTECTION": ("REF", "COURT")},
    Category.FAMILY_REUNIFICATION: {
        "PROTECTION": ("REF", "COURT"),
        "FAMILY_UNITY": ("REF",),
    },
}


def allowed(category: Category, purpose: str, agency_class: str) -> bool:
    """Whether the matrix permits this class to see this category for this purpose."""
    return agency_class in MATRIX[category].get(purpose, ())


def purposes_of(category: Category, agency_class: str) -> list[str]:
    """The purposes for which a class may see a category, the most specific first."""
    return [purpose for purpose, classes in MATRIX[category].items() if agency_class in classes]
