"""Rows that mean a deletion, and records that a snapshot lacks: withdrawn only where that is certain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.exchange import absence
from gateway.mapping.declaration import Profile
from gateway.mapping.profile import load
from gateway.records.record import Record
from gateway.store import tables


@pytest.fixture
def records(make: Any) -> list[Record]:
    return [replace(make.permit(number, state="BLR"), profile="own-permits/1") for number in range(20)]


@pytest.fixture
def snapshot(records: list[Record]) -> Profile:
    agency = records[0].source.agency
    return replace(load("blr-permits"), name="own-permits", agency=agency, snapshot=True, absence_withdraws=True)


def judge(world: Any, chosen: Profile, present: list[Record], *, whole: bool = True) -> absence.Gone:
    with world.database.begin() as session:
        ids = {record.record_id for record in present}
        return absence.missing(session, chosen, ids, whole=whole, now=world.clock())


def alive(world: Any) -> int:
    return sum(row.current and row.status != "WITHDRAWN" for row in world.rows(tables.Record))


def test_a_deleted_row_withdraws_its_record_once(either_world: Any, records: list[Record]) -> None:
    either_world.submit(*records)
    gone = [records[3].record_id, "00000000-0000-5000-8000-000000000000"]
    for expected in (1, 0):
        with either_world.database.begin() as session:
            assert absence.deleted(session, gone, state="BLR", now=either_world.clock()) == expected
    assert alive(either_world) == 19


def test_another_states_record_is_not_withdrawn_by_a_row(world: Any, make: Any) -> None:
    foreign = make.permit(1, state="KAZ")
    with world.database.begin() as session:
        assert absence.deleted(session, [foreign.record_id], state="BLR", now=world.clock()) == 0


def test_absence_means_nothing_unless_the_profile_says_so(
    either_world: Any, records: list[Record], snapshot: Profile
) -> None:
    either_world.submit(*records)
    for silent in (replace(snapshot, absence_withdraws=False), replace(snapshot, snapshot=False)):
        assert judge(either_world, silent, records[:5]) == absence.Gone(0, 0, "not-said")
    assert alive(either_world) == 20


def test_what_a_whole_snapshot_lacks_is_withdrawn(either_world: Any, records: list[Record], snapshot: Profile) -> None:
    either_world.submit(*records)
    assert judge(either_world, snapshot, records[2:]) == absence.Gone(2, 2, "withdrawn")
    assert alive(either_world) == 18
    assert judge(either_world, snapshot, records[2:]) == absence.Gone(0, 0, "withdrawn")


def test_a_snapshot_with_a_lost_row_says_nothing_of_what_is_absent(
    world: Any, records: list[Record], snapshot: Profile
) -> None:
    world.submit(*records)
    assert judge(world, snapshot, records[2:], whole=False) == absence.Gone(0, 2, "not-judged")
    assert alive(world) == 20


def test_a_snapshot_that_lacks_too_much_is_doubtful_and_withdraws_nothing(
    world: Any, records: list[Record], snapshot: Profile
) -> None:
    world.submit(*records)
    assert judge(world, snapshot, records[11:]) == absence.Gone(0, 11, "doubtful")
    assert alive(world) == 20


def test_records_of_another_profile_are_not_missed(world: Any, records: list[Record], snapshot: Profile) -> None:
    world.submit(*records)
    other = replace(snapshot, name="own-permits-abroad")
    assert judge(world, other, []) == absence.Gone(0, 0, "withdrawn")
    assert alive(world) == 20
