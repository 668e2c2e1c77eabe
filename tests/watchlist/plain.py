"""The names of two persons compared the plain way, every word with every word, as slowly as that may be."""

from __future__ import annotations

from rapidfuzz.distance import OSA, JaroWinkler

from gateway.watchlist.compare import NameEvidence
from gateway.watchlist.people import Comparable, SpelledName
from gateway.watchlist.spelling import (
    LONG_NAME,
    NEAR_SIMILARITY,
    STRONG_SIMILARITY,
    Level,
    Spelling,
    compare_patronymics,
    spelling,
)

Words = tuple[Spelling, ...]
Score = tuple[Level, float]
ABSENT = (Level.ABSENT, 0.5)


def closest(ours: Comparable, theirs: Comparable) -> NameEvidence | None:
    return max((names(left, right) for left in ours.names for right in theirs.names), default=None)


def names(left: SpelledName, right: SpelledName) -> NameEvidence:
    if left.full and right.full:
        return unsplit(left.full, right.full)
    if left.full:
        return half_split(right, left.full)
    if right.full:
        return half_split(left, right.full)
    patronymic = patronymics(left.patronymic, right.patronymic)
    straight = evidence(part(left.family, right.family), part(left.given, right.given), patronymic)
    crossed = evidence(part(left.family, right.given), part(left.given, right.family), patronymic, swapped=True)
    better = crossed.weight > straight.weight + 0.5
    return crossed if better or (crossed.strong and not straight.strong) else straight


def evidence(family: Score, given: Score, patronymic: Level, *, swapped: bool = False) -> NameEvidence:
    weight = 2 * family[1] + 2 * given[1] + patronymic / Level.STRONG
    return NameEvidence(weight, family[0], given[0], patronymic, swapped)


def part(left: Words, right: Words) -> Score:
    if not left or not right:
        return ABSENT
    if len(left) > len(right):
        left, right = right, left
    if len(left) == 1 == len(right):
        return word(left[0], right[0])
    free, scores = list(right), []
    for one in left:
        best = max(free, key=lambda other: word(one, other))
        scores.append(word(one, best))
        free.remove(best)
    return max(min(scores), word(joined(left), joined(right)))


def joined(words: Words) -> Spelling:
    return words[0] if len(words) == 1 else spelling("".join(each.word for each in words))


def half_split(split: SpelledName, full: Words) -> NameEvidence:
    free, found = list(full), []
    for words in (split.family, split.given):
        taken = []
        for one in words:
            if free:
                best = max(free, key=lambda other: word(one, other))
                taken.append(word(one, best))
                free.remove(best)
        found.append(min(taken, default=ABSENT))
    return evidence(*found, patronymics(split.patronymic, tuple(free)))


def unsplit(left: Words, right: Words) -> NameEvidence:
    ours, theirs, pairs = list(left), list(right), []
    for _ in range(2):
        if ours and theirs:
            one, other = max(((a, b) for a in ours for b in theirs), key=lambda pair: word(*pair))
            pairs.append(word(one, other))
            ours.remove(one)
            theirs.remove(other)
    pairs += [ABSENT] * (2 - len(pairs))
    return evidence(*pairs, patronymics(tuple(ours), tuple(theirs)))


def patronymics(left: Words, right: Words) -> Level:
    if not left or not right or initial(left[0], right[0]):
        return Level.ABSENT
    return compare_patronymics(" ".join(each.word for each in left), " ".join(each.word for each in right))


def word(left: Spelling, right: Spelling) -> Score:
    if initial(left, right):
        return Level.ABSENT, 0.8
    forms = [(a, b) for a in left.lights for b in right.lights]
    similarity = max((JaroWinkler.similarity(a, b) for a, b in forms), default=0.0)
    if similarity == 1.0 or left.stems & right.stems:
        return Level.STRONG, 1.0
    if left.equivalents & right.equivalents:
        return Level.STRONG, max(similarity, 0.97)
    bones = set(left.skeletons) & set(right.skeletons)
    one_vowel = any(min(len(a), len(b)) >= LONG_NAME and OSA.distance(a, b) <= 1 for a, b in forms)
    other_sex = any(a == b + "a" or b == a + "a" for a, b in forms)
    if bones and (similarity >= STRONG_SIMILARITY or one_vowel) and not other_sex:
        return Level.STRONG, similarity
    if similarity >= NEAR_SIMILARITY and (bones or any(OSA.distance(a, b) <= slips(a, b) for a, b in forms)):
        return Level.NEAR, similarity
    return Level.FAR, similarity


def slips(left: str, right: str) -> int:
    shortest = min(len(left), len(right))
    return 0 if shortest < 4 else 1 if shortest < 8 else 2


def initial(left: Spelling, right: Spelling) -> bool:
    return any(
        len(short.word) == 1
        and any(form.startswith(letter) for letter in short.lights for form in (*long.lights, long.word))
        for short, long in ((left, right), (right, left))
    )
