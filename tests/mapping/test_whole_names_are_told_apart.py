"""A name that stands in one cell: its order, its particles, and nothing lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping.full_names import ORDERS, Parts, in_brackets, join, split

WORD = st.text(alphabet="абвгдеёжзиклмнорстуфя-ъ'", min_size=1, max_size=9).filter(str.strip)
WORDS = st.lists(WORD | st.sampled_from(["оглы", "уулу", "кызы", "бек", "ибн", "ван", "угли"]), min_size=1, max_size=7)


@pytest.mark.parametrize(
    ("whole", "order", "parts"),
    [
        ("Каримов Жасур Бахтиёрович", "family-given-patronymic", ("Каримов", "Жасур", "Бахтиёрович")),
        ("Жасур Бахтиёрович Каримов", "given-patronymic-family", ("Каримов", "Жасур", "Бахтиёрович")),
        ("Мамедов Вагиф Али оглы", "family-given-patronymic", ("Мамедов", "Вагиф", "Али оглы")),
        ("Əliyev Vaqif Əli oğlu", "family-given-patronymic", ("Əliyev", "Vaqif", "Əli oğlu")),
        ("Karimov Jasur Baxtiyor oʻgʻli", "family-given-patronymic", ("Karimov", "Jasur", "Baxtiyor oʻgʻli")),
        ("Асанов Бакыт Асан уулу", "family-given-patronymic", ("Асанов", "Бакыт", "Асан уулу")),
        ("Бакыт Асан уулу", "family-given-patronymic", ("", "Бакыт", "Асан уулу")),
        ("Сейтов Арман Болатұлы", "family-given-patronymic", ("Сейтов", "Арман", "Болатұлы")),
        ("Мирзо Улуғ бек", "given-family", ("Улуғ бек", "Мирзо", "")),
        ("Иванова Анна Мария Петровна", "family-given-patronymic", ("Иванова", "Анна Мария", "Петровна")),
        ("ван дер Берг Ян", "family-given", ("ван дер Берг", "Ян", "")),
        ("Кузнецова-Белая Анна-Мария", "family-given", ("Кузнецова-Белая", "Анна-Мария", "")),
        ("Гарсия Лопес, Ана", "family-given", ("Гарсия Лопес", "Ана", "")),
        ("KARIMOV<<JASUR<BAXTIYOR", "family-given-patronymic", ("KARIMOV", "JASUR", "BAXTIYOR")),
        ("Раҳмон", "family-given-patronymic", ("Раҳмон", "", "")),
    ],
)
def test_a_name_is_told_apart_in_its_order(whole: str, order: str, parts: tuple[str, str, str]) -> None:
    found = split(whole, order)
    assert (found.family, found.given, found.patronymic) == parts


def test_more_words_than_parts_are_a_guess_that_is_told() -> None:
    assert split("Лопес Мария Ана Роса", "family-given-patronymic").guessed
    assert not split("Иванова Анна Мария Петровна", "family-given-patronymic").guessed


@given(WORDS, st.sampled_from(sorted(ORDERS)))
def test_joined_again_a_name_is_the_cell_it_came_from(words: list[str], order: str) -> None:
    whole = " ".join(words)
    parts = split(whole, order)
    assert " ".join(sorted(join(parts, order).replace(",", "").split())) == " ".join(sorted(whole.split()))
    again = split(join(parts, order), order)
    assert (again.family, again.given, again.patronymic) == (parts.family, parts.given, parts.patronymic)


def test_a_family_name_of_two_words_is_written_so_that_it_is_read_again() -> None:
    parts = Parts("Гарсия Лопес", "Ана")
    assert join(parts, "family-given") == "Гарсия Лопес, Ана"
    assert split("Гарсия Лопес, Ана", "family-given") == parts


def test_the_name_in_brackets_is_the_name_at_birth() -> None:
    assert in_brackets("Иванова (Петрова)") == ("Иванова", "Петрова")
    assert in_brackets("Иванова") == ("Иванова", "")


def test_a_profile_splits_brackets_and_aliases_and_writes_them_back(own_profile: Any) -> None:
    profile = own_profile(
        fields={
            "ФИО": "{to: name.full, split: family-given-patronymic}",
            "Фамилия лат": '{to: "name[2].family", brackets: birth}',
            "Другие имена": '{to: alias, separator: ";"}',
        },
        names='{name: {script: Cyrl, language: ru}, "name[2]": {script: Latn, language: en}}',
    )
    row = {"ФИО": "Каримов Жасур Али угли", "Фамилия лат": "Karimova (Petrova)", "Другие имена": "Джасур;Jasur K"}
    record, again = own_profile.both_ways(profile, row)
    kinds = [(name.kind.value, name.family or name.full, name.script) for name in record.person.names]
    assert kinds == [
        ("primary", "Каримов", "Cyrl"),
        ("primary", "Karimova", "Latn"),
        ("birth", "Petrova", "Latn"),
        ("alias", "Джасур", "Cyrl"),
        ("alias", "Jasur K", "Latn"),
    ]
    assert again == record
