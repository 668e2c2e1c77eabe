"""National files, read and written: one module a format, each with both directions side by side.

What spoils a whole file is a Refusal in one sentence; what spoils one row is a Broken row, and the next one is
read. Memory does not grow with the file, except where docs/national-files.md names a limit.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from gateway.errors import Misuse, Unreadable
from gateway.mapping.declaration import Profile
from gateway.mapping.sources import archive, delimited, fixed, json_text, soap, xlsx, xml_rows
from gateway.mapping.sources.archive import Read, Write
from gateway.mapping.sources.delimited import disarmed
from gateway.mapping.sources.rows import Broken, Cells, Row, Rows, cell, given

__all__ = ["Broken", "Cells", "Row", "Rows", "cell", "disarmed", "given", "open_source", "write_rows"]

_FORMATS: Final[dict[str, tuple[Read, Write]]] = {
    "csv": (delimited.read, delimited.write),
    "tsv": (delimited.read, delimited.write),
    "fixed": (fixed.read, fixed.write),
    "xlsx": (xlsx.read, xlsx.write),
    "json": (json_text.read, json_text.write),
    "jsonl": (json_text.read_lines, json_text.write_lines),
    "xml": (xml_rows.read, xml_rows.write),
    "soap": (soap.read, soap.write),
    # What a connector hands over is written, and read from a file, as the array that it would be.
    "rows": (json_text.read, json_text.write),
}


def _both(profile: Profile) -> tuple[Read, Write]:
    """How the profile's files are read and written."""
    source = profile.source
    read, write = _FORMATS["soap" if source.payload else source.format]
    if source.member:
        return partial(archive.read, read), partial(archive.write, write)
    return read, write


def open_source(profile: Profile, source: Path | str | bytes) -> Rows:
    """The rows of a file or of bytes, as the profile says they are written.

    Misuse where there is no such file, Unreadable where it is not what the profile declares.
    """
    if isinstance(source, bytes):
        return read_stream(profile, io.BytesIO(source), "input")
    path = Path(source)
    try:
        file = path.open("rb")
    except OSError as error:
        raise Misuse(f"{path.name} cannot be opened: {error.strerror}", where=str(path)) from error
    return read_stream(profile, file, path.name)


def read_stream(profile: Profile, file: BinaryIO, name: str) -> Rows:
    """The rows of an open file that can seek; it is closed with the rows, or where it is refused."""
    try:
        _refuse_empty(file, name)
        read, _ = _both(profile)
        return read(profile, file, name)
    except BaseException:
        file.close()
        raise


def _refuse_empty(file: BinaryIO, name: str) -> None:
    if not file.read(1):
        raise Unreadable(f"{name} is empty", where=name)
    file.seek(0)


def write_rows(profile: Profile, rows: Iterable[Row]) -> bytes:
    """The rows as the register's own file. Cells that a spreadsheet would run as a formula are disarmed."""
    return _both(profile)[1](profile, rows)
