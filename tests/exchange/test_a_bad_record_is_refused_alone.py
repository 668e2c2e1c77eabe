"""A bad record in a batch is refused with its code and its place; the good ones beside it are stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import update

from gateway.message import body
from gateway.message.envelope import Kind
from gateway.store import tables


def _refused(world: Any, *records: Any, good: int = 1) -> Any:
    """Receive a batch; the one refused verdict in it, after a look at the others."""
    receipt = world.receipt(world.batch(*records, sequence=1))
    verdicts = [verdict for verdict in receipt.records if verdict.verdict == "REFUSED"]
    assert receipt.verdict == "PARTLY"
    assert [verdict.verdict for verdict in receipt.records].count("STORED") == good
    assert len(verdicts) == 1
    (entry,) = world.rows(tables.Journal)
    assert (entry.state, entry.stored, entry.refused) == ("partly", good, 1)
    return verdicts[0]


def test_a_record_that_breaks_the_schema_is_refused_with_rule_and_path(either_world: Any, make: Any) -> None:
    wrong = replace(make.permit(2), detail=replace(make.permit(2).detail, kind="no-such-kind"))
    verdict = _refused(either_world, make.permit(1), wrong, make.permit(3), good=2)
    assert verdict.record_id == wrong.record_id
    assert verdict.code == "xsd-enumeration"
    assert verdict.path.startswith("/Message/Body/RecordBatch/Record[2]/LabourPermit/Kind")
    stored = {row.record_id for row in either_world.rows(tables.Record)}
    assert stored == {make.permit(1).record_id, make.permit(3).record_id}


def test_a_record_without_a_readable_id_is_named_by_its_path(world: Any, make: Any) -> None:
    content = body.write_records([make.permit(1), make.permit(2)])
    content = content.replace(f"<RecordId>{make.permit(2).record_id}</RecordId><Version>1<", "<Version>x<")
    receipt = world.receipt(world.message(Kind.RECORD_BATCH, content))
    good, bad = receipt.records
    assert good.verdict == "STORED"
    assert (bad.record_id, bad.version, bad.verdict) == ("", 0, "REFUSED")
    assert bad.path.startswith("/Message/Body/RecordBatch/Record[2]")


def test_a_record_that_breaks_a_business_rule_is_refused_with_its_number(world: Any, make: Any) -> None:
    detail = replace(make.permit(2).detail, valid_from=date(2026, 2, 2), valid_to=date(2026, 1, 1))
    verdict = _refused(world, make.permit(1), replace(make.permit(2), detail=detail))
    assert (verdict.code, verdict.path) == ("BR-23", "/Message/Body/RecordBatch/Record[2]/LabourPermit/ValidTo")


def test_the_same_record_twice_in_a_batch_is_kept_once(world: Any, make: Any) -> None:
    verdict = _refused(world, make.permit(1), make.permit(1))
    assert verdict.code == "BR-35"


def test_a_record_of_another_state_is_refused(either_world: Any, make: Any) -> None:
    verdict = _refused(either_world, make.permit(1), make.permit(2, state="UZB"))
    assert (verdict.code, verdict.path) == ("not-permitted", "/Message/Body/RecordBatch/Record[2]/Source/State")


def test_a_protection_record_of_another_state_is_refused(world: Any, make: Any) -> None:
    verdict = _refused(world, make.permit(1), make.asylum(2, state="KAZ"))
    assert (verdict.code, verdict.path) == ("not-permitted", "/Message/Body/RecordBatch/Record[2]/Category")


@pytest.mark.parametrize(
    "changes",
    [
        {"categories": ["STAY_REGISTRATION"]},
        {"agency_classes": ["BOR"]},
        {"valid_to": date(2026, 3, 1)},
        {"valid_from": date(2026, 3, 3)},
        {"direction": "out"},
        {"purposes": []},
    ],
)
def test_a_record_that_no_agreement_covers_is_refused(world: Any, make: Any, changes: dict[str, Any]) -> None:
    with world.database.begin() as session:
        session.execute(update(tables.Agreement).where(tables.Agreement.id == "KAZ-in").values(**changes))
    receipt = world.receipt(world.batch(make.permit(1)))
    (verdict,) = receipt.records
    assert (receipt.verdict, verdict.verdict, verdict.code) == ("PARTLY", "REFUSED", "not-permitted")
    assert world.rows(tables.Record) == []


def test_the_same_version_with_another_content_is_a_conflict_and_changes_nothing(either_world: Any, make: Any) -> None:
    either_world.receipt(either_world.batch(make.permit(1)))
    before = either_world.rows(tables.Record)[0].payload
    other = replace(make.permit(1), status="SUSPENDED")
    receipt = either_world.receipt(either_world.batch(other, make.permit(2)))
    conflict, good = receipt.records
    assert (conflict.verdict, conflict.code) == ("REFUSED", "version-conflict")
    assert conflict.path == "/Message/Body/RecordBatch/Record[1]/Version"
    assert good.verdict == "STORED"
    assert either_world.rows(tables.Record)[0].payload == before


def test_the_same_version_with_the_same_content_is_unchanged(world: Any, make: Any) -> None:
    world.receipt(world.batch(make.permit(1)))
    (verdict,) = world.receipt(world.batch(make.permit(1))).records
    assert verdict.verdict == "UNCHANGED"
    assert len(world.rows(tables.Record)) == 1


def test_a_version_too_high_to_be_kept_is_refused_and_breaks_nothing(either_world: Any, make: Any) -> None:
    receipt = either_world.receipt(either_world.batch(make.permit(1, version=2**40), make.permit(2)))
    assert [verdict.code for verdict in receipt.records] == ["schema-invalid", ""]
    withdrawal = f"<Withdraw><RecordId>{make.permit(2).record_id}</RecordId><Version>{2**40}</Version>"
    content = f"<Withdrawal>{withdrawal}<Reason>RECTIFIED</Reason></Withdraw></Withdrawal>"
    (verdict,) = either_world.receipt(either_world.message(Kind.WITHDRAWAL, content)).records
    assert (verdict.verdict, verdict.code) == ("REFUSED", "schema-invalid")


BEYOND = (datetime.max.replace(microsecond=0, tzinfo=timezone(-timedelta(hours=14))),
          datetime.min.replace(tzinfo=timezone(timedelta(hours=14))))  # fmt: skip
"""Times of a calendar that ends before them where they are kept, in UTC."""


@pytest.mark.parametrize("at", BEYOND)
def test_a_record_of_a_time_beyond_the_calendar_is_refused_alone(world: Any, make: Any, at: datetime) -> None:
    content = body.write_records([make.permit(1), make.permit(2)])
    created = make.permit(2).created.isoformat().replace("+00:00", "Z")
    before, _, after = content.rpartition(f"<Created>{created}<")
    receipt = world.receipt(world.message(Kind.RECORD_BATCH, f"{before}<Created>{at.isoformat()}<{after}"))
    assert [(each.record_id, each.verdict) for each in receipt.records] == [
        (make.permit(1).record_id, "STORED"), (make.permit(2).record_id, "REFUSED"),
    ]  # fmt: skip
    done = world.submit(make.permit(3, state="BLR"), make.permit(4, state="BLR", created=at))
    assert (done.stored, done.refused) == (1, 1)
