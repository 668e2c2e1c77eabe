"""What each field of two descriptions says, and the laws that hold for every pair."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.matching.compare import birth_level, compare
from gateway.matching.model import standard
from gateway.matching.normalise import Comparable, comparable, from_json
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Document, Identifier, Name, Person, Sex

FAMILIES = ("Каримов", "Karimov", "Каримова", "Kərimov", "Иванов", "Ivanou", "Պետրոսյան", "Раҳмон", "")
GIVENS = ("Асан", "Asan", "Николай", "Mikalai", "Հակոբ", "Anna Maria", "")
PATRONYMICS = ("Бакирович", "Bakir oʻgʻli", "Бакир уулу", "Петрович", "")

names = st.builds(Name, st.sampled_from(FAMILIES), st.sampled_from(GIVENS), st.sampled_from(PATRONYMICS))
dates = (
    st.none()
    | st.builds(PartialDate, st.sampled_from((1984, 1985)), st.sampled_from((0, 1, 5, 6)), st.just(0))
    | st.sampled_from((PartialDate(1985, 6, 5), PartialDate(1985, 5, 6), PartialDate(1985, 1, 1, assumed=True)))
)
identifiers = st.builds(
    Identifier, st.sampled_from(("KZ-IIN", "KG-PIN")), st.sampled_from(("850615300109", "850615300108", "1")),
    st.just(""), st.sampled_from(Check),
)  # fmt: skip
documents = st.builds(
    Document, st.sampled_from(("KGZ", "")), st.just("PASSPORT"), st.sampled_from(("123", "O23", "023")), st.just("A")
)
people = st.builds(
    Person,
    ref=st.just("1"),
    names=st.lists(names, max_size=2).map(tuple),
    birth_date=dates,
    sex=st.sampled_from(Sex),
    citizenships=st.lists(st.sampled_from(("KGZ", "RUS")), max_size=2).map(tuple),
    birth_country=st.sampled_from(("KGZ", "RUS", "SUN", "")),
    birth_place=st.sampled_from(("Ош", "г. Osh", "Минск", "")),
    identifiers=st.lists(identifiers, max_size=2).map(tuple),
    documents=st.lists(documents, max_size=2).map(tuple),
).map(comparable)


@given(people, people)
def test_the_weight_of_a_pair_does_not_depend_on_its_order(one: Comparable, other: Comparable) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there.weight == pytest.approx(back.weight, abs=1e-9)
    assert sorted(row.as_list() for row in there.evidence) == sorted(row.as_list() for row in back.evidence)


@given(people, people)
def test_a_number_or_a_document_that_agrees_never_lowers_the_weight(one: Comparable, other: Comparable) -> None:
    number = (("UZ-PINFL", "31506852600019", "VALID"),)
    document = (("UZB", "AA1234567"),)
    before = compare(one, other).weight
    for shared in ({"identifiers": number}, {"documents": document}):
        pair = [
            replace(each, **{key: getattr(each, key) + value for key, value in shared.items()}) for each in (one, other)
        ]
        assert compare(*pair).weight >= before - 1e-9


@given(people, people)
def test_a_spelling_that_both_share_never_lowers_the_weight(one: Comparable, other: Comparable) -> None:
    shared = comparable(Person("1", (Name("Щукин", "Юлия"),))).names
    richer = compare(replace(one, names=one.names + shared), replace(other, names=other.names + shared))
    if one.names and other.names:
        assert richer.weight >= compare(one, other).weight - 1e-9


@given(people)
def test_a_comparable_comes_back_from_its_stored_form_as_it_was(one: Comparable) -> None:
    assert from_json(one.to_json()) == one


@given(people, people)
def test_no_single_field_weighs_less_than_the_floor(one: Comparable, other: Comparable) -> None:
    assert all(row.bits >= -12 for row in compare(one, other).evidence)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (PartialDate(1985, 6, 15), PartialDate(1985, 6, 15), "day"),
        (PartialDate(1985, 1, 1), PartialDate(1985, 1, 1), "placeholder"),
        (PartialDate(1985, 6), PartialDate(1985, 6, 15), "month"),
        (PartialDate(1985), PartialDate(1985, 6, 15), "year"),
        (PartialDate(1985, 1, 1, assumed=True), PartialDate(1985, 6, 15), "assumed"),
        (PartialDate(1985, 6, 5), PartialDate(1985, 5, 6), "swapped"),
        (PartialDate(1985, 6, 15), PartialDate(1986, 6, 15), "digit"),
        (PartialDate(1985, 6, 15), PartialDate(1985, 6, 16), "digit"),
        (PartialDate(1985, 6, 15), PartialDate(1985, 12, 24), "same-year"),
        (PartialDate(1985, 6, 15), PartialDate(1986, 2, 3), "near-year"),
        (PartialDate(1985, 6, 15), PartialDate(1958, 6, 1), "differ"),
    ],
)
def test_birth_dates_are_compared_at_the_precision_they_have(one: PartialDate, other: PartialDate, level: str) -> None:
    assert birth_level(one, other) == birth_level(other, one) == level


def _levels(field: str, one: Person, other: Person) -> frozenset[str]:
    return compare(comparable(one), comparable(other)).levels(field)


def _named(family: str, given_name: str, patronymic: str = "", sex: Sex = Sex.UNKNOWN) -> Person:
    return Person("1", (Name(family, given_name, patronymic),), sex=sex)


@pytest.mark.parametrize(
    ("field", "one", "other", "level"),
    [
        ("family", _named("Иванова", "А"), _named("Ivanoff", "А"), "exact"),
        ("family", _named("Щукин", "А"), _named("Chtchoukine", "А"), "sound"),
        ("family", _named("Мамед-Кулиев", "А"), _named("Мамедкулиев", "А"), "exact"),
        ("family", _named("Kara-Murza", "А"), _named("Мурза", "А"), "part"),
        ("given", _named("Б", "Мікалай"), _named("Б", "Nikolai"), "equivalent"),
        ("given", _named("Б", "Volha"), _named("Б", "Ольга"), "equivalent"),
        ("given", _named("Б", "А."), _named("Б", "Асан"), "initial"),
        ("given", _named("Каримов", "Асан"), _named("Асан", "Каримов"), "exact"),
        ("order", _named("Каримов", "Асан"), _named("Асан", "Каримов"), "swapped"),
        ("patronymic", _named("Б", "А", "Асанович"), _named("Б", "А", "Asan oʻgʻli"), "exact"),
        ("patronymic", _named("Б", "А", "Асан уулу"), _named("Б", "А", "Asan oğlu"), "exact"),
        ("patronymic", _named("Б", "А", "Сергеевна"), _named("Б", "А", "Siarheyeuna"), "exact"),
        ("patronymic", _named("Б", "А", "Мікалаевіч"), _named("Б", "А", "Николаевич"), "exact"),
        ("patronymic", _named("Б", "А", "Асанович"), _named("Б", "А", "Петрович"), "differ"),
        ("family", _named("Б", "А", sex=Sex.FEMALE), _named("Цой", "А", sex=Sex.FEMALE), "changed"),
    ],
)
def test_names_are_compared_over_spelling_and_language(field: str, one: Person, other: Person, level: str) -> None:
    assert _levels(field, one, other) == {level}


def test_a_missing_patronymic_says_nothing_and_a_contradicting_one_counts_against() -> None:
    full, bare, other = _named("Б", "А", "Асанович"), _named("Б", "А"), _named("Б", "А", "Петрович")
    weights = [compare(comparable(full), comparable(each)).weight for each in (full, bare, other)]
    assert weights[0] > weights[1] > weights[2]
    assert _levels("patronymic", full, bare) == frozenset()


def test_an_unsplit_name_meets_its_parts_in_any_order() -> None:
    unsplit = Person("1", (Name(full="Karimov Asan Bakirovich"),))
    assert _levels("full", unsplit, _named("Каримов", "Асан")) == {"near"}
    assert _levels("full", unsplit, Person("1", (Name(full="АСАН КАРИМОВ БАКИРОВИЧ"),))) == {"exact"}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (Identifier("KZ-IIN", "850615300109", check=Check.VALID),) * 2 + ("agree",),
        (Identifier("KG-PIN", "21506198500001"),) * 2 + ("agree-unchecked",),
        (Identifier("KZ-IIN", "850615300108", check=Check.INVALID_CHECK),) * 2 + ("agree-invalid",),
        (
            Identifier("KZ-IIN", "850615300109", check=Check.VALID),
            Identifier("KZ-IIN", "850615300108", check=Check.INVALID_CHECK),
            "typo",
        ),
        (
            Identifier("KZ-IIN", "850615300109", check=Check.VALID),
            Identifier("KZ-IIN", "850615300000", check=Check.VALID),
            "differ",
        ),
        (
            Identifier("BY-IDN", "3150685А001РВ5", check=Check.VALID),
            Identifier("BY-IDN", "3150685A001PB5", check=Check.VALID),
            "agree",
        ),
    ],
)
def test_an_identifier_weighs_as_much_as_its_check_digit_allows(one: Identifier, other: Identifier, level: str) -> None:
    left, right = (Person("1", (), identifiers=(each,)) for each in (one, other))
    assert _levels("identifier", left, right) == {level}


def test_numbers_of_two_schemes_are_never_compared() -> None:
    left = Person("1", (), identifiers=(Identifier("KG-PIN", "31506852600019"),))
    right = Person("1", (), identifiers=(Identifier("UZ-PINFL", "31506852600019"),))
    assert _levels("identifier", left, right) == frozenset()


def test_every_level_has_a_sentence_in_both_languages_and_a_weight() -> None:
    assert standard().levels
    for level in standard().levels.values():
        assert level.en
        assert level.ru
        assert -12 <= level.bits <= 30
