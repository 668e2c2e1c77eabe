"""The records of one register, written in the vocabulary of every other register of the same family.

What another form cannot carry is a loss that is told; what it does carry is never another value.
"""

from __future__ import annotations

import runpy
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from unicodedata import combining, normalize

import pytest

from gateway.mapping import back, convert, profile
from gateway.records.person import Person, Sex

MAKER = runpy.run_path(str(Path(__file__).with_name("make_samples.py")))
LATER = datetime(2100, 1, 1, tzinfo=UTC)
SAMPLES = {folder.name for folder in MAKER["SAMPLES"].iterdir()}
PROFILES = {name: profile.load(name) for name in profile.names()}
PAIRS = [
    (one, other)
    for one, other in permutations(sorted(PROFILES), 2)
    if PROFILES[one].category is PROFILES[other].category and one in SAMPLES
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_no_value_turns_into_another_on_its_way_to_another_register(one: str, other: str) -> None:
    records = MAKER["outcome"](one).records
    rows, losses = back.unmap(PROFILES[other], records)
    assert len(rows) == len(records)
    if _register(one) != _register(other):
        # Where a record was born can never be carried, so that every record has a loss or a finding.
        assert {loss.line for loss in losses} == set(range(1, len(records) + 1))
    again = convert.map_rows(PROFILES[other], rows, now=LATER, flat=True)
    for before, after in zip(records, again, strict=True):
        if after.record is None:
            continue
        assert after.record.category is before.category
        if before.person is not None and after.record.person is not None:
            _is_the_same(before.person, after.record.person)


def _register(name: str) -> tuple[str, str, str]:
    """Two documents of one register tell of the same records."""
    chosen = PROFILES[name]
    return chosen.state, chosen.agency, chosen.system


def _is_the_same(before: Person, after: Person) -> None:
    """As far as the other form could carry it."""
    assert set(after.citizenships) <= set(before.citizenships)
    assert after.stateless in {before.stateless, False}
    assert after.sex in {before.sex, Sex.UNKNOWN}
    assert after.birth_date in {before.birth_date, None}
    assert {(found.scheme, found.value) for found in after.identifiers} <= {
        (found.scheme, found.value) for found in before.identifiers
    }
    # A form without a column for the state of issue takes it for that of the citizenship, and a file in windows-1251
    # has S for Ş: both are told as a loss.
    assert {_plain(paper.series + paper.number) for paper in after.documents} <= {
        _plain(paper.series + paper.number) for paper in before.documents
    }


def _plain(text: str) -> str:
    return "".join(sign for sign in normalize("NFKD", text) if not combining(sign))
