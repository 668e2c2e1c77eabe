"""Days on which a human has to look: nothing is lost, ended or prolonged by a clock alone.

A deadline is a question with a day. It is asked when the record is kept, follows every new version, and is
closed when the record no longer sets it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.disclosure import firewall, retention
from gateway.records.protection import NonRemoval, RefugeeStatus, SubsidiaryProtection, TemporaryProtectionGroup
from gateway.records.record import Category, Record
from gateway.records.restriction import EntryBan
from gateway.store import tables

AHEAD: Final = timedelta(days=60)
"""How long before the end of a protection its extension has to be thought of (this project's default)."""
NOTICE: Final = timedelta(days=120)
"""How long before a ban is erased its issuer hears of it, by analogy to SIS, Regulation 2018/1861 Art. 39(5)."""
OUTDATED: Final = "outdated"


def deadlines_of(record: Record) -> dict[str, date]:
    """What has to be looked at, and from which day on; empty once the record has ended."""
    detail, found = record.detail, dict[str, date | None]()
    if record.category.protected and not firewall.active(record.category, record.status):
        return {}
    if isinstance(detail, RefugeeStatus):
        found["absence"] = detail.absence_deadline
    elif isinstance(detail, SubsidiaryProtection):
        found["extension"] = detail.valid_to - AHEAD
    elif isinstance(detail, TemporaryProtectionGroup):
        found["extension"] = None if detail.end is None else detail.end - AHEAD
    elif isinstance(detail, NonRemoval):
        found["review"] = detail.review_by
        found["extension"] = None if detail.valid_to is None else detail.valid_to - AHEAD
    elif isinstance(detail, EntryBan) and record.status not in retention.INACTIVE_BANS:
        ends = retention.last_day(record)
        found["review"] = detail.review_by or (ends - NOTICE if ends != detail.ban_to else None)
    return {name: day for name, day in found.items() if day is not None}


_SETTING: Final = frozenset(
    {
        Category.REFUGEE_STATUS,
        Category.SUBSIDIARY_PROTECTION,
        Category.TEMPORARY_PROTECTION_GROUP,
        Category.NON_REMOVAL,
        Category.ENTRY_BAN,
    }
)
"""Families whose records set deadlines."""


def note(session: Session, record: Record, *, first: object, now: datetime) -> None:
    """Bring the questions about a record of our own into agreement with its newest version.

    `first` is true where nothing was known of the record before, so that there is nothing to bring up to date.
    """
    if record.category not in _SETTING:
        return
    wanted = {f"{record.record_id}:{name}": day for name, day in deadlines_of(record).items()}
    subjects = [f"{record.record_id}:{name}" for name in ("absence", "extension", "review")]
    asked = select(tables.Review).where(tables.Review.kind == "deadline", tables.Review.subject.in_(subjects))
    for review in () if first else session.scalars(asked).all():
        day = wanted.pop(review.subject, None)
        if day is None:
            _close(review, now)
        elif day != review.due:
            # Another day is another question, also where a human has answered the one before.
            review.due, review.state, review.created = day, "open", now
            review.decided, review.decided_by, review.verdict = None, "", ""
    for subject, day in wanted.items():
        session.add(
            tables.Review(
                kind="deadline",
                subject=subject,
                detail={"record_id": record.record_id, "category": record.category.value},
                protected=record.category.protected,
                created=now,
                due=day,
            )
        )


def forget(session: Session, record_id: str) -> None:
    """A record that is gone sets no deadline; that it ever did goes with it."""
    subjects = [f"{record_id}:{name}" for name in ("absence", "extension", "review")]
    for review in session.scalars(
        select(tables.Review).where(tables.Review.kind == "deadline", tables.Review.subject.in_(subjects))
    ).all():
        session.delete(review)


def _close(review: tables.Review, now: datetime) -> None:
    if review.state == "open":
        review.state, review.decided, review.decided_by, review.verdict = "closed", now, "clock", OUTDATED
