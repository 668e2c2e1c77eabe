"""A partner that cannot be spoken to, or at whom a bug is met, costs no other its turn."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from gateway.schedule import run_job
from gateway.settings import Job
from gateway.store import tables
from gateway.sync import keys, ping, witness
from gateway.sync.deliver import deliver_due
from gateway.sync.push import push

SERVED = ("BLR", "KAZ")
NOWHERE = ("http://arm..example", "http://" + "a" * 64 + ".example", "http://xn--/", "http://[", "ftp://arm.example")
"""Endpoints that no host can have; rows of an earlier version, or of another hand, may hold them."""


def bad_partner(world: Any, endpoint: str) -> str:
    """A partner whose turn comes before KAZ's."""
    with world.blr.database.begin() as session:
        row = session.get_one(tables.Partner, "KAZ/GATE")
        values = {column.name: getattr(row, column.name) for column in tables.Partner.__table__.columns}
        session.delete(row)
        session.flush()
        session.add(tables.Partner(**values | {"id": "ARM/GATE", "state": "ARM", "endpoint": endpoint}))
        session.flush()
        session.add(tables.Partner(**values))
    return "ARM/GATE"


def trouble(world: Any) -> dict[str, str]:
    with world.blr.database.read() as session:
        return dict(session.execute(select(tables.Partner.id, tables.Partner.trouble)).all())


def job(world: Any, kind: str) -> str:
    return run_job(world.blr, Job(name=kind, kind=kind, every=60), "test")


@pytest.mark.parametrize("endpoint", NOWHERE)
def test_whoever_comes_after_an_endpoint_that_is_none_has_their_turn(world: Any, endpoint: str) -> None:
    bad = bad_partner(world, endpoint)
    assert job(world, "keys") == "done"
    assert trouble(world) == {bad: "unavailable", "KAZ/GATE": ""}
    assert job(world, "witness") == "done"
    assert len(world.rows(world.blr, tables.LogCheckpoint, tables.LogCheckpoint.party == "KAZ/GATE")) == 1
    said = ping.test(world.blr, bad)
    assert (said["ok"], said["code"]) == (False, "unavailable")


def test_a_message_to_an_endpoint_that_is_none_is_given_up_on_like_any_other(world: Any) -> None:
    world.permits(1)
    world.partner(world.blr, "KAZ/GATE", endpoint=NOWHERE[0])
    push(world.blr, "KAZ/GATE")
    for _ in range(3):
        world.clock.advance(minutes=5)
        deliver_due(world.blr)
    (letter,) = world.rows(world.blr, tables.Outbox)
    assert (letter.state, letter.code) == ("dead", "unavailable")


@pytest.mark.parametrize(("kind", "module", "step"), [("keys", keys, "_refresh"), ("witness", witness, "_visit")])
def test_a_bug_that_one_partner_meets_costs_no_other_its_turn(
    world: Any, monkeypatch: pytest.MonkeyPatch, kind: str, module: Any, step: str
) -> None:
    bad, real, seen = bad_partner(world, "http://127.0.0.1:9"), getattr(module, step), []

    def broken(node: Any, partner: Any, *more: Any) -> Any:
        name = getattr(partner, "id", partner)
        seen.append(name)
        if name == bad:
            raise ZeroDivisionError
        return real(node, partner, *more)

    monkeypatch.setattr(module, step, broken)
    # The bug is shown as one, once everybody has had their turn.
    assert job(world, kind) == "failed"
    assert sorted(seen) == [bad, "KAZ/GATE"]
