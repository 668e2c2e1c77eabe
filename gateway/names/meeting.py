"""Whether two spellings, in any alphabets, may be one name: the question every search for candidates asks.

Two steps, as in the watchlist's index: first by keys, which an index can hold, then by likeness, for the few
that are left.

1. Two words share a *key*: a consonant skeleton of one of their readings, or the same less one consonant.
2. Their sounds are *alike*: some pair of their readings lies less than NEAR apart; SAME is enough, and less
   strict, where they share a whole skeleton.

Given names of the equivalence table meet without either.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise, product
from typing import Final

from gateway.names.equivalents import is_particle, name_sets
from gateway.names.fold import all_lights, bone, lights, tokens
from gateway.names.likeness import distance

SAME: Final = 0.29
"""Distance up to which two words of the same consonants are one name."""
NEAR: Final = 0.18
"""Distance up to which two words are one name when a consonant is missing, added or exchanged.

Both were chosen on one half of the public pairs and checked on the other; see benchmarks/names.py."""
_MOST_WORDS: Final = 12
"""Words of a name that take part; more is a mistake of the source."""
_LONGEST: Final = 64
"""Letters of a word that take part, so that no input makes a comparison slow."""
_SHORTEST: Final = 3
"""A skeleton of two consonants less one would be a single consonant and meet everything."""


_ADDED: Final = re.compile("(?<=....)(?:l[iu]l[ae]r|l[ae]r|zad[ae]h?)$")
"""What is put to a name and left off again: a family's plural, and -zadeh as Persian passports spell it."""
_DAUGHTER: Final = re.compile("(?<=[aeiou]v)na$")


@lru_cache(1 << 16)
def forms(word: str, language: str = "") -> tuple[str, ...]:
    """The sound forms by which a word is found: its light forms, and the same without what may be left off."""
    found = [_DAUGHTER.sub("iq", form) for form in all_lights(word, language)]
    return tuple(dict.fromkeys([*found, *(_ADDED.sub("", form) for form in found)]))


@lru_cache(1 << 16)
def bones(word: str, language: str = "") -> frozenset[str]:
    """The skeletons of `forms`."""
    return frozenset(filter(None, map(bone, forms(word, language))))


@lru_cache(1 << 16)
def keys(word: str, language: str = "") -> frozenset[str]:
    """The keys of a word of `tokens`, for an index: its skeletons, and each of them less one consonant."""
    found = set(bones(word, language))
    for whole in tuple(found):
        if len(whole) >= _SHORTEST:
            found.update(whole[:place] + whole[place + 1 :] for place in range(len(whole)))
    return frozenset(found)


def meet(left: str, right: str, *, languages: tuple[str, str] = ("", "")) -> bool:
    """Whether two names may be one: every word of the one that has fewer meets a word of the other.

    Names may be single words or full names, the words in any order; patronymic particles count for nothing,
    and words that one side writes together are put together (Абдул Ҳамид, Abdulhamid). `languages` are ISO
    639-1 codes, empty where unknown. False where one side holds no word. Symmetric.
    """
    ours, theirs = _words(left), _words(right)
    if not ours or not theirs:
        return False
    straight = _Table(ours, theirs, languages)
    if straight.matched() == min(len(ours), len(theirs)):
        return True
    return _joined_meet(ours, theirs, languages) or _joined_meet(theirs, ours, languages[::-1])


def _joined_meet(few: tuple[str, ...], many: tuple[str, ...], languages: tuple[str, str]) -> bool:
    """Whether every word of one name meets a word of the other, two neighbours of which may be put together."""
    if len(many) < 2 or len(few) > len(many):
        return False
    joined = (*map("".join, pairwise(many)), *many, *(("".join(many),) if len(many) > 2 else ()))
    return _Table(few, joined, languages).matched() == len(few)


class _Table:
    """Which words of one name meet which of another, no word serving twice: Иван Иванов is not Ivanov Sergei."""

    def __init__(self, ours: tuple[str, ...], theirs: tuple[str, ...], languages: tuple[str, str]) -> None:
        self.meets = [[words_meet(one, other, languages) for other in theirs] for one in ours]
        self.taken: dict[int, int] = {}

    def matched(self) -> int:
        """The most words that find one of their own (Kuhn's augmenting paths)."""
        return sum(self._place(word, set()) for word in range(len(self.meets)))

    def _place(self, word: int, seen: set[int]) -> bool:
        for other, meets in enumerate(self.meets[word]):
            if meets and other not in seen:
                seen.add(other)
                if other not in self.taken or self._place(self.taken[other], seen):
                    self.taken[other] = word
                    return True
        return False


def _words(name: str) -> tuple[str, ...]:
    words = tuple(word[:_LONGEST] for word in tokens(name)[:_MOST_WORDS])
    return tuple(word for word in words if not is_particle(word)) or words


def words_meet(left: str, right: str, languages: tuple[str, str] = ("", "")) -> bool:
    """Whether two words of `tokens` may be one name."""
    (one, ours), (other, theirs) = sorted(((left, languages[0]), (right, languages[1])))
    return _words_meet(one, other, ours, theirs)


@lru_cache(1 << 16)
def _words_meet(left: str, right: str, ours: str, theirs: str) -> bool:
    if left == right or _kin(left, right):
        return True
    if keys(left, ours).isdisjoint(keys(right, theirs)):
        return False
    shared = not bones(left, ours).isdisjoint(bones(right, theirs))
    limit = SAME if shared else NEAR
    return any(distance(*pair) <= limit for pair in product(forms(left, ours), forms(right, theirs)))


def _kin(left: str, right: str) -> bool:
    """One given name in two languages."""
    return not _numbers(left).isdisjoint(_numbers(right))


@lru_cache(1 << 16)
def _numbers(word: str) -> frozenset[int]:
    return frozenset[int]().union(*map(name_sets, lights(word)))
