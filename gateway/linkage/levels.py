"""Which level of agreement holds for a pair, comparison by comparison, as SQL; and what such a line weighs."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import duckdb

from gateway.linkage.comparisons import OTHERWISE, Comparison, told_by_frequency
from gateway.linkage.model import Frequencies, Model, bits


def case(item: Comparison, unknown: str, said: Sequence[str]) -> str:
    """One expression where a comparison says nothing, else the one that belongs to the level that holds."""
    cases = " ".join(
        f"WHEN {level.sql} THEN {told}" for level, told in zip(item.levels, said, strict=True) if level.sql != OTHERWISE
    )
    return f"CASE WHEN {item.null} THEN {unknown} {cases} ELSE {said[-1]} END"


def columns(con: duckdb.DuckDBPyConnection, items: Sequence[Comparison]) -> list[str]:
    """The columns of `records` that some comparisons look at."""
    text = " ".join(" ".join((item.null, *(level.sql for level in item.levels))) for item in items)
    there = con.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'records'").fetchall()
    return sorted(str(row[0]) for row in there if re.search(rf"\b{row[0]}_[lr]\b", text))


def sides(con: duckdb.DuckDBPyConnection, items: Sequence[Comparison]) -> str:
    """What some comparisons look at of two records `a` and `b`, as `<column>_l` and `<column>_r`.

    It stands behind other columns in a SELECT, each part behind a comma, for there may be none.
    """
    return "".join(f", {side}.{name} AS {name}_{end}" for name in columns(con, items) for side, end in ("al", "br"))


def places(items: Sequence[Comparison]) -> str:
    """The places of the levels that hold, as `p_<comparison>`: from 1, the strongest, and 0 where nothing is known."""
    return ", ".join(
        f"({case(item, '0', [str(place) for place in range(1, len(item.levels) + 1)])})::TINYINT AS p_{item.name}"
        for item in items
    )


def by_place(item: Comparison, said: Sequence[float], form: str) -> str:
    """The number that belongs to the level at the place `p_<comparison>`, 0 where nothing is known."""
    return f"[0, {', '.join(format(number, form) for number in said)}][p_{item.name} + 1]::DOUBLE"


def compare(
    con: duckdb.DuckDBPyConnection,
    pairs: str,
    items: Sequence[Comparison],
    frequencies: Mapping[str, Frequencies],
    into: str,
) -> None:
    """Make a table (rid_l, rid_r, match_key, p_<comparison>…, rarity) of the pairs in another (see `places`).

    `rarity` are the bits by which the values that agree are rare: the sum of -log2 of their frequencies.
    """
    told = told_by_frequency(items)
    for number, column in enumerate(told):
        _bits_of_values(con, f"bits_{number}", frequencies[column])
    rarity = " + ".join(_rarity(items, told, frequencies)) or "0"
    con.execute(
        f"CREATE TABLE {into} AS SELECT rid_l, rid_r, match_key, {', '.join(f'p_{item.name}' for item in items)}, "
        f"({rarity})::DOUBLE AS rarity FROM ("
        f"SELECT rid_l, rid_r, match_key, {places(items)}{''.join(f', {column}_l' for column in told)} FROM ("
        f"SELECT d.join_key_l AS rid_l, d.join_key_r AS rid_r, d.match_key{sides(con, items)} FROM {pairs} d "
        f"JOIN records a ON a.rid = d.join_key_l JOIN records b ON b.rid = d.join_key_r)) "
        + " ".join(f"LEFT JOIN bits_{number} ON bits_{number}.value = {column}_l" for number, column in enumerate(told))
    )
    for number in range(len(told)):
        con.execute(f"DROP TABLE bits_{number}")


def weight(judge: Model) -> str:
    """The bits for one person that Splink gives a pair, as SQL over a line of what `compare` makes."""
    said = [f"{math.log2(judge.prior / (1 - judge.prior)):.17e}", "rarity"]
    for item in judge.comparisons:
        # What agrees in a value of known frequency is as likely by chance as the value is frequent.
        told = [math.log2(level.m) if level.frequency else bits(level) for level in item.levels]
        said.append(by_place(item, told, ".17e"))
    return f"({' + '.join(said)})"


def _rarity(items: Sequence[Comparison], told: Sequence[str], frequencies: Mapping[str, Frequencies]) -> Iterator[str]:
    """What each level that agrees in a value of known frequency adds to the rarity of a pair."""
    for item in items:
        for place, level in enumerate(item.levels, 1):
            if level.frequency:
                bits = f"coalesce(bits_{told.index(level.frequency)}.bits, -log2({frequencies[level.frequency].rare}))"
                yield f"CASE WHEN p_{item.name} = {place} THEN {bits} ELSE 0 END"


def _bits_of_values(con: duckdb.DuckDBPyConnection, table: str, known: Frequencies) -> None:
    con.execute(
        f"CREATE TABLE {table} AS SELECT unnest($1::VARCHAR[]) AS value, -log2(unnest($2::DOUBLE[])) AS bits",
        [list(known.values), list(known.values.values())],
    )
