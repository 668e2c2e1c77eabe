"""The business rules of one record (BR-01 to BR-19), judged on its values; family_rules.py has its family's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gateway.findings import Finding
from gateway.message.family_rules import FAMILY_RULES
from gateway.message.rulebook import Breach, breach, misordered
from gateway.records.dates import PartialDate
from gateway.records.identifiers import contradictions
from gateway.records.person import Name, Person
from gateway.records.record import DETAIL_OF, STATES, Record, record_id

EARLIEST_BIRTH = 1850
"""Nobody alive or in a living register was born before; such a year is a slip of the pen or a filler."""


def check_record(record: Record, *, path: str = "/Record", line: int = 0) -> list[Finding]:
    """What the business rules say of one record; `path` and `line` are where it stands in its message."""
    return [breach(number, path + place, line) for number, place in _breaches(record)]


def _breaches(record: Record) -> Iterator[Breach]:
    if record.status not in STATES[record.category]:
        yield "BR-01", "/Status"
    if type(record.detail) is not DETAIL_OF[record.category]:
        yield "BR-02", "/Category"
    if record.record_id != record_id(record.source):
        yield "BR-03", "/RecordId"
    if record.retention_until is not None and record.retention_until < record.created.date():
        yield "BR-04", "/RetentionUntil"
    about = record.category.about
    if (record.person is None) != (about == "nobody") and about != "perhaps":
        yield "BR-05", "/Person"
    if record.person is not None:
        yield from _person(record.person, record.created.date())
    yield from FAMILY_RULES[type(record.detail)](record.detail, record)


def _person(person: Person, created: date) -> Iterator[Breach]:
    if person.birth_date is not None:
        yield from _birth(person.birth_date, created)
    for index, name in enumerate(person.names, start=1):
        if _nameless(name):
            yield "BR-13", _numbered("/Person/Name", index, len(person.names))
        if name.no_patronymic and name.patronymic:
            yield "BR-14", _numbered("/Person/Name", index, len(person.names))
    if person.stateless and person.citizenships:
        yield "BR-15", "/Person/Stateless"
    yield from _numbers(person)


def _birth(born: PartialDate, created: date) -> Iterator[Breach]:
    if born.year >= created.year and earliest(born) > created:
        yield "BR-10", "/Person/BirthDate"
    if born.year < EARLIEST_BIRTH:
        yield "BR-11", "/Person/BirthDate"
    if born.assumed and (born.month, born.day) != (1, 1):
        yield "BR-12", "/Person/BirthDate/@assumed"


def _numbers(person: Person) -> Iterator[Breach]:
    for index, identifier in enumerate(person.identifiers, start=1):
        if not identifier.value.strip():
            yield "BR-18", _numbered("/Person/Identifier", index, len(person.identifiers))
        elif contradictions(identifier, person.sex, person.birth_date):
            yield "BR-16", _numbered("/Person/Identifier", index, len(person.identifiers))
    for index, document in enumerate(person.documents, start=1):
        if misordered(document.issued, document.expires):
            yield "BR-17", f"{_numbered('/Person/Document', index, len(person.documents))}/Expires"
        if not document.number.strip():
            yield "BR-18", f"{_numbered('/Person/Document', index, len(person.documents))}/Number"


def earliest(born: PartialDate) -> date:
    """The first day that a partial date can mean."""
    return date(born.year, born.month or 1, born.day or 1)


def _nameless(name: Name) -> bool:
    return not (name.family.strip() or name.given.strip() or name.patronymic.strip() or name.full.strip())


def _numbered(path: str, index: int, total: int) -> str:
    """The path as schema findings write it: a position only where there are several."""
    return path if total == 1 else f"{path}[{index}]"
