"""Packs the inputs that are archives, workbooks or in an encoding of old: `python tests/mapping/make_inputs.py`.

`samples/<profile>/members/*` are the files as people read them; `input.zip` is the archive as Russian Windows packs
it, with names in CP866 and without the mark of UTF-8. The same members always give the same bytes.

`samples/<profile>/table.csv` is a table as people read it; `input.csv` is the same in the encoding of its register.

`samples/<profile>/sheet.json` are the cells of `input.xlsx`: a text such as `date:1985-06-15` becomes a real date of
the sheet.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

# The checkout this file stands in goes before one that is installed.
sys.path.insert(0, str(Path(__file__).parents[2]))

from gateway.mapping import profile

SAMPLES = Path(__file__).with_name("samples")


class _Cp866(zipfile.ZipInfo):
    """A member whose name is CP866, which the format itself has no way to say."""

    __slots__ = ()

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name is that of the standard library.
        return self.filename.encode("cp866"), self.flag_bits


def packed(folder: Path) -> bytes:
    """The archive of the members of a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member in sorted(folder.iterdir()):
            archive.writestr(_Cp866(member.name), member.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def workbook(cells: dict[str, Any]) -> bytes:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = cells["title"]
    for row in cells["rows"]:
        sheet.append([_cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("date:"):
        return date.fromisoformat(value.removeprefix("date:"))
    return value


def main() -> None:
    for source in sorted(SAMPLES.glob("*/sheet.json")):
        cells = json.loads(source.read_text(encoding="utf-8"))
        (source.parent / "input.xlsx").write_bytes(workbook(cells))
        sys.stdout.write(f"{source.parent.name}: {len(cells['rows'])} rows written\n")
    for source in sorted(SAMPLES.glob("*/table.csv")):
        encoding = profile.load(source.parent.name).source.encoding
        (source.parent / "input.csv").write_bytes(source.read_bytes().decode().encode(encoding))
        sys.stdout.write(f"{source.parent.name}: written in {encoding}\n")
    for folder in sorted(SAMPLES.glob("*/members")):
        (folder.parent / "input.zip").write_bytes(packed(folder))
        sys.stdout.write(f"{folder.parent.name}: {len(list(folder.iterdir()))} files packed\n")


if __name__ == "__main__":
    main()
