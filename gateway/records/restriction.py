"""Restrictions: entry bans, the entries of the watchlist (domain.md 2.9, SIS Regulation 2018/1861 art. 20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
