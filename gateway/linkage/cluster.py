"""Pairs become clusters, and every row gets a band that says whether a human should look."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import duckdb

from gateway.linkage import levels
from gateway.linkage.comparisons import PERMANENT, Comparison
from gateway.linkage.groups import Groups
from gateway.linkage.model import Model, bits
from gateway.linkage.request import Thresholds

WHITE: Final = "white"
YELLOW: Final = "yellow"
GREEN: Final = "green"


def cluster(con: duckdb.DuckDBPyConnection, judge: Model, thresholds: Thresholds) -> None:
    """Make `clusters(row, cluster, probability, band)`, a line for every row of the register, from `edges`.

    Pairs that have no other neighbour are settled by their own probability; the rest by `groups.py`.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE alone AS
        WITH ends AS (SELECT l AS rid FROM edges UNION ALL SELECT r FROM edges),
        once AS (SELECT rid FROM ends GROUP BY rid HAVING count(*) = 1)
        SELECT l, r, probability FROM edges SEMI JOIN once a ON a.rid = l SEMI JOIN once b ON b.rid = r;
        CREATE OR REPLACE TEMP TABLE crowded AS SELECT l, r, weight FROM edges ANTI JOIN alone USING (l, r);
        """
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE members AS SELECT unnest([l, r]) AS rid, l AS root, probability AS whole, "
        "0::DOUBLE AS beside FROM alone WHERE probability >= ?",
        [thresholds.join],
    )
    least = math.log2(thresholds.join / (1 - thresholds.join)) if thresholds.join < 1 else math.inf
    groups = _crowds(con, [item for item in judge.comparisons if item.name in PERMANENT])
    joined = [
        (each.record, each.root, None if each.held is None else _probability(each.held), _probability(each.beside))
        for each in groups.join(least)
    ]
    columns = [list(column) for column in zip(*joined, strict=True)] or [[], [], [], []]
    con.execute(
        "INSERT INTO members SELECT unnest($1::BIGINT[]), unnest($2::BIGINT[]), unnest($3::DOUBLE[]), "
        "unnest($4::DOUBLE[])",
        columns,
    )
    _band(con, thresholds)


def _probability(bits_for: float) -> float:
    return 1 / (1 + math.exp2(-bits_for))


def _crowds(con: duckdb.DuckDBPyConnection, permanent: Sequence[Comparison]) -> Groups:
    """The groups of records that have several neighbours, with the bits of what is permanent told apart."""
    told = "".join(f", {_bits(item)}" for item in permanent)
    found = con.execute(
        f"SELECT l, r, weight{told} FROM (SELECT c.l, c.r, c.weight{levels.sides(con, permanent)} FROM crowded c "
        "JOIN records a ON a.rid = c.l JOIN records b ON b.rid = c.r ORDER BY c.l, c.r)"
    ).fetchall()
    known = "".join(f", {item.name} IS NOT NULL" for item in permanent)
    knows = {
        row[0]: row[1:]
        for row in con.execute(
            f"SELECT rid{known} FROM records "
            "SEMI JOIN (SELECT l AS rid FROM crowded UNION ALL SELECT r FROM crowded) USING (rid)"
        ).fetchall()
    }
    return Groups(((row[0], row[1], row[2] - sum(filter(None, row[3:])), row[3:]) for row in found), knows)


def _bits(item: Comparison) -> str:
    """What a comparison says of a pair in bits, as SQL; NULL where it says nothing."""
    return levels.case(item, "NULL", [f"{bits(level):.6f}::DOUBLE" for level in item.levels])


def _band(con: duckdb.DuckDBPyConnection, thresholds: Thresholds) -> None:
    """Probability and band of every record, then of every row; copies of a row that says too little stand alone.

    A record needs no review where its surest link is sure, its group holds it as a whole, and no other group might
    be its own. One pair of another group's may be as likely as it likes: the groups have been compared.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE ties AS
        SELECT e.l, e.r, e.probability, coalesce(a.root, e.l) = coalesce(b.root, e.r) AS inside
        FROM edges e LEFT JOIN members a ON a.rid = e.l LEFT JOIN members b ON b.rid = e.r;
        CREATE OR REPLACE TEMP TABLE best AS
        SELECT rid, max(probability) FILTER (inside) AS inside, max(probability) FILTER (NOT inside) AS outside
        FROM (SELECT l AS rid, probability, inside FROM ties UNION ALL SELECT r, probability, inside FROM ties)
        GROUP BY rid;
        CREATE TABLE clusters AS
        WITH told AS (
            SELECT rows.row, coalesce(m.root, rows.rid) AS root, rows.rid, s.probability AS same, best.inside,
                   coalesce(m.whole, 1) AS whole, m.whole IS NOT NULL AS grouped,
                   coalesce(CASE WHEN grouped THEN m.beside ELSE best.outside END, 0) AS outside,
                   s.probability < $join AND best.inside IS NULL AND rows.row <> rows.rid AS parted
            FROM rows LEFT JOIN members m ON m.rid = rows.rid LEFT JOIN best ON best.rid = rows.rid
            LEFT JOIN selves s ON s.rid = rows.rid
        ), settled AS (
            SELECT row, CASE WHEN coalesce(parted, false) THEN row ELSE root END AS cluster,
                   greatest(inside, CASE WHEN same >= $join THEN same END) AS held, whole,
                   greatest(outside, CASE WHEN same < $join THEN same END) AS other
            FROM told
        )
        SELECT row, cluster, round(coalesce(least(held, whole), 1 - coalesce(other, 0)), 6) AS probability,
               CASE WHEN held IS NULL THEN CASE WHEN coalesce(other, 0) >= $doubt THEN 'yellow' ELSE 'green' END
                    WHEN held < $sure OR whole < $held OR coalesce(other, 0) >= $join THEN 'yellow'
                    ELSE 'white' END AS band
        FROM settled ORDER BY row
        """,
        {"join": thresholds.join, "sure": thresholds.sure, "doubt": thresholds.doubt, "held": thresholds.held},
    )
