"""Answers to questions of partners: changes, persons, the watchlist.

"Nobody knows them", "withheld" and "not permitted" are the same answer, byte for byte (R4): the question is
admitted or refused by who asks and why, never by whom it is about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.disclosure import feed, firewall
from gateway.disclosure.agreements import Terms
from gateway.disclosure.fields import disclosed
from gateway.disclosure.permit import Kernel, Recipient
from gateway.errors import NotPermitted
from gateway.exchange.incoming import refuse_invalid
from gateway.exchange.node import Node
from gateway.exchange.outcome import Outcome, Task
from gateway.findings import Finding
from gateway.ledger import log
from gateway.matching.find import find_persons
from gateway.message import body
from gateway.message.bodies import Hit, WatchlistAnswer, Withdrawal
from gateway.message.envelope import Kind, body_of
from gateway.records.record import Category
from gateway.store import tables
from gateway.watchlist.query import Query

_OPEN: Final = tuple(category for category in Category if not category.protected)
_PERSONS: Final = 5
"""Most persons in one answer: a query names somebody, it does not list."""


def answer_ping(_task: Task, _partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """A ping is answered by a receipt: it went through every step a record goes through."""
    refuse_invalid(findings)
    return Outcome("ACCEPTED")


def answer_changes(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """What is new for this partner, at positions of its own."""
    refuse_invalid(findings)
    log.hold(task.session, "exchange")
    request = body.read_changes_request(body_of(task.message.root))
    content, count = changes_for(
        task.session, task.node, partner, after=request.after, limit=request.limit, now=task.now
    )
    audit.write(
        task.session,
        Action.CHANGES_READ,
        actor=partner.id,
        subject=f"after {request.after}",
        purpose=task.message.header.purpose,
        outcome=f"{count} disclosed",
        at=task.now,
    )
    return Outcome("ACCEPTED", kind=Kind.CHANGE_BATCH, body=content)


def changes_for(
    session: Session, node: Node, partner: tables.Partner, *, after: int, limit: int, now: datetime
) -> tuple[str, int]:
    """The ChangeBatch after a position, and how many changes it holds."""
    state = node.settings.state
    limit = min(limit, node.settings.limits.changes)
    kernel = Kernel(session, state=state, now=now)
    recipient = Recipient.of(partner)
    # One more than asked for tells whether there is more.
    items = feed.page(session, partner.id, after=after, limit=limit + 1)
    while len(items) <= limit and not feed.exhausted(session, partner.id, state=state):
        feed.advance(session, kernel, recipient, state=state, most=limit)
        items = feed.page(session, partner.id, after=after, limit=limit + 1)
    disclosed_now = items[:limit]
    changes = [(item.position, _fragment(item, kernel)) for item in disclosed_now]
    last = disclosed_now[-1].position if disclosed_now else after
    return body.write_change_batch(after, last, len(items) > limit, changes), len(disclosed_now)


def answer_person(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """Records of persons who may be the one asked about, as far as this partner may see them."""
    refuse_invalid(findings)
    kernel, purpose = _admit(task, partner, _OPEN)
    subject = body.read_query(body_of(task.message.root))
    found = find_persons(task.session, subject, secret=task.node.search_secret)
    visible = [_visible(task, kernel, Recipient.of(partner), person_ids, purpose) for person_ids in found]
    # Cut after hiding: a hidden person must not push a visible one out.
    matches = [fragments for fragments in visible if fragments][:_PERSONS]
    audit.write(
        task.session,
        Action.PERSON_QUERY,
        actor=partner.id,
        subject=task.message.header.message_id,
        purpose=purpose,
        outcome=f"{len(matches)} persons",
        at=task.now,
    )
    return Outcome("ACCEPTED", kind=Kind.PERSON_ANSWER, body=body.write_person_answer(matches))


def answer_watchlist(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """Entries of our own that this partner may be told of."""
    refuse_invalid(findings)
    kernel, purpose = _admit(task, partner, (Category.ENTRY_BAN,))
    settings = task.node.settings
    terms = kernel.agreements.terms("out", partner.state, partner.agency_class, Category.ENTRY_BAN, purpose)
    withheld = firewall.forbidden(task.session, partner.state)
    answer = task.node.watchlist.query(
        Query.of(body.read_query(body_of(task.message.root))),
        state=partner.state,
        withheld=lambda entry: terms is None or entry.owner_state != settings.state or entry.person_id in withheld,
    )
    audit.write(
        task.session,
        Action.WATCHLIST_QUERY,
        actor=partner.id,
        subject=task.message.header.message_id,
        purpose=purpose,
        outcome=answer.band,
        at=task.now,
    )
    hits = tuple(
        Hit(hit.band, hit.action, hit.reference, hit.contact, tuple(map(str, hit.reasons))) for hit in answer.hits
    )
    return Outcome(
        "ACCEPTED", kind=Kind.WATCHLIST_ANSWER, body=body.write_watchlist_answer(WatchlistAnswer(answer.band, hits))
    )


def _admit(task: Task, partner: tables.Partner, categories: tuple[Category, ...]) -> tuple[Kernel, str]:
    """Whether this partner may ask at all, for the purpose its header names."""
    # Answering writes to both trees, and the exchange tree is always taken first.
    log.hold(task.session, "exchange")
    kernel = Kernel(task.session, state=task.node.settings.state, now=task.now)
    purpose = task.message.header.purpose
    if not kernel.agreements.exists("out", partner.state, categories, purpose):
        raise NotPermitted(reason=f"{partner.id} has no agreement to ask for {purpose}")
    return kernel, purpose


def _visible(task: Task, kernel: Kernel, recipient: Recipient, person_ids: frozenset[int], purpose: str) -> list[str]:
    """What the recipient may see of a human being.

    What it was given before stays visible even when a protection has begun since: an answer that suddenly
    turned empty would tell that something has happened. Nothing new is added.
    """
    rows = task.session.scalars(
        select(tables.Record)
        .where(
            tables.Record.person_id.in_(person_ids),
            tables.Record.owner_state == task.node.settings.state,
            tables.Record.status != "WITHDRAWN",
            tables.Record.payload != "",
        )
        .order_by(tables.Record.id)
    ).all()
    given = feed.given(task.session, recipient.id, [row.id for row in rows])
    newest: dict[str, str] = {}
    for row in rows:
        decision = kernel.decide(row, recipient, purpose) if row.current else None
        if isinstance(decision, Terms):
            newest[row.record_id] = disclosed(row.payload, decision)
        elif row.id in given:
            newest[row.record_id] = disclosed(row.payload, Terms("", purpose, frozenset()))
    return list(newest.values())


def _fragment(item: feed.Item, kernel: Kernel) -> str:
    """A disclosed version; where it was erased since, its tombstone stands at its position."""
    if not item.row.payload:
        return body.write_withdraw(Withdrawal(item.row.record_id, item.row.version))
    terms = Terms(item.agreement, item.purpose, kernel.agreements.withheld_fields(item.agreement))
    return disclosed(item.row.payload, terms)
