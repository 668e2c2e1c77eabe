"""Learning from a register itself what agreement is worth: shares u from random pairs, shares m by EM.

EM runs once a way of blocking, on a bounded sample of pairs that agree in some columns, and teaches the levels of
the other columns. What was not seen keeps the shares that `comparisons.py` starts with.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import duckdb
from splink import block_on
from splink.internals.exceptions import EMTrainingException

from gateway.linkage.blocking import Blocked, pairs_of
from gateway.linkage.comparisons import Comparison, Level
from gateway.linkage.model import Frequencies, Model, clamped
from gateway.linkage.prepare import Prepared
from gateway.linkage.scoring import Scorer, scorer

SMALLEST: Final = 100
"""Records below which nothing can be learned."""
RANDOM_PAIRS: Final = 2_000_000
EM_PAIRS: Final = 1_000_000
_SEED: Final = 1
_ROUNDS: Final = 30
LISTED: Final = 20_000
"""Values of a column whose frequency is kept, at most."""
_FREQUENT: Final = 3
"""Rows that must have a value for its frequency to be kept: rarer ones name persons."""
EXPECTED: Final = 0.2
"""Pairs of one person that a register is expected to hold, a record, before it is known."""


def train(
    con: duckdb.DuckDBPyConnection, prepared: Prepared, comparisons: Sequence[Comparison], blocked: Blocked
) -> Model:
    """A model of the register in the table `records`."""
    frequencies = {
        level.frequency: frequencies_of(con, level.frequency)
        for item in comparisons
        for level in item.levels
        if level.frequency
    }
    prior = min(0.5, 2 * EXPECTED / max(1, prepared.rows - 1))
    learned = tuple(comparisons)
    if prepared.records >= SMALLEST:
        engine = scorer(con, comparisons, prior, frequencies)
        _learn(engine, prepared)
        saved = engine.linker.misc.save_model_to_json()
        levels = {item["output_column_name"]: item["comparison_levels"] for item in saved["comparisons"]}
        learned = tuple(_taken(item, levels) for item in comparisons)
        prior = _prior(con, scorer(con, learned, prior, frequencies), blocked, prepared.rows, prior)
    return Model(prior, learned, frequencies, prepared.rows)


def frequencies_of(con: duckdb.DuckDBPyConnection, column: str) -> Frequencies:
    """How frequent the values of a column are."""
    total, distinct = con.execute(
        f"SELECT coalesce(sum(copies), 0)::BIGINT, count(DISTINCT {column}) FROM records WHERE {column} IS NOT NULL"
    ).fetchall()[0]
    listed = con.execute(
        f"SELECT {column}, sum(copies)::BIGINT AS n FROM records WHERE {column} IS NOT NULL GROUP BY {column} "
        f"HAVING n >= {_FREQUENT} ORDER BY n DESC, {column} LIMIT {LISTED}"
    ).fetchall()
    rest = total - sum(row[1] for row in listed)
    others = max(1, distinct - len(listed))
    rare = max(1.0, rest / others) / max(1, total)
    return Frequencies({str(value): number / total for value, number in listed}, rare)


def _learn(engine: Scorer, prepared: Prepared) -> None:
    training = engine.linker.training
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=_SEED)
    for columns in _training_blocks(prepared):
        try:
            training.estimate_parameters_using_expectation_maximisation(
                block_on(*columns),
                estimate_without_term_frequencies=True,
                max_pairs=EM_PAIRS,
                record_sample_proportion=min(1.0, max(0.01, 20_000 / prepared.records)),
            )
        except EMTrainingException:
            # No two records share such a block, so it teaches nothing.
            continue


def _training_blocks(prepared: Prepared) -> Iterator[tuple[str, ...]]:
    """Ways of blocking that leave every column to be learned in one of them at least."""
    for columns in (
        ("birth_date",),
        ("family_name", "given_name"),
        ("full_name",),
        ("identifier",),
        ("postcode", "family_name"),
        ("postcode", "given_name"),
        ("place", "family_name"),
        ("birth_place", "full_name"),
    ):
        if prepared.has(*columns):
            yield columns


def _taken(comparison: Comparison, learned: Mapping[str, Any]) -> Comparison:
    """The comparison with what Splink has learned of it."""
    levels = [level for level in learned[comparison.name] if not level.get("is_null_level")]
    return replace(comparison, levels=tuple(map(_level, comparison.levels, levels)))


def _level(ours: Level, theirs: Mapping[str, Any]) -> Level:
    # Splink writes a sentence in place of a share that it could not learn, or nothing.
    m, u = theirs.get("m_probability"), theirs.get("u_probability")
    return clamped(ours, m if isinstance(m, float) else ours.m, u if isinstance(u, float) else ours.u)


def _prior(con: duckdb.DuckDBPyConnection, engine: Scorer, blocked: Blocked, rows: int, prior: float) -> float:
    """The share of pairs of one person, such that it is the share that the model then finds (EM in one number)."""
    pairs_of(con, 0, blocked.parts, "prior_pairs")
    scored = engine.score("prior_pairs")
    odds = math.log2(prior / (1 - prior))
    histogram = con.execute(
        f"SELECT round((match_weight - {odds}) * 4) / 4 AS bits, count(*) FROM {scored} GROUP BY bits"
    ).fetchall()
    con.execute(f"DROP TABLE prior_pairs; DROP TABLE {scored}")
    possible = rows * (rows - 1) / 2
    for _ in range(_ROUNDS):
        odds = math.log2(prior / (1 - prior))
        found = sum(number / (1 + 2.0 ** -(max(-60.0, bits + odds))) for bits, number in histogram) * blocked.parts
        prior = min(0.5, max(found, 1.0) / possible)
    return prior
