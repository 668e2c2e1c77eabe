"""Azerbaijan: a K that is a man, an ə on keyboards that lack it, and the two letters i."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.mapping import back
from gateway.mapping.profile import load
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Sex

By = Callable[[str], dict[Any, Any]]
NAME = "aze-permits"


def test_k_is_a_man_and_q_a_woman_and_a_russian_letter_is_nobody(records: By, codes: By) -> None:
    permits = records(NAME)
    assert [permits[f"İC-010{number}"].person.sex for number in (1, 2)] == [Sex.MALE, Sex.FEMALE]
    assert codes(NAME)[7] == ["MAP-SEX"]


@pytest.mark.parametrize("number", ["İC-0101", "İC-0103", "İC-0104", "İC-0110", "İC-0111"])
def test_a_kind_is_known_however_its_letters_were_typed(records: By, number: str) -> None:
    assert records(NAME)[number].detail.kind == "work-permit"


def test_the_kind_is_written_back_with_its_own_letters(records: By) -> None:
    [row], _ = back.unmap(load(NAME), [records(NAME)["İC-0103"]])
    assert row["icazenin_novu"] == "iş icazəsi"


def test_a_name_stays_as_it_was_typed(records: By) -> None:
    permits = records(NAME)
    assert permits["İC-0103"].person.names[0].family == "Eliyev"
    assert permits["İC-0110"].person.names[0].given == "IŞIL"
    [cyrillic] = permits["İC-0104"].person.names
    assert (cyrillic.script, cyrillic.family) == ("Cyrl", "ӘЛИЕВ")


def test_son_and_daughter_are_words_of_the_patronymic(records: By) -> None:
    permits = records(NAME)
    assert permits["İC-0101"].person.names[0].patronymic == "Baxtiyor oğlu"
    assert permits["İC-0102"].person.names[0].patronymic == "Əli qızı"
    assert permits["İC-0103"].person.names[0].no_patronymic


def test_capitals_with_and_without_a_dot_are_the_same_words(records: By) -> None:
    permit = records(NAME)["İC-0110"]
    assert permit.person.citizenships == ("TUR",)
    assert permit.status == "ISSUED"


def test_a_country_is_known_without_its_marks(records: By) -> None:
    permits = records(NAME)
    assert permits["İC-0101"].person.citizenships == permits["İC-0103"].person.citizenships == ("UZB",)
    assert permits["İC-0103"].person.birth_date == PartialDate(1990)


def test_the_letter_o_in_a_personal_number_is_a_zero(records: By) -> None:
    [number] = records(NAME)["İC-0105"].person.identifiers
    assert (number.value, number.check) == ("6AB1C50", Check.STRUCTURE_OK_NO_CHECK)


def test_ethnicity_stays_at_home(records: By) -> None:
    assert "azərbaycanlı" not in repr(records(NAME)["İC-0102"])


def test_an_answer_of_soap_is_opened(records: By) -> None:
    stays = records("aze-stays")
    assert len(stays) == 5
    assert stays["QY-0101"].person.names[0].patronymic == "Baxtiyor oğlu"
    assert stays["QY-0102"].person.names[0].patronymic == "Əli qızı"


def test_a_registration_tells_a_man_by_k_and_a_woman_by_q(records: By, codes: By) -> None:
    stays = records("aze-stays")
    assert [stays[f"QY-010{number}"].person.sex for number in (1, 2, 5)] == [Sex.MALE, Sex.FEMALE, Sex.FEMALE]
    assert codes("aze-stays")[7] == ["MAP-SEX"]


def test_a_purpose_is_known_however_its_letters_were_typed(records: By) -> None:
    stays = records("aze-stays")
    assert [stays[f"QY-010{number}"].detail.purpose for number in (3, 4)] == ["STUDY", "STUDY"]


def test_a_cyrillic_letter_within_a_latin_name_is_told_and_kept(records: By, codes: By) -> None:
    [name] = records("aze-stays")["QY-0104"].person.names
    assert (name.family, name.script) == ("\u04d8liyev", "Zyyy")
    assert codes("aze-stays")[4] == ["MAP-NAME-SCRIPT"]


def test_capitals_of_a_state_and_a_document_are_known(records: By) -> None:
    stay = records("aze-stays")["QY-0102"]
    assert (stay.status, stay.person.citizenships, stay.person.documents[0].kind) == ("EXTENDED", ("GEO",), "ID_CARD")


def test_who_typed_the_record_stays_at_home(records: By) -> None:
    assert "op-7" not in repr(records("aze-stays")["QY-0101"])
