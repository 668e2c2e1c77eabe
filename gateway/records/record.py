"""A record: what one register says in one category, mostly about one person, at one version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha1
from typing import Final
from uuid import UUID

from gateway.records.aggregate import Quota, Statistic
from gateway.records.category import Category
from gateway.records.documents import DocumentStatus
from gateway.records.labour import EmploymentNotice, LabourPermit, RecruitmentLicence
from gateway.records.lifecycle import STATES
from gateway.records.movement import BorderCrossing, ResidencePermit, StayRegistration
from gateway.records.person import Person
from gateway.records.protection import (
    AsylumApplication,
    FamilyReunification,
    NonRemoval,
    RefugeeStatus,
    SubsidiaryProtection,
    TemporaryProtection,
    TemporaryProtectionGroup,
)
from gateway.records.restriction import EntryBan, Expulsion
from gateway.records.value import quick

__all__ = ["DETAIL_OF", "STATES", "Category", "Detail", "Record", "Source", "record_id"]

Detail = (
    LabourPermit
    | RecruitmentLicence
    | EmploymentNotice
    | StayRegistration
    | ResidencePermit
    | BorderCrossing
    | Expulsion
    | EntryBan
    | DocumentStatus
    | Quota
    | Statistic
    | AsylumApplication
    | RefugeeStatus
    | SubsidiaryProtection
    | TemporaryProtectionGroup
    | TemporaryProtection
    | NonRemoval
    | FamilyReunification
)

RECORD_NAMESPACE = UUID("6b0f2c1e-1d5a-5c7b-9a54-2f6f0d7c9e11")
"""Our own namespace of record ids, so that the same register row always gets the same id."""


DETAIL_OF: Final[dict[Category, type[Detail]]] = {
    Category.LABOUR_PERMIT: LabourPermit,
    Category.RECRUITMENT_LICENCE: RecruitmentLicence,
    Category.EMPLOYMENT_NOTICE: EmploymentNotice,
    Category.STAY_REGISTRATION: StayRegistration,
    Category.RESIDENCE_PERMIT: ResidencePermit,
    Category.BORDER_CROSSING: BorderCrossing,
    Category.EXPULSION: Expulsion,
    Category.ENTRY_BAN: EntryBan,
    Category.DOCUMENT_STATUS: DocumentStatus,
    Category.QUOTA: Quota,
    Category.STATISTIC: Statistic,
    Category.ASYLUM_APPLICATION: AsylumApplication,
    Category.REFUGEE_STATUS: RefugeeStatus,
    Category.SUBSIDIARY_PROTECTION: SubsidiaryProtection,
    Category.TEMPORARY_PROTECTION_GROUP: TemporaryProtectionGroup,
    Category.TEMPORARY_PROTECTION: TemporaryProtection,
    Category.NON_REMOVAL: NonRemoval,
    Category.FAMILY_REUNIFICATION: FamilyReunification,
}
"""The value class of each family; the family's XML element bears its name."""


@quick
@dataclass(frozen=True, slots=True)
class Source:
    """Where a record was born."""

    state: str
    """ISO 3166-1 alpha-3."""
    agency: str
    system: str
    """The register, for example `mvd-permits`."""
    record: str
    """The register's own id of the row."""


@quick
@dataclass(frozen=True, slots=True)
class Record:
    """One version of one record. A higher version replaces a lower one, in whatever order they arrive."""

    record_id: str
    version: int
    category: Category
    source: Source
    status: str
    """A state of the family's lifecycle, see gateway.records.lifecycle."""
    created: datetime
    """When this version was made, with offset."""
    person: Person | None
    """None where the category is about nobody, or the register does not know whom (Category.about, BR-05)."""
    detail: Detail
    legal_basis: str = ""
    retention_until: date | None = None
    profile: str = ""
    """Mapping profile and version that made it, for example `blr-permits/1`."""
    flags: tuple[str, ...] = ()
    """Codes of quality findings, for example `MAP-CHECK-DIGIT`."""


@lru_cache(maxsize=128)
def record_id(source: Source) -> str:
    """The id that a register row always has: a UUID of version 5 over its source.

    Composed by hand from the digest, as RFC 9562 section 5.5 says: it is made once for every row of a
    register, and an object of the standard library for each would cost more than the rest of the record.
    The last ones are remembered: whoever makes records is followed by the rule that checks their ids (BR-03).
    """
    name = f"{source.state}/{source.agency}/{source.system}/{source.record}".encode()
    digest = sha1(RECORD_NAMESPACE.bytes + name, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"
