"""Deliver what waits in the outbox: in order per partner, with backoff, and dead letters instead of loss."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.errors import Refusal
from gateway.exchange.node import Node
from gateway.message.bodies import ReceiptBody
from gateway.message.body import read_receipt
from gateway.message.envelope import Kind, body_of
from gateway.store import tables
from gateway.sync import foreign
from gateway.sync.transport import exchange

_CLAIM = timedelta(seconds=120)
"""How long a worker may hold a message; one that died gives it back after that."""


def deliver_due(node: Node, *, partner: str = "", most: int = 200) -> int:
    """Deliver what is due, at most `most` messages; return how many got a receipt."""
    worker = f"{node.settings.node}-{uuid.uuid4().hex[:8]}"
    delivered = 0
    for name in _partners_with_work(node, partner):
        for _ in range(most):
            claimed = _claim(node, name, worker)
            if claimed is None or not _deliver(node, claimed):
                # What stands behind a message that cannot be delivered waits with it: order is kept.
                break
            delivered += 1
    return delivered


def revive(session: Session, *, partner: str = "", message_id: str = "", now: datetime) -> int:
    """Put dead letters back into the queue; return how many."""
    query = update(tables.Outbox).where(tables.Outbox.state == "dead")
    if partner:
        query = query.where(tables.Outbox.partner == partner)
    if message_id:
        query = query.where(tables.Outbox.message_id == message_id)
    result = session.execute(
        query.values(state="waiting", attempts=0, next_at=now, code="").returning(tables.Outbox.id)
    )
    return len(result.all())


def _partners_with_work(node: Node, partner: str) -> list[str]:
    with node.database.read() as session:
        query = (
            select(tables.Outbox.partner)
            .join(tables.Partner, tables.Partner.id == tables.Outbox.partner)
            .where(tables.Outbox.state.in_(("waiting", "sending")), tables.Partner.status == "active")
            .distinct()
        )
        return list(session.scalars(query.where(tables.Outbox.partner == partner) if partner else query))


def _claim(node: Node, partner: str, worker: str) -> tables.Outbox | None:
    """Take the oldest message of a partner if it is due; another worker may have been first."""
    now = node.clock()
    with node.database.begin() as session:
        row = session.scalar(
            select(tables.Outbox)
            .where(tables.Outbox.partner == partner, tables.Outbox.state.in_(("waiting", "sending")))
            .order_by(tables.Outbox.priority, tables.Outbox.id)
            .limit(1)
        )
        if row is None or row.next_at > now:
            return None
        taken = session.execute(
            update(tables.Outbox)
            .where(
                tables.Outbox.id == row.id,
                (tables.Outbox.state == "waiting") | (tables.Outbox.claimed_until < now),
            )
            .values(state="sending", claimed_by=worker, claimed_until=now + _CLAIM, attempts=tables.Outbox.attempts + 1)
            .returning(tables.Outbox.id)
        ).first()
        if taken is None:
            return None
        session.refresh(row)
        session.expunge(row)
        return row


def _deliver(node: Node, row: tables.Outbox) -> bool:
    """One attempt; True when a receipt was obtained, whatever its verdict."""
    with node.database.read() as session:
        partner = session.get_one(tables.Partner, row.partner)
    try:
        if partner.kind in ("soap", "rest"):
            content, receipt = b"", foreign.deliver(partner, row)
        else:
            content, answer = exchange(node, partner, Kind(row.kind), row.raw)
            receipt = read_receipt(body_of(answer.root))
    except Refusal as refusal:
        _failed(node, row, refusal)
        return False
    _answered(node, row, content, receipt)
    return True


def _answered(node: Node, row: tables.Outbox, content: bytes, receipt: ReceiptBody) -> None:
    now = node.clock()
    counts = {word: sum(1 for record in receipt.records if record.verdict == word) for word in _VERDICTS}
    with node.database.begin() as session:
        session.execute(
            update(tables.Outbox)
            .where(tables.Outbox.id == row.id)
            .values(
                state="refused" if receipt.verdict == "REFUSED" else "delivered",
                code=receipt.code,
                receipt=content or None,
                delivered=now,
                stored=counts["STORED"],
                unchanged=counts["UNCHANGED"],
                refused=counts["REFUSED"],
                withheld=counts["WITHHELD"],
            )
        )
        _note_health(session, row.partner, "", now)
        for first, last in receipt.missing:
            # The partner misses these numbers: what we gave up on is sent again.
            session.execute(
                update(tables.Outbox)
                .where(
                    tables.Outbox.partner == row.partner,
                    tables.Outbox.state == "dead",
                    tables.Outbox.sequence.between(first, last),
                )
                .values(state="waiting", attempts=0, next_at=now)
            )


def _failed(node: Node, row: tables.Outbox, refusal: Refusal) -> None:
    settings, now = node.settings, node.clock()
    wait = min(settings.delivery_backoff * 2 ** (row.attempts - 1), settings.delivery_backoff_most)
    with node.database.begin() as session:
        session.execute(
            update(tables.Outbox)
            .where(tables.Outbox.id == row.id)
            .values(
                state="dead" if row.attempts >= settings.delivery_attempts else "waiting",
                next_at=now + timedelta(seconds=wait),
                claimed_by="",
                claimed_until=None,
                code=refusal.reason[:40] if refusal.code == "partner-refused" else refusal.code,
            )
        )
        _note_health(session, row.partner, refusal.code, now)


def _note_health(session: Session, partner: str, trouble: str, now: datetime) -> None:
    """What the last attempt says of the partner, for the console and the metrics."""
    values: dict[str, object] = {"trouble": trouble}
    if not trouble:
        values["seen"] = now
    session.execute(update(tables.Partner).where(tables.Partner.id == partner).values(**values))


_VERDICTS = ("STORED", "UNCHANGED", "REFUSED", "WITHHELD")
