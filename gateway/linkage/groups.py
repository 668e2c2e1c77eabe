"""Records joined into groups, by what all pairs between two groups say together and not by the best of them.

Average linkage: the two groups that agree most are joined first, and as long as their pairs agree on the average.
So a chain of likenesses grows into no giant, and one clerk's error does not part what ten records hold together.
What a human being has once and for all (`comparisons.PERMANENT`) is averaged apart, over the pairs in which both
know it, and speaks the louder against, the more records of both groups know it: ten records that say 1863 and
eight that say 1895 are father and son, though name, home and trade be the same.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

NEVER_COMPARED: Final = -6.6
"""Bits that stand for a pair which blocking did not propose, or which was forgotten: those of `predict.FLOOR`."""
LOUDEST: Final = 4
"""How many times as loud a contradiction of permanent fields may become."""
_HIGHEST: Final = 30.0

Edge = tuple[int, int, float, tuple[float | None, ...]]
"""Two records, the bits of their pair without the permanent fields, and those of each of these (None: unknown)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands when all groups are joined."""

    record: int
    root: int
    """The smallest record of its group."""
    held: float | None
    """Bits by which the smaller side agreed with the larger one, where the record was on the smaller and the agreement
    was the least; None for a record alone."""
    beside: float
    """Bits by which its group agrees with the group outside that it agrees with most."""


class Groups:
    """Records in groups, with the sums of the bits between every two groups that have a pair."""

    def __init__(self, edges: Iterable[Edge], known: Mapping[int, Sequence[bool]]) -> None:
        self.members: dict[int, list[int]] = {}
        self._known: dict[int, list[int]] = {}
        self._between: dict[int, dict[int, list[float]]] = {}
        self._changes: dict[int, int] = {}
        self._held: dict[int, float] = {}
        for left, right, bits, permanent in edges:
            for record in (left, right):
                if record not in self.members:
                    self.members[record] = [record]
                    self._known[record] = [int(told) for told in known[record]]
                    self._between[record] = {}
                    self._changes[record] = 0
            sums = [max(-_HIGHEST, min(_HIGHEST, bits)), 1.0]
            for told in permanent:
                sums += [0.0, 0.0] if told is None else [told, 1.0]
            self._between[left][right] = self._between[right][left] = sums

    def join(self, least: float) -> Iterator[Standing]:
        """Join while two groups agree by at least so many bits; where every record stands then."""
        heap = [
            (-agreed, one, other, 0, 0)
            for one, others in self._between.items()
            for other in others
            if one < other and (agreed := self._agreement(one, other)) >= least
        ]
        heapq.heapify(heap)
        while heap:
            disagreed, one, other, then, there = heapq.heappop(heap)
            if self._changes.get(one) != then or self._changes.get(other) != there:
                continue  # One of them has grown since, and stands in the heap anew.
            self._hold(one, other, -disagreed)
            if len(self._between[one]) < len(self._between[other]):
                one, other = other, one
            self._merge(one, other)
            for third in self._between[one]:
                agreed = self._agreement(one, third)
                if agreed >= least:
                    heapq.heappush(heap, (-agreed, one, third, self._changes[one], self._changes[third]))
        for place, group in self.members.items():
            root = min(group)
            beside = max((self._agreement(place, other) for other in self._between[place]), default=NEVER_COMPARED)
            for record in group:
                yield Standing(record, root, self._held.get(record), beside)

    def _hold(self, one: int, other: int, agreed: float) -> None:
        """Remember by how little the smaller of two groups is held by the larger; both where neither is larger."""
        small, large = sorted((self.members[one], self.members[other]), key=len)
        for record in small if len(small) < len(large) else small + large:
            self._held[record] = min(self._held.get(record, agreed), agreed)

    def _agreement(self, one: int, other: int) -> float:
        sums = self._between[one][other]
        pairs = sums[1]
        bits = sums[0] / pairs
        for place in range(2, len(sums), 2):
            if sums[place + 1]:
                mean = sums[place] / sums[place + 1]
                told = min(LOUDEST, self._known[one][place // 2 - 1], self._known[other][place // 2 - 1])
                bits += mean * max(told, 1) if mean < 0 else mean
        share = pairs / (len(self.members[one]) * len(self.members[other]))
        return min(bits, _HIGHEST) * share + NEVER_COMPARED * (1 - share)

    def _merge(self, kept: int, gone: int) -> None:
        self.members[kept] += self.members.pop(gone)
        self._known[kept] = [a + b for a, b in zip(self._known[kept], self._known.pop(gone), strict=True)]
        self._changes[kept] += 1
        del self._changes[gone], self._between[kept][gone]
        for third, sums in self._between.pop(gone).items():
            if third == kept:
                continue
            del self._between[third][gone]
            here = self._between[kept].get(third)
            both = sums if here is None else [a + b for a, b in zip(here, sums, strict=True)]
            self._between[kept][third] = self._between[third][kept] = both
