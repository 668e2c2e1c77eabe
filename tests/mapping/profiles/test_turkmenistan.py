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
