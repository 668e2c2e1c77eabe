"""Specimens of ICAO Doc 9303 and of states, and one whose characters a scanner confused."""

import csv
from datetime import date
from pathlib import Path

import pytest

from gateway.names.mrz.build import build
from gateway.names.mrz.layouts import check_digit
from gateway.names.mrz.parse import parse
from gateway.names.mrz.zone import Day, Note

FOLDER = Path(__file__).parents[3] / ".." / "shared" / "data" / "names"
TODAY = date(2026, 11, 25)

SPECIMENS = {
    "TD1": ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"],
    "TD2": ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"],
    "TD3": ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"],
    "MRV-A": ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"],
    "MRV-B": ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"],
}


@pytest.mark.parametrize("layout", SPECIMENS)
def test_each_of_the_five_formats_is_read_and_written_again(layout: str) -> None:
    read = parse(SPECIMENS[layout], today=TODAY)
    assert read.zone is not None
    assert (read.zone.layout, read.zone.surname, read.zone.given) == (layout, "ERIKSSON", "ANNA MARIA")
    assert (read.sound, read.repaired, read.truncated) == (True, (), False)
    if layout != "MRV-A":
        assert list(build(read.zone).lines) == SPECIMENS[layout]


def test_a_zone_in_one_piece_is_cut_into_its_lines() -> None:
    whole = parse("".join(SPECIMENS["TD1"]), today=TODAY)
    assert whole.zone == parse("\n".join(SPECIMENS["TD1"]), today=TODAY).zone


def test_the_check_digit_of_the_published_example() -> None:
    assert check_digit("520727") == "3"
    assert check_digit("AB2134<<<") == "5"
    assert check_digit("Я") == ""


@pytest.mark.shared_data
@pytest.mark.skipif(not FOLDER.exists(), reason="the specimens are not beside the project")
def test_public_specimens_give_what_they_are_known_to_hold() -> None:
    with (FOLDER / "mrz_specimens.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            read = parse([row[key] for key in ("line1", "line2", "line3") if row[key]], today=TODAY)
            assert read.zone is not None
            found = (read.zone.layout, read.zone.surname, read.zone.given, read.zone.number, read.zone.sex)
            assert found == tuple(
                row[key] for key in ("format", "expect_surname", "expect_given", "expect_docno", "expect_sex")
            )
            assert read.zone.birth == Day(*map(int, row["expect_dob"].split("-")))
            assert read.sound
            assert bool(read.repaired) == (row["expect_all_check_digits_ok"] != "true")


def test_confused_characters_are_repaired_where_check_digits_confirm_it() -> None:
    lines = [SPECIMENS["TD3"][0], "L8989O2C36UTO740BI22FI2041S9ZE184226B<<<<<1O"]
    read = parse(lines, today=TODAY)
    assert read.sound
    assert set(read.repaired) == {"number", "birth", "expiry", "composite"}


def test_a_misread_number_is_repaired_by_both_of_its_check_digits() -> None:
    read = parse([SPECIMENS["TD3"][0], SPECIMENS["TD3"][1].replace("L898902C3", "L8989O2C3")], today=TODAY)
    assert read.zone is not None
    assert read.zone.number == "L898902C3"
    assert read.repaired == ("number",)
    assert [finding.note for finding in read.findings] == [Note.REPAIRED]


def test_a_date_whose_check_digit_contradicts_is_left_and_reported() -> None:
    read = parse([SPECIMENS["TD3"][0], SPECIMENS["TD3"][1].replace("7408122", "74O8123")], today=TODAY)
    assert read.zone is not None
    assert not read.zone.birth.known
    assert not read.sound
    assert {("birth", Note.STRANGE_CHARACTER), ("birth", Note.CHECK_FAILED)} <= {
        (finding.field, finding.note) for finding in read.findings
    }


def test_digits_in_a_name_become_letters_and_are_said_to_be_unconfirmed() -> None:
    read = parse([SPECIMENS["TD3"][0].replace("ERIKSSON", "ERIK55ON"), SPECIMENS["TD3"][1]], today=TODAY)
    assert read.zone is not None
    assert read.zone.surname == "ERIKSSON"
    assert [(finding.field, finding.note) for finding in read.findings] == [("names", Note.REPAIRED_UNCONFIRMED)]


def test_every_finding_has_a_sentence_in_both_languages_and_no_value() -> None:
    read = parse([SPECIMENS["TD3"][0].replace("ERIKSSON", "ERIK55ON"), "X" * 44], today=TODAY)
    assert all(finding.ru and finding.en and "ERIK" not in finding.en for finding in read.findings)
