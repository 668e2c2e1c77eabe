"""Pairs become clusters, and every row gets a band that says whether a human should look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import duckdb

from gateway.linkage.request import Thresholds

WHITE: Final = "white"
YELLOW: Final = "yellow"
GREEN: Final = "green"


def cluster(con: duckdb.DuckDBPyConnection, thresholds: Thresholds) -> None:
    """Make `clusters(row, cluster, probability, band)`, a line for every row of the register, from `edges`.

    Edges are taken from the surest down and join two groups only if the groups as a whole agree: the mean
    probability of all pairs between them, those that were never compared counting as none, must reach half the
    threshold. So a chain of likenesses does not grow into a giant.
    """
    edges = con.execute(
        "SELECT l, r, probability FROM edges WHERE probability >= ? ORDER BY weight DESC, l, r", [thresholds.doubt]
    ).fetchall()
    groups = _Groups()
    joined = groups.join(edges, thresholds)
    con.execute("CREATE OR REPLACE TEMP TABLE members(rid BIGINT, root BIGINT)")
    con.execute(
        "INSERT INTO members SELECT unnest($1::BIGINT[]), unnest($2::BIGINT[])", [[*joined], [*joined.values()]]
    )
    _band(con, thresholds)


class _Groups:
    """Records in groups, with what is known of the pairs between groups."""

    def __init__(self) -> None:
        self.members: dict[int, list[int]] = {}
        self.root: dict[int, int] = {}
        self.likely: dict[int, dict[int, float]] = {}

    def join(self, edges: Iterable[tuple[int, int, float]], thresholds: Thresholds) -> Mapping[int, int]:
        """Record to the first record of its group, for all records of `edges`."""
        edges = list(edges)
        for left, right, probability in edges:
            for record in (left, right):
                self.members.setdefault(record, [record])
                self.root.setdefault(record, record)
                self.likely.setdefault(record, {})
            self.likely[left][right] = self.likely[right][left] = probability
        for left, right, probability in edges:
            if probability < thresholds.join:
                break
            one, other = self.root[left], self.root[right]
            if one != other and self._agree(one, other, thresholds.join / 2):
                self._merge(min(one, other), max(one, other))
        return self.root

    def _agree(self, one: int, other: int, least: float) -> bool:
        total = self.likely[one].get(other, 0.0)
        return total >= least * len(self.members[one]) * len(self.members[other])

    def _merge(self, kept: int, gone: int) -> None:
        for record in self.members[gone]:
            self.root[record] = kept
        self.members[kept] += self.members.pop(gone)
        for neighbour, total in self.likely.pop(gone).items():
            del self.likely[neighbour][gone]
            if neighbour != kept:
                self.likely[kept][neighbour] = self.likely[kept].get(neighbour, 0.0) + total
                self.likely[neighbour][kept] = self.likely[kept][neighbour]


def _band(con: duckdb.DuckDBPyConnection, thresholds: Thresholds) -> None:
    """Probability and band of every record, then of every row; copies of a row that says too little stand alone."""
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
                   coalesce(best.outside, 0) AS outside,
                   s.probability < $join AND best.inside IS NULL AND rows.row <> rows.rid AS parted
            FROM rows LEFT JOIN members m ON m.rid = rows.rid LEFT JOIN best ON best.rid = rows.rid
            LEFT JOIN selves s ON s.rid = rows.rid
        ), settled AS (
            SELECT row, CASE WHEN coalesce(parted, false) THEN row ELSE root END AS cluster,
                   greatest(inside, CASE WHEN same >= $join THEN same END) AS held,
                   greatest(outside, CASE WHEN same < $join THEN same END) AS other
            FROM told
        )
        SELECT row, cluster, round(coalesce(held, 1 - coalesce(other, 0)), 6) AS probability,
               CASE WHEN held IS NULL THEN CASE WHEN coalesce(other, 0) >= $doubt THEN 'yellow' ELSE 'green' END
                    WHEN held < $sure OR coalesce(other, 0) >= $join THEN 'yellow' ELSE 'white' END AS band
        FROM settled ORDER BY row
        """,
        {"join": thresholds.join, "sure": thresholds.sure, "doubt": thresholds.doubt},
    )
