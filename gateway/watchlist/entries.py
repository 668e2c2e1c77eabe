"""Entries of the watchlist: what is kept of an entry ban so that a border can be answered.

`WatchlistEntry.subject` holds one compact JSON object:
`{"names": [[family, given, patronymic, full, language], …], "birth": "1985-06-15" | "1985" | "",
"assumed": bool, "sex": "0", "citizenships": ["UZB"], "documents": [[country, number], …],
"identifiers": [[scheme, value], …]}`. A document's series stands before its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from gateway.records.dates import PartialDate
from gateway.records.person import Name, Person, Sex
from gateway.records.record import Record
from gateway.records.restriction import EntryBan
from gateway.records.value import quick
from gateway.store.tables import WatchlistEntry

INACTIVE: Final = frozenset({"PROPOSED", "SUSPENDED", "FLAGGED", "LIFTED", "EXPIRED", "DELETED", "WITHDRAWN"})
"""States of an entry ban in which nobody may be stopped on it (domain.md 2.9)."""


@quick
@dataclass(frozen=True, slots=True)
class WrittenName:
    """One spelling of one name, its parts as the source wrote them."""

    family: str = ""
    given: str = ""
    patronymic: str = ""
    full: str = ""
    """Only where the source gives the name unsplit."""
    language: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an entry, or a query, is about."""

    names: tuple[WrittenName, ...] = ()
    birth_date: PartialDate | None = None
    sex: Sex = Sex.UNKNOWN
    citizenships: tuple[str, ...] = ()
    """ISO 3166-1 alpha-3."""
    documents: tuple[tuple[str, str], ...] = ()
    """Issuing state (empty where unknown) and number with its series."""
    identifiers: tuple[tuple[str, str], ...] = ()
    """Scheme and value."""


@quick
@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: whom it means and what a border should do."""

    record_id: str
    owner_state: str
    subject: Subject
    reference: str
    """The individual decision, the only thing of the file that leaves with an answer."""
    ban_from: date
    ban_to: date | None = None
    """Inclusive."""
    person_id: int = 0
    """Row of the person, by which the disclosure kernel decides what an asker may learn of."""
    action: str = "REFUSE_ENTRY"
    contact: str = ""
    territory: str = "ISSUER"
    active: bool = True


def subject_of(person: Person) -> Subject:
    """What the watchlist keeps of a person."""
    return Subject(
        names=tuple(map(_written, person.names)),
        birth_date=person.birth_date,
        sex=person.sex,
        citizenships=person.citizenships,
        documents=tuple((document.country, document.series + document.number) for document in person.documents),
        identifiers=tuple((identifier.scheme, identifier.value) for identifier in person.identifiers),
    )


def _written(name: Name) -> WrittenName:
    split = bool(name.family or name.given)
    return WrittenName(name.family, name.given, name.patronymic, "" if split else name.full, name.language)


def entry_subject(person: Person) -> dict[str, Any]:
    """The JSON of a person for `WatchlistEntry.subject`."""
    return kept_subject(subject_of(person))


def kept_subject(subject: Subject) -> dict[str, Any]:
    """The JSON of a subject; `read_subject` reads it."""
    born = subject.birth_date
    return {
        "names": [[name.family, name.given, name.patronymic, name.full, name.language] for name in subject.names],
        "birth": str(born) if born else "",
        "assumed": bool(born and born.assumed),
        "sex": str(subject.sex),
        "citizenships": list(subject.citizenships),
        "documents": [list(document) for document in subject.documents],
        "identifiers": [list(identifier) for identifier in subject.identifiers],
    }


def read_subject(kept: dict[str, Any]) -> Subject:
    """The subject of a stored entry."""
    born = PartialDate.parse(kept["birth"]) if kept["birth"] else None
    if born and kept["assumed"]:
        born = PartialDate(born.year, born.month, born.day, assumed=True)
    return Subject(
        names=tuple(WrittenName(*parts) for parts in kept["names"]),
        birth_date=born,
        sex=Sex(kept["sex"]),
        citizenships=tuple(kept["citizenships"]),
        documents=tuple((country, number) for country, number in kept["documents"]),
        identifiers=tuple((scheme, value) for scheme, value in kept["identifiers"]),
    )


_NAMES: Final = (
    "record_id", "owner_state", "subject", "reference", "ban_from", "ban_to",
    "person_id", "action", "contact", "territory", "active",
)  # fmt: skip
COLUMNS: Final = tuple(WatchlistEntry.__table__.columns[name] for name in _NAMES)
"""What is read of a stored entry, in the order of Entry."""


def read_entry(row: Sequence[Any]) -> Entry:
    """The entry of a row of COLUMNS; by place, since a start reads a million for which names cost too much."""
    record_id, owner_state, subject, reference, ban_from, ban_to, person_id, *rest = row
    return Entry(record_id, owner_state, read_subject(subject), reference, ban_from, ban_to, person_id or 0, *rest)


def write_entry(session: Session, record: Record, *, person_row: int, change: int, contact: str) -> None:
    """Keep the entry of a stored ENTRY_BAN record, replacing an older version of it.

    `person_row` is the row of gateway.store.tables.Person, `change` the number of the stored record row (it
    grows in commit order, and the index follows it), `contact` the contact point an officer may call. The
    caller gives only the version that counts. TypeError for a record of another family.
    """
    ban = record.detail
    if not isinstance(ban, EntryBan) or record.person is None:
        raise TypeError("only an entry ban on a person becomes an entry of the watchlist")
    session.merge(
        WatchlistEntry(
            record_id=record.record_id,
            changed=change,
            owner_state=record.source.state,
            person_id=person_row,
            active=record.status not in INACTIVE,
            action=ban.action,
            reference=ban.decision,
            contact=contact,
            territory=ban.territory,
            ban_from=ban.ban_from,
            ban_to=ban.ban_to,
            subject=entry_subject(record.person),
        )
    )


def deactivate(session: Session, record_id: str, change: int) -> None:
    """Take an entry out of every answer, as when its record is withdrawn, and erase whom it meant.

    Nothing happens to an unknown one. The row stays, so that every process hears of its end.
    """
    session.execute(
        update(WatchlistEntry)
        .where(WatchlistEntry.record_id == record_id)
        .values(active=False, changed=change, person_id=None, reference="", subject=_NOBODY)
    )


_NOBODY: Final[dict[str, Any]] = {
    "names": [],
    "birth": "",
    "assumed": False,
    "sex": "0",
    "citizenships": [],
    "documents": [],
    "identifiers": [],
}
