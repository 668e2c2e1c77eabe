"""Dates without a century, numbers of more than nine characters, unspecified sex and citizenship."""

from datetime import date

import pytest

from gateway.names.mrz.build import build
from gateway.names.mrz.parse import parse
from gateway.names.mrz.zone import Day, Note, Zone

TODAY = date(2026, 11, 25)


def _zone(**values: object) -> Zone:
    whole = {
        "layout": "TD3", "code": "P", "issuer": "UZB", "surname": "KARIMOV", "given": "ANVAR", "number": "AA1234567",
        "citizenship": "UZB", "birth": Day(1985, 6, 15), "sex": "M", "expiry": Day(2030, 1, 1),
    }  # fmt: skip
    return Zone(**(whole | values))  # type: ignore[arg-type]


def _read(zone: Zone, today: date = TODAY):
    return parse(build(zone).lines, today=today)


def _birth(text: str) -> Day:
    lines = build(_zone(birth=Day(None, None, None))).lines
    return parse([lines[0], lines[1][:13] + text + lines[1][19:]], today=TODAY).zone.birth


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("850615", Day(1985, 6, 15)),
        ("261125", Day(2026, 11, 25)),
        ("261126", Day(1926, 11, 26)),
        ("75<<<<", Day(1975, None, None)),
        ("7506<<", Day(1975, 6, None)),
        ("750000", Day(1975, None, None)),
        ("26<<<<", Day(2026, None, None)),
        ("<<<<<<", Day(None, None, None)),
        ("850231", Day(None, None, None)),
    ],
)
def test_a_birth_has_the_century_that_is_not_in_the_future(text: str, day: Day) -> None:
    assert _birth(text) == day


@pytest.mark.parametrize("year", [1990, 2026, 2040, 2075])
def test_an_expiry_lies_within_fifty_years_of_today(year: int) -> None:
    assert _read(_zone(expiry=Day(year, 5, 1))).zone.expiry == Day(year, 5, 1)


def test_an_unknown_part_of_a_birth_is_a_finding_and_no_failure() -> None:
    read = _read(_zone(birth=Day(1975, None, None)))
    assert read.sound
    assert ("birth", Note.DATE_INCOMPLETE) in {(finding.field, finding.note) for finding in read.findings}


def test_a_number_of_more_than_nine_characters_goes_on_in_the_optional_field() -> None:
    zone = _zone(layout="TD1", code="I", number="D23145890734", optional="X7")
    lines = build(zone).lines
    assert lines[0] == "I<UZBD23145890<7349<X7<<<<<<<<"
    assert parse(lines, today=TODAY).zone == zone


@pytest.mark.parametrize(("code", "status"), [("XXA", "stateless"), ("XXB", "refugee"), ("XXC", "refugee-other")])
def test_a_citizenship_that_names_no_state_says_what_the_holder_is(code: str, status: str) -> None:
    assert _read(_zone(citizenship=code)).zone.status == status


def test_an_x_for_the_sex_is_read_like_a_filler() -> None:
    lines = build(_zone(sex="X")).lines
    assert lines[1][20] == "<"
    assert parse([lines[0], lines[1].replace("<300101", "X300101")], today=TODAY).zone.sex == "X"


def test_germany_is_written_with_one_letter() -> None:
    lines = build(_zone(citizenship="DEU", issuer="DEU")).lines
    assert lines[0].startswith("P<D<<KARIMOV")
    assert parse(lines, today=TODAY).zone.citizenship == "DEU"


def test_names_in_any_script_are_written_in_the_letters_of_icao() -> None:
    lines = build(_zone(surname="Щукин-Ўсаў", given="Юлія Ёся"), language="be").lines
    assert lines[0].startswith("P<UZBSHCHUKIN<USAU<<IULIIA<IOSIA<")


def test_a_long_name_is_cut_by_the_rules_of_icao_so_that_the_last_character_is_a_letter() -> None:
    built = build(_zone(surname="Nilavadhanananda", given="Chayapa Dejthamrong Krasuang"))
    assert built.lines[0] == "P<UZBNILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"
    assert built.truncated
    long = build(_zone(surname="Bennelong Wooloomooloo Warrandyte Warnambool", given="Dingo Potoroo"))
    assert long.lines[0] == "P<UZBBENNELONG<WOOLOOMOOLOO<WARRANDYTE<WA<<D"


def test_cyrillic_letters_and_blanks_typed_into_a_zone_are_put_right() -> None:
    lines = build(_zone()).lines
    typed = [lines[0].replace("A", "А"), lines[1].replace("<", " ")]
    assert parse(typed, today=TODAY).zone == _zone()


def test_fillers_too_many_at_the_end_of_a_line_are_cut_and_said_so() -> None:
    lines = build(_zone()).lines
    read = parse([lines[0] + "<", lines[1]], today=TODAY)
    assert read.zone == _zone()
    assert Note.WRONG_LENGTH in {finding.note for finding in read.findings}


def test_a_line_too_long_for_any_format_is_no_zone() -> None:
    lines = build(_zone()).lines
    assert parse([lines[0] + "A", lines[1]], today=TODAY).zone is None


def test_a_line_too_short_is_filled_up_and_said_so() -> None:
    lines = build(_zone()).lines
    read = parse([lines[0].rstrip("<"), lines[1]], today=TODAY)
    assert read.zone == _zone()
    assert Note.WRONG_LENGTH in {finding.note for finding in read.findings}
