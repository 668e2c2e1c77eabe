"""The business rules of one record (BR-01 to BR-29), judged on its values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gateway.findings import Finding
from gateway.message.rulebook import Breach, breach
from gateway.records.dates import PartialDate
from gateway.records.identifiers import contradictions
from gateway.records.labour import LabourPermit
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Name, Person
from gateway.records.protection import AsylumApplication
from gateway.records.record import DETAIL_OF, STATES, Record, record_id
from gateway.records.restriction import EntryBan

EARLIEST_BIRTH = 1850
"""Nobody alive or in a living register was born before; such a year is a slip of the pen or a filler."""

BAN_AGE = 14
"""Below it an entry ban needs the flag of a reviewed decision (domain.md 3.4: children are treated stricter)."""

REVIEWED = "BAN-MINOR-REVIEWED"


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
    if (record.person is None) != (record.category.about == "nobody") and record.category.about != "perhaps":
        yield "BR-05", "/Person"
    if record.person is not None:
        yield from _person(record.person, record.created.date())
    yield from _detail(record)


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
    if earliest(born) > created:
        yield "BR-10", "/Person/BirthDate"
    if born.year < EARLIEST_BIRTH:
        yield "BR-11", "/Person/BirthDate"
    if born.assumed and (born.month, born.day) != (1, 1):
        yield "BR-12", "/Person/BirthDate/@assumed"


def _numbers(person: Person) -> Iterator[Breach]:
    for index, identifier in enumerate(person.identifiers, start=1):
        place = _numbered("/Person/Identifier", index, len(person.identifiers))
        if not identifier.value.strip():
            yield "BR-18", place
        elif contradictions(identifier, person.sex, person.birth_date):
            yield "BR-16", place
    for index, document in enumerate(person.documents, start=1):
        place = _numbered("/Person/Document", index, len(person.documents))
        if _reversed(document.issued, document.expires):
            yield "BR-17", f"{place}/Expires"
        if not document.number.strip():
            yield "BR-18", f"{place}/Number"


def _detail(record: Record) -> Iterator[Breach]:
    detail = record.detail
    match detail:
        case LabourPermit():
            if not detail.number.strip():
                yield "BR-28", "/LabourPermit/Number"
            if _reversed(detail.valid_from, detail.valid_to):
                yield "BR-23", "/LabourPermit/ValidTo"
        case StayRegistration():
            yield from _stay(detail)
        case BorderCrossing():
            if not detail.checkpoint.strip():
                yield "BR-28", "/BorderCrossing/Checkpoint"
            if detail.at > record.created:
                yield "BR-26", "/BorderCrossing/At"
        case EntryBan():
            yield from _ban(detail, record)
        case AsylumApplication():
            yield from _asylum(detail)
        case _:
            pass


def _stay(stay: StayRegistration) -> Iterator[Breach]:
    if not stay.number.strip():
        yield "BR-28", "/StayRegistration/Number"
    if _reversed(stay.stay_from, stay.stay_to):
        yield "BR-24", "/StayRegistration/StayTo"
    if _reversed(stay.arrived, stay.stay_to):
        yield "BR-25", "/StayRegistration/Arrived"


def _ban(ban: EntryBan, record: Record) -> Iterator[Breach]:
    if not ban.decision.strip():
        yield "BR-20", "/EntryBan/Decision"
    if not ban.authority.strip():
        yield "BR-20", "/EntryBan/Authority"
    if _reversed(ban.ban_from, ban.ban_to):
        yield "BR-21", "/EntryBan/BanTo"
    born = record.person.birth_date if record.person is not None else None
    if born is not None and REVIEWED not in record.flags and _perhaps_under(BAN_AGE, born, ban.ban_from):
        yield "BR-22", "/EntryBan/BanFrom"


def _asylum(application: AsylumApplication) -> Iterator[Breach]:
    if not application.application.strip():
        yield "BR-28", "/AsylumApplication/Application"
    if _reversed(application.lodged, application.registered):
        yield "BR-27", "/AsylumApplication/Registered"
    if _reversed(application.registered or application.lodged, application.decided):
        yield "BR-27", "/AsylumApplication/Decided"


def earliest(born: PartialDate) -> date:
    """The first day that a partial date can mean."""
    return date(born.year, born.month or 1, born.day or 1)


def _perhaps_under(age: int, born: PartialDate, day: date) -> bool:
    """Whether the person may be younger than `age` on `day`: an unknown day or month counts for the child."""
    unknown = born.assumed or not born.month
    birthday = (12, 31) if unknown else (born.month, born.day or 31)
    return (day.year - born.year, (day.month, day.day)) < (age, birthday)


def _nameless(name: Name) -> bool:
    return not (name.family + name.given + name.patronymic + name.full).strip()


def _reversed(first: date | None, last: date | None) -> bool:
    return first is not None and last is not None and first > last


def _numbered(path: str, index: int, total: int) -> str:
    """The path as schema findings write it: a position only where there are several."""
    return path if total == 1 else f"{path}[{index}]"
