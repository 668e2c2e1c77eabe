"""Fixed width: every column has its place in the line, counted in characters of the decoded text."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import partial
from typing import BinaryIO, Final

from gateway.mapping import encodings
from gateway.mapping.declaration import Profile
from gateway.mapping.source_form import spans
from gateway.mapping.sources.rows import Broken, Hope, Numbered, Row, Rows

_LONGEST_LINE: Final = 1 << 16


def read(profile: Profile, file: BinaryIO, name: str) -> Rows:
    """The lines of a file, cut into cells. The number of a row is that of its line."""
    form = profile.source
    encoding = encodings.opening(form.encoding, file, name)
    text = io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape")
    columns = tuple(form.columns)
    places = [slice(*span) for span in spans(form).values()]
    rows = Rows(columns, _rows(text, places, form.skip_rows, name), file=text, raw=file)
    rows.unknown.extend(column for column in columns if column not in {*profile.columns, *profile.dropped})
    return rows


def _rows(text: io.TextIOWrapper, places: list[slice], skip: int, name: str) -> Numbered:
    width = max(place.stop for place in places)
    hope = Hope(name)
    even, usual = True, 0
    whole = number = 0
    for line in iter(partial(text.readline, _LONGEST_LINE), ""):
        number += 1
        bare = line.rstrip("\n")
        if number <= skip or not bare.strip(" \x00\x1a"):
            # 0x1A is the end of a file in DOS.
            continue
        usual = usual or len(bare)
        # A last line without its end that is shorter than all others was cut off, unless lines are of any length.
        cut = even and whole and len(bare) < usual and not line.endswith("\n")
        even = even and len(bare) == usual
        if cut or len(bare.rstrip()) > width:
            hope.lose(whole)
            yield number, Broken("MAP-COLUMNS")
        else:
            whole += 1
            yield number, [bare[place].strip() for place in places]


def write(profile: Profile, rows: Iterable[Row]) -> bytes:
    """The rows as lines of one length. What is longer than its column is cut, as the register's own form would."""
    form = profile.source
    places = spans(form)
    width = max(stop for _, stop in places.values())
    lines = [""] * form.skip_rows
    for row in rows:
        line = [" "] * width
        for column, (start, stop) in places.items():
            text = " ".join(row.get(column, "").split())[: stop - start]
            line[start : start + len(text)] = text
        lines.append("".join(line))
    return "".join(line + "\r\n" for line in lines).encode(form.encoding, "replace")
