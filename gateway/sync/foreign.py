"""Partners that know nothing of this gateway: rows in their own words, reached through a connector.

They sign nothing, so what they give is kept in the journal as rows under an id made of its content, and
what we give waits in the same outbox, with the same patience, as a signed message.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.disclosure import feed
from gateway.disclosure.agreements import Agreements
from gateway.disclosure.permit import Kernel, Recipient
from gateway.exchange import absence, send, submit
from gateway.exchange.node import Node
from gateway.ledger import log, rowleaf
from gateway.mapping import back, convert, profile
from gateway.mapping.declaration import Profile
from gateway.message.bodies import ReceiptBody, RecordVerdict
from gateway.message.parse import NS, parse
from gateway.message.read import read_record
from gateway.partners.connect import connect, connection
from gateway.partners.connector import Connector, Row
from gateway.partners.soap_security import Identities
from gateway.records.record import Record
from gateway.store import tables
from gateway.sync import health
from gateway.sync.bookmarks import bookmark, move_bookmark

_ROWS = 500
"""Rows asked for or delivered at a time."""
_PAGES = 1_000


def pull(node: Node, partner: tables.Partner, *, stopping: Callable[[], bool]) -> int:
    """Fetch, map and keep everything new; return the number of rows that arrived."""
    arrived = 0
    with closing(_connector(node, partner)) as connector:
        for _ in range(_PAGES):
            with node.database.read() as session:
                start = bookmark(session, f"pull:{partner.id}")
            page = connector.fetch(start, _ROWS)
            if page.rows:
                now, name = node.clock(), f"pull:{partner.id}"
                with node.database.begin() as session:
                    if not move_bookmark(session, name, before=start, after=page.bookmark, now=now):
                        # Another puller was first and has kept these rows; the rest is left to it.
                        break
                    keep_rows(session, node, partner, profile.load(partner.profile), page.rows)
                arrived += len(page.rows)
            if not page.more or stopping():
                break
    health.note_answer(node, partner.id)
    return arrived


def keep_rows(session: Session, node: Node, partner: tables.Partner, chosen: Profile, rows: list[Row]) -> None:
    """Keep what a partner's register gave us: records, and withdrawals of those that it marks as deleted."""
    now = node.clock()
    raw = _enclosed(rows)
    digest = hashlib.sha256(raw).hexdigest()
    message_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{partner.id}/{digest}/{now.isoformat()}"))
    entry = tables.Journal(
        sender=partner.id,
        message_id=message_id,
        kind="rows",
        channel=partner.kind,
        digest=digest,
        raw=raw,
        received=now,
        state="accepted",
    )
    session.add(entry)
    session.flush()
    agreements = Agreements(session, now.date())
    mapped = list(convert.map_rows(chosen, rows, now=now))
    records = [item.record for item in mapped if item.record is not None]
    agreed = [record for record in records if _agreed(agreements, partner, record)]
    result = submit.submit(
        session, node, agreed, state=partner.state, journal_id=entry.id, now=now,
        agreed_days=lambda record: _days(agreements, partner, record),
    )  # fmt: skip
    gone = [item.withdrawn for item in mapped if item.withdrawn]
    absence.deleted(session, gone, state=partner.state, now=now)
    entry.stored, entry.unchanged = result.stored, result.unchanged
    entry.refused = result.refused + len(mapped) - len(agreed) - len(gone)
    entry.state = "partly" if entry.refused else "accepted"
    leaf = log.message_entry(message_id, digest, entry.state.upper())
    place = log.append_all(session, "exchange", [leaf, rowleaf.of_journal(session, entry)])[0]
    entry.log_index = place.index


def _enclosed(rows: list[Row]) -> bytes:
    """Rows as the journal and the outbox keep them.

    Their digest stands in the log for everybody to see, so it must not be possible to guess a row and to try. Half of
    a character, which JSON can hold, is kept as it came: it is a finding of its row, and costs no other row its place.
    """
    text = json.dumps({"salt": secrets.token_hex(16), "rows": rows}, ensure_ascii=False, sort_keys=True)
    return text.encode("utf-8", "surrogatepass")


def _connector(node: Node, partner: tables.Partner) -> Connector:
    """The partner's connector; a SOAP service that demands WS-Security gets envelopes signed with the node's key."""
    identities = None
    if partner.soap_security:
        skew = timedelta(seconds=node.settings.clock_skew)
        identities = Identities(partner.id, node.keyring.signer, node.named, node.clock, skew)
    return connect(partner.endpoint, connection(partner.profile), where=partner.id, identities=identities)


def _agreed(agreements: Agreements, partner: tables.Partner, record: Record) -> bool:
    terms = agreements.terms("in", partner.state, partner.agency_class, record.category)
    return terms is not None and not record.category.protected


def _days(agreements: Agreements, partner: tables.Partner, record: Record) -> int | None:
    terms = agreements.terms("in", partner.state, partner.agency_class, record.category)
    return None if terms is None else agreements.retention_days(terms.agreement)


def push_changes(session: Session, node: Node, partner: tables.Partner, *, now: datetime) -> int:
    """Put what is new for the partner into the outbox, in its own words; return the number of records."""
    kernel = Kernel(session, state=node.settings.state, now=now)
    feed.advance(session, kernel, Recipient.of(partner), state=node.settings.state, most=_ROWS)
    items = feed.page(session, partner.id, after=feed.pushed(session, partner.id), limit=_ROWS)
    # A foreign register has no words for a withdrawal: a human tells its staff, and says here when it is done.
    for item in items:
        if item.erased:
            _to_a_human(session, partner, item.row, now)
    records = [_read(item.fragment(kernel.agreements)) for item in items if not item.erased]
    if records:
        rows, _losses = back.unmap(profile.load(partner.profile), records)
        raw = _enclosed(rows)
        message_id = str(uuid.uuid4())
        digest = hashlib.sha256(raw).hexdigest()
        row = send.enqueue(
            session, partner, message_id, "rows", raw, digest=digest, records=len(records), sequence=None, now=now,
            positions=(items[0].position, items[-1].position),
        )  # fmt: skip
        leaf = log.message_entry(message_id, digest, "SENT", direction="out")
        log.append_all(session, "exchange", [leaf, rowleaf.of_outbox(session, row)])
    if items:
        feed.mark_pushed(session, partner.id, items[-1].position)
    return len(items)


def _to_a_human(session: Session, partner: tables.Partner, row: tables.Record, now: datetime) -> None:
    review, subject = tables.Review, f"{row.record_id}:{partner.id}"
    if session.scalar(select(review.id).where(review.kind == "withdrawal", review.subject == subject)) is None:
        detail = {"record_id": row.record_id, "category": row.category, "recipient": partner.id}
        # The partner had the record, so that its end tells nothing more; but a withdrawal may follow a protection.
        session.add(review(kind="withdrawal", subject=subject, detail=detail, protected=True, created=now))


def deliver(node: Node, partner: tables.Partner, row: tables.Outbox) -> ReceiptBody:
    """Hand rows over; the partner's own word on them takes the place of a receipt."""
    rows: list[Row] = json.loads(row.raw)["rows"]
    with closing(_connector(node, partner)) as connector:
        delivered = connector.deliver(rows)
    refused = {item.row: item.reason for item in delivered.refused}
    verdicts = tuple(
        RecordVerdict("", 0, "REFUSED" if index in refused else "STORED", refused.get(index, "")[:40])
        for index in range(len(rows))
    )
    return ReceiptBody(row.message_id, row.digest, "PARTLY" if refused else "ACCEPTED", records=verdicts)


def ask(node: Node, partner: tables.Partner) -> None:
    """Ask the partner's system for one row and keep nothing: whether it is there, and speaks as it promised."""
    with closing(_connector(node, partner)) as connector:
        connector.fetch("", 1)


def _read(payload: str) -> Record:
    return read_record(parse(f'<Body xmlns="{NS}">{payload}</Body>'.encode(), limit=10_000_000)[0])
