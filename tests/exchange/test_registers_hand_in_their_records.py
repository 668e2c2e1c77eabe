"""What our own registers hand in: the same twice is unchanged, something else is the next version."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.errors import SchemaInvalid, UnknownPartner
from gateway.exchange import outgoing, submit
from gateway.exchange.keep import withdraw
from gateway.message import body
from gateway.message.envelope import Kind
from gateway.store import tables


def test_handing_in_twice_changes_nothing(either_world: Any, make: Any) -> None:
    records = [make.permit(number, state="BLR") for number in range(3)]
    first, second = either_world.submit(*records), either_world.submit(*records)
    assert (first.stored, first.unchanged, first.refused) == (3, 0, 0)
    assert (second.stored, second.unchanged, second.refused) == (0, 3, 0)
    assert len(either_world.rows(tables.Record)) == 3


def test_the_time_and_the_profile_of_a_mapping_do_not_make_a_version(world: Any, make: Any) -> None:
    record = make.permit(1, state="BLR")
    world.submit(record)
    later = replace(record, created=record.created + timedelta(days=1), profile="blr-permits/2")
    assert world.submit(later).unchanged == 1


def test_another_content_is_the_next_version_whatever_number_the_register_gives(world: Any, make: Any) -> None:
    record = make.permit(1, state="BLR")
    for status in ("ISSUED", "SUSPENDED", "ISSUED"):
        assert world.submit(replace(record, status=status)).stored == 1
    rows = sorted(world.rows(tables.Record), key=lambda row: row.version)
    assert [(row.version, row.current) for row in rows] == [(1, False), (2, False), (3, True)]


def test_a_refused_record_does_not_hold_back_the_others(either_world: Any, make: Any) -> None:
    broken = make.permit(2, state="BLR", status="NONE")
    result = either_world.submit(make.permit(1, state="BLR"), broken, make.permit(3), make.permit(4, state="BLR"))
    assert (result.stored, result.refused) == (2, 2)
    assert result.codes == {"rule-broken": 1, "not-permitted": 1}


def test_a_withdrawn_record_may_be_published_again(world: Any, make: Any) -> None:
    record = make.permit(1, state="BLR")
    world.submit(record)
    with world.database.begin() as session:
        submit.retire(session, record.record_id, state="BLR", now=world.clock())
    assert world.submit(record).stored == 1
    assert [(row.version, row.status) for row in world.rows(tables.Record) if row.current] == [(3, "ISSUED")]


def test_handing_in_leaves_nothing_in_the_tree_that_partners_see(world: Any, make: Any) -> None:
    def tree() -> list[str]:
        return [leaf.content for leaf in world.rows(tables.LogLeaf) if leaf.log == "exchange"]

    before = tree()
    world.submit(make.permit(1, state="BLR"), make.asylum(2))
    assert tree() == before


def test_a_message_written_by_hand_goes_through_the_kernel(world: Any, make: Any) -> None:
    open_one = make.permit(1, make.somebody(1, "UZB"), state="BLR")
    hidden = make.permit(2, state="BLR")
    world.submit(make.asylum(2))
    raw = world.batch(open_one, hidden)
    counts = outgoing.send_records(world.node, raw, "KAZ/GATE")
    assert counts == {"records": 2, "stored": 2, "unchanged": 0, "refused": 0, "queued": 1, "withheld": 1}
    (row,) = world.rows(tables.Outbox)
    assert open_one.record_id.encode() in row.raw
    assert hidden.record_id.encode() not in row.raw


def test_only_records_are_sent_by_hand_and_only_to_partners(world: Any, make: Any) -> None:
    with pytest.raises(SchemaInvalid):
        outgoing.send_records(world.node, world.message(Kind.PING, "<Ping></Ping>"), "KAZ/GATE")
    with pytest.raises(SchemaInvalid):
        outgoing.send_records(world.node, world.message(Kind.RECORD_BATCH, "<Nothing></Nothing>"), "KAZ/GATE")
    with pytest.raises(UnknownPartner):
        outgoing.send_records(world.node, world.batch(make.permit(1)), "TJK/GATE")
    assert body.write_records([make.permit(1)]).startswith("<RecordBatch>")


def test_what_became_of_several_parts_adds_up(world: Any, make: Any) -> None:
    total = submit.Submitted()
    for number in range(3):
        total.add(world.submit(make.permit(number, state="BLR"), make.permit(1), make.permit(0, state="BLR")))
    assert (total.stored, total.unchanged, total.refused) == (3, 3, 3)
    assert total.codes == {"not-permitted": 3}


def test_a_version_that_cannot_be_written_is_refused_before_anything_is(world: Any, make: Any) -> None:
    broken = make.permit(1, replace(make.somebody(1), ref="\x00"), state="BLR")
    assert world.submit(broken, make.permit(2, state="BLR")).refused == 1
    assert len(world.rows(tables.Person)) == 1


def test_nothing_is_withdrawn_of_a_record_nobody_knows(world: Any, make: Any) -> None:
    with world.database.begin() as session:
        assert withdraw(session, make.permit(1).record_id, 1, "", journal_id=None, now=world.clock()) is None
