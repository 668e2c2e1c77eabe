"""What the first page shows, read from the node's tables in one go.

Only states, codes, times and sums are read: never a message's bytes, a record or a person. What could
tell that somebody seeks protection is left out here and not in the template, so that no later page shows
it by accident: reviews that exist only because of protection, and everything exchanged with asylum units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, extract, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from gateway.settings import Job
from gateway.store.database import Database
from gateway.store.tables import Journal, Key, Lease, LogCheckpoint, Outbox, Partner, Review
from gateway.trust import alarms
from gateway.web.console.chart import Hour
from gateway.web.console.jobs import JobLine, read_jobs

LAST_MESSAGES = 20
DEAD_LETTERS = 5
HOURS = 24
ASYLUM_UNIT = "REF"
"""Agency class (gateway.records.codes) whose traffic has a view of its own, for that unit only."""
OPEN_TO_ADMINISTRATORS = ("link", "record", "lifecycle")
"""Kinds of review that say nothing of protection; `protected-link` and `interlock` exist because of it (R6, R7)."""


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner and whether it answers."""

    id: str
    state: str
    agency_class: str
    kind: str
    channel: str
    status: str
    seen: datetime | None
    trouble: str
    private: bool
    """An asylum unit: when it was last heard is nobody's business here, so `seen` and `trouble` are empty."""


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key in use or on its way into use."""

    kid: str
    party: str
    own: bool
    algorithm: str
    status: str
    not_after: datetime
    left: int
    """Whole days until it expires; negative afterwards."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one partner."""

    partner: str
    waiting: int
    sending: int
    dead: int
    oldest: datetime | None
    """When the oldest waiting or sending message was made."""


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message that passed, as far as an administrator may see it."""

    direction: str
    """`in` or `out`."""
    partner: str | None
    """None for a message whose sender no signature has proved."""
    kind: str
    state: str
    code: str
    at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last signed statement of our exchange log."""

    size: int
    root: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """Something that is wrong until it is over."""

    code: str
    subject: str


@dataclass(frozen=True, slots=True)
class Leader:
    """Who runs the schedule, and until when its word holds."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page, at one moment."""

    now: datetime
    database: str
    """`sqlite` or `postgresql`."""
    partners: tuple[PartnerLine, ...]
    keys: tuple[KeyLine, ...]
    hours: tuple[Hour, ...]
    queues: tuple[Queue, ...]
    dead: tuple[MessageLine, ...]
    last: tuple[MessageLine, ...]
    reviews: int
    oldest_review: datetime | None
    checkpoint: Checkpoint | None
    leader: Leader | None
    jobs: tuple[JobLine, ...]
    alarms: tuple[AlarmLine, ...] = ()

    @property
    def waiting(self) -> int:
        """Messages that wait for their first or next try."""
        return sum(queue.waiting for queue in self.queues)

    @property
    def sending(self) -> int:
        """Messages on their way at this moment."""
        return sum(queue.sending for queue in self.queues)

    @property
    def dead_letters(self) -> int:
        """Messages that were given up and wait for somebody to send them again."""
        return sum(queue.dead for queue in self.queues)


def read_overview(database: Database, *, node: str, now: datetime, jobs: Sequence[Job] = ()) -> Overview:
    """The state of the node at `now`; one reading transaction, so that the figures agree with each other."""
    with database.read() as session:
        partners = _partners(session)
        private = frozenset(partner.id for partner in partners if partner.private)
        reviews, oldest_review = _reviews(session)
        return Overview(
            now=now,
            database=database.engine.dialect.name,
            partners=partners,
            keys=_keys(session, now),
            hours=_hours(session, now, private),
            queues=_queues(session, private),
            dead=_sent(session, private, DEAD_LETTERS, only="dead"),
            last=_last(session, private),
            reviews=reviews,
            oldest_review=oldest_review,
            checkpoint=_checkpoint(session, node),
            leader=_leader(session),
            jobs=read_jobs(session, [job for job in jobs if job.partner not in private], now),
            alarms=tuple(
                AlarmLine(row.code, row.subject) for row in alarms.open_alarms(session) if row.subject not in private
            ),
        )


def _partners(session: Session) -> tuple[PartnerLine, ...]:
    lines = []
    for partner in session.scalars(select(Partner).order_by(Partner.id)):
        private = partner.agency_class == ASYLUM_UNIT
        lines.append(
            PartnerLine(
                id=partner.id,
                state=partner.state,
                agency_class=partner.agency_class,
                kind=partner.kind,
                channel=partner.channel,
                status=partner.status,
                seen=None if private else partner.seen,
                trouble="" if private else partner.trouble,
                private=private,
            )
        )
    return tuple(lines)


def _keys(session: Session, now: datetime) -> tuple[KeyLine, ...]:
    """Our own keys first, then whatever expires first; retired keys no longer concern anybody."""
    columns = (Key.kid, Key.party, Key.own, Key.algorithm, Key.status, Key.not_after)
    rows = session.execute(select(*columns).where(Key.status != "retired").order_by(Key.own.desc(), Key.not_after))
    return tuple(KeyLine(*row, left=(row.not_after - now) // timedelta(days=1)) for row in rows)


def _hours(session: Session, now: datetime, private: Iterable[str]) -> tuple[Hour, ...]:
    """The current hour and the 23 before it: by the time we received, and the time of the receipt we got."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    # Within 24 whole hours the hour of the day says which hour is meant, and both databases can tell it.
    arrived = extract("hour", Journal.received)
    received = {
        hour: (count, refused)
        for hour, count, refused in session.execute(
            select(arrived, func.count(), func.sum(case((Journal.state == "refused", 1), else_=0)))
            .where(Journal.received >= first, Journal.received <= now, _not_of(Journal.sender, private))
            .group_by(arrived)
        )
    }
    left = extract("hour", Outbox.delivered)
    departed = session.execute(
        select(left, func.count())
        .where(Outbox.delivered >= first, Outbox.delivered <= now, _not_of(Outbox.partner, private))
        .group_by(left)
    )
    sent: dict[int, int] = {row[0]: row[1] for row in departed}
    starts = [first + timedelta(hours=number) for number in range(HOURS)]
    return tuple(Hour(start, *received.get(start.hour, (0, 0)), sent.get(start.hour, 0)) for start in starts)


def _queues(session: Session, private: Iterable[str]) -> tuple[Queue, ...]:
    """Partners for whom something waits, is being sent or was given up."""
    states = ("waiting", "sending", "dead")
    counts = [func.sum(case((Outbox.state == state, 1), else_=0)) for state in states]
    oldest = func.min(case((Outbox.state != "dead", Outbox.created)))
    return tuple(
        Queue(*row)
        for row in session.execute(
            select(Outbox.partner, *counts, oldest)
            .where(Outbox.state.in_(states), _not_of(Outbox.partner, private))
            .group_by(Outbox.partner)
            .order_by(Outbox.partner)
        )
    )


def _last(session: Session, private: Iterable[str]) -> tuple[MessageLine, ...]:
    both = [*_arrived(session, private), *_sent(session, private, LAST_MESSAGES)]
    return tuple(sorted(both, key=lambda message: message.at, reverse=True)[:LAST_MESSAGES])


def _arrived(session: Session, private: Iterable[str]) -> list[MessageLine]:
    """The newest incoming messages.

    `partly` is shown only where a record was refused: a batch that is partly withheld for review looks
    like any other, because a review may be about protection.
    """
    columns = (Journal.sender, Journal.kind, Journal.state, Journal.code, Journal.received, Journal.refused)
    rows = session.execute(
        select(*columns).where(_not_of(Journal.sender, private)).order_by(Journal.id.desc()).limit(LAST_MESSAGES)
    )
    return [
        MessageLine(
            direction="in",
            partner=row.sender,
            kind=row.kind,
            state="accepted" if row.state == "partly" and not row.refused else row.state,
            code=row.code if row.state == "refused" else "",
            at=row.received,
            attempts=1,
        )
        for row in rows
    ]


def _sent(session: Session, private: Iterable[str], limit: int, *, only: str = "") -> tuple[MessageLine, ...]:
    """The newest outgoing messages, of one state when it is given."""
    columns = (Outbox.partner, Outbox.kind, Outbox.state, Outbox.code, Outbox.created, Outbox.attempts)
    query = select(*columns).where(_not_of(Outbox.partner, private)).order_by(Outbox.id.desc()).limit(limit)
    if only:
        query = query.where(Outbox.state == only)
    return tuple(MessageLine("out", *row) for row in session.execute(query))


def _reviews(session: Session) -> tuple[int, datetime | None]:
    """Open reviews an administrator may know of, and when the oldest of them was opened."""
    row = session.execute(
        select(func.count(), func.min(Review.created)).where(
            Review.state == "open", Review.protected.is_(False), Review.kind.in_(OPEN_TO_ADMINISTRATORS)
        )
    ).one()
    return row[0], row[1]


def _checkpoint(session: Session, node: str) -> Checkpoint | None:
    """The newest of the exchange log. The audit log's is not shown: its size tells of reads of protection."""
    row = session.execute(
        select(LogCheckpoint.size, LogCheckpoint.root, LogCheckpoint.at)
        .where(LogCheckpoint.party == node)
        .order_by(LogCheckpoint.size.desc())
        .limit(1)
    ).first()
    return None if row is None else Checkpoint(*row)


def _leader(session: Session) -> Leader | None:
    lease = session.execute(select(Lease.holder, Lease.until).order_by(Lease.until.desc()).limit(1)).first()
    return None if lease is None else Leader(*lease)


def _not_of(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], private: Iterable[str]
) -> ColumnElement[bool]:
    """Rows of everybody but these; rows of nobody (an unproved sender) stay."""
    return or_(column.is_(None), column.not_in(list(private)))
