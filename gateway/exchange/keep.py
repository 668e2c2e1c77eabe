"""Keep one version of one record: the row, its person, the links of that person, the watchlist.

A higher version replaces a lower one in whatever order they arrive, so a stream out of order ends in the
same state as one in order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from gateway.disclosure import feed, firewall
from gateway.errors import Refusal, SchemaInvalid
from gateway.exchange.node import Node
from gateway.matching.match import match_person
from gateway.message.write import write_record
from gateway.records.person import Person
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Record
from gateway.store import numbers, tables
from gateway.watchlist import entries

WITHDRAWN: Final = "WITHDRAWN"
"""Status of a tombstone; also of an application for protection that its applicant took back."""
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
    select(_R.id, _R.version, _R.digest, func.substr(_R.payload, 1, 10).label("start"))
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


def keep(session: Session, node: Node, record: Record, *, journal_id: int | None, now: datetime) -> Kept:
    """Store a version that is already permitted and valid; raises VersionConflict before it writes anything."""
    if record.person is None:
        raise SchemaInvalid(where=record.record_id, reason="records without a person are not kept yet")
    # 1. What we know of this record.
    versions = session.execute(_VERSIONS, {"record": record.record_id}).all()
    digest, payload = essence(record), write_record(record)
    same = next((row for row in versions if row.version == record.version), None)
    if same is not None:
        # A withdrawal of this very version stands, whichever of the two came first.
        if same.digest == digest or is_tombstone(same.start):
            return Kept("UNCHANGED", same.id)
        raise VersionConflict(where=record.record_id, reason=f"version {record.version} differs")
    newest = not versions or record.version > versions[-1].version
    # 2. Its number. Whoever keeps records queues here: two batches about the same people in another order
    #    would otherwise each wait for a person that the other one holds.
    number = numbers.take(session, "record")
    # 3. The person, as this register describes them.
    person = _person(session, node, record, record.person, now, newest=newest)
    # 4. The version itself; older ones step back. What was withdrawn meanwhile comes as a tombstone.
    if newest and versions:
        session.execute(update(tables.Record).where(tables.Record.record_id == record.record_id).values(current=False))
    withdrawn = any(is_tombstone(row.start) and row.version > record.version for row in versions)
    values = {
        "id": number,
        "record_id": record.record_id,
        "version": record.version,
        "category": record.category.value,
        "owner_state": record.source.state,
        "owner_agency": record.source.agency,
        "person_id": person.id,
        "status": record.status,
        "current": newest,
        "payload": "" if withdrawn else payload,
        "digest": digest,
        "created": record.created,
        "stored": now,
        "journal_id": journal_id,
        "retention_until": record.retention_until,
    }
    session.execute(_KEEP, values)
    # 5. Whom else we know this person as; nothing is merged.
    if newest:
        match_person(session, person.id, record.person, protected=person.protected, secret=node.search_secret, now=now)
        if record.category is Category.ENTRY_BAN:
            entries.write_entry(session, record, person_row=person.id, change=number, contact=node.settings.contact)
    return Kept("STORED", number)


def withdraw(
    session: Session, record_id: str, version: int, payload: str, *, journal_id: int | None, now: datetime
) -> Kept | None:
    """Withdraw every version up to and including `version`; None when nothing of the record is known here.

    What these versions said is erased; their ids, digests and dates stay as tombstones. A higher version that
    is here already stays, in whatever order the two came.
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
            known.payload = ""
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
        )
        session.add(row)
    row.status, row.payload, row.digest = WITHDRAWN, payload, hashlib.sha256(payload.encode()).hexdigest()
    row.current, row.stored, row.journal_id = latest.version <= version, now, journal_id
    session.flush()
    if row.current and latest.category == Category.ENTRY_BAN:
        entries.deactivate(session, record_id, number)
    return Kept("STORED", row.id)


def is_tombstone(payload: str) -> bool:
    """Whether this payload is a withdrawal's; a status of WITHDRAWN is also an applicant's own word."""
    return payload.startswith("<Withdraw>")


def _person(
    session: Session, node: Node, record: Record, described_as: Person, now: datetime, *, newest: bool
) -> tables.Person:
    source = record.source
    described = {"state": source.state, "agency": source.agency, "system": source.system, "ref": described_as.ref}
    person = session.scalar(_DESCRIBED, described)
    if person is None:
        person = tables.Person(**described, states=[], updated=now)
        session.add(person)
    application = record.detail if isinstance(record.detail, AsylumApplication) else None
    states = firewall.states_of(described_as, application, node.settings.state)
    # A state that was once in the risk set stays in it: nobody becomes safe because a register forgot.
    person.states = sorted({*(person.states or ()), *states})
    person.updated = now
    session.flush()
    if application is not None and newest:
        _protect(session, person, record)
    return person


def _protect(session: Session, person: tables.Person, record: Record) -> None:
    """A person is protected as long as any of their applications is open or was granted."""
    others = session.scalars(
        select(tables.Record.status).where(
            tables.Record.person_id == person.id,
            tables.Record.category == Category.ASYLUM_APPLICATION,
            tables.Record.current,
            tables.Record.record_id != record.record_id,
        )
    )
    before = person.protected
    person.protected = any(map(firewall.active, (record.status, *others)))
    session.flush()
    if before and not person.protected:
        # What was withheld while the person was protected may be looked at again.
        covered = firewall.descriptions_of(session, person.id)
        first = session.scalar(select(func.min(tables.Record.id)).where(tables.Record.person_id.in_(covered)))
        feed.rescan_from(session, first or 0)
