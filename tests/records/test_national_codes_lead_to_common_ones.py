"""Traps of domain.md's "Codes": the same letter is another sex, the same three letters another country."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.records import countries, reference
from gateway.records.reference import places
from gateway.records.reference.treaties import states


@pytest.mark.parametrize(
    ("state", "written", "sex"),
    [
        ("AZE", "K", "1"),  # Latin K for kişi, a man
        ("AZE", "Q", "2"),
        ("AZE", "К", None),  # the Cyrillic look-alike is no word of Azerbaijani: a human looks
        ("RUS", "М", "1"),
        ("RUS", "M", None),
        ("MDA", "M", "1"),
        ("MDA", "F", "2"),
        ("TJK", "З", "2"),
        ("KAZ", "Ә", "2"),
        ("KAZ", "female", "2"),
        ("KAZ", "2", "2"),
        ("KGZ", "А", "2"),  # Cyrillic: аял
        ("UZB", "A", "2"),  # Latin: ayol
        ("UZB", "E", "1"),
        ("KAZ", "Е", "1"),  # Cyrillic: еркек
        ("ARM", "Ի", "2"),
        ("TKM", "Z", "2"),
    ],
)
def test_a_letter_means_the_sex_it_means_in_its_state(state: str, written: str, sex: str | None) -> None:
    assert reference.codes("sex", state).get(written) == sex


def test_a_value_is_found_however_it_is_cased_and_spaced() -> None:
    assert reference.common("document_kind", "RUS", " ВИД  на жительство") == "RESIDENCE_PERMIT"
    assert reference.common("document_kind", "UZB", "id-karta") == "ID_CARD"
    assert reference.common("sex", "AZE", "k") == "1"
    assert reference.common("sex", "AZE", "К") is None
    assert reference.common("sex", "XXX", "M") is None


def test_every_national_value_leads_to_a_code_of_its_list() -> None:
    for row in reference.national_codes():
        assert row.common in reference.code_lists()[row.list], row
        assert row.state in states(), row


def test_no_two_values_of_a_state_differ_by_case_alone_and_mean_different_things() -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for row in reference.national_codes():
        key = (row.list, row.state, row.national.casefold())
        assert seen.setdefault(key, row.common) == row.common, key


def test_the_way_back_leads_to_the_code_it_came_from() -> None:
    for name in reference.code_lists():
        for state in states():
            there = reference.codes(name, state)
            preferred = [
                row.common
                for row in reference.national_codes()
                if row.preferred and (row.list, row.state) == (name, state)
            ]
            assert len(preferred) == len(set(preferred)), (name, state)
            assert all(there[value] == code for code, value in reference.written(name, state).items())


def test_every_state_can_write_both_sexes_and_a_passport() -> None:
    for state in states():
        assert {"1", "2"} <= set(reference.written("sex", state)), state
        assert "PASSPORT" in reference.written("document_kind", state), state


def test_labels_come_in_russian_english_and_the_states_own_language() -> None:
    assert reference.labels("document_kind", "ID_CARD", "KAZ") == {
        "ru": "удостоверение личности",
        "en": "identity card",
        "national": "жеке куәлік",
    }
    assert set(reference.labels("document_kind", "ID_CARD")) == {"ru", "en"}
    assert reference.labels("document_kind", "NONE", "KAZ") == {}
    assert reference.codes("nothing", "KAZ") == {}


def test_a_russian_tax_code_of_a_document_is_not_a_word() -> None:
    russian = reference.codes("document_kind", "RUS")
    assert (russian["21"], russian["10"], russian["RU01001"]) == ("PASSPORT", "PASSPORT", "PASSPORT")
    # Certificates of asylum seekers and refugees have no common kind: the kind alone would tell (domain.md R9).
    assert not {"11", "13", "18", "19"} & set(russian)


def test_codes_handed_out_can_be_changed_without_changing_the_list() -> None:
    reference.codes("sex", "AZE").clear()
    assert reference.codes("sex", "AZE")["K"] == "1"


def test_a_code_of_another_body_is_not_an_iso_code() -> None:
    assert places.country_in("UNHCR", "GFR") == "DEU"
    assert places.country_in("UNHCR", "AUS") == "AUT"  # and AUL is Australia
    assert countries.by_code("GFR") is None
    assert places.country_in("UNHCR", "UZB") is None
    assert places.country_in("KZ-STATES", "001") == "KAZ"
    assert countries.by_number("1") is None


def test_what_only_the_russian_classifier_has_goes_to_a_human() -> None:
    for number in ("895", "896"):
        assert places.country_in("OKSM", number) == ""
        found = countries.by_number(number)
        assert found is not None
        assert (found.kind, found.alpha3) == ("oksm", "")


@pytest.mark.parametrize(
    ("number", "code"),
    [("51", "ARM"), ("31", "AZE"), ("051", "ARM"), ("8", "ALB"), ("112", "BLR"), ("104", "MMR"), ("891", "YUG")],
)
def test_a_number_is_found_with_and_without_its_zeros(number: str, code: str) -> None:
    found = countries.by_number(number)
    assert found is not None
    assert found.alpha3 == code


@pytest.mark.parametrize(
    ("written", "code"),
    [("РФ", "RUS"), ("Респ. Молдова", "MDA"), ("ГДР", "DDR"), ("Заир", "ZAR"), ("БССР", "BYS"), ("Беларусь", "BLR")],
)
def test_a_short_or_former_name_is_found(written: str, code: str) -> None:
    found = countries.by_name(written)
    assert found is not None
    assert found.alpha3 == code


def test_a_former_state_has_its_four_letters_and_its_end() -> None:
    former = [entry for entry in countries.everything() if entry.kind == "former"]
    assert all(len(entry.former) == 4 and entry.ended for entry in former)
    assert [countries.by_code(code).alpha3 for code in ("SU", "SUHH", "CSXX", "CS")] == ["SUN", "SUN", "SCG", "CSK"]
    # ISO gave BY and BU's numbers on: what exists comes first.
    assert countries.by_code("BY").alpha3 == "BLR"
    assert not [entry for entry in countries.everything() if entry.kind != "former" and (entry.former or entry.ended)]


def test_a_former_state_is_there_until_its_last_day() -> None:
    union = countries.by_code("SUN")
    assert union is not None
    assert union.exists(date(1992, 8, 30))
    assert not union.exists(date(1992, 8, 31))
    assert not countries.by_code("DHY").exists(date(1978, 1, 1))
    assert countries.by_code("BLR").exists(date(2026, 3, 2))


def test_codes_of_a_passport_that_are_no_country_say_what_they_are() -> None:
    found = places.travel_codes()
    assert found["XXA"].common == "stateless"
    assert [code for code, row in found.items() if row.sensitive] == ["XXB", "XXC"]
    assert found["D"].common == "DEU"
    assert all(row.common in {"", "stateless"} or countries.by_code(row.common) for row in found.values())
    for word in ("ЛБГ", "апатрид", "XXA", "fuqaroligi yo'q", "Особа без громадянства", "БЕШАҲРВАНД", "Raýatlygy ýok"):
        assert countries.means_stateless(word)
        assert countries.by_name(word) is None
