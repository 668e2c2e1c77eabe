"""What is past its day is erased: records, descriptions of people, messages, runs of jobs.

Everything is done in small transactions that can be repeated and interrupted; what is left over is done by
the next run. Of a record its id, version, digest and days stay, of a message its digest and receipt, so the
tamper-evident log can still be held against them (docs/decisions/0011-retention-and-tombstones.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.disclosure import firewall, retention
from gateway.exchange import deadlines, shelter
from gateway.exchange.keep import WITHDRAWN
from gateway.exchange.node import Node
from gateway.exchange.submit import retire
from gateway.exchange.unspoken import forget_unspoken, held
from gateway.ledger import later
from gateway.message.envelope import Kind
from gateway.records.record import Category
from gateway.store import numbers, tables
from gateway.watchlist import entries

RETENTION: Final = "RETENTION"
"""Why a tombstone is one: its time was over."""
_TOGETHER: Final = 200
"""Rows in one transaction: others wait for it."""
QUESTIONS: Final = (Kind.CHANGES_REQUEST, Kind.PERSON_QUERY, Kind.WATCHLIST_QUERY)
"""Kinds of messages whose answer holds records or hits, and not only verdicts."""
_LATER: Final = timedelta(days=365)
"""When a record that still protects somebody is looked at again."""


@dataclass(frozen=True, slots=True)
class Expired:
    """How much one run has erased."""

    records: int = 0
    """Versions of records that became tombstones."""
    persons: int = 0
    """Descriptions of people that no record spoke of any more, and that nothing held."""
    withdrawn: int = 0
    """Records withdrawn because their ground was gone (R8)."""
    received: int = 0
    """Messages that came in, of which the digest and the receipt are left."""
    sent: int = 0
    runs: int = 0
    """Runs of jobs that are listed no more."""

    def __add__(self, other: Expired) -> Expired:
        """Both together."""
        return Expired(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has come due."""

    records: int
    """Versions of records whose last day is over."""
    next: date | None
    """The earliest last day among all that are kept."""
    tasks: dict[str, int]
    """Open questions to a human whose day has come, by kind."""


def waiting(session: Session, today: date) -> Waiting:
    """What the next run would erase, and what waits for a human: numbers only, since some of it is protected."""
    rows, review = tables.Record, tables.Review
    over = select(func.count()).where(rows.erased.is_(None), rows.retention_until < today)
    tasks = session.execute(
        select(review.kind, func.count())
        .where(review.state == "open", review.due <= today)
        .group_by(review.kind)
        .order_by(review.kind)
    )
    return Waiting(
        records=session.scalar(over) or 0,
        next=session.scalar(select(func.min(rows.retention_until)).where(rows.erased.is_(None))),
        tasks={kind: int(number) for kind, number in tasks},
    )


def run(node: Node, *, stopping: Callable[[], bool] = lambda: False) -> Expired:
    """Erase everything that is past its day, some at a time, until nothing is left or `stopping` says so."""
    total = Expired()
    for step in (_date, _withdraw, _erase, _forget, _empty_journal, _empty_outbox, _prune_runs):
        seen = _TOGETHER
        while seen == _TOGETHER and not stopping():
            with node.database.begin() as session:
                seen, erased = step(session, node, node.clock())
            total += erased
    return total


def due(session: Session, today: date, most: int = _TOGETHER) -> list[tables.Record]:
    """The oldest versions whose last day is over."""
    rows = tables.Record
    return list(
        session.scalars(
            select(rows)
            .where(rows.erased.is_(None), rows.retention_until < today)
            .order_by(rows.retention_until, rows.id)
            .limit(most)
        )
    )


def _date(session: Session, _node: Node, _now: datetime) -> tuple[int, Expired]:
    """Records that an older program has kept without a day get theirs."""
    rows = tables.Record
    undated = session.scalars(
        select(rows).where(rows.erased.is_(None), rows.retention_until.is_(None)).order_by(rows.id).limit(_TOGETHER)
    ).all()
    for row in undated:
        if row.payload:
            row.retention_until = retention.last_day(shelter.read(row.payload))
        else:
            row.erased, row.erasure = row.stored, WITHDRAWN
    return len(undated), Expired()


def _erase(session: Session, _node: Node, now: datetime) -> tuple[int, Expired]:
    if not due(session, now.date(), most=1):
        return 0, Expired()
    _queue(session)
    rows = due(session, now.date())
    people, buried = set[int](), 0
    for row in rows:
        category = Category(row.category)
        if row.erased is not None:
            # A newer version of the same record has taken it along.
            continue
        if row.current and firewall.active(category, row.status):
            # Whoever is protected does not lose it because a register has not written for long.
            _ask(session, row, now)
            row.retention_until = (now + _LATER).date()
            continue
        tombstones = _bury(session, row, category, now)
        buried += len(tombstones)
        people.update(each.person_id for each in tombstones if each.person_id is not None)
    session.flush()
    return len(rows), Expired(records=buried, persons=forget_unspoken(session, people, now=now))


def _queue(session: Session) -> None:
    """Wait for whoever keeps records, as they wait for each other, and see what they have done.

    A person must not go while a record of theirs comes in.
    """
    numbers.take(session, "record")
    session.expire_all()


def _bury(session: Session, row: tables.Record, category: Category, now: datetime) -> list[tables.Record]:
    """Make tombstones of a version, and of all older ones when it is the one that counts."""
    versions = [row]
    if row.current:
        versions = list(
            session.scalars(
                select(tables.Record).where(tables.Record.record_id == row.record_id, tables.Record.erased.is_(None))
            )
        )
        deadlines.forget(session, row.record_id)
        if category is Category.ENTRY_BAN:
            entries.deactivate(session, row.record_id, numbers.take(session, "record"))
    for each in versions:
        each.payload, each.erased, each.erasure = "", now, RETENTION
    return versions


def _ask(session: Session, row: tables.Record, now: datetime) -> None:
    known = session.scalar(
        select(tables.Review).where(tables.Review.kind == "retention", tables.Review.subject == row.record_id)
    )
    if known is None:
        detail = {"record_id": row.record_id, "category": row.category}
        session.add(
            tables.Review(
                kind="retention", subject=row.record_id, detail=detail, protected=True, created=now, due=now.date()
            )
        )


def _forget(session: Session, _node: Node, now: datetime) -> tuple[int, Expired]:
    """Descriptions that a protection held, once it is over."""
    if not held(session):
        return 0, Expired()
    _queue(session)
    return 0, Expired(persons=forget_unspoken(session, held(session), now=now))


def _withdraw(session: Session, node: Node, now: datetime) -> tuple[int, Expired]:
    """Carry out the withdrawals that follow a grant, each on its own day, unless the protection has ended since."""
    review = tables.Review
    asked = session.scalars(
        select(review)
        .where(review.kind == "rectify", review.state == "open", review.due <= now.date())
        .order_by(review.due, review.id)
        .limit(_TOGETHER)
    ).all()
    if asked:
        _queue(session)
    withdrawn = 0
    for each in asked:
        row = session.scalar(
            select(tables.Record).where(tables.Record.record_id == each.subject, tables.Record.current)
        )
        sheltered = row is not None and row.person_id is not None and firewall.protection_of(session, row.person_id)
        if sheltered:
            retire(session, each.subject, state=node.settings.state, now=now)
            withdrawn += 1
        verdict = "withdrawn" if sheltered else deadlines.OUTDATED
        each.state, each.decided, each.decided_by, each.verdict = "closed", now, "clock", verdict
    return len(asked), Expired(withdrawn=withdrawn)


def _empty_journal(session: Session, node: Node, now: datetime) -> tuple[int, Expired]:
    rows = tables.Journal
    ended = now - timedelta(days=node.settings.retention.journal_days)
    ids = _ids(session.scalars(
        select(rows.id)
        .where(rows.erased.is_(None), rows.received < ended, rows.state != "received")
        .order_by(rows.received)
        .limit(_TOGETHER)
    ))  # fmt: skip
    session.execute(update(rows).where(rows.id.in_(ids)).values(raw=b"", erased=now))
    session.execute(update(rows).where(rows.id.in_(ids), rows.kind.in_(QUESTIONS)).values(receipt=None))
    _note(session, node, rows, ids, now)
    return len(ids), Expired(received=len(ids))


def _empty_outbox(session: Session, node: Node, now: datetime) -> tuple[int, Expired]:
    rows = tables.Outbox
    ended = now - timedelta(days=node.settings.retention.outbox_days)
    ids = _ids(session.scalars(
        select(rows.id)
        .where(rows.erased.is_(None), rows.delivered < ended, rows.state.in_(("delivered", "refused")))
        .order_by(rows.delivered)
        .limit(_TOGETHER)
    ))  # fmt: skip
    # A dead letter is kept as long as its receiver would still take it.
    lapsed = min(ended, now - timedelta(seconds=node.settings.message_lifetime))
    ids += _ids(session.scalars(
        select(rows.id)
        .where(rows.erased.is_(None), rows.state == "dead", rows.created < lapsed)
        .limit(_TOGETHER - len(ids))
    ))  # fmt: skip
    session.execute(update(rows).where(rows.id.in_(ids)).values(raw=b"", erased=now))
    _note(session, node, rows, ids, now)
    return len(ids), Expired(sent=len(ids))


def _note(
    session: Session, node: Node, table: type[tables.Journal | tables.Outbox], ids: list[int], now: datetime
) -> None:
    """The audit trail names what was erased, so that nobody else can erase a message and say it was its time."""
    if ids:
        audit.write(
            session, Action.MESSAGES_ERASED, actor=node.settings.node, subject=table.__tablename__,
            outcome=f"{len(ids)} messages", at=now, detail={"rows": later.spans(ids)},
        )  # fmt: skip


def _prune_runs(session: Session, node: Node, now: datetime) -> tuple[int, Expired]:
    rows = tables.JobRun
    ended = now - timedelta(days=node.settings.retention.runs_days)
    ids = _ids(session.scalars(
        select(rows.id).where(rows.started < ended, rows.state != "running").order_by(rows.id).limit(_TOGETHER)
    ))  # fmt: skip
    session.execute(delete(rows).where(rows.id.in_(ids)))
    return len(ids), Expired(runs=len(ids))


def _ids(found: Iterable[int]) -> list[int]:
    return list(found)
