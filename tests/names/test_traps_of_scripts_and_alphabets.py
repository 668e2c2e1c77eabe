"""The traps that alphabets, keyboards and reforms lay for a name, one by one."""

import unicodedata

import pytest

from gateway.names.alphabets import ARMENIAN, CYRILLIC_SOUNDS, GEORGIAN, ICAO
from gateway.names.equivalents import fathers
from gateway.names.fold import light, tokens
from gateway.names.languages import ALPHABETS, alphabets_of
from gateway.names.meeting import meet
from gateway.names.script import lower


@pytest.mark.parametrize("tag", [tag for tag in ALPHABETS if "-Cyrl" in tag])
def test_every_letter_of_every_cyrillic_language_has_its_latin_and_its_sound(tag: str) -> None:
    letters = ALPHABETS[tag] - {"'"}
    assert letters <= ICAO.keys()
    assert letters <= CYRILLIC_SOUNDS.keys()


def test_every_armenian_and_georgian_letter_has_its_latin() -> None:
    assert ALPHABETS["hy-Armn"] <= ARMENIAN.keys()
    assert ALPHABETS["ka-Geor"] <= GEORGIAN.keys()


@pytest.mark.parametrize(
    ("text", "some", "none"),
    [
        ("Ўткир", "uz-Cyrl", "kk-Cyrl"),
        ("Ўладзімір", "be-Cyrl", "uz-Cyrl"),
        ("Ґонґадзе", "uk-Cyrl", "ru-Cyrl"),
        ("Ұлпан", "kk-Cyrl", "ky-Cyrl"),
        ("Ҷамшед", "tg-Cyrl", "uz-Cyrl"),
        ("Ҹаваншир", "az-Cyrl", "tk-Cyrl"),
        ("Ӂуржю", "mo-Cyrl", "ru-Cyrl"),
        ("İlqar Əliyev", "az-Latn", "tk-Latn"),
        ("Öwezow Aşyr", "tk-Latn", "az-Latn"),
        ("Ğofur Çorshanbiyev", "uz-Latn-2026", "uz-Latn-1995"),
    ],
)
def test_letters_rule_languages_out(text: str, some: str, none: str) -> None:
    assert some in alphabets_of(text)
    assert none not in alphabets_of(text)


def test_a_text_without_letters_is_in_no_alphabet() -> None:
    assert alphabets_of("12 - 34") == frozenset()


@pytest.mark.parametrize("other", ["Иванова", "Ивановъ", "Ivanoff", "Ivanou", "Iwanow", "ИВАНОВ"])
def test_gendered_and_older_endings_are_one_family_name(other: str) -> None:
    assert meet("Иванов", other)


@pytest.mark.parametrize(("left", "right"), [("Фёдоров", "Федоров"), ("Андрей", "Андреи"), ("Майя", "Маия")])
def test_letters_that_registers_leave_without_their_mark_are_the_same(left: str, right: str) -> None:
    assert light(tokens(left)[0]) == light(tokens(right)[0])


@pytest.mark.parametrize(
    ("belarusian", "russian"),
    [("Аляксей", "Aleksei"), ("Siarhei", "Сергей"), ("Сцяпанаў", "Stepanov"), ("Уладзімір", "Vladimir")],
)
def test_belarusian_and_russian_transliteration_meet(belarusian: str, russian: str) -> None:
    assert meet(belarusian, russian)


@pytest.mark.parametrize("spelling", ["Шыңғыс", "Şyñğys", "Şıñğıs", "Shyngys", "S'yn'g'ys", "Shyńǵys", "Чингиз"])
def test_every_kazakh_alphabet_spells_one_name(spelling: str) -> None:
    assert meet("Шыңғыс", spelling)


@pytest.mark.parametrize("letters", ["Ұлжан", "Ūljan", "Ulzhan", "Ўлжан"])
def test_the_straight_u_of_kazakh_has_many_replacements(letters: str) -> None:
    assert meet("Ұлжан", letters)


@pytest.mark.parametrize("apostrophe", ["\u02bb", "\u2018", "\u2019", "'", "`", "\u02bc", "\u00b4"])
def test_every_apostrophe_of_uzbek_is_the_same(apostrophe: str) -> None:
    assert tokens(f"G{apostrophe}ofur O{apostrophe}ktam") == ("g'ofur", "o'ktam")


@pytest.mark.parametrize(
    ("old", "new"), [("Shoira", "Şoira"), ("Choʻlpon", "Çölpon"), ("Gʻofur", "Ğofur"), ("Oʻktam", "Öktam")]
)
def test_the_announced_letters_of_uzbek_meet_the_ones_of_today(old: str, new: str) -> None:
    assert meet(old, new)


@pytest.mark.parametrize("spelling", ["Əlsən", "Älsən", "Elsen", "Әлсән", "ƏLSƏN"])
def test_the_schwa_is_typed_in_many_ways(spelling: str) -> None:
    assert meet("Əlsən", spelling)


def test_the_dotted_and_the_dotless_i_stay_one_letter_each() -> None:
    assert len("İ".lower()) == 2, "the trap: Python makes two code points"
    assert lower("İSMAYIL") == "ismayil"
    assert meet("İsmayıl", "ISMAYIL")


def test_the_comma_and_the_cedilla_of_romanian_are_the_same_name() -> None:
    assert meet("Ștefan Țurcanu", "Ştefan Ţurcanu")
    assert meet("Ștefan Țurcanu", "Штефан Цуркану")


@pytest.mark.parametrize(
    ("armenian", "other"),
    [
        ("Սևակ", "Սեւակ"),
        ("Շաﬕրամ", "Շամիրամ"),
        ("Հայկ", "Айк"),
        ("Հովհաննես", "Ованес"),
        ("Ղազարյան", "Казарян"),
        ("Ղուկասյան", "Гукасян"),
        ("Ոսկանյան", "Voskanyan"),
        ("Երեմյան", "Yeremyan"),
    ],
)
def test_armenian_meets_its_ligatures_and_its_way_through_russian(armenian: str, other: str) -> None:
    assert meet(armenian, other)


@pytest.mark.parametrize(("georgian", "other"), [("ჩხეიძე", "Чхеидзе"), ("წერეთელი", "Tsereteli"), ("ႠႡႰႠႫ", "Abram")])
def test_georgian_meets_russian_english_and_its_own_old_letters(georgian: str, other: str) -> None:
    assert meet(georgian, other)


@pytest.mark.parametrize(
    ("turkmen", "russian"),
    [("Berdimuhamedow", "Бердымухамедов"), ("Ýagmyr Öwezow", "Ягмыр Овезов"), ("Žumagul", "Джумагуль")],
)
def test_turkmen_letters_sound_as_they_do(turkmen: str, russian: str) -> None:
    assert meet(turkmen, russian)


@pytest.mark.parametrize(
    "patronymic",
    ["Асанович", "Асановна", "Асан уулу", "Асан кызы", "Asan oʻgʻli", "Asan oğlu", "Асанұлы", "Асанқызы", "Асанзода"],
)
def test_every_patronymic_names_the_same_father(patronymic: str) -> None:
    assert fathers(patronymic) == ("asan",)


def test_compatibility_forms_do_not_unify_apostrophes_or_schwas_but_ours_do() -> None:
    assert unicodedata.normalize("NFKC", "oʻ") != unicodedata.normalize("NFKC", "o’"), "the trap"
    assert tokens("Oʻtkir") == tokens("O’tkir")
    assert meet("Әлиев", "Əliyev")


def test_small_letters_are_not_folded_letters() -> None:
    assert "ß".casefold() == "ss" != "ß".lower(), "the trap"
    assert meet("STRASSER", "Straßer")


def test_a_name_cut_in_a_zone_still_meets_its_whole() -> None:
    assert meet(
        "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K".removesuffix("<K"), "Nilavadhanananda Chayapa Dejthamrong Krasuang"
    )


def test_two_scripts_that_disagree_do_not_meet() -> None:
    assert not meet("Сидоров Пётр", "Petrov Ivan Karlovich")
    assert not meet("Каримова", "Rahimova")
