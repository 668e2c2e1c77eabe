"""Restrictions: entry bans (domain.md 2.9, SIS Regulation 2018/1861 art. 20) and expulsions (domain.md 2.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.records.value import quick


@quick
@dataclass(frozen=True, slots=True)
class EntryBan:
    """A ban of entry that rests on an individual decision."""

    decision: str
    """Reference to the individual decision; an entry without one is not accepted (BR-20)."""
    authority: str
    ban_from: date
    ban_to: date | None = None
    """Inclusive; None where the decision has no end."""
    action: str = "REFUSE_ENTRY"
    """What a human should do on a hit: `REFUSE_ENTRY`, `CHECK` or `CONTACT_ISSUER`."""
    territory: str = "ISSUER"
    """`ISSUER` where it binds the issuing state only, `ALL_PARTIES` where all parties."""
    ground: str = ""
    """Coarse code, see gateway.records.codes.BAN_GROUNDS; never a narrative."""
    decided: date | None = None
    scope: str = ""
    """Code of gateway.records.vocabulary.BAN_SCOPES."""
    appeal: str = ""
    """Code of gateway.records.vocabulary.APPEAL_STATES."""
    register_number: str = ""
    review_by: date | None = None
    """Day by which the issuer must look again whether the ban is still needed."""
    risk_markers: tuple[str, ...] = ()
    """Codes of gateway.records.vocabulary.RISK_MARKERS."""


@quick
@dataclass(frozen=True, slots=True)
class Expulsion:
    """A deportation, administrative removal or readmission (domain.md 2.8)."""

    decision: str
    authority: str
    decided: date
    kind: str
    """Code of gateway.records.vocabulary.EXPULSION_KINDS."""
    court: str = ""
    ground: str = ""
    """Coarse code, see gateway.records.vocabulary.EXPULSION_GROUNDS; never a narrative."""
    leave_by: date | None = None
    executed: date | None = None
    destination: str = ""
    """ISO 3166-1 alpha-3."""
    checkpoint: str = ""
    escorted: bool = False
    cost: str = ""
    """Decimal number with a point, in `currency`."""
    currency: str = ""
    """ISO 4217."""
    appeal: str = ""
    """Code of gateway.records.vocabulary.APPEAL_STATES."""
