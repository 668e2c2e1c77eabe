"""A whole name in one cell, told apart: in the order that the profile declares, with its particles kept.

Nothing is lost and nothing is put in another order, so joining the parts again gives the cell back. Where a name
has more words than parts, what is done with them is a guess, and the row says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "family-given-patronymic": ("family", "given", "patronymic"),
    "given-patronymic-family": ("given", "patronymic", "family"),
    "family-given": ("family", "given"),
    "given-family": ("given", "family"),
}
"""What a profile may say under `split`."""

SINGLE: Final = ("family", "given")
"""Which part a name of one word is."""

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u02bb\u02bc\u2018\u2019`´", "'"))
_CHILD_OF: Final = """
оглы оглу оғлу оглі угли ўгли ўғли ұлы улы уулу ули кызы кизи қизи қызы гызы
ogly oglu oğlu o'g'li og'li ogli ugli uly ulı uulu kyzy kizi qizi qızı kızı gyzy gizi
"""
_TITLES: Final = "зода заде бек хан zoda zade bek beg khan"
_ARTICLES: Final = "ибн бин бинт аль ал эль ван фон де дер ла ди абу ibn bin bint al el van von de der la di abu"
_FATHERS: Final = frozenset(_CHILD_OF.split())
"""Words behind a name that make a patronymic of it: "son of", "daughter of"."""
_AFTER: Final = _FATHERS | frozenset(_TITLES.split())
"""Words that belong to the word before them."""
_BEFORE: Final = frozenset(_ARTICLES.split())
"""Words that belong to the word after them."""
_ENDING: Final = re.compile(
    r"(?:ович|евич|ьич|ич|овна|евна|ична|инична|івна|ївна|ович|ўлы|зода|ovich|evich|ovna|evna|yevich|yevna|ichna"
    r"|ovych|ivna)$"
)
_ZONES: Final = frozenset({30, 31, 39})
"""Characters that a machine-readable zone of TD1, TD2 and TD3 has for a name (ICAO Doc 9303 parts 5, 6 and 4)."""
_BRACKETS: Final = re.compile(r"\s*\(([^()]+)\)\s*")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a whole name; one that is not there is empty."""

    family: str = ""
    given: str = ""
    patronymic: str = ""
    guessed: bool = False
    """Whether there were more words than parts, so that a human may see it otherwise."""
    truncated: bool = False
    """Whether the name fills a machine-readable zone to its end, and so may have been cut off there."""


def split(whole: str, order: str, single: str = "family") -> Parts:
    """The parts of a name written in this order (a key of ORDERS).

    A comma and the `<<` of a passport's machine-readable zone end the family name, whatever the order. A single
    word is the part that `single` says: by itself the family name, as ICAO Doc 9303 part 3 puts a name of one part
    into the primary identifier.
    """
    for mark in ("<<", ","):
        if mark in whole:
            first, _, rest = whole.partition(mark)
            given, patronymic, guessed = _given(_units(rest.replace("<", " ")), patronymic="patronymic" in order)
            cut = mark == "<<" and len(whole) in _ZONES and not whole.endswith("<")
            return Parts(_words(first), given, patronymic, guessed, cut)
    units = _units(whole)
    if len(units) == 1:
        return Parts(given=units[0]) if single == "given" else Parts(family=units[0])
    expected = ORDERS[order]
    if expected[0] == "family":
        if len(units) == 2 and "patronymic" in expected and _is_patronymic(units[1]):
            return Parts(given=units[0], patronymic=units[1])
        given, patronymic, guessed = _given(units[1:], patronymic="patronymic" in expected)
        return Parts(units[0], given, patronymic, guessed)
    if len(units) == 2 and "patronymic" in expected and _is_patronymic(units[1]):
        return Parts(given=units[0], patronymic=units[1])
    given, patronymic, guessed = _given(units[:-1], patronymic="patronymic" in expected)
    return Parts(units[-1], given, patronymic, guessed)


def join(parts: Parts, order: str, single: str = "family") -> str:
    """The name as a cell of this order; with a comma behind the family name where it would be split otherwise."""
    whole = " ".join(filter(None, (getattr(parts, part) for part in ORDERS[order])))
    again = split(whole, order, single) if whole else parts
    if (again.family, again.given, again.patronymic) == (parts.family, parts.given, parts.patronymic):
        return whole
    return f"{parts.family}, {parts.given} {parts.patronymic}".strip() if parts.family else whole


def in_brackets(name: str) -> tuple[str, str]:
    """A family name and the one in brackets behind it, which is the name at birth: "Иванова (Петрова)"."""
    match = _BRACKETS.search(name)
    if match is None:
        return name, ""
    return _words(name[: match.start()] + " " + name[match.end() :]), _words(match[1])


def _given(units: list[str], *, patronymic: bool) -> tuple[str, str, bool]:
    """Given names, patronymic, and whether that was a guess."""
    if not patronymic:
        return " ".join(units), "", False
    if len(units) <= 1:
        return "".join(units), "", False
    if len(units) == 2 or _is_patronymic(units[-1]):
        return " ".join(units[:-1]), units[-1], len(units) > 2 and not _is_patronymic(units[-1])
    return " ".join(units[:-1]), units[-1], True


def _units(text: str) -> list[str]:
    """The words of a name, with each particle kept beside the word it belongs to."""
    units: list[str] = []
    open_before = False
    for word in text.split():
        plain = word.casefold().translate(_APOSTROPHES)
        if units and (open_before or plain in _AFTER):
            units[-1] += f" {word}"
        else:
            units.append(word)
        open_before = plain in _BEFORE
    return units


def _is_patronymic(unit: str) -> bool:
    plain = unit.casefold().translate(_APOSTROPHES)
    return plain.split()[-1] in _FATHERS or _ENDING.search(plain) is not None


def _words(text: str) -> str:
    return " ".join(text.replace("<", " ").split())
