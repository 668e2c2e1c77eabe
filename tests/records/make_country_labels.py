"""Writes gateway/records/country_names_cldr.csv from Unicode CLDR: `python tests/records/make_country_labels.py`.

Needs Babel (BSD), which nothing else here does: install it where you run this. The names are CLDR's, under the
Unicode licence (LICENSE-UNICODE.txt); what the states of the region are called stands in country_names.csv, by hand.
"""

import csv
from pathlib import Path

from babel import Locale
from babel.core import get_cldr_version

RECORDS = Path(__file__).parents[2] / "gateway" / "records"
COUNTRIES = RECORDS / "countries.csv"
PAGE = RECORDS / "country_names_cldr.csv"
LANGUAGES = ("az", "be", "hy", "ka", "kk", "ky", "ro", "tg", "tk", "uk", "uz")


def page() -> list[list[str]]:
    """Header and one row a country of ISO 3166-1, in the order of countries.csv."""
    names = {language: dict(Locale.parse(language).territories) for language in LANGUAGES}
    source = f"CLDR {get_cldr_version()}"
    with COUNTRIES.open(encoding="utf-8") as lines:
        listed = [row for row in csv.DictReader(lines) if row["kind"] == "iso"]
    return [
        ["alpha3", *LANGUAGES, "source"],
        *([row["alpha3"], *(_name(names, tongue, row["alpha2"]) for tongue in LANGUAGES), source] for row in listed),
    ]


def _name(names: dict[str, dict[str, str]], language: str, code: str) -> str:
    # CLDR writes two Uzbek names with a quotation mark, the others with the letter of the alphabet.
    return names[language][code].replace("\u2018", "\u02bb") if language == "uz" else names[language][code]


if __name__ == "__main__":
    with PAGE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(page())
