"""Labour: permits, patents and other rights to work (domain.md 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.records.person import Party


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
