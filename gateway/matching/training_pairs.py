"""Pairs to learn from: random ones, and ones that something brings together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from random import Random
from typing import Final

from gateway.matching.normalise import Comparable
from gateway.matching.terms import family_word, given_word

Pair = tuple[int, int]
"""Places of two descriptions in the population."""

LARGEST: Final = 60
"""Descriptions of one block that are paired: a larger block is a sample of itself."""


def random_pairs(people: Sequence[Comparable], count: int, chance: Random) -> Iterator[Pair]:
    """Pairs of anybody with anybody."""
    if len(people) < 2:
        return
    for _ in range(count):
        one, other = chance.randrange(len(people)), chance.randrange(len(people))
        if one != other:
            yield one, other


def fellow_pairs(people: Sequence[Comparable], count: int, chance: Random) -> Iterator[Pair]:
    """Random pairs of people of one citizenship: their names and towns meet far more often than anybody's."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        for state in person.citizenships[:1]:
            groups[state].append(place)
    many = [group for group in groups.values() if len(group) > 1]
    if not many:
        yield from random_pairs(people, count, chance)
        return
    for group in chance.choices(many, [len(group) for group in many], k=count):
        one, other = chance.sample(group, 2) if len(group) < 20 else (chance.choice(group), chance.choice(group))
        if one != other:
            yield one, other


Blocks = Callable[[Comparable], Iterable[str]]


def by_number(person: Comparable) -> Iterator[str]:
    """Whom a personal number or a document brings together."""
    for scheme, value, _ in person.identifiers:
        yield f"i {scheme} {value}"
    for country, number in person.documents:
        if country:
            yield f"d {country} {number}"


def _birth(person: Comparable) -> str:
    birth = person.birth
    return f"{birth.year}-{birth.month}-{birth.day}" if birth and birth.day and not birth.assumed else ""


def by_birth_and_given(person: Comparable) -> Iterator[str]:
    """Whom birth date and given name bring together."""
    if born := _birth(person):
        yield from dict.fromkeys(f"{born} {given_word(word)}" for name in person.names for word in name.given)


def by_birth_and_family(person: Comparable) -> Iterator[str]:
    """Whom birth date and family name bring together."""
    if born := _birth(person):
        yield from dict.fromkeys(f"{born} {family_word(word)}" for name in person.names for word in name.family)


def by_names(person: Comparable) -> Iterator[str]:
    """Whom family name, given name and the father's name bring together."""
    for name in person.names:
        if name.family and name.given and name.fathers:
            family, given = family_word(name.family[0]), given_word(name.given[0])
            yield f"{family} {given} {family_word(name.fathers)}"


def block_pairs(people: Sequence[Comparable], blocks: Blocks, most: int, chance: Random) -> list[Pair]:
    """Pairs of one block, each once, and not more than `most` of them, drawn at random."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        for key in blocks(person):
            found[key].append(place)
    pairs: set[Pair] = set()
    for group in found.values():
        if len(group) > 1:
            pairs.update(combinations(sorted(group if len(group) <= LARGEST else chance.sample(group, LARGEST)), 2))
    drawn = sorted(pair for pair in pairs if pair[0] != pair[1])
    return drawn if len(drawn) <= most else chance.sample(drawn, most)
