"""Expectation and maximisation over counted patterns: what agreement is worth, from pairs that nobody has judged.

A pattern is how a pair agrees in every comparison. Pairs drawn at random show how often two persons agree (u);
pairs that blocking proposes hold nearly all that are one person, so they show how often one person agrees with
himself (m), each weighed by how likely it is one person at all, under the share of such pairs in the whole
register. That share is learned with the rest. Pairs of rows that are copies of one another count as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.linkage.comparisons import Comparison
from gateway.linkage.model import clamped

ROUNDS: Final = 40
_SETTLED: Final = 1e-3
_WEIGHT_OF_DEFAULT: Final = 30.0
"""Pairs that the shares a comparison starts with are worth beside those that were seen."""
_FEW: Final = 30_000
_WEIGHT_IN_FEW: Final = 200.0
FOUND: Final = 0.9
"""The share of the pairs of one person that blocking is taken to propose."""
DIFFERENT: Final = 0.5
"""The share of pairs of one person that may differ altogether where both records know a thing, at most."""
_LEAST: Final = 1e-4
_WORTH: Final = 0.01
"""The probability from which a pair teaches how one person agrees with himself."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Patterns of pairs that were drawn in one way."""

    patterns: npt.NDArray[np.int64]
    """A line a pattern, a column a comparison: the place of the level from the strongest, -1 where unknown."""
    counts: Numbers
    """Pairs of the register that the pattern stands for."""
    rarity: Numbers
    """Bits by which the values that agree are rare: the sum of -log2 of their frequencies."""
    fixed: Numbers | None = None
    """The probability of every pattern, where a human has judged; else None."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What is learned from."""

    drawn: Sample
    """Pairs drawn at random: nearly all are of two persons."""
    proposed: tuple[Sample, ...]
    """Pairs that blocking proposes, and copies: nearly all that are of one person are among them."""
    judged: tuple[Sample, ...]
    """Pairs that a human has judged."""


def learn(
    comparisons: Sequence[Comparison], samples: Samples, pairs: float, prior: float
) -> tuple[tuple[Comparison, ...], float]:
    """The comparisons with the shares m and u that make the samples likeliest, and the share of pairs of one person.

    `pairs` is the number of all pairs of the register, `prior` the share that is one person, to begin with.
    """
    m = [_shares([level.m for level in item.levels]) for item in comparisons]
    # A register of some dozen rows teaches little that is true of people.
    weight = min(max(_WEIGHT_OF_DEFAULT, _FEW / math.sqrt(2 * pairs)), _WEIGHT_IN_FEW)
    start_m = [shares * weight for shares in m]
    start_u = [_shares([level.u for level in item.levels]) for item in comparisons]
    u = [_seen(start, place, [(samples.drawn, samples.drawn.counts)]) for place, start in enumerate(start_u)]
    for _ in range(ROUNDS):
        before = prior
        likely = [_taken(_likely(sample, comparisons, m, u, prior)) for sample in samples.proposed]
        proposed = [(sample, sample.counts * taken) for sample, taken in zip(samples.proposed, likely, strict=True)]
        prior = _prior(sum(float(counts.sum()) for _, counts in proposed), pairs)
        judged = [(sample, sample.fixed) for sample in samples.judged if sample.fixed is not None]
        same = proposed + [(sample, sample.counts * fixed) for sample, fixed in judged]
        other = [(sample, sample.counts * (1 - fixed)) for sample, fixed in judged]
        other.append((samples.drawn, samples.drawn.counts * (1 - _likely(samples.drawn, comparisons, m, u, prior))))
        beside = [
            (sample, sample.counts - counts[1]) for sample, counts in zip(samples.proposed, proposed, strict=True)
        ]
        u = [
            np.maximum(_seen(start, place, other), _at_least(start, place, samples, beside, pairs))
            for place, start in enumerate(start_u)
        ]
        m = [
            _bounded(_seen(start, place, same), u[place], item)
            for place, (start, item) in enumerate(zip(start_m, comparisons, strict=True))
        ]
        if abs(math.log(prior / before)) < _SETTLED:
            break
    found = tuple(
        replace(
            item,
            levels=tuple(
                clamped(level, float(m[place][rank]), float(u[place][rank])) for rank, level in enumerate(item.levels)
            ),
        )
        for place, item in enumerate(comparisons)
    )
    return found, prior


def _shares(values: Sequence[float]) -> Numbers:
    shares = np.array(values)
    total: Numbers = shares / shares.sum()
    return total


def _likely(
    sample: Sample, comparisons: Sequence[Comparison], m: Sequence[Numbers], u: Sequence[Numbers], prior: float
) -> Numbers:
    """The probability of each pattern that it is one person."""
    bits = sample.rarity + math.log2(prior / (1 - prior))
    for place, item in enumerate(comparisons):
        # What agrees in a value of known frequency is as likely by chance as the value is frequent.
        by_chance = [1.0 if level.frequency else float(u[place][rank]) for rank, level in enumerate(item.levels)]
        # The place -1 is the last one, and there a zero stands for what is unknown.
        bits = bits + np.append(np.log2(m[place] / by_chance), 0.0)[sample.patterns[:, place]]
    likely: Numbers = 1 / (1 + 2.0 ** -np.clip(bits, -60, 60))
    return likely


def _taken(likely: Numbers) -> Numbers:
    """The probability where it is worth a word, else none.

    Countless pairs of one nation that are a little alike would together outweigh the few of one person, and a
    register in which names, states and numbers go together would teach that to differ means nothing.
    """
    taken: Numbers = np.where(likely >= _WORTH, likely, 0.0)
    return taken


def _prior(found: float, pairs: float) -> float:
    return min(max(found / FOUND, 1.0) / pairs, 0.5)


def _seen(start: Numbers, place: int, samples: Sequence[tuple[Sample, Numbers]]) -> Numbers:
    """The shares of the levels of one comparison, the pairs counted as often as is said beside each sample."""
    counted = start + _counted(start, place, samples)
    shares: Numbers = counted / counted.sum()
    return shares


def _counted(start: Numbers, place: int, samples: Sequence[tuple[Sample, Numbers]]) -> Numbers:
    counted = np.zeros(len(start))
    for sample, counts in samples:
        ranks = sample.patterns[:, place]
        known = ranks >= 0
        counted += np.bincount(ranks[known], counts[known], len(start))
    return counted


def _at_least(
    start: Numbers, place: int, samples: Samples, beside: Sequence[tuple[Sample, Numbers]], pairs: float
) -> Numbers:
    """What u is at least, for the proposed pairs of two persons are some of all; a random sample misses rare levels."""
    ranks = samples.drawn.patterns[:, place]
    known = float(samples.drawn.counts[ranks >= 0].sum()) / max(1.0, float(samples.drawn.counts.sum()))
    seen = _counted(start, place, beside)
    shares: Numbers = seen / max(1.0, known * pairs)
    return shares


def _bounded(m: Numbers, u: Numbers, item: Comparison) -> Numbers:
    """Shares that make sense whatever was seen: to differ altogether is never evidence for one person.

    Without this, a small register in which names repeat is taken for one of few people under many names.
    """
    most = np.array([level.most for level in item.levels])
    most[-1] = min(most[-1], DIFFERENT, u[-1])
    bounded: Numbers = np.clip(m, _LEAST, most)
    return bounded
