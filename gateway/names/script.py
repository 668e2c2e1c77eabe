"""Which script a text is written in, as an ISO 15924 code, and letters that strayed in from another one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_RANGES: Final = (
    ("Latn", 0x0041, 0x024F),
    ("Latn", 0x1E00, 0x1EFF),
    ("Latn", 0xFB00, 0xFB06),
    ("Cyrl", 0x0400, 0x052F),
    ("Armn", 0x0530, 0x058F),
    ("Armn", 0xFB13, 0xFB17),
    ("Geor", 0x10A0, 0x10FF),
    ("Geor", 0x1C90, 0x1CBF),
    ("Geor", 0x2D00, 0x2D2F),
)
"""Blocks of the Unicode standard; the letters of the region's languages all lie in them."""


@lru_cache(1 << 12)
def of_letter(letter: str) -> str:
    """The script of one letter, or an empty string where it is no letter of the four scripts."""
    if not letter.isalpha():
        return ""
    if letter == "ə":
        return "Latn"  # U+0259 lies among the phonetic letters, but Azerbaijani writes it everywhere.
    point = ord(letter)
    return next((script for script, first, last in _RANGES if first <= point <= last), "")


def script_of(text: str) -> str:
    """`Cyrl`, `Latn`, `Armn` or `Geor`; `Zyyy` where letters of several scripts, or of none, are found."""
    if text.isascii() and text.isalpha():
        return "Latn"
    found = {of_letter(letter) for letter in text} - {""}
    return found.pop() if len(found) == 1 else "Zyyy"


detect = script_of
"""The older name of `script_of`."""


def lower(text: str) -> str:
    """Small letters, each capital giving one: Python makes two code points of the dotted İ, and no ı of I."""
    return text.replace("İ", "i").lower()


_LATIN: Final = "ABCEËHIJKMOPTXYƏaceëopxyijkmthäbə"
_CYRILLIC: Final = "АВСЕЁНІЈКМОРТХУӘасеёорхуіјкмтһәвә"
_TO_CYRILLIC: Final = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN: Final = str.maketrans(_CYRILLIC + "н", _LATIN + "h")
"""Letters that look alike. Capitals and small letters differ: H looks like Н, but h like Һ; where a whole word
was made small after the slip, в and н are what B and H became."""


def to_latin(text: str) -> str:
    """The text with Cyrillic letters that look like Latin ones exchanged, for codes and numbers."""
    return text.translate(_TO_LATIN)


_WORD: Final = re.compile(r"[^\W\d_]+(?:['ʻʼ‘’`][^\W\d_]+)*")


class Mended(NamedTuple):
    """A text with its stray letters put back."""

    text: str
    strays: int
    """Letters that were exchanged for the ones that look like them: typed on the wrong keyboard, or forged."""
    mixed: int
    """Words that hold letters of several scripts and that no look-alike explains."""


def mend(word: str) -> str:
    """A word with letters of the other keyboard exchanged where the rest tells which one is meant.

    A Latin letter inside a Cyrillic word becomes Cyrillic, and the reverse; the word stays as it is where
    that leaves letters of two scripts all the same.
    """
    if word.isascii() or script_of(word) != "Zyyy":
        return word
    scripts = [of_letter(letter) for letter in word]
    cyrillic, roman = scripts.count("Cyrl"), scripts.count("Latn")
    if not cyrillic or not roman:
        return word
    tables = (_TO_CYRILLIC, _TO_LATIN) if cyrillic >= roman else (_TO_LATIN, _TO_CYRILLIC)
    # The script with more letters is tried first; a letter that has no look-alike overrules it.
    tries = (word.translate(table) for table in tables)
    return next((each for each in tries if script_of(each) != "Zyyy"), word)


def mended(text: str) -> Mended:
    """A text as `mend` repairs its words, and how much there was to repair."""
    strays = mixed = 0

    def put_back(match: re.Match[str]) -> str:
        nonlocal strays, mixed
        word = match.group()
        repaired = mend(word)
        strays += sum(one != other for one, other in zip(word, repaired, strict=True))
        mixed += len({of_letter(letter) for letter in repaired} - {""}) > 1
        return repaired

    return Mended(_WORD.sub(put_back, text), strays, mixed)
