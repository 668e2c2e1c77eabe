"""Every list of codes in the language of every state: whole, in the letters of that language, nothing twice."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.records import countries, reference
from gateway.records.reference import places
from gateway.records.reference.catalogue import LISTS, entries, label
from gateway.records.reference.treaties import states

STATES = sorted(states())
LANGUAGES = ("az", "be", "hy", "ka", "kk", "ky", "ro", "tg", "tk", "uk", "uz")
"""The state languages of the region beside Russian."""

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
ALPHABETS = {
    "be": "абвгдеёжзійклмнопрстуўфхцчшыьэюяʼ",
    "kk": _RUSSIAN + "әғқңөұүһі",
    "ky": _RUSSIAN + "ңөү",
    "tg": "абвгғдеёжзийӣкқлмнопрстуӯфхҳчҷшъэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяʼ",
    "az": "abcçdeəfgğhxıijkqlmnoöprsştuüvyz",
    "ro": "aăâbcdefghiîjklmnopqrsștțuvwxyz",
    "tk": "abçdeäfghijžklmnňoöprsştuüwyýz",
    "uz": "abdefghijklmnopqrstuvxyzcʻʼ",
    "hy": "".join(map(chr, range(0x561, 0x588))),
    "ka": "".join(map(chr, range(0x10D0, 0x10F1))),
}
FOREIGN = {"ALA", "CIV", "CUW", "REU", "BLM", "STP"}
"""Countries whose own letters CLDR keeps: Åland, Côte d’Ivoire, Curaçao, Réunion, Saint-Barthélemy, São Tomé."""

TAKEN_OVER = {"туризм", "транзит", "патент"}
"""Russian words that the languages with Cyrillic letters write the same way."""


def lower(text: str, language: str) -> str:
    # Unicode's plain lower case makes a dotted İ two signs; Azerbaijani has i and ı.
    return text.replace("I", "ı").replace("İ", "i").lower() if language == "az" else text.lower()


def foreign_letters(text: str, language: str) -> set[str]:
    # Roman numerals stand in any script; CLDR writes the Belarusian apostrophe as a quotation mark.
    plain = re.sub(r"\bXXVI\b|[ \d(),.–—«»№+-]", "", text)
    return set(lower(plain, language)) - set(ALPHABETS[language]) - ({"\u2019"} if language == "be" else set())


def translations() -> Iterator[tuple[str, str, str, str]]:
    """List, code, language and label of everything that is translated by hand."""
    for name, codes in reference.code_lists().items():
        for code in codes:
            yield from ((name, code, language, label(name, code, language)) for language in LANGUAGES)
    for code in places.occupation_groups():
        yield from (("isco08", code, language, label("isco08", code, language)) for language in LANGUAGES)
    for name in ("instruments", "icao"):
        for row in reference.rows(name):
            code = row.get("key") or row["code"]
            yield from ((name, code, language, label(name, code, language)) for language in LANGUAGES)


TRANSLATIONS = list(translations())


def test_every_state_has_a_language_and_every_language_a_state() -> None:
    assert set(reference.languages().values()) == {"ru", *LANGUAGES}
    assert reference.languages()["BLR"] == "be"
    assert set(countries.LANGUAGES.values()) == {"ru", "en", *LANGUAGES}


@pytest.mark.parametrize("state", STATES)
def test_every_code_of_every_list_has_a_label_in_the_language_of_the_state(state: str) -> None:
    for name, codes in reference.code_lists().items():
        found = {code: reference.labels(name, code, state) for code in codes}
        assert all(set(row) == {"ru", "en", "national"} and all(row.values()) for row in found.values()), name
        national = Counter(row["national"].casefold() for row in found.values())
        assert [word for word, count in national.items() if count > 1] == [], (name, state)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_is_written_in_the_letters_of_its_language(language: str) -> None:
    written = [row for row in TRANSLATIONS if row[2] == language]
    assert len(written) > 300
    assert [row for row in written if not row[3] or foreign_letters(row[3], language)] == []
    assert [row for row in written if row[3] != " ".join(row[3].split())] == []


def test_no_list_says_the_same_for_two_codes_unless_the_russian_label_does() -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for name, code, language, text in TRANSLATIONS:
        meant = label(name, code, "ru")
        assert seen.setdefault((name, language, text.casefold()), meant) == meant, (name, code, language)


def test_a_label_is_translated_and_not_the_russian_one_everywhere() -> None:
    for name, code in {(row[0], row[1]) for row in TRANSLATIONS}:
        russian = label(name, code, "ru").casefold()
        same = {tongue for tongue in ("be", "kk", "ky", "tg", "uk") if label(name, code, tongue).casefold() == russian}
        assert len(same) < 4 or russian in TAKEN_OVER, (name, code)
        assert not any(label(name, code, tongue).casefold() == russian for tongue in ("az", "ro", "tk", "uz"))


def test_the_checks_of_letters_tell_one_alphabet_from_another() -> None:
    assert foreign_letters("Oʻzbekiston", "uz") == set()
    assert foreign_letters("O'zbekiston", "uz") == {"'"}
    assert foreign_letters("şedere", "ro") == {"ş"}  # the cedilla of Turkish in place of the comma
    assert foreign_letters("Türkmenistan və", "tk") == {"v", "ə"}
    assert foreign_letters("цирк", "tg") == {"ц"}
    assert foreign_letters("İş icazəsi", "az") == set()


def test_what_a_register_writes_in_its_own_language_goes_before_our_translation() -> None:
    assert reference.labels("sex", "1", "KAZ")["national"] == "Е"
    assert reference.labels("document_kind", "ID_CARD", "MDA")["national"] == "buletin de identitate"
    # Belarusian and Tajik registers write Russian here; the label is in the language of the state.
    assert reference.labels("document_kind", "PASSPORT", "BLR")["national"] == "пашпарт"
    assert reference.labels("sex", "1", "TJK")["national"] == "мард"
    assert reference.labels("appeal_state", "OPEN", "RUS")["national"] == "срок обжалования не истёк"
    assert "national" not in reference.labels("sex", "1", "DEU")


def test_every_translation_says_that_no_authority_has_read_it() -> None:
    for name in ("labels", "isco08_labels"):
        assert {row["source"] for row in reference.rows(name)} == {"unverified"}


def test_every_country_has_a_name_in_every_language_and_is_found_by_it() -> None:
    for entry in countries.everything():
        for language in LANGUAGES:
            name = entry.names[language]
            assert entry.alpha3 in FOREIGN or not foreign_letters(name, language), (language, name)
            assert countries.by_name(name) is entry, (language, name)
            # A profile reads two and three signs as a code before it reads a name.
            assert len(name) > 3 or countries.by_code(name) is None, (language, name)


def test_a_state_is_named_as_it_names_itself_and_as_the_others_name_it() -> None:
    own = {row["code"]: row["national"] for row in entries("states")}
    assert (own["ARM"], own["GEO"], own["BLR"], own["UZB"]) == ("Հայաստան", "საქართველო", "Беларусь", "Oʻzbekiston")
    for language in ("ru", "en", *LANGUAGES):
        names = [row["national"] for row in entries("states", language=language)]
        assert len(set(names)) == 12
        assert all(names)


@pytest.mark.parametrize("state", STATES)
def test_a_list_of_one_state_shows_every_code_in_its_language(state: str) -> None:
    language = reference.languages()[state]
    for name, codes in reference.code_lists().items():
        shown = entries(name, state)
        labelled = {row["code"] for row in shown if row["language"] == language and row["national"]}
        assert labelled == set(codes), (name, state)
    assert all(row["national"] for name in ("isco08", "icao", "instruments") for row in entries(name, state))


def test_a_list_can_be_had_in_any_language_of_the_region() -> None:
    assert entries("purpose", language="hy")[0]["national"] == "սահմանային հսկողություն"
    assert entries("purpose", language="en")[0]["national"] == entries("purpose")[0]["en"]
    german = next(row for row in entries("countries", language="az") if row["alpha3"] == "DEU")
    assert german["national"] == "Almaniya"
    for name in LISTS:
        assert len(entries(name, language="kk")) == len(entries(name))


def test_the_names_of_countries_tell_their_source_and_their_licence_is_here() -> None:
    records = Path(countries.__file__).parent
    with (records / "country_names_cldr.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["source"] for row in rows} == {"CLDR 47"}
    assert [row["alpha3"] for row in rows] == [row.alpha3 for row in countries.everything() if row.kind == "iso"]
    licence = (records.parents[1] / "LICENSE-UNICODE.txt").read_text(encoding="utf-8")
    assert "UNICODE LICENSE V3" in licence
    assert "country_names_cldr.csv" in licence
