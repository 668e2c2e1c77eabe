"""Reference data with the days they hold on: code lists, states, treaties, regions, occupations.

Data, not code: every list is a CSV file beside this module, read once and on first use. What a file calls
`unverified` is common knowledge that was not read in a published source; it may guide a mapping and must never be
shown to anyone as law. Days are as exact as their source: a year or a month is left a year or a month.
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from gateway.records.dates import PartialDate

UNVERIFIED: Final = "unverified"

Labels = dict[str, tuple[str, str]]
"""Code to its Russian and English label."""


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one file of reference data as they are written, with the column names of its header."""
    with files(__package__).joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def earliest(day: PartialDate) -> date:
    """The first day that a partial date can mean."""
    return date(day.year, day.month or 1, day.day or 1)


@dataclass(frozen=True, slots=True)
class Span:
    """When something holds; an end that is None is open or not known."""

    first: PartialDate | None = None
    last: PartialDate | None = None

    def covers(self, day: date) -> bool:
        """Whether it may hold on this day: a bound known to the month or the year includes all of it."""
        if self.first is not None and day < earliest(self.first):
            return False
        # EDTF text compares as far as the bound is exact, so that 2008 still covers 31 December 2008.
        return self.last is None or day.isoformat()[: len(str(self.last))] <= str(self.last)

    @classmethod
    def of(cls, first: str, last: str) -> Span:
        """From the two cells of a file; ValueError for what is not a date."""
        return cls(*(PartialDate.parse(text) if text else None for text in (first, last)))


@dataclass(frozen=True, slots=True)
class NationalCode:
    """One value of a national register and the common code it stands for."""

    list: str
    state: str
    system: str
    """Which vocabulary of the state it is from, for example `words`, `fns`, `numeric`."""
    language: str
    """ISO 639-1; empty for a code that belongs to no language."""
    national: str
    common: str
    preferred: bool
    """Whether this is the value to write back, and the national label."""
    source: str


@cache
def code_lists() -> dict[str, Labels]:
    """Every common code list: its codes with their Russian and English labels."""
    found: dict[str, Labels] = {}
    for row in rows("codes"):
        found.setdefault(row["list"], {})[row["code"]] = (row["ru"], row["en"])
    return found


@cache
def national_codes() -> tuple[NationalCode, ...]:
    """Every national value of every list."""
    return tuple(
        NationalCode(
            row["list"],
            row["state"],
            row["system"],
            row["language"],
            row["national"],
            row["common"],
            row["preferred"] == "yes",
            row["source"],
        )
        for row in rows("national")
    )


@cache
def _codes(list_name: str, state: str) -> dict[str, str]:
    return {row.national: row.common for row in national_codes() if (row.list, row.state) == (list_name, state)}


def codes(list_name: str, state: str) -> dict[str, str]:
    """What the registers of a state write, to the common code; empty where we know no list of that state."""
    return dict(_codes(list_name, state))


@cache
def _folded(list_name: str, state: str) -> dict[str, str]:
    return {_fold(national): common for national, common in _codes(list_name, state).items()}


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def common(list_name: str, state: str, national: str) -> str | None:
    """The common code of one value, however it is cased and spaced; None where the list does not have it.

    Look-alike letters are not folded: a Cyrillic К in an Azerbaijani column is a slip that a human should see.
    """
    return _codes(list_name, state).get(national) or _folded(list_name, state).get(_fold(national))


def written(list_name: str, state: str) -> dict[str, str]:
    """The common code to the value that a register of this state writes for it: the way back."""
    return {
        row.common: row.national
        for row in national_codes()
        if row.preferred and (row.list, row.state) == (list_name, state)
    }


@cache
def languages() -> dict[str, str]:
    """State to the language of its labels, ISO 639-1: the first of its state languages, Belarusian for Belarus."""
    return {row["code"]: row["languages"].split()[0] for row in rows("states")}


@cache
def _translated() -> dict[tuple[str, str], dict[str, str]]:
    occupations = {("isco08", row["code"]): row for row in rows("isco08_labels")}
    return {(row["list"], row["code"]): row for row in rows("labels")} | occupations


def translated(list_name: str, code: str, language: str) -> str:
    """The label in a state language of the region beside Russian; empty where we have none.

    The files of labels hold translations that no authority of the state has read: `unverified`.
    """
    return _translated().get((list_name, code), {}).get(language, "")


def labels(list_name: str, code: str, state: str = "") -> dict[str, str]:
    """Labels of a common code by language: `ru` and `en` always, and `national` for a state of the region.

    National is what the registers of the state write for it where that is in the state's own language, else our
    translation. Empty for a code that the list does not have.
    """
    known = code_lists().get(list_name, {}).get(code)
    if known is None:
        return {}
    found = {"ru": known[0], "en": known[1]}
    if state not in languages():
        return found
    language = languages()[state]
    own = _own_words(list_name, state).get(code) or translated(list_name, code, language) or found[language]
    return {**found, "national": own}


@cache
def _own_words(list_name: str, state: str) -> dict[str, str]:
    return {
        row.common: row.national
        for row in national_codes()
        if row.preferred and (row.list, row.state, row.language) == (list_name, state, languages()[state])
    }
