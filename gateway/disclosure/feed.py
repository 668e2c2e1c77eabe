"""The feed of one recipient: what was disclosed to it, at positions of its own without gaps.

A position is given at the moment of disclosure and only to what is disclosed, so neither a gap nor a count
tells of what was withheld (R4). What was once disclosed stays at its position with the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.disclosure.agreements import Terms
from gateway.disclosure.permit import Kernel, Recipient
from gateway.store import tables


@dataclass(frozen=True, slots=True)
class Item:
    """One disclosed version of a record."""

    position: int
    row: tables.Record
    agreement: str
    purpose: str


def advance(session: Session, kernel: Kernel, recipient: Recipient, *, state: str, most: int) -> int:
    """Look through up to `most` further changes of our own records; return how many were disclosed."""
    feed = _feed(session, recipient.id)
    rows = session.scalars(
        select(tables.Record)
        .where(tables.Record.owner_state == state, tables.Record.id > feed.scanned)
        .order_by(tables.Record.id)
        .limit(most)
    ).all()
    disclosed = 0
    for row in rows:
        feed.scanned = row.id
        # A version that was overtaken before anybody saw it is not news.
        if not row.current:
            continue
        if row.status == "WITHDRAWN":
            terms = _withdrawal_terms(session, row, recipient)
        else:
            decision = kernel.decide(row, recipient)
            terms = decision if isinstance(decision, Terms) else None
        if terms is not None:
            disclosed += _disclose(session, feed, row, terms, kernel)
    session.flush()
    return disclosed


def exhausted(session: Session, recipient: str, *, state: str) -> bool:
    """Whether every change of our own records has been looked through for this recipient."""
    scanned = session.scalar(select(tables.Feed.scanned).where(tables.Feed.recipient == recipient)) or 0
    return (
        session.scalar(
            select(tables.Record.id).where(tables.Record.owner_state == state, tables.Record.id > scanned).limit(1)
        )
        is None
    )


def page(session: Session, recipient: str, *, after: int, limit: int) -> Sequence[Item]:
    """What was disclosed to the recipient after a position, in order."""
    rows = session.execute(
        select(tables.Disclosure, tables.Record)
        .join(tables.Record, tables.Record.id == tables.Disclosure.record_row)
        .where(tables.Disclosure.recipient == recipient, tables.Disclosure.position > after)
        .order_by(tables.Disclosure.position)
        .limit(limit)
    ).all()
    return [Item(entry.position, record, entry.agreement, entry.purpose) for entry, record in rows]


def rescan(session: Session, state: str) -> None:
    """Look through everything again for a state, after an agreement or a protection has changed."""
    partners = select(tables.Partner.id).where(tables.Partner.state == state)
    session.execute(update(tables.Feed).where(tables.Feed.recipient.in_(partners)).values(scanned=0))


def _feed(session: Session, recipient: str) -> tables.Feed:
    # The row is held until the commit: two workers must not give the same position.
    feed = session.scalar(select(tables.Feed).where(tables.Feed.recipient == recipient).with_for_update())
    if feed is None:
        feed = tables.Feed(recipient=recipient, scanned=0, position=0, pushed=0)
        session.add(feed)
        session.flush()
    return feed


def _withdrawal_terms(session: Session, row: tables.Record, recipient: Recipient) -> Terms | None:
    """A withdrawal goes to exactly those who got the record, whatever has changed since."""
    entry = session.execute(
        select(tables.Disclosure.agreement, tables.Disclosure.purpose)
        .join(tables.Record, tables.Record.id == tables.Disclosure.record_row)
        .where(tables.Disclosure.recipient == recipient.id, tables.Record.record_id == row.record_id)
        .limit(1)
    ).first()
    return Terms(entry.agreement, entry.purpose, frozenset()) if entry else None


def _disclose(session: Session, feed: tables.Feed, row: tables.Record, terms: Terms, kernel: Kernel) -> int:
    known = session.scalar(
        select(tables.Disclosure.position).where(
            tables.Disclosure.recipient == feed.recipient, tables.Disclosure.record_row == row.id
        )
    )
    if known is not None:
        return 0
    feed.position += 1
    session.add(
        tables.Disclosure(
            recipient=feed.recipient,
            position=feed.position,
            record_row=row.id,
            agreement=terms.agreement,
            purpose=terms.purpose,
            at=kernel.now,
        )
    )
    return 1


def pushed(session: Session, recipient: str) -> int:
    """The last position that was put into the outbox for a recipient we push to."""
    return session.scalar(select(tables.Feed.pushed).where(tables.Feed.recipient == recipient)) or 0


def mark_pushed(session: Session, recipient: str, position: int) -> None:
    """Everything up to this position is in the outbox now."""
    session.execute(update(tables.Feed).where(tables.Feed.recipient == recipient).values(pushed=position))


def given(session: Session, recipient: str, rows: Sequence[int]) -> frozenset[int]:
    """Which of these record rows the recipient has been given."""
    return frozenset(
        session.scalars(
            select(tables.Disclosure.record_row).where(
                tables.Disclosure.recipient == recipient, tables.Disclosure.record_row.in_(rows)
            )
        )
    )
