"""Own registers follow the lifecycle of a family; of a partner's record the owner's word is kept and looked at."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.exchange import submit
from gateway.message.envelope import Kind
from gateway.records.lifecycle import TRANSITIONS
from gateway.records.record import Category
from gateway.store import tables


def _hand_in(world: Any, *records: Any, correction: bool = False) -> submit.Submitted:
    with world.database.begin() as session:
        return submit.submit(
            session, world.node, records, state="BLR", journal_id=None, now=world.clock(), correction=correction
        )


def test_a_step_the_lifecycle_does_not_know_is_refused_unless_it_is_a_correction(either_world: Any, make: Any) -> None:
    world, record = either_world, make.permit(1, state="BLR", status="REFUSED")
    assert _hand_in(world, record).stored == 1
    issued = replace(record, status="ISSUED")
    result = _hand_in(world, issued)
    assert (result.stored, result.refused, dict(result.codes)) == (0, 1, {"rule-broken": 1})
    assert [row.status for row in world.rows(tables.Record)] == ["REFUSED"]
    assert _hand_in(world, issued, correction=True).stored == 1
    assert [row.status for row in world.rows(tables.Record) if row.current] == ["ISSUED"]
    assert [row for row in world.rows(tables.Review) if row.kind == "lifecycle"] == []


def test_steps_nobody_told_us_of_are_no_breach(world: Any, make: Any) -> None:
    record = make.ban(1, state="BLR", status="PROPOSED")
    assert _hand_in(world, record, replace(record, status="LIFTED")).stored == 2


def test_a_register_may_hand_in_again_what_it_withdrew(world: Any, make: Any) -> None:
    record = make.permit(1, state="BLR", status="ANNULLED")
    _hand_in(world, record)
    with world.database.begin() as session:
        submit.retire(session, record.record_id, state="BLR", now=world.clock())
    assert _hand_in(world, replace(record, status="ISSUED")).stored == 1


def test_a_partners_breach_is_kept_and_put_before_a_human_once(either_world: Any, make: Any) -> None:
    world = either_world
    for version, status in enumerate(("ANNULLED", "ISSUED", "ANNULLED", "SUSPENDED"), start=1):
        (verdict,) = world.receipt(world.batch(make.permit(1, version=version, status=status))).records
        assert verdict.verdict == "STORED"
    (review,) = [row for row in world.rows(tables.Review) if row.kind == "lifecycle"]
    assert review.subject == make.permit(1).record_id
    assert review.detail == {"record_id": review.subject, "category": "LABOUR_PERMIT", "version": 2}
    assert not review.protected


def test_a_partners_correction_may_set_any_state(world: Any, make: Any) -> None:
    world.receipt(world.batch(make.permit(1, status="ANNULLED")))
    world.receipt(world.batch(make.permit(1, version=2, status="ISSUED"), kind=Kind.CORRECTION))
    assert [row for row in world.rows(tables.Review) if row.kind == "lifecycle"] == []


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_a_breach_is_seen_in_whatever_order_the_versions_come(world: Any, make: Any, order: tuple[int, ...]) -> None:
    states = {1: "ISSUED", 2: "ANNULLED", 3: "SUSPENDED"}
    for version in order:
        world.receipt(world.batch(make.permit(1, version=version, status=states[version])))
    assert [row.status for row in world.rows(tables.Record) if row.current] == ["SUSPENDED"]
    assert len([row for row in world.rows(tables.Review) if row.kind == "lifecycle"]) == 1


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whoever_follows_the_steps_is_never_refused(
    tmp_path_factory: Any, make_world: Any, make: Any, data: st.DataObject
) -> None:
    steps = TRANSITIONS[Category.LABOUR_PERMIT]
    status, walk = "APPLIED", ["APPLIED"]
    while steps[status] and len(walk) < 6:
        status = data.draw(st.sampled_from(sorted(steps[status])))
        walk.append(status)
    with make_world(tmp_path_factory.mktemp("walk") / "world") as world:
        result = _hand_in(world, *(make.permit(1, state="BLR", status=each) for each in walk))
        assert result.refused == 0
