"""The truth about the population, and how well a node found it out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Described:
    """One person as one register describes one, and the identity a node gave to the description."""

    state: str
    """State of the register, ISO 3166-1 alpha-3."""
    key: str
    """`STATE/system/number` of any one row about the person."""
    identity: str
    """Whatever tells identities apart."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Pairs of descriptions from two states: how many are one human, were taken for one, and rightly so."""

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the pairs found that are right; 1 where none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found; 1 where there are none."""
        return self.right / self.true if self.true else 1.0


@dataclass(frozen=True, slots=True)
class Truth:
    """Which human every row of every register is about."""

    humans: dict[str, int]
    """`STATE/system/number of the row` to the human's number."""

    @classmethod
    def load(cls, path: Path) -> Truth:
        """Read truth.json."""
        return cls(json.loads(path.read_text("utf-8")))

    def same(self, one: str, other: str) -> bool:
        """Whether two rows are about one human; False where either is unknown."""
        return one in self.humans and self.humans[one] == self.humans.get(other)

    def measure(self, described: Iterable[Described]) -> Recognition:
        """Compare identities with humans, over pairs of descriptions by two states.

        Every description counts once. One whose row the truth does not know (a spoiled row that got through)
        is a human of its own, so that whatever it is joined with counts as a mistake.
        """
        known = [(item.state, str(self.humans.get(item.key, item.key)), item.identity) for item in described]
        return Recognition(
            true=_across((state, human) for state, human, _ in known),
            found=_across((state, identity) for state, _, identity in known),
            right=_across((state, f"{human} {identity}") for state, human, identity in known),
        )


def _across(placed: Iterable[tuple[str, str]]) -> int:
    """Pairs in one group from two states: all pairs of the group without those of one state."""
    counts = Counter(placed)
    groups: Counter[str] = Counter()
    within = 0
    for (_, group), size in counts.items():
        groups[group] += size
        within += size * (size - 1) // 2
    return sum(size * (size - 1) // 2 for size in groups.values()) - within
