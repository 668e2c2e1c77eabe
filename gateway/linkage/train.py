"""Learning from a register itself what agreement is worth.

Pairs are drawn at random, which shows how often different persons agree (u), and from every blocking rule, among
which there are enough of one person to show how often these agree (m). Splink compares them, `em.py` learns.
"""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.
# ruff: noqa: S608

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import duckdb
import numpy as np

from gateway.linkage.blocking import Blocked, pairs_of, rules
from gateway.linkage.comparisons import Comparison
from gateway.linkage.em import Sample, learn
from gateway.linkage.model import Frequencies, Model
from gateway.linkage.prepare import Prepared
from gateway.linkage.scoring import Scorer, ranker, scorer
from gateway.linkage.sql import number

RANDOM_PAIRS: Final = 400_000
"""Pairs drawn at random; a small register has fewer."""
RULE_PAIRS: Final = 400_000
"""Pairs drawn from all blocking rules together, of each the same number at most."""
PRIOR_PAIRS: Final = 250_000
"""Pairs from which the share of pairs of one person is told."""
LISTED: Final = 20_000
"""Values of a column whose frequency is kept, at most."""
UNSEEN: Final = 50
"""Records with other values that are thought in when frequencies are told."""
_FREQUENT: Final = 3
"""Records that must have a value for its frequency to be kept: rarer ones name persons."""
EXPECTED: Final = 0.2
"""Pairs of one person that a register is expected to hold, a record, before it is known."""
_ROUNDS: Final = 30
_RANDOM: Final = "random"
_SAME: Final = "judged the same"
_OTHER: Final = "judged different"
_JUDGED: Final = {_SAME: 1.0, _OTHER: 0.0}
JUDGED: Final = 20.0
"""Pairs that nobody has judged, which one judged pair is worth in learning."""


def train(
    con: duckdb.DuckDBPyConnection,
    prepared: Prepared,
    comparisons: Sequence[Comparison],
    blocked: Blocked,
    *,
    labelled: bool = False,
) -> Model:
    """A model of the register in the table `records`, from the groups in the table `keys`.

    `labelled` says that there is a table `labels` of judged pairs to learn from as well.
    """
    # 1. How frequent the values are, once and for all.
    frequencies = {
        level.frequency: frequencies_of(con, level.frequency)
        for item in comparisons
        for level in item.levels
        if level.frequency
    }
    prior = min(0.5, 2 * EXPECTED / max(1, prepared.rows - 1))
    if not comparisons or prepared.records < 2:
        return Model(prior, tuple(comparisons), frequencies, prepared.rows)
    # 2. Pairs are drawn and compared.
    _draw(con, prepared)
    if labelled:
        con.execute(
            f"INSERT INTO drawn SELECT l, r, CASE WHEN same >= 0.5 THEN '{_SAME}' ELSE '{_OTHER}' END FROM labels"
        )
    samples = _samples(con, ranker(con, comparisons), prepared, comparisons)
    # 3. What their agreement is worth.
    learned = learn(comparisons, samples)
    # 4. How many pairs of one person there are among all.
    prior = _prior(con, scorer(con, learned, prior, frequencies), blocked, prepared.rows, prior)
    return Model(prior, learned, frequencies, prepared.rows)


def frequencies_of(con: duckdb.DuckDBPyConnection, column: str) -> Frequencies:
    """How frequent the values of a column are among records that differ.

    A register of three rows of one name does not show that half the world bears it, so some records with other
    values are thought in.
    """
    total, distinct = con.execute(f"SELECT count({column}), count(DISTINCT {column}) FROM records").fetchall()[0]
    listed = con.execute(
        f"SELECT {column}, count(*) AS n FROM records WHERE {column} IS NOT NULL GROUP BY {column} "
        f"HAVING n >= {_FREQUENT} ORDER BY n DESC, {column} LIMIT {LISTED}"
    ).fetchall()
    of = total + UNSEEN
    rest = total - sum(row[1] for row in listed)
    rare = max(1.0, rest / max(1, distinct - len(listed))) / of
    return Frequencies({str(value): frequent / of for value, frequent in listed}, rare)


def _draw(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> None:
    """Make `drawn(join_key_l, join_key_r, match_key)`: random pairs and pairs of every rule; the same every time."""
    con.execute(
        f"CREATE TABLE drawn AS "
        f"WITH placed AS (SELECT rid, row_number() OVER (ORDER BY rid) - 1 AS place FROM records), "
        f"thrown AS (SELECT hash(range, 1) % {prepared.records} AS one, hash(range, 2) % {prepared.records} AS other "
        f"FROM range(least({RANDOM_PAIRS}, {prepared.records * (prepared.records - 1)}))) "
        f"SELECT DISTINCT l.rid AS join_key_l, r.rid AS join_key_r, '{_RANDOM}' AS match_key FROM thrown "
        f"JOIN placed l ON l.place = one JOIN placed r ON r.place = other WHERE one < other"
    )
    drawn = rules(prepared)
    for place, rule in enumerate(drawn):
        asked = number(
            con,
            "SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM keys WHERE rule = ? GROUP BY key)",
            [place],
        )
        con.execute(
            f"INSERT INTO drawn SELECT l.rid, r.rid, '{rule.name}' FROM keys l JOIN keys r "
            f"ON l.key = r.key AND l.rid < r.rid WHERE l.rule = {place} AND r.rule = {place} "
            f"AND hash(l.rid, r.rid) % {max(1, asked * len(drawn) // RULE_PAIRS)} = 0"
        )


def _samples(
    con: duckdb.DuckDBPyConnection, engine: Scorer, prepared: Prepared, comparisons: Sequence[Comparison]
) -> list[Sample]:
    """The patterns of the drawn pairs, a sample for every way of drawing."""
    scored = engine.score("drawn")
    places = ", ".join(f"round(mw_{item.name})::TINYINT AS p_{item.name}" for item in comparisons)
    found = con.execute(f"SELECT match_key, {places}, count(*) FROM {scored} GROUP BY ALL ORDER BY ALL").fetchall()
    con.execute(f"DROP TABLE {scored}; DROP TABLE drawn")
    blind = {rule.name: rule.columns for rule in rules(prepared)}
    samples = []
    for drawn in dict.fromkeys(str(row[0]) for row in found):
        lines = np.array([row[1:] for row in found if row[0] == drawn], dtype=np.int64)
        samples.append(
            Sample(
                patterns=lines[:, :-1] - 1,
                counts=lines[:, -1].astype(np.float64) * np.float64(JUDGED if drawn in _JUDGED else 1),
                blind=blind.get(drawn, frozenset()),
                share=0.001 if drawn == _RANDOM else 0.1,
                random=drawn == _RANDOM,
                fixed=np.full(len(lines), _JUDGED[drawn]) if drawn in _JUDGED else None,
            )
        )
    return samples


def _prior(con: duckdb.DuckDBPyConnection, engine: Scorer, blocked: Blocked, rows: int, prior: float) -> float:
    """The share of pairs of one person, such that it is the share that the model then finds (EM in one number)."""
    parts = max(1, blocked.pairs // PRIOR_PAIRS)
    pairs_of(con, "prior_pairs", part=0, parts=parts)
    scored = engine.score("prior_pairs")
    odds = math.log2(prior / (1 - prior))
    histogram = con.execute(
        f"SELECT round((match_weight - {odds}) * 4) / 4 AS bits, count(*) FROM {scored} GROUP BY bits"
    ).fetchall()
    con.execute(f"DROP TABLE prior_pairs; DROP TABLE {scored}")
    possible = rows * (rows - 1) / 2
    for _ in range(_ROUNDS):
        odds = math.log2(prior / (1 - prior))
        found = sum(number / (1 + 2.0 ** -(max(-60.0, bits + odds))) for bits, number in histogram) * parts
        prior = min(0.5, max(found, 1.0) / possible)
    return prior
