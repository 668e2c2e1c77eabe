"""Every shipped profile has a sample file, and the sample becomes exactly the message that was read and committed."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.mapping import back, convert, profile
from gateway.message.parse import parse
from gateway.message.rules import check_records, examine
from gateway.message.second import second_opinion
from gateway.records.codes import STATES

MAKER = runpy.run_path(str(Path(__file__).with_name("make_samples.py")))
SAMPLES: Path = MAKER["SAMPLES"]
NOW = MAKER["NOW"]
NAMES = profile.names()

each = pytest.mark.parametrize("name", NAMES)


def outcome(name: str) -> Any:
    return MAKER["outcome"](name)


@each
def test_the_sample_becomes_the_message_beside_it(name: str) -> None:
    assert outcome(name).readable() == (SAMPLES / name / "expected.xml").read_bytes()


@each
def test_what_is_said_about_its_rows_is_what_was_expected(name: str) -> None:
    assert outcome(name).remarks() == (SAMPLES / name / "findings.csv").read_text(encoding="utf-8")


@each
def test_no_finding_carries_a_value_of_its_row(name: str) -> None:
    # A column may be called like a value is written ("М"), so only longer values can tell.
    for item in outcome(name).mapped:
        if item.record is None or item.record.person is None:
            continue
        own = {part for each in item.record.person.names for part in (each.family, each.full) if len(part) > 3}
        for finding in item.findings:
            assert not any(value in finding.path + finding.message_en + finding.message_ru for value in own)


@each
def test_schema_rules_and_the_second_opinion_have_nothing_to_say(name: str) -> None:
    root = parse(outcome(name).message(), limit=10_000_000)
    assert examine(root, protection=True) == []
    assert [finding for finding in check_records(root) if finding.severity == "error"] == []
    assert second_opinion(root, protection=True) == []


@each
def test_the_sample_has_good_rows_and_a_trap(name: str) -> None:
    mapped = outcome(name).mapped
    assert sum(item.record is not None for item in mapped) >= 3
    assert any(item.findings for item in mapped)


@each
def test_map_unmap_map_is_the_identity_on_the_sample(name: str, tmp_path: Path) -> None:
    made = outcome(name)
    rows, losses = back.unmap(made.chosen, made.records)
    assert losses == []
    if made.chosen.source.format == "rows":
        again = list(convert.map_rows(made.chosen, rows, now=NOW))
    else:
        written = tmp_path / "back"
        written.write_bytes(back.write_rows(made.chosen, rows))
        again = list(convert.map_file(made.chosen, written, now=NOW))
    # Flags tell of the row as it came; what was repaired on the way is right in the row that goes back.
    assert [replace(item.record, flags=()) for item in again if item.record is not None] == [
        replace(record, flags=()) for record in made.records
    ]


@each
def test_the_profile_is_of_a_state_of_the_region(name: str) -> None:
    assert profile.load(name).state in STATES


def test_no_sample_is_of_a_profile_that_is_gone() -> None:
    assert sorted(folder.name for folder in SAMPLES.iterdir()) == sorted(NAMES)
