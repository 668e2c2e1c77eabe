"""Spreadsheets: what stands in a cell, never what a formula once gave; dates and numbers as their cell means them."""

from __future__ import annotations

import io
import re
import threading
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final

from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from gateway.errors import TooLarge, Unreadable
from gateway.mapping.declaration import Profile
from gateway.mapping.sources import archive
from gateway.mapping.sources.delimited import disarmed
from gateway.mapping.sources.headings import Headings, refuse_missing
from gateway.mapping.sources.rows import COLUMNS, Broken, Cells, Numbered, Row, Rows
from gateway.mapping.targets import Kind

_LARGEST: Final = 512 << 20
"""Bytes of a workbook once it is unpacked."""
_SHARED: Final = 64 << 20
"""Bytes of its shared strings, styles and lists of sheets, which are held in memory."""
_SHEET_ROWS: Final = 1_048_576
"""Rows of a sheet, by the format's own limit."""
_EMPTY_ROWS: Final = 10_000
"""Empty rows in a row after which nothing is expected."""
_EXACT: Final = 10**15
"""From here on a spreadsheet has rounded the number: its cells hold fifteen digits."""
_ZEROS: Final = re.compile(r"0+")
_PROTECTED: Final = b"\xd0\xcf\x11\xe0"
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FILTERS: Final = threading.Lock()
_BETWEEN_EPOCHS: Final = 1462
_DAYS: Final = range(2_101, 2_958_466)
"""Numbers that are days of a calendar rather than a year alone; the last is 31 December 9999."""
_BROKEN: Final = (
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, EOFError, OSError),
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, SyntaxError, NotImplementedError),
)
"""What openpyxl raises for a workbook that is none; it promises no exception of its own."""


def read(profile: Profile, file: BinaryIO, name: str) -> Rows:
    """The rows of one sheet; a row of which a needed cell is a formula is broken."""
    _refuse_early(file, name)
    form = profile.source
    try:
        with _quiet():
            workbook = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheet = _sheet(workbook, form.sheet, name)
        sheet.reset_dimensions()
        lines = _lines(sheet.iter_rows(), name)
        header_cells = next((cells for number, cells in lines if number == form.header_row), ())
    except _BROKEN as error:
        raise Unreadable(f"{name} is no XLSX workbook or is damaged", where=name) from error
    headings = Headings(profile)
    raw = [str(item.value or "") for item in header_cells]
    if len(raw) > COLUMNS:
        raise TooLarge(f"{name} has more than {COLUMNS} columns", where=name)
    header = headings.named(raw)
    missing = headings.missing(header)
    if missing:
        raise refuse_missing(name, missing)
    headings.refuse_doubled(header, name)
    table = _Table(profile, headings, header, old_epoch=workbook.epoch == CALENDAR_MAC_1904)
    rows = Rows(tuple(header), table.rows(lines, form.header_row + form.skip_rows), file=workbook, raw=file)
    rows.unknown.extend(headings.unknown(header))
    return rows


@contextmanager
def _quiet() -> Iterator[None]:
    """Without openpyxl's warnings of what it does not show, such as drop-down lists."""
    # Filters of warnings belong to the whole process, so that only one thread at a time may put them aside.
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _refuse_early(file: BinaryIO, name: str) -> None:
    """Everything that makes a workbook dangerous shows before openpyxl looks at it."""
    file.seek(0)
    if file.read(4) == _PROTECTED:
        raise Unreadable(f"{name} is an old XLS workbook or protected by a password; save it as XLSX", where=name)
    packed = archive.opened(file, name)
    members = packed.infolist()
    if sum(member.file_size for member in members) > _LARGEST:
        raise TooLarge(f"{name} would unpack to more than {_LARGEST} bytes", where=name)
    held = sum(member.file_size for member in members if "/worksheets/" not in f"/{member.filename}")
    if held > _SHARED:
        raise TooLarge(f"{name} holds more than {_SHARED} bytes of texts", where=name)
    for member in members:
        if member.filename.endswith((".xml", ".rels", ".vml")):
            _refuse_markup(archive.Member(packed, member, name), name)
    file.seek(0)


def _refuse_markup(part: archive.Member, name: str) -> None:
    with io.BufferedReader(part) as stream:
        tail = b""
        while piece := stream.read(1 << 16):
            seen = tail + piece
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise Unreadable(f"{name} declares a document type inside, which is refused", where=name)
            if b"\0" in piece:
                raise Unreadable(f"{name} holds a part that is not written in UTF-8", where=name)
            tail = piece[-9:]


def _sheet(workbook: Any, wanted: str, name: str) -> Any:
    sheets = workbook.worksheets
    if not wanted and sheets:
        return sheets[0]
    for sheet in sheets:
        if " ".join(sheet.title.split()).casefold() == " ".join(wanted.split()).casefold():
            return sheet
    if wanted.isdecimal() and 1 <= int(wanted) <= len(sheets):
        return sheets[int(wanted) - 1]
    raise Unreadable(f"{name} has no sheet {wanted or 'at all'}", where=name)


def _lines(rows: Iterator[Any], name: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Rows that hold something, with their numbers; a sheet that ends in empty rows ends where they begin."""
    number = empty = 0
    while True:
        try:
            with _quiet():
                cells = next(rows, None)
        except _BROKEN as error:
            raise Unreadable(f"{name} is damaged after row {number}", where=name) from error
        if cells is None or empty > _EMPTY_ROWS:
            return
        number += 1
        if number > _SHEET_ROWS:
            raise TooLarge(f"{name} has more than {_SHEET_ROWS} rows", where=name)
        if any(item.value not in {None, ""} for item in cells if type(item.value) is not list):
            empty = 0
            yield number, cells
        else:
            empty += 1


class _Table:
    """The rows below one header."""

    def __init__(self, profile: Profile, headings: Headings, header: list[str], *, old_epoch: bool) -> None:
        self.headings = headings
        self.header = header
        self.needed = [column in profile.columns for column in header]
        dates = {item.column for item in profile.fields if item.target.kind in {Kind.DATE, Kind.BIRTH_DATE}}
        self.shift = [_BETWEEN_EPOCHS if old_epoch and column in dates else 0 for column in header]
        self.lost = False
        self.telling = {part for condition in profile.only for part in profile.parts(condition.column)}
        """Columns that tell which rows the profile is about."""

    def rows(self, lines: Iterator[tuple[int, tuple[Any, ...]]], start: int) -> Numbered:
        """Every row below the header that holds something."""
        for number, items in lines:
            if number > start:
                yield number, self._row(items)

    def _row(self, items: tuple[Any, ...]) -> Cells | Broken:
        while len(items) > len(self.header) and items[-1].value is None:
            items = items[:-1]
        if len(items) > len(self.header):
            return Broken("MAP-COLUMNS")
        words = [item.value for item in items if isinstance(item.value, str)]
        same = self.headings.again(words, self.header) if words and words[0] in self.headings.words else None
        if same is not None:
            self.lost = not same
        if same is not None or self.lost:
            return Broken("MAP-HEADER-AGAIN")
        cells: list[str | None] = [None] * len(self.header)
        unread: list[tuple[str, str]] = []
        for place, item in enumerate(items):
            if item.value is None or not self.needed[place]:
                continue
            if item.data_type == "f":
                unread.append(("MAP-FORMULA", self.header[place]))
            elif (text := _text(item, self.shift[place])) is None:
                unread.append(("MAP-CELL", self.header[place]))
            else:
                cells[place] = text
        if not unread:
            return cells
        # The sum below a table is a formula and no row that anybody has to mend, where the profile passes over it.
        untold = self.telling.isdisjoint(column for _, column in unread)
        return Broken(*unread[0], cells if untold else None)


def _text(item: Any, shift: int) -> str | None:
    """A cell as text; None for an error and for a number that the spreadsheet has rounded."""
    value = item.value
    if isinstance(value, str):
        return None if item.data_type == "e" else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, item.number_format, shift)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return value.isoformat() if isinstance(value, date | time) else None


def _number(value: float, form: str, shift: int) -> str | None:
    if value != value or abs(value) >= _EXACT:  # noqa: PLR0124 - only what is no number differs from itself.
        return None
    if value != int(value):
        return repr(value)
    whole = int(value)
    if shift and whole in _DAYS:
        # Days counted from 1904 become days counted from 1900, which is what a serial date is taken for.
        whole += shift
    # Zeros in front are shown by a format of zeros, and are not in the number itself.
    return str(whole).zfill(len(form)) if _ZEROS.fullmatch(form or "") else str(whole)


def write(profile: Profile, rows: Iterable[Row]) -> bytes:
    """A workbook of one sheet in which every cell is text, so that no number loses its zeros."""
    form = profile.source
    workbook = Workbook(write_only=True)
    title = form.sheet if form.sheet and not form.sheet.isdecimal() else "1"
    sheet = workbook.create_sheet(re.sub(r"[\\*?:/\[\]]", " ", title)[:31])

    def line(texts: Iterable[str]) -> list[Any]:
        return [_cell(sheet, text) for text in texts]

    for _ in range(form.header_row - 1):
        sheet.append(line(["-"]))
    sheet.append(line(profile.columns))
    for _ in range(form.skip_rows):
        sheet.append(line(["-"]))
    for row in rows:
        sheet.append(line(disarmed(row.get(column, "")) for column in profile.columns))
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def _cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, _CONTROL.sub("\ufffd", text)[:32_767])
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
