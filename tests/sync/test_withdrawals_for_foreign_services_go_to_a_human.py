"""A system that has no words for a withdrawal is told by people, and nobody forgets to."""

from __future__ import annotations

from gateway.exchange import submit
from gateway.partners import directory
from gateway.store import tables
from gateway.sync import foreign


def _push(world):
    with world.blr.database.begin() as session:
        return foreign.push_changes(session, world.blr, directory.get(session, "KAZ/GATE"), now=world.clock())


def test_a_withdrawal_of_what_was_given_is_put_before_a_human_once(either_world):
    world = either_world
    world.partner(world.blr, "KAZ/GATE", kind="rest", profile="blr-permits")
    (given, _kept) = world.permits(2)
    assert _push(world) == 2
    with world.blr.database.begin() as session:
        submit.retire(session, given, state="BLR", now=world.clock())
    assert _push(world) == 1
    assert _push(world) == 0
    (task,) = world.rows(world.blr, tables.Review)
    assert (task.kind, task.subject, task.state) == ("withdrawal", f"{given}:KAZ/GATE", "open")
    assert len(world.rows(world.blr, tables.Outbox)) == 1
