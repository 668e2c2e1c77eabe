"""A register of any size for measuring cost: one row in six is a second, damaged description of somebody.

Made by DuckDB from hashes of the row's number, so that ten million rows take seconds and are the same every time.
"""

# Only numbers, paths and columns of ours are put into the SQL.

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from benchmarks.linkage.cases import IDENTITY, Case, write_case

COLUMNS: Final = (
    "family_name", "given_name", "patronymic", "birth_date", "sex", "postcode", "address", "street_number", "document",
)  # fmt: skip
_ROOTS: Final = (
    "iv pet sid kuz nov mor vol sok leb koz pav sem gol vin bog vor fed mik bel tar kar naz ali yus rakh umar sap gri "
    "ber pop mel bon kov shev kra zai orl and mak nik zakh rom gus tit kal isl has mam ism"
)
_JOINTS: Final = "o a er an ul im iv pet sid kuz nov mor vol sok leb koz pav sem gol vin bog vor fed mik bel tar kar"
_ENDS: Final = "ov ova ev eva in ina enko yan dze shvili escu uk ich sky skaya zoda li ko oglu bekov"
_FIRST: Final = "al an bo da el fa ge ha il iv ja ka la ma na ol pa ra sa ta ul va yu za nu mi vi le ro se"
_LAST: Final = "a ek ena ina ir or ur ya dim lya na sha mir bek gul jon iya us"
_WORDS: Final = """
CREATE TABLE families AS
SELECT list(root || joint || ending ORDER BY hash(root, joint, ending)) AS names
FROM (SELECT unnest(string_split($roots, ' ')) AS root), (SELECT unnest(string_split($joints, ' ')) AS joint),
     (SELECT unnest(string_split($ends, ' ')) AS ending);
CREATE TABLE givens AS
SELECT list(first || last ORDER BY hash(first, last)) AS names
FROM (SELECT unnest(string_split($first, ' ')) AS first), (SELECT unnest(string_split($last, ' ')) AS last);
"""
_MACROS: Final = """
CREATE MACRO u(i, k) AS (hash(i::BIGINT * 64 + k) >> 11)::DOUBLE / 9007199254740992.0;
CREATE MACRO spot(s, i, k) AS 1 + floor(u(i, k + 2) * greatest(length(s) - 1, 0))::INT;
CREATE MACRO damaged(s, i, k) AS (
    CASE floor(u(i, k) * 3)::INT
    WHEN 0 THEN substr(s, 1, spot(s, i, k) - 1) || substr(s, spot(s, i, k) + 1)
    WHEN 1 THEN substr(s, 1, spot(s, i, k) - 1) || substr(s, spot(s, i, k) + 1, 1) || substr(s, spot(s, i, k), 1)
                || substr(s, spot(s, i, k) + 2)
    ELSE substr(s, 1, spot(s, i, k)) || chr(97 + floor(u(i, k + 1) * 26)::INT) || substr(s, spot(s, i, k) + 1) END);
"""


def register(folder: Path, count: int) -> Case:
    """The case of so many rows: 20 second descriptions for every 100 persons."""
    case = write_case(Case(folder.name, folder, {name: name for name in COLUMNS}), ())
    with duckdb.connect() as con:
        words = {"roots": _ROOTS, "joints": _JOINTS, "ends": _ENDS, "first": _FIRST, "last": _LAST}
        for statement in filter(str.strip, _WORDS.split(";")):
            con.execute(statement, {name: text for name, text in words.items() if f"${name}" in statement})
        con.execute(_MACROS)
        con.execute(f"CREATE TABLE made AS {_query(count, max(1, round(count / 1.2)))}")
        for path, columns in ((case.register, ", ".join(COLUMNS)), (case.truth, "person, 0 AS file")):
            con.execute(
                f"COPY (SELECT {IDENTITY}, {columns} FROM made ORDER BY hash(row)) TO '{path}' (FORMAT csv, HEADER)"
            )
    return case


def _query(count: int, persons: int) -> str:
    """What each person is like, and what a second description of it changes."""
    return f"""
    WITH numbered AS (
        SELECT row, row >= {persons} AS again,
               CASE WHEN row < {persons} THEN row ELSE floor(u(row, 0) * {persons})::BIGINT END AS person
        FROM range({count}) AS r(row)
    ), plain AS (
        SELECT row, again, person, {_name("families", 1)} AS family, {_name("givens", 2)} AS given,
               {_name("givens", 3)} AS father, (DATE '1940-01-01' + floor(u(person, 4) * 24000)::INT)::VARCHAR AS born,
               CASE WHEN u(person, 5) < 0.5 THEN 'm' ELSE 'f' END AS sex,
               CASE WHEN again AND u(row, 50) < 0.2 THEN row ELSE person END AS home,
               'AA' || lpad(floor(u(person, 6) * 1e8)::INT::VARCHAR, 8, '0') AS paper
        FROM numbered
    )
    SELECT row, 'r' || row AS {IDENTITY}, person, {_hurt("family", 10, 0.15)} AS family_name,
           {_hurt("given", 14, 0.12)} AS given_name, {_gone(_hurt("father", 18, 0.1), 22, 0.2)} AS patronymic,
           CASE WHEN again AND u(row, 24) < 0.08
                THEN left(born, 8) || lpad((1 + floor(u(row, 25) * 28)::INT)::VARCHAR, 2, '0') ELSE born
           END AS birth_date, sex,
           {_gone("(200000 + floor(u(home, 7) * 3000)::INT)::VARCHAR", 28, 0.05)} AS postcode,
           {_gone("families.names[1 + floor(u(home, 8) * 3000)::INT] || ' street'", 30, 0.05)} AS address,
           (1 + floor(u(home, 9) * 150)::INT)::VARCHAR AS street_number, {_gone("paper", 32, 0.5)} AS document
    FROM plain, families"""


def _name(table: str, key: int) -> str:
    """A name of the person: the third power makes a few of them common and most of them rare."""
    names = f"(SELECT names FROM {table})"
    return f"{names}[1 + floor(pow(u(person, {key}), 3) * len({names}))::INT]"


def _hurt(column: str, key: int, share: float) -> str:
    """The value, in a second description now and then with one sign wrong."""
    return f"CASE WHEN again AND u(row, {key}) < {share} THEN damaged({column}, row, {key + 1}) ELSE {column} END"


def _gone(sql: str, key: int, share: float) -> str:
    """The value, or now and then nothing."""
    return f"CASE WHEN u(row, {key}) < {share} THEN '' ELSE {sql} END"
