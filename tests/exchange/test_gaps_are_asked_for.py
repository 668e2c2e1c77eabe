"""A gap in the stream of numbered messages is seen, named in every receipt, and closed by what fills it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.exchange import send
from gateway.exchange.outcome import Task
from gateway.exchange.stream import MOST_GAPS, joined, note_sequence
from gateway.message import body
from gateway.message.bodies import Withdrawal
from gateway.message.envelope import Kind
from gateway.store import tables
from gateway.sync import reconcile


def _task(session: Session, world: Any, number: int) -> Task:
    """The step of a message that has this number, and no more of it."""
    message: Any = SimpleNamespace(header=SimpleNamespace(sequence=number))
    return Task(session, world.node, message, 0, world.clock())


def test_a_gap_is_reported_as_missing_until_it_is_repaired(either_world: Any, make: Any) -> None:
    world = either_world
    assert world.receipt(world.batch(make.permit(1), sequence=1)).missing == ()
    assert world.receipt(world.batch(make.permit(5), sequence=5)).missing == ((2, 4),)
    assert world.receipt(world.batch(make.permit(3), sequence=3)).missing == ((2, 2), (4, 4))
    assert world.receipt(world.batch(make.permit(2), sequence=2)).missing == ((4, 4),)
    assert world.receipt(world.batch(make.permit(4), sequence=4)).missing == ()
    assert len(world.rows(tables.Record)) == 5


def test_a_message_without_a_number_tells_of_the_gap_and_makes_none(world: Any, make: Any) -> None:
    world.receipt(world.batch(make.permit(3), sequence=3))
    assert world.receipt(world.batch(make.permit(4))).missing == ((1, 2),)


def test_at_most_twenty_gaps_are_named_in_one_receipt(world: Any, make: Any) -> None:
    for number in range(2, 60, 2):
        receipt = world.receipt(world.batch(make.permit(1), sequence=number))
    assert len(receipt.missing) == 20
    assert receipt.missing[0] == (1, 1)


def test_a_refused_message_does_not_fill_its_place(world: Any, make: Any) -> None:
    world.receipt(world.message(Kind.RECORD_BATCH, "<Nothing></Nothing>", sequence=1))
    assert world.receipt(world.batch(make.permit(2), sequence=2)).missing == ((1, 1),)


def test_streams_of_two_senders_are_two(world: Any, make: Any) -> None:
    world.receipt(world.batch(make.permit(1), sequence=7))
    answer = world.receive(world.batch(make.permit(1, state="UZB"), sequence=1, sender="UZB"))
    assert b"<Missing>" not in answer.content


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 30), max_size=20))
def test_missing_is_exactly_what_has_not_come(world: Any, make: Any, numbers: list[int]) -> None:
    """Straight at the stream, without messages round it; undone after every example."""
    with world.database.engine.connect() as connection, connection.begin() as undone:
        with Session(connection) as session:
            missing: tuple[tuple[int, int], ...] = ()
            for number in numbers:
                missing = note_sequence(_task(session, world, number), "KAZ/GATE").missing
            gone = {each for first, last in missing for each in range(first, last + 1)}
            assert gone == set(range(1, max(numbers, default=0))) - set(numbers)
        undone.rollback()


def test_a_late_record_that_was_withdrawn_meanwhile_stays_withdrawn(either_world: Any, make: Any) -> None:
    world, record = either_world, make.permit(1)
    withdrawal = body.write_withdrawal([Withdrawal(make.permit(9).record_id, 5), Withdrawal(record.record_id, 2)])
    verdicts = world.receipt(world.message(Kind.WITHDRAWAL, withdrawal, sequence=2)).records
    assert [verdict.verdict for verdict in verdicts] == ["UNCHANGED", "UNCHANGED"]
    receipt = world.receipt(world.batch(record, make.permit(7), sequence=1))
    assert [each.verdict for each in receipt.records] == ["STORED", "STORED"]
    kept = {row.record_id: row for row in world.rows(tables.Record) if row.current}
    assert (kept[record.record_id].version, kept[record.record_id].status) == (2, "WITHDRAWN")
    assert kept[make.permit(7).record_id].status == "ISSUED"
    assert not any("<Person>" in row.payload for row in world.rows(tables.Record) if row.record_id == record.record_id)


def test_our_own_stream_has_no_gaps_and_every_number_is_one_message(either_world: Any, make: Any) -> None:
    world = either_world
    for number in range(4):
        world.submit(make.permit(number, make.somebody(number, "UZB"), state="BLR"))
        with world.database.begin() as session:
            partner = session.get_one(tables.Partner, "KAZ/GATE")
            assert send.push_changes(session, world.node, partner, now=world.clock()) == 1
    sent = [row.sequence for row in world.rows(tables.Outbox)]
    assert sent == [1, 2, 3, 4]


def test_gaps_left_on_purpose_take_bounded_room_and_every_missing_number_stays_asked_for(
    either_world: Any, make: Any
) -> None:
    world, came = either_world, list(range(1, 4 * MOST_GAPS, 2))
    with world.database.begin() as session:
        for number in came:
            note_sequence(_task(session, world, number), "KAZ/GATE")
        (stream,) = session.scalars(select(tables.Stream).where(tables.Stream.direction == "in"))
        kept = [(first, last) for first, last in stream.missing]
    assert len(kept) == MOST_GAPS
    # The oldest are kept one by one, as they are asked for first; what is joined covers the rest.
    assert kept[:-1] == [(number, number) for number in range(2, 2 * MOST_GAPS, 2)]
    covered = {number for first, last in kept for number in range(first, last + 1)}
    assert set(range(1, came[-1])) - set(came) <= covered
    with world.database.read() as session:
        assert reconcile.books(session, "KAZ/GATE").missing == len(covered)


def test_where_gaps_are_joined_the_fewest_numbers_that_came_are_asked_for_again() -> None:
    assert joined([(1, 4), (9, 9), (11, 20), (30, 31)], 4) == [(1, 4), (9, 9), (11, 20), (30, 31)]
    assert joined([(1, 4), (9, 9), (11, 20), (30, 31)], 3) == [(1, 4), (9, 20), (30, 31)]
    assert joined([(1, 4), (9, 9), (11, 20), (30, 31)], 2) == [(1, 20), (30, 31)]
