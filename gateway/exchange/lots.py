"""Many records nobody knew yet, kept at once: what `keep` does for each, in a few statements for all of them.

This is for the bulk of what a register hands in or a partner sends. Whatever is in any way special, a version of
a known record, a person known before, a protection, a ban, is left to `keep`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway.disclosure import firewall, retention
from gateway.exchange import deadlines, shelter
from gateway.exchange.keep import Kept, essence
from gateway.exchange.node import Node
from gateway.matching.candidates import Candidate
from gateway.matching.keys import keys
from gateway.matching.newcomers import Newcomer, match_newcomers
from gateway.matching.normalise import Comparable, comparable
from gateway.message.write import write_record
from gateway.records.person import Person
from gateway.records.record import Category, Record
from gateway.records.value import quick
from gateway.store import numbers
from gateway.store.bulk import fresh_ids, write_rows
from gateway.store.tables import Table

LOT: Final = 500
"""Records kept at once: enough to share statements, few enough to stay small in memory."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms records are kept."""

    journal_id: int | None
    """The message that brought them; None for what a register of our own hands in."""
    now: datetime
    agreed_days: Callable[[Record], int | None] = lambda _record: None
    """How long an agreement lets us keep a record of another state."""


@quick
@dataclass(frozen=True, slots=True)
class Prepared:
    """A record with all that can be worked out of it without the database."""

    record: Record
    payload: str
    digest: str
    comparable: Comparable | None
    """What of its person takes part in matching."""
    text: str
    """The same as it is stored."""
    keys: tuple[int, ...]


def prepare(record: Record, secret: bytes) -> Prepared:
    """Work out what keeping a record takes; a Refusal where it cannot be written."""
    payload, digest = write_record(record), essence(record)
    if record.person is None:
        return Prepared(record, payload, digest, None, "", ())
    value = comparable(record.person)
    return Prepared(record, payload, digest, value, value.to_json(), keys(value, secret))


_R: Final = Table.metadata.tables["record"].c
_P: Final = Table.metadata.tables["person"].c
_KNOWN: Final = select(_R.record_id).where(_R.record_id.in_(bindparam("records", expanding=True))).distinct()
_DESCRIBED: Final = select(_P.ref).where(
    _P.state == bindparam("state"),
    _P.agency == bindparam("agency"),
    _P.system == bindparam("system"),
    _P.ref.in_(bindparam("refs", expanding=True)),
)
_Ref = tuple[str, str, str, str]


def keep_new(session: Session, node: Node, prepared: Sequence[Prepared], terms: Terms) -> dict[int, Kept]:
    """Keep those of the records that are new in every respect; what became of them by their place in the list.

    The records are permitted and valid. The others are the caller's to give to `keep`, after this.
    """
    # Whoever keeps records queues here, before it is asked who is new: another message may be making the same
    # people known at this moment, and two about the same people in another order would wait for each other.
    numbers.hold(session, "record")
    places = _new(session, [item.record for item in prepared])
    chosen = [prepared[place] for place in places]
    if not chosen:
        return {}
    # 1. Their numbers.
    first = numbers.take(session, "record", len(chosen))
    # 2. The persons, as this register describes them.
    people = [item for item in chosen if item.record.person is not None]
    ids = fresh_ids(session, "person", len(people))
    _write_people(session, node, zip(ids, people, strict=True), terms.now)
    person_of = {item.record.record_id: row for row, item in zip(ids, people, strict=True)}
    # 3. The records.
    rows = [
        _row(item, number, person_of.get(item.record.record_id), terms) for number, item in enumerate(chosen, first)
    ]
    write_rows(session, "record", _RECORD, rows)
    # 4. What follows for these persons; nothing is merged.
    for item in chosen:
        if item.record.source.state == node.settings.state:
            deadlines.note(session, item.record, first=True, now=terms.now)
    match_newcomers(session, [_newcomer(row, item) for row, item in zip(ids, people, strict=True)], terms.now)
    return {place: Kept("STORED", number) for number, place in enumerate(places, first)}


def _new(session: Session, records: Sequence[Record]) -> list[int]:
    """The places of the records that are new in every respect, their persons too."""
    plain = [place for place, record in enumerate(records) if _plain(record)]
    names = Counter(record.record_id for record in records)
    refs = Counter(ref for record in records if (ref := _ref(record)))
    known = set(session.scalars(_KNOWN, {"records": [records[place].record_id for place in plain]}))
    seen = _described(session, {ref for place in plain if (ref := _ref(records[place]))})
    return [
        place
        for place in plain
        for record in [records[place]]
        for ref in [_ref(record)]
        if names[record.record_id] == 1 and record.record_id not in known
        if ref is None or (refs[ref] == 1 and ref not in seen)
    ]


def _plain(record: Record) -> bool:
    """Whether nothing follows from the record for others."""
    return not record.category.protected and record.category is not Category.ENTRY_BAN


def _ref(record: Record) -> _Ref | None:
    source, person = record.source, record.person
    return None if person is None else (source.state, source.agency, source.system, person.ref)


def _described(session: Session, refs: Iterable[_Ref]) -> set[_Ref]:
    """Those of the persons whom their register has described before."""
    registers: dict[tuple[str, str, str], list[str]] = {}
    for *register, ref in refs:
        registers.setdefault((register[0], register[1], register[2]), []).append(ref)
    return {
        (state, agency, system, ref)
        for (state, agency, system), asked in registers.items()
        for ref in session.scalars(_DESCRIBED, {"state": state, "agency": agency, "system": system, "refs": asked})
    }


_PERSON: Final = ("id", "state", "agency", "system", "ref", "comparable", "protected", "states", "updated")


def _write_people(session: Session, node: Node, people: Iterable[tuple[int, Prepared]], now: datetime) -> None:
    rows = []
    for row, item in people:
        source, person = item.record.source, _person(item)
        states = sorted(firewall.states_of(person, item.record.detail, node.settings.state, set()))
        rows.append((row, source.state, source.agency, source.system, person.ref, item.text, False, states, now))
    write_rows(session, "person", _PERSON, rows)


def _person(item: Prepared) -> Person:
    assert item.record.person is not None  # noqa: S101 - the caller picked those that have one
    return item.record.person


_RECORD: Final = (
    "id", "record_id", "version", "category", "owner_state", "owner_agency", "person_id", "status", "current",
    "payload", "digest", "created", "stored", "journal_id", "retention_until", "decision", "erased", "erasure",
    "profile",
)  # fmt: skip


def _row(item: Prepared, number: int, person: int | None, terms: Terms) -> tuple[object, ...]:
    record = item.record
    last_day = retention.last_day(record, agreed_days=terms.agreed_days(record), stored=terms.now.date())
    return (
        number, record.record_id, record.version, record.category.value, record.source.state, record.source.agency,
        person, record.status, True, item.payload, item.digest, record.created, terms.now, terms.journal_id, last_day,
        shelter.decision_of(record), None, "", record.profile.rpartition("/")[0][:80],
    )  # fmt: skip


def _newcomer(row: int, item: Prepared) -> Newcomer:
    source = item.record.source
    value = item.comparable or comparable(_person(item))
    return Newcomer(
        Candidate(row, (source.state, source.agency, source.system), protected=False, comparable=value), item.keys
    )
