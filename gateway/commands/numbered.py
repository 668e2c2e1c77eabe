"""Output of which nobody knows beforehand whether it will be one file or many: all of them appear, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gateway.commands.terminal import writable
from gateway.errors import Misuse


class Numbered:
    """Files `OUT.0001.xml`, `OUT.0002.xml`, …, or `OUT.xml` where there is only one of them."""

    def __init__(self, target: Path, folder: Path | None) -> None:
        self.count = 0
        """Files begun so far."""
        self.streams = folder is None
        """Whether the output is a pipe or a device, which holds one message only."""
        self._target = target
        self._folder = folder
        self._file: BinaryIO | None = None

    def open(self) -> BinaryIO:
        """The next file; the one before must be done with."""
        self.close()
        self.count += 1
        self._file = (self._target if self._folder is None else self._folder / str(self.count)).open("wb")
        return self._file

    def close(self) -> None:
        """Close what is open, whatever it holds."""
        if self._file is not None:
            self._file.close()

    def paths(self) -> list[Path]:
        """Where the files stand in the end."""
        if self.streams or self.count <= 1:
            return [self._target][: self.count]
        return [self._named(number) for number in range(1, self.count + 1)]

    def appear(self) -> None:
        """Put every file into its place. Nothing is moved where one of the places is taken by a folder."""
        self.close()
        if self._folder is None:
            return
        for path in self.paths():
            _no_folder(path)
        for number, path in enumerate(self.paths(), start=1):
            (self._folder / str(number)).replace(path)

    def stale(self) -> Path | None:
        """A file beside ours that bears a name of this output, which an earlier run has left."""
        if not self.count or self.streams:
            return None
        others = (self._named(1), self._named(2)) if self.count == 1 else (self._target, self._named(self.count + 1))
        return next((path for path in others if path.exists()), None)

    def _named(self, number: int) -> Path:
        return self._target.with_name(f"{self._target.stem}.{number:04d}{self._target.suffix}")


@contextmanager
def numbered(output: Path) -> Iterator[Numbered]:
    """Files of one output, which appear when the block ends and vanish when it raises (Misuse).

    A pipe or a device is written to directly.
    """
    target = Path(os.path.realpath(output))
    with writable(output):
        _no_folder(target)
        if target.exists() and not target.is_file():
            target.open("ab").close()
            files = Numbered(target, None)
            try:
                yield files
            finally:
                files.close()
            return
        folder = target.with_name(f".{target.name}.{os.getpid()}.part")
        folder.mkdir()
        files = Numbered(target, folder)
        try:
            yield files
            files.appear()
        finally:
            files.close()
            shutil.rmtree(folder, ignore_errors=True)


def beside(output: Path, what: str) -> Path:
    """The name of a second output: `OUT.what.xml` beside `OUT.xml`."""
    return output.with_name(f"{output.stem}.{what}{output.suffix}")


def _no_folder(path: Path) -> None:
    if path.is_dir():
        raise Misuse("A folder stands where the file should.", where=str(path))
