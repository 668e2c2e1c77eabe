"""The rows of a profile's sample by their number, and a row of its own with some cells changed."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.mapping import convert
from gateway.records.record import Record

MAKER = runpy.run_path(str(Path(__file__).parent.parent / "make_samples.py"))


@pytest.fixture
def sample() -> Callable[[str], dict[int, convert.Mapped]]:
    """What became of each row of the sample of a profile; in a table the header is row 1."""

    def rows(name: str) -> dict[int, convert.Mapped]:
        return {item.row: item for item in MAKER["outcome"](name).mapped}

    return rows


@pytest.fixture
def records(sample: Callable[[str], dict[int, convert.Mapped]]) -> Callable[[str], dict[str, Any]]:
    """The records of the sample of a profile by the register's own number."""

    def by_number(name: str) -> dict[str, Record]:
        return {item.record.source.record: item.record for item in sample(name).values() if item.record}

    return by_number


@pytest.fixture
def codes(sample: Callable[[str], dict[int, convert.Mapped]]) -> Callable[[str], dict[int, list[str]]]:
    """The codes that are said about each row of the sample of a profile."""

    def by_row(name: str) -> dict[int, list[str]]:
        return {number: [finding.code for finding in item.findings] for number, item in sample(name).items()}

    return by_row


@pytest.fixture
def sample_file() -> Callable[[str, str], bytes]:
    """The bytes of a file beside the sample of a profile."""
    return lambda name, file: (MAKER["SAMPLES"] / name / file).read_bytes()
