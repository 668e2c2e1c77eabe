"""Evidence of names: the best pair of spellings counts, word by word, over every reading of a word."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Final

from gateway.matching.compare_words import Word, word_level, words_level
from gateway.matching.evidence import Evidence, evidence, with_term
from gateway.matching.model import Model
from gateway.matching.normalise import SpelledName, Words
from gateway.matching.terms import family_word, given_word
from gateway.names.equivalents import same_father

Rows = tuple[Evidence, ...]

WITH_TERMS: Final = frozenset({"exact", "equivalent", "sound"})
"""Levels at which two descriptions bear one word, whose rarity then counts."""
_SETTLED: Final = frozenset({"exact", "equivalent", "sound", "near"})
"""Where family and given name both agree so well, nobody asks whether they were exchanged."""


def compare_names(left: tuple[SpelledName, ...], right: tuple[SpelledName, ...], *, women: bool, model: Model) -> Rows:
    """The evidence of the pair of spellings that speaks most for one human being; empty without names.

    `women` says that both descriptions are of women: a family name that differs then says less.
    """
    if len(left) == len(right) == 1:
        return _pair(model, left[0], right[0], women=women)
    best: Rows = ()
    most = float("-inf")
    for one in left:
        for other in right:
            rows = _pair(model, one, other, women=women)
            weight = sum([row.bits for row in rows])
            if weight > most:
                best, most = rows, weight
    return best


def _pair(model: Model, left: SpelledName, right: SpelledName, *, women: bool) -> Rows:
    if left.unsplit or right.unsplit:
        rows = _unsplit(model, left.unsplit or left.family + left.given, right.unsplit or right.family + right.given)
    else:
        rows = _split(model, left.family, left.given, right.family, right.given, women=women)
    if left.fathers and right.fathers:
        return (*rows, _fathers(model, left.fathers, right.fathers))
    return rows


def _split(model: Model, family: Words, given: Words, other_family: Words, other_given: Words, *, women: bool) -> Rows:
    """Family name with family name and given with given, or crosswise where that says more."""
    straight = _straight(model, family, given, other_family, other_given, women=women)
    if not family or not given or (len(straight) == 2 and all(row.level in _SETTLED for row in straight)):
        return straight
    crossed = _straight(model, given, family, other_family, other_given, women=women)
    swapped = evidence(model, "order", "swapped")
    if sum([row.bits for row in crossed]) + swapped.bits > sum([row.bits for row in straight]):
        return (*crossed, swapped)
    return straight


def _straight(
    model: Model, family: Words, given: Words, other_family: Words, other_given: Words, *, women: bool
) -> Rows:
    if family and other_family:
        first = _family(model, family, other_family, women)
        return (first, _given(model, given, other_given)) if given and other_given else (first,)
    return (_given(model, given, other_given),) if given and other_given else ()


@lru_cache(1 << 17)
def _family(model: Model, left: Words, right: Words, women: bool) -> Evidence:  # noqa: FBT001 - a key of the cache.
    level = words_level(left, right)
    level = {"equivalent": "sound", "initial": "differ"}.get(level, level)
    row = evidence(model, "family", "changed" if level == "differ" and women else level)
    if level not in WITH_TERMS:
        return row
    known = model.terms["family"]
    return with_term(row, min(max(known.of([family_word(word)]) for word in side) for side in (left, right)), 0.0)


@lru_cache(1 << 17)
def _given(model: Model, left: Words, right: Words) -> Evidence:
    level = words_level(left, right)
    row = evidence(model, "given", level)
    if level not in WITH_TERMS:
        return row
    known = model.terms["given"]
    return with_term(row, min(max(known.of([given_word(word)]) for word in side) for side in (left, right)), 0.0)


@lru_cache(1 << 17)
def _fathers(model: Model, left: Word, right: Word) -> Evidence:
    """The evidence of two patronymics, from the stems of the father's name."""
    if not set(left).isdisjoint(right) or any(same_father(*pair) for pair in product(left, right)):
        level = "exact"
    else:
        level = {"equivalent": "exact", "sound": "near", "near": "near"}.get(word_level(left, right), "differ")
    row = evidence(model, "patronymic", level)
    if level != "exact":
        return row
    return with_term(row, model.terms["patronymic"].of([family_word(left), family_word(right)]), 0.0)


@lru_cache(1 << 16)
def _unsplit(model: Model, one: Words, other: Words) -> Rows:
    """A name whose parts are not told apart is compared word by word in any order, father's name apart."""
    level = words_level(one, other)
    if level == "part" and min(len(one), len(other)) >= 2 and abs(len(one) - len(other)) == 1:
        # The word too many is the patronymic, which the other side keeps apart or does not know.
        level = "near"
    level = {"equivalent": "near", "sound": "near", "initial": "part", "distant": "differ"}.get(level, level)
    return (evidence(model, "full", level),)
