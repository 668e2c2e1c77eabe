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
from gateway.errors import InvalidRequest, NotPermitted
from gateway.exchange import recall
from gateway.exchange.incoming import refuse_invalid
from gateway.exchange.node import Node
from gateway.exchange.outcome import Outcome, Task
from gateway.findings import Finding
from gateway.ledger import log
from gateway.matching.find import find_persons
from gateway.message import body
from gateway.message.bodies import Hit, WatchlistAnswer
from gateway.message.envelope import Kind, body_of
from gateway.records.record import Category
from gateway.store import tables
from gateway.watchlist.query import Query

_OPEN: Final = tuple(category for category in Category if not category.protected)
_PERSONS: Final = 5
"""Most persons in one answer: a query names somebody, it does not list."""
_RECORDS: Final = 100
"""Most records of one person in an answer, as the format has it."""
_SIZE: Final = 4096
"""Bytes that the body of an answer is brought to, so that its size does not tell none from some."""


def answer_ping(_task: Task, _partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """A ping is answered by a receipt: it went through every step a record goes through."""
    refuse_invalid(findings)
    return Outcome("ACCEPTED")


def answer_changes(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """What is new for this partner, at positions of its own."""
    refuse_invalid(findings)
    request = body.read_changes_request(body_of(task.message.root))
    content, count = changes_for(
        task.session, task.node, partner, after=request.after, limit=request.limit, now=task.now
    )
    _audit(task, partner, Action.CHANGES_READ, f"after {request.after}", f"{count} disclosed")
    return Outcome("ACCEPTED", kind=Kind.CHANGE_BATCH, body=content)


def changes_for(
    session: Session, node: Node, partner: tables.Partner, *, after: int, limit: int, now: datetime
) -> tuple[str, int]:
    """The ChangeBatch after a position, and how many changes it holds.

    Raises InvalidRequest for a position that the partner was never given.
    """
    state = node.settings.state
    limit = min(limit, node.settings.limits.changes)
    kernel = Kernel(session, state=state, now=now)
    recipient = Recipient.of(partner)
    # 0. What waits for the partner in the outbox, and has not left yet, is judged once more.
    recall.before_pull(session, node, partner.id, now)
    # 1. What was disclosed before and is asked for again, or was lost on its way.
    items = list(feed.page(session, partner.id, after=after, limit=limit))
    if not items and after > feed.position(session, partner.id):
        raise InvalidRequest("This position was never given.", where="/Message/Body/ChangesRequest/After")
    # 2. What is new, and no more than is handed over now.
    if len(items) < limit:
        feed.advance(session, kernel, recipient, state=state, most=limit - len(items))
        items = list(feed.page(session, partner.id, after=after, limit=limit))
    last = items[-1].position if items else after
    feed.hand_over(session, partner.id, after=after, last=last)
    more = last < feed.position(session, partner.id) or feed.more(session, kernel, recipient, state=state)
    changes = [(item.position, item.fragment(kernel.agreements)) for item in items]
    return body.write_change_batch(after, last, more, changes), len(items)


def answer_person(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """Records of persons who may be the one asked about, as far as this partner may see them."""
    refuse_invalid(findings)
    purpose, kernel = task.message.header.purpose, _kernel(task)
    if not kernel.agreements.exists("out", partner.state, _OPEN, purpose):
        return _declined(task, partner, Action.PERSON_QUERY)
    subject, recipient = body.read_query(body_of(task.message.root)), Recipient.of(partner)
    found = find_persons(task.session, subject, secret=task.node.search_secret)
    visible = _visible(task, kernel, recipient, found, purpose)
    # Cut after hiding: a hidden person must not push a visible one out.
    matches = [seen for seen in visible if seen][:_PERSONS]
    feed.note(task.session, kernel, recipient, {row.id: terms for seen in matches for row, terms in seen})
    _audit(task, partner, Action.PERSON_QUERY, task.message.header.message_id, f"{len(matches)} persons")
    fragments = [[disclosed(row.payload, terms) for row, terms in seen] for seen in matches]
    return Outcome("ACCEPTED", kind=Kind.PERSON_ANSWER, body=body.write_person_answer(fragments, size=_SIZE))


def answer_watchlist(task: Task, partner: tables.Partner, findings: list[Finding]) -> Outcome:
    """Entries of our own that this partner may be told of."""
    refuse_invalid(findings)
    purpose, kernel, recipient = task.message.header.purpose, _kernel(task), Recipient.of(partner)
    if not kernel.agreements.exists("out", partner.state, (Category.ENTRY_BAN,), purpose):
        return _declined(task, partner, Action.WATCHLIST_QUERY)
    own = task.node.settings.state
    terms = kernel.agreements.terms("out", partner.state, partner.agency_class, Category.ENTRY_BAN, purpose)
    withheld = firewall.forbidden(task.session, partner.state)
    told = feed.told_of(task.session, partner.id, withheld)
    answer = task.node.watchlist.query(
        Query.of(body.read_query(body_of(task.message.root))),
        state=partner.state,
        withheld=lambda entry: (
            terms is None or entry.owner_state != own or (entry.person_id in withheld and entry.record_id not in told)
        ),
    )
    if terms is not None:
        rows = feed.current(task.session, [hit.record_id for hit in answer.hits])
        feed.note(task.session, kernel, recipient, dict.fromkeys(rows, terms))
    _audit(task, partner, Action.WATCHLIST_QUERY, task.message.header.message_id, answer.band)
    hits = tuple(
        Hit(hit.band, hit.action, hit.reference, hit.contact, tuple(map(str, hit.reasons))) for hit in answer.hits
    )
    content = body.write_watchlist_answer(WatchlistAnswer(answer.band, hits), size=_SIZE)
    return Outcome("ACCEPTED", kind=Kind.WATCHLIST_ANSWER, body=content)


def _kernel(task: Task) -> Kernel:
    return Kernel(task.session, state=task.node.settings.state, now=task.now)


def _declined(task: Task, partner: tables.Partner, action: Action) -> Outcome:
    """Nobody may ask for this purpose under any agreement: said before it is looked whom the question is about."""
    _audit(task, partner, action, task.message.header.message_id, NotPermitted.code)
    return Outcome.refused(NotPermitted(reason=f"{partner.id} has no agreement to ask for this purpose"))


def _audit(task: Task, partner: tables.Partner, action: Action, subject: str, outcome: str) -> None:
    # The feed is taken before the exchange tree, and that one before the audit tree, here as in every push:
    # two transactions that took them crosswise would wait for each other.
    log.hold(task.session, "exchange")
    purpose = task.message.header.purpose
    audit.write(task.session, action, actor=partner.id, subject=subject, purpose=purpose, outcome=outcome, at=task.now)


def _visible(
    task: Task, kernel: Kernel, recipient: Recipient, found: list[frozenset[int]], purpose: str
) -> list[list[tuple[tables.Record, Terms]]]:
    """What the recipient may see of each human being found, with the terms.

    What it was given before stays visible even when a protection has begun since: an answer that suddenly
    turned empty would tell that something has happened. Nothing new is added. Asked for all together, so that
    one who is hidden costs about as much as nobody.
    """
    person_ids = frozenset[int]().union(*found)
    rows = task.session.scalars(
        select(tables.Record)
        .where(
            tables.Record.person_id.in_(person_ids),
            tables.Record.owner_state == task.node.settings.state,
            tables.Record.erased.is_(None),
            tables.Record.payload != "",
        )
        .order_by(tables.Record.id)
    ).all()
    given = feed.given(task.session, recipient.id, [row.id for row in rows])
    kernel.look_up(person_ids)
    newest: dict[str, tuple[tables.Record, Terms]] = {}
    for row in rows:
        # What was given under one purpose is not shown for another.
        terms = kernel.agreed(row, recipient, purpose)
        if isinstance(terms, Terms) and (row.id in given or _new_to(kernel, row, recipient)):
            newest[row.record_id] = row, terms
    seen = newest.values()
    return [[(row, terms) for row, terms in seen if row.person_id in group][:_RECORDS] for group in found]


def _new_to(kernel: Kernel, row: tables.Record, recipient: Recipient) -> bool:
    protection = kernel.protection(row.person_id)
    return row.current and (protection is None or not protection.forbids(recipient.state))
