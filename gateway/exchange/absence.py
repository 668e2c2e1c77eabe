"""What a register no longer has: rows that it marks as deleted, and records that its snapshot lacks.

Absence is the weakest of statements, so nothing is concluded from it unless the profile says so, and not even then
from a file with a row that could not be read or kept, nor where so much is missing that the file itself is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gateway.exchange.submit import retire
from gateway.mapping.declaration import Profile
from gateway.store import tables

Verdict = Literal["not-said", "withdrawn", "not-judged", "doubtful"]
"""`not-said`: the profile concludes nothing from absence. `withdrawn`: what was absent was withdrawn.
`not-judged`: a row of the file was lost, which may be the very record that is missing. `doubtful`: too much is
missing; a human has to look at the file."""

_FEW: Final = 10
"""So many records may always be missing from a snapshot."""
_SHARE: Final = 5
"""Beyond that, at most one in so many of those known; a truncated export lacks far more (a default of this project)."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of records that a file says are no more."""

    withdrawn: int
    absent: int
    """Records that a snapshot lacks, whatever was concluded from it."""
    verdict: Verdict


def deleted(session: Session, record_ids: Iterable[str], *, state: str, now: datetime) -> int:
    """Withdraw the records of rows that mean a deletion; how many were known and alive."""
    kept = (retire(session, record_id, state=state, now=now) for record_id in record_ids)
    return sum(1 for one in kept if one is not None and one.verdict == "STORED")


def missing(session: Session, chosen: Profile, present: set[str], *, whole: bool, now: datetime) -> Gone:
    """Judge what a snapshot lacks of the records that this profile made before.

    `present` holds the ids of all its records; `whole` says that no row of it was rejected or refused.
    """
    if not (chosen.snapshot and chosen.absence_withdraws):
        return Gone(0, 0, "not-said")
    known = set(session.scalars(_made_by(chosen)))
    absent = sorted(known - present)
    if not whole:
        return Gone(0, len(absent), "not-judged")
    if len(absent) > max(_FEW, len(known) // _SHARE):
        return Gone(0, len(absent), "doubtful")
    return Gone(deleted(session, absent, state=chosen.state, now=now), len(absent), "withdrawn")


def _made_by(chosen: Profile) -> Select[str]:
    """The living records of the register that came by this profile, in whichever version of it."""
    return select(tables.Record.record_id).where(
        tables.Record.owner_state == chosen.state,
        tables.Record.owner_agency == chosen.agency,
        tables.Record.category == chosen.category.value,
        tables.Record.current,
        tables.Record.erased.is_(None),
        tables.Record.profile == chosen.name[:80],
    )
