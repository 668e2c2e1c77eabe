"""Learning from pairs nobody has judged: which levels pairs of one human being show (expectation maximisation).

The shares by chance, `u`, are counted on random pairs and stay fixed; only `m` and the share of matches are
learned, so that nothing but the matches' own habits can move (Winkler, 1988; Herzog, Scheuren, Winkler, 2007).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

Pattern = tuple[tuple[str, str], ...]
"""Field and level of every row of a comparison."""
Shares = Mapping[tuple[str, str], float]

ROUNDS: Final = 40
"""Rounds at most; on the populations tried the shares stood still after fifteen."""
STILL: Final = 1e-5
PRIOR: Final = 25.0
"""Pairs' worth of the starting model's `m` in every estimate: a level hardly seen keeps what it had."""


def group_of(row: tuple[str, str]) -> str:
    """Among which levels a level's share is counted: numbers only among those of a check as good as theirs."""
    field, level = row
    if field == "identifier":
        return "identifier-invalid" if level == "typo" else f"identifier-{level.partition('-')[2]}"
    if field == "document" and level in {"agree-open", "agree-number"}:
        return f"document-{level}"
    return field


@dataclass(frozen=True, slots=True)
class Learned:
    """What one set of pairs says."""

    m: dict[tuple[str, str], float]
    matches: float
    """Pairs of one human being expected among the pairs."""


def learn(patterns: Counter[Pattern], m: Shares, u: Shares, *, besides: Collection[str]) -> Learned:
    """Learn `m` from the patterns of pairs; fields of `besides` brought the pairs together and say nothing here."""
    telling = [
        (tuple(row for row in pattern if row[0] not in besides), count) for pattern, count in sorted(patterns.items())
    ]
    total = sum(patterns.values())
    now, share = dict(m), 0.5
    matches = 0.0
    for _ in range(ROUNDS):
        sums: dict[tuple[str, str], float] = {}
        seen: dict[str, float] = {}
        matches = 0.0
        for rows, count in telling:
            expected = count * _likely(rows, now, u, share)
            matches += expected
            for row in rows:
                sums[row] = sums.get(row, 0.0) + expected
                group = group_of(row)
                seen[group] = seen.get(group, 0.0) + expected
        # `order` is a row only where the names were exchanged: its share is one of all matches.
        seen["order"] = matches
        updated = {
            row: (sums.get(row, 0.0) + PRIOR * m[row]) / (seen.get(group_of(row), 0.0) + PRIOR)
            for row in m
            if row[0] not in besides
        }
        moved = max((abs(updated[row] - now[row]) for row in updated), default=0.0)
        now.update(updated)
        share = min(max(matches / total, 1e-6), 1 - 1e-6) if total else share
        if moved < STILL:
            break
    return Learned({row: now[row] for row in m if row[0] not in besides}, matches)


def _likely(rows: Pattern, m: Shares, u: Shares, share: float) -> float:
    """The chance that a pair of this pattern is of one human being."""
    same, chance = share, 1 - share
    for row in rows:
        same *= m[row]
        chance *= u[row]
    return same / (same + chance) if same + chance else 0.0
