"""How common the words of names are: agreement on a rare one says more than on a common one.

The shares are those of the population that the model was trained on, frozen with it, so that a judgement of
today is the same tomorrow. Words are kept as skeletons, which the scripts and spellings of a name share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2
from typing import Final

from gateway.names.equivalents import name_sets
from gateway.names.fold import bone

MOST_BITS: Final = 6.0
"""What a word's rarity adds or takes at most: beyond, the share of a training population is a guess."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The shares of one field's words, as bits."""

    bits: Mapping[str, float]
    """Word to what its agreement adds to the level's weight (negative for a common word)."""
    rare: float
    """The same for every word that is not listed."""

    def of(self, words: Iterable[str]) -> float:
        """The bits of the commonest of the words; spellings of one name may have several skeletons."""
        found = [self.bits.get(word, self.rare) for word in words]
        return min(found, default=0.0)


def terms(shares: Mapping[str, float], rarest: float) -> Terms:
    """The bits of words from their shares of a population; `rarest` is the share of a word that is not listed.

    The level's own weight holds for two random bearers of any word, who meet on one by the sum of the squares
    of the shares. Whoever bears this word meets another bearer by its share: the rest is the word's own bits.
    """
    expected = max(sum(share * share for share in shares.values()), rarest)
    return Terms({word: _bits(expected, share) for word, share in shares.items()}, _bits(expected, rarest))


def _bits(expected: float, share: float) -> float:
    return max(-MOST_BITS, min(MOST_BITS, log2(expected / share)))


def family_word(readings: tuple[str, ...]) -> str:
    """The word of a family name (or of a father's name), from its readings, by which its share is kept."""
    return bone(readings[0]) or readings[0]


def given_word(readings: tuple[str, ...]) -> str:
    """The word of a given name: names that are one in several languages share it."""
    known = min(name_sets(readings[0]), default=None)
    return family_word(readings) if known is None else f"#{known}"
