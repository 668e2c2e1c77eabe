"""Evidence of names: the best pair of spellings counts, word by word, over every reading of a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Final

from rapidfuzz.distance import JaroWinkler

from gateway.matching.evidence import Evidence, of
from gateway.matching.normalise import SpelledName, Words
from gateway.names.equivalents import equivalent, same_father
from gateway.names.fold import bone

_RANK: Final = ("exact", "equivalent", "near", "initial", "distant", "differ")
"""The levels of a word, the best first."""
NEAR: Final = 0.92
"""Jaro-Winkler of light forms from which two words count as one with a slip (linkage.md, finding 5)."""
DISTANT: Final = 0.80


def compare_names(
    left: tuple[SpelledName, ...], right: tuple[SpelledName, ...], *, women: bool
) -> tuple[Evidence, ...]:
    """The evidence of the pair of spellings that speaks most for one human being; empty without names.

    `women` says that both descriptions are of women: a family name that differs then says less.
    """
    pairs = (tuple(_pair(one, other, women=women)) for one, other in product(left, right))
    return max(pairs, key=_sum, default=())


def _sum(rows: Iterable[Evidence]) -> float:
    return sum(row.bits for row in rows)


def _pair(left: SpelledName, right: SpelledName, *, women: bool) -> Iterator[Evidence]:
    if left.unsplit or right.unsplit:
        yield from _unsplit(left, right)
    else:
        straight = list(_split(left.family, left.given, right, women=women))
        crossed = [*_split(left.given, left.family, right, women=women), of("order", "swapped")]
        yield from max(straight, crossed, key=_sum) if left.family and left.given else straight
    if left.fathers and right.fathers:
        yield of("patronymic", _fathers(left.fathers, right.fathers))


def _fathers(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    """The level of two patronymics, from the stems of the father's name."""
    if not set(left).isdisjoint(right) or any(same_father(*pair) for pair in product(left, right)):
        return "exact"
    level = _word(*sorted((left, right)))
    return level if level == "near" else "differ"


def _split(family: Words, given: Words, right: SpelledName, *, women: bool) -> Iterator[Evidence]:
    if family and right.family:
        level = _words(family, right.family)
        level = {"equivalent": "near", "initial": "differ"}.get(level, level)
        yield of("family", "changed" if level == "differ" and women else level)
    if given and right.given:
        yield of("given", _words(given, right.given))


def _unsplit(left: SpelledName, right: SpelledName) -> Iterator[Evidence]:
    """A name whose parts are not told apart is compared word by word in any order, father's name apart."""
    one, other = (name.unsplit or name.family + name.given for name in (left, right))
    level = _words(one, other)
    if level == "part" and min(len(one), len(other)) >= 2 and abs(len(one) - len(other)) == 1:
        # The word too many is the patronymic, which the other side keeps apart or does not know.
        level = "near"
    yield of("full", {"equivalent": "near", "initial": "part", "distant": "differ"}.get(level, level))


def _words(left: Words, right: Words) -> str:
    """The level of two lists of words: every word of the shorter one must find its own in the longer."""
    if len(left) == len(right) == 1:
        return _word(*sorted((left[0], right[0])))
    joined = ("".join(word[0] for word in words) for words in (left, right))
    if len(set(joined)) == 1:
        return "exact"
    short, long = sorted((left, right), key=lambda words: (len(words), words))
    rest, worst = list(long), "exact"
    for word in short:
        level, best = min(
            ((_word(*sorted((word, other))), other) for other in rest), key=lambda pair: (_RANK.index(pair[0]), pair[1])
        )
        rest.remove(best)
        worst = max(worst, level, key=_RANK.index)
    if rest and worst in {"exact", "equivalent", "near"}:
        return "part"
    return worst


@lru_cache(1 << 17)
def _word(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    """The level of two words, the best over their readings; the caller orders them, so it is symmetric."""
    if not set(left).isdisjoint(right):
        return "exact"
    pairs = [(min(pair), max(pair)) for pair in product(left, right)]
    if any(equivalent(one, other) for one, other in pairs):
        return "equivalent"
    likeness = max(JaroWinkler.similarity(one, other) for one, other in pairs)
    if likeness >= NEAR or (likeness >= DISTANT and any(bone(one) == bone(other) for one, other in pairs)):
        return "near"
    if any(len(one) == 1 and other.startswith(one) for one, other in pairs):
        return "initial"
    return "distant" if likeness >= DISTANT else "differ"
