"""Characters that scanners confuse, put right where the kind of the position tells which one is meant.

A date can hold no letter and a name no digit, so there the right character is certain but for the check digit,
which must agree; a document number may hold both, so there a repair counts only where it is the only smallest
one with which both the number's check digit and the composite agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Final

_TO_DIGITS: Final = str.maketrans("OQDILZSBG", "000112586")
_TO_LETTERS: Final = str.maketrans("015826", "OISBZG")
_EITHER: Final = dict(zip("0O1I8B5S2Z", "O0I1B8S5Z2", strict=True))
_MOST_DOUBTFUL: Final = 9
_MOST_CHANGES: Final = 3


def as_digits(text: str) -> str:
    """The text with letters that look like a digit made that digit."""
    return text.translate(_TO_DIGITS)


def as_letters(text: str) -> str:
    """The text with digits that look like a letter made that letter."""
    return text.translate(_TO_LETTERS)


def only_repair(text: str, agrees: Callable[[str], bool]) -> str:
    """The one text that differs in the fewest doubtful characters and agrees; empty where none or several do."""
    doubtful = [place for place, letter in enumerate(text) if letter in _EITHER][:_MOST_DOUBTFUL]
    for count in range(1, min(_MOST_CHANGES, len(doubtful)) + 1):
        found = [tried for tried in _changed(text, doubtful, count) if agrees(tried)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _changed(text: str, doubtful: list[int], count: int) -> Iterator[str]:
    for places in combinations(doubtful, count):
        yield "".join(_EITHER[letter] if place in places else letter for place, letter in enumerate(text))
