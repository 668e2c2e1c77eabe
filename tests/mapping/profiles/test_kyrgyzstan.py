"""Kyrgyzstan: the traps of its registers."""

from collections.abc import Callable
from typing import Any

from gateway.records.dates import PartialDate
from gateway.records.person import Sex

By = Callable[[str], dict[Any, Any]]


def test_midnight_of_bishkek_is_the_day_that_was_meant(records: By) -> None:
    stays = records("kgz-stays")
    # One was sent with the offset of Bishkek, the other as the same moment in UTC, which is the evening before.
    assert stays["KG-1001"].person.birth_date == PartialDate(1985, 6, 15)
    assert stays["KG-1002"].person.birth_date == PartialDate(1992, 3, 12)


def test_a_patronymic_in_kyrgyz_or_in_russian_is_kept_as_it_is(records: By) -> None:
    stays = records("kgz-stays")
    told = [stays[f"KG-100{last}"].person.names[0].patronymic for last in range(1, 4)]
    assert told == ["Асан уулу", "Асан кызы", "Асанович"]


def test_a_voided_registration_has_ended(records: By, codes: By) -> None:
    assert records("kgz-stays")["KG-1003"].status == "DEREGISTERED"
    assert codes("kgz-stays")[8] == ["MAP-STATUS"]


def test_countries_have_their_kyrgyz_names(records: By) -> None:
    stays = records("kgz-stays")
    assert [stays[f"KG-100{last}"].person.citizenships for last in (1, 2, 5)] == [("UZB",), ("KAZ",), ("TJK",)]


def test_the_russian_letter_of_a_man_is_no_kyrgyz_letter(records: By, codes: By) -> None:
    assert records("kgz-stays")["KG-1001"].person.sex is Sex.MALE
    assert codes("kgz-stays")[11] == ["MAP-SEX"]


def test_a_pin_cut_short_is_flagged_and_the_person_known_by_the_document(records: By) -> None:
    assert records("kgz-stays")["KG-1006"].person.ref == "DOC:UZB:AA2223334"
