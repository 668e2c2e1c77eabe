"""A statistics report is received as a batch is, and holds figures only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from gateway.message.bodies import ReceiptBody
from gateway.message.envelope import Kind
from gateway.records.aggregate import Quota, Statistic
from gateway.records.record import Category, Record, Source, record_id
from gateway.store import tables

START = datetime(2026, 3, 1, tzinfo=UTC)


def figure(number: int) -> Record:
    source = Source("KAZ", "STAT", "figures", f"T-{number}")
    detail = Statistic("MIG-01", date(2025, 1, 1), date(2025, 12, 31), "PERSONS", "FLOW", "D-1", 100 + number)
    return Record(record_id(source), 1, Category.STATISTIC, source, "FINAL", START, None, detail)


def quota(number: int) -> Record:
    source = Source("KAZ", "LAB", "quotas", f"Q-{number}")
    detail = Quota(2026, "LABOUR", 100, "act", 101 if number == 13 else 99)
    return Record(record_id(source), 1, Category.QUOTA, source, "APPROVED", START, None, detail)


def reported(world: Any, *records: Record) -> ReceiptBody:
    """The receipt of a report that holds these records."""
    report = world.batch(*records, kind=Kind.STATISTICS_REPORT, sequence=1, purpose="STATISTICS")
    receipt: ReceiptBody = world.receipt(report)
    return receipt


def test_the_figures_of_a_report_are_kept_without_a_person(world: Any) -> None:
    receipt = world.receipt(
        world.batch(figure(1), quota(2), kind=Kind.STATISTICS_REPORT, sequence=1, purpose="STATISTICS")
    )
    assert [verdict.verdict for verdict in receipt.records] == ["STORED", "STORED"]
    kept = world.rows(tables.Record)
    assert [(row.category, row.person_id) for row in kept] == [("STATISTIC", None), ("QUOTA", None)]
    assert world.rows(tables.Person) == []


def test_a_record_about_a_person_is_refused_alone(world: Any, make: Any) -> None:
    receipt = world.receipt(
        world.batch(figure(1), make.permit(5), kind=Kind.STATISTICS_REPORT, sequence=1, purpose="STATISTICS")
    )
    assert [(verdict.verdict, verdict.code) for verdict in receipt.records] == [("STORED", ""), ("REFUSED", "BR-37")]
    assert receipt.records[1].path == "/Message/Body/StatisticsReport/Record[2]/Category"
    assert world.rows(tables.Person) == []


def test_a_figure_that_breaks_a_rule_is_refused_alone(world: Any) -> None:
    receipt = world.receipt(
        world.batch(quota(13), figure(1), kind=Kind.STATISTICS_REPORT, sequence=1, purpose="STATISTICS")
    )
    assert [(verdict.verdict, verdict.code) for verdict in receipt.records] == [("REFUSED", "BR-59"), ("STORED", "")]
