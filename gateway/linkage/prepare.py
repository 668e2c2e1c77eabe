"""Values made comparable: every distinct value is folded once, in Python, and joined back in DuckDB.

A register of a million rows has some tens of thousands of names, so what costs microseconds in Python costs them
once a name. Rows that are alike in every column become one record, so that a thousand copies of a row cost no
more than one. `fold.py` says how values are folded.
"""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from gateway.linkage import dates, fold, roles
from gateway.linkage.columns import Column, Kind, Plan
from gateway.linkage.sql import number

_BATCH: Final = 20_000
_SAMPLE: Final = 20_000
"""Dates that are looked at to tell whether day or month comes first."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A register ready to be compared: the tables `records` and `rows`, and what is in them."""

    columns: tuple[Column, ...]
    """The columns that hold anything at all."""
    rows: int
    records: int
    """Rows that differ in some column."""

    def has(self, *names: str) -> bool:
        """Whether all of these logical columns are there."""
        return {column.name for column in self.columns}.issuperset(names)

    def of_kind(self, *kinds: Kind) -> tuple[Column, ...]:
        """The columns of these kinds."""
        return tuple(column for column in self.columns if column.kind in kinds)


def prepare(con: duckdb.DuckDBPyConnection, plan: Plan, rows: int) -> Prepared:
    """Make `rows(row, rid)` and `records(rid, copies, …)` from `raw`; rid is the first row of its kind.

    Of a column c there stand in `records`, all NULL where nothing is known:
    NAME  c (plain Latin letters), c_light (sound forms), c_bones (skeletons), c_sets (numbers of given names);
    FULL  c (plain words in alphabetical order), c_words, c_light, c_bones (one a word);
    DATE  c (YYYYMMDD, 00 where unknown), c_year, c_month, c_day;
    CODE, TEXT  c; IDENTIFIER  c, c_scheme (what stands before a colon).
    A second name that is the first in another spelling is NULL, its sounds are the first one's.
    Where there are whole names, `roles.COLUMNS` stand there too.
    """
    columns = tuple(column for column in plan.columns if _any(con, column.name))
    _collapse(con, columns)
    joins, chosen = [], ["g.rid", "g.copies"]
    for column in columns:
        made = _FOLDED[column.kind](con, column)
        joins += [f"LEFT JOIN {made.table} ON {made.table}.value = raw.{column.name}"] if made.table else []
        chosen += made.expressions
    if any(column.kind is Kind.FULL for column in columns):
        made = _roles(con, columns)
        joins.append(f"LEFT JOIN {made.table} ON {made.table}.value = {_cells(columns)}")
        chosen += made.expressions
    con.execute(
        f"CREATE TABLE records AS SELECT {', '.join(chosen)} FROM groups g JOIN raw ON raw.rowid = g.rid "
        f"{' '.join(joins)}"
    )
    con.execute("DROP TABLE groups")
    _one_name_once(con, columns)
    return Prepared(columns, rows, number(con, "SELECT count(*) FROM records"))


def _one_name_once(con: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> None:
    """A second name that is the first in another spelling is no second evidence, but one more way to sound."""
    here = {column.name for column in columns}
    whole = any(column.kind is Kind.FULL for column in columns)
    for name, role in (("given_name", roles.GIVEN), ("family_name", roles.FAMILY)):
        first, second = role if whole else name, f"{name}_2"
        if second in here and (whole or name in here):
            con.execute(
                f"UPDATE records SET {second} = NULL, "
                f"{first}_light = list_distinct(list_concat({first}_light, {second}_light)) "
                f"WHERE list_has_any({first}_light, {second}_light)"
            )


@dataclass(frozen=True, slots=True)
class _Folded:
    """How the prepared columns of one column are had: a table to join by its `value`, and what to select."""

    table: str
    expressions: tuple[str, ...]


def _any(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    return bool(number(con, f"SELECT count(*) FROM (SELECT 1 FROM raw WHERE {name} IS NOT NULL LIMIT 1)"))


def _collapse(con: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> None:
    """Rows that say the same are one record.

    They are told by a hash of 64 bits, in which a million rows meet by chance once in thirty million registers.
    """
    if columns:
        # Without the position, hash(NULL, 'a') and hash('a', NULL) might be combined alike.
        parts = ", ".join(f"coalesce({column.name}, '')" for column in columns)
        key = f"hash(concat_ws(chr(31), {parts}))"
    else:
        key = "rowid"
    con.execute(
        f"CREATE TABLE keyed AS SELECT rowid AS row, {key} AS key FROM raw;"
        "CREATE TABLE groups AS SELECT min(row) AS rid, count(*) AS copies, key FROM keyed GROUP BY key;"
        "CREATE TABLE rows AS SELECT keyed.row, groups.rid FROM keyed JOIN groups USING (key);"
        "DROP TABLE keyed"
    )


def _cells(columns: Sequence[Column]) -> str:
    """The whole name and its parts as one value."""
    here = {column.name for column in columns}
    parts = (
        f"coalesce(raw.{name}, '')" if name in here else "''" for name in ("full_name", "given_name", "family_name")
    )
    return f"concat_ws(chr(31), {', '.join(parts)})"


def _roles(con: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> _Folded:
    # The tables of columns are called after them, and no column may be called so (`columns.py`).
    table = "fold_whole_names"
    con.execute(f"CREATE TABLE {table}(value VARCHAR, {', '.join(f'{name} {kind}' for name, kind in roles.COLUMNS)})")
    slots = ", ".join(f"unnest(${place + 2}::{kind}[])" for place, (_, kind) in enumerate(roles.COLUMNS))
    reader = con.cursor().execute(f"SELECT DISTINCT {_cells(columns)} FROM raw")
    while batch := reader.fetchmany(_BATCH):
        values = [str(row[0]) for row in batch]
        folded = [roles.roles(*value.split(chr(31))[:3]) for value in values]
        parts = list(map(list, zip(*folded, strict=True)))
        con.execute(f"INSERT INTO {table} SELECT unnest($1::VARCHAR[]), {slots}", [values, *parts])
    return _Folded(table, tuple(f"{table}.{name}" for name, _ in roles.COLUMNS))


def _distinct(con: duckdb.DuckDBPyConnection, name: str) -> Iterator[list[str]]:
    """The distinct values of a column, in batches."""
    reader = con.cursor().execute(f"SELECT DISTINCT {name} FROM raw WHERE {name} IS NOT NULL")
    while batch := reader.fetchmany(_BATCH):
        yield [str(row[0]) for row in batch]


def _fold_column(
    con: duckdb.DuckDBPyConnection, column: Column, shape: Sequence[tuple[str, str]], folded: Callable[[str], Any]
) -> _Folded:
    """Fold the distinct values of a column into a table; `shape` names the parts of what `folded` gives."""
    table = f"fold_{column.name}"
    con.execute(f"CREATE TABLE {table}(value VARCHAR, {', '.join(f'{part} {kind}' for part, kind in shape)})")
    slots = ", ".join(f"unnest(${place + 2}::{kind}[])" for place, (_, kind) in enumerate(shape))
    for values in _distinct(con, column.name):
        parts = list(zip(*map(folded, values), strict=True))
        con.execute(f"INSERT INTO {table} SELECT unnest($1::VARCHAR[]), {slots}", [values, *map(list, parts)])
    suffixes = [f"{table}.{part} AS {column.name}{'' if part == 'plain' else f'_{part}'}" for part, _ in shape]
    return _Folded(table, tuple(suffixes))


def _names(con: duckdb.DuckDBPyConnection, column: Column) -> _Folded:
    shape = (("plain", "VARCHAR"), ("light", "VARCHAR[]"), ("bones", "VARCHAR[]"), ("sets", "INTEGER[]"))
    return _fold_column(con, column, shape, fold.name)


def _full_names(con: duckdb.DuckDBPyConnection, column: Column) -> _Folded:
    shape = (("plain", "VARCHAR"), ("words", "VARCHAR[]"), ("light", "VARCHAR[]"), ("bones", "VARCHAR[]"))
    return _fold_column(con, column, shape, fold.full_name)


def _days(con: duckdb.DuckDBPyConnection, column: Column) -> _Folded:
    sample = f"SELECT {column.name} FROM raw WHERE {column.name} IS NOT NULL ORDER BY rowid LIMIT {_SAMPLE}"
    order = dates.order_of(str(row[0]) for row in con.execute(sample).fetchall())
    shape = (("plain", "VARCHAR"), ("year", "SMALLINT"), ("month", "SMALLINT"), ("day", "SMALLINT"))
    return _fold_column(con, column, shape, lambda value: fold.day(value, order))


def _texts(con: duckdb.DuckDBPyConnection, column: Column) -> _Folded:
    return _fold_column(con, column, (("plain", "VARCHAR"),), lambda value: (fold.text(value),))


def _codes(con: duckdb.DuckDBPyConnection, column: Column) -> _Folded:
    folded = fold.sex if column.name == "sex" else fold.text
    return _fold_column(con, column, (("plain", "VARCHAR"),), lambda value: (folded(value),))


def _identifiers(_: duckdb.DuckDBPyConnection, column: Column) -> _Folded:
    # Nearly every value is another one, so these are folded where they stand.
    kept = r"[^\pL\pN@]+" if column.name == "email" else r"[^\pL\pN]+"
    bare = f"regexp_replace(upper(raw.{column.name}), '{kept}', '', 'g')"
    if column.name == "phone":
        # The country's code is written or left out.
        bare = f"right(regexp_replace({bare}, '[^0-9]', '', 'g'), 9)"
    scheme = f"nullif(regexp_extract(upper(raw.{column.name}), '^\\s*([A-Z][A-Z -]+):', 1), '') AS {column.name}_scheme"
    return _Folded("", (f"nullif({bare}, '') AS {column.name}", scheme))


_FOLDED: Final[dict[Kind, Callable[[duckdb.DuckDBPyConnection, Column], _Folded]]] = {
    Kind.NAME: _names,
    Kind.FULL: _full_names,
    Kind.DATE: _days,
    Kind.CODE: _codes,
    Kind.TEXT: _texts,
    Kind.IDENTIFIER: _identifiers,
}
