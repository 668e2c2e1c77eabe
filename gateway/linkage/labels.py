"""Pairs that people have judged: what they teach, and how well the model's probabilities agree with them."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from gateway.errors import Misuse
from gateway.linkage.read import load, open_register
from gateway.linkage.sql import number

MOST: Final = 500_000
"""Judged pairs that are used."""
BINS: Final = 10
_PAIRS: Final = (
    ("id_l", "unique_id_l", "left", "id_1"),
    ("id_r", "unique_id_r", "right", "id_2"),
    ("label", "clerical_match_score", "match", "is_match"),
)
_GROUPS: Final = (("id", "unique_id", "rec_id"), ("cluster", "person", "cluster_id"))
_YES: Final = "'1', '1.0', 'true', 'yes', 'match', 'same', 'да', 'positive'"
_NO: Final = "'0', '0.0', 'false', 'no', 'different', 'нет', 'negative'"

Calibration = tuple[tuple[float, float, int], ...]


def read_labels(con: duckdb.DuckDBPyConnection, path: Path, encoding: str, scratch: Path) -> int:
    """Make `labels(l, r, same)` of judged pairs of records, l < r; the number of them.

    Misuse where the file has other columns, names identifiers that the register does not have, or says something
    that is neither yes nor no.
    """
    source = open_register(con, path, encoding, scratch)
    if wanted := _wanted(source.header, _PAIRS):
        load(con, source, [("l", wanted[0]), ("r", wanted[1]), ("said", wanted[2])], "judged")
        _known(con, path, "SELECT l AS id FROM judged UNION SELECT r FROM judged")
        _said(con, path)
    elif wanted := _wanted(source.header, _GROUPS):
        load(con, source, [("id", wanted[0]), ("cluster", wanted[1])], "grouped")
        _known(con, path, "SELECT DISTINCT id FROM grouped")
        _pair(con)
    else:
        raise Misuse(
            f"Labels have the columns id_l,id_r,label or id,cluster, and not {', '.join(source.header)}.",
            where=str(path),
        )
    con.execute(
        "CREATE TABLE identified AS SELECT raw.id, rows.rid FROM raw JOIN rows ON rows.row = raw.rowid;"
        "CREATE TABLE labels AS SELECT least(a.rid, b.rid) AS l, greatest(a.rid, b.rid) AS r, "
        f"max(CASE WHEN lower(said) IN ({_YES}) THEN 1.0 WHEN lower(said) IN ({_NO}) THEN 0.0 "
        "ELSE TRY_CAST(said AS DOUBLE) END) AS same "
        "FROM judged JOIN identified a ON a.id = judged.l JOIN identified b ON b.id = judged.r "
        f"WHERE a.rid <> b.rid GROUP BY 1, 2 ORDER BY 1, 2 LIMIT {MOST}; DROP TABLE identified; DROP TABLE judged"
    )
    return number(con, "SELECT count(*) FROM labels")


def _wanted(header: Sequence[str], columns: Sequence[Sequence[str]]) -> list[str]:
    """The headers of these columns; empty where one of them is missing."""
    found = [next((name for name in header if name.lower() in names), "") for names in columns]
    return found if all(found) else []


def _pair(con: duckdb.DuckDBPyConnection) -> None:
    """Make `judged` of groups: pairs of one cluster, and of two.

    Where there are more than are used, which ones these are follows from the identifiers alone. Everybody is paired
    with those who come next in an order drawn by lot, so that a huge group costs no more than what is used of it.
    """
    con.execute(
        "CREATE TABLE drawn AS SELECT id, cluster, row_number() OVER w AS place, count(*) OVER c AS size FROM grouped "
        "WHERE cluster IS NOT NULL "
        "WINDOW c AS (PARTITION BY cluster), w AS (PARTITION BY cluster ORDER BY hash(id), id)"
    )
    apart, largest = 1, number(con, "SELECT max(size) FROM drawn")
    while apart < largest and number(con, f"SELECT sum(greatest(least({apart}, size - place), 0)) FROM drawn") < MOST:
        apart *= 2
    con.execute(
        "CREATE TABLE judged AS SELECT a.id AS l, b.id AS r, '1' AS said FROM (SELECT id, cluster, place, "
        f"unnest(range(1, least({apart}, size - place) + 1)) AS step FROM drawn) a "
        "JOIN drawn b ON b.cluster = a.cluster AND b.place = a.place + a.step "
        f"ORDER BY a.step, hash(a.id), a.id, b.id LIMIT {MOST}; DROP TABLE drawn;"
        # Next to each other in the list are mostly different persons; one such pair a record is enough.
        "INSERT INTO judged SELECT id, after, '0' FROM (SELECT id, cluster, lead(id) OVER w AS after, "
        "lead(cluster) OVER w AS other FROM grouped WINDOW w AS (ORDER BY hash(id), id)) WHERE cluster <> other "
        f"ORDER BY hash(id), id LIMIT {MOST}"
    )


def _known(con: duckdb.DuckDBPyConnection, path: Path, identifiers: str) -> None:
    unknown = con.execute(
        f"SELECT id, count(*) OVER () FROM ({identifiers}) named WHERE id IS NULL OR id NOT IN (SELECT id FROM raw) "
        "ORDER BY id LIMIT 3"
    ).fetchall()
    if unknown:
        named = ", ".join(str(row[0])[:40] for row in unknown)
        raise Misuse(
            f"The labels name {unknown[0][1]} identifiers that the register does not have, such as {named}.",
            where=str(path),
        )


def _said(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    odd = con.execute(
        f"SELECT said FROM judged WHERE said IS NULL OR (lower(said) NOT IN ({_YES}, {_NO}) "
        "AND NOT coalesce(TRY_CAST(said AS DOUBLE) BETWEEN 0 AND 1, false)) LIMIT 1"
    ).fetchall()
    if odd:
        raise Misuse(f"A label is 1 or 0, or a share between, and not {str(odd[0][0])[:40]!r}.", where=str(path))


def calibration(con: duckdb.DuckDBPyConnection, scored: str) -> Calibration:
    """Of the judged pairs in a scored table: probability that was given, share that was right, and their number."""
    rows = con.execute(
        f"SELECT avg(probability), avg(same), count(*) FROM {scored} JOIN labels USING (l, r) "
        f"GROUP BY least(floor(probability * {BINS}), {BINS - 1}) ORDER BY 1"
    ).fetchall()
    return tuple((float(given), float(right), int(pairs)) for given, right, pairs in rows)
