"""What every format becomes: numbered rows of cells, some of them broken."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Final, Protocol

from gateway.errors import Unreadable
from gateway.mapping import expressions
from gateway.mapping.declaration import Profile

COLUMNS: Final = 1_000
"""Most columns of a row; the widest register known has under two hundred."""
HOPELESS: Final = 1_000
"""If this many rows are read and none has the form of a row, the file is something else."""
_NAMES: Final = 2_000
"""Different unknown columns of one file that are told; a file that has more makes them up."""

Cells = list[str | None] | list[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read, with the code of its finding."""

    code: str
    column: str = ""
    cells: Cells | None = None
    """What could be read of it, where that is enough to tell whether the profile is about such a row at all."""


Row = dict[str, str]
"""Column to text on the way back, in the order of the profile's columns."""
Numbered = Iterator[tuple[int, Cells | Broken]]


class Closable(Protocol):
    """A file, or what holds one."""

    def close(self) -> None:
        """Give the file back."""


@dataclass(slots=True)
class Rows:
    """Rows of one source, in the order of `columns`."""

    columns: tuple[str, ...]
    rows: Numbered
    """Number of the row and its cells. In a CSV file or a spreadsheet the header is row 1, as a spreadsheet
    shows it; in JSON and XML the first object or element is row 1; of a fixed width it is the line."""
    unknown: list[str] = field(default_factory=list)
    """Columns met that the profile does not name; the mapping takes them out as it reports them."""
    file: Closable | None = None
    raw: BinaryIO | None = None
    """The bytes below `file`, of which the position is told."""
    member: str = ""
    """Of an archive of several files, the one that the last row came from."""
    before: int = 0
    """Of an archive, the number that was reached before this file began."""

    def position(self) -> int:
        """Bytes read so far, for a progress bar."""
        return self.raw.tell() if self.raw and not self.raw.closed else 0

    def close(self) -> None:
        """Give back what was opened."""
        if isinstance(self.rows, Generator):
            # A reader that is left half way lets go of the file before it is closed.
            self.rows.close()
        # A ZIP archive and a workbook do not close the file that they were given.
        for opened in (self.file, self.raw):
            if opened:
                opened.close()


class Hope:
    """Counts broken rows from the first on, until one is whole."""

    __slots__ = ("broken", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.broken = 0

    def lose(self, whole: int) -> None:
        """One more broken row after `whole` good ones; Unreadable where there has never been a good one."""
        self.broken += 1
        if not whole and self.broken >= HOPELESS:
            raise Unreadable(
                f"{self.name}: none of the first {HOPELESS} rows has the form that the profile declares",
                where=self.name,
            )


def cell(value: Any) -> str | None:
    """A plain value as the text of a cell; TypeError for a nested one."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        # Some writers of JSON turn every number into a float; a code 398.0 is the code 398.
        return str(int(value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping | list | tuple | set):
        raise TypeError("nested")
    return str(value)


def given(
    profile: Profile,
    objects: Iterable[Any],
    *,
    flat: bool = False,
    file: Closable | None = None,
    raw: BinaryIO | None = None,
) -> Rows:
    """Rows that somebody else has read: dictionaries of a connector or of a JSON reader.

    Where they are `flat`, their keys are the profile's columns, as the way back writes them, and not the keys of
    the register's own objects.
    """
    reader = _Objects(profile, {} if flat else profile.source.columns)
    rows = ((number, reader.cells(row)) for number, row in enumerate(objects, start=1))
    return Rows(reader.columns, rows, reader.unknown, file, raw)


class _Objects:
    """Takes cells out of dictionaries, by key or by an expression of the profile."""

    def __init__(self, profile: Profile, places: Mapping[str, str]) -> None:
        self.columns = profile.columns
        self.headings = profile.headings
        self.unknown: list[str] = []
        self.ways: list[tuple[str, Callable[[Any], Any] | None]] = [
            (column, expressions.json_path(places[column]) if column in places else None) for column in self.columns
        ]
        self.seen = {*(column for column in self.columns if column not in places), *profile.dropped}
        self.seen.update(*(expressions.json_roots(place) for place in places.values()))
        self.separators = {item.column: item.separator for item in profile.fields if item.separator}

    def cells(self, row: Any) -> Cells | Broken:
        """The cells of one row in the order of the columns."""
        if isinstance(row, Broken):
            return row
        if not isinstance(row, Mapping):
            return Broken("MAP-ROW-FORM")
        if len(row) > COLUMNS:
            return Broken("MAP-COLUMNS")
        if self.headings:
            row = {self.headings.get(key, key): value for key, value in row.items()}
        if not row.keys() <= self.seen:
            self._meet(row)
        found: list[str | None] = []
        for column, way in self.ways:
            value = row.get(column) if way is None else way(row)
            try:
                found.append(value if value is None or type(value) is str else self._cell(column, value))
            except (TypeError, ValueError):
                # ValueError: Python writes no integer of more than 4,300 digits.
                return Broken("MAP-NESTED", column)
        return found

    def _cell(self, column: str, value: Any) -> str | None:
        if type(value) is list and column in self.separators:
            return self.separators[column].join(cell(item) or "" for item in value)
        return cell(value)

    def _meet(self, row: Mapping[Any, Any]) -> None:
        if len(self.seen) < _NAMES:
            new = [key for key in row if key not in self.seen]
            self.seen.update(new)
            self.unknown.extend(str(key) for key in new)
