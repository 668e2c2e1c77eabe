"""Countries as data: ISO 3166-1, the former states people were born in, and what has no ISO code.

`countries.csv` holds codes with the English and Russian name and other names in use. The names in the other languages
of the region are those of Unicode CLDR (`country_names_cldr.csv`, made by tests/records/make_country_labels.py, licence
in LICENSE-UNICODE.txt); `country_names.csv` holds, by hand, the states of the region, former states and what CLDR says
less well. Codes of other lists (the Kazakh `001`,
UNHCR's `GFR`) stand in reference/country_codes.csv, or in the mapping profile of the register where only that
knows them.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

LANGUAGES: Final = {
    "english": "en",
    "russian": "ru",
    "armenian": "hy",
    "azerbaijani": "az",
    "belarusian": "be",
    "georgian": "ka",
    "kazakh": "kk",
    "kyrgyz": "ky",
    "romanian": "ro",
    "tajik": "tg",
    "turkmen": "tk",
    "ukrainian": "uk",
    "uzbek": "uz",
}
"""Languages a register may write countries in, and their ISO 639-1 codes."""

STATELESS_WORDS: Final = frozenset(
    {
        "лбг",
        "без гражданства",
        "лицо без гражданства",
        "апатрид",
        "асоба без грамадзянства",
        "азаматтығы жоқ",
        "жарандыгы жок",
        "fuqaroligi yoʻq",
        "vətəndaşlığı olmayan",
        "apatrid",
        "stateless",
        "xxa",
        "бг",
        "б/г",
        "особа без громадянства",
        "без громадянства",
        "азаматтығы жоқ адам",
        "жарандыгы жок адам",
        "fuqaroligi yoʻq shaxs",
        "fuqaroligi boʻlmagan shaxs",
        "фуқаролиги йўқ",
        "фуқаролиги йўқ шахс",
        "vətəndaşlığı olmayan şəxs",
        "քաղաքացիություն չունեցող",
        "քաղաքացիություն չունեցող անձ",
        "бешаҳрванд",
        "шахси бешаҳрванд",
        "raýatlygy ýok",
        "raýatlygy ýok adam",
        "მოქალაქეობის არმქონე",
        "მოქალაქეობის არმქონე პირი",
    }
)
"""How sources say that a person has no citizenship (`XXA` is ICAO's code for the 1954 Convention)."""

_APOSTROPHES = re.compile("[\u02bb\u02bc\u2018\u2019`´]")
_FORM_OF_STATE = re.compile(r"^(?:республика|рэспубліка|респ\.?|republic of|the)\s+")
_SCHWA = str.maketrans({"ә": "e", "ə": "e", "ä": "e"})
_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Country:
    """A country, a former state, or an entry that only a national classifier has."""

    alpha2: str
    alpha3: str
    """ISO 3166-1, or ISO 3166-3 for a former state; empty where ISO has no code."""
    numeric: str
    """Three digits, leading zeros kept."""
    kind: str
    """`iso`, `former` (no longer a state) or `oksm` (only in the Russian classifier: needs a human)."""
    names: dict[str, str] = field(hash=False)
    """ISO 639-1 language to name; English, Russian and every state language of the region."""
    also: tuple[str, ...] = ()
    """Other names in use."""
    former: str = ""
    """ISO 3166-3 code of a former state, for example `SUHH`."""
    ended: str = ""
    """When ISO withdrew the code of a former state: `1992-08-30`, or the year alone."""

    def exists(self, on: date) -> bool:
        """Whether the state is still there on a day: nobody is a citizen of a former one, though born in it."""
        return not self.ended or on.isoformat()[: len(self.ended)] <= self.ended

    def name(self, language: str) -> str:
        """The name in a language (ISO 639-1), in English where we have none."""
        return self.names.get(language, self.names["en"])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with files(__package__).joinpath(name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


@cache
def everything() -> tuple[Country, ...]:
    """Every entry of the list, in the order of the file."""
    names: dict[str, dict[str, str]] = {}
    for file in ("country_names_cldr.csv", "country_names.csv"):
        for row in _rows(file):
            # What is written by hand goes before CLDR, cell by cell.
            named = {language: row[language] for language in LANGUAGES.values() if row.get(language)}
            names[row["alpha3"]] = names.get(row["alpha3"], {}) | named
    return tuple(
        Country(
            alpha2=row["alpha2"],
            alpha3=row["alpha3"],
            numeric=row["numeric"],
            kind=row["kind"],
            names={"en": row["en"], "ru": row["ru"], **names.get(row["alpha3"] or row["numeric"], {})},
            also=tuple(filter(None, row["also"].split("|"))),
            former=row["iso3166_3"],
            ended=row["valid_to"],
        )
        for row in _rows("countries.csv")
    )


def folded(name: str) -> str:
    """A name made comparable: case, spaces, marks, apostrophes, schwa and "Республика" put aside."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(_SCHWA)
    # Keyboards without the letter give Ozbekistan for Özbəkistan: what stands above a letter is no evidence.
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    text = " ".join(_APOSTROPHES.sub("'", text).split())
    return _FORM_OF_STATE.sub("", text)


@cache
def _by_code() -> dict[str, Country]:
    found = {entry.alpha3: entry for entry in everything() if entry.alpha3}
    for entry in everything():
        found.setdefault(entry.alpha2, entry)
        found.setdefault(entry.former, entry)
    found.pop("", None)
    return found


@cache
def _by_number() -> dict[str, Country]:
    found: dict[str, Country] = {}
    # A number outlives its state (891 was Yugoslavia, 104 Burma): the file lists what exists first.
    for entry in everything():
        found.setdefault(entry.numeric, entry)
    found.pop("", None)
    return found


@cache
def _by_name() -> dict[str, Country]:
    found: dict[str, Country] = {}
    # Names in English and Russian come first: they win where a national name of another state looks alike.
    for entry in everything():
        for name in (entry.names["en"], entry.names["ru"], *entry.also):
            found.setdefault(folded(name), entry)
    for entry in everything():
        for name in entry.names.values():
            found.setdefault(folded(name), entry)
    return found


def by_code(code: str) -> Country | None:
    """By alpha-3, alpha-2, or the four letters of ISO 3166-3, in any case."""
    return _by_code().get(code.upper())


def by_number(code: str) -> Country | None:
    """By numeric code; a spreadsheet's lost leading zeros (`51` for `051`) are put back."""
    return _by_number().get(code.zfill(3)) if code.isascii() and code.isdigit() else None


def by_name(name: str) -> Country | None:
    """By any name in any language of the list."""
    return _by_name().get(folded(name))


_STATELESS = frozenset(folded(word) for word in STATELESS_WORDS)


def means_stateless(text: str) -> bool:
    """Whether a source says with this that the person has no citizenship."""
    return folded(text) in _STATELESS
