"""Uzbekistan: the traps of its registers."""

from collections.abc import Callable
from typing import Any

from gateway.records.person import Sex

By = Callable[[str], dict[Any, Any]]


def test_what_is_neither_entry_nor_exit_is_not_taken_for_an_exit(codes: By) -> None:
    # Row 9 has a Cyrillic letter that looks like the P of an entry.
    assert codes("uzb-crossings")[9] == codes("uzb-crossings")[10] == ["MAP-DIRECTION"]


def test_a_crossing_late_in_the_evening_keeps_its_day_and_its_offset(records: By) -> None:
    assert records("uzb-crossings")["900101"].detail.at.isoformat() == "2026-03-01T23:30:00+05:00"


def test_a_time_without_offset_is_that_of_tashkent(records: By) -> None:
    assert records("uzb-crossings")["900107"].detail.at.isoformat() == "2026-03-01T08:05:00+05:00"


def test_a_whole_name_without_labels_is_not_cut(records: By) -> None:
    [name] = records("uzb-crossings")["900104"].person.names
    assert (name.full, name.family) == ("AZIZOV SARDOR BOTIR OGLI", "")


def test_armenia_lost_its_zero_and_is_armenia(records: By) -> None:
    assert records("uzb-crossings")["900103"].person.citizenships == ("ARM",)


def test_somebody_born_in_a_state_of_the_past_is_no_citizen_of_it(records: By) -> None:
    person = records("uzb-crossings")["900108"].person
    assert (person.birth_country, person.citizenships) == ("SUN", ("RUS",))


def test_an_apostrophe_is_kept_as_it_was_typed_in_both_scripts(records: By) -> None:
    latin, cyrillic = records("uzb-crossings")["900102"].person.names
    assert (latin.family, latin.given) == ("G\u2018ulomova", "O\u2018g\u2018iloy")
    assert (cyrillic.family, cyrillic.given) == ("Ғуломова", "Ўғилой")


def test_a_is_a_woman_and_e_a_man(records: By) -> None:
    crossings = records("uzb-crossings")
    assert crossings["900103"].person.sex is Sex.MALE
    assert crossings["900105"].person.sex is Sex.FEMALE
