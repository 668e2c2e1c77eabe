"""docs/profiles.md has one row for each shipped profile, and the row tells the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.mapping import profile

LIST = Path(__file__).parents[3] / "docs" / "profiles.md"
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in LIST.read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]


def test_every_profile_has_one_row_in_order() -> None:
    assert [row[0] for row in ROWS] == [f"`{name}`" for name in sorted(profile.names())]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("`"))
def test_a_row_says_what_the_profile_says(row: list[str]) -> None:
    chosen = profile.load(row[0].strip("`"))
    assert row[1] == chosen.state
    assert row[3] == chosen.source.format
    assert row[4] == chosen.source.encoding
    assert row[5] == chosen.category.value
    assert row[6]
