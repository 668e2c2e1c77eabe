"""Descriptions of people of whom no record speaks any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.disclosure import firewall
from gateway.matching.forget import forget
from gateway.store import tables

_HELD: Final = "held-description"
_TOGETHER: Final = 200


def forget_unspoken(session: Session, people: Iterable[int], *, now: datetime) -> int:
    """Erase those of these descriptions that no living record speaks of; return how many that were.

    One that is tied to a protected person waits for the end of the protection: a state it names may be one of
    those to hide from, and it may be the only tie between the person and another record (R5, R6).
    """
    erased = 0
    for person_id in sorted(people):
        if _spoken_of(session, person_id):
            _release(session, person_id)
        elif firewall.protection_of(session, person_id) is not None:
            _hold(session, person_id, now)
        else:
            _release(session, person_id)
            session.execute(
                update(tables.WatchlistEntry).where(tables.WatchlistEntry.person_id == person_id).values(person_id=None)
            )
            session.execute(update(tables.Record).where(tables.Record.person_id == person_id).values(person_id=None))
            forget(session, person_id)
            erased += 1
    session.expire_all()
    return erased


def held(session: Session) -> list[int]:
    """Descriptions that wait for the end of a protection."""
    rows = session.scalars(
        select(tables.Review.subject).where(tables.Review.kind == _HELD).order_by(tables.Review.created).limit(10_000)
    )
    return [int(subject) for subject in rows]


def _spoken_of(session: Session, person_id: int) -> bool:
    rows = tables.Record
    return (
        session.scalar(select(rows.id).where(rows.person_id == person_id, rows.erased.is_(None)).limit(1)) is not None
    )


def _hold(session: Session, person_id: int, now: datetime) -> None:
    review = tables.Review
    if session.scalar(select(review.id).where(review.kind == _HELD, review.subject == str(person_id))) is None:
        # It is no question to anybody, only a note for the next run.
        session.add(review(kind=_HELD, subject=str(person_id), detail={}, protected=True, state="closed", created=now))
        session.flush()


def _release(session: Session, person_id: int) -> None:
    note = session.scalar(
        select(tables.Review).where(tables.Review.kind == _HELD, tables.Review.subject == str(person_id))
    )
    if note is not None:
        session.delete(note)
        session.flush()
