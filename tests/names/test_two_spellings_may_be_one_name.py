"""`meet` says whether two spellings may be one name, word by word, in any alphabets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.names.likeness import distance
from gateway.names.meeting import keys, meet


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Щукин", "Chtchoukine"),
        ("Аксёнова", "Aksenov"),
        ("Аляксей", "Алексей"),
        ("Мікалай Пятровіч", "Nikolai Petrovich"),
        ("Абдул-Ҳамид Раҳмонов", "RAHMONOV<<ABDULHAMID"),
        ("Геннадіївна", "Gennadievich"),
        ("Hüseynzadə", "Hosseinzadeh"),
        ("Գալֆայան", "Kalfayan"),
        ("Раҳмонов", "Раҳмон"),
        ("Асан уулу", "Asan"),
    ],
)
def test_spellings_of_one_name_meet_both_ways(left: str, right: str) -> None:
    assert meet(left, right)
    assert meet(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Иванов", "Petrov"),
        ("Əliyev", "Həsənov"),
        ("Ли", "Цой"),
        ("Иванов Пётр", "Ivanov Sergei"),
        ("", "Ivanov"),
        ("12", "12"),
    ],
)
def test_other_names_do_not(left: str, right: str) -> None:
    assert not meet(left, right)


def test_the_fewer_words_must_all_be_found() -> None:
    assert meet("Каримов", "Karimov Anvar Olimovich")
    assert not meet("Каримов Анвар", "Karimov Bobur")


def test_one_word_does_not_stand_for_two() -> None:
    assert not meet("Иван Иванов", "Ivanov Sergei")
    assert not meet("Ivanov Sergei", "Иван Иванов")


def test_words_written_together_meet_from_either_side() -> None:
    assert meet("Абдул Ҳамид Karim", "Abdulhamid Karim")
    assert meet("Abdulhamid Karim", "Абдул Ҳамид Karim")


_WORDS = st.lists(
    st.sampled_from(["Иван", "Ivanov", "Абдул", "hamid", "Abdulhamid", "Пётр", "Petrov", "Əli"]), max_size=4
)


@given(_WORDS.map(" ".join), _WORDS.map(" ".join))
def test_meeting_is_symmetric(left: str, right: str) -> None:
    assert meet(left, right) == meet(right, left)


def test_the_language_lends_a_letter_its_own_sound() -> None:
    assert meet("Ўғил", "Ogil", languages=("uz", ""))


def test_a_key_less_one_consonant_is_made_of_three_consonants_at_least() -> None:
    assert keys("рим") == {"RM"}
    assert {"KRM", "KR", "KM", "RM"} <= keys("карим")


_FORMS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)


@given(_FORMS, _FORMS)
def test_the_distance_is_symmetric_and_nothing_only_for_one_form(left: str, right: str) -> None:
    assert distance(left, right) == pytest.approx(distance(right, left))
    assert distance(left, left) == 0.0
    if len(left) != len(right):
        assert distance(left, right) > 0


@given(st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyz -'", max_size=30))
def test_a_name_that_holds_a_letter_meets_itself(name: str) -> None:
    assert meet(name, name) == any(letter.isalpha() for letter in name)


def test_a_name_of_a_hundred_thousand_letters_is_judged_by_its_beginning() -> None:
    assert meet("а" * 100_000, "а" * 90_000)
    assert not meet("аб " * 30_000, "вг" * 50_000)
