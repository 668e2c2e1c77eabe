"""A withdrawal erases what was said, keeps a tombstone, and goes to exactly those who were given the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import update

from gateway.exchange import send, submit
from gateway.message import body
from gateway.message.bodies import Withdrawal
from gateway.message.envelope import Kind, body_of
from gateway.message.signature import verify
from gateway.records.record import Source, record_id
from gateway.store import tables


def _push(world: Any, state: str = "KAZ") -> list[Any]:
    """What is pushed to a state now, as verified messages."""
    with world.database.begin() as session:
        partner = session.get_one(tables.Partner, f"{state}/GATE")
        send.push_changes(session, world.node, partner, now=world.clock())
    with world.database.begin() as session:
        rows = session.query(tables.Outbox).filter_by(partner=f"{state}/GATE", state="waiting").all()
        for row in rows:
            row.state = "delivered"
        raws = [row.raw for row in rows]
    return [verify(raw, world.nodes[state].trusted, limit=10_000_000) for raw in raws]


def _retire(world: Any, record: Any) -> Any:
    with world.database.begin() as session:
        return submit.retire(session, record.record_id, state="BLR", now=world.clock())


def test_a_withdrawal_goes_to_those_who_had_the_record_and_to_nobody_else(either_world: Any, make: Any) -> None:
    world = either_world
    record = make.permit(1, make.somebody(1, "UZB"), state="BLR")
    world.submit(record)
    assert [message.header.kind for message in _push(world, "KAZ")] == [Kind.RECORD_BATCH]
    assert _retire(world, record).verdict == "STORED"
    (message,) = _push(world, "KAZ")
    assert message.header.kind is Kind.WITHDRAWAL
    (withdrawal,) = body.read_withdrawal(body_of(message.root))
    assert withdrawal == Withdrawal(record.record_id, 2, "RECTIFIED")
    assert _push(world, "RUS") == []
    assert _retire(world, record).verdict == "UNCHANGED"


def test_a_withdrawal_reaches_them_even_when_the_agreement_has_ended(world: Any, make: Any) -> None:
    record = make.permit(1, make.somebody(1, "UZB"), state="BLR")
    world.submit(record)
    _push(world)
    with world.database.begin() as session:
        session.execute(update(tables.Agreement).values(valid_to=date(2026, 3, 1)))
    _retire(world, record)
    assert [message.header.kind for message in _push(world)] == [Kind.WITHDRAWAL]


def test_what_was_withdrawn_before_it_was_pushed_goes_out_as_its_withdrawal(world: Any, make: Any) -> None:
    record = make.permit(1, make.somebody(1, "UZB"), state="BLR")
    world.submit(record)
    # A person query discloses it before the push does.
    asked = body.write_query(replace(record.person, ref=""))
    world.receive(world.message(Kind.PERSON_QUERY, asked, purpose="LABOUR_REGULATION"))
    _retire(world, record)
    kinds = [message.header.kind for message in _push(world)]
    assert set(kinds) == {Kind.WITHDRAWAL}


def test_nothing_but_ids_digests_and_dates_is_left_of_a_withdrawn_record(world: Any, make: Any) -> None:
    record = make.permit(1, make.somebody(1, "UZB"), state="BLR")
    world.submit(record)
    world.submit(replace(record, status="SUSPENDED"))
    _retire(world, record)
    rows = sorted(world.rows(tables.Record), key=lambda row: row.version)
    assert [(row.version, row.status, row.current) for row in rows] == [
        (1, "ISSUED", False), (2, "SUSPENDED", False), (3, "WITHDRAWN", True),
    ]  # fmt: skip
    assert [row.payload for row in rows[:2]] == ["", ""]
    assert all(len(row.digest) == 64 for row in rows)


def test_a_state_withdraws_records_of_its_own(either_world: Any, make: Any) -> None:
    world = either_world
    world.receipt(world.batch(make.permit(1)))
    content = body.write_withdrawal([Withdrawal(make.permit(1).record_id, 2, "CANCELLED")])
    (verdict,) = world.receipt(world.message(Kind.WITHDRAWAL, content)).records
    assert verdict.verdict == "STORED"
    (verdict,) = world.receipt(world.message(Kind.WITHDRAWAL, content)).records
    assert verdict.verdict == "UNCHANGED"


def test_withdrawing_a_foreign_record_does_nothing_and_does_not_tell_that_it_exists(
    either_world: Any, make: Any
) -> None:
    """Record ids can be computed from the numbers of a foreign register: a refusal would say that one exists."""
    world = either_world
    lodged = make.asylum(5)
    world.submit(lodged, make.permit(1, state="BLR"))
    nobody = record_id(Source("BLR", "DGM", "asylum-application", "AA-6"))
    verdicts = []
    for name in (lodged.record_id, make.permit(1, state="BLR").record_id, nobody):
        content = body.write_withdrawal([Withdrawal(name, 9)])
        (verdict,) = world.receipt(world.message(Kind.WITHDRAWAL, content)).records
        verdicts.append(replace(verdict, record_id=""))
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert all(row.status != "WITHDRAWN" for row in world.rows(tables.Record))


def test_a_correction_replaces_the_version_before(either_world: Any, make: Any) -> None:
    world = either_world
    world.receipt(world.batch(make.ban(1)))
    lifted = make.ban(1, version=2, status="LIFTED")
    receipt = world.receipt(world.batch(lifted, kind=Kind.CORRECTION))
    assert [verdict.verdict for verdict in receipt.records] == ["STORED"]
    rows = sorted(world.rows(tables.Record), key=lambda row: row.version)
    assert [(row.version, row.status, row.current) for row in rows] == [(1, "ACTIVE", False), (2, "LIFTED", True)]
    assert [entry.active for entry in world.rows(tables.WatchlistEntry)] == [False]


def test_a_record_we_do_not_have_cannot_be_retired(world: Any, make: Any) -> None:
    world.receipt(world.batch(make.permit(1)))
    assert _retire(world, make.permit(1)) is None
    assert _retire(world, make.permit(2, state="BLR")) is None
