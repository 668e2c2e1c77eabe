"""What persons are called outside: names that tell neither how many there are nor in which order they came.

Rows are numbered as they come, and a number that is missing between two others tells that somebody is hidden
(R4, R6). So a number leaves the node only through a keyed permutation of all numbers of its length (a balanced
Feistel network of four rounds, Luby and Rackoff 1988): always the same name, and the number again for us.
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from typing import Final

_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 without the letters that are mistaken for digits or for each other (i, l, o, u)."""
_FORM: Final = re.compile(rf"p-([{_LETTERS}]{{13}})")
_HALF: Final = 0xFFFF_FFFF
_MOST: Final = 1 << 63
"""Numbers of rows are signed in both databases."""


def handle(person_id: int, secret: bytes) -> str:
    """The name of a person row, for example `p-7k2m9x0q4r8t1`."""
    left, right = person_id >> 32, person_id & _HALF
    for turn in range(4):
        left, right = right, left ^ _round(turn, right, secret)
    number = left << 32 | right
    return "p-" + "".join(_LETTERS[number >> shift & 31] for shift in range(60, -1, -5))


def number(name: str, secret: bytes) -> int | None:
    """The number of the row that goes by this name; None for what was never such a name."""
    form = _FORM.fullmatch(name.strip().lower())
    if form is None:
        return None
    value = sum(_LETTERS.index(letter) << shift for letter, shift in zip(form[1], range(60, -1, -5), strict=True))
    left, right = value >> 32, value & _HALF
    for turn in reversed(range(4)):
        left, right = right ^ _round(turn, left, secret), left
    person_id = left << 32 | right
    return person_id if 0 < person_id < _MOST else None


def _round(turn: int, half: int, secret: bytes) -> int:
    words = b"person-handle" + bytes((turn,)) + half.to_bytes(5, "big")
    return int.from_bytes(hmac.digest(secret, words, sha256)[:4], "big")
