"""The last look before a message leaves: what nobody has had yet may still be taken back.

Between the signing of a message and its delivery a protection may begin. A message that was handed to the
network once may have arrived, so its bytes stay. One that never was is taken back together with everything
that waits behind it, its places in the stream and in the feed are given back, and what may still be said is
said in new messages: there is no gap, and nothing that left the node has changed
(docs/decisions/0006-asylum-firewall.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.disclosure import feed
from gateway.disclosure.permit import Kernel, Recipient, Withheld
from gateway.exchange import stream
from gateway.exchange.node import Node
from gateway.ledger import log
from gateway.store import tables

Post = Callable[..., int]
"""What puts into the outbox what is new for a partner: send.push_changes, or its like for a foreign system."""

_FRESH: Final = timedelta(minutes=15)
"""A message that nobody tried to send for so long is made anew whatever it holds: after an outage everything
that waited carries a new date, and nobody can tell which of it had to change."""
STUCK: Final = "not-permitted"
"""Code of a message that can be neither sent nor taken back; a human sees it among the dead letters."""


def may_leave(session: Session, node: Node, row: tables.Outbox, now: datetime, *, post: Post) -> bool:
    """Whether a message that is due may be handed over as it is.

    False when it was taken back: what takes its place is in the outbox then. The caller holds the partner's row.
    """
    if row.attempted is not None or row.first_position is None or row.last_position is None:
        return True
    if now - row.created < _FRESH and not _forbidden(session, node, row, now):
        return True
    tail, partner_id, tries = _tail(session, row), row.partner, row.attempts
    if tail:
        _take_back(session, node, tail, now)
        _post_anew(session, node, partner_id, tries, partial(post, now=now))
    elif _forbidden(session, node, row, now):
        row.state, row.code = "dead", STUCK
        audit.write(session, Action.MESSAGE_DEAD, actor=node.settings.node, subject=row.message_id, outcome=STUCK,
                    at=now, detail={"partner": row.partner, "attempts": row.attempts})  # fmt: skip
    else:
        return True
    session.flush()
    return False


def before_pull(session: Session, node: Node, partner_id: str, now: datetime) -> None:
    """Take back what waits untried for a partner that asks for changes, where any of it is now forbidden.

    A pull hands over what has a position. What is taken back and permitted gets a new one in the same answer,
    and the next push sends it as well.
    """
    first = session.scalar(_first_untried(partner_id))
    tail = _tail(session, first) if first is not None else ()
    if any([_forbidden(session, node, row, now) for row in tail]):  # noqa: C419 - a human hears of every ban stopped
        _take_back(session, node, tail, now)


def _forbidden(session: Session, node: Node, row: tables.Outbox, now: datetime) -> bool:
    """Whether the message holds a record that the kernel would not give this partner today."""
    partner = session.get_one(tables.Partner, row.partner)
    kernel, recipient = Kernel(session, state=node.settings.state, now=now), Recipient.of(partner)
    waiting = feed.unhanded(session, row.partner, row.first_position or 0, row.last_position or 0)
    # A withdrawal reaches whoever was told; there is nothing in it that could be held back.
    records = [record for record in waiting if record.erased is None and record.payload]
    kernel.look_up(record.person_id for record in records)
    # All of them are asked about, so that a human hears of every ban that was stopped.
    decisions = [kernel.decide(record, recipient) for record in records]
    return any(isinstance(decision, Withheld) for decision in decisions)


def _tail(session: Session, row: tables.Outbox) -> Sequence[tables.Outbox]:
    """The message and all behind it, none of them ever tried; nothing where the stream has gone on past them."""
    outbox = tables.Outbox
    behind = session.scalars(
        select(outbox)
        .where(outbox.partner == row.partner, outbox.id >= row.id, outbox.first_position.is_not(None))
        .order_by(outbox.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return behind if all(each.attempted is None and each.state == "waiting" for each in behind) else ()


def _take_back(session: Session, node: Node, tail: Sequence[tables.Outbox], now: datetime) -> None:
    partner = session.get_one(tables.Partner, tail[0].partner)
    # 1. The places of these messages in the feed and in the stream are free again.
    positions = [(row.first_position or 0, row.last_position or 0) for row in tail]
    feed.take_back(session, partner.id, min(first for first, _ in positions), max(last for _, last in positions))
    numbers = [row.sequence for row in tail if row.sequence is not None]
    if numbers:
        stream.give_back(session, partner.id, min(numbers))
    session.execute(delete(tables.Outbox).where(tables.Outbox.id.in_([row.id for row in tail])))
    # 2. The node's own trail knows; the tree that partners see does not.
    log.hold(session, "exchange")
    audit.write(
        session, Action.MESSAGE_RECALLED, actor=node.settings.node, subject=partner.id, outcome=f"{len(tail)} messages",
        at=now, detail={"messages": [row.message_id for row in tail]},
    )  # fmt: skip


def _post_anew(session: Session, node: Node, partner_id: str, tries: int, again: Callable[..., int]) -> None:
    """Say what may still be said, in the places that were given back. The partner's patience is not tried anew."""
    again(session, node, session.get_one(tables.Partner, partner_id))
    first = _first_untried(partner_id).with_only_columns(func.min(tables.Outbox.id)).order_by(None).limit(None)
    session.execute(update(tables.Outbox).where(tables.Outbox.id == first.scalar_subquery()).values(attempts=tries))


def _first_untried(partner_id: str) -> Select[tables.Outbox]:
    outbox = tables.Outbox
    return (
        select(outbox)
        .where(outbox.partner == partner_id, outbox.state == "waiting", outbox.attempted.is_(None))
        .where(outbox.first_position.is_not(None))
        .order_by(outbox.id)
        .limit(1)
    )
