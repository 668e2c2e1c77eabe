"""Record → signed message in the outbox. What leaves the node leaves through here, and through the kernel."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.disclosure import feed
from gateway.disclosure.agreements import Terms
from gateway.disclosure.feed import Item
from gateway.disclosure.permit import Kernel, Recipient
from gateway.exchange.node import Node
from gateway.exchange.stream import next_sequence
from gateway.ledger import log, rowleaf
from gateway.message.body import write_records
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.profile import sha256_base64
from gateway.message.signature import Signer, sign
from gateway.records.category import FIGURES
from gateway.store import tables

_TOGETHER = 2_000
"""Changes put into the outbox in one transaction."""


def unsettled(session: Session, *, dead: bool = False) -> list[dict[str, Any]]:
    """The first five hundred messages that wait, and that were given up on, for an administrator's eyes.

    No more is read than is shown: one that does not open any more is among those that somebody has to see.
    """
    row = tables.Outbox
    states = ("dead",) if dead else ("waiting", "sending", "dead")
    query = select(row.message_id, row.partner, row.state, row.attempts, row.code).where(row.state.in_(states))
    return [dict(each) for each in session.execute(query.order_by(row.id).limit(500)).mappings()]


def push_changes(session: Session, node: Node, partner: tables.Partner, *, now: datetime) -> int:
    """Put what is new for a partner into the outbox, as signed batches; return the number of records.

    The decision, the position, the message and its number commit together: nothing is disclosed twice and
    nothing permitted is forgotten.
    """
    recipient = Recipient.of(partner)
    kernel = Kernel(session, state=node.settings.state, now=now)
    feed.advance(session, kernel, recipient, state=node.settings.state, most=_TOGETHER)
    items = feed.page(session, partner.id, after=feed.pushed(session, partner.id), limit=_TOGETHER)
    for (agreement, purpose, kind), group in groupby(items, key=_envelope_key):
        for batch in _batches(list(group), node.settings.limits.batch_records):
            terms = Terms(agreement, purpose, kernel.agreements.withheld_fields(agreement))
            fragments = [item.fragment(kernel.agreements) for item in batch]
            post(
                session,
                node,
                partner,
                kind,
                write_records(fragments, kind=kind),
                terms=terms,
                records=len(batch),
                now=now,
                positions=(batch[0].position, batch[-1].position),
            )
    if items:
        feed.mark_pushed(session, partner.id, items[-1].position)
    return len(items)


def post(
    session: Session,
    node: Node,
    partner: tables.Partner,
    kind: Kind,
    body: str,
    *,
    terms: Terms,
    records: int,
    now: datetime,
    numbered: bool = True,
    positions: tuple[int, int] | None = None,
    priority: str = "B",
    signer: Signer | None = None,
) -> tables.Outbox:
    """Sign one message and put it into the outbox; numbered messages take the next place of the stream.

    `signer` is the node's active key where it is not given. `positions` are the first and the last of the
    disclosures it carries.
    """
    message_id = str(uuid.uuid4())
    header = Header(
        message_id=message_id,
        conversation_id=message_id,
        kind=kind,
        sender=Party.of(node.settings.node),
        receiver=Party.of(partner.id),
        created=now,
        expires=now + timedelta(seconds=node.settings.message_lifetime),
        purpose=terms.purpose,
        agreement=terms.agreement,
        sequence=next_sequence(session, partner.id) if numbered else None,
        priority=priority,
    )
    content = write_message(header, body)
    digest = sha256_base64(content)
    signer = signer or node.keyring.signer(session)
    raw = sign(content, signer, now)
    row = enqueue(
        session,
        partner,
        message_id,
        kind,
        raw,
        digest=digest,
        records=records,
        sequence=header.sequence,
        now=now,
        positions=positions,
        priority=priority,
        kid=sha256(signer.certificate_der).hexdigest(),
    )
    leaf = log.message_entry(message_id, digest, "SENT", direction="out")
    log.append_all(session, "exchange", [leaf, rowleaf.of_outbox(session, row)])
    return row


def enqueue(
    session: Session,
    partner: tables.Partner,
    message_id: str,
    kind: str,
    raw: bytes,
    *,
    digest: str,
    records: int,
    sequence: int | None,
    now: datetime,
    positions: tuple[int, int] | None = None,
    priority: str = "B",
    kid: str = "",
) -> tables.Outbox:
    """A row of the outbox, due at once; `kid` is the key that signed it."""
    row = tables.Outbox(
        message_id=message_id,
        partner=partner.id,
        kind=kind,
        priority=priority,
        kid=kid,
        sequence=sequence,
        records=records,
        raw=raw,
        digest=digest,
        created=now,
        state="waiting",
        next_at=now,
        first_position=positions[0] if positions else None,
        last_position=positions[1] if positions else None,
    )
    session.add(row)
    session.flush()
    return row


def _envelope_key(item: Item) -> tuple[str, str, Kind]:
    """Items that may share a message: one agreement, one purpose, one kind."""
    return item.agreement, item.purpose, _kind(item)


def _kind(item: Item) -> Kind:
    if item.erased:
        return Kind.WITHDRAWAL
    # Figures travel apart from records about persons (BR-37).
    return Kind.STATISTICS_REPORT if item.row.category in FIGURES else Kind.RECORD_BATCH


def _batches(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    return [items[start : start + most] for start in range(0, len(items), most)]
