"""A glance at a pair before it is compared in full: what is equal outright, and what is not.

Blocking proposes many pairs that agree in a common given name and a year and in nothing else. To compare them in
full costs some microseconds each; to see which of their columns are equal, as whole numbers, costs a tenth. What
a glance is worth is learned from a sample of pairs that were compared in full.
"""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.
# ruff: noqa: S608

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

from gateway.linkage.blocking import Blocked, pairs_of
from gateway.linkage.columns import Column, Kind
from gateway.linkage.prepare import Prepared
from gateway.linkage.scoring import Scorer

LOST: Final = 0.0002
"""The share of the pairs of one person that a glance may overlook."""
MARGIN: Final = 4.0
"""Bits by which more is let through, for a sample of some hundred pairs of one person does not show the rarest."""
WORTHWHILE: Final = 1_500_000
"""Pairs below which all are compared in full."""
_SAMPLE: Final = 250_000
_SMOOTH: Final = 2.0


@dataclass(frozen=True, slots=True)
class Glance:
    """What equal and unequal columns say, and from which sum on a pair is compared."""

    weights: tuple[tuple[str, float, float], ...]
    """Column of the table `codes`; its weight where it is equal; its weight where it is not."""
    least: float

    @property
    def sql(self) -> str:
        """The condition on two lines `a` and `b` of `codes`."""
        terms = (
            f"CASE WHEN a.{name} = b.{name} THEN {equal:.4f}::FLOAT "
            f"WHEN a.{name} <> b.{name} THEN {unequal:.4f}::FLOAT ELSE 0::FLOAT END"
            for name, equal, unequal in self.weights
        )
        return f"({' + '.join(terms)})::FLOAT >= {self.least:.4f}::FLOAT"


def _codes(column: Column) -> Iterator[tuple[str, str]]:
    """Names and expressions of the whole numbers that stand for the values of a column."""
    name = column.name
    if column.kind is Kind.DATE:
        for part in ("year", "month", "day"):
            yield f"{name}_{part}", f"{name}_{part}::UINTEGER"
    elif column.kind is Kind.NAME:
        yield name, _number(f"{name}_bones[1]")
    elif column.kind is Kind.FULL:
        yield f"{name}_first", _number(f"{name}_bones[1]")
        yield f"{name}_last", _number(f"{name}_bones[-1]")
    else:
        yield name, _number(name)


def _number(expression: str) -> str:
    return f"CASE WHEN {expression} IS NOT NULL THEN (hash({expression}) % 4294967291)::UINTEGER END"


def take(con: duckdb.DuckDBPyConnection, prepared: Prepared, blocked: Blocked, engine: Scorer) -> Glance | None:
    """Make the table `codes` and learn what a glance is worth; None where all pairs can be compared in full."""
    if blocked.pairs < WORTHWHILE:
        return None
    codes = [code for column in prepared.columns for code in _codes(column)]
    con.execute(
        f"CREATE TABLE codes AS SELECT rid, {', '.join(f'{sql} AS {name}' for name, sql in codes)} FROM records"
    )
    pairs_of(con, "sample_pairs", part=0, parts=max(1, blocked.pairs // _SAMPLE))
    scored = engine.score("sample_pairs")
    weights = tuple(_weight(con, scored, name) for name, _ in codes)
    glance = Glance(weights, _least(con, scored, weights))
    con.execute(f"DROP TABLE {scored}; DROP TABLE sample_pairs")
    return glance


def _weight(con: duckdb.DuckDBPyConnection, scored: str, name: str) -> tuple[str, float, float]:
    """What it says when a column is equal, and when it is not: the logarithm of how much likelier it is in a match."""
    found = con.execute(
        f"SELECT a.{name} = b.{name} AS equal, sum(match_probability), sum(1 - match_probability) FROM {scored} "
        f"JOIN codes a ON a.rid = rid_l JOIN codes b ON b.rid = rid_r WHERE equal IS NOT NULL GROUP BY equal"
    ).fetchall()
    one = {bool(equal): same + _SMOOTH for equal, same, _ in found}
    two = {bool(equal): other + _SMOOTH for equal, _, other in found}
    ones, twos = sum(one.values()) or 1.0, sum(two.values()) or 1.0
    equal, unequal = (
        math.log2((one.get(state, _SMOOTH) / ones) / (two.get(state, _SMOOTH) / twos)) for state in (True, False)
    )
    return name, equal, unequal


def _least(con: duckdb.DuckDBPyConnection, scored: str, weights: tuple[tuple[str, float, float], ...]) -> float:
    """The sum below which lie no more than LOST of the pairs of one person."""
    every = Glance(weights, 0.0).sql.rpartition(" >= ")[0]
    rows = con.execute(
        f"SELECT round({every} * 4) / 4 AS total, sum(match_probability) FROM {scored} "
        f"JOIN codes a ON a.rid = rid_l JOIN codes b ON b.rid = rid_r GROUP BY total ORDER BY total"
    ).fetchall()
    bound = LOST * sum(row[1] for row in rows)
    lost = 0.0
    for total, likely in rows:
        lost += likely
        if lost > bound:
            return float(total) - MARGIN
    return -1e9
