"""Labour: permits and patents, licences to recruit, notices of employment (domain.md 2.1 to 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.records.person import Party
from gateway.records.value import quick


@quick
@dataclass(frozen=True, slots=True)
class LabourPermit:
    """A work permit, special permit or patent."""

    kind: str
    """`special-permit`, `work-permit`, `patent`, `seasonal` or `highly-qualified`."""
    number: str
    series: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    """Inclusive; None where open-ended."""
    territory: str = ""
    occupation: str = ""
    """ISCO-08 where known, else the national wording."""
    employer: Party | None = None
    authority: str = ""
    issued: date | None = None
    extension_no: int = 0
    """Which extension this is; 0 before the first."""
    contract_number: str = ""
    contract_date: date | None = None
    quota_ref: str = ""
    fee_paid_until: date | None = None
    """Last day that the fee of a patent covers."""
    reason: str = ""
    """Coarse code, see gateway.records.vocabulary.DECISION_REASONS; never a narrative."""


@quick
@dataclass(frozen=True, slots=True)
class RecruitmentLicence:
    """A licence to attract foreign labour or to place citizens abroad: about an employer, never a migrant."""

    number: str
    holder: Party
    """With a registration number: the licence is about nobody else (BR-51)."""
    scope: str
    """Code of gateway.records.vocabulary.LICENCE_SCOPES."""
    holder_kind: str = ""
    """Code of gateway.records.vocabulary.HOLDER_KINDS."""
    destinations: tuple[str, ...] = ()
    """Where citizens may be placed."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Inclusive; None where open-ended."""
    authority: str = ""
    reason: str = ""
    """Code of gateway.records.vocabulary.DECISION_REASONS."""


@quick
@dataclass(frozen=True, slots=True)
class EmploymentNotice:
    """A notice that a contract was concluded, changed, registered or terminated (domain.md 2.3)."""

    event: str
    """Code of gateway.records.vocabulary.NOTICE_EVENTS."""
    number: str
    notified: date
    employer: Party | None = None
    contract_number: str = ""
    contract_date: date | None = None
    work_from: date | None = None
    work_to: date | None = None
    """Inclusive; None where open-ended."""
    ended: date | None = None
    occupation: str = ""
    """ISCO-08 where known, else the national wording."""
    territory: str = ""
    permit_ref: str = ""
    authority: str = ""
