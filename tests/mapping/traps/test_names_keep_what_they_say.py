"""The traps of names (domain.md section 6): nothing lost, nothing guessed in silence, both ways."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.mapping import back
from gateway.records.person import NameKind

PARTS = {"Фамилия": "name.family", "Имя": "name.given", "Отчество": "{to: name.patronymic, none: [нет, '-', б/о]}"}
TWO = '{name: {script: Cyrl, language: ru}, "name[2]": {script: Latn, language: en}}'


def codes(mapped: Any) -> list[str]:
    return [finding.code for finding in mapped.findings]


@pytest.mark.parametrize("text", ["нет", "Нет", "-", "б/о", ""])
def test_a_patronymic_that_is_absent_differs_from_one_that_is_unknown(text: str, own_profile: Any) -> None:
    profile = own_profile(fields=PARTS)
    record, again = own_profile.both_ways(profile, {"Фамилия": "Ким", "Имя": "Вера", "Отчество": text})
    [name] = record.person.names
    assert (name.patronymic, name.no_patronymic) == ("", text != "")
    assert again.person.names == record.person.names


@pytest.mark.parametrize(
    ("family", "given", "patronymic"),
    [
        ("Гарсия Лопес", "Мария Анна", ""),
        ("Кузнецова-Белая", "Анна-Мария", "Петровна"),
        ("Мамедов", "Вагиф", "Али оглы"),
        ("Асанов", "Бакыт", "Асан уулу"),
        ("Сейтов", "Арман", "Болатұлы"),
        ("Каримов", "Жасур", "Бахтиёр ўғли"),
        ("Раҳмон", "", ""),
        ("", "Фаррух", ""),
        ("Фёдоров", "Алексей", "Юрьевич"),
        ("Иванова", "Анна", "Ильинична"),
    ],
)
def test_several_names_hyphens_particles_and_single_names_come_back_as_they_were(
    family: str, given: str, patronymic: str, own_profile: Any
) -> None:
    profile = own_profile(fields=PARTS)
    record, again = own_profile.both_ways(profile, {"Фамилия": family, "Имя": given, "Отчество": patronymic})
    [name] = record.person.names
    assert (name.family, name.given, name.patronymic) == (family, given, patronymic)
    assert again.person.names == record.person.names


def test_a_full_name_of_unlabelled_order_stays_whole(own_profile: Any) -> None:
    profile = own_profile(fields={"ФИО": "name.full"})
    record, again = own_profile.both_ways(profile, {"ФИО": "Мамедов Вагиф Али оглы"})
    [name] = record.person.names
    assert (name.full, name.family) == ("Мамедов Вагиф Али оглы", "")
    assert again == record


@pytest.mark.parametrize(
    ("order", "text", "parts"),
    [
        ("family-given-patronymic", "Мамедов Вагиф Али оглы", ("Мамедов", "Вагиф", "Али оглы")),
        ("given-patronymic-family", "Вагиф Али оглы Мамедов", ("Мамедов", "Вагиф", "Али оглы")),
        ("given-family", "Вагиф Мамедов", ("Мамедов", "Вагиф", "")),
        ("family-given-patronymic", "Раҳмон", ("Раҳмон", "", "")),
    ],
)
def test_a_full_name_is_told_apart_in_the_declared_order(
    order: str, text: str, parts: tuple[str, str, str], own_profile: Any
) -> None:
    profile = own_profile(fields={"ФИО": f"{{to: name.full, split: {order}}}"})
    record, again = own_profile.both_ways(profile, {"ФИО": text})
    [name] = record.person.names
    assert (name.family, name.given, name.patronymic) == parts
    assert again == record
    assert back.unmap(profile, [record])[0][0]["ФИО"] == text


def test_a_name_of_one_word_is_the_part_that_the_profile_says(own_profile: Any) -> None:
    said = own_profile(fields={"ФИО": "{to: name.full, split: given-family, single: given}"})
    record, again = own_profile.both_ways(said, {"ФИО": "Фаррух"})
    assert (record.person.names[0].family, record.person.names[0].given) == ("", "Фаррух")
    assert again == record


def test_more_words_than_parts_are_a_guess_that_the_row_tells(own_profile: Any) -> None:
    profile = own_profile(fields={"ФИО": "{to: name.full, split: family-given-patronymic}"})
    assert codes(own_profile.one(profile, {"ФИО": "Лопес Мария Ана Роса"})) == ["MAP-NAME-SPLIT"]


def test_a_maiden_name_in_brackets_or_in_a_column_of_its_own_is_the_name_at_birth(own_profile: Any) -> None:
    brackets = own_profile(fields={"Фамилия": "{to: name.family, brackets: birth}", "Имя": "name.given"})
    record, again = own_profile.both_ways(brackets, {"Фамилия": "Иванова (Петрова)", "Имя": "Анна"})
    assert [(name.kind, name.family) for name in record.person.names] == [
        (NameKind.PRIMARY, "Иванова"),
        (NameKind.BIRTH, "Петрова"),
    ]
    assert again == record
    column = own_profile(
        fields={"Фамилия": "name.family", "Девичья фамилия": '"name[2].family"'},
        names='{name: {script: Cyrl, language: ru}, "name[2]": {script: Cyrl, language: ru, kind: birth}}',
    )
    record, again = own_profile.both_ways(column, {"Фамилия": "Иванова", "Девичья фамилия": "Петрова"})
    assert [name.kind for name in record.person.names] == [NameKind.PRIMARY, NameKind.BIRTH]
    assert again == record


def test_gendered_forms_stand_beside_each_other_as_aliases(own_profile: Any) -> None:
    profile = own_profile(fields={"Фамилия": "name.family", "Также": '{to: alias, separator: ","}'})
    record, again = own_profile.both_ways(profile, {"Фамилия": "Иванова", "Также": "Иванов, Iwanowa"})
    aliases = [name for name in record.person.names if name.kind is NameKind.ALIAS]
    assert [(name.full, name.script) for name in aliases] == [("Иванов", "Cyrl"), ("Iwanowa", "Latn")]
    assert again == record


def test_the_fillers_of_a_machine_readable_zone_part_a_name_and_are_no_letters(own_profile: Any) -> None:
    profile = own_profile(
        fields={"МЧЗ": "{to: name.full, split: family-given-patronymic}"}, names="{name: {script: Latn, language: ''}}"
    )
    mapped = own_profile.one(profile, {"МЧЗ": "KARIMOV<<JASUR<BAXTIYOR<<<<<<<<<<<<<<<<"})
    assert mapped.findings == ()
    [name] = mapped.record.person.names
    assert (name.family, name.given, name.patronymic) == ("KARIMOV", "JASUR", "BAXTIYOR")
    plain = own_profile(fields={"Фамилия": "name.family"})
    assert codes(own_profile.one(plain, {"Фамилия": "KARIMOV<JASUR"})) == ["MAP-NAME-CHARACTERS"]


@pytest.mark.parametrize("length", [30, 31, 39])
def test_a_name_cut_off_at_the_end_of_its_zone_is_marked_in_the_record(length: int, own_profile: Any) -> None:
    profile = own_profile(
        fields={"МЧЗ": "{to: name.full, split: family-given}"}, names="{name: {script: Latn, language: ''}}"
    )
    zone = ("ABDULRAHMONBEKOVA<<MUHABBATXONPARVINAZODAGUL" * 2)[:length]
    mapped = own_profile.one(profile, {"МЧЗ": zone})
    assert codes(mapped) == ["MAP-NAME-TRUNCATED"]
    assert mapped.record.flags == ("MAP-NAME-TRUNCATED",)
    assert own_profile.one(profile, {"МЧЗ": zone[:-1] + "<"}).record.flags == ()


def test_two_scripts_that_disagree_are_both_kept_each_as_it_is_written(own_profile: Any) -> None:
    profile = own_profile(
        fields={"Фамилия": "name.family", "Имя": "name.given", "Фам лат": '"name[2].family"', "Имя лат":
                '"name[2].given"'},
        names=TWO,
    )  # fmt: skip
    row = {"Фамилия": "Алексеев", "Имя": "Алексей", "Фам лат": "ALIAKSEYEU", "Имя лат": "ALIAKSEI"}
    record, again = own_profile.both_ways(profile, row)
    assert [(name.family, name.given, name.script, name.language) for name in record.person.names] == [
        ("Алексеев", "Алексей", "Cyrl", "ru"),
        ("ALIAKSEYEU", "ALIAKSEI", "Latn", "en"),
    ]
    assert again == record


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Karimov", "Latn"),
        ("Каримов", "Cyrl"),
        ("Հարությունյան", "Armn"),
        ("ბერიძე", "Geor"),
        ("Әбдіғалиев", "Cyrl"),
        ("Əliyev", "Latn"),
    ],
)
def test_the_script_is_that_of_the_letters_and_not_of_the_column(text: str, script: str, own_profile: Any) -> None:
    profile = own_profile(fields={"Фамилия": "name.family"})
    mapped = own_profile.one(profile, {"Фамилия": text})
    [name] = mapped.record.person.names
    assert (name.script, name.language) == (script, "ru" if script == "Cyrl" else "")
    assert mapped.findings == ()


@pytest.mark.parametrize("text", ["Кaримов", "Әliyev", "Հarutyunyan"])
def test_letters_of_two_scripts_in_one_name_are_told(text: str, own_profile: Any) -> None:
    profile = own_profile(fields={"Фамилия": "name.family"})
    mapped = own_profile.one(profile, {"Фамилия": text})
    assert codes(mapped) == ["MAP-NAME-SCRIPT"]
    assert mapped.record.person.names[0].script == "Zyyy"


@pytest.mark.parametrize(
    "text",
    ["Фёдоров", "Федоров", "Майя", "Әбдіғалиев Қуаныш Ңұрөлі Үһі", "Äbdıǵali Ğalym", "Oʻktam", "O‘ktam", "O'ktam",
     "Oʼktam", "Öktam", "Շահրամ", "Գևորգ", "Գեւորգ", "Ștefan", "Ştefan", "Ţurcanu"],
)  # fmt: skip
def test_letters_of_a_name_are_kept_as_they_are_written(text: str, own_profile: Any) -> None:
    profile = own_profile(fields={"Фамилия": "name.family"})
    record, again = own_profile.both_ways(profile, {"Фамилия": text})
    assert record.person.names[0].family == text
    assert again.person.names == record.person.names


def test_letters_that_a_printer_joined_are_taken_apart(own_profile: Any) -> None:
    profile = own_profile(fields={"Фамилия": "name.family"}, names="{name: {script: Armn, language: hy}}")
    assert own_profile.one(profile, {"Фамилия": "Շա\ufb13րամ"}).record.person.names[0].family == "Շամնրամ"


def test_a_name_with_digits_is_no_name(own_profile: Any) -> None:
    profile = own_profile(fields={"Фамилия": "name.family"})
    mapped = own_profile.one(profile, {"Фамилия": "Иван0в"})
    assert (mapped.outcome, codes(mapped)) == ("rejected", ["MAP-NAME-CHARACTERS"])
    assert mapped.findings[0].value_class == "6 characters: digits, letters"
