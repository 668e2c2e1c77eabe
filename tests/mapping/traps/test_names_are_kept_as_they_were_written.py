"""The traps of names in domain.md's list that a mapping can fall into; those of alphabets are in tests/names."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.records.person import NameKind

FIELDS = {"Ф": "name.family", "И": "name.given", "О": "{to: name.patronymic, none: [нет, б/о]}"}
NULLS = 'nulls: ["", "-", неизвестно]'


@pytest.fixture
def name(own_profile: Any) -> Any:
    """The only name of a row, which came back unchanged from its way through a national row."""

    def read(cells: dict[str, str], fields: dict[str, str] | None = None) -> Any:
        record, again = own_profile.both_ways(own_profile(fields=fields or FIELDS, more=NULLS), cells)
        assert again == record
        [found] = record.person.names
        return found

    return read


@pytest.mark.parametrize("cell", ["", "-", "неизвестно"])
def test_a_patronymic_that_nobody_told_is_not_known(name: Any, cell: str) -> None:
    found = name({"Ф": "Ким", "И": "Ан", "О": cell})
    assert (found.patronymic, found.no_patronymic) == ("", False)


@pytest.mark.parametrize("cell", ["нет", "НЕТ", "б/о"])
def test_a_word_for_no_patronymic_says_that_there_is_none(name: Any, cell: str) -> None:
    found = name({"Ф": "Ким", "И": "Ан", "О": cell})
    assert (found.patronymic, found.no_patronymic) == ("", True)


def test_a_patronymic_of_signs_only_is_never_taken_for_a_name(own_profile: Any) -> None:
    mapped = own_profile.one(own_profile(fields=FIELDS, more=NULLS), {"Ф": "Ким", "И": "Ан", "О": "—"})
    assert [(finding.code, finding.path) for finding in mapped.findings] == [("MAP-NAME-CHARACTERS", "О")]


def test_a_word_for_none_in_a_family_name_is_a_missing_name(own_profile: Any) -> None:
    mapped = own_profile.one(own_profile(fields=FIELDS, more=NULLS), {"Ф": "-", "И": "", "О": ""})
    assert [finding.code for finding in mapped.findings] == ["MAP-NAME-MISSING"]


@pytest.mark.parametrize("given", ["Мария Ана Роса", "Анна-Мария", "Ion Andrei"])
def test_several_given_names_and_hyphens_stay_one_value(name: Any, given: str) -> None:
    assert name({"Ф": "Кузнецова-Белая", "И": given, "О": ""}).given == given


@pytest.mark.parametrize(
    "patronymic",
    ["Асан уулу", "Асан кызы", "Али оглы", "Болатұлы", "Болат қызы", "Baxtiyor oʻgʻli", "Əli qızı", "Асанович"],
)
def test_a_particle_of_a_patronymic_is_kept_and_not_translated(name: Any, patronymic: str) -> None:
    assert name({"Ф": "Ким", "И": "Ан", "О": patronymic}).patronymic == patronymic


def test_the_order_of_a_whole_name_is_declared_or_the_name_stays_whole(name: Any) -> None:
    whole = "Жасур Каримов Али угли"
    assert name({"ФИО": whole}, {"ФИО": "name.full"}).full == whole
    found = name({"ФИО": "Каримов Жасур Али угли"}, {"ФИО": "{to: name.full, split: family-given-patronymic}"})
    assert (found.family, found.given, found.patronymic) == ("Каримов", "Жасур", "Али угли")


def test_a_person_with_one_name_has_it_as_family_name(name: Any) -> None:
    found = name({"ФИО": "Раҳмон"}, {"ФИО": "{to: name.full, split: family-given}"})
    assert (found.family, found.given) == ("Раҳмон", "")


@pytest.mark.parametrize("pair", [("Иванов", "Иванова"), ("Раҳмонов", "Раҳмон")])
def test_neither_a_gendered_nor_a_shortened_family_name_is_put_right(name: Any, pair: tuple[str, str]) -> None:
    assert tuple(name({"Ф": family, "И": "А", "О": ""}).family for family in pair) == pair


def test_the_maiden_name_is_a_name_of_its_own(own_profile: Any) -> None:
    profile = own_profile(fields=FIELDS | {"Ф": "{to: name.family, brackets: birth}"}, more=NULLS)
    record, again = own_profile.both_ways(profile, {"Ф": "Иванова (Петрова)", "И": "Анна", "О": ""})
    assert [(found.kind, found.family) for found in record.person.names] == [
        (NameKind.PRIMARY, "Иванова"),
        (NameKind.BIRTH, "Петрова"),
    ]
    assert again == record


def test_a_filler_of_a_machine_readable_zone_is_no_letter_of_a_name(own_profile: Any) -> None:
    mapped = own_profile.one(own_profile(fields=FIELDS, more=NULLS), {"Ф": "KARIMOV<<JASUR", "И": "", "О": ""})
    assert [finding.code for finding in mapped.findings] == ["MAP-NAME-CHARACTERS"]
    whole = own_profile(fields={"ФИО": "{to: name.full, split: family-given}"})
    [found] = own_profile.one(whole, {"ФИО": "KARIMOV<<JASUR<BAXTIYOR"}).record.person.names
    assert (found.family, found.given) == ("KARIMOV", "JASUR BAXTIYOR")


def test_a_name_cut_off_by_a_machine_readable_zone_is_told(own_profile: Any) -> None:
    profile = own_profile(fields={"ФИО": "{to: name.full, split: family-given}"})
    mapped = own_profile.one(profile, {"ФИО": "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"})
    assert mapped.record is not None
    assert [(finding.code, finding.severity) for finding in mapped.findings] == [("MAP-NAME-TRUNCATED", "warning")]


def test_two_scripts_that_disagree_are_both_kept_and_neither_corrects_the_other(own_profile: Any) -> None:
    profile = own_profile(
        fields={"Ф": "name.family", "Ф лат": '"name[2].family"'},
        names='{name: {script: Cyrl, language: ru}, "name[2]": {script: Latn, language: en}}',
    )
    record, again = own_profile.both_ways(profile, {"Ф": "Каримов", "Ф лат": "SIDOROV"})
    assert [(found.family, found.script) for found in record.person.names] == [("Каримов", "Cyrl"), ("SIDOROV", "Latn")]
    assert again == record


@pytest.mark.parametrize(
    "family",
    ["Фёдоров", "Федоров", "Андрій", "Аляксееў", "Әбдіғалиев", "Şyñğys", "Oʻktamov", "O‘ktamov", "O'ktamov", "Öktam"],
)
def test_no_letter_and_no_apostrophe_is_replaced_by_its_like(name: Any, family: str) -> None:
    assert name({"Ф": family, "И": "А", "О": ""}).family == family
