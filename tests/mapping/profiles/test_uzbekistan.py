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


def test_true_is_a_woman_and_a_number_is_nobody(records: By, codes: By) -> None:
    permits = records("uzb-residents")
    assert permits["YG 0000601"].person.sex is Sex.MALE
    assert permits["YG 0000602"].person.sex is Sex.FEMALE
    # Elsewhere in the same state 1 is a man; here it would be true.
    assert codes("uzb-residents")[9] == ["MAP-SEX"]


def test_either_name_of_the_personal_number_will_do(records: By, codes: By) -> None:
    permits = records("uzb-residents")
    assert permits["YG 0000601"].person.ref == "UZ-PINFL:31506850000101"
    assert permits["YG 0000602"].person.ref == "UZ-PINFL:41203920000175"
    assert [number.value for number in permits["YG 0000603"].person.identifiers] == ["30711900000247"]
    assert "MAP-DISAGREE" in codes("uzb-residents")[5]


def test_codes_countries_and_states_are_known_with_any_apostrophe(records: By) -> None:
    permit = records("uzb-residents")["YG 0000602"]
    assert (permit.person.citizenships, permit.detail.ground) == (("KAZ",), "STUDY")
    assert permit.person.names[0].no_patronymic
    assert records("uzb-residents")["YG 0000603"].status == "EXPIRED"
    assert records("uzb-residents")["YG 0000606"].person.stateless


def test_a_foreigner_with_an_uzbek_number_stays_a_foreigner(records: By) -> None:
    person = records("uzb-residents")["YG 0000601"].person
    assert (person.identifiers[0].scheme, person.citizenships) == ("UZ-PINFL", ("KAZ",))


def test_days_of_the_passport_are_not_days_of_the_permit(records: By) -> None:
    permit = records("uzb-residents")["YG 0000601"]
    assert str(permit.person.documents[0].expires) == "2030-02-01"
    assert str(permit.detail.valid_to) == "2031-01-09"


def test_a_line_that_was_cut_off_costs_itself_only(records: By, codes: By) -> None:
    assert codes("uzb-residents")[8] == ["MAP-ROW-FORM"]
    assert "YG 0000607" in records("uzb-residents")
