"""Small things that every stage says to DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb


def quoted(name: str) -> str:
    """A name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def shut_in(con: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Nothing is fetched, neither an extension nor what a file name might point to; what does not fit goes to disk."""
    con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    con.execute(f"SET temp_directory = {literal(str(scratch))}; SET enable_progress_bar = false")


def number(con: duckdb.DuckDBPyConnection, sql: str, values: object = None) -> int:
    """The one whole number that a query gives; 0 for NULL and for nothing."""
    # All rows are fetched, because DuckDB takes no other query while a result is unfinished.
    rows = con.execute(sql, values).fetchall()
    return int(rows[0][0] or 0) if rows else 0
