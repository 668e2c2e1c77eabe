"""Turkmenistan: dates of the year, letters of sex and passports of two forms."""

from collections.abc import Callable
from typing import Any

from gateway.mapping import back
from gateway.mapping.profile import load
from gateway.records.dates import PartialDate
from gateway.records.person import Sex

By = Callable[[str], dict[Any, Any]]


def test_a_date_of_the_year_is_a_date(records: By) -> None:
    stays = records("tkm-stays")
    assert stays["TM-2026/0101"].person.birth_date == PartialDate(1985, 6, 15)
    assert stays["TM-2026/0102"].person.birth_date == PartialDate(1990)
    assert stays["TM-2026/0103"].person.birth_date == PartialDate(1988)
    assert stays["TM-2026/0104"].person.birth_date == PartialDate(1975, 11, 7)


def test_a_and_z_are_women_and_e_is_a_man(records: By, codes: By) -> None:
    stays = records("tkm-stays")
    assert [stays[f"TM-2026/010{number}"].person.sex for number in (1, 2, 3)] == [Sex.MALE, Sex.FEMALE, Sex.FEMALE]
    # K is a man in Azerbaijan and nobody here.
    assert codes("tkm-stays")[6] == ["MAP-SEX"]


def test_countries_are_read_and_written_in_turkmen(records: By) -> None:
    stay = records("tkm-stays")["TM-2026/0102"]
    assert stay.person.citizenships == ("KAZ",)
    [row], _ = back.unmap(load("tkm-stays"), [stay])
    assert row["Raýatlygy"] == "Gazagystan"


def test_an_internal_passport_keeps_its_numeral(records: By) -> None:
    person = records("tkm-stays")["TM-2026/0104"].person
    assert person.documents[0].number == "I-AŞ123456"
    assert person.stateless


def test_a_name_in_old_cyrillic_is_told_by_its_letters(records: By) -> None:
    [name] = records("tkm-stays")["TM-2026/0103"].person.names
    assert (name.script, name.family) == ("Cyrl", "Каримова")


def test_the_file_comes_back_with_its_mark(records: By) -> None:
    chosen = load("tkm-stays")
    rows, _ = back.unmap(chosen, list(records("tkm-stays").values()))
    assert back.write_rows(chosen, rows).startswith(b"\xef\xbb\xbf")


def test_ethnicity_stays_at_home(records: By) -> None:
    assert "täjik" not in repr(records("tkm-stays")["TM-2026/0103"])


def test_places_are_counted_in_characters(records: By) -> None:
    permit = records("tkm-permits")["ZR-0102"]
    # In bytes, each column behind a letter such as Ş or ö would begin too early.
    assert permit.person.names[0].family == "Şöhradowa"
    assert permit.person.birth_date == PartialDate(1990)
    assert (permit.detail.kind, permit.detail.employer.name) == ("seasonal", "«Altyn ýüpek» HJ")
    assert permit.status == "EXTENDED"


def test_zeros_in_front_of_passports_are_kept(records: By) -> None:
    permits = records("tkm-permits")
    assert permits["ZR-0103"].person.documents[0].number == "I-AŞ012345"
    assert permits["ZR-0104"].person.documents[0].number == "01234567"


def test_the_title_and_the_numbers_of_columns_are_no_records(codes: By, records: By) -> None:
    assert min(codes("tkm-permits")) == 3
    assert len(records("tkm-permits")) == 5


def test_a_line_that_is_too_long_is_not_cut(codes: By) -> None:
    assert codes("tkm-permits")[13] == ["MAP-COLUMNS"]


def test_a_permit_without_end_has_none(records: By) -> None:
    assert records("tkm-permits")["ZR-0103"].detail.valid_to is None
