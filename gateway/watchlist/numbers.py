"""Document numbers and identifiers made comparable: alphabets, scanner confusions and single slips."""

from __future__ import annotations

import unicodedata
from typing import Final

from rapidfuzz.distance import OSA

_LOOKALIKES: Final = str.maketrans("АВЕКМНОРСТУХІЅЈ", "ABEKMHOPCTYXISJ")
"""Cyrillic series are typed with either alphabet: МР and MP are the same two letters on paper."""

_CONFUSED: Final = str.maketrans("OIBSZ", "01852")
"""Letters that optical readers and tired eyes take for digits (names-and-watchlist notes, design 2)."""

LONGEST: Final = 24
"""Characters of a number that count; longer ones are cut, since no document of the region has more."""

SHORTEST_FOR_SLIPS: Final = 6
"""Below this length one slip makes too many other numbers."""


def plain(number: str) -> str:
    """A number without blanks, dashes and marks, in Latin capitals; empty where nothing is left."""
    if number.isascii() and number.isalnum():
        return number.upper()[:LONGEST]
    upper = unicodedata.normalize("NFKC", number).upper().translate(_LOOKALIKES)
    return "".join(letter for letter in upper if letter.isalnum())[:LONGEST]


def confused(number: str) -> str:
    """A plain number with the letters that pass for digits read as digits."""
    return number.translate(_CONFUSED)


def one_slip_apart(left: str, right: str) -> bool:
    """Whether two plain numbers differ by scanner confusions and at most one slip of the finger."""
    left, right = confused(left), confused(right)
    if left == right:
        return True
    shortest = min(len(left), len(right))
    return shortest >= SHORTEST_FOR_SLIPS - 1 and OSA.distance(left, right, score_cutoff=1) <= 1
