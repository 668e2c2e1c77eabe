"""The feed of one recipient: what was disclosed to it, at positions of its own without gaps.

A position is given at the moment of disclosure and only to what is disclosed, so neither a gap nor a count
tells of what was withheld (R4). What was once disclosed stays at its position with the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, not_, or_, select, update
from sqlalchemy.orm import Session

from gateway.disclosure.agreements import Agreements, Terms
from gateway.disclosure.fields import disclosed
from gateway.disclosure.permit import Kernel, Recipient
from gateway.message.bodies import Withdrawal
from gateway.message.body import write_withdraw
from gateway.records.record import Category
from gateway.store import tables


@dataclass(frozen=True, slots=True)
class Item:
    """One disclosed version of a record."""

    position: int
    row: tables.Record
    agreement: str
    purpose: str

    @property
    def erased(self) -> bool:
        """Whether only a tombstone is left of it: withdrawn, or erased since it was disclosed."""
        return self.row.erased is not None or not self.row.payload

    def fragment(self, agreements: Agreements) -> str:
        """Its canonical XML as this recipient may see it; a tombstone where there is nothing left to see."""
        if not self.row.payload:
            return write_withdraw(Withdrawal(self.row.record_id, self.row.version))
        return disclosed(
            self.row.payload, Terms(self.agreement, self.purpose, agreements.withheld_fields(self.agreement))
        )


_TOGETHER = 200
"""Rows looked through at a time."""
_MOST = 20_000
"""Rows looked through in one transaction: others wait for it. What is left is looked through next time."""


def advance(session: Session, kernel: Kernel, recipient: Recipient, *, state: str, most: int) -> int:
    """Disclose up to `most` further changes of our own records; return how many that were.

    The caller hands over what was disclosed in the same transaction: a position kept for later could be
    fetched after a protection has begun.
    """
    feed = _feed(session, recipient.id)
    scanned, disclosed = feed.scanned, 0
    for row, terms in _judged(session, kernel, recipient, state=state, after=scanned):
        if terms is not None:
            if disclosed == most:
                break
            disclosed += 1
            _disclose(session, (recipient.id, feed.position + disclosed), row.id, terms, kernel.now)
        scanned = row.id
    feed.scanned, feed.position = scanned, feed.position + disclosed
    session.flush()
    return disclosed


def more(session: Session, kernel: Kernel, recipient: Recipient, *, state: str) -> bool:
    """Whether something is left to disclose; a yes about what is withheld would tell of it (R4)."""
    feed = _feed(session, recipient.id)
    for row, terms in _judged(session, kernel, recipient, state=state, after=feed.scanned):
        if terms is not None:
            return True
        feed.scanned = row.id
    return False


def note(session: Session, kernel: Kernel, recipient: Recipient, told: Mapping[int, Terms]) -> None:
    """Note the rows an answer gives away: a withdrawal reaches whoever was told, and what was told stays told."""
    if not told:
        return
    feed = _feed(session, recipient.id)
    entries = session.scalars(
        select(tables.Disclosure).where(
            tables.Disclosure.recipient == recipient.id, tables.Disclosure.record_row.in_(list(told))
        )
    ).all()
    for entry in entries:
        # What waits in the outbox for this recipient has left the node with this answer.
        entry.handed = True
    for row_id in sorted(set(told) - {entry.record_row for entry in entries}):
        feed.position += 1
        _disclose(session, (recipient.id, feed.position), row_id, told[row_id], kernel.now).handed = True
    session.flush()


def hand_over(session: Session, recipient: str, *, after: int, last: int) -> None:
    """A page up to `last` is handed over to a recipient that says to have everything up to `after`."""
    feed = _feed(session, recipient)
    session.execute(
        update(tables.Disclosure)
        .where(
            tables.Disclosure.recipient == recipient,
            tables.Disclosure.position > min(after, feed.taken),
            tables.Disclosure.position <= max(after, last),
            tables.Disclosure.handed.is_(False),
        )
        .values(handed=True)
    )
    feed.taken = max(feed.taken, after)
    session.flush()


def unhanded(session: Session, recipient: str, first: int, last: int) -> Sequence[tables.Record]:
    """What was disclosed at these positions and has not been handed over in an answer."""
    rows = tables.Disclosure
    return session.scalars(
        select(tables.Record)
        .join(rows, rows.record_row == tables.Record.id)
        .where(rows.recipient == recipient, rows.position.between(first, last), rows.handed.is_(False))
    ).all()


def take_back(session: Session, recipient: str, first: int, last: int) -> None:
    """Forget what was disclosed at these positions and never handed over; what follows moves up.

    The recipient has seen none of the numbers that change: a page that held a later one would have handed
    these over too.
    """
    feed, rows = _feed(session, recipient), tables.Disclosure
    taken = session.execute(
        select(rows.position, rows.record_row)
        .where(rows.recipient == recipient, rows.position.between(first, last), rows.handed.is_(False))
        .order_by(rows.position)
    ).all()
    if taken:
        gone = [entry.position for entry in taken]
        session.execute(delete(rows).where(rows.recipient == recipient, rows.position.in_(gone)))
        staying = session.scalars(
            select(rows.position).where(rows.recipient == recipient, rows.position > gone[0]).order_by(rows.position)
        ).all()
        # In ascending order each one moves to a place that is free by then.
        for place, position in enumerate(staying, start=gone[0]):
            session.execute(
                update(rows).where(rows.recipient == recipient, rows.position == position).values(position=place)
            )
        feed.position -= len(gone)
        feed.scanned = min(feed.scanned, min(entry.record_row for entry in taken) - 1)
    feed.pushed = min(feed.pushed, first - 1)
    session.flush()
    session.expire_all()


def position(session: Session, recipient: str) -> int:
    """The last position that the recipient was given."""
    return session.scalar(select(tables.Feed.position).where(tables.Feed.recipient == recipient)) or 0


def exhausted(session: Session, recipient: str, *, state: str) -> bool:
    """Whether every change of our own records has been looked through for this recipient."""
    scanned = session.scalar(select(tables.Feed.scanned).where(tables.Feed.recipient == recipient)) or 0
    return not _after(session, scanned, state=state, most=1)


def _judged(
    session: Session, kernel: Kernel, recipient: Recipient, *, state: str, after: int
) -> Iterator[tuple[tables.Record, Terms | None]]:
    """Our own records after a row, in order, each with the terms under which it is news to the recipient."""
    for _ in range(_MOST // _TOGETHER):
        rows = _after(session, after, state=state, most=_TOGETHER)
        # A version that was overtaken before anybody saw it is not news.
        news = [row for row in rows if row.current]
        told = _told(session, recipient.id, news)
        kernel.look_up(row.person_id for row in news)
        for row in rows:
            after = row.id
            yield row, _terms(row, kernel, recipient, told.get(row.record_id, {})) if row.current else None
        if len(rows) < _TOGETHER:
            return


def _terms(row: tables.Record, kernel: Kernel, recipient: Recipient, told: Mapping[int, Terms]) -> Terms | None:
    """`told` are the versions of this record that the recipient was given."""
    if row.id in told:
        return None
    if row.erasure == "WITHDRAWN" and not Category(row.category).protected:
        # A withdrawal goes to exactly those who got the record, whatever has changed since.
        return next(iter(told.values()), None)
    if row.erased is not None:
        # What died before it was disclosed is no news to anybody.
        return None
    decision = kernel.decide(row, recipient)
    return decision if isinstance(decision, Terms) else None


def _after(session: Session, row_id: int, *, state: str, most: int) -> Sequence[tables.Record]:
    return session.scalars(
        select(tables.Record)
        .where(tables.Record.owner_state == state, tables.Record.id > row_id)
        .order_by(tables.Record.id)
        .limit(most)
    ).all()


def _told(session: Session, recipient: str, rows: Sequence[tables.Record]) -> dict[str, dict[int, Terms]]:
    """Versions of these records that the recipient was given: record id to row to terms."""
    if not rows:
        return {}
    entries = session.execute(
        select(tables.Record.record_id, tables.Record.id, tables.Disclosure.agreement, tables.Disclosure.purpose)
        .join(tables.Disclosure, tables.Record.id == tables.Disclosure.record_row)
        .where(
            tables.Disclosure.recipient == recipient,
            tables.Record.record_id.in_([row.record_id for row in rows]),
        )
        .order_by(tables.Record.id)
    )
    found: dict[str, dict[int, Terms]] = {}
    for entry in entries:
        found.setdefault(entry.record_id, {})[entry.id] = Terms(entry.agreement, entry.purpose, frozenset())
    return found


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
    """Look through everything again for a state, after an agreement has changed."""
    partners = select(tables.Partner.id).where(tables.Partner.state == state)
    session.execute(update(tables.Feed).where(tables.Feed.recipient.in_(partners)).values(scanned=0))


def rescan_from(session: Session, row_id: int) -> None:
    """Look again for everybody through what was stored since this row, after a protection has ended."""
    session.execute(update(tables.Feed).where(tables.Feed.scanned >= row_id).values(scanned=row_id - 1))


def _feed(session: Session, recipient: str) -> tables.Feed:
    # The row is held until the commit: two workers must not give the same position.
    feed = session.scalar(select(tables.Feed).where(tables.Feed.recipient == recipient).with_for_update())
    if feed is None:
        feed = tables.Feed(recipient=recipient, scanned=0, position=0, pushed=0)
        session.add(feed)
        session.flush()
    return feed


def _disclose(session: Session, place: tuple[str, int], row_id: int, terms: Terms, now: datetime) -> tables.Disclosure:
    recipient, position = place
    entry = tables.Disclosure(
        recipient=recipient,
        position=position,
        record_row=row_id,
        agreement=terms.agreement,
        purpose=terms.purpose,
        at=now,
    )
    session.add(entry)
    return entry


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
                tables.Disclosure.recipient == recipient,
                tables.Disclosure.record_row.in_(rows),
                *_outside(session, recipient),
            )
        )
    )


def _outside(session: Session, recipient: str) -> list[ColumnElement[bool]]:
    """Conditions on disclosures: not waiting in a message that nobody has tried to send."""
    outbox, rows = tables.Outbox, tables.Disclosure
    waiting = session.execute(
        select(func.min(outbox.first_position), func.max(outbox.last_position)).where(
            outbox.partner == recipient, outbox.state.in_(("waiting", "dead")), outbox.attempted.is_(None)
        )
    ).one()
    if waiting[0] is None:
        return []
    return [or_(rows.handed, not_(rows.position.between(*waiting)))]


def told_of(session: Session, recipient: str, persons: Collection[int]) -> frozenset[str]:
    """Record ids of these persons whose present version the recipient was given."""
    ordered = sorted(persons)
    found: set[str] = set()
    for start in range(0, len(ordered), _MOST):
        found.update(
            session.scalars(
                select(tables.Record.record_id)
                .join(tables.Disclosure, tables.Record.id == tables.Disclosure.record_row)
                .where(
                    tables.Record.person_id.in_(ordered[start : start + _MOST]),
                    tables.Disclosure.recipient == recipient,
                    tables.Record.current,
                    *_outside(session, recipient),
                )
            )
        )
    return frozenset(found)


def current(session: Session, record_ids: Sequence[str]) -> list[int]:
    """The rows of the versions that count of these records."""
    rows = select(tables.Record.id).where(tables.Record.record_id.in_(record_ids), tables.Record.current)
    return list(session.scalars(rows))
