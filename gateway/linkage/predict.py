"""Every candidate is given its weight, piece by piece, so that memory stays flat."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import duckdb

from gateway.linkage import glance, levels
from gateway.linkage.blocking import Blocked
from gateway.linkage.candidates import choose, pieces
from gateway.linkage.contest import contest
from gateway.linkage.labels import Calibration, calibration
from gateway.linkage.model import Model
from gateway.linkage.prepare import Prepared
from gateway.linkage.scoring import Scorer, scorer

FLOOR: Final = 0.01
"""Probability below which a pair is forgotten: nobody will look at it."""
BINS: Final = 50


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of the pairs."""

    compared: int
    histogram: tuple[int, ...]
    """Pairs by probability, in BINS steps from 0 to 1."""
    calibration: Calibration = ()
    """How the probabilities agree with labels; empty without labels."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be weighed; the records and the candidates stand in tables."""

    prepared: Prepared
    model: Model
    pairs: int
    """The number of candidates."""


Weigh = Callable[[duckdb.DuckDBPyConnection, Work, Callable[[float], None]], Scored]
"""Weighs the candidates into `edges`, and tells the share that is done."""


def predict(
    con: duckdb.DuckDBPyConnection,
    prepared: Prepared,
    model: Model,
    blocked: Blocked,
    *,
    moved: Callable[[float], None],
    labelled: bool = False,
    weigh: Weigh | None = None,
) -> Scored:
    """Make the table `edges(l, r, weight, probability)` of all pairs at or above FLOOR, l < r.

    `moved` is told the share that is done. `labelled` says that there is a table `labels`.
    `weigh` does the work elsewhere (see `spark.py`).
    """
    make_edges(con)
    con.execute("CREATE TABLE selves(rid BIGINT, weight DOUBLE, probability DOUBLE)")
    if not model.comparisons:
        # A register without a single value: nothing can be said of any pair.
        return Scored(0, (0,) * BINS, ())
    look = glance.take(con, prepared, blocked, model)
    engine = scorer(con, model.comparisons, model.prior, model.frequencies)
    work = Work(prepared, model, choose(con, blocked, look, lambda share: moved(share / 2)))
    weighed = weigh(con, work, _second_half(moved)) if weigh else _weigh_here(con, engine, work, _second_half(moved))
    _copies(con, model)
    contest(con, model, "selves", "rid", "rid")
    weighed = _contested(con, model, weighed)
    return replace(weighed, calibration=_calibration(con, engine, model)) if labelled else weighed


def _contested(con: duckdb.DuckDBPyConnection, model: Model, weighed: Scored) -> Scored:
    """The edges weighed against the rivals of the model, and what became of the pairs then."""
    if not model.rivals:
        return weighed
    contest(con, model, "edges")
    con.execute(f"DELETE FROM edges WHERE probability < {FLOOR}")
    histogram = [0] * BINS
    for place, found in con.execute(
        f"SELECT least(floor(probability * {BINS}), {BINS - 1})::INTEGER, count(*) FROM edges GROUP BY 1"
    ).fetchall():
        histogram[place] = found
    histogram[0] += weighed.compared - sum(histogram)
    return replace(weighed, histogram=tuple(histogram))


def make_edges(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table `edges`."""
    con.execute("CREATE TABLE edges(l BIGINT, r BIGINT, weight DOUBLE, probability DOUBLE)")


def _second_half(moved: Callable[[float], None]) -> Callable[[float], None]:
    return lambda share: moved(0.5 + 0.5 * share)


def _weigh_here(con: duckdb.DuckDBPyConnection, engine: Scorer, work: Work, moved: Callable[[float], None]) -> Scored:
    """Weigh all pieces one after the other on this machine."""
    weighed, done = [], 0
    for pairs in pieces(con, work.pairs):
        weighed.append(weigh_pairs(con, engine, pairs))
        done += weighed[-1].compared
        moved(done / max(1, work.pairs))
    return total(weighed)


def weigh_pairs(con: duckdb.DuckDBPyConnection, engine: Scorer, pairs: str) -> Scored:
    """Weigh the pairs of a table, and put what is at or above FLOOR into `edges`."""
    scored = engine.score(pairs)
    histogram = [0] * BINS
    for place, found in con.execute(
        f"SELECT least(floor(match_probability * {BINS}), {BINS - 1})::INTEGER, count(*) FROM {scored} GROUP BY 1"
    ).fetchall():
        histogram[place] += found
    con.execute(
        f"INSERT INTO edges SELECT rid_l, rid_r, match_weight, match_probability FROM {scored} "
        f"WHERE match_probability >= {FLOOR}; DROP TABLE {scored}"
    )
    return Scored(sum(histogram), tuple(histogram))


def total(parts: Sequence[Scored]) -> Scored:
    """What became of the pairs of all parts."""
    return Scored(
        sum(part.compared for part in parts), tuple(map(sum, zip(*(part.histogram for part in parts), strict=True)))
    )


def _calibration(con: duckdb.DuckDBPyConnection, engine: Scorer, model: Model) -> Calibration:
    con.execute("CREATE TABLE labelled_pairs AS SELECT l AS join_key_l, r AS join_key_r, '0' AS match_key FROM labels")
    con.execute(
        "CREATE TABLE labelled AS SELECT rid_l AS l, rid_r AS r, match_weight AS weight, "
        f"match_probability AS probability FROM {engine.score('labelled_pairs')}"
    )
    contest(con, model, "labelled")
    return calibration(con, "labelled")


def _copies(con: duckdb.DuckDBPyConnection, judge: Model) -> None:
    """Fill `selves(rid, weight, probability)`: how surely the copies of one row are one person.

    Rows alike in every column are not always one person: a hundred thousand may bear the same name, and nothing
    else may be known of them.
    """
    con.execute("CREATE TABLE self_pairs AS SELECT rid AS join_key_l, rid AS join_key_r, '0' AS match_key "
                "FROM records WHERE copies > 1")  # fmt: skip
    levels.compare(con, "self_pairs", judge.comparisons, judge.frequencies, "alike")
    con.execute(
        f"INSERT INTO selves SELECT rid_l, weight, 1 / (1 + pow(2.0, -weight)) "
        f"FROM (SELECT rid_l, {levels.weight(judge)} AS weight FROM alike); DROP TABLE alike; DROP TABLE self_pairs"
    )
