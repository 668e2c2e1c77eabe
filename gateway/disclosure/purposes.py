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
    # Rule R1: a protection record is not disclosed to another state at all in this version; the owner's own
    # asylum unit and courts read it.
    Category.ASYLUM_APPLICATION: {
        "PROTECTION": ("REF", "COURT"),
    },
}


def allowed(category: Category, purpose: str, agency_class: str) -> bool:
    """Whether the matrix permits this class to see this category for this purpose."""
    return agency_class in MATRIX[category].get(purpose, ())


def purposes_of(category: Category, agency_class: str) -> list[str]:
    """The purposes for which a class may see a category, the most specific first."""
    return [purpose for purpose, classes in MATRIX[category].items() if agency_class in classes]
