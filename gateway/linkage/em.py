"""Expectation and maximisation over counted patterns: what agreement is worth, from pairs that nobody has judged.

A pattern is how a pair agrees in every comparison; pairs come in samples, each drawn in one way. Samples share m
and u and differ in the share of pairs that are one person. A sample of pairs that were found because they agree
in some columns tells nothing of those columns, so these are left out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.linkage.comparisons import Comparison
from gateway.linkage.model import clamped

ROUNDS: Final = 60
_SETTLED: Final = 1e-5
_WEIGHT_OF_DEFAULT: Final = 20.0
"""Pairs that the shares a comparison starts with are worth beside those that were seen."""

Numbers = npt.NDArray[np.float64]


@dataclass(slots=True)
class Sample:
    """Patterns of pairs that were drawn in one way."""

    patterns: npt.NDArray[np.int64]
    """A line a pattern, a column a comparison: the place of the level from the strongest, -1 where unknown."""
    counts: Numbers
    blind: frozenset[str]
    """Comparisons that the way of drawing has settled."""
    share: float
    """The share of pairs of one person, to begin with."""
    fixed: Numbers | None = None
    """The probability of every pattern, where a human has judged; else None."""
    random: bool = False
    """Whether the pairs were drawn at random, so that they show u."""


def learn(comparisons: Sequence[Comparison], samples: Sequence[Sample]) -> tuple[Comparison, ...]:
    """The comparisons with the shares m and u that make the samples likeliest."""
    m = [np.array([level.m for level in item.levels]) for item in comparisons]
    u = [np.array([level.u for level in item.levels]) for item in comparisons]
    start_m = [shares / shares.sum() * _WEIGHT_OF_DEFAULT for shares in m]
    start_u = [shares / shares.sum() * _WEIGHT_OF_DEFAULT for shares in u]
    for _ in range(ROUNDS):
        seen_m, seen_u = [shares.copy() for shares in start_m], [shares.copy() for shares in start_u]
        for sample in samples:
            likely = _expected(sample, comparisons, m, u)
            for place, item in enumerate(comparisons):
                if item.name not in sample.blind:
                    _count(seen_m[place], sample.patterns[:, place], sample.counts * likely)
                    if sample.random:
                        _count(seen_u[place], sample.patterns[:, place], sample.counts * (1 - likely))
        before = m
        m, u = [shares / shares.sum() for shares in seen_m], [shares / shares.sum() for shares in seen_u]
        if max(float(np.abs(new - old).max()) for new, old in zip(m, before, strict=True)) < _SETTLED:
            break
    return tuple(
        replace(
            item,
            levels=tuple(
                clamped(level, float(m[place][rank]), float(u[place][rank])) for rank, level in enumerate(item.levels)
            ),
        )
        for place, item in enumerate(comparisons)
    )


def _expected(sample: Sample, comparisons: Sequence[Comparison], m: Sequence[Numbers], u: Sequence[Numbers]) -> Numbers:
    """The probability of each pattern, and the sample's share anew."""
    if sample.fixed is not None:
        return sample.fixed
    odds = np.full(len(sample.counts), np.log(sample.share / (1 - sample.share)))
    for place, item in enumerate(comparisons):
        if item.name not in sample.blind:
            # The place -1 is the last one, and there a zero stands for what is unknown.
            odds += np.append(np.log(m[place] / u[place]), 0.0)[sample.patterns[:, place]]
    likely: Numbers = 1 / (1 + np.exp(-np.clip(odds, -60, 60)))
    share = float((likely * sample.counts).sum() / sample.counts.sum())
    sample.share = min(max(share, 1e-7), 0.999)
    return likely


def _count(seen: Numbers, ranks: npt.NDArray[np.int64], counts: Numbers) -> None:
    known = ranks >= 0
    seen += np.bincount(ranks[known], counts[known], len(seen))
