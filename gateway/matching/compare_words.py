"""How alike two words of names are, the best over their readings; every pair of words is worked out once."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Final

from rapidfuzz.distance import JaroWinkler

from gateway.matching.normalise import Words
from gateway.names.equivalents import equivalent, name_sets
from gateway.names.fold import bone
from gateway.names.likeness import distance

Word = tuple[str, ...]
"""The readings of one word."""

LEVELS: Final = ("exact", "equivalent", "sound", "near", "initial", "distant", "differ")
"""The levels of a word, the best first."""
_RANK: Final = {level: rank for rank, level in enumerate(LEVELS)}
_GOOD: Final = frozenset({"exact", "equivalent", "sound", "near"})

SOUND: Final = 0.22
"""Distance up to which two words of one skeleton are one name in two spellings (gateway.names.likeness)."""
NEAR: Final = 0.18
"""Distance up to which two words are one name with a slip (gateway.names.meeting)."""
LIKE: Final = 0.92
"""Jaro-Winkler of light forms from which two words count as one with a slip (linkage.md, finding 5)."""
DISTANT: Final = 0.80
"""Jaro-Winkler from which two words are not quite strangers; below it nothing more is worked out."""
_LONGEST: Final = 48
"""Letters that take part in the finer distance, so that no input makes it slow."""


def words_level(left: Words, right: Words) -> str:
    """The level of two lists of words: every word of the shorter one must find its own in the longer."""
    if len(left) == len(right) == 1:
        return word_level(left[0], right[0])
    return _several(left, right) if (len(left), left) <= (len(right), right) else _several(right, left)


def word_level(left: Word, right: Word) -> str:
    """The level of two words. Symmetric."""
    return _word(left, right) if left <= right else _word(right, left)


@lru_cache(1 << 16)
def _several(short: Words, long: Words) -> str:
    if "".join(word[0] for word in short) == "".join(word[0] for word in long):
        return "exact"
    rest, worst = list(long), "exact"
    for word in short:
        level, best = min(((word_level(word, other), other) for other in rest), key=lambda pair: (_RANK[pair[0]], pair))
        rest.remove(best)
        worst = max(worst, level, key=_RANK.__getitem__)
    return "part" if rest and worst in _GOOD else worst


def _two_names(left: Word, right: Word) -> bool:
    """Whether both are given names that the table knows, and not one."""
    return any(map(name_sets, left)) and any(map(name_sets, right))


@lru_cache(1 << 18)
def _word(left: Word, right: Word) -> str:
    if not set(left).isdisjoint(right):
        return "exact"
    pairs = [(min(pair), max(pair)) for pair in product(left, right)]
    if any(equivalent(one, other) for one, other in pairs):
        return "equivalent"
    return _unlike(pairs, two=_two_names(left, right))


def _unlike(pairs: list[tuple[str, str]], *, two: bool) -> str:
    """The level of two words that share no reading; `two` says that they are known as two names (Hasan and Husan)."""
    likeness = max(JaroWinkler.similarity(one, other) for one, other in pairs)
    bones = any(bone(one) == bone(other) for one, other in pairs)
    if (bones or likeness >= DISTANT) and not two:
        apart = min(distance(one[:_LONGEST], other[:_LONGEST]) for one, other in pairs)
        if bones and apart <= SOUND:
            return "sound"
        if likeness >= LIKE or apart <= NEAR:
            return "near"
    if any(len(one) == 1 and other.startswith(one) for one, other in pairs):
        return "initial"
    return "distant" if bones or likeness >= DISTANT else "differ"
