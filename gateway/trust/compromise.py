"""What follows from the revocation of a key: messages flagged, keys doubted that it brought in, an alarm.

Nothing is deleted and nothing undone here: a human looks at each message, with the partner, and decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.ledger import later, log
from gateway.store.tables import Journal, Key, Outbox
from gateway.trust import alarms

FLAG: Final = "key-revoked"
"""Flag of a message that came, or left, when its key may have been somebody else's."""
_SOME: Final = {"yield_per": 1_000}
"""A key signs for years, so its messages are read some at a time."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One message that a key has signed."""

    direction: Literal["in", "out"]
    message_id: str
    kind: str
    partner: str
    at: datetime
    """When it came in, or was made."""
    signed: datetime | None
    """In: what it says of itself."""
    state: str
    records: int
    flag: str


def take_effect(session: Session, key: Key, now: datetime) -> int:
    """Draw the consequences of a revocation that was just entered; returns how many messages are flagged."""
    since = key.invalid_since or now
    # The alarm is audited in the node's own tree, and whoever called us may write into the partners' afterwards.
    log.hold(session, "exchange")
    flagged = _flag(session, key.kid, since, now)
    doubted = _doubt(session, key, since, now)
    detail = {"party": key.party, "own": key.own, "since": since.isoformat(), "flagged": flagged, "doubted": doubted}
    alarms.raise_alarm(session, alarms.Code.KEY_REVOKED, key.kid, now, detail)
    return flagged


def messages(session: Session, kid: str, since: datetime | None = None) -> Iterator[Signed]:
    """What a key has signed, in and out, in the order of time within each; since a moment when it is given."""
    row = Journal
    numbers = row.stored + row.unchanged + row.refused + row.withheld
    incoming = (
        select(row.message_id, row.kind, row.sender, row.received, row.signed, row.state, numbers, row.flag)
        .where(row.kid == kid)
        .order_by(row.id)
    )
    for name, kind, sender, received, signed, state, number, flag in session.execute(
        incoming if since is None else incoming.where(_suspect(since)), execution_options=_SOME
    ):
        yield Signed("in", name or "", kind, sender or "", received, signed, state, number, flag)
    # What we sent ourselves is flagged by the state of its key, and by the partner, who gets the notice.
    ours = session.scalar(select(Key.invalid_since).where(Key.kid == kid, Key.own, Key.status == "revoked"))
    sent = Outbox
    outgoing = (
        select(sent.message_id, sent.kind, sent.partner, sent.created, sent.state, sent.records)
        .where(sent.kid == kid)
        .order_by(sent.id)
    )
    for name, kind, partner, created, state, number in session.execute(
        outgoing if since is None else outgoing.where(sent.created >= since), execution_options=_SOME
    ):
        flag = FLAG if ours is not None and created >= ours else ""
        yield Signed("out", name, kind, partner, created, None, state, number, flag)


def _flag(session: Session, kid: str, since: datetime, now: datetime) -> int:
    flagged = session.scalars(
        update(Journal).where(Journal.kid == kid, _suspect(since)).values(flag=FLAG).returning(Journal.id)
    ).all()
    if flagged:
        # Named one by one, so that a flag that is taken off or put on by anybody else is found.
        audit.write(session, Action.MESSAGES_FLAGGED, actor="system", subject=kid, outcome=f"{len(flagged)} messages",
                    at=now, detail={"rows": later.spans(flagged)})  # fmt: skip
    return len(flagged)


def _suspect(since: datetime) -> ColumnElement[bool]:
    """Our own clock decides: a thief writes any signing time, but nobody makes a message arrive earlier."""
    return or_(Journal.received >= since, Journal.signed >= since)


def _doubt(session: Session, key: Key, since: datetime, now: datetime) -> list[str]:
    """Keys that came in under this key's signature when it may have been somebody else's go back to `proposed`.

    A thief's first act is to publish a key of his own. Another key of the partner, or two people, may bring
    them in again.
    """
    if key.own:
        return []
    doubted: list[str] = []
    waiting = [key.kid]
    while waiting:
        query = select(Key).where(
            Key.vouched == waiting.pop(), Key.entered >= since, Key.status.in_(("active", "retiring"))
        )
        for other in session.scalars(query).all():
            other.status, other.changed = "proposed", now
            session.flush()
            doubted.append(other.kid)
            waiting.append(other.kid)
            detail = {"party": other.party, "vouched": key.kid}
            audit.write(
                session,
                Action.KEY_DOUBTED,
                actor="system",
                subject=other.kid,
                outcome=audit.DONE,
                at=now,
                detail=detail,
            )
    return doubted
