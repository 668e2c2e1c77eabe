"""A record: what one register says about one person in one category, at one version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha1
from uuid import UUID

from gateway.records.labour import LabourPermit
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Person
from gateway.records.protection import AsylumApplication
from gateway.records.restriction import EntryBan

Detail = LabourPermit | StayRegistration | BorderCrossing | EntryBan | AsylumApplication

RECORD_NAMESPACE = UUID("6b0f2c1e-1d5a-5c7b-9a54-2f6f0d7c9e11")
"""Our own namespace of record ids, so that the same register row always gets the same id."""


class Category(StrEnum):
    """The record families of this version of the format."""

    LABOUR_PERMIT = "LABOUR_PERMIT"
    STAY_REGISTRATION = "STAY_REGISTRATION"
    BORDER_CROSSING = "BORDER_CROSSING"
    ENTRY_BAN = "ENTRY_BAN"
    ASYLUM_APPLICATION = "ASYLUM_APPLICATION"

    @property
    def protected(self) -> bool:
        """Whether the firewall's protection rules own this family."""
        return self is Category.ASYLUM_APPLICATION


DETAIL_OF: dict[Category, type[Detail]] = {
    Category.LABOUR_PERMIT: LabourPermit,
    Category.STAY_REGISTRATION: StayRegistration,
    Category.BORDER_CROSSING: BorderCrossing,
    Category.ENTRY_BAN: EntryBan,
    Category.ASYLUM_APPLICATION: AsylumApplication,
}

STATES: dict[Category, frozenset[str]] = {
    Category.LABOUR_PERMIT: frozenset(
        {"APPLIED", "ISSUED", "EXTENDED", "SUSPENDED", "REFUSED", "ANNULLED", "SURRENDERED", "EXPIRED"}
    ),
    Category.STAY_REGISTRATION: frozenset(
        {"NOTIFIED", "REGISTERED", "EXTENDED", "SHORTENED", "DEREGISTERED", "EXPIRED", "OVERSTAY"}
    ),
    Category.BORDER_CROSSING: frozenset({"RECORDED", "MATCHED", "CLOSED", "OVERSTAY_SUSPECTED"}),
    Category.ENTRY_BAN: frozenset({"PROPOSED", "ACTIVE", "UNDER_REVIEW", "SUSPENDED", "EXTENDED", "LIFTED", "EXPIRED"}),
    Category.ASYLUM_APPLICATION: frozenset(
        {
            "REGISTERED",
            "UNDER_REVIEW",
            "GRANTED_REFUGEE",
            "GRANTED_SUBSIDIARY",
            "REFUSED",
            "APPEALED",
            "REFUSED_FINAL",
            "DISCONTINUED",
            "WITHDRAWN",
        }
    ),
}
"""The states of each family's lifecycle (domain.md section 2)."""


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


@dataclass(frozen=True, slots=True)
class Record:
    """One version of one record. A higher version replaces a lower one, in whatever order they arrive."""

    record_id: str
    version: int
    category: Category
    source: Source
    status: str
    """A state of the family's lifecycle, see STATES."""
    created: datetime
    """When this version was made, with offset."""
    person: Person
    detail: Detail
    legal_basis: str = ""
    retention_until: date | None = None
    profile: str = ""
    """Mapping profile and version that made it, for example `blr-permits/1`."""
    flags: tuple[str, ...] = ()
    """Codes of quality findings, for example `MAP-CHECK-DIGIT`."""


def record_id(source: Source) -> str:
    """The id that a register row always has: a UUID of version 5 over its source.

    Composed by hand from the digest, as RFC 9562 section 5.5 says: it is made once for every row of a
    register, and an object of the standard library for each would cost more than the rest of the record.
    """
    name = f"{source.state}/{source.agency}/{source.system}/{source.record}".encode()
    digest = sha1(RECORD_NAMESPACE.bytes + name, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"
