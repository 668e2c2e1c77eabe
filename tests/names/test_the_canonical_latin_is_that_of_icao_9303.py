"""`icao` gives the spelling of ICAO Doc 9303 part 3, with the exceptions of single languages."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.names.icao import icao

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "data" / "names"
_LANGUAGES = {"Belarusian": "be", "Ukrainian": "uk", "Serbian": "sr", "Macedonian": "mk", "Bulgarian": "bg"}


@pytest.mark.parametrize(
    ("text", "language", "latin"),
    [
        ("Щукин Юрий", "ru", "SHCHUKIN IURII"),
        ("Подъячев", "", "PODIEIACHEV"),
        ("Соловьёв", "ru", "SOLOVEV"),
        ("Ёсіф Гомель-Ўсаў", "be", "IOSIF HOMEL-USAU"),
        ("Микола Гриньків", "uk", "MYKOLA GRYNKIV"),
        ("Ђорђевић Жика", "sr", "DORDEVIC ZIKA"),
        ("Ѓорѓи Џ", "mk", "GJORGJI DJ"),
        ("Щерев", "bg", "SHTEREV"),
        ("Müller", "", "MUELLER"),
        ("Gülnarə Çöl", "az", "GULNARE COL"),
        ("İsmayılova Işıq", "az", "ISMAYILOVA ISIQ"),
        ("Oʻtkir Gʻulom", "uz", "OTKIR GULOM"),
        ("Țurcanu Ștefan", "ro", "TURCANU STEFAN"),
        ("Strauß Ørsted Þór", "", "STRAUSS OERSTED THOR"),
        ("Հարություն", "hy", "HARUTYUN"),
        ("ჯუღაშვილი", "ka", "JUGHASHVILI"),
        ("Aртығалиев", "kk", "ARTYGALIEV"),
        ("d’Artagnan, P. – Z", "", "DARTAGNAN P-Z"),
        ("王", "", ""),
    ],
)
def test_a_name_is_spelt_as_the_table_says(text: str, language: str, latin: str) -> None:
    assert icao(text, language) == latin


@pytest.mark.shared_data
@pytest.mark.skipif(not FOLDER.exists(), reason="the table of ICAO 9303 is not beside the project")
def test_every_letter_and_every_national_exception_is_that_of_the_published_table() -> None:
    with (FOLDER / "icao9303_cyrillic.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            assert icao(row["letter"]) == row["recommended"], row["letter"]
            names, _, latin = row["national_exception"].partition(":")
            for name in names.split(",") if latin else []:
                assert icao(row["letter"], _LANGUAGES[name]) == latin, (row["letter"], name)


@given(st.text(max_size=40), st.sampled_from(["", "be", "uk", "az"]))
def test_whatever_goes_in_only_capitals_blanks_and_hyphens_come_out(text: str, language: str) -> None:
    assert set(icao(text, language)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ -")
    assert icao(icao(text, language)) == icao(text, language)
