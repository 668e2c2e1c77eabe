"""Protection: handled apart from everything else (domain.md 2.4 and 3.1).

There is no field for grounds, religion, opinion or health, and the firewall decides on every disclosure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.records.dates import years_after
from gateway.records.person import Party, Place
from gateway.records.value import quick

CITIZENSHIP_YEARS: Final = 7
"""Years after the grant from which a refugee may ask for citizenship (migration policy; domain.md 2.4)."""


@quick
@dataclass(frozen=True, slots=True)
class AsylumApplication:
    """An application for protection, without a word on why."""

    application: str
    """Number of the application in the owning state."""
    lodged: date
    registered: date | None = None
    decided: date | None = None
    certificate: str = ""
    unaccompanied_minor: bool = False
    persecutors: tuple[str, ...] = ()
    """States named as persecutor, ISO 3166-1 alpha-3: used for the risk set, never disclosed to them."""
    place: Place | None = None
    role: str = ""
    """Code of gateway.records.vocabulary.APPLICANT_ROLES."""
    principal: str = ""
    """Number of the principal's application, for a dependant."""
    languages: tuple[str, ...] = ()
    """ISO 639-1, for the interpreter."""
    interviews: tuple[date, ...] = ()
    certificate_until: date | None = None
    decision: str = ""
    """Code of gateway.records.vocabulary.PROTECTION_DECISIONS."""
    appeal: str = ""
    """Code of gateway.records.vocabulary.APPEAL_STATES."""
    appealed: date | None = None
    exclusion: bool = False
    """Whether an exclusion clause was applied; never why."""
    representative: Party | None = None


@quick
@dataclass(frozen=True, slots=True)
class RefugeeStatus:
    """The status of a refugee, of one's own or through the family."""

    number: str
    granted: date
    basis: str = "OWN"
    """`OWN`, or `FAMILY` where it derives from a family member's."""
    principal: str = ""
    """Number of the family member's decision, where the basis is `FAMILY`."""
    certificate: str = ""
    certificate_until: date | None = None
    absent_since: date | None = None
    returned: date | None = None
    ended: date | None = None
    application: str = ""
    authority: str = ""
    persecutors: tuple[str, ...] = ()
    """States named as persecutor: for the risk set, never disclosed to them."""

    @property
    def absence_deadline(self) -> date | None:
        """The day, a year after a departure, on which a human looks at an absence; nothing is lost by itself."""
        if self.absent_since is None or self.returned is not None:
            return None
        return years_after(self.absent_since, 1)

    @property
    def citizenship_from(self) -> date:
        """The first day on which the person may ask for citizenship: a marker and no decision."""
        return years_after(self.granted, CITIZENSHIP_YEARS)


@quick
@dataclass(frozen=True, slots=True)
class SubsidiaryProtection:
    """Subsidiary protection: a year at most at a time, extended a year at most at a time."""

    number: str
    granted: date
    valid_from: date
    """First day of the current term, which an extension begins anew."""
    valid_to: date
    """Inclusive; at most a year after `valid_from` (BR-65)."""
    extension_no: int = 0
    """Which extension this is; 0 before the first."""
    certificate: str = ""
    ended: date | None = None
    application: str = ""
    authority: str = ""
    persecutors: tuple[str, ...] = ()
    """States named as persecutor: for the risk set, never disclosed to them."""


@quick
@dataclass(frozen=True, slots=True)
class TemporaryProtectionGroup:
    """The decision that protects a group for a time; its members have records of their own."""

    decision: str
    definition: str
    """As the decision publishes it; names nobody."""
    origins: tuple[str, ...]
    """At least one."""
    start: date
    end: date | None = None
    """Inclusive; None where the decision has no end."""
    decided: date | None = None
    extension_no: int = 0
    """Which extension this is; 0 before the first."""
    authority: str = ""


@quick
@dataclass(frozen=True, slots=True)
class TemporaryProtection:
    """A member of a group under temporary protection."""

    number: str
    group: str
    """`TemporaryProtectionGroup.decision`."""
    registered: date
    valid_to: date | None = None
    """Inclusive; None where the group's end holds."""
    certificate: str = ""
    ended: date | None = None
    authority: str = ""
    persecutors: tuple[str, ...] = ()
    """States named as persecutor: for the risk set, never disclosed to them."""


@quick
@dataclass(frozen=True, slots=True)
class NonRemoval:
    """A person who is not to be removed, with the coarsest of reasons."""

    number: str
    basis: str
    """See gateway.records.vocabulary.NON_REMOVAL_BASES; no health, no narrative."""
    valid_from: date
    valid_to: date | None = None
    """Inclusive; None where the decision has no end."""
    review_by: date | None = None
    ended: date | None = None
    authority: str = ""
    persecutors: tuple[str, ...] = ()
    """States named as persecutor: for the risk set, never disclosed to them."""


@quick
@dataclass(frozen=True, slots=True)
class FamilyReunification:
    """One family member who is to join a protected person; members share the number of the request."""

    number: str
    """The members of one family share it."""
    sponsor: str
    """Number of the sponsor's decision, or the register's own reference; never a name."""
    relation: str
    """Code of gateway.records.vocabulary.RELATIONS."""
    requested: date
    decided: date | None = None
    arrived: date | None = None
    authority: str = ""
    persecutors: tuple[str, ...] = ()
    """States named as persecutor: for the risk set, never disclosed to them."""
