"""Movement: stay registrations, residence permits and border crossings (domain.md 2.5 and 2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gateway.records.person import Party, Place
from gateway.records.value import quick


@quick
@dataclass(frozen=True, slots=True)
class StayRegistration:
    """Registration of a foreigner at a place for a time."""

    number: str
    stay_from: date
    stay_to: date | None = None
    """Inclusive; None where open-ended."""
    arrived: date | None = None
    place: Place | None = None
    host: Party | None = None
    purpose: str = ""
    """Common code, see gateway.records.codes.VISIT_PURPOSES."""
    authority: str = ""
    card_series: str = ""
    card_number: str = ""
    notification: str = ""
    entry_point: str = ""
    departed: date | None = None
    """Day the registration ended because the person left."""


@quick
@dataclass(frozen=True, slots=True)
class BorderCrossing:
    """One crossing of a border, or a refusal at it."""

    direction: str
    """`IN` or `OUT`."""
    at: datetime
    """With offset."""
    checkpoint: str
    """Code or name of the checkpoint."""
    outcome: str = "ADMITTED"
    """`ADMITTED`, `REFUSED` or `TRANSIT`."""
    purpose: str = ""
    transport: str = ""
    """Category and number as the register has them."""
    counterpart: str = ""
    """State come from or gone to, ISO 3166-1 alpha-3."""
    transport_category: str = ""
    """Code of gateway.records.vocabulary.TRANSPORT_CATEGORIES."""
    transport_number: str = ""
    shown_document: str = ""
    """Number of the one of the person's documents that was shown."""
    visa_number: str = ""
    refusal_reason: str = ""
    """Only where the outcome is `REFUSED` (BR-53)."""
    operator: str = ""
    """Code of the desk or officer, as the register has it; never a name."""


@quick
@dataclass(frozen=True, slots=True)
class ResidencePermit:
    """A permit to reside, temporary or permanent."""

    kind: str
    """Code of gateway.records.vocabulary.RESIDENCE_KINDS."""
    number: str
    series: str = ""
    issued: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    """Inclusive; None where open-ended."""
    place: Place | None = None
    ground: str = ""
    """Coarse code; there is none that would tell of protection."""
    extension_no: int = 0
    """Which extension this is; 0 before the first."""
    quota_ref: str = ""
    authority: str = ""
    reason: str = ""
    """Code of gateway.records.vocabulary.DECISION_REASONS."""
