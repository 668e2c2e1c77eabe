"""ZIP archives, without believing them: sizes, ratios and numbers have limits, and nothing is ever unpacked to disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from gateway.errors import TooLarge, Unreadable
from gateway.mapping.declaration import Profile
from gateway.mapping.sources.headings import refuse_missing
from gateway.mapping.sources.rows import Broken, Numbered, Row, Rows

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MEMBERS: Final = 10_000
LARGEST: Final = 4 << 30
"""Bytes of all members together, once they are unpacked."""
RATIO: Final = 200
"""How many times larger a member may become; tables of text become ten to thirty times as large."""
SMALL: Final = 1 << 20
"""Bytes up to which the ratio does not matter."""
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
DAMAGE: Final = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError),
)
"""What zipfile raises for an archive that is none; it promises BadZipFile only."""
_UTF8: Final = 0x800
_ENCRYPTED: Final = 0x1
_ARCHIVES: Final = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")

Read = Callable[[Profile, BinaryIO, str], Rows]
Write = Callable[[Profile, Iterable[Row]], bytes]


def opened(file: BinaryIO, name: str) -> zipfile.ZipFile:
    """An archive whose members, as it declares them, can be read; a Refusal says why it cannot."""
    file.seek(0)
    if file.read(4) not in {b"PK\x03\x04", b"PK\x05\x06"}:
        raise Unreadable(f"{name} is no ZIP archive", where=name)
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGE as error:
        raise Unreadable(f"{name} is a damaged ZIP archive or was cut off", where=name) from error
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise TooLarge(f"{name} holds more than {MEMBERS} files", where=name)
    if sum(member.file_size for member in members) > LARGEST:
        raise TooLarge(f"{name} would unpack to more than {LARGEST} bytes", where=name)
    starts = [member.header_offset for member in members]
    if len(set(starts)) < len(starts):
        raise TooLarge(f"{name} lists the same bytes as several files", where=name)
    for member in members:
        if member.file_size > SMALL and member.file_size > RATIO * max(member.compress_size, 1):
            raise TooLarge(f"{name} holds a file that becomes more than {RATIO} times as large", where=name)
        if member.flag_bits & _ENCRYPTED:
            raise Unreadable(f"{name} is protected by a password", where=name)
        if member.compress_type not in _METHODS:
            raise Unreadable(f"{name} is packed by a method that is not read here", where=name)
    return archive


class Member(io.RawIOBase):
    """One file of an archive, of which every damage is an Unreadable."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
        self._name = name
        try:
            self._file: Any = archive.open(member)
        except DAMAGE as error:
            raise self._damaged() from error

    def _damaged(self) -> Unreadable:
        return Unreadable(f"{self._name} is damaged or was cut off within the archive", where=self._name)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is, by unpacking once more."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """As of every raw file."""
        try:
            count: int = self._file.readinto(buffer)
        except DAMAGE as error:
            raise self._damaged() from error
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As of every raw file."""
        try:
            reached: int = self._file.seek(offset, whence)
        except DAMAGE as error:
            raise self._damaged() from error
        return reached

    def tell(self) -> int:
        """As of every raw file."""
        reached: int = self._file.tell()
        return reached

    def close(self) -> None:
        """As of every raw file."""
        if not self.closed:
            self._file.close()
        super().close()


def file_name(member: zipfile.ZipInfo) -> str:
    """The name as its author saw it: Russian Windows writes CP866, which ZIP declares to be CP437."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("cp866")
    except UnicodeError:
        return member.filename


def chosen(archive: zipfile.ZipFile, pattern: str, name: str) -> list[tuple[str, zipfile.ZipInfo]]:
    """The members whose name, with or without its folder, fits the pattern, in the order of the archive."""
    wanted = pattern.casefold()
    found = []
    for member in archive.infolist():
        path = file_name(member)
        names = {path.casefold(), path.casefold().rpartition("/")[2]}
        if member.filename and not member.is_dir() and any(fnmatchcase(each, wanted) for each in names):
            found.append((path, member))
    if not found:
        raise Unreadable(f"{name} holds no file that fits {pattern}", where=name)
    return found


def read(inner: Read, profile: Profile, file: BinaryIO, name: str) -> Rows:
    """The rows of every fitting member, one after the other, numbered through; `rows.member` tells which."""
    archive = opened(file, name)
    members = chosen(archive, profile.source.member, name)
    plain = replace(profile, source=replace(profile.source, member=""))

    def one(place: int) -> Rows:
        path, member = members[place]
        label = f"{name}/{path.rpartition('/')[2][:80]}"
        stream = io.BufferedReader(Member(archive, member, label))
        start = stream.peek(4)[:4]
        if not start:
            raise Unreadable(f"{label} is empty", where=label)
        if start.startswith(_ARCHIVES) and profile.source.format != "xlsx":
            raise Unreadable(f"{label} is an archive within an archive, which is refused", where=label)
        return inner(plain, stream, label)

    first = one(0)
    found = Rows(first.columns, iter(()), unknown=first.unknown, file=archive, raw=file)

    def chained() -> Numbered:
        number = 0
        for place, (path, _) in enumerate(members):
            rows = first if place == 0 else one(place)
            if len(members) > 1:
                found.member, found.before = path.rpartition("/")[2][:80], number
            order = _order(found, rows)
            base = number
            for within, cells in rows.rows:
                number = base + within
                yield number, cells if order is None or isinstance(cells, Broken) else [cells[at] for at in order]
            rows.close()

    found.rows = chained()
    return found


def _order(found: Rows, rows: Rows) -> list[int] | None:
    """Where the columns of the first member stand in this one; None where they stand the same."""
    if rows.columns == found.columns:
        return None
    missing = [column for column in found.columns if column not in rows.columns]
    if missing:
        raise refuse_missing("a further file of the archive", missing)
    found.unknown.extend(column for column in rows.unknown if column not in found.columns)
    return [rows.columns.index(column) for column in found.columns]


def write(inner: Write, profile: Profile, rows: Iterable[Row]) -> bytes:
    """An archive of one member, named by the profile's pattern with its wildcards filled in."""
    pattern = profile.source.member
    name = "".join("rows" if sign == "*" else "1" if sign in "?[]!" else sign for sign in pattern)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed date, so that the same rows are the same bytes.
        archive.writestr(zipfile.ZipInfo(name), inner(profile, rows), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
