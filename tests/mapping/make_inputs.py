"""Packs the inputs that are archives: `python tests/mapping/make_inputs.py`.

`samples/<profile>/members/*` are the files as people read them; `input.zip` is the archive as Russian Windows packs
it, with names in CP866 and without the mark of UTF-8. The same members always give the same bytes.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

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


def main() -> None:
    for folder in sorted(SAMPLES.glob("*/members")):
        (folder.parent / "input.zip").write_bytes(packed(folder))
        sys.stdout.write(f"{folder.parent.name}: {len(list(folder.iterdir()))} files packed\n")


if __name__ == "__main__":
    main()
