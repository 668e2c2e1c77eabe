"""Learning from a register itself what agreement is worth.

Pairs are drawn at random, which shows how often different persons agree (u), and from those that blocking
proposes, which hold nearly all pairs of one person (m). `levels.py` tells how each agrees, `em.py` learns.
"""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb
import numpy as np

from gateway.linkage import levels
from gateway.linkage.blocking import Blocked, pairs_of
from gateway.linkage.comparisons import Comparison, told_by_frequency
from gateway.linkage.em import Sample, Samples, learn
from gateway.linkage.model import Frequencies, Model
from gateway.linkage.prepare import Prepared

RANDOM_PAIRS: Final = 400_000
"""Pairs drawn at random, at most."""
RANDOM_PAIRS_LEAST: Final = 100_000
RANDOM_PAIRS_A_RECORD: Final = 40
PROPOSED_PAIRS: Final = 400_000
"""Pairs drawn from those that blocking proposes, all rules together."""
LISTED: Final = 20_000
"""Values of a column whose frequency is kept, at most."""
UNSEEN: Final = 200
"""Records with other values that are thought in when frequencies are told."""
_FREQUENT: Final = 3
"""Records that must have a value for its frequency to be kept: rarer ones name persons."""
EXPECTED: Final = 0.2
"""Pairs of one person that a register is expected to hold, a record, before it is known."""
_RANDOM: Final = "random"
PROPOSED: Final = "proposed"
_COPIES: Final = "copies"
_SAME: Final = "judged the same"
_OTHER: Final = "judged different"
_JUDGED: Final = {_SAME: 1.0, _OTHER: 0.0}
_WORTH_OF_JUDGED: Final = 20
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
    frequencies = {column: frequencies_of(con, column) for column in told_by_frequency(comparisons)}
    prior = min(0.5, 2 * EXPECTED / max(1, prepared.rows - 1))
    if not comparisons or prepared.records < 2:
        return Model(prior, tuple(comparisons), frequencies, prepared.rows)
    # 2. Pairs are drawn and compared.
    _draw(con, prepared, blocked)
    if labelled:
        con.execute(
            f"INSERT INTO drawn SELECT l, r, CASE WHEN same >= 0.5 THEN '{_SAME}' ELSE '{_OTHER}' END FROM labels"
        )
    samples = _samples(con, comparisons, frequencies)
    # 3. What their agreement is worth, and how many pairs of one person there are among all.
    learned = learn(comparisons, samples, prepared.rows * (prepared.rows - 1) / 2, prior)
    return Model(learned.prior, learned.comparisons, frequencies, prepared.rows, learned.rivals)


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


def _draw(con: duckdb.DuckDBPyConnection, prepared: Prepared, blocked: Blocked) -> None:
    """Make `drawn(join_key_l, join_key_r, match_key, stands)`; the same pairs every time.

    `match_key` tells how a pair was drawn, `stands` how many pairs of the register it stands for.
    """
    con.execute(
        f"CREATE TABLE drawn AS "
        f"WITH placed AS (SELECT rid, row_number() OVER (ORDER BY rid) - 1 AS place FROM records), "
        f"thrown AS (SELECT hash(range, 1) % {prepared.records} AS one, hash(range, 2) % {prepared.records} AS other "
        f"FROM range({_random_pairs(prepared.records)})) "
        f"SELECT DISTINCT l.rid AS join_key_l, r.rid AS join_key_r, '{_RANDOM}' AS match_key FROM thrown "
        f"JOIN placed l ON l.place = one JOIN placed r ON r.place = other WHERE one < other"
    )
    parts = max(1, blocked.pairs // PROPOSED_PAIRS)
    pairs_of(con, "proposed", part=0, parts=parts, named=PROPOSED)
    con.execute(
        f"INSERT INTO drawn SELECT * FROM proposed;"
        f"INSERT INTO drawn SELECT rid, rid, '{_COPIES}' FROM records WHERE copies > 1;"
        f"DROP TABLE proposed"
    )
    con.execute("CREATE TABLE stands AS SELECT unnest($1::VARCHAR[]) AS match_key, unnest($2::BIGINT[]) AS many",
                [[_RANDOM, PROPOSED, _SAME, _OTHER], [1, parts, _WORTH_OF_JUDGED, _WORTH_OF_JUDGED]])  # fmt: skip


def _random_pairs(records: int) -> int:
    wanted = min(RANDOM_PAIRS, max(RANDOM_PAIRS_LEAST, RANDOM_PAIRS_A_RECORD * records))
    return min(wanted, records * (records - 1))


def _samples(
    con: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison], frequencies: Mapping[str, Frequencies]
) -> Samples:
    """The patterns of the drawn pairs; leaves the table `sampled` of how each agrees (see `levels.compare`)."""
    levels.compare(con, "drawn", comparisons, frequencies, "sampled")
    places = ", ".join(f"p_{item.name}" for item in comparisons)
    found = con.execute(
        f"SELECT s.match_key, {places}, round(2 * s.rarity) / 2, "
        f"sum(coalesce(stands.many, c.copies * (c.copies - 1) // 2))::BIGINT FROM sampled s "
        f"LEFT JOIN stands USING (match_key) JOIN (SELECT rid, copies FROM records) c ON c.rid = s.rid_l "
        f"GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    con.execute("DROP TABLE drawn; DROP TABLE stands")
    width = len(comparisons)
    return Samples(
        drawn=_sample(found, width, _RANDOM),
        proposed=(_sample(found, width, PROPOSED), _sample(found, width, _COPIES)),
        judged=tuple(_sample(found, width, judged) for judged in _JUDGED),
    )


def _sample(found: Sequence[tuple[Any, ...]], width: int, drawn: str) -> Sample:
    """The lines of the pairs that were drawn in one way; a small register may have none at all."""
    lines = np.array([row[1:] for row in found if row[0] == drawn], dtype=np.float64).reshape(-1, width + 2)
    fixed = np.full(len(lines), _JUDGED[drawn]) if drawn in _JUDGED else None
    return Sample(lines[:, :width].astype(np.int64) - 1, lines[:, -1], lines[:, -2], fixed)
