"""Tajikistan: a workbook with dates of three kinds and names without endings."""

from collections.abc import Callable
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
