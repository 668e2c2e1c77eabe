"""Two words of two names: the same, near, or different, whatever alphabet each is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from gateway.names.equivalents import fathers, name_sets
from gateway.names.fold import lights, skeletons

_NATIONAL: Final = frozenset({"be", "uk", "uz"})
"""Languages in which a Cyrillic letter sounds otherwise than in Russian (gateway.names.fold.lights)."""

_GENDERED: Final = re.compile(r"(?<=[oei][vn])a$|(?<=[sc]k)ai?a$|(?<=[sc]k)i$|(?<=[oei])f$")
"""-ова, -ева, -ина, -ская, -цкая and their masculine forms, in light letters."""

STRONG_SIMILARITY: Final = 0.9
"""Jaro-Winkler from which two spellings with the same consonants are one name; the twins Hasan and Husan are
below it (0.88)."""
LONG_NAME: Final = 6
"""Letters from which one differing vowel is spelling: Məmmədov and Мамедов, but not Hasan and Husan."""
NEAR_SIMILARITY: Final = 0.75
"""Jaro-Winkler below which two words are never near, whatever consonants they share."""
ORDINARY_BULK: Final = 2
"""The bulk of a word with one light form: one for the word, one for the form."""
_LONG: Final = 32
"""Letters from which a form counts once more, and again for as many more."""


class Level(IntEnum):
    """How two parts of a name stand to each other."""

    FAR = 0
    """Both are known and differ: a contradiction."""
    ABSENT = 1
    """One side does not tell, or gives an initial that fits."""
    NEAR = 2
    STRONG = 3


@dataclass(frozen=True, slots=True)
class Spelling:
    """What is compared of one word."""

    word: str
    lights: tuple[str, ...]
    """Light forms with O written as A: Belarusian writes what it hears (Кавалёў, Алег), Uzbek turns A into O
    (Komilov, Bobojonov), so the two letters tell nobody apart."""
    stems: frozenset[str]
    """The same without the endings that a family name changes with the bearer's sex."""
    skeletons: tuple[str, ...]
    equivalents: frozenset[int]
    """Numbers of the given names it is a form of, in any language."""
    bulk: int
    """What comparing it takes; two words whose bulks multiply to ORDINARY_BULK² take about a microsecond."""


@lru_cache(1 << 18)
def spelling(word: str, language: str = "") -> Spelling:
    """A word of gateway.names.fold.tokens made comparable."""
    language = language if language in _NATIONAL else ""
    # Asked as everybody asks, so that the memory of it is one: it tells `lights(word)` and `lights(word, "")` apart.
    forms = lights(word, language) if language else lights(word)
    numbers = frozenset[int]().union(*(name_sets(form) for form in forms))
    open_forms = tuple(dict.fromkeys(map(_open, forms)))
    stems = frozenset(_open(_GENDERED.sub("", form)) for form in forms)
    bulk = 1 + sum(1 + len(form) // _LONG for form in open_forms)
    return Spelling(word, open_forms, stems, skeletons(word, language), numbers, bulk)


def _open(form: str) -> str:
    return form.replace("o", "a")


@lru_cache(1 << 16)
def compare(left: Spelling, right: Spelling) -> tuple[Level, float]:
    """Level and similarity (0 to 1) of two words of family or given names; symmetric."""
    if initial(left, right):
        return Level.ABSENT, 0.8
    similarity = max([JaroWinkler.similarity(a, b) for a in left.lights for b in right.lights], default=0.0)
    if similarity == 1.0 or not left.stems.isdisjoint(right.stems):
        return Level.STRONG, 1.0
    if not left.equivalents.isdisjoint(right.equivalents):
        return Level.STRONG, max(similarity, 0.97)
    if similarity < NEAR_SIMILARITY:
        # Most words: a long one that differs by a single letter is never so unlike.
        return Level.FAR, similarity
    bones = not set(left.skeletons).isdisjoint(right.skeletons)
    close = similarity >= STRONG_SIMILARITY or _one_vowel_apart(left, right)
    if bones and close and not _other_sex(left, right):
        return Level.STRONG, similarity
    near = bones or any(_slip(a, b) for a in left.lights for b in right.lights)
    return Level.NEAR if near else Level.FAR, similarity


def _slip(left: str, right: str) -> bool:
    """One slip of the finger in a word of four letters or more, two in a word of eight or more."""
    shortest = min(len(left), len(right))
    allowed = 0 if shortest < 4 else 1 if shortest < 8 else 2
    return OSA.distance(left, right, score_cutoff=allowed) <= allowed


def _one_vowel_apart(left: Spelling, right: Spelling) -> bool:
    """For words with the same consonants: whether a long one differs by a single letter."""
    return any(
        min(len(a), len(b)) >= LONG_NAME and OSA.distance(a, b, score_cutoff=1) <= 1
        for a in left.lights
        for b in right.lights
    )


def initial(left: Spelling, right: Spelling) -> bool:
    """Whether one of the two is a single letter with which the other begins."""
    return (len(left.word) == 1 and _begins(right, left)) or (len(right.word) == 1 and _begins(left, right))


def _begins(long: Spelling, letter: Spelling) -> bool:
    return any(form.startswith(letter.lights) for form in (*long.lights, long.word))


def _other_sex(left: Spelling, right: Spelling) -> bool:
    """Александр and Александра share their consonants and are two people."""
    return any(a == b + "a" or b == a + "a" for a in left.lights for b in right.lights)


@lru_cache(1 << 16)
def compare_patronymics(left: str, right: str) -> Level:
    """Level of two patronymics by the father's name: a form in another language agrees, no patronymic is neutral."""
    ours, theirs = fathers(left), fathers(right)
    if not ours or not theirs:
        return Level.ABSENT
    if not _names(ours).isdisjoint(_names(theirs)):
        return Level.STRONG
    our_forms, their_forms = set(map(_open, ours)), set(map(_open, theirs))
    if not our_forms.isdisjoint(their_forms):
        return Level.STRONG
    return Level.NEAR if any(_slip(a, b) for a in our_forms for b in their_forms) else Level.FAR


def _names(stems: tuple[str, ...]) -> frozenset[int]:
    return frozenset[int]().union(*(name_sets(stem) for stem in stems))
