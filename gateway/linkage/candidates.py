"""The pairs that are compared in full: those that blocking proposes and that a glance does not rule out."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb

from gateway.linkage.blocking import Blocked
from gateway.linkage.glance import Glance
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
    wanted = f"AND {look.sql}" if look else ""
    codes = "JOIN codes a ON a.rid = l.rid JOIN codes b ON b.rid = r.rid" if look else ""
    con.execute("CREATE TABLE proposed(l BIGINT, r BIGINT)")
    for part in range(blocked.parts):
        here = f"(SELECT * FROM keys WHERE key % {blocked.parts} = {part})"
        con.execute(
            f"INSERT INTO proposed SELECT DISTINCT l.rid, r.rid FROM {here} l JOIN {here} r "
            f"ON l.key = r.key AND l.rule = r.rule AND l.rid < r.rid {codes} WHERE true {wanted}"
        )
        moved((part + 1) / blocked.parts)
    con.execute(
        "CREATE TABLE candidates AS SELECT DISTINCT l AS join_key_l, r AS join_key_r, '0' AS match_key FROM proposed; "
        "DROP TABLE proposed"
    )
    return number(con, "SELECT count(*) FROM candidates")


def pieces(con: duckdb.DuckDBPyConnection, pairs: int) -> Iterator[str]:
    """The names of tables that hold the candidates between them; each is gone when the next one is asked for."""
    count = max(1, -(-pairs // PAIRS_A_PIECE))
    for piece in range(count):
        table = f"candidates_{piece}"
        con.execute(f"CREATE TABLE {table} AS SELECT * FROM candidates WHERE hash(join_key_l) % {count} = {piece}")
        yield table
        con.execute(f"DROP TABLE {table}")
