"""Several threads read a large file, and its rows stay in their places."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from gateway.linkage.columns import recognise
from gateway.linkage.read import load_register, open_register

ROWS = 800_000


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_rows_stand_in_the_order_of_the_file(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"in.{suffix}"
    with duckdb.connect() as con:
        made = (
            f"SELECT range AS id, 'Ivanov' || hash(range) % 999 AS family_name, 'null' AS given_name, "
            f"'' AS birth_date, 'a longer address that fills the file' AS address FROM range({ROWS})"
        )
        con.execute(f"COPY ({made}) TO '{source}' (FORMAT {suffix})")
        con.execute("SET threads = 4")
        opened = open_register(con, source, "utf-8", tmp_path)
        assert load_register(con, opened, recognise(opened.header, {}, "id")) == ROWS
        told = con.execute(
            "SELECT count(*) FILTER (id <> rowid::VARCHAR), count(given_name), count(family_name) FROM raw"
        ).fetchall()
    assert told == [(0, 0, ROWS)]
