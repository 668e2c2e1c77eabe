"""Tajikistan: a workbook with dates of three kinds and names without endings."""

from collections.abc import Callable
from datetime import date
from typing import Any

from gateway.records.dates import PartialDate
from gateway.records.person import Sex

By = Callable[[str], dict[Any, Any]]
NAME = "tjk-permits"


def test_a_date_of_the_sheet_a_text_and_a_serial_number_are_the_same_day(records: By) -> None:
    born = [records(NAME)[f"ТҶ-010{number}"].person.birth_date for number in (1, 2, 3)]
    assert born == [PartialDate(1985, 6, 15)] * 3


def test_a_person_with_one_name_has_one_name(records: By) -> None:
    [name] = records(NAME)["ТҶ-0103"].person.names
    assert (name.family, name.given, name.patronymic) == ("Ҷӯраев", "", "")


def test_a_surname_without_its_russian_ending_stays_as_it_is(records: By) -> None:
    assert records(NAME)["ТҶ-0102"].person.names[0].family == "Раҳмон"


def test_letters_of_sex_are_tajik(records: By, codes: By) -> None:
    assert records(NAME)["ТҶ-0102"].person.sex is Sex.FEMALE
    assert codes(NAME)[7] == ["MAP-SEX"]


def test_countries_are_read_in_tajik(records: By) -> None:
    permits = records(NAME)
    assert [permits[f"ТҶ-010{number}"].person.citizenships for number in (1, 2, 3, 4)] == [
        ("UZB",), ("KGZ",), ("AFG",), ("CHN",),
    ]  # fmt: skip


def test_a_permit_without_end_has_none(records: By) -> None:
    assert records(NAME)["ТҶ-0103"].detail.valid_to is None


def test_a_formula_is_never_believed(codes: By) -> None:
    assert codes(NAME)[8] == ["MAP-FORMULA"]


def test_ethnicity_stays_at_home(records: By) -> None:
    assert "ӯзбек" not in repr(records(NAME)["ТҶ-0101"])


STAYS = "tjk-stays"


def test_a_serial_number_and_two_digits_of_a_year_are_the_same_birth(records: By) -> None:
    born = [records(STAYS)[f"БҚ-010{number}"].person.birth_date for number in (1, 2)]
    assert born == [PartialDate(1985, 6, 15)] * 2


def test_two_digits_of_a_year_are_past_in_a_birth_and_to_come_in_a_term(records: By) -> None:
    assert records(STAYS)["БҚ-0105"].person.birth_date == PartialDate(1939, 11, 7)
    assert records(STAYS)["БҚ-0102"].detail.stay_to == date(2030, 5, 2)


def test_terms_that_became_numbers_are_days(records: By) -> None:
    stay = records(STAYS)["БҚ-0102"].detail
    assert (stay.arrived, stay.stay_from) == (date(2026, 2, 1), date(2026, 2, 2))


def test_half_a_day_is_no_birth_date(codes: By) -> None:
    assert codes(STAYS)[12] == ["MAP-DATE"]


def test_a_year_alone_is_no_serial_number(records: By) -> None:
    assert records(STAYS)["БҚ-0103"].person.birth_date == PartialDate(1990)


def test_the_state_of_former_residence_is_no_citizenship(records: By) -> None:
    person = records(STAYS)["БҚ-0101"].person
    assert (person.citizenships, person.former_habitual_residence) == (("UZB",), "KAZ")
    assert records(STAYS)["БҚ-0106"].person.stateless


def test_words_without_the_tajik_letters_are_known(records: By) -> None:
    stay = records(STAYS)["БҚ-0105"]
    assert (stay.person.citizenships, stay.person.sex, stay.detail.purpose) == (("UZB",), Sex.FEMALE, "PRIVATE")
    assert stay.person.names[0].family == "Чураева"


def test_a_person_of_one_name_is_registered_under_it(records: By) -> None:
    [name] = records(STAYS)["БҚ-0103"].person.names
    assert (name.family, name.given) == ("Ҷӯраев", "")
