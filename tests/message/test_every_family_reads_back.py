"""Whatever the schema allows of a family is written, judged valid, and read back as it was."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from lxml import etree

from gateway.message.body import read_records, write_record, write_records
from gateway.message.envelope import Kind, body_of
from gateway.message.parse import parse
from gateway.message.rules import check_record
from gateway.message.schema import validate
from gateway.message.second import second_opinion
from gateway.records.category import Category
from gateway.records.lifecycle import STATES
from gateway.records.record import DETAIL_OF, Record, Source, record_id

TESTS = Path(__file__).parents[1]
VALUES = runpy.run_path(str(TESTS / "message" / "schema_values.py"))
EXAMPLES = runpy.run_path(str(TESTS / "schemas" / "make_examples.py"))
PERSONS = some.sampled_from([EXAMPLES["WORKER"], EXAMPLES["STATELESS"], EXAMPLES["BANNED"]])
SOURCE = Source("BLR", "MVD", "every", "1")


def records(category: Category) -> some.SearchStrategy[Record]:
    """Every record of a family that the schema allows, about somebody or nobody as the family is."""
    nobody = some.none()
    about = {"person": PERSONS, "nobody": nobody, "perhaps": PERSONS | nobody}[category.about]
    return some.builds(
        Record,
        some.just(record_id(SOURCE)),
        some.integers(1, 2**31 - 1),
        some.just(category),
        some.just(SOURCE),
        some.sampled_from(sorted(STATES[category])),
        VALUES["MOMENTS"],
        about,
        VALUES["details"](DETAIL_OF[category]),
        some.just("") | VALUES["token"](200),
        some.none() | some.dates(date(1000, 1, 1)),
    )


def message(unsigned: Callable[..., bytes], record: Record) -> etree._Element:
    return parse(unsigned(kind=Kind.RECORD_BATCH, body=write_record(record)), limit=1_000_000)


@pytest.mark.parametrize("category", list(Category))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=some.data())
def test_what_the_schema_allows_is_written_valid_and_read_back(
    unsigned: Callable[..., bytes], category: Category, data: some.DataObject
) -> None:
    record = data.draw(records(category))
    root = message(unsigned, record)
    assert validate(root, protection=True) == []
    assert bool(validate(root, protection=False)) is category.protected
    assert read_records(body_of(root)) == (record,)
    # Canonical: what is signed is what was written.
    assert write_record(record).encode() in etree.tostring(root, method="c14n", exclusive=True)
    # Whatever the dates and texts are, the rules judge it; they never fall over.
    assert {finding.code for finding in check_record(record)}.isdisjoint({"BR-01", "BR-02", "BR-03", "BR-05"})


@pytest.mark.parametrize("category", list(Category))
@settings(max_examples=2, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=some.data())
def test_the_second_opinion_agrees(unsigned: Callable[..., bytes], category: Category, data: some.DataObject) -> None:
    assert second_opinion(message(unsigned, data.draw(records(category))), protection=True) == []


def test_figures_travel_in_a_report_of_their_own(unsigned: Callable[..., bytes]) -> None:
    figures = [EXAMPLES["OTHERS"][name] for name in ("statistic", "quota")]
    body = write_records(figures, kind="StatisticsReport")
    content = body.removeprefix("<StatisticsReport>").removesuffix("</StatisticsReport>")
    root = parse(unsigned(kind=Kind.STATISTICS_REPORT, body=content), limit=1_000_000)
    assert validate(root, protection=False) == []
    assert read_records(body_of(root)) == tuple(figures)
