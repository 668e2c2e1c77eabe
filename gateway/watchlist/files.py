"""A file of persons screened against a file of entries, with the matcher a border query uses.

Both are CSV with a header, UTF-8, parted by commas, semicolons or tabs. A column called as its meaning needs
no mention; others are named in `columns` ("family_name=Фамилия,birth_date=ДР"), for either file. Several citizenships,
documents or identifiers stand in one cell, parted by `;` or `|`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, TextIO

from gateway.errors import InvalidRequest, Misuse, Unreadable
from gateway.records.dates import PartialDate
from gateway.records.person import Sex
from gateway.watchlist.build import build
from gateway.watchlist.entries import Entry, Subject, WrittenName
from gateway.watchlist.query import Query, read_sex, screen

COLUMNS: Final = (
    "id", "family_name", "given_name", "patronymic", "full_name", "birth_date", "sex", "citizenship", "document",
    "identifier",
)  # fmt: skip
"""Logical columns; only `id` and something to search by have to be there."""
HEADER: Final = ("query_id", "entry_id", "band", "score_band", "reasons")

_SEARCHED: Final = frozenset({"family_name", "given_name", "full_name", "document", "identifier"})
_DATE: Final = (
    re.compile(r"(?P<y>\d{4})(?:[-./](?P<m>\d{1,2})(?:[-./](?P<d>\d{1,2}))?)?(?:[T ].*)?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?:(?:(?P<d>\d{1,2})[-./])?(?P<m>\d{1,2})[-./])?(?P<y>\d{4})"),
)
_SEXES: Final = {"М": "M", "МУЖ": "M", "Ж": "F", "ЖЕН": "F", "MALE": "M", "FEMALE": "F"}
_SEVERAL: Final = re.compile(r"[;|]")
_ANYWHERE: Final = "any"
"""Lists in files know no issuing states, so every entry binds whoever asks."""

Row = Mapping[str, str]


def screen_files(
    listed: Path,
    queries: Path,
    output: Path,
    *,
    columns: str = "",
    today: date,
    progress: Callable[[int], object] = lambda _done: None,
) -> dict[str, int]:
    """Write one row of HEADER per hit or possible match, strongest first within a query; none for a no-hit.

    Returns counts: entries, queries, hit, possible, no_hit (of queries), insufficient (queries that hold too
    little to search by, answered as no-hit) and unreadable_dates (taken as unknown). Misuse for a file or a
    column that is not there, Unreadable for a file that is not such a CSV; the output is then not touched.
    """
    naming = _naming(columns)
    _check_naming(naming, (listed, queries))
    counts = dict.fromkeys(("entries", "queries", "hit", "possible", "no_hit", "insufficient", "unreadable_dates"), 0)
    index = build(_entry(row, counts) for row in _rows(listed, naming))
    counts["entries"] = index.size
    # The first query is read before the output is opened, so that a bad file leaves no empty result behind.
    asked = _rows(queries, naming)
    first = next(asked, None)
    with _writing(output) as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(HEADER)
        for row in () if first is None else _chained(first, asked):
            counts["queries"] += 1
            progress(counts["queries"])
            try:
                query = Query.checked(_subject(row, counts))
            except InvalidRequest:
                counts["insufficient"] += 1
                counts["no_hit"] += 1
                continue
            answer = screen(index, query, today=today, state=_ANYWHERE)
            counts[answer.band.lower()] += 1
            writer.writerows(
                (row["id"], hit.record_id, hit.band, hit.score_band, ";".join(hit.reasons)) for hit in answer.hits
            )
    return counts


def _chained(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _naming(columns: str) -> dict[str, str]:
    """Logical column to the file's own name of it."""
    naming = {name: name for name in COLUMNS}
    for pair in filter(None, (part.strip() for part in columns.split(","))):
        name, equals, own = (part.strip() for part in pair.partition("="))
        if not equals or name not in naming or not own:
            raise Misuse(f"Write columns as name=column, with a name of {', '.join(COLUMNS)}.", where="columns")
        naming[name] = own
    return naming


def _rows(path: Path, naming: dict[str, str]) -> Iterator[Row]:
    """The rows of a file under their logical names, missing columns empty."""
    with _reading(path) as reader:
        own = _own_columns(reader.fieldnames or (), naming, path)
        for row in reader:
            yield {name: (row.get(own.get(name, "")) or "").strip() for name in COLUMNS}


@contextmanager
def _reading(path: Path) -> Iterator[csv.DictReader[str]]:
    """A CSV reader on the file; whatever goes wrong while it is read becomes a refusal."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            start = file.readline()
            file.seek(0)
            yield csv.DictReader(file, delimiter=max(",;\t", key=start.count), strict=True)
    except OSError as error:
        raise Misuse("The file cannot be read.", where=str(path), reason=str(error)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable("The file is not CSV in UTF-8.", where=str(path), reason=type(error).__name__) from error


def _own_columns(header: Sequence[str], naming: dict[str, str], path: Path) -> dict[str, str]:
    """Logical column to the column of this file: the one that was named, else the one called as its meaning."""
    own = {name: column if column in header else name for name, column in naming.items()}
    own = {name: column for name, column in own.items() if column in header}
    if "id" not in own:
        raise Unreadable(f"The file has no column {naming['id']}.", where=str(path))
    if _SEARCHED.isdisjoint(own):
        raise Unreadable(f"Name at least one column of {', '.join(sorted(_SEARCHED))}.", where=str(path))
    return own


def _check_naming(naming: dict[str, str], paths: Sequence[Path]) -> None:
    """Refuse a named column that neither file has: a slip there would leave out evidence in silence (Misuse)."""
    headers: set[str] = set()
    for path in paths:
        with _reading(path) as reader:
            headers.update(reader.fieldnames or ())
    for name, column in naming.items():
        if column not in headers and column != name:
            raise Misuse(f"Neither file has a column {column}.", where="columns")


@contextmanager
def _writing(path: Path) -> Iterator[TextIO]:
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise Misuse("The file cannot be written.", where=str(path), reason=str(error)) from error
    with file:
        yield file


def _entry(row: Row, counts: dict[str, int]) -> Entry:
    return Entry(
        record_id=row["id"],
        owner_state=_ANYWHERE,
        subject=_subject(row, counts),
        reference="",
        ban_from=date.min,
    )


def _subject(row: Row, counts: dict[str, int]) -> Subject:
    born = read_any_date(row["birth_date"])
    counts["unreadable_dates"] += bool(row["birth_date"]) and born is None
    split = bool(row["family_name"] or row["given_name"])
    full = "" if split else row["full_name"]
    name = WrittenName(row["family_name"], row["given_name"], row["patronymic"], full)
    return Subject(
        names=(name,) if split or full else (),
        birth_date=born,
        sex=_sex(row["sex"]),
        citizenships=tuple(part.upper() for part in _parts(row["citizenship"])),
        documents=tuple(("", part) for part in _parts(row["document"])),
        identifiers=tuple(("", part) for part in _parts(row["identifier"])),
    )


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in _SEVERAL.split(cell) if part.strip()]


def _sex(cell: str) -> Sex:
    """A sex as registers write it; what is not understood counts as unknown, since sex only qualifies."""
    try:
        return read_sex(_SEXES.get(cell.upper().strip(" ."), cell), "sex")
    except InvalidRequest:
        return Sex.UNKNOWN


def read_any_date(text: str) -> PartialDate | None:
    """A date as 1985-06-15, 19850615, 15.06.1985 or a part of it, zeros for unknown; None where it is no date."""
    for form in _DATE:
        match = form.fullmatch(text.strip())
        if match is None:
            continue
        month, day = int(match["m"] or 0), int(match["d"] or 0)
        try:
            return PartialDate(int(match["y"]), month, day if month else 0)
        except ValueError:
            return None
    return None
