"""The record families of the exchange format by name."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

About = Literal["person", "nobody", "perhaps"]


class Category(StrEnum):
    """The record families of this version of the format."""

    LABOUR_PERMIT = "LABOUR_PERMIT"
    RECRUITMENT_LICENCE = "RECRUITMENT_LICENCE"
    EMPLOYMENT_NOTICE = "EMPLOYMENT_NOTICE"
    STAY_REGISTRATION = "STAY_REGISTRATION"
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT"
    BORDER_CROSSING = "BORDER_CROSSING"
    EXPULSION = "EXPULSION"
    ENTRY_BAN = "ENTRY_BAN"
    DOCUMENT_STATUS = "DOCUMENT_STATUS"
    QUOTA = "QUOTA"
    STATISTIC = "STATISTIC"
    ASYLUM_APPLICATION = "ASYLUM_APPLICATION"
    REFUGEE_STATUS = "REFUGEE_STATUS"
    SUBSIDIARY_PROTECTION = "SUBSIDIARY_PROTECTION"
    TEMPORARY_PROTECTION_GROUP = "TEMPORARY_PROTECTION_GROUP"
    TEMPORARY_PROTECTION = "TEMPORARY_PROTECTION"
    NON_REMOVAL = "NON_REMOVAL"
    FAMILY_REUNIFICATION = "FAMILY_REUNIFICATION"

    @property
    def protected(self) -> bool:
        """Whether the firewall's protection rules own this family."""
        return self in _PROTECTED

    @property
    def about(self) -> About:
        """Whether its records speak of a person: always, never, or only where the register knows whom (BR-05)."""
        return _ABOUT.get(self, "person")


_PROTECTED: Final = frozenset(
    {
        Category.ASYLUM_APPLICATION,
        Category.REFUGEE_STATUS,
        Category.SUBSIDIARY_PROTECTION,
        Category.TEMPORARY_PROTECTION_GROUP,
        Category.TEMPORARY_PROTECTION,
        Category.NON_REMOVAL,
        Category.FAMILY_REUNIFICATION,
    }
)

_ABOUT: Final[dict[Category, About]] = {
    Category.RECRUITMENT_LICENCE: "nobody",
    Category.QUOTA: "nobody",
    Category.STATISTIC: "nobody",
    Category.TEMPORARY_PROTECTION_GROUP: "nobody",
    Category.DOCUMENT_STATUS: "perhaps",
}

FIGURES: Final = frozenset({Category.STATISTIC, Category.QUOTA})
"""What a report of statistics may hold: figures without persons (BR-37)."""
