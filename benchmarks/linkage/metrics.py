"""How well a linkage found the truth: pairs, clusters, and B³. Recall counts every true pair, found or not.

*Pairs* asks about the pairs that a contestant judged to be one person, before clusters are made of them; *clusters*
about all pairs that stand in one cluster; *B³* about every record: which part of its cluster belongs to it, and
which part of its person stands there, averaged over the records (Bagga and Baldwin 1998).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision and recall."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def numbered(labels: Iterable[object]) -> Labels:
    """Labels of any kind as numbers from 0."""
    known: dict[object, int] = {}
    return np.fromiter((known.setdefault(label, len(known)) for label in labels), dtype=np.int64)


def pairs_within(labels: Labels) -> int:
    """How many pairs of records bear one label."""
    sizes = np.unique(labels, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def of_clusters(truth: Labels, found: Labels) -> Figures:
    """The pairs that the clusters imply, against all true pairs."""
    right = pairs_within(_crossed(truth, found))
    return _share(right, pairs_within(found), pairs_within(truth))


def of_pairs(truth: Labels, left: Labels, right: Labels) -> Figures:
    """Pairs of positions, each named once, against all true pairs."""
    return _share(int((truth[left] == truth[right]).sum()), len(left), pairs_within(truth))


def b_cubed(truth: Labels, found: Labels) -> Figures:
    """Precision and recall of every record's cluster, averaged over the records."""
    cells, cell_of, shared = np.unique(_crossed(truth, found), return_inverse=True, return_counts=True)
    del cells
    sizes, persons = np.bincount(found), np.bincount(truth)
    together = shared[cell_of]
    return Figures(float((together / sizes[found]).mean()), float((together / persons[truth]).mean()))


def components(count: int, left: Sequence[int] | Labels, right: Sequence[int] | Labels) -> Labels:
    """The cluster of each of so many records when every pair joins two: connected components."""
    root = list(range(count))
    for one, other in zip(map(int, left), map(int, right), strict=True):
        first, second = _top(root, one), _top(root, other)
        root[max(first, second)] = min(first, second)
    return np.fromiter((_top(root, each) for each in range(count)), dtype=np.int64, count=count)


@dataclass(frozen=True, slots=True)
class Best:
    """The threshold at which the clusters of a contestant are best, and the one for its pairs."""

    of_clusters: float
    of_pairs: float


def best(truth: Labels, left: Labels, right: Labels, probability: NDArray[np.float64]) -> Best:
    """The thresholds with the highest F1 among all that there are; equal probabilities are never parted."""
    order = np.argsort(-probability, kind="stable")
    left, right, probability = left[order], right[order], probability[order]
    hits = np.cumsum(truth[left] == truth[right])
    last = np.flatnonzero(np.append(probability[1:] != probability[:-1], True))
    every, groups = pairs_within(truth), _Groups(truth)
    pairs, clusters, begun = (-1.0, 1.0), (-1.0, 1.0), 0
    for mark in map(int, last):
        for one, other in zip(left[begun : mark + 1].tolist(), right[begun : mark + 1].tolist(), strict=True):
            groups.join(one, other)
        begun, threshold = mark + 1, float(probability[mark])
        pairs = max(pairs, (_share(int(hits[mark]), begun, every).f1, threshold))
        clusters = max(clusters, (_share(groups.right, groups.made, every).f1, threshold))
    return Best(clusters[1], pairs[1])


class _Groups:
    """Clusters that grow pair by pair, with the pairs within them counted as they grow."""

    def __init__(self, truth: Labels) -> None:
        self.made = self.right = 0
        self._root = list(range(len(truth)))
        self._sizes = [1] * len(truth)
        self._persons: list[dict[int, int]] = [{person: 1} for person in truth.tolist()]

    def join(self, one: int, other: int) -> None:
        """Two records stand in one cluster, and so do their clusters."""
        kept, gone = _top(self._root, one), _top(self._root, other)
        if kept == gone:
            return
        if self._sizes[kept] < self._sizes[gone]:
            kept, gone = gone, kept
        self.made += self._sizes[kept] * self._sizes[gone]
        persons = self._persons[kept]
        for person, count in self._persons[gone].items():
            self.right += persons.get(person, 0) * count
            persons[person] = persons.get(person, 0) + count
        self._root[gone] = kept
        self._sizes[kept] += self._sizes[gone]
        self._persons[gone] = {}


def _share(right: int, found: int, every: int) -> Figures:
    return Figures(right / found if found else 1.0, right / every if every else 1.0)


def _crossed(truth: Labels, found: Labels) -> Labels:
    return truth * (int(found.max(initial=0)) + 1) + found


def _top(root: list[int], each: int) -> int:
    while root[each] != each:
        root[each] = root[root[each]]
        each = root[each]
    return each
