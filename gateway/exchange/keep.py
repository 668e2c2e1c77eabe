"""Keep one version of one record: the row, its person, the links of that person, the watchlist.

A higher version replaces a lower one in whatever order they arrive, so a stream out of order ends in the
same state as one in order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.orm import Session

from gateway.disclosure import firewall, retention
from gateway.errors import Refusal
from gateway.exchange import deadlines, shelter, unspoken
from gateway.exchange.node import Node
from gateway.matching.match import match_person
from gateway.message.write import write_record
from gateway.records.lifecycle import STATES, reachable
from gateway.records.person import Person
from gateway.records.record import Category, Record
from gateway.store import numbers, tables
from gateway.store.bulk import fresh_ids
from gateway.watchlist import entries

WITHDRAWN: Final = "WITHDRAWN"
"""Status of a tombstone; also of an application that its applicant took back, and of a document."""
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class VersionConflict(Refusal):
    """The same version of a record was received before with another content."""

    code = "version-conflict"
    status = 409
    title_en = "This version of the record is known with another content; send a higher version."
    title_ru = "Эта версия записи уже получена с другим содержанием; пришлите следующую версию."


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a version."""

    verdict: str
    """`STORED` or `UNCHANGED`."""
    row: int
    """The record row that stands for it."""


def essence(record: Record) -> str:
    """Digest of what a record says, without when and under which number it was said (SHA-256, hexadecimal)."""
    said = replace(record, version=1, created=_NEVER, profile="")
    return hashlib.sha256(write_record(said).encode()).hexdigest()


# Columns of the tables, not attributes of rows: these run for every record, and the way past the object mapper
# is several times shorter.
_R: Final = tables.Table.metadata.tables["record"].c
_VERSIONS: Final = (
    select(_R.id, _R.version, _R.digest, _R.status, and_(_R.erasure == WITHDRAWN, _R.payload != "").label("tombstone"))
    .where(_R.record_id == bindparam("record"))
    .order_by(_R.version)
)
_KEEP: Final = insert(tables.Table.metadata.tables["record"])
_DESCRIBED: Final = select(tables.Person).where(
    tables.Person.state == bindparam("state"),
    tables.Person.agency == bindparam("agency"),
    tables.Person.system == bindparam("system"),
    tables.Person.ref == bindparam("ref"),
)


def keep(
    session: Session,
    node: Node,
    record: Record,
    *,
    journal_id: int | None,
    now: datetime,
    correction: bool = False,
    agreed_days: int | None = None,
) -> Kept:
    """Store a version that is already permitted and valid; raises VersionConflict before it writes anything.

    The caller has queued with all others who keep or withdraw records (`numbers.hold(session, "record")`): what is
    known of a record must not change between being read here and the commit. A correction may set any state.
    `agreed_days` is how long an agreement lets us keep what came under it.
    """
    # 1. What we know of this record.
    versions = session.execute(_VERSIONS, {"record": record.record_id}).all()
    digest, payload = essence(record), write_record(record)
    same = next((row for row in versions if row.version == record.version), None)
    if same is not None:
        # A withdrawal of this very version stands, whichever of the two came first.
        if same.digest == digest or same.tombstone:
            return Kept("UNCHANGED", same.id)
        raise VersionConflict(where=record.record_id, reason=f"version {record.version} differs")
    newest = not versions or record.version > versions[-1].version
    # 2. Its number.
    number = numbers.take(session, "record")
    # 3. The person, as this register describes them, where it speaks of one.
    person = None if record.person is None else _person(session, node, record, record.person, now)
    # 4. The version itself; older ones step back. What was withdrawn meanwhile comes as a tombstone.
    if newest and versions:
        session.execute(update(tables.Record).where(tables.Record.record_id == record.record_id).values(current=False))
    withdrawn = any(row.tombstone and row.version > record.version for row in versions)
    values = {
        "id": number,
        "record_id": record.record_id,
        "version": record.version,
        "category": record.category.value,
        "owner_state": record.source.state,
        "owner_agency": record.source.agency,
        "person_id": None if person is None else person.id,
        "status": record.status,
        "current": newest,
        "payload": "" if withdrawn else payload,
        "digest": digest,
        "created": record.created,
        "stored": now,
        "journal_id": journal_id,
        "retention_until": retention.last_day(record, agreed_days=agreed_days, stored=now.date()),
        "decision": shelter.decision_of(record),
        "erased": now if withdrawn else None,
        "erasure": WITHDRAWN if withdrawn else "",
        "profile": record.profile.rpartition("/")[0][:80],
    }
    session.execute(_KEEP, values)
    # 5. A step that the lifecycle does not know is a human's to look at; the owner's word is kept all the same.
    if not correction and not withdrawn and _out_of_step(record, versions):
        _to_a_human(session, record, now)
    # 6. What follows for this person, and from this record for others; nothing is merged.
    if newest:
        if record.source.state == node.settings.state:
            deadlines.note(session, record, first=not versions, now=now)
        _follow(session, node, record, person, change=number, now=now)
    return Kept("STORED", number)


def _follow(
    session: Session, node: Node, record: Record, person: tables.Person | None, *, change: int, now: datetime
) -> None:
    category = record.category
    if category is Category.TEMPORARY_PROTECTION_GROUP:
        shelter.spread_origins(session, record, node.settings.state)
    if person is None or record.person is None:
        return
    if category.protected:
        shelter.settle(session, person, now=now)
    match_person(session, person.id, record.person, protected=person.protected, secret=node.search_secret, now=now)
    if firewall.grants(category, record.status):
        shelter.rectify(session, node, person, now=now)
    if category is Category.ENTRY_BAN:
        entries.write_entry(session, record, person_row=person.id, change=change, contact=node.settings.contact)


def out_of_step(category: Category, before: str, after: str) -> bool:
    """Whether a lifecycle knows no way from one state to another, not even by steps nobody told us of."""
    return before in STATES[category] and not reachable(category, before, after)


def _out_of_step(record: Record, versions: Sequence[Any]) -> bool:
    """Whether the version does not follow from the one before it, or lead to the one after it."""
    before = [row for row in versions if row.version < record.version and not row.tombstone]
    after = [row for row in versions if row.version > record.version and not row.tombstone]
    category = record.category
    return bool(before and out_of_step(category, before[-1].status, record.status)) or bool(
        after and out_of_step(category, record.status, after[0].status)
    )


def _to_a_human(session: Session, record: Record, now: datetime) -> None:
    review = tables.Review
    known = select(review.id).where(review.kind == "lifecycle", review.subject == record.record_id)
    if session.scalar(known) is None:
        detail = {"record_id": record.record_id, "category": record.category.value, "version": record.version}
        session.add(
            review(
                kind="lifecycle",
                subject=record.record_id,
                detail=detail,
                protected=record.category.protected,
                created=now,
            )
        )


def withdraw(
    session: Session, record_id: str, version: int, payload: str, *, journal_id: int | None, now: datetime
) -> Kept | None:
    """Withdraw every version up to and including `version`; None when nothing of the record is known here.

    What these versions said is erased; their ids, digests and dates stay as tombstones. A higher version that
    is here already stays, in whatever order the two came. The caller has queued, as for `keep`.
    """
    versions = session.scalars(
        select(tables.Record).where(tables.Record.record_id == record_id).order_by(tables.Record.version)
    ).all()
    if not versions:
        return None
    row = next((row for row in versions if row.version == version), None)
    if row is not None and is_tombstone(row.payload):
        return Kept("UNCHANGED", row.id)
    number = numbers.take(session, "record")
    latest = versions[-1]
    for known in versions:
        if known.version < version and not is_tombstone(known.payload):
            known.payload, known.erased, known.erasure = "", now, WITHDRAWN
        known.current = known.current and latest.version > version
    if row is None:
        row = tables.Record(
            id=number,
            record_id=record_id,
            version=version,
            category=latest.category,
            owner_state=latest.owner_state,
            owner_agency=latest.owner_agency,
            person_id=latest.person_id,
            created=now,
            decision=latest.decision,
        )
        session.add(row)
    row.status, row.payload, row.digest = WITHDRAWN, payload, hashlib.sha256(payload.encode()).hexdigest()
    row.current, row.stored, row.journal_id = latest.version <= version, now, journal_id
    row.erased, row.erasure = now, WITHDRAWN
    session.flush()
    if row.current and latest.category == Category.ENTRY_BAN:
        entries.deactivate(session, record_id, number)
    if row.current and Category(latest.category).protected and latest.person_id is not None:
        shelter.settle(session, session.get_one(tables.Person, latest.person_id), now=now)
    if row.current:
        deadlines.forget(session, record_id)
        if latest.person_id is not None:
            unspoken.forget_unspoken(session, {latest.person_id}, now=now)
    return Kept("STORED", row.id)


def is_tombstone(payload: str) -> bool:
    """Whether this payload is a withdrawal's; a status of WITHDRAWN is also an applicant's own word."""
    return payload.startswith("<Withdraw>")


def _person(session: Session, node: Node, record: Record, described_as: Person, now: datetime) -> tables.Person:
    source = record.source
    described = {"state": source.state, "agency": source.agency, "system": source.system, "ref": described_as.ref}
    person = session.scalar(_DESCRIBED, described)
    if person is None:
        (number,) = fresh_ids(session, "person", 1)
        person = tables.Person(id=number, **described, states=[], updated=now)
        session.add(person)
    origins = shelter.origins_for(session, record)
    states = firewall.states_of(described_as, record.detail, node.settings.state, origins)
    # A state that was once in the risk set stays in it: nobody becomes safe because a register forgot.
    person.states = sorted({*(person.states or ()), *states})
    person.updated = now
    session.flush()
    return person
