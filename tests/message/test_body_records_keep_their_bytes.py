"""A record is written as C14N writes it and read back as it was, whatever a register may hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import etree

from gateway.errors import InvalidRequest, Unreadable
from gateway.message.body import read_query, read_records, write_query, write_record, write_records
from gateway.message.parse import NS, parse
from gateway.message.read import read_record, read_subject
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Check, Document, Identifier, Name, NameKind, Party, Person, Place, Sex
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Detail, Record, Source
from gateway.records.restriction import EntryBan

# Characters of every kind that XML can carry; those that need an escape come often.
SIGNS = "&<>\"'\t\r\n \x7f\x85\u00a0\u2028ʻАёҚіЪəԱლ𐍈\ue000\ufffd"
TEXT = some.text(SIGNS, min_size=1, max_size=12)
MAYBE = some.one_of(some.just(""), TEXT)
DAYS = some.dates(date(1000, 1, 1))
MAYBE_DAY = some.none() | DAYS
OFFSETS = some.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = some.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS)  # noqa: DTZ001
PARTIAL_DATES = some.one_of(
    DAYS.map(PartialDate.of),
    some.builds(PartialDate, some.integers(1000, 9999), some.integers(0, 12)),
    some.builds(PartialDate, some.integers(1000, 9999), some.just(1), some.just(1), some.booleans()),
)
NAMES = some.builds(Name, MAYBE, MAYBE, MAYBE, MAYBE, TEXT, MAYBE, some.sampled_from(NameKind), some.booleans())
IDENTIFIERS = some.builds(Identifier, TEXT, TEXT, MAYBE, some.sampled_from(Check))
DOCUMENTS = some.builds(Document, MAYBE, TEXT, TEXT, MAYBE, MAYBE_DAY, MAYBE_DAY, MAYBE)
LIST = some.lists(TEXT, max_size=2).map(tuple)
PERSONS = some.builds(
    Person,
    TEXT,
    some.lists(NAMES, min_size=1, max_size=2).map(tuple),
    some.none() | PARTIAL_DATES,
    some.sampled_from(Sex),
    LIST,
    LIST,
    some.booleans(),
    MAYBE,
    MAYBE,
    MAYBE,
    some.lists(IDENTIFIERS, max_size=2).map(tuple),
    some.lists(DOCUMENTS, max_size=2).map(tuple),
)
PARTIES = some.none() | some.builds(Party, TEXT) | some.builds(Party, TEXT, TEXT, MAYBE)
PLACES = some.none() | some.builds(Place, MAYBE, MAYBE, MAYBE)
DETAILS: some.SearchStrategy[Detail] = some.one_of(
    some.builds(LabourPermit, TEXT, TEXT, MAYBE, MAYBE_DAY, MAYBE_DAY, MAYBE, MAYBE, PARTIES, MAYBE),
    some.builds(StayRegistration, TEXT, DAYS, MAYBE_DAY, MAYBE_DAY, PLACES, PARTIES, MAYBE, MAYBE),
    some.builds(BorderCrossing, TEXT, MOMENTS, TEXT, TEXT, MAYBE, MAYBE, MAYBE),
    some.builds(EntryBan, TEXT, TEXT, DAYS, MAYBE_DAY, TEXT, TEXT, MAYBE),
    some.builds(AsylumApplication, TEXT, DAYS, MAYBE_DAY, MAYBE_DAY, MAYBE, some.booleans(), LIST),
)
SOURCES = some.builds(Source, TEXT, TEXT, TEXT, TEXT)
RECORDS = some.builds(
    Record, TEXT, some.integers(1, 2**53), some.sampled_from(Category), SOURCES, TEXT, MOMENTS, PERSONS, DETAILS,
    MAYBE, MAYBE_DAY, MAYBE, LIST,
)  # fmt: skip


def embedded(content: str) -> bytes:
    return f'<Message xmlns="{NS}">{content}</Message>'.encode()


def a_record(**changes: object) -> Record:
    values: dict[str, object] = {
        "record_id": "x", "version": 1, "category": Category.ENTRY_BAN, "source": Source("BLR", "MVD", "s", "r"),
        "status": "ACTIVE", "created": datetime(2026, 3, 2, tzinfo=UTC),
        "person": Person("p", (Name("Ким"),)), "detail": EntryBan("d", "a", date(2026, 1, 1)),
    }  # fmt: skip
    return Record(**(values | changes))  # type: ignore[arg-type]


@settings(max_examples=80)
@given(RECORDS)
def test_a_record_is_written_canonically_and_reads_back_even_when_a_partner_indents_it(record: Record) -> None:
    raw = embedded(write_record(record))
    root = parse(raw, limit=1_000_000)
    assert etree.tostring(root, method="c14n", exclusive=True) == raw
    assert read_record(root[0]) == record
    etree.indent(root)
    assert read_record(root[0]) == record


@given(some.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"))
def test_any_character_at_all_is_kept_or_refused(sign: str) -> None:
    record = a_record(person=Person("p", (Name(f"a{sign}b", script=f"a{sign}b"),)))
    if sign < " " and sign not in "\t\r\n":
        with pytest.raises(InvalidRequest):
            write_record(record)
        return
    raw = embedded(write_record(record))
    root = parse(raw, limit=1_000_000)
    assert etree.tostring(root, method="c14n", exclusive=True) == raw
    assert read_record(root[0]) == record


@settings(max_examples=15)
@given(some.lists(RECORDS, min_size=1, max_size=3))
def test_a_batch_takes_values_and_stored_text_alike(records: list[Record]) -> None:
    stored = [write_record(record) for record in records]
    assert write_records(records) == write_records(stored)
    root = parse(embedded(write_records(stored, kind="Correction")), limit=1_000_000)
    assert read_records(root[0]) == tuple(records)


@settings(max_examples=40)
@given(PERSONS)
def test_a_subject_reads_back_with_all_that_a_query_may_hold(person: Person) -> None:
    raw = embedded(write_query(person))
    root = parse(raw, limit=1_000_000)
    assert etree.tostring(root, method="c14n", exclusive=True) == raw
    asked = Person(
        "", person.names, person.birth_date, person.sex, person.citizenships,
        identifiers=person.identifiers, documents=person.documents,
    )  # fmt: skip
    assert read_query(root[0]) == asked


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
@pytest.mark.parametrize(
    ("field", "spoil"),
    [
        ("Ref", lambda text: a_record(person=Person(text, (Name("Ким"),)))),
        ("FamilyName", lambda text: a_record(person=Person("p", (Name(text),)))),
        ("script", lambda text: a_record(person=Person("p", (Name("Ким", script=text),)))),
        ("Decision", lambda text: a_record(detail=EntryBan(text, "a", date(2026, 1, 1)))),
        ("Flag", lambda text: a_record(flags=(text,))),
    ],
)
def test_a_character_that_xml_cannot_carry_is_refused_by_the_name_of_its_field(sign, field, spoil) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        write_record(spoil(f"Иванов{sign}"))
    assert refusal.value.where == field
    assert "Иванов" not in str(refusal.value) + refusal.value.reason


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 3, 2), datetime(1890, 1, 1, tzinfo=timezone(timedelta(hours=2, minutes=30, seconds=17)))],  # noqa: DTZ001
)
def test_a_time_without_a_whole_offset_is_refused(moment: datetime) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        write_record(a_record(created=moment))
    assert refusal.value.where == "Created"


def test_utc_is_written_as_z_and_another_offset_is_kept() -> None:
    assert "<Created>2026-03-02T00:00:00Z</Created>" in write_record(a_record())
    there = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=5)))
    assert "<Created>2026-03-02T12:00:00+05:00</Created>" in write_record(a_record(created=there))


@pytest.mark.parametrize(
    "content",
    [
        "<Record></Record>",
        "<Record><Version>x</Version></Record>",
        "<Record><Person></Person></Record>",
        "<Record><Person><Sex>1</Sex><Name></Name></Person></Record>",
        "<Record><Person><Sex>1</Sex><Identifier>1</Identifier></Person></Record>",
        "<Record><LabourPermit><Number>1</Number></LabourPermit></Record>",
    ],
)
def test_a_record_that_skipped_the_schema_is_a_refusal_and_not_a_traceback(content: str) -> None:
    root = parse(embedded(content), limit=1000)
    with pytest.raises(Unreadable):
        read_record(root[0])


def test_a_subject_that_skipped_the_schema_is_a_refusal_too() -> None:
    root = parse(embedded("<Subject><Sex>male</Sex></Subject>"), limit=1000)
    with pytest.raises(Unreadable):
        read_subject(root[0])


def test_whitespace_that_the_schema_allows_around_dates_and_numbers_is_read() -> None:
    text = write_record(a_record(detail=AsylumApplication("a", date(2026, 1, 1), unaccompanied_minor=True)))
    loose = (
        text.replace(">1<", ">\n 1 <").replace(">2026-01-01<", "> 2026-01-01\t<").replace(">true<", "> 1 <")
    ).replace(">2026-03-02T00:00:00Z<", "> 2026-03-02T00:00:00Z <")
    assert loose != text
    assert read_record(parse(embedded(loose), limit=10_000)[0]) == read_record(parse(embedded(text), limit=10_000)[0])
