"""The arithmetic of check digits (domain.md 1.4): from the digits in front to the digit that follows."""

from __future__ import annotations

from itertools import cycle
from operator import mul
from typing import Final

_VALUES: Final = bytes(int(chr(sign), 36) if chr(sign).isascii() and chr(sign).isalnum() else 0 for sign in range(256))
"""ASCII sign to its value: 0…9, A = 10 … Z = 35."""


def weighted(signs: str, weights: tuple[int, ...]) -> int:
    """Sum of the values of ASCII signs times the weights, which repeat."""
    return sum(map(mul, signs.encode().translate(_VALUES), cycle(weights)))


def check_731(value: str) -> str:
    """Check digit with the weights 7, 3, 1 of ICAO Doc 9303: Belarus, Uzbekistan, Moldova."""
    return str(weighted(value, (7, 3, 1)) % 10)


def check_iin(base: str) -> str | None:
    """Check digit of the first 11 digits of a Kazakh IIN; None where such a number is never issued.

    Weights 1…11 modulo 11; at 10 again with 3…11, 1, 2; still 10 means that the number is skipped.
    """
    for weights in (tuple(range(1, 12)), (*range(3, 12), 1, 2)):
        rest = weighted(base, weights) % 11
        if rest < 10:
            return str(rest)
    return None


def check_snils(base: str) -> str:
    """Check number of the first nine digits of a SNILS: weights 9…1 modulo 101, where 100 becomes 00."""
    return f"{weighted(base, tuple(range(9, 0, -1))) % 101 % 100:02d}"


def check_ogrnip(base: str) -> str:
    """Check digit of the first 14 digits of an OGRNIP: the last digit of the rest modulo 13.

    python-stdnum 2.2 keeps a rest of two digits whole and so fails one number in about four.
    """
    return str(int(base) % 13 % 10)
