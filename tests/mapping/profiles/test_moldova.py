"""Moldova: the traps of its permits."""

from collections.abc import Callable
from typing import Any

from gateway.records.person import Check

By = Callable[[str], dict[Any, Any]]


def test_a_foreigner_with_a_moldovan_number_stays_a_foreigner(records: By) -> None:
    person = records("mda-permits-csv")["PM 000101"].person
    assert (person.identifiers[0].scheme, person.identifiers[0].check) == ("MD-IDNP", Check.VALID)
    assert person.citizenships == ("UZB",)


def test_the_employer_has_thirteen_digits_of_its_own_scheme(records: By) -> None:
    employer = records("mda-permits-csv")["PM 000101"].detail.employer
    assert (employer.scheme, employer.number) == ("MD-IDNO", "1003600000017")
    assert employer.name == 'Vinăria "Codru", SRL'


def test_a_code_without_its_marks_is_the_same_code(records: By) -> None:
    permits = records("mda-permits-csv")
    assert permits["PM 000101"].detail.kind == permits["PM 000102"].detail.kind == "work-permit"


def test_comma_below_and_cedilla_are_kept_as_they_were_written(records: By) -> None:
    permits = records("mda-permits-csv")
    assert permits["PM 000102"].person.names[0].family == "\u021aurcanu"
    assert permits["PM 000103"].person.names[0].family == "\u0162urcan"


def test_several_given_names_stay_one_given_name(records: By) -> None:
    [name] = records("mda-permits-csv")["PM 000102"].person.names
    assert (name.given, name.patronymic) == ("Ana Maria Ștefania", "")


def test_a_number_that_lost_its_zero_gets_it_back_and_that_is_told(records: By, codes: By) -> None:
    person = records("mda-permits-csv")["PM 000102"].person
    assert codes("mda-permits-csv")[3] == ["MAP-PADDED"]
    assert person.identifiers[0].value == "0970000000015"
    assert person.ref == "MD-IDNP:0970000000015"


def test_a_region_that_is_no_state_is_no_citizenship(codes: By) -> None:
    assert codes("mda-permits-csv")[8] == ["MAP-COUNTRY"]


def test_a_name_in_cyrillic_is_told_by_its_letters(records: By) -> None:
    [name] = records("mda-permits-csv")["PM 000109"].person.names
    assert (name.script, name.language) == ("Cyrl", "")


def test_kind_and_region_of_a_residence_permit_stand_in_attributes(records: By) -> None:
    permit = records("mda-permits")["PS 000101"].detail
    assert (permit.kind, permit.place.region) == ("TEMPORARY", "Chișinău")


def test_a_code_with_a_cedilla_is_the_code_with_a_comma(records: By) -> None:
    permits = records("mda-permits")
    assert permits["PS 000102"].detail.kind == "PERMANENT"
    assert permits["PS 000103"].detail.ground == "INVESTMENT"


def test_an_unlimited_permit_has_no_end(records: By) -> None:
    assert records("mda-permits")["PS 000102"].detail.valid_to is None


def test_both_registers_of_moldova_know_the_person_by_the_same_number(records: By) -> None:
    assert records("mda-permits")["PS 000101"].person.ref == records("mda-permits-csv")["PM 000101"].person.ref
