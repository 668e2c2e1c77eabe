"""A model trained on a population that nobody has labelled: the story, step by step.

Pure: people come in as comparables, a model goes out. The same people, seed and start give the same model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict
from random import Random
from typing import Any, Final

from gateway.matching import training_pairs
from gateway.matching.calibration import Judged, calibrate
from gateway.matching.compare import Comparison, compare
from gateway.matching.decide import contradicted, decide
from gateway.matching.em import Learned, Pattern, learn
from gateway.matching.model import Model, Wishes, model_of, standard
from gateway.matching.normalise import Comparable
from gateway.matching.terms import family_word, given_word
from gateway.matching.thresholds import Thresholds, likely
from gateway.matching.training_pairs import Pair
from gateway.names.fold import bone

FEWEST: Final = 200
"""Descriptions below which a population teaches nothing; the starting model is then kept as it is."""
RANDOM_PAIRS: Final = 100_000
MOST_PAIRS: Final = 150_000
"""Pairs looked at in one block; more change the third digit."""
MOST_TERMS: Final = 1_500
"""Words of one field that are kept with their shares; the others count as rare."""
RAREST: Final = 5e-5
"""Share of a word that is not listed: nobody can tell a rarer one from a slip."""
BEARERS: Final = 20
"""Bearers from which a word is listed, so that a model names nobody."""
M_RANGE: Final = (5e-4, 0.999)
U_RANGE: Final = (1e-7, 0.9999)
"""Clamps: EM once learned that a sex never differs, which made one wrong letter a veto (linkage.md, 6)."""
U_PRIOR: Final = 2_000.0
"""Random pairs' worth of the starting model's `u` in every estimate."""
COMPOSED: Final = frozenset({"family", "given", "full", "order", "patronymic", "birthplace"})
"""Fields whose chance is that of two people of one citizenship; of anybody it would be far too small."""
NUMBERS: Final = frozenset({"identifier", "document"})
"""Fields whose agreement random pairs never show: their `u` is the starting model's."""
UNLEARNED: Final = frozenset({("document", "agree-open"), ("document", "agree-number")})
"""Levels without a contrary to count them against; they keep the starting model's shares."""
ENOUGH: Final = 100.0
"""Matches from which what numbers bring together teaches all other fields."""

Row = tuple[str, str]


def train(
    people: Sequence[Comparable],
    *,
    name: str,
    source: str = "",
    judged: Iterable[tuple[Comparable, Comparable, bool]] = (),
    start: Model | None = None,
    wishes: Wishes | None = None,
    seed: int = 1,
) -> Model:
    """A model of these people; `judged` are pairs that humans have called the same or different.

    `name` is how links will remember it, `wishes` what its thresholds follow from (the start's without them).
    Fewer than FEWEST people give the starting model under the new name.
    """
    start, chance = start or standard(), Random(seed)  # noqa: S311 - a sample, no secret.
    data = deepcopy(dict(start.data))
    data |= {"model": name, "source": source, "wishes": asdict(wishes or start.wishes)}
    if len(people) >= FEWEST:
        # 1. How common each word is.
        data["terms"] = _terms(people)
        # 2. What random pairs show.
        u = _by_chance(people, start, chance)
        # 3. What pairs of one human being show, learned from pairs that something brings together.
        m = _by_matches(people, start, u, chance)
        for field, level in u:
            data["fields"][field]["levels"][level] |= {
                "m": _clamped(m[field, level], M_RANGE), "u": _clamped(u[field, level], U_RANGE)
            }  # fmt: skip
        data["population"] = len(people)
    # 4. What human verdicts say of the weights.
    model = model_of(data)
    verdicts = [Judged(compare(one, other, model).weight, same) for one, other, same in judged]
    calibration = calibrate(verdicts, model.population)
    data["calibration"] = {"shift": calibration.shift, "slope": calibration.slope, "pairs": calibration.pairs}
    # 5. How many other people's descriptions reach which weight by chance.
    if len(people) >= FEWEST:
        data["chance"] = _chance(people, model_of(data), chance)
    return model_of(data)


def _clamped(value: float, limits: tuple[float, float]) -> float:
    return float(f"{min(max(value, limits[0]), limits[1]):.4g}")


def _terms(people: Sequence[Comparable]) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {
        field: Counter() for field in ("family", "given", "patronymic", "citizenship", "birthplace")
    }
    for person in people:
        counts["family"].update({family_word(word) for name in person.names for word in name.family})
        counts["given"].update({given_word(word) for name in person.names for word in name.given})
        counts["patronymic"].update({family_word(name.fathers) for name in person.names if name.fathers})
        counts["citizenship"].update(person.citizenships)
        counts["birthplace"].update({bone(word) for word in person.birth_place} - {""})
    known = {
        "family": sum(1 for person in people if any(name.family for name in person.names)),
        "given": sum(1 for person in people if any(name.given for name in person.names)),
        "patronymic": sum(1 for person in people if any(name.fathers for name in person.names)),
        "citizenship": sum(1 for person in people if person.citizenships),
        "birthplace": sum(1 for person in people if person.birth_place),
    }
    return {field: _shares(counted, max(known[field], 1)) for field, counted in counts.items()}


def _shares(counted: Counter[str], known: int) -> dict[str, Any]:
    common = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_TERMS]
    listed = {word: float(f"{count / known:.3g}") for word, count in common if count >= BEARERS}
    return {"rarest": RAREST, "shares": {word: max(share, RAREST) for word, share in listed.items()}}


def _pattern(comparison: Comparison) -> Pattern:
    return tuple([(row.field, row.level) for row in comparison.evidence])


def _patterns(people: Sequence[Comparable], pairs: Iterable[Pair], model: Model) -> Counter[Pattern]:
    return Counter(_pattern(compare(people[one], people[other], model)) for one, other in pairs)


def _by_chance(people: Sequence[Comparable], start: Model, chance: Random) -> dict[Row, float]:
    """The share of random pairs that shows each level, of those whose field can be compared."""
    anybody = _patterns(people, training_pairs.random_pairs(people, RANDOM_PAIRS, chance), start)
    fellows = _patterns(people, training_pairs.fellow_pairs(people, RANDOM_PAIRS, chance), start)
    shares: dict[Row, float] = {}
    for row, level in start.levels.items():
        if row[0] in NUMBERS:
            shares[row] = level.u
            continue
        counted = fellows if row[0] in COMPOSED else anybody
        shown, known = 0, 0
        for pattern, count in counted.items():
            known += count if row[0] == "order" or any(field == row[0] for field, _ in pattern) else 0
            shown += count if row in pattern else 0
        shares[row] = (shown + U_PRIOR * level.u) / (known + U_PRIOR)
    return shares


def _by_matches(people: Sequence[Comparable], start: Model, u: Mapping[Row, float], chance: Random) -> dict[Row, float]:
    """`m` of every level, each field from pairs that another field has brought together."""
    m = {row: level.m for row, level in start.levels.items()}

    def lesson(blocks: training_pairs.Blocks, *besides: str) -> Learned:
        pairs = training_pairs.block_pairs(people, blocks, MOST_PAIRS, chance)
        return learn(_patterns(people, pairs, start), m, u, besides=besides)

    numbers = lesson(training_pairs.by_number, *NUMBERS)
    given = lesson(training_pairs.by_birth_and_given, "birth", "given", "full", "order")
    family = lesson(training_pairs.by_birth_and_family, "birth", "family", "full", "order")
    names = lesson(training_pairs.by_names, "family", "given", "full", "order", "patronymic")
    others = [numbers] if numbers.matches >= ENOUGH else [numbers, given, family, names]
    teachers = {field: others for field, _ in m} | {field: [given, family, names] for field in NUMBERS}
    teachers["family"] = [numbers, given]
    return {row: m[row] if row in UNLEARNED else _mean(row, teachers[row[0]], m[row]) for row in m}


def _mean(row: Row, lessons: Sequence[Learned], known: float) -> float:
    """The mean of what lessons say of a level, by the matches each rests on; `known` where none speaks of it."""
    said = [(lesson.m[row], lesson.matches) for lesson in lessons if row in lesson.m and lesson.matches > 0]
    matches = sum(weight for _, weight in said)
    return sum(value * weight for value, weight in said) / matches if matches else known


def _chance(people: Sequence[Comparable], model: Model, chance: Random) -> dict[str, list[list[float]]]:
    """How many others reach which weight for each person: of those that would be linked, and be reviewed."""
    pairs: set[Pair] = set()
    for blocks in (training_pairs.by_names, training_pairs.by_birth_and_given, training_pairs.by_birth_and_family):
        pairs.update(training_pairs.block_pairs(people, blocks, MOST_PAIRS, chance))
    others: dict[str, defaultdict[int, float]] = {"links": defaultdict(float), "reviews": defaultdict(float)}
    for one, other in sorted(pairs):
        comparison = compare(people[one], people[other], model)
        if contradicted(comparison):
            continue
        strange = 1 - likely(model, len(people), comparison.weight)
        others["reviews"][int(comparison.weight)] += strange
        if decide(comparison, limits=_ANYTHING).verdict == "positive":
            others["links"][int(comparison.weight)] += strange
    return {name: _summed(counted, len(people)) for name, counted in others.items()}


_ANYTHING: Final = Thresholds(-1e9, -1e9)
"""Limits that no weight falls below: only the guards of decide.py stop a pair."""


def _summed(counted: Mapping[int, float], people: int) -> list[list[float]]:
    reached, curve = 0.0, []
    for weight in range(max(counted, default=0), 0, -1):
        reached += counted.get(weight, 0.0)
        curve.append([float(weight), float(f"{reached / people:.3g}")])
    return curve[::-1]
