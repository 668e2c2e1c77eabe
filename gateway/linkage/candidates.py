"""The pairs that are compared in full: those that blocking proposes and that a glance does not rule out."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb

from gateway.linkage.blocking import Blocked
from gateway.linkage.glance import Glance, met
from gateway.linkage.sql import number

PAIRS_A_PIECE = 2_000_000
"""Pairs that are compared in full at a time, so that memory stays flat."""


def choose(
    con: duckdb.DuckDBPyConnection, blocked: Blocked, look: Glance | None, moved: Callable[[float], None]
) -> int:
    """Make the table `candidates(join_key_l, join_key_r, match_key)`, l < r, each pair once; their number.

    The keys are taken part by part, so that neither their join nor what it proposes has to fit into memory; a
    pair may be found in several parts. `moved` is told the share that is done.
    """
    con.execute("CREATE TABLE proposed(l BIGINT, r BIGINT)")
    for part in range(blocked.parts):
        con.execute(f"INSERT INTO proposed {_proposed(f'key % {blocked.parts} = {part}', look)}")
        moved((part + 1) / blocked.parts)
    con.execute(
        "CREATE TABLE candidates AS SELECT DISTINCT l AS join_key_l, r AS join_key_r, '0' AS match_key FROM proposed; "
        "DROP TABLE proposed"
    )
    return number(con, "SELECT count(*) FROM candidates")


def _proposed(here: str, look: Glance | None) -> str:
    """The pairs of some keys, without those that a glance rules out."""
    if look is None:
        return (
            f"SELECT DISTINCT a.rid, b.rid FROM keys a JOIN keys b ON a.key = b.key AND a.rid < b.rid "
            f"WHERE a.{here} AND b.{here}"
        )
    # What is looked at travels with the keys, which are fewer than the pairs.
    words = ", ".join(f"s{word}, k{word}" for word in range(look.words))
    return (
        f"WITH here AS MATERIALIZED (SELECT key, rid, {words} FROM keys JOIN codes USING (rid) WHERE {here}), "
        f"met AS (SELECT a.rid AS l, b.rid AS r, {met(look.words)} FROM here a JOIN here b "
        f"ON a.key = b.key AND a.rid < b.rid) "
        f"SELECT DISTINCT l, r FROM met WHERE {look.total} >= {look.least:.4f}"
    )


def pieces(con: duckdb.DuckDBPyConnection, pairs: int) -> Iterator[str]:
    """The names of tables that hold the candidates between them; each is gone when the next one is asked for."""
    count = max(1, -(-pairs // PAIRS_A_PIECE))
    for piece in range(count):
        table = f"candidates_{piece}"
        con.execute(f"CREATE TABLE {table} AS SELECT * FROM candidates WHERE hash(join_key_l) % {count} = {piece}")
        yield table
        con.execute(f"DROP TABLE {table}")
