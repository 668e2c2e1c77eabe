"""From a file to rows, without believing it: encodings, broken lines and truncation are told apart.

What spoils the whole file is a Refusal in one sentence; what spoils one row is a Broken row, and the next one
is read. Memory does not grow with the file.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

from gateway.errors import Misuse, TooLarge, Unreadable
from gateway.mapping.declaration import Profile

_LONGEST_LINE: Final = 1 << 20
"""Characters read as one line: a file without line ends must not be taken into memory whole."""
_CHUNK: Final = 256 * 1024
_LARGEST_OBJECT: Final = 4 << 20
_LARGEST_DOCUMENT: Final = 100 << 20
"""Bytes of a JSON document whose array stands below a root and therefore has to be read whole."""
_GUESSES: Final = ("utf-8", "windows-1251", "cp866", "koi8-r", "utf-16")
_DELIMITERS: Final = (";", ",", "\t", "|")


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read, with the code of its finding."""

    code: str
    column: str = ""


Cells = list[str | None] | list[str]


@dataclass(slots=True)
class Rows:
    """Rows of one source, in the order of `columns`."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Cells | Broken]]
    """Number of the row and its cells. In a CSV file the header is row 1, as a spreadsheet shows it; in JSON
    the first object is row 1."""
    unknown: list[str] = field(default_factory=list)
    """Columns met that the profile does not name; the mapping takes them out as it reports them."""
    file: io.TextIOWrapper | None = None
    raw: BinaryIO | None = None
    """The bytes below `file`, of which the position is told."""

    def position(self) -> int:
        """Bytes read so far, for a progress bar."""
        return self.raw.tell() if self.raw and not self.raw.closed else 0


def open_source(profile: Profile, source: Path | str | bytes) -> Rows:
    """The rows of a file or of bytes, as the profile says they are written.

    Misuse where there is no such file, Unreadable where it is not what the profile declares.
    """
    if isinstance(source, bytes):
        file: BinaryIO = io.BytesIO(source)
        name = "input"
    else:
        path = Path(source)
        name = path.name
        try:
            file = path.open("rb")
        except OSError as error:
            raise Misuse(f"{name} cannot be opened: {error.strerror}", where=str(path)) from error
    try:
        _not_empty(file, name)
        read = {"csv": _csv, "jsonl": _json_lines}.get(profile.source.format, _json)
        return read(profile, file, name)
    except BaseException:
        file.close()
        raise


def _not_empty(file: BinaryIO, name: str) -> None:
    if not file.read(1):
        raise Unreadable(f"{name} is empty", where=name)
    file.seek(0)


# --- CSV ---------------------------------------------------------------------------------------------------


def _csv(profile: Profile, file: BinaryIO, name: str) -> Rows:
    encoding = _encoding(profile, file, name)
    text = io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")
    lines = iter(partial(text.readline, _LONGEST_LINE), "")
    reader = csv.reader(lines, delimiter=profile.source.delimiter)
    try:
        raw = next(reader, [])
    except csv.Error as error:
        raise Unreadable(f"{name}: the header cannot be read as CSV", where=name) from error
    header = _header(profile, raw)
    missing = [column for column in profile.columns if column not in header and column not in profile.optional]
    if missing:
        raise Unreadable(_why_missing(profile, file, name, missing), where=name)
    doubled = sorted({column for column in header if header.count(column) > 1})
    if doubled:
        raise Unreadable(f"{name}: column {doubled[0]!r} stands twice in the header", where=name)
    known = {*profile.columns, *profile.dropped, ""}
    rows = Rows(tuple(header), _csv_rows(reader, len(header)), file=text, raw=file)
    rows.unknown.extend(column for column in header if column not in known)
    return rows


def _csv_rows(reader: Iterator[list[str]], width: int) -> Iterator[tuple[int, Cells | Broken]]:
    number = 1
    while True:
        try:
            for cells in reader:
                number += 1
                if len(cells) == width:
                    yield number, cells
                elif cells:
                    yield number, Broken("MAP-COLUMNS")
        except csv.Error:
            # One field longer than the csv module allows, usually a quotation mark that nobody closed. The
            # reader starts afresh at the next line.
            number += 1
            yield number, Broken("MAP-ROW-FORM")
        else:
            return


def _encoding(profile: Profile, file: BinaryIO, name: str) -> str:
    """The declared encoding, after a look at the byte order mark."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    declared = profile.source.encoding
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"} and "16" not in declared:
        raise Unreadable(f"{name} is written in UTF-16, not in {declared}", where=name)
    if declared.lower().replace("_", "-") in {"utf-8", "utf8"}:
        return "utf-8-sig"
    if start[:3] == b"\xef\xbb\xbf":
        raise Unreadable(f"{name} is written in UTF-8, not in {declared}", where=name)
    return declared


def _header(profile: Profile, raw: list[str]) -> list[str]:
    """The columns by the names of the profile: spaces, case and other headings put aside."""
    known = {column.casefold(): column for column in (*profile.columns, *profile.dropped)}
    known.update({heading.casefold(): column for heading, column in profile.headings.items()})
    tidy = (" ".join(heading.split()) for heading in raw)
    return [known.get(heading.casefold(), heading) for heading in tidy]


def _why_missing(profile: Profile, file: BinaryIO, name: str, missing: list[str]) -> str:
    """A sentence that helps: the wrong encoding and the wrong delimiter both look like missing columns."""
    file.seek(0)
    line = file.read(_CHUNK).splitlines()[0]
    for encoding in _GUESSES:
        for delimiter in (profile.source.delimiter, *_DELIMITERS):
            try:
                header = _header(profile, line.decode(encoding).split(delimiter))
            except UnicodeDecodeError:
                continue
            if missing[0] in header:
                if encoding != profile.source.encoding:
                    return f"{name} is written in {encoding}, not in {profile.source.encoding}"
                return f"{name} is delimited by {delimiter!r}, not by {profile.source.delimiter!r}"
    return f"{name} lacks the columns {', '.join(missing[:5])}" + (" and more" if len(missing) > 5 else "")


# --- JSON --------------------------------------------------------------------------------------------------


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
    file: io.TextIOWrapper | None = None,
    raw: BinaryIO | None = None,
) -> Rows:
    """Rows that somebody else has read: dictionaries of a connector or of a JSON reader."""
    columns = profile.columns
    seen = {*columns, *profile.dropped}
    unknown: list[str] = []

    def cells(row: Any) -> Cells | Broken:
        if isinstance(row, Broken):
            return row
        if not isinstance(row, Mapping):
            return Broken("MAP-ROW-FORM")
        if profile.headings:
            row = {profile.headings.get(key, key): value for key, value in row.items()}
        if not row.keys() <= seen:
            new = [str(key) for key in row if key not in seen]
            seen.update(new)
            unknown.extend(new)
        found: list[str | None] = []
        for column in columns:
            value = row.get(column)
            try:
                found.append(value if value is None or type(value) is str else cell(value))
            except TypeError:
                return Broken("MAP-NESTED", column)
        return found

    rows = ((number, cells(row)) for number, row in enumerate(objects, start=1))
    return Rows(columns, rows, unknown, file, raw)


def _text(profile: Profile, file: BinaryIO, name: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding=_encoding(profile, file, name))


def _json(profile: Profile, file: BinaryIO, name: str) -> Rows:
    if profile.source.root:
        return given(profile, _below(profile, file, name), file=_text(profile, file, name), raw=file)
    file.seek(max(0, file.seek(0, io.SEEK_END) - 1024))
    if not file.read().rstrip(b" \t\r\n\x00").endswith(b"]"):
        raise Unreadable(f"{name} is no JSON array or was cut off: it does not end with ]", where=name)
    file.seek(0)
    text = _text(profile, file, name)
    return given(profile, _array(_Window(text, name)), file=text, raw=file)


def _below(profile: Profile, file: BinaryIO, name: str) -> list[Any]:
    raw = file.read(_LARGEST_DOCUMENT + 1)
    if len(raw) > _LARGEST_DOCUMENT:
        raise TooLarge(f"{name} is larger than {_LARGEST_DOCUMENT} bytes", where=name)
    try:
        found = json.loads(raw.decode(_encoding(profile, file, name)))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name} is not JSON or was cut off", where=name) from error
    for key in profile.source.root.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise Unreadable(f"{name} has no array at {profile.source.root}", where=name)
    return found


class _Window:
    """The part of a JSON text that is being looked at."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self.text = text
        self.name = name
        self.buffer = ""
        self.at = 0

    def more(self) -> bool:
        """Read on; False at the end. What was passed is forgotten."""
        try:
            fresh = self.text.read(_CHUNK)
        except UnicodeDecodeError as error:
            raise Unreadable(f"{self.name} is not written in {self.text.encoding}", where=self.name) from error
        self.buffer, self.at = self.buffer[self.at :] + fresh, 0
        return bool(fresh)

    def sign(self) -> str:
        """The next character that is neither space nor comma; empty at the end."""
        while True:
            while self.at < len(self.buffer) and self.buffer[self.at] in " \t\r\n,":
                self.at += 1
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.more():
                return ""


def _array(window: _Window) -> Iterator[Any]:
    """The elements of one JSON array, one at a time."""
    if window.sign() != "[":
        raise Unreadable(f"{window.name} is no JSON array", where=window.name)
    window.at += 1
    decoder = json.JSONDecoder()
    while (sign := window.sign()) != "]":
        if not sign:
            raise Unreadable(f"{window.name} was cut off", where=window.name)
        try:
            element, window.at = decoder.raw_decode(window.buffer, window.at)
        except (ValueError, RecursionError) as error:
            # An object may continue in what has not been read yet; one that never ends is no object.
            if len(window.buffer) - window.at > _LARGEST_OBJECT or not window.more():
                raise Unreadable(f"{window.name} is not JSON or was cut off", where=window.name) from error
            continue
        yield element


def _json_lines(profile: Profile, file: BinaryIO, name: str) -> Rows:
    text = io.TextIOWrapper(file, encoding=_encoding(profile, file, name), errors="surrogateescape")

    def objects() -> Iterator[Any]:
        for line in iter(partial(text.readline, _LONGEST_LINE), ""):
            if line.strip():
                try:
                    yield json.loads(line)
                except (ValueError, RecursionError):
                    yield Broken("MAP-ROW-FORM")

    return given(profile, objects(), file=text, raw=file)
