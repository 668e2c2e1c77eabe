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
from gateway.linkage.rivals import Kind, Numbers, Rival, held, kinds

ROUNDS: Final = 40
_LEAST_ROUNDS: Final = 10
_SETTLED: Final = 1e-3
_WEIGHT_OF_DEFAULT: Final = 30.0
"""Pairs that the shares a comparison starts with are worth beside those that were seen."""
_FEW: Final = 30_000
_WEIGHT_IN_FEW: Final = 200.0
FOUND: Final = 0.9
"""The share of the pairs of one person that blocking is taken to propose."""
DIFFERENT: Final = 0.5
"""The share of pairs of one person that may differ altogether where both records know a thing, at most."""
_WEIGHT_IN_KIND: Final = 100.0
"""The same for a kind of two persons, which is no excuse for a few pairs that have many mistakes."""
_LEAST_IN_KIND: Final = 5
"""Pairs of a kind, at least, half-way through."""
_RAREST_KIND: Final = 0.003
"""The share of the pairs of one person that those of a kind come to, at least, in the end: a mistake is rarer."""
_LEAST: Final = 1e-4
_WORTH: Final = 0.01
"""The probability from which a pair teaches how one person agrees with himself, or how a kind of two does."""
_MOST_BITS: Final = 300.0
_NEVER: Final = 1e-9


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


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned."""

    comparisons: tuple[Comparison, ...]
    """The comparisons with their shares m and u."""
    prior: float
    """The share of pairs of one person among all."""
    rivals: tuple[Rival, ...]
    """How two persons may be alike, where the register can tell."""


def learn(comparisons: Sequence[Comparison], samples: Samples, pairs: float, prior: float) -> Learned:
    """What makes the samples likeliest.

    `pairs` is the number of all pairs of the register, `prior` the share that is one person, to begin with.
    """
    found = _Learning(comparisons, samples, pairs, prior)
    for done in range(ROUNDS):
        before = found.prior
        found.again()
        if done == _LEAST_ROUNDS // 2:
            found.dismiss(_LEAST_IN_KIND / pairs)
        if done >= _LEAST_ROUNDS and abs(math.log(found.prior / before)) < _SETTLED:
            break
    found.dismiss(_RAREST_KIND * found.prior)
    return found.learned()


class _Learning:
    """The shares as they stand after so many rounds."""

    def __init__(self, comparisons: Sequence[Comparison], samples: Samples, pairs: float, prior: float) -> None:
        self._comparisons, self._samples, self._pairs, self.prior = comparisons, samples, pairs, prior
        # A register of some dozen rows teaches little that is true of people.
        weight = min(max(_WEIGHT_OF_DEFAULT, _FEW / math.sqrt(2 * pairs)), _WEIGHT_IN_FEW)
        self._start_u = [_shares([level.u for level in item.levels]) for item in comparisons]
        self._default = [_shares([level.m for level in item.levels]) for item in comparisons]
        self._start_m = [shares * weight for shares in self._default]
        drawn = [(samples.drawn, samples.drawn.counts)]
        self._m = list(self._default)
        self._u = [_seen(start, place, drawn) for place, start in enumerate(self._start_u)]
        self._kinds = kinds(comparisons)
        self._rivals = [self._held(kind, self._default) for kind in self._kinds]
        self._frequent = [prior / 4 for _ in self._kinds]

    def again(self) -> None:
        """One round: who is one person under the shares as they are, and the shares that follow."""
        samples = self._samples
        told = [self._likely(sample) for sample in samples.proposed]
        proposed = _weighed(samples.proposed, [_taken(likely[0]) for likely in told])
        self.prior = _prior(sum(float(counts.sum()) for _, counts in proposed), self._pairs)
        judged = [(sample, sample.fixed) for sample in samples.judged if sample.fixed is not None]
        same = proposed + [(sample, sample.counts * fixed) for sample, fixed in judged]
        other = [(sample, sample.counts * (1 - fixed)) for sample, fixed in judged]
        other.append((samples.drawn, samples.drawn.counts * (1 - self._likely(samples.drawn)[0])))
        beside = [
            (sample, sample.counts - counts[1]) for sample, counts in zip(samples.proposed, proposed, strict=True)
        ]
        self._u = [
            np.maximum(_seen(start, place, other), _at_least(start, place, samples, beside, self._pairs))
            for place, start in enumerate(self._start_u)
        ]
        self._m = [
            _bounded(_seen(start, place, same), self._u[place], item)
            for place, (start, item) in enumerate(zip(self._start_m, self._comparisons, strict=True))
        ]
        for place, kind in enumerate(self._kinds):
            alike = _weighed(samples.proposed, [_taken(likely[place + 1]) for likely in told])
            self._frequent[place] = max(1.0, sum(float(counts.sum()) for _, counts in alike)) / self._pairs
            shares = [_seen(start * _WEIGHT_IN_KIND, at, alike) for at, start in enumerate(self._default)]
            self._rivals[place] = self._held(kind, shares)

    def dismiss(self, least: float) -> None:
        """Leave out the kinds of which the register shows next to no pair: they would only take from persons."""
        there = [place for place, share in enumerate(self._frequent) if share >= least]
        self._kinds = tuple(self._kinds[place] for place in there)
        self._rivals = [self._rivals[place] for place in there]
        self._frequent = [self._frequent[place] for place in there]

    def _held(self, kind: Kind, shares: Sequence[Numbers]) -> list[Numbers]:
        return [held(kind, item, *both) for item, *both in zip(self._comparisons, shares, self._u, strict=True)]

    def _likely(self, sample: Sample) -> Numbers:
        """A line for one person and one for every kind of two: the probability of each pattern that it is that."""
        odds = [self.prior / (1 - self.prior), *self._frequent]
        lines = []
        for share, levels in zip(odds, (self._m, *self._rivals), strict=True):
            bits = sample.rarity + math.log2(share)
            for place, item in enumerate(self._comparisons):
                # What agrees in a value of known frequency is as likely by chance as the value is frequent.
                by_chance = [
                    1.0 if level.frequency else float(self._u[place][rank]) for rank, level in enumerate(item.levels)
                ]
                # The place -1 is the last one, and there a zero stands for what is unknown.
                bits = bits + np.append(np.log2(levels[place] / by_chance), 0.0)[sample.patterns[:, place]]
            lines.append(2.0 ** np.clip(bits, -_MOST_BITS, _MOST_BITS))
        odds_of_each = np.stack(lines)
        likely: Numbers = odds_of_each / (1 + odds_of_each.sum(axis=0))
        return likely

    def learned(self) -> Learned:
        """The shares within the bounds of a model."""
        comparisons = tuple(
            replace(
                item,
                levels=tuple(
                    clamped(level, float(self._m[place][rank]), float(self._u[place][rank]))
                    for rank, level in enumerate(item.levels)
                ),
            )
            for place, item in enumerate(self._comparisons)
        )
        rivals = tuple(
            Rival(
                kind.name,
                share,
                {
                    item.name: tuple(max(_NEVER, float(value)) for value in levels)
                    for item, levels in zip(comparisons, shares, strict=True)
                },
            )
            for kind, share, shares in zip(self._kinds, self._frequent, self._rivals, strict=True)
        )
        return Learned(comparisons, self.prior, rivals)


def _weighed(samples: Sequence[Sample], shares: Sequence[Numbers]) -> list[tuple[Sample, Numbers]]:
    return [(sample, sample.counts * share) for sample, share in zip(samples, shares, strict=True)]


def _shares(values: Sequence[float]) -> Numbers:
    shares = np.array(values)
    total: Numbers = shares / shares.sum()
    return total


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
