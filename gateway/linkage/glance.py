"""A glance at a pair before it is compared in full: what is equal outright, and what is not.

Blocking proposes many pairs that agree in a common given name and a year and in nothing else. To compare them in
full costs some microseconds each; to see which of their columns are equal, as whole numbers, costs a tenth. What
a glance is worth is learned from a sample of pairs that were compared in full.
"""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

from gateway.linkage import levels
from gateway.linkage.blocking import Blocked, pairs_of
from gateway.linkage.columns import Column, Kind
from gateway.linkage.model import Model
from gateway.linkage.prepare import Prepared
from gateway.linkage.train import PROPOSED, PROPOSED_PAIRS

LOST: Final = 0.0002
"""The share of the pairs of one person that a glance may overlook."""
MARGIN: Final = 1.0
"""Bits by which more is let through, for a sample of some hundred pairs of one person does not show the rarest."""
WORTHWHILE: Final = 1_500_000
"""Pairs below which all are compared in full."""
_SMOOTH: Final = 2.0
_A_WORD: Final = 8
"""Columns whose bits fit into a whole number of 64."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the eight bits of one column stand in the whole numbers that are compared at a glance."""

    word: int
    bits: int

    def case(self, equal: float, unequal: float) -> str:
        """One number where the columns of a pair are equal, another where they are not, 0 where one is unknown."""
        return (
            f"CASE WHEN k{self.word} & {1 << self.bits}::UBIGINT = 0 THEN 0 "
            f"WHEN x{self.word} & {255 << self.bits}::UBIGINT = 0 THEN {equal:.4f} ELSE {unequal:.4f} END"
        )


@dataclass(frozen=True, slots=True)
class Glance:
    """What equal and unequal columns say, and from which sum on a pair is compared."""

    weights: tuple[tuple[Place, float, float], ...]
    """A column; its weight where it is equal; its weight where it is not."""
    least: float

    @property
    def words(self) -> int:
        """The whole numbers that hold all columns."""
        return 1 + max(place.word for place, _, _ in self.weights)

    @property
    def total(self) -> str:
        """The sum over what `met` gives of a pair."""
        return f"({' + '.join(place.case(equal, unequal) for place, equal, unequal in self.weights)})::FLOAT"


def met(words: int) -> str:
    """What of two lines `a` and `b` of `codes` is looked at: x has zeros where they are equal, k ones where known."""
    return ", ".join(f"xor(a.s{word}, b.s{word}) AS x{word}, a.k{word} & b.k{word} AS k{word}" for word in range(words))


def _codes(column: Column) -> Iterator[str]:
    """Expressions of what a column is told by."""
    name = column.name
    if column.kind is Kind.DATE:
        yield from (f"{name}_{part}" for part in ("year", "month", "day"))
    elif column.kind is Kind.NAME:
        yield f"{name}_bones[1]"
    elif column.kind is Kind.FULL:
        yield from (f"{name}_bones[1]", f"{name}_bones[-1]")
    else:
        yield name


def _pack(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> list[Place]:
    """Make `codes(rid, s0, k0, s1, …)`: of every column eight bits of a hash, and a bit that says it is known.

    To compare whole columns costs five times as much; two values in 256 that are taken for one do little harm.
    """
    codes = [code for column in prepared.columns for code in _codes(column)]
    places = [Place(number // _A_WORD, 8 * (number % _A_WORD)) for number in range(len(codes))]
    words = []
    for word in range(places[-1].word + 1):
        here = [(code, place.bits) for code, place in zip(codes, places, strict=True) if place.word == word]
        # Multiplied, because DuckDB takes a shift of the highest bits for an overflow.
        signs = " | ".join(f"((hash({code}) & 255) * {1 << bits}::UBIGINT)" for code, bits in here)
        known = " | ".join(f"(({code} IS NOT NULL)::UBIGINT * {1 << bits}::UBIGINT)" for code, bits in here)
        words.append(f"({signs})::UBIGINT AS s{word}, ({known})::UBIGINT AS k{word}")
    con.execute(f"CREATE TABLE codes AS SELECT rid, {', '.join(words)} FROM records")
    return places


def take(con: duckdb.DuckDBPyConnection, prepared: Prepared, blocked: Blocked, judge: Model) -> Glance | None:
    """Make the table `codes` and learn what a glance is worth; None where all pairs can be compared in full.

    The sample that a model was learned from is taken from the table `sampled`; for a saved model one is drawn.
    """
    if blocked.pairs < WORTHWHILE:
        return None
    places = _pack(con, prepared)
    if not con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'sampled'").fetchall():
        _draw(con, blocked, judge)
    con.execute(
        f"CREATE TABLE seen AS SELECT 1 / (1 + pow(2.0, -{levels.weight(judge)})) AS likely, "
        f"{met(places[-1].word + 1)} FROM sampled "
        f"JOIN codes a ON a.rid = rid_l JOIN codes b ON b.rid = rid_r WHERE match_key = '{PROPOSED}'; "
        "DROP TABLE sampled"
    )
    weights = tuple(_weight(con, place) for place in places)
    glance = Glance(weights, _least(con, Glance(weights, 0.0)))
    con.execute("DROP TABLE seen")
    return glance


def _draw(con: duckdb.DuckDBPyConnection, blocked: Blocked, judge: Model) -> None:
    pairs_of(con, "drawn", part=0, parts=max(1, blocked.pairs // PROPOSED_PAIRS), named=PROPOSED)
    levels.compare(con, "drawn", judge.comparisons, judge.frequencies, "sampled")
    con.execute("DROP TABLE drawn")


def _weight(con: duckdb.DuckDBPyConnection, place: Place) -> tuple[Place, float, float]:
    """What it says when a column is equal, and when it is not: the logarithm of how much likelier it is in a match."""
    found = con.execute(
        f"SELECT ({place.case(1, -1)})::INTEGER AS said, sum(likely), sum(1 - likely) FROM seen GROUP BY said"
    ).fetchall()
    one = {said: same + _SMOOTH for said, same, _ in found}
    two = {said: other + _SMOOTH for said, _, other in found}
    ones, twos = (sum(seen.get(said, _SMOOTH) for said in (1, -1)) for seen in (one, two))
    equal, unequal = (math.log2((one.get(said, _SMOOTH) / ones) / (two.get(said, _SMOOTH) / twos)) for said in (1, -1))
    return place, equal, unequal


def _least(con: duckdb.DuckDBPyConnection, glance: Glance) -> float:
    """The sum below which lie no more than LOST of the pairs of one person."""
    rows = con.execute(
        f"SELECT round({glance.total} * 4) / 4 AS total, sum(likely) FROM seen GROUP BY 1 ORDER BY 1"
    ).fetchall()
    bound = LOST * sum(row[1] for row in rows)
    lost = 0.0
    for total, likely in rows:
        lost += likely
        if lost > bound:
            return float(total) - MARGIN
    return -1e9
