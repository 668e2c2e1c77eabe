"""Building a zone and reading it is the identity on everything a zone can hold; a cut name is said to be cut."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.names.mrz.build import build
from gateway.names.mrz.layouts import LAYOUTS
from gateway.names.mrz.parse import parse
from gateway.names.mrz.zone import Day, Note, Zone

TODAY = date(2026, 11, 25)
_ROOM = {name: layout.fields["optional"].end - layout.fields["optional"].start for name, layout in LAYOUTS.items()}
_NAMES = {name: layout.fields["names"].end - layout.fields["names"].start for name, layout in LAYOUTS.items()}
_CODES = {"TD1": ["I", "AC", "ID"], "TD2": ["I", "C"], "TD3": ["P", "PD"], "MRV-A": ["V", "VB"], "MRV-B": ["V"]}
_STATES = st.sampled_from(["BLR", "UZB", "DEU", "UTO", "XXA", "XXB", "XXX", "RUS"])
_NUMBERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def _names() -> st.SearchStrategy[str]:
    return st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=16), max_size=4).map(" ".join)


def _days(first: date, last: date) -> st.SearchStrategy[Day]:
    whole = st.dates(first, last).map(lambda day: Day(day.year, day.month, day.day))
    return st.one_of(
        whole,
        whole.map(lambda day: day._replace(day=None)),
        whole.map(lambda day: day._replace(day=None, month=None)),
        st.just(Day(None, None, None)),
    )


@st.composite
def zones(draw: st.DrawFn) -> Zone:
    layout = draw(st.sampled_from(sorted(LAYOUTS)))
    longest = 9 + _ROOM[layout] - 2 if layout in {"TD1", "TD2"} else 9
    number = draw(st.text(_NUMBERS, min_size=1, max_size=longest))
    room = _ROOM[layout] if len(number) <= 9 else _ROOM[layout] - (len(number) - 9) - 2
    return Zone(
        layout=layout,
        code=draw(st.sampled_from(_CODES[layout])),
        issuer=draw(_STATES),
        surname=draw(_names()),
        given=draw(_names()),
        number=number,
        citizenship=draw(_STATES),
        birth=draw(_days(date(1927, 1, 1), TODAY)),
        sex=draw(st.sampled_from("MFX")),
        expiry=draw(_days(date(2000, 1, 1), date(2060, 12, 31))),
        optional=draw(st.text(_NUMBERS, max_size=max(0, room))),
        optional2=draw(st.text(_NUMBERS, max_size=11)) if layout == "TD1" else "",
    )


@given(zones())
def test_what_a_zone_can_hold_comes_back(zone: Zone) -> None:
    built = build(zone)
    layout = LAYOUTS[zone.layout]
    assert [len(line) for line in built.lines] == [layout.width] * layout.lines
    read = parse(built.lines, today=TODAY)
    assert read.sound
    assert read.repaired == ()
    assert read.zone is not None
    if not built.truncated:
        assert read.zone == zone
    else:
        assert read.zone == replace(zone, surname=read.zone.surname, given=read.zone.given)
        assert Note.NAME_TRUNCATED in {finding.note for finding in built.findings}


@given(zones())
def test_a_cut_name_keeps_the_beginning_of_both_names_and_ends_in_a_letter(zone: Zone) -> None:
    built = build(zone)
    whole = f"{zone.surname}<<{zone.given}".replace(" ", "<") if zone.given else zone.surname.replace(" ", "<")
    assert built.truncated == (len(whole) > _NAMES[zone.layout])
    read = parse(built.lines, today=TODAY).zone
    assert read is not None
    assert read.surname[:1] == zone.surname[:1]
    assert read.given[:1] == zone.given[:1]
    for kept, full in ((read.surname, zone.surname), (read.given, zone.given)):
        pairs = zip(kept.split(), full.split(), strict=False)
        assert all(entire.startswith(part) for part, entire in pairs)


_CONFUSED = dict(zip("0O1I8B5S2Z", "O0I1B8S5Z2", strict=True))


@given(zones(), st.integers(0, 8))
def test_a_confused_character_of_a_number_is_repaired_rightly_or_not_at_all(zone: Zone, place: int) -> None:
    layout = LAYOUTS[zone.layout]
    lines = list(build(zone).lines)
    row, column = layout.fields["number"].line, layout.fields["number"].start + place
    letter = lines[row][column]
    lines[row] = lines[row][:column] + _CONFUSED.get(letter, letter) + lines[row][column + 1 :]
    read = parse(lines, today=TODAY)
    assert read.zone is not None
    if "number" in read.repaired:
        assert read.zone.number == zone.number
    elif letter in _CONFUSED:
        assert not read.sound


@pytest.mark.parametrize("text", ["", "\n\n", "P<UTO", "<" * 44, "Щ" * 88, "P" * 5000, "\x00" * 88])
def test_what_is_no_zone_is_a_finding(text: str) -> None:
    read = parse(text, today=TODAY)
    assert read.zone is None or read.findings
    assert not read.sound


@given(st.lists(st.text(max_size=50), max_size=4))
def test_no_text_at_all_raises(lines: list[str]) -> None:
    assert parse(lines, today=TODAY).findings or lines
