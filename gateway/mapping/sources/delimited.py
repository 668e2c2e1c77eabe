"""CSV and its sister with tabs: one line a row, unless a quotation mark says otherwise."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO, Final

from gateway.errors import TooLarge, Unreadable
from gateway.mapping import encodings
from gateway.mapping.declaration import Profile
from gateway.mapping.source_form import SourceForm
from gateway.mapping.sources.headings import Headings, refuse_missing
from gateway.mapping.sources.rows import COLUMNS, Broken, Hope, Numbered, Row, Rows

LONGEST_LINE: Final = 1 << 20
"""Characters read as one line: a file without line ends must not be taken into memory whole."""
_LINES_OF_A_ROW: Final = 200
"""Lines of one row; a cell with more of them is a quotation mark that nobody closed."""
_RECOVERIES: Final = 100
"""How often the lines behind such a mark are read again; each time costs up to _LINES_OF_A_ROW lines."""
_LOOK: Final = 256 * 1024
_DELIMITERS: Final = (";", ",", "\t", "|")
_NUMBER: Final = re.compile(r"[+-]?\d[\d .,]*")


def read(profile: Profile, file: BinaryIO, name: str) -> Rows:
    """The rows of a CSV or TSV file; Unreadable where its header is not that of the profile."""
    form = profile.source
    encoding = encodings.opening(form.encoding, file, name)
    text = io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")
    lines = _Lines(text)
    dialect = _dialect(form)
    reader = csv.reader(lines, **dialect)
    try:
        for _ in range(form.header_row - 1):
            next(reader, [])
        raw = next(reader, [])
        if len(raw) > COLUMNS:
            raise TooLarge(f"{name} has more than {COLUMNS} columns", where=name)
        headings = Headings(profile)
        header = headings.named(raw)
        missing = headings.missing(header)
        if missing:
            raise _why_missing(profile, file, name, missing)
        headings.refuse_doubled(header, name)
        for _ in range(form.skip_rows):
            next(reader, [])
    except csv.Error as error:
        raise Unreadable(f"{name}: the header cannot be read as CSV", where=name) from error
    lines.kept.clear()
    table = _Table(lines, headings, header, name, form.header_row + form.skip_rows)
    rows = Rows(tuple(header), table.rows(dialect), file=text, raw=file)
    rows.unknown.extend(headings.unknown(header))
    return rows


def _dialect(form: SourceForm) -> dict[str, Any]:
    if not form.quote:
        return {"delimiter": form.delimiter, "quoting": csv.QUOTE_NONE}
    return {"delimiter": form.delimiter, "quotechar": form.quote}


class _Lines:
    """Lines one after the other, and those of the row that is being read, should they be needed once more."""

    __slots__ = ("again", "kept", "recoveries", "text")

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.kept: list[str] = []
        self.again: deque[str] = deque()
        self.recoveries = 0

    def __iter__(self) -> Iterator[str]:
        kept, again = self.kept, self.again
        while True:
            while again:
                kept.append(line := again.popleft())
                yield line
            for line in iter(partial(self.text.readline, LONGEST_LINE), ""):
                kept.append(line)
                if len(kept) > 1 and (len(kept) > _LINES_OF_A_ROW or sum(map(len, kept)) > 4 * LONGEST_LINE):
                    raise csv.Error("a row of too many lines")
                yield line
                if again:
                    break
            else:
                if not again:
                    return

    def recover(self) -> None:
        """Have the lines of a broken row read again, but for the first, which broke it."""
        if len(self.kept) > 1 and self.recoveries < _RECOVERIES:
            self.recoveries += 1
            self.again.extendleft(reversed(self.kept[1:]))
        self.kept.clear()


class _Table:
    """The rows below one header."""

    def __init__(self, lines: _Lines, headings: Headings, header: list[str], name: str, start: int) -> None:
        self.lines = lines
        self.headings = headings
        self.header = header
        self.start = start
        self.hope = Hope(name)
        self.lost = False
        """Whether another header was met, so that nobody knows what the cells below it are."""

    def rows(self, dialect: dict[str, Any]) -> Numbered:
        """Every row that is not empty. A gigabyte runs through here."""
        number, width, words, kept = self.start, len(self.header), self.headings.words, self.lines.kept
        while True:
            try:
                for cells in csv.reader(self.lines, **dialect):
                    number += 1
                    if len(cells) == width and not (self.lost or cells[0] in words or cells[-1] in words):
                        yield number, cells
                        kept.clear()
                    elif cells:
                        yield number, self._odd(cells, number)
                    else:
                        kept.clear()
            except csv.Error:
                # A field or a row longer than allowed: usually a quotation mark that nobody closed.
                number += 1
                self.lines.recover()
                self.hope.lose(number - self.start - self.hope.broken - 1)
                yield number, Broken("MAP-ROW-FORM")
            else:
                if not self.lines.again:
                    return

    def _odd(self, cells: list[str], number: int) -> list[str] | Broken:
        """A row of another width, or one that may be a header, or one below a header of other columns."""
        same = self.headings.again(cells, self.header)
        if same is not None:
            self.lost = not same
        if same is not None or self.lost:
            self.lines.kept.clear()
            return Broken("MAP-HEADER-AGAIN")
        if len(cells) == len(self.header):
            self.lines.kept.clear()
            return cells
        self.lines.recover()
        self.hope.lose(number - self.start - self.hope.broken - 1)
        return Broken("MAP-COLUMNS")


def _why_missing(profile: Profile, file: BinaryIO, name: str, missing: list[str]) -> Unreadable:
    """A sentence that helps: the wrong encoding and the wrong delimiter both look like missing columns."""
    form = profile.source
    file.seek(0)
    lines = file.read(_LOOK).splitlines()
    line = lines[form.header_row - 1] if len(lines) >= form.header_row else b""
    headings = Headings(profile)
    for encoding in encodings.GUESSES:
        for delimiter in (form.delimiter, *_DELIMITERS):
            try:
                header = headings.named(line.decode(encoding).split(delimiter))
            except UnicodeDecodeError:
                break
            if missing[0] in header:
                if encodings.known(encoding) != encodings.known(form.encoding):
                    return Unreadable(f"{name} is written in {encoding}, not in {form.encoding}", where=name)
                if delimiter != form.delimiter:
                    said = f"{name} is delimited by {delimiter!r}, not by {form.delimiter!r}"
                    return Unreadable(said, where=name)
    return refuse_missing(name, missing)


def write(profile: Profile, rows: Iterable[Row]) -> bytes:
    """The rows below their header. Cells that a spreadsheet would run as a formula are disarmed."""
    form = profile.source
    text = io.StringIO(newline="")
    text.write("\r\n" * (form.header_row - 1))
    dialect = _dialect(form)
    writer = csv.writer(text, **dialect)
    writer.writerow(profile.columns)
    text.write("\r\n" * form.skip_rows)
    for row in rows:
        cells = [disarmed(row.get(column, "")) for column in profile.columns]
        writer.writerow(cells if form.quote else [_bare(cell, form.delimiter) for cell in cells])
    return text.getvalue().encode(form.encoding, "replace")


def _bare(cell: str, delimiter: str) -> str:
    """Where nothing encloses a cell, it can hold neither the delimiter nor the end of a line."""
    return " ".join(cell.replace(delimiter, " ").split())


def disarmed(text: str) -> str:
    """An apostrophe before what would be a formula; reading takes it away again.

    A lone sign is no formula, nor is a number with one. A tab or a line end in front only hides a formula from
    whoever looks at its first character, so it goes.
    """
    text = text.lstrip("\t\r\n")
    if len(text) > 1 and text[0] in "=+-@" and _NUMBER.fullmatch(text) is None:
        return f"'{text}"
    return text
