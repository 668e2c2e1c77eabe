"""A person of a query against one entry: evidence field by field. Pure and symmetric in the two persons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

from gateway.records.person import Sex
from gateway.watchlist import birth, numbers, spelling
from gateway.watchlist.birth import Birth
from gateway.watchlist.people import Comparable, SpelledName
from gateway.watchlist.spelling import ORDINARY_BULK, Level, Spelling

Words = tuple[Spelling, ...]
Score = tuple[Level, float]
"""Level and similarity, as gateway.watchlist.spelling.compare gives them."""

_ABSENT: Final[Score] = (Level.ABSENT, 0.5)
"""A part that is absent counts half: less than agreement, more than contradiction."""

MOST_STEPS: Final = 10_000
"""What the names of one comparison may take, in steps of about a microsecond: twenty names of four words, half of them
with two light forms, against twenty such. Filled as far as the format allows, they would take some four million."""
_JOINING: Final = 4
"""Steps that a letter of a part of several words costs where its words are spelled as one."""


@dataclass(frozen=True, slots=True, order=True)
class NameEvidence:
    """How the closest two names of two persons agree; a greater one is the better agreement."""

    weight: float
    """Sum of the similarities of family name, given name and patronymic, for ordering only."""
    family: Level
    given: Level
    patronymic: Level
    swapped: bool = False
    """The family name agrees with the given name and the other way round."""

    @property
    def strong(self) -> bool:
        """Family and given name both agree in full."""
        return self.family is Level.STRONG and self.given is Level.STRONG

    @property
    def similar(self) -> bool:
        """Family and given name both agree, perhaps with slips."""
        return self.family >= Level.NEAR and self.given >= Level.NEAR

    @property
    def partial(self) -> bool:
        """One of the two agrees in full and the other is not told."""
        return {self.family, self.given} == {Level.STRONG, Level.ABSENT}

    @property
    def contradicts(self) -> bool:
        """Nothing of the name agrees and something of it is told apart."""
        return max(self.family, self.given) <= Level.ABSENT and min(self.family, self.given) is Level.FAR


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two descriptions of persons have to say to each other."""

    name: NameEvidence | None
    """None where one side has no name that was read."""
    unread: bool
    """Some names were too much to compare, so a human has to read them: whatever they hold, it is not silence."""
    birth: Birth
    document: Level
    """STRONG: the same number; NEAR: one slip apart, or the same number of another state."""
    other_state: bool
    """The document's number is the same and its states differ."""
    identifier: bool
    sex_differs: bool
    citizenship: Level
    minor: bool
    """One of the two is under 18 today, as far as the dates tell."""


def compare(ours: Comparable, theirs: Comparable, today: date) -> Evidence:
    """All evidence between two persons."""
    name, unread = _closest(ours.names, theirs.names)
    document, other_state = _documents(ours, theirs)
    citizenship = Level.ABSENT
    if ours.citizenships and theirs.citizenships:
        citizenship = Level.FAR if set(ours.citizenships).isdisjoint(theirs.citizenships) else Level.STRONG
    return Evidence(
        name=name,
        unread=unread,
        birth=birth.compare(ours.born, theirs.born),
        document=document,
        other_state=other_state,
        identifier=not set(ours.identifiers).isdisjoint(theirs.identifiers),
        sex_differs={ours.sex, theirs.sex} == {Sex.MALE, Sex.FEMALE},
        citizenship=citizenship,
        minor=any(born and _is_minor(born, today) for born in (ours.born, theirs.born)),
    )


def _is_minor(born: int, today: date) -> bool:
    """Whether somebody born on a packed date may still be under 18; of a year the last day counts."""
    latest = born if born % 100 else born + 31 if born % 10000 else born + 1231
    return latest > (today.year - 18) * 10000 + today.month * 100 + today.day


def _documents(ours: Comparable, theirs: Comparable) -> tuple[Level, bool]:
    best, other_state = Level.ABSENT, False
    for country, number in ours.documents:
        for their_country, their_number in theirs.documents:
            if number == their_number:
                if not country or not their_country or country == their_country:
                    return Level.STRONG, False
                best, other_state = Level.NEAR, True
            elif numbers.one_slip_apart(number, their_number):
                best = Level.NEAR
    return best, other_state


class _Reading:
    """A name that is being compared, and what that takes."""

    __slots__ = ("bulk", "joining", "name")

    def __init__(self, name: SpelledName) -> None:
        words = (*name.family, *name.given, *name.patronymic, *name.full)
        self.name = name
        self.bulk = sum([word.bulk for word in words])
        self.joining = 0
        """Steps of spelling the words of a part as one, which is done once."""
        for part in (name.family, name.given):
            if len(part) > 1:
                self.joining += _JOINING * sum([len(word.word) for word in part])


def _closest(ours: Iterable[SpelledName], theirs: Iterable[SpelledName]) -> tuple[NameEvidence | None, bool]:
    """The best agreement of two names, and whether some had to be left unread.

    Short names are read first, so that filled fields hide no name that a person may bear.
    """
    pairs = list(product(map(_Reading, ours), map(_Reading, theirs)))
    pairs.sort(key=lambda pair: pair[0].bulk * pair[1].bulk)
    steps = 0
    found: list[NameEvidence] = []
    for one, other in pairs:
        steps += one.bulk * other.bulk // ORDINARY_BULK**2
        if not (one.name.full or other.name.full):
            steps += one.joining + other.joining
            one.joining = other.joining = 0
        if steps > MOST_STEPS:
            break
        found.append(_names(one.name, other.name))
    return max(found, default=None), len(found) < len(pairs)


def _names(left: SpelledName, right: SpelledName) -> NameEvidence:
    if left.full and right.full:
        return _unsplit(left.full, right.full)
    if left.full:
        return _half_split(right, left.full)
    if right.full:
        return _half_split(left, right.full)
    straight = _split(left, right.family, right.given, right.patronymic, swapped=False)
    crossed = _split(left, right.given, right.family, right.patronymic, swapped=True)
    better = crossed.weight > straight.weight + 0.5
    return crossed if better or (crossed.strong and not straight.strong) else straight


def _split(left: SpelledName, family: Words, given: Words, patronymic: Words, *, swapped: bool) -> NameEvidence:
    family_level, family_weight = _part(left.family, family)
    given_level, given_weight = _part(left.given, given)
    patronymic_level = _patronymics(left.patronymic, patronymic)
    return _evidence(family_level, family_weight, given_level, given_weight, patronymic_level, swapped=swapped)


def _evidence(
    family: Level, family_weight: float, given: Level, given_weight: float, patronymic: Level, *, swapped: bool = False
) -> NameEvidence:
    weight = 2 * family_weight + 2 * given_weight + patronymic / Level.STRONG
    return NameEvidence(weight, family, given, patronymic, swapped)


def _part(left: Words, right: Words) -> Score:
    """The score of two parts: every word of the shorter finds its own partner in the longer."""
    if not left or not right:
        return _ABSENT
    if len(left) > len(right):
        left, right = right, left
    if len(right) == 1:
        return spelling.compare(left[0], right[0])
    free = list(right)
    worst = min([_take(word, free) for word in left])
    return max(worst, spelling.compare(_joined(left), _joined(right)))


def _take(word: Spelling, free: list[Spelling]) -> Score:
    """The score of the free word that fits best, which is free no more."""
    scores = [spelling.compare(word, other) for other in free]
    best = max(scores)
    del free[scores.index(best)]
    return best


def _joined(words: Words) -> Spelling:
    """Abdul Rahim as Abdulrahim."""
    return words[0] if len(words) == 1 else spelling.spelling("".join(word.word for word in words))


def _patronymics(left: Sequence[Spelling], right: Sequence[Spelling]) -> Level:
    if not left or not right:
        return Level.ABSENT
    if any(spelling.initial(ours, theirs) for ours in left[:1] for theirs in right[:1]):
        return Level.ABSENT
    return spelling.compare_patronymics(_text(left), _text(right))


def _text(words: Sequence[Spelling]) -> str:
    return " ".join(word.word for word in words)


def _half_split(split: SpelledName, full: Words) -> NameEvidence:
    """A name with parts against one without: each part takes the words of the other that fit it best."""
    free = list(full)
    found: list[Score] = []
    for part in (split.family, split.given):
        taken = [_take(word, free) for word in part[: len(free)]]
        found.append(min(taken, default=_ABSENT))
    patronymic = _patronymics(split.patronymic, free)
    return _evidence(*found[0], *found[1], patronymic)


def _unsplit(left: Words, right: Words) -> NameEvidence:
    """Two names without parts: the best two pairs of words count as family and given name."""
    ours, theirs = list(left), list(right)
    scores: list[Score] = []
    while ours and theirs and len(scores) < 2:
        table = [[spelling.compare(one, other) for other in theirs] for one in ours]
        best = max(map(max, table))
        scores.append(best)
        row = next(place for place, line in enumerate(table) if best in line)
        del ours[row], theirs[table[row].index(best)]
    scores += [_ABSENT] * (2 - len(scores))
    return _evidence(*scores[0], *scores[1], _patronymics(ours, theirs))
