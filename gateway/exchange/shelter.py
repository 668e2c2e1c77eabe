"""What follows for others when a protection begins, is granted or ends (docs/decisions/0006-asylum-firewall.md).

The firewall decides on disclosures; here the facts it decides on are kept: who is protected, from whom, and
what has lost its ground because protection was granted.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.disclosure import feed, firewall
from gateway.disclosure.permit import illegal, interlocked
from gateway.exchange.node import Node
from gateway.matching.identities import identity_of, members
from gateway.message.parse import NS, parse
from gateway.message.read import read_record
from gateway.records.protection import TemporaryProtection, TemporaryProtectionGroup
from gateway.records.record import Category, Record
from gateway.store import tables

_SPREAD: Final = 28
"""Days over which withdrawals after a grant are spread, so that they do not come together, nor on its day."""
_TOGETHER: Final = 500


def read(payload: str) -> Record:
    """A record from its canonical XML, as it is kept."""
    return read_record(parse(f'<Body xmlns="{NS}">{payload}</Body>'.encode(), limit=len(payload) * 4 + 200)[0])


def decision_of(record: Record) -> str:
    """Number of the group decision a record is or belongs to; empty for every other one."""
    if isinstance(record.detail, TemporaryProtectionGroup):
        return record.detail.decision
    return record.detail.group if isinstance(record.detail, TemporaryProtection) else ""


def origins_for(session: Session, record: Record) -> set[str]:
    """The states that the group of a member fled from, as far as the group's decision is known here."""
    decision = decision_of(record)
    if not decision or record.person is None:
        return set()
    payloads = session.scalars(
        select(tables.Record.payload).where(
            tables.Record.decision == decision,
            tables.Record.category == Category.TEMPORARY_PROTECTION_GROUP,
            tables.Record.owner_state == record.source.state,
            tables.Record.payload != "",
            tables.Record.erased.is_(None),
        )
    )
    return {state for payload in payloads for state in firewall.named_by(read(payload).detail)}


def spread_origins(session: Session, group: Record, owner: str) -> None:
    """Every member of a group is at risk from all states it fled from; whoever was registered first, too."""
    states = firewall.risky(firewall.named_by(group.detail), owner)
    members_of = select(tables.Record.person_id).where(
        tables.Record.decision == decision_of(group),
        tables.Record.decision != "",
        tables.Record.owner_state == group.source.state,
        tables.Record.person_id.is_not(None),
    )
    people = session.scalars(
        select(tables.Person).where(tables.Person.id.in_(members_of)).execution_options(yield_per=_TOGETHER)
    )
    for person in people:
        if not set(states) <= set(person.states):
            person.states = sorted({*person.states, *states})


def settle(session: Session, person: tables.Person, *, now: datetime) -> None:
    """A person is protected as long as any protection record that counts is open or granted."""
    rows = session.execute(
        select(tables.Record.category, tables.Record.status).where(
            tables.Record.person_id == person.id,
            tables.Record.category.in_(firewall.PROTECTED),
            tables.Record.current,
            tables.Record.erasure != "WITHDRAWN",
        )
    )
    before, person.protected = person.protected, any(firewall.active(Category(each), said) for each, said in rows)
    person.updated = now
    session.flush()
    if before and not person.protected:
        # What was withheld while the person was protected may be looked at again.
        covered = firewall.descriptions_of(session, person.id)
        first = session.scalar(select(func.min(tables.Record.id)).where(tables.Record.person_id.in_(covered)))
        feed.rescan_from(session, first or 0)


def rectify(session: Session, node: Node, person: tables.Person, *, now: datetime) -> None:
    """After a grant: what others were told of this human being's illegal entry or stay loses its ground (R8).

    Of the same identity, a record of an illegal entry or stay is withdrawn by itself on a day of its own in the
    following weeks. A ban or an expulsion rests on a decision that only a human takes back, and so does
    whatever is merely tied to the person by a doubt: these are put before one.
    """
    identity = identity_of(session, person.id)
    same = {person.id, *(members(session, identity) if identity else ())}
    rows = session.scalars(
        select(tables.Record)
        .where(
            tables.Record.person_id.in_(firewall.descriptions_of(session, person.id)),
            tables.Record.owner_state == node.settings.state,
            tables.Record.current,
            tables.Record.erased.is_(None),
        )
        .order_by(tables.Record.id)
    ).all()
    for row in rows:
        if interlocked(row) and _was_told(session, row.record_id):
            certain = row.person_id in same and illegal(row)
            _ask(session, node, row, certain, now)


def _ask(session: Session, node: Node, row: tables.Record, certain: object, now: datetime) -> None:
    known = select(tables.Review.id).where(tables.Review.kind == "rectify", tables.Review.subject == row.record_id)
    if session.scalar(known) is None:
        review = tables.Review(
            kind="rectify",
            subject=row.record_id,
            detail={"record_id": row.record_id, "category": row.category},
            protected=True,
            created=now,
            due=(now + timedelta(days=_delay(node, row.record_id))).date() if certain else None,
        )
        session.add(review)
        session.flush()


def _was_told(session: Session, record_id: str) -> bool:
    told = (
        select(tables.Disclosure.position)
        .join(tables.Record, tables.Record.id == tables.Disclosure.record_row)
        .where(tables.Record.record_id == record_id)
        .limit(1)
    )
    return session.scalar(told) is not None


def _delay(node: Node, record_id: str) -> int:
    """Days until a withdrawal: the same each time it is asked, and not to be guessed from outside."""
    return 1 + hmac.digest(node.search_secret, record_id.encode(), sha256)[0] % _SPREAD
