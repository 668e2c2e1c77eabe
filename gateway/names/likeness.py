"""How far two sound forms of a word lie apart, by which letters spellings confuse and which they keep.

A plain edit distance counts Ahmad and Akhmet as two errors, and Ahmad and Alman as two as well. Here a vowel
written as its neighbour or a consonant as one of its own class costs little, and a consonant of another class
a whole letter. The costs were fitted on one half of the public pairs (benchmarks/names.py).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_VOWELS: Final = frozenset("aeiouy")
_NEAR_VOWELS: Final = ("ao", "ei", "ou", "ae")
"""What unstressed vowels become in Belarusian, Uzbek and English ears."""

_CONSONANTS: Final = {
    "gh": 0.15, "kh": 0.35, "gk": 0.35, "dt": 0.3, "bp": 0.3, "fv": 0.3, "bv": 0.5, "fp": 0.4, "fh": 0.7,
    "ij": 0.3, "uv": 0.2, "qt": 0.5, "ct": 0.4, "tx": 0.7, "kq": 0.6, "ck": 0.6, "ks": 0.7, "hq": 0.7,
    "dj": 0.5, "dz": 0.4, "gj": 0.5, "gz": 0.7, "hj": 0.6, "vw": 0.0,
}  # fmt: skip
"""Pairs of sound letters that orthographies confuse, in alphabetical order within a pair: Georgian P for F,
Greek B for V, Armenian voices (Hakobyan, Hagopian), French and Polivanov's T for q (Митико, Michiko)."""

_HISSING: Final = frozenset("cjqsxz")


def _substitution(left: str, right: str) -> float:
    pair = "".join(sorted((left, right)))
    if left == right:
        return 0.0
    if left in _VOWELS and right in _VOWELS:
        return 0.24 if pair in _NEAR_VOWELS else 0.48
    if left in _HISSING and right in _HISSING:
        return 0.2
    return _CONSONANTS.get(pair, 1.0)


_SUBSTITUTION: Final = {(left, right): _substitution(left, right) for left in _LETTERS for right in _LETTERS}
_BEGINNING: Final = 0.2
"""Added where the first consonant is missing or another: Aliyev is not Valiyev."""
_OTHER: Final = 0.5
"""Cost from which an exchange is of another consonant."""
_OMISSION: Final = {letter: 0.4 if letter in _VOWELS else 0.3 if letter == "h" else 0.6 for letter in _LETTERS}


_FIRST: Final = {
    letter: cost + (0.0 if letter in _VOWELS or letter == "h" else _BEGINNING) for letter, cost in _OMISSION.items()
}


@lru_cache(1 << 16)
def distance(left: str, right: str) -> float:
    """0 for one form, about 1 for forms with nothing in common: the cost of every difference, per letter.

    Both are light forms of gateway.names.fold (a to z), not empty; symmetric.
    """
    if left == right:
        return 0.0
    omissions = [_FIRST[right[0]], *(_OMISSION[letter] for letter in right[1:])]
    above = [0.0, *accumulate(omissions)]
    for start, letter in enumerate(left):
        omitted = _OMISSION[letter] if start else _FIRST[letter]
        row = [above[0] + omitted]
        for place, other in enumerate(right):
            exchanged = _SUBSTITUTION[letter, other]
            if exchanged >= _OTHER and not start and not place:
                exchanged += _BEGINNING
            row.append(min(above[place] + exchanged, above[place + 1] + omitted, row[place] + omissions[place]))
        above = row
    return above[-1] / max(len(left), len(right))
