"""The business rules of one record, each broken once and each kept at its edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.message.rules import RULES, check_record
from gateway.records.aggregate import Quota, Statistic
from gateway.records.dates import PartialDate
from gateway.records.documents import DocumentStatus
from gateway.records.labour import EmploymentNotice, LabourPermit, RecruitmentLicence
from gateway.records.movement import BorderCrossing, ResidencePermit, StayRegistration
from gateway.records.person import Check, Document, Identifier, Name, Party, Person, Sex
from gateway.records.protection import (
    AsylumApplication,
    FamilyReunification,
    NonRemoval,
    RefugeeStatus,
    SubsidiaryProtection,
    TemporaryProtection,
    TemporaryProtectionGroup,
)
from gateway.records.record import STATES, Category, Detail, Record, Source, record_id
from gateway.records.restriction import EntryBan, Expulsion

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = NOON.date()
DETAILS: dict[Category, Detail] = {
    Category.LABOUR_PERMIT: LabourPermit("patent", "1", valid_from=TODAY, valid_to=TODAY),
    Category.STAY_REGISTRATION: StayRegistration("1", TODAY, TODAY, TODAY),
    Category.BORDER_CROSSING: BorderCrossing("IN", NOON, "X"),
    Category.ENTRY_BAN: EntryBan("366/17", "ДГиМ", TODAY, TODAY),
    Category.ASYLUM_APPLICATION: AsylumApplication("A-1", TODAY, TODAY, TODAY),
    Category.RECRUITMENT_LICENCE: RecruitmentLicence(
        "1", Party("ООО «Образец»", "190000001", "BY-UNP"), "ATTRACT_FOREIGN", valid_from=TODAY, valid_to=TODAY
    ),
    Category.EMPLOYMENT_NOTICE: EmploymentNotice("CONCLUSION", "1", TODAY, work_from=TODAY, work_to=TODAY, ended=TODAY),
    Category.RESIDENCE_PERMIT: ResidencePermit("TEMPORARY", "1", valid_from=TODAY, valid_to=TODAY),
    Category.EXPULSION: Expulsion("1", "ДГиМ", TODAY, "DEPORTATION", executed=TODAY),
    Category.DOCUMENT_STATUS: DocumentStatus("UZB", "PASSPORT", "1", TODAY, issued=TODAY, expires=TODAY),
    Category.QUOTA: Quota(2026, "LABOUR", 5, "акт 1", 5),
    Category.STATISTIC: Statistic("t1", TODAY, TODAY, "PERSONS", "FLOW", "d1", 5),
    Category.REFUGEE_STATUS: RefugeeStatus("1", TODAY, absent_since=TODAY, returned=TODAY, ended=TODAY),
    Category.SUBSIDIARY_PROTECTION: SubsidiaryProtection("1", TODAY, TODAY, date(2027, 3, 2), ended=TODAY),
    Category.TEMPORARY_PROTECTION_GROUP: TemporaryProtectionGroup("1", "лица из X", ("UZB",), TODAY, TODAY),
    Category.TEMPORARY_PROTECTION: TemporaryProtection("1", "1", TODAY, TODAY, ended=TODAY),
    Category.NON_REMOVAL: NonRemoval("1", "OTHER", TODAY, TODAY, TODAY, TODAY),
    Category.FAMILY_REUNIFICATION: FamilyReunification("1", "s-1", "CHILD", TODAY, TODAY, TODAY),
}
PERSON = Person("p", (Name("Ким", "Вера"),), PartialDate(1985, 6, 15), Sex.MALE, ("UZB",))


def record(category: Category = Category.LABOUR_PERMIT, person: Person | None = PERSON, **changes: object) -> Record:
    source = Source("BLR", "MVD", "register", "1")
    status = min(STATES[category])
    whom = None if category.about == "nobody" else person
    made = Record(record_id(source), 1, category, source, status, NOON, whom, DETAILS[category])
    return replace(made, **changes)  # type: ignore[arg-type]


def broken(judged: Record) -> list[tuple[str, str]]:
    return [(finding.code, finding.path.removeprefix("/Record")) for finding in check_record(judged)]


@pytest.mark.parametrize("category", list(Category))
def test_a_record_at_the_edge_of_every_rule_breaks_none(category: Category) -> None:
    born_today = replace(PERSON, birth_date=PartialDate.of(TODAY))
    old = replace(PERSON, birth_date=PartialDate(1850))
    assert broken(record(category, old, retention_until=TODAY)) == []
    assert broken(record(category, replace(PERSON, birth_date=None))) == []
    if category is not Category.ENTRY_BAN:
        assert broken(record(category, born_today)) == []


@pytest.mark.parametrize("category", list(Category))
def test_a_status_belongs_to_the_lifecycle_of_its_category(category: Category) -> None:
    for status in sorted({status for states in STATES.values() for status in states}):
        expected = [] if status in STATES[category] else [("BR-01", "/Status")]
        found = broken(record(category, status=status))
        assert [breach for breach in found if breach[0] == "BR-01"] == expected


def test_the_family_agrees_with_the_category() -> None:
    assert broken(record(detail=DETAILS[Category.STAY_REGISTRATION])) == [("BR-02", "/Category")]


@pytest.mark.parametrize("category", list(Category))
def test_a_record_is_about_a_person_exactly_where_its_category_says_so(category: Category) -> None:
    with_person = [] if category.about != "nobody" else [("BR-05", "/Person")]
    without = [] if category.about != "person" else [("BR-05", "/Person")]
    assert broken(replace(record(category), person=PERSON)) == with_person
    assert broken(replace(record(category), person=None)) == without


def test_nobody_can_use_the_id_of_another_registers_record() -> None:
    assert broken(record(source=Source("KAZ", "MVD", "register", "1"))) == [("BR-03", "/RecordId")]


def test_retention_that_is_over_already_is_worth_a_warning() -> None:
    assert broken(record(retention_until=TODAY - timedelta(days=1))) == [("BR-04", "/RetentionUntil")]


@pytest.mark.parametrize(
    ("born", "rule"),
    [
        (PartialDate(2026, 3, 3), "BR-10"),
        (PartialDate(2026, 4), "BR-10"),
        (PartialDate(2027), "BR-10"),
        (PartialDate(1849, 12, 31), "BR-11"),
    ],
)
def test_a_birth_after_the_record_or_in_another_age_is_refused(born: PartialDate, rule: str) -> None:
    assert broken(record(person=replace(PERSON, birth_date=born))) == [(rule, "/Person/BirthDate")]


@pytest.mark.parametrize("born", [PartialDate(2026), PartialDate(2026, 3)])
def test_a_partial_birth_date_gets_the_benefit_of_the_doubt(born: PartialDate) -> None:
    assert broken(record(person=replace(PERSON, birth_date=born))) == []


def test_assumed_stands_on_a_first_of_january_only() -> None:
    assumed = PartialDate(1985, 1, 1, assumed=True)
    assert broken(record(person=replace(PERSON, birth_date=assumed))) == []
    wrong = PartialDate(1985, 6, 15, assumed=True)
    assert broken(record(person=replace(PERSON, birth_date=wrong))) == [("BR-12", "/Person/BirthDate/@assumed")]


def test_a_name_needs_a_part_and_a_missing_patronymic_is_not_given() -> None:
    names = (Name("Ким"), Name(), Name(" "), Name("Ким", patronymic="Иванович", no_patronymic=True))
    assert broken(record(person=replace(PERSON, names=names))) == [
        ("BR-13", "/Person/Name[2]"),
        ("BR-13", "/Person/Name[3]"),
        ("BR-14", "/Person/Name[4]"),
    ]
    assert broken(record(person=replace(PERSON, names=(Name(),)))) == [("BR-13", "/Person/Name")]


def test_a_stateless_person_with_a_citizenship_is_worth_a_warning() -> None:
    assert broken(record(person=replace(PERSON, stateless=True))) == [("BR-15", "/Person/Stateless")]


@pytest.mark.parametrize(
    ("changes", "contradicts"),
    [
        ({}, False),
        ({"sex": Sex.FEMALE}, True),
        ({"sex": Sex.UNKNOWN}, False),
        ({"birth_date": None}, False),
        ({"birth_date": PartialDate(1985)}, False),
        ({"birth_date": PartialDate(1985, 6)}, False),
        ({"birth_date": PartialDate(1985, 1, 1, assumed=True)}, False),
        ({"birth_date": PartialDate(1986)}, True),
        ({"birth_date": PartialDate(1985, 7)}, True),
        ({"birth_date": PartialDate(1985, 6, 16)}, True),
    ],
)
def test_a_number_that_says_another_sex_or_birth_date_is_only_a_warning(changes, contradicts) -> None:
    number = Identifier("UZ-PINFL", "31506852600019", "UZB", Check.VALID)
    person = replace(PERSON, identifiers=(number,), **changes)
    assert broken(record(person=person)) == ([("BR-16", "/Person/Identifier")] if contradicts else [])
    assert RULES["BR-16"].severity == "warning"


@pytest.mark.parametrize(
    "number",
    [
        Identifier("UZ-PINFL", "41506852600010", "UZB", Check.INVALID_CHECK),
        Identifier("UZ-PINFL", "4150", "UZB", Check.INVALID_FORMAT),
        Identifier("XX-OWN", "41506852600010"),
        Identifier("RU-SNILS", "11223344595", "RUS", Check.VALID),
    ],
)
def test_a_number_that_fails_its_check_or_says_nothing_contradicts_nobody(number: Identifier) -> None:
    assert broken(record(person=replace(PERSON, identifiers=(number,)))) == []


def test_numbers_are_not_blank_and_documents_end_after_their_issue() -> None:
    identifiers = (Identifier("XX-OWN", " "),)
    documents = (
        Document("UZB", "PASSPORT", "1", issued=TODAY, expires=TODAY),
        Document("UZB", "PASSPORT", "", issued=TODAY, expires=TODAY - timedelta(days=1)),
    )
    person = replace(PERSON, identifiers=identifiers, documents=documents)
    assert broken(record(person=person)) == [
        ("BR-18", "/Person/Identifier"),
        ("BR-17", "/Person/Document[2]/Expires"),
        ("BR-18", "/Person/Document[2]/Number"),
    ]


YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("category", "changes", "expected"),
    [
        (Category.ENTRY_BAN, {"decision": " "}, ("BR-20", "/EntryBan/Decision")),
        (Category.ENTRY_BAN, {"authority": ""}, ("BR-20", "/EntryBan/Authority")),
        (Category.ENTRY_BAN, {"ban_to": YESTERDAY}, ("BR-21", "/EntryBan/BanTo")),
        (Category.LABOUR_PERMIT, {"valid_to": YESTERDAY}, ("BR-23", "/LabourPermit/ValidTo")),
        (Category.LABOUR_PERMIT, {"number": ""}, ("BR-28", "/LabourPermit/Number")),
        (Category.STAY_REGISTRATION, {"stay_to": YESTERDAY, "arrived": None}, ("BR-24", "/StayRegistration/StayTo")),
        (Category.STAY_REGISTRATION, {"arrived": date(2026, 3, 3)}, ("BR-25", "/StayRegistration/Arrived")),
        (Category.STAY_REGISTRATION, {"number": ""}, ("BR-28", "/StayRegistration/Number")),
        (Category.BORDER_CROSSING, {"at": NOON + timedelta(seconds=1)}, ("BR-26", "/BorderCrossing/At")),
        (Category.BORDER_CROSSING, {"checkpoint": ""}, ("BR-28", "/BorderCrossing/Checkpoint")),
        (Category.ASYLUM_APPLICATION, {"registered": YESTERDAY}, ("BR-27", "/AsylumApplication/Registered")),
        (Category.ASYLUM_APPLICATION, {"decided": YESTERDAY}, ("BR-27", "/AsylumApplication/Decided")),
        (
            Category.ASYLUM_APPLICATION,
            {"registered": None, "decided": YESTERDAY},
            ("BR-27", "/AsylumApplication/Decided"),
        ),
        (Category.ASYLUM_APPLICATION, {"application": ""}, ("BR-28", "/AsylumApplication/Application")),
    ],
)
def test_each_family_keeps_its_own_rules(category, changes, expected) -> None:
    assert broken(record(category, detail=replace(DETAILS[category], **changes))) == [expected]


@pytest.mark.parametrize(
    ("born", "child"),
    [
        (PartialDate(2012, 3, 2), False),  # fourteen on the day the ban begins
        (PartialDate(2012, 3, 3), True),
        (PartialDate(2012, 2), False),
        (PartialDate(2012, 3), True),  # may be born on the 31st
        (PartialDate(2011), False),
        (PartialDate(2012), True),
        (PartialDate(2012, 1, 1, assumed=True), True),
    ],
)
def test_a_ban_on_a_child_needs_a_reviewed_decision(born: PartialDate, child: bool) -> None:  # noqa: FBT001
    person = replace(PERSON, birth_date=born)
    assert broken(record(Category.ENTRY_BAN, person)) == ([("BR-22", "/EntryBan/BanFrom")] if child else [])
    assert broken(record(Category.ENTRY_BAN, person, flags=("BAN-MINOR-REVIEWED",))) == []


def test_a_finding_bears_the_place_it_is_told() -> None:
    (finding,) = check_record(record(status="NOWHERE"), path="/Message/Body/RecordBatch/Record[7]", line=12)
    assert (finding.path, finding.line) == ("/Message/Body/RecordBatch/Record[7]/Status", 12)
    assert (finding.severity, finding.message_en) == ("error", RULES["BR-01"].en)
