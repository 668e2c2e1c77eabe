"""Deliver what waits in the outbox: in order per partner, with backoff, and dead letters instead of loss."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import httpx
from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import Damaged, Expired, Refusal
from gateway.exchange import notices, recall, resign, send
from gateway.exchange.node import Node
from gateway.ledger import log, rowleaf
from gateway.ledger.log import Entry
from gateway.message.bodies import ReceiptBody
from gateway.message.envelope import Kind
from gateway.message.signature import VerifiedMessage
from gateway.store import tables
from gateway.sync import foreign, health, receipts
from gateway.sync.side_by_side import side_by_side
from gateway.sync.transport import exchange, receipt_of

_CLAIM: Final = 2
"""How long a worker may hold a message, in times of a whole exchange; one that died gives it back then."""
_AT_ONCE: Final = 8
"""Partners delivered to at the same time."""
_NAMED: Final = 200
"""Messages that the audit trail names one by one when they are sent again."""
_UNSETTLED: Final = ("waiting", "sending")
_UNREACHED: Final = (httpx.ConnectError, httpx.ConnectTimeout)
_VERDICTS: Final = ("STORED", "UNCHANGED", "REFUSED", "WITHHELD")


def never() -> bool:
    """Nobody asks us to stop."""
    return False


def deliver_due(node: Node, *, partner: str = "", most: int = 200, stopping: Callable[[], bool] = never) -> int:
    """Deliver what is due, at most `most` messages a partner; return how many got a receipt.

    Several workers may do this at once: each message is claimed by compare-and-set. Once `stopping` says so,
    nothing further is begun.
    """
    worker = f"{node.settings.node}-{uuid.uuid4().hex[:8]}"
    deliver_to = partial(_deliver_in_order, node, worker, most=most, stopping=stopping)
    return side_by_side(deliver_to, _partners_with_work(node, partner), threads=_AT_ONCE)


def revive(session: Session, *, actor: str, partner: str = "", message_id: str = "", now: datetime) -> int:
    """Put dead letters back into the queue; return how many. Whose wish it was is audited."""
    query = update(tables.Outbox).where(tables.Outbox.state == "dead", tables.Outbox.erased.is_(None))
    if partner:
        query = query.where(tables.Outbox.partner == partner)
    if message_id:
        query = query.where(tables.Outbox.message_id == message_id)
    revived = session.scalars(
        query.values(state="waiting", attempts=0, next_at=now, code="").returning(tables.Outbox.message_id)
    ).all()
    if revived:
        detail = {"count": len(revived), "messages": sorted(revived)[:_NAMED]}
        audit.write(session, Action.MESSAGE_RESENT, actor=actor, subject=partner or message_id, outcome=audit.DONE,
                    at=now, detail=detail)  # fmt: skip
    return len(revived)


def _partners_with_work(node: Node, partner: str) -> list[str]:
    """Active partners whose oldest message may be sent now."""
    with node.database.read() as session:
        query = (
            select(tables.Outbox.partner)
            .join(tables.Partner, tables.Partner.id == tables.Outbox.partner)
            .where(tables.Outbox.state.in_(_UNSETTLED), tables.Partner.status == "active")
            .distinct()
        )
        names = session.scalars(query.where(tables.Outbox.partner == partner) if partner else query)
        return [name for name in names if _due(session, node, name, node.clock()) is not None]


def _deliver_in_order(node: Node, worker: str, partner: str, *, most: int, stopping: Callable[[], bool]) -> int:
    delivered = 0
    while delivered < most and not stopping():
        try:
            claimed = _claim(node, partner, worker)
        except Damaged as refusal:
            if not _buried(node, partner, refusal):
                raise
            continue
        if claimed is None or not _deliver(node, claimed):
            # What stands behind a message that cannot be delivered waits with it: order is kept.
            break
        delivered += 1
    return delivered


def _due(session: Session, node: Node, partner: str, now: datetime) -> int | None:
    """The outbox row of the message that is to be sent next, if it may be sent now.

    While any message of the partner is in somebody's hands, no other is: not the one behind it, and not one of
    higher priority that came since. A time that nobody can have set by now is of a clock that was ahead: it is over.
    """
    rows = tables.Outbox
    latest_claim, latest_try = now + 2 * _claim_span(node), now + 2 * _most_patient(node)

    def first(*where: object) -> Row[int, datetime] | None:
        return session.execute(
            select(rows.id, rows.next_at)
            .where(rows.partner == partner, *where)  # type: ignore[arg-type]
            .order_by(rows.priority, rows.id)
            .limit(1)
        ).first()

    if first(rows.state == "sending", rows.claimed_until > now, rows.claimed_until <= latest_claim) is not None:
        return None
    following = first(rows.state.in_(_UNSETTLED))
    return following.id if following is not None and not now < following.next_at <= latest_try else None


def _claim(node: Node, partner: str, worker: str) -> tables.Outbox | None:
    """Take the next message of a partner if it is due; another worker may have been first."""
    now = node.clock()
    with node.database.read() as session:
        if _due(session, node, partner, now) is None:
            return None
    with node.database.begin() as session:
        # Holding the partner's row makes looking and taking one step; SQLite has one writer anyway.
        held = session.get_one(tables.Partner, partner, with_for_update=True)
        post = send.push_changes if held.kind == "node" else foreign.push_changes
        due = _due(session, node, partner, now)
        # What may no longer leave is taken back first; what takes its place is judged as of this very moment.
        while due is not None:
            if recall.may_leave(session, node, session.get_one(tables.Outbox, due), now, post=post):
                break
            due = _due(session, node, partner, now)
        if due is None:
            return None
        session.execute(
            update(tables.Outbox)
            .where(tables.Outbox.id == due)
            .values(
                state="sending",
                claimed_by=worker,
                claimed_until=now + _claim_span(node),
                attempts=tables.Outbox.attempts + 1,
                attempted=func.coalesce(tables.Outbox.attempted, now),
            )
        )
        row = session.get_one(tables.Outbox, due, populate_existing=True)
        resign.before_leaving(session, node, row, now)
        session.flush()
        session.expunge(row)
        return row


def _buried(node: Node, partner: str, refusal: Damaged) -> bool:
    """Give up the next message of a partner where it is what does not open, so that those behind it may go.

    A human sends it again once its row is mended (`revive`); the partner asks for it in vain until then.
    """
    now = node.clock()
    with node.database.begin() as session:
        due = _due(session, node, partner, now) if refusal.where.startswith("outbox.") else None
        if due is None:
            return False
        name, attempts = session.execute(
            update(tables.Outbox)
            .where(tables.Outbox.id == due)
            .values(state="dead", claimed_by="", claimed_until=None, code=refusal.code)
            .returning(tables.Outbox.message_id, tables.Outbox.attempts)
        ).one()
        audit.write(session, Action.MESSAGE_DEAD, actor=node.settings.node, subject=name, outcome=refusal.code, at=now,
                    detail={"partner": partner, "attempts": attempts})  # fmt: skip
    return True


def _deliver(node: Node, row: tables.Outbox) -> bool:
    """One attempt; True when a receipt was obtained, whatever its verdict."""
    with node.database.read() as session:
        partner = session.get_one(tables.Partner, row.partner)
    try:
        if partner.kind in ("soap", "rest"):
            content, answer, receipt = b"", None, foreign.deliver(node, partner, row)
        else:
            content, answer = exchange(node, partner, Kind(row.kind), row.raw)
            receipt = receipt_of(answer, message_id=row.message_id, digest=row.digest)
    except Refusal as refusal:
        _failed(node, row, refusal)
        return False
    return _answered(node, row, content, receipt, answer)


def _answered(
    node: Node, row: tables.Outbox, content: bytes, receipt: ReceiptBody, answer: VerifiedMessage | None
) -> bool:
    """Settle the message by its receipt; False where its time alone was refused: the next one would fare no better."""
    now = node.clock()
    untimely = receipt.verdict == "REFUSED" and receipt.code == Expired.code and row.sequence is not None
    counts = {word: sum(1 for record in receipt.records if record.verdict == word) for word in _VERDICTS}
    with node.database.begin() as session:
        settled = session.execute(
            update(tables.Outbox)
            # A receipt settles a message whoever obtained it, and only once.
            .where(tables.Outbox.id == row.id, tables.Outbox.state.in_((*_UNSETTLED, "dead")))
            .values(
                state="refused" if receipt.verdict == "REFUSED" else "delivered",
                code=receipt.code,
                receipt=content or None,
                delivered=now,
                claimed_by="",
                claimed_until=None,
                stored=counts["STORED"],
                unchanged=counts["UNCHANGED"],
                refused=counts["REFUSED"],
                withheld=counts["WITHHELD"],
            )
            .returning(tables.Outbox.id)
        ).first()
        health.answered(session, row.partner, now)
        notices.acknowledged(session, row, receipt, now)
        if settled is not None and answer is not None:
            receipts.keep(session, node, row.partner, receipt, answer, and_then=[_settled(session, row)])
        elif settled is not None:
            # The word of a foreign system is no receipt; what became of the message is in the log all the same.
            log.append_all(session, "exchange", [_settled(session, row)])
        if settled is not None and untimely:
            _say_again(session, node, row, now)
        for first, last in receipt.missing:
            # The partner misses these numbers: what we gave up on is sent again.
            session.execute(
                update(tables.Outbox)
                .where(
                    tables.Outbox.partner == row.partner,
                    tables.Outbox.state == "dead",
                    tables.Outbox.code != Damaged.code,
                    tables.Outbox.erased.is_(None),
                    tables.Outbox.sequence.between(first, last),
                )
                .values(state="waiting", attempts=0, next_at=now)
            )
    return not untimely


def _say_again(session: Session, node: Node, row: tables.Outbox, now: datetime) -> None:
    """A clock was wrong, ours or the partner's, or the message had waited too long: nothing is to be lost for that."""
    fresh = resign.with_new_times(session, node, row, now)
    fresh.code, fresh.next_at = Expired.code, now + _wait(node, row)
    if row.attempts >= node.settings.delivery_attempts:
        fresh.state = "dead"
        _audit_dead(session, node, fresh, Expired.code, now)
    session.flush()
    health.failed(session, row.partner, Expired.code)


def _settled(session: Session, row: tables.Outbox) -> Entry:
    """The leaf of the row as it stays from now on."""
    # Read anew: whoever else had the message in hand may have signed it anew.
    return rowleaf.of_settled(session, session.get_one(tables.Outbox, row.id, populate_existing=True))


def _first_try(node: Node, row: tables.Outbox) -> bool:
    """Whether this claim was the first since the message was made: no earlier one may have carried it over."""
    return row.claimed_until is not None and row.attempted == row.claimed_until - _claim_span(node)


def _failed(node: Node, row: tables.Outbox, refusal: Refusal) -> None:
    settings, now = node.settings, node.clock()
    dead = row.attempts >= settings.delivery_attempts
    # Where nobody took the connection, nothing of the message has left, and it may still be taken back.
    kept = not dead and isinstance(refusal.__cause__, _UNREACHED) and _first_try(node, row)
    with node.database.begin() as session:
        mine = session.execute(
            update(tables.Outbox)
            # Whoever was too slow has lost the message to another worker, and its failure means nothing any more.
            .where(
                tables.Outbox.id == row.id,
                tables.Outbox.state == "sending",
                tables.Outbox.claimed_by == row.claimed_by,
            )
            .values(
                state="dead" if dead else "waiting",
                attempted=None if kept else row.attempted,
                next_at=now + _wait(node, row),
                claimed_by="",
                claimed_until=None,
                code=refusal.reason[:40] if refusal.code == "partner-refused" else refusal.code,
            )
            .returning(tables.Outbox.id)
        ).first()
        if dead and mine is not None:
            _audit_dead(session, node, row, refusal.code, now)
        health.failed(session, row.partner, refusal.code)


def _claim_span(node: Node) -> timedelta:
    """How long a worker holds a message."""
    return _CLAIM * timedelta(seconds=node.settings.delivery_timeout)


def _most_patient(node: Node) -> timedelta:
    return timedelta(seconds=max(node.settings.delivery_backoff, node.settings.delivery_backoff_most))


def _wait(node: Node, row: tables.Outbox) -> timedelta:
    """How long the partner is left alone after another failure."""
    settings = node.settings
    # The exponent is bounded because a patient node's doubling would outgrow a float.
    wait = min(settings.delivery_backoff * 2 ** min(row.attempts - 1, 60), settings.delivery_backoff_most)
    return timedelta(seconds=wait)


def _audit_dead(session: Session, node: Node, row: tables.Outbox, code: str, now: datetime) -> None:
    detail = {"partner": row.partner, "attempts": row.attempts}
    audit.write(
        session, Action.MESSAGE_DEAD, actor=node.settings.node, subject=row.message_id, outcome=code, at=now,
        detail=detail,
    )  # fmt: skip
