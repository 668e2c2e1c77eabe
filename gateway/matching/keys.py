"""Keys by which candidates are found: keyed 64-bit hashes, so that the index alone tells nothing.

Each key is an equality that one human being's descriptions usually share in spite of spelling: see
linkage.md, design 3. The hash is BLAKE2b under the node's own secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b, sha256
from itertools import combinations, product

from gateway.matching.normalise import Comparable, SpelledName, Words, folded_number
from gateway.names.equivalents import name_sets
from gateway.names.fold import bone
from gateway.records.dates import PartialDate

MOST_KEYS = 64
"""Keys per person: enough for three spellings in two scripts; the sharpest come first."""


def keys(comparable: Comparable, secret: bytes) -> tuple[int, ...]:
    """The signed 64-bit keys of a person, without repeats, the sharpest first."""
    secret = secret if len(secret) <= 64 else sha256(secret).digest()
    plain = list(dict.fromkeys(_plain(comparable)))[:MOST_KEYS]
    return tuple(dict.fromkeys(_hash(text, secret) for text in plain))


def _hash(text: str, secret: bytes) -> int:
    digest = blake2b(text.encode(), digest_size=8, key=secret).digest()
    return int.from_bytes(digest, "big", signed=True)


def _plain(comparable: Comparable) -> Iterator[str]:
    for scheme, value, _check in comparable.identifiers:
        yield f"i|{scheme}|{value}"
    for _country, number in comparable.documents:
        yield f"d|{folded_number(number)}"
    for name in comparable.names:
        yield from _of_name(name, comparable.birth)


def _of_name(name: SpelledName, birth: PartialDate | None) -> Iterator[str]:
    families = _bones(name.family)
    givens = _bones(name.given) + _sets(name.given)
    if name.unsplit:
        families = givens = _bones(name.unsplit)
        pairs = list(combinations(families, 2)) or [(bone, "") for bone in families]
    else:
        pairs = list(product(families, givens)) or [(bone, "") for bone in families + givens]
    if birth is not None:
        yield from _with_birth(families, givens, pairs, birth)
    # Without a date, or with a wrong year, the full name with the father's name must do.
    for first, second in pairs:
        for father in name.fathers[:2]:
            yield f"p|{_pair(first, second)}|{bone(father)}"
        if birth is None and not name.fathers:
            yield f"n|{_pair(first, second)}"


def _with_birth(
    families: list[str], givens: list[str], pairs: list[tuple[str, str]], birth: PartialDate
) -> Iterator[str]:
    if birth.day and not birth.assumed:
        # Day and month are sorted, so that their exchange meets the same key.
        low, high = sorted((birth.day, birth.month))
        for word in dict.fromkeys(families + givens):
            yield f"b|{birth.year}-{low}-{high}|{word}"
    for first, second in pairs:
        # The words are sorted, so that an exchange of family and given name meets the same key.
        yield f"y|{birth.year}|{_pair(first, second)}"
        if birth.day and not birth.assumed:
            yield f"m|{birth.month}-{birth.day}|{_pair(first, second)}"


def _pair(first: str, second: str) -> str:
    return "|".join(sorted((first, second)))


def _bones(words: Words) -> list[str]:
    """Up to three skeletons a word: more readings than that only widen the net."""
    found = (bone(form) for word in words for form in word[:3])
    return list(dict.fromkeys(found_bone for found_bone in found if found_bone))


def _sets(words: Words) -> list[str]:
    """The numbers of the given names, so that Mikalai meets Nikolai."""
    found = {number for word in words for number in name_sets(word[0])}
    return [f"#{number}" for number in sorted(found)][:3]
