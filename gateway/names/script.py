"""Which script a text is written in, as an ISO 15924 code."""

from __future__ import annotations

from typing import Final

_RANGES: Final = (
    ("Latn", 0x0041, 0x024F),
    ("Latn", 0x1E00, 0x1EFF),
    ("Latn", 0xFB00, 0xFB06),
    ("Cyrl", 0x0400, 0x052F),
    ("Armn", 0x0530, 0x058F),
    ("Armn", 0xFB13, 0xFB17),
    ("Geor", 0x10A0, 0x10FF),
    ("Geor", 0x1C90, 0x1CBF),
)
"""Blocks of the Unicode standard; the letters of the region's languages all lie in them."""


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
    found = {of_letter(letter) for letter in text} - {""}
    return found.pop() if len(found) == 1 else "Zyyy"


detect = script_of
"""The older name of `script_of`."""
