"""A file that was read is closed, an archive's too, whether it was read to its end or left."""

import zipfile
from pathlib import Path

import pytest

from gateway.mapping import profile
from gateway.mapping.sources import open_source

SAMPLES = Path(__file__).with_name("samples")


@pytest.mark.parametrize("name", ["blr-permits", "rus-bans", "rus-arrivals"])
def test_rows_give_their_file_back(name: str) -> None:
    [source] = (SAMPLES / name).glob("input.*")
    rows = open_source(profile.load(name), source)
    assert rows.raw is not None
    assert not rows.raw.closed
    next(rows.rows)
    rows.close()
    assert rows.raw.closed
    assert isinstance(rows.file, zipfile.ZipFile) == (source.suffix == ".zip")
