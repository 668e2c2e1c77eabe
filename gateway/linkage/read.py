"""A register's file, CSV or Parquet, brought into DuckDB as text."""

# Only names of columns that `columns.py` has checked, and numbers, are put into SQL.

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from gateway.errors import Misuse, TooLarge, Unreadable
from gateway.linkage.columns import Plan
from gateway.linkage.sql import literal, number, quoted

LONGEST_LINE: Final = 1 << 20
"""Bytes of one row; a longer one is a quotation mark that was never closed, or no register."""
_DELIMITERS: Final = (",", ";", "\t", "|")
_EMPTY: Final = "'', 'NULL', 'null', 'NaN', 'nan', 'None', 'N/A', '\\N'"
"""What programs write where they know nothing."""
_LONGEST_EMPTY: Final = 4
_GUESSES: Final = ("windows-1251", "cp866", "koi8-r")
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A register's file as it will be read."""

    path: Path
    header: tuple[str, ...]
    delimiter: str
    """Empty for Parquet."""


def open_register(con: duckdb.DuckDBPyConnection, path: Path, encoding: str, scratch: Path) -> Source:
    """Look at a register and its header (Misuse, Unreadable, TooLarge).

    A file in UTF-16, or in the encoding that was named, is first written anew in UTF-8 into `scratch`.
    """
    try:
        if path.exists() and not path.is_file():
            raise Misuse("A register is a file: it is read more than once.", where=str(path))
        with path.open("rb") as file:
            start = file.read(4)
    except (OSError, ValueError) as error:
        raise Misuse("The register cannot be read.", where=str(path), reason=str(error)) from error
    if not start:
        raise Unreadable("The file is empty: a register has at least a header.", where=str(path))
    if start == b"PAR1":
        return Source(path, _parquet_header(con, path), "")
    if start == b"PK\x03\x04":
        raise Unreadable("This is a ZIP or an XLSX; save the sheet as CSV.", where=str(path))
    if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        encoding = "utf-16"
    if encoding.lower().replace("_", "-") not in {"utf-8", "utf-8-sig", "utf8"}:
        path = _rewritten(path, encoding, scratch)
    return _csv_source(path)


def _parquet_header(con: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    try:
        found = con.sql(f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))})").fetchall()
    except duckdb.Error as error:
        raise Unreadable("The Parquet file is truncated or damaged.", where=str(path), reason=str(error)) from error
    return tuple(str(row[0]) for row in found)


def _rewritten(path: Path, encoding: str, scratch: Path) -> Path:
    """The file in UTF-8 (Misuse for an unknown encoding, Unreadable where it is written otherwise)."""
    target = scratch / "register.csv"
    try:
        with path.open(encoding=encoding, newline="") as source, target.open("w", encoding="utf-8", newline="") as out:
            while block := source.read(_BLOCK):
                out.write(block)
    except LookupError as error:
        raise Misuse(f"There is no encoding {encoding}.", where="--encoding") from error
    except UnicodeError as error:
        raise Unreadable(f"The file is not written in {encoding}.", where=str(path), reason=str(error)) from error
    return target


def _csv_source(path: Path) -> Source:
    with path.open("rb") as file:
        raw = file.read(LONGEST_LINE)
    text = _decoded(raw, path).removeprefix("\ufeff")
    if "\0" in text:
        raise Unreadable("The file is not text: it holds NUL bytes.", where=str(path))
    line = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=line.count)
    try:
        header = next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        # Python's reader takes fields of up to 131,072 signs, which no name of a column has.
        raise Unreadable("The header cannot be read as CSV.", where=str(path), reason=str(error)) from error
    names = tuple(name.strip() for name in header)
    if not any(names):
        raise Unreadable("The first row has no names of columns.", where=str(path))
    if all(re.fullmatch(r"[\d.,:/ -]*", name) for name in names):
        raise Unreadable("The first row holds data and no names of columns: a register has a header.", where=str(path))
    return Source(path, names, delimiter)


def _decoded(raw: bytes, path: Path) -> str:
    """The beginning of a file as UTF-8; Unreadable with the likeliest other encoding where it is not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        return decoder.decode(raw)
    except UnicodeDecodeError as error:
        raise _wrong_encoding(raw, path) from error


def _wrong_encoding(raw: bytes, path: Path) -> Unreadable:
    """Which encoding it may be: in the right one most letters are small, and few are no letters."""

    def likely(encoding: str) -> int:
        text = raw.decode(encoding, errors="replace")
        return sum("а" <= sign <= "я" for sign in text) - sum(sign > "\x7f" and not sign.isalpha() for sign in text)

    guess = max(_GUESSES, key=likely)
    return Unreadable(f"The file is not written in UTF-8; it may be {guess}: --encoding {guess}.", where=str(path))


def load(con: duckdb.DuckDBPyConnection, source: Source, columns: Sequence[tuple[str, str]], table: str = "raw") -> int:
    """Make a table of these columns (name, header) in the order of the file; the number of its rows.

    Values are trimmed text, NULL where empty. Unreadable for ragged rows and damaged files, TooLarge for rows
    beyond LONGEST_LINE.
    """
    if source.delimiter:
        positions = {name: f"c{place}" for place, name in reversed([*enumerate(source.header)])}
        wanted = [(name, positions[header]) for name, header in columns]
        relation = _csv_relation(source)
    else:
        wanted = [(name, quoted(header)) for name, header in columns]
        relation = f"read_parquet({literal(str(source.path))})"
    cleaned = ", ".join(_cleaned(name, place) for name, place in wanted)
    try:
        con.execute(f"CREATE TABLE {table} AS SELECT {cleaned} FROM {relation}")
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise _unreadable(error, source.path) from error
    return number(con, f"SELECT count(*) FROM {table}")


def load_register(con: duckdb.DuckDBPyConnection, source: Source, plan: Plan) -> int:
    """Make the table `raw(id, <logical columns>)`; the number of its rows.

    Besides what `load` refuses, Misuse for identifiers that are missing or given twice.
    """
    rows = load(con, source, [("id", plan.id_source), *((column.name, column.source) for column in plan.columns)])
    _check_identifiers(con, plan.id_source)
    return rows


def _csv_relation(source: Source) -> str:
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(source.header)))
    return (
        f"read_csv({literal(str(source.path))}, columns={{{columns}}}, header=true, auto_detect=false, "
        f"delim={literal(source.delimiter)}, quote='\"', escape='\"', max_line_size={LONGEST_LINE}, "
        "null_padding=false, strict_mode=true)"
    )


def _cleaned(name: str, place: str) -> str:
    trimmed = f"trim(CAST({place} AS VARCHAR))"
    if name == "id":
        return f"{trimmed} AS id"
    # A list that is asked for alone becomes a join, which gives the rows of a large file in any order.
    said = f"strlen({trimmed}) > {_LONGEST_EMPTY} OR {trimmed} NOT IN ({_EMPTY})"
    return f"CASE WHEN {said} THEN {trimmed} END AS {name}"


_COMPLAINTS: Final = (
    ("maximum line size", TooLarge, f"A row is longer than {LONGEST_LINE} bytes."),
    ("expected number of columns", Unreadable, "A row has another number of cells than the header."),
    ("unterminated quote", Unreadable, "A quotation mark is opened and not closed where its cell ends."),
    ("not utf-8 encoded", Unreadable, "The row is not written in UTF-8, as others are."),
    ("invalid unicode", Unreadable, "The row is not written in UTF-8, as others are."),
)
"""Words of DuckDB's, and ours."""


def _unreadable(error: duckdb.Error, path: Path) -> Unreadable | TooLarge:
    """DuckDB's complaint in our words, with the line where it names one."""
    # DuckDB quotes the row, which might hold any words, and says what is wrong with it before its proposals.
    said = str(error).partition("\nPossible")[0].strip()
    line = re.search(r"Error on Line: (\d+)", said)
    what = said.rpartition("\n")[2][-200:].lower()
    place = f"{path}:{line[1]}" if line else str(path)
    for words, kind, sentence in _COMPLAINTS:
        if words in what:
            return kind(sentence, where=place)
    return Unreadable("The register is truncated or damaged.", where=place, reason=type(error).__name__)


def _check_identifiers(con: duckdb.DuckDBPyConnection, source: str) -> None:
    missing = number(con, "SELECT count(*) FROM raw WHERE id IS NULL OR id = ''")
    if missing:
        raise Misuse(f"{missing} rows have no identifier in the column {source}.", where="--id")
    twice = con.execute("SELECT id, count(*) FROM raw GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 3").fetchall()
    if twice:
        named = ", ".join(str(row[0])[:40] for row in twice)
        raise Misuse(
            f"The column {source} does not identify the rows: some values stand in several ({named}, …).", where="--id"
        )
