"""Movement: stay registrations and border crossings (domain.md 2.5 and 2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gateway.records.person import Party, Place


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
